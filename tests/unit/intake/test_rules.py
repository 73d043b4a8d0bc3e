"""Totals, notes and dropped records; above all, what is none of them."""

import pytest

from tests.unit.intake.building import harvest
from tinhdata.contracts import Bilingual, DropRule, Layout
from tinhdata.intake.rules import DropRules, LineRules

RULES = LineRules(harvest(), (0, 1, 2))


@pytest.mark.parametrize(
    "cells",
    [
        ["Tổng cộng", "12", ""],
        ["TỔNG SỐ (A+B)", "12", ""],
        ["", "Cộng:", "12"],
        ["Tổng", "12", ""],
        ["TONG CONG", "12", ""],
        ["Total", "12", ""],
    ],
)
def test_a_line_that_begins_with_a_word_for_a_sum_is_a_total(cells: list[str]) -> None:
    assert RULES.is_total(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["Tổng công ty Điện lực", "12", ""],
        ["Cộng Hòa", "12", ""],
        ["Công", "12", ""],
        ["CONG", "12", ""],
        ["Tống", "12", ""],
        ["Tổng cục Thống kê", "12", ""],
        ["12", "Tổng cộng", ""],
    ],
)
def test_a_name_that_only_resembles_a_sum_stays_a_row(cells: list[str]) -> None:
    assert not RULES.is_total(cells)


def test_a_company_called_total_stays_a_row_where_other_columns_hold_words() -> None:
    contract = harvest()
    swapped = LineRules(contract, (1, 2, 0))
    assert not swapped.is_total(["Total", "Xã Tân Thịnh", "12"])


def test_totals_of_the_contract_are_found_by_their_beginning() -> None:
    rules = LineRules(harvest(Layout(totals=("Toàn tỉnh",))), (0, 1, 2))
    assert rules.is_total(["TOAN TINH (92 xã)", "12", ""])
    assert not rules.is_total(["Xã toàn tỉnh", "12", ""])


@pytest.mark.parametrize(
    "cells",
    [
        ["Ghi chú: số liệu sơ bộ"],
        ["Nguồn: Chi cục Thống kê", "", ""],
        ["", "", "Thái Nguyên, ngày 5 tháng 3 năm 2025"],
        ["(*) Không kể rừng trồng", "", ""],
        ["NGƯỜI LẬP BIỂU", "", ""],
        ["Nơi nhận:", "", ""],
    ],
)
def test_foot_notes_and_signatures_may_begin_with_these_words(cells: list[str]) -> None:
    assert RULES.begins_notes(cells, 3)


@pytest.mark.parametrize(
    "cells",
    [
        ["Nguồn nước Hồ Núi Cốc", "", ""],
        ["Ghi chú", "12", "01/01/2025"],
        ["Giám đốc Sở", "", ""],
        ["An Khánh", "", ""],
    ],
)
def test_rows_of_data_do_not_begin_foot_notes(cells: list[str]) -> None:
    assert not RULES.begins_notes(cells, 3)


def test_records_are_dropped_only_by_the_values_the_contract_names() -> None:
    rule = DropRule("ten", ("Cả nước",), Bilingual("Không thuộc tỉnh"))
    drops = DropRules(harvest(Layout(drop=(rule,))))
    assert drops.dropping(["CA NUOC", None, None]) is rule
    assert drops.dropping(["Cả nước ta", None, None]) is None
