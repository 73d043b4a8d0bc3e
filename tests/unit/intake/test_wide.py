"""Headers of wide tables: what templates take, what they leave, and the rows that records give."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.intake.building import INTEGER, column, contract_of
from tinhdata.contracts import Column, Contract, DropRule, HeaderWord, Layout, Marks, Unpivot
from tinhdata.contracts.model import Bilingual
from tinhdata.intake.headers import find_header
from tinhdata.intake.model import WideColumn
from tinhdata.intake.spreading import Spreader
from tinhdata.intake.wide import WideNames

MARKS = Marks("tinh_trang", (("Prel.", "sơ bộ"), ("(*)", "ghi chú")))
YEAR = replace(column("nam", "Năm", INTEGER), minimum=1900, maximum=2100)
KIND = column("loai", "Loại")


def wide(*columns: Column, **unpivot: object) -> Contract:
    layout = Layout(unpivot=Unpivot(**unpivot))  # type: ignore[arg-type]  # the tests' own words
    first = column("tinh", "Tỉnh", required=True)
    return contract_of([first, *columns, column("so", "Số lượng", INTEGER)], layout)


def read(contract: Contract, *headers: str) -> list[tuple[int, str, dict[str, str]]]:
    names = WideNames(contract)
    found = names.match([(header,) for header in headers], headers, (), ())
    return [(each.index, each.column, dict(each.places)) for each in found]


def places(contract: Contract, header: str) -> dict[str, str] | None:
    found = read(contract, header)
    return found[0][2] if found else None


BY_YEAR = wide(YEAR, headers=("{nam}",), values=(("", "so"),))
BY_BOTH = wide(YEAR, KIND, headers=("{nam} {loai}",), values=(("", "so"),))


def test_years_in_the_range_of_their_column_are_headers_and_other_numbers_are_not() -> None:
    assert [at for at, _, _ in read(BY_YEAR, "Tỉnh", "1995", "107", "2101", " 2016 ", "20 16")] == [
        1,
        4,
    ]


@pytest.mark.parametrize("header", ["Prel. 2016", "PREL. 2016", "2016 (*)", "Prel.2016(*)"])
def test_marks_of_the_column_stay_with_the_value(header: str) -> None:
    year = replace(YEAR, marks=MARKS)
    contract = wide(year, headers=("{nam}", "Prel. {nam}"), values=(("", "so"),))
    assert places(contract, header) == {"nam": header}
    assert places(BY_YEAR, header) is None


def test_a_foot_note_sign_is_no_digit_of_the_year_but_may_be_its_mark() -> None:
    assert places(BY_YEAR, "2016²") is None
    year = replace(YEAR, marks=Marks("tinh_trang", (("²", "ước tính"),)))
    contract = wide(year, headers=("{nam}",), values=(("", "so"),))
    assert places(contract, "2016²") == {"nam": "2016²"}


def test_text_around_a_place_is_compared_without_marks_case_and_punctuation() -> None:
    contract = wide(YEAR, headers=("Năm {nam}",), values=(("", "so"),))
    for header in ("Năm 2016", "NAM: 2016", "năm-2016", "Nam.2016"):
        assert places(contract, header) == {"nam": "2016"}
    assert places(contract, "Quý 2016") is None


def test_a_place_for_text_takes_what_stands_there_as_it_is() -> None:
    assert places(BY_BOTH, "2005 Trạm y tế  xã") == {"nam": "2005", "loai": "Trạm y tế xã"}
    assert places(BY_BOTH, "2005") is None
    assert places(BY_BOTH, "Trạm y tế 2005") is None


def test_a_list_of_values_takes_only_those_and_writes_them_as_declared() -> None:
    kind = replace(KIND, allowed=("Bệnh viện", "Trạm y tế"))
    contract = wide(YEAR, kind, headers=("{loai} {nam}",), values=(("", "so"),))
    assert places(contract, "TRAM Y TE - 2005") == {"loai": "Trạm y tế", "nam": "2005"}
    assert places(contract, "Phòng khám 2005") is None


def test_words_of_headers_stand_for_values() -> None:
    month = replace(column("thang", "Tháng", INTEGER), minimum=1, maximum=12)
    words = (HeaderWord("thang", "Jan.", "1"), HeaderWord("thang", "March", "3"))
    contract = wide(month, headers=("{thang}",), values=(("", "so"),), words=words)
    assert [
        found[2]["thang"] for found in read(contract, "Jan.", "JAN", "march", "5", "Total")
    ] == [
        "1",
        "1",
        "3",
    ]


def test_a_word_says_which_column_takes_the_value_and_its_unit_is_set_aside() -> None:
    contract = wide(
        YEAR,
        column("dien_tich", "Diện tích", INTEGER),
        headers=("{nam} {value}",),
        values=(("Area", "dien_tich"), ("Population", "so")),
    )
    headers = ("2011 Area (Km2)", "2011 Population (Thous. pers.)", "2011 Density")
    assert [(at, taker) for at, taker, _ in read(contract, *headers)] == [
        (0, "dien_tich"),
        (1, "so"),
    ]


def test_a_pattern_of_the_column_decides_what_a_header_can_be() -> None:
    kind = replace(KIND, pattern="[0-9]{4}-[0-9]{4}")
    contract = wide(kind, headers=("{loai}",), values=(("", "so"),))
    assert [at for at, _, _ in read(contract, "2001-2002", "Ghi chú", "2002-2003")] == [0, 2]


def test_columns_that_the_contract_drops_are_known() -> None:
    rule = DropRule("loai", ("Total",), Bilingual("Tổng"))
    contract = replace(BY_BOTH, layout=replace(BY_BOTH.layout, drop=(rule,)))
    names = WideNames(contract)
    headers = ("2005 TOTAL", "2005 Hospital")
    found = names.match([(header,) for header in headers], headers, (), ())
    assert [names.is_dropped(each) for each in found] == [True, False]


def test_a_file_with_a_column_of_its_own_for_the_years_is_long() -> None:
    grid = [["Tỉnh", "Năm", "Số lượng", "2015"], ["A", "2015", "1", ""]]
    found = find_header(grid, BY_YEAR)
    assert found is not None
    assert found.wide == ()
    assert {match.column for match in found.matches} == {"tinh", "nam", "so"}


def test_a_row_of_numbers_is_no_header_though_years_are() -> None:
    grid = [["Đàn lợn", "", ""], ["Tỉnh", "2015", "2016"], ["A", "2001", "2002"]]
    found = find_header(grid, BY_YEAR)
    assert found is not None
    assert (found.first, found.depth, len(found.wide)) == (1, 1, 2)


def test_a_year_merged_above_its_kinds_is_read_with_them_also_after_an_export() -> None:
    grid = [["Tỉnh", "2005", "", "2006", ""], ["", "Xã", "Huyện", "Xã", "Huyện"], ["A", *"1234"]]
    found = find_header(grid, BY_BOTH)
    assert found is not None
    assert found.depth == 2
    assert [dict(each.places) for each in found.wide] == [
        {"nam": "2005", "loai": "Xã"},
        {"nam": "2005", "loai": "Huyện"},
        {"nam": "2006", "loai": "Xã"},
        {"nam": "2006", "loai": "Huyện"},
    ]


def test_a_corner_that_is_empty_does_not_hide_the_header() -> None:
    found = find_header([["", "2015", "2016"], ["A", "1", "2"]], BY_YEAR)
    assert found is not None
    assert (found.first, len(found.wide)) == (0, 2)


@given(st.text(max_size=250))
def test_a_header_of_any_text_is_one_wide_column_with_all_its_places_or_none(header: str) -> None:
    for contract, names in ((BY_BOTH, {"nam", "loai"}), (BY_YEAR, {"nam"})):
        assert places(contract, header) is None or set(places(contract, header) or ()) == names


def years(count: int) -> tuple[WideColumn, ...]:
    return tuple(
        WideColumn(at + 1, str(2000 + at), "so", (("nam", str(2000 + at)),)) for at in range(count)
    )


CELL = st.sampled_from(["", " ", "..", "1", "2,5", "(*)"])


@given(st.integers(1, 6), st.integers(0, 8), st.data())
def test_rows_are_records_times_columns_less_empty_cells(
    columns: int, records: int, data: st.DataObject
) -> None:
    contract = replace(BY_YEAR, missing_values=("..",))
    values = data.draw(
        st.lists(
            st.lists(CELL, min_size=columns, max_size=columns),
            min_size=records,
            max_size=records,
        )
    )
    rows: Sequence[Sequence[str]] = [[f"T{at}", "", "", *cells] for at, cells in enumerate(values)]
    spread = Spreader(contract, years(columns)).spread(rows)
    filled = [cell for cells in values for cell in cells if cell.strip() not in ("", "..")]
    assert spread.values[2] == filled
    assert len(spread.sources) == len(spread.groups) == len(filled)
    assert spread.empty == records * columns - len(filled)


def test_empty_cells_make_rows_where_the_contract_keeps_them() -> None:
    unpivot = replace(BY_YEAR.layout.unpivot, keeps_empty=True)  # type: ignore[type-var]  # it is there
    contract = replace(BY_YEAR, layout=replace(BY_YEAR.layout, unpivot=unpivot))
    spread = Spreader(contract, years(2)).spread([["A", "", "", "", "1"]])
    assert (spread.values[2], spread.empty) == ([None, "1"], 0)
