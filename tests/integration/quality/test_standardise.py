"""What a raw cell is read as: every line is a writing met in real files, or a trap."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.integration.quality.builders import (
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    STRING,
    TIMESTAMP,
    Cell,
    column,
    contract,
    good_rows,
    held_rows,
    run,
)
from tinhdata.contracts.model import Column, NumberForm
from tinhdata.quality import CheckContext, Step
from tinhdata.vietnam import DateOrder

UNREADABLE = "unreadable"


def read(
    tmp_path: Path, what: Column, cells: list[Cell], form: NumberForm | None = None
) -> list[object]:
    """Read each cell as a row of one column; UNREADABLE where it waits."""
    of = contract([column("so_dong"), what], ("so_dong",))
    forms = {what.name: form} if form else {}
    rows = [(str(number), cell) for number, cell in enumerate(cells)]
    result = run(tmp_path, of, rows, CheckContext("dlv_1", number_forms=forms))
    found: dict[object, object] = {row["so_dong"]: row[what.name] for row in good_rows(result)}
    for row in held_rows(result):
        assert row["_rules"] == [f"type:{what.name}"]
    return [found.get(number, UNREADABLE) for number, _ in rows]


def expect(
    tmp_path: Path, what: Column, table: dict[Cell, object], form: NumberForm | None = None
) -> None:
    assert dict(zip(table, read(tmp_path, what, list(table), form), strict=True)) == table


def test_numbers_that_can_be_read_in_one_way_need_no_declared_form(tmp_path: Path) -> None:
    expect(
        tmp_path,
        column("so", NUMBER),
        {
            "12": 12.0,
            "-12": -12.0,
            "+12": 12.0,
            "−12": -12.0,
            "- 12": -12.0,
            "(12,5)": -12.5,
            "(1.234.567,5)": -1234567.5,
            "12,5": 12.5,
            "12.5": 12.5,
            "0.125": 0.125,
            "0,125": 0.125,
            ".5": 0.5,
            "1234.567": 1234.567,
            "1234,567": 1234.567,
            "1.234,5": 1234.5,
            "1,234.5": 1234.5,
            "3.359,80": 3359.8,
            "8.718.000": 8718000.0,
            "8,718,000": 8718000.0,
            "1 234 567,5": 1234567.5,
            "1 234": 1234.0,
            "1\u00a0234,567": 1234.567,
            "007": 7.0,
            None: None,
        },
    )


def test_numbers_that_can_be_two_or_none_are_never_guessed(tmp_path: Path) -> None:
    traps: list[Cell] = [
        "1.234", "1,234", "-1.234", "(1,234)", "1e3", "1E-5", "inf", "-Infinity", "NaN", "0x1A",
        "12.34.56", "1,23,456", "12 34", "1.234,567.8", "12%", "12 kg", "5tr", "--5", "-(5)", "",
        "khoảng 5", "5-6", "９", "1_000", "9" * 400, ".", "-", ",", "()",
    ]  # fmt: skip
    found = read(tmp_path, column("so", NUMBER), traps)
    assert found == [None if trap == "" else UNREADABLE for trap in traps]


@pytest.mark.parametrize(
    ("form", "dot", "comma"),
    [(NumberForm.VIETNAMESE, 1234.0, 1.234), (NumberForm.ENGLISH, 1.234, 1234.0)],
)
def test_the_form_of_the_file_decides_what_could_be_two_numbers(
    tmp_path: Path, form: NumberForm, dot: float, comma: float
) -> None:
    expect(
        tmp_path,
        column("so", NUMBER),
        {"1.234": dot, "1,234": comma, "-1.234": -dot, "2.5": 2.5, "2,5": 2.5},
        form,
    )


def test_the_form_that_the_contract_declares_wins_over_that_of_the_file(tmp_path: Path) -> None:
    what = replace(column("so", NUMBER), number_form=NumberForm.VIETNAMESE)
    expect(tmp_path, what, {"1.234": 1234.0}, NumberForm.ENGLISH)


def test_whole_numbers_come_as_spreadsheets_write_them(tmp_path: Path) -> None:
    expect(
        tmp_path,
        column("so", INTEGER),
        {
            "5.0": 5,
            "5,00": 5,
            "22594.0": 22594,
            "30,509": 30509,
            "1.234": 1234,
            "1.000": UNREADABLE,
            "5.5": UNREADABLE,
            "9223372036854775807": 9223372036854775807,
            "9223372036854775808": UNREADABLE,
            "01": 1,
            "-0": 0,
        },
    )


def test_a_decimal_column_keeps_its_places_and_forgives_only_the_noise_of_spreadsheets(
    tmp_path: Path,
) -> None:
    expect(
        tmp_path,
        column("so", NUMBER, decimals=1),
        {
            "30.1": Decimal("30.1"),
            "30.10": Decimal("30.1"),
            "30.099999999999998": Decimal("30.1"),
            "30.12": UNREADABLE,
            "30": Decimal("30.0"),
            "99999999999999999.5": Decimal("99999999999999999.5"),
            "999999999999999999.5": UNREADABLE,
        },
    )


def test_a_percent_sign_is_read_only_in_columns_of_percent(tmp_path: Path) -> None:
    what = replace(column("so", NUMBER), unit="%")
    expect(tmp_path, what, {"12,5%": 12.5, "12 %": 12.0, "-3%": -3.0, "12": 12.0, "%": UNREADABLE})


def test_dates_are_day_month_year_or_iso_and_nothing_is_guessed(tmp_path: Path) -> None:
    expect(
        tmp_path,
        column("ngay", DATE),
        {
            "31/12/2025": date(2025, 12, 31),
            "1/2/2025": date(2025, 2, 1),
            "1-2-2025": date(2025, 2, 1),
            "01.02.2025": date(2025, 2, 1),
            "2025-02-01": date(2025, 2, 1),
            "2018/10/08": date(2018, 10, 8),
            "2018/10/08 09:21:52": date(2018, 10, 8),
            "01/11/2025 11:06": date(2025, 11, 1),
            "2025-02-01 00:00:00": date(2025, 2, 1),
            "2025-02-01T20:00:00Z": date(2025, 2, 2),
            "29/02/2024": date(2024, 2, 29),
            "29/02/2023": UNREADABLE,
            "31/02/2025": UNREADABLE,
            "02/13/2025": UNREADABLE,
            "1/2/25": UNREADABLE,
            "0012-01-01": UNREADABLE,
            "3025-01-01": UNREADABLE,
            "2025": UNREADABLE,
            "02/2025": UNREADABLE,
            "45000": UNREADABLE,
            "hôm qua": UNREADABLE,
            "2025-02-01 25:00": UNREADABLE,
            "2025-02-01 24:00:00": UNREADABLE,
            "infinity": UNREADABLE,
            "epoch": UNREADABLE,
        },
    )


def test_the_forms_that_the_contract_declares_are_read_by_them_alone(tmp_path: Path) -> None:
    what = column("ngay", DATE, date_formats=("%m/%d/%Y", "%d-%b-%Y", "%m/%Y", "%d/%m/%y", "excel"))
    expect(
        tmp_path,
        what,
        {
            "02/03/2025": date(2025, 2, 3),
            "13/02/2025": UNREADABLE,
            "5-Jan-2025": date(2025, 1, 5),
            "03/2025": date(2025, 3, 1),
            "1/2/25": date(2025, 2, 1),
            "45000": date(2023, 3, 15),
            "45000.5": date(2023, 3, 15),
            "1": date(1900, 1, 1),
            "59": date(1900, 2, 28),
            "60": UNREADABLE,
            "61": date(1900, 3, 1),
            "2025-02-01": date(2025, 2, 1),
        },
    )


def test_a_column_that_proved_to_write_the_month_first_is_read_so(tmp_path: Path) -> None:
    of = contract([column("ma"), column("ngay", DATE)], ("ma",))
    cells = ["02/03/2025", "12/31/2025", "31/12/2025", "2025-02-03"]
    context = CheckContext("dlv_1", date_orders={"ngay": DateOrder.MONTH_FIRST})
    result = run(tmp_path, of, [(str(n), cell) for n, cell in enumerate(cells)], context)
    days = [row["ngay"] for row in good_rows(result)]
    assert days == [date(2025, 2, 3), date(2025, 12, 31), date(2025, 2, 3)]
    assert [row["ngay"] for row in held_rows(result)] == ["31/12/2025"]


def test_moments_keep_their_clock_and_move_to_vietnam_time(tmp_path: Path) -> None:
    expect(
        tmp_path,
        column("luc", TIMESTAMP),
        {
            "2018/10/08 09:21:52": datetime(2018, 10, 8, 9, 21, 52),  # noqa: DTZ001  # stored so
            "01/11/2025 9:06": datetime(2025, 11, 1, 9, 6),  # noqa: DTZ001  # stored so
            "2025-11-01T04:06:00Z": datetime(2025, 11, 1, 11, 6),  # noqa: DTZ001  # stored so
            "2025-11-01 11:06:00+07:00": datetime(2025, 11, 1, 11, 6),  # noqa: DTZ001  # stored so
            "2025-11-01": datetime(2025, 11, 1),  # noqa: DTZ001  # stored so
            "2025-11-01 11:60": UNREADABLE,
            "2025-11-01T11:06:00+99:00": UNREADABLE,
            "2025-11-01T11:06:00+07:61": UNREADABLE,
        },
    )


def test_yes_and_no_come_in_many_words(tmp_path: Path) -> None:
    expect(
        tmp_path,
        column("co", BOOLEAN),
        {
            "có": True, "Có": True, "x": True, "X": True, "TRUE": True, "1": True, "đúng": True,
            "không": False, "KHÔNG": False, "false": False, "0": False, "sai": False,
            "co\u0301": True, "chưa rõ": UNREADABLE, "2": UNREADABLE,
        },
    )  # fmt: skip


def test_text_is_cleaned_of_what_nobody_meant_to_write(tmp_path: Path) -> None:
    expect(
        tmp_path,
        column("chu", STRING),
        {
            "  Thái   Nguyên ": "Thái Nguyên",
            "\u00a0Thái\u00a0Nguyên": "Thái Nguyên",
            "Tha\u0301i Nguye\u0302n": "Thái Nguyên",
            "Thái\u200bNguyên": "TháiNguyên",
            "\ufeffmã": "mã",
            "a\x07b": "ab",
            "một \r\n  hai": "một\nhai",
            "\t": None,
            "05000": "05000",
            "1.10": "1.10",
            "#REF!": UNREADABLE,
            "#N/A": UNREADABLE,
            "#1 hạng nhất": "#1 hạng nhất",
            "Th\ufffdi": UNREADABLE,
        },
    )


def test_declared_missing_values_become_empty_whatever_their_case(tmp_path: Path) -> None:
    of = replace(
        contract(
            [column("ma"), column("so", NUMBER, missing_values=("..", "Không biết"))], ("ma",)
        ),
        missing_values=("đang cập nhật",),
    )
    cells = ["..", "Đang cập  nhật ", "KHÔNG BIẾT", "đang ca\u0323\u0302p nhật", "...", "5"]
    result = run(tmp_path, of, [(str(n), cell) for n, cell in enumerate(cells)])
    assert [row["so"] for row in good_rows(result)] == [None, None, None, None, 5.0]
    assert [row["so"] for row in held_rows(result)] == ["..."]
    counted = {(each.column, each.step): each.rows for each in result.standardised}
    assert counted["so", Step.MISSING] == 4


def test_each_step_is_counted_per_column_as_rows_that_it_changed(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", NUMBER), column("ngay", DATE)], ("ma",))
    rows = [
        ("a ", "1.234,5", "2025-01-02"),
        ("b\u200b", "12", "02/01/2025"),
        ("e\u0301\x01", "12,5", None),
        ("d", "12.5", None),
    ]
    result = run(tmp_path, of, rows)
    assert {(each.column, each.step, each.rows) for each in result.standardised} == {
        ("ma", Step.SPACES, 1),
        ("ma", Step.INVISIBLE, 1),
        ("ma", Step.NFC, 1),
        ("ma", Step.CONTROLS, 1),
        ("so", Step.FORM, 2),
        ("ngay", Step.FORM, 1),
    }
