"""Cells shown as a percentage: 12.5 % is stored as 0.125 and must not be read as that."""

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from tests.unit.intake.building import NUMBER, column, contract_of, read_file
from tests.unit.intake.building_files import ods_cell, ods_of, ods_row, ods_sheet
from tinhdata.contracts import NumberForm
from tinhdata.intake import FileKind, understand
from tinhdata.intake.number_formats import StyledCells, shows_percent
from tinhdata.intake.workbook import Workbook

HEADER = ("Tên xã", "Tỷ lệ", "Diện tích")
SHARES = (0.125, 0.07, 1.0, 0.0, -0.5, 1 / 3)
SHOWN = ["12.5%", "7%", "100%", "0%", "-50%", "33.33333333333333%"]
CONTRACT = contract_of(
    [
        column("ten", "Tên xã", required=True),
        column("ty_le", "Tỷ lệ", NUMBER, unit="%"),
        column("dien_tich", "Diện tích", NUMBER, unit="ha"),
    ]
)


def in_xlsx(path: Path, code: str = "0.0%") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(HEADER))
    for at, share in enumerate(SHARES, 2):
        sheet.append([f"Xã {at}", share, 0.125])
        sheet.cell(at, 2).number_format = code
    book.save(path)
    return path


def in_xls(path: Path, code: str = "0.0%") -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, name in enumerate(HEADER):
        sheet.write(0, at, name)
    for at, share in enumerate(SHARES, 1):
        sheet.write(at, 0, f"Xã {at}")
        sheet.write(at, 1, share, xlwt.easyxf(num_format_str=code))
        sheet.write(at, 2, 0.125)
    book.save(str(path))
    return path


def in_ods(path: Path) -> Path:
    rows = [ods_row(map(ods_cell, HEADER))]
    for at, share in enumerate(SHARES, 2):
        cell = ods_cell(share).replace('"float"', '"percentage"')
        rows.append(ods_row([ods_cell(f"Xã {at}"), cell, ods_cell(0.125)]))
    return ods_of(path, ods_sheet("Sheet1", rows))


@pytest.mark.parametrize("write", [in_xlsx, in_xls, in_ods])
def test_a_cell_shown_as_a_percentage_is_read_as_it_is_shown_and_no_other_is(
    tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    reading = read_file(write(tmp_path / "tep"), CONTRACT)
    assert reading.column("ty_le") == SHOWN
    assert reading.column("dien_tich") == ["0.125"] * len(SHARES)
    assert reading.staged.number_forms["ty_le"] is NumberForm.ENGLISH


@pytest.mark.parametrize(
    ("code", "is_percent"),
    [
        ("0%", True),
        ("0.00%", True),
        ("#,##0.0 %;[Red]-#,##0.0 %", True),
        ('[=0]"-";0.0%', True),
        ('0.0"%"', False),
        (r"0.0\%", False),
        ("0.0_%", False),
        ("0.0*%", False),
        ("General", False),
        ('"%', False),
    ],
)
def test_only_a_percent_sign_that_is_no_text_shows_a_percentage(
    tmp_path: Path, code: str, is_percent: bool
) -> None:
    assert shows_percent(code) is is_percent
    if code == '"%':  # no program writes this one
        return
    for path in (in_xlsx(tmp_path / "a.xlsx", code), in_xls(tmp_path / "a.xls", code)):
        first = read_file(path, CONTRACT).column("ty_le")[0]
        assert first == ("12.5%" if is_percent else "0.125"), path.suffix


def test_texts_dates_and_truths_in_percent_cells_stay_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        share, sheet = book.add_format({"num_format": "0%"}), book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ("A", "12,5 %", True), share)
        sheet.write_row(2, 0, ("B", "..", None), share)
        sheet.write_datetime(3, 1, datetime.datetime(2025, 3, 1), day)  # noqa: DTZ001 -- no zone
    with Workbook(path, FileKind.XLSX) as opened:
        assert [line.cells for line in opened.lines("Sheet1")][1:] == [
            ["A", "12,5 %", "true"],
            ["B", "..", ""],
            ["", "2025-03-01", ""],
        ]


def test_percentages_beside_texts_with_a_comma_are_written_with_one(tmp_path: Path) -> None:
    path = in_xlsx(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.worksheets[0].append(["Xã 9", "12,75 %", 1])
    book.save(path)
    reading = read_file(path, CONTRACT)
    assert reading.staged.number_forms["ty_le"] is NumberForm.VIETNAMESE
    assert reading.column("ty_le")[0] == "12,5%"


def test_an_old_row_of_numbers_has_one_style_for_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    share = xlwt.easyxf(num_format_str="0%")
    for at, name in enumerate(HEADER):
        sheet.write(0, at, name)
    sheet.row(1).set_cell_text(0, "A")
    sheet.row(1).set_cell_number(1, 1, share)
    sheet.row(1).set_cell_number(2, 7)
    book.save(str(path))
    assert b"\xbd\x00" in path.read_bytes()  # the record of several numbers
    (row,) = read_file(path, CONTRACT).rows
    assert (row["ty_le"], row["dien_tich"]) == ("100%", "7")


def test_percentages_that_are_written_once_and_repeat_are_each_one(tmp_path: Path) -> None:
    share = ods_cell(0.25, 2).replace('"float"', '"percentage"')
    head = ods_row(map(ods_cell, HEADER))
    rows = [head, ods_row([ods_cell("A"), share], 3), ods_row([ods_cell("B"), ods_cell(0.25, 2)])]
    reading = read_file(ods_of(tmp_path / "a.ods", ods_sheet("Sheet1", rows)), CONTRACT)
    assert reading.column("ty_le") == ["25%", "25%", "25%", "0.25"]
    assert reading.column("dien_tich") == ["25%", "25%", "25%", "0.25"]


def with_sheet(path: Path, change: Callable[[str], str], part: str = "worksheets/sheet1") -> Path:
    """Rewrite a part of the workbook at `path`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = f"xl/{part}.xml"
    changed = change(parts[name].decode())
    assert changed != parts[name].decode()
    parts[name] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in parts.items():
            archive.writestr(each, data)
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(' s="1"', "").replace("<c r=", '<c s="1" r=', 99),
        lambda text: text.replace(' s="1"', ' vm="1" s="1"'),
        lambda text: text.replace(' s="1"', " s='1'"),
        lambda text: text.replace("<row ", '<row s="1" customFormat="1" '),
    ],
)
def test_the_order_of_what_is_said_of_a_cell_does_not_matter(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    path = with_sheet(in_xlsx(tmp_path / "a.xlsx"), change)
    assert read_file(path, CONTRACT).column("ty_le") == SHOWN


def test_a_cell_that_names_no_style_has_the_first(tmp_path: Path) -> None:
    """Where the ordinary style of a workbook is a percentage, cells need not say so."""
    path = in_xlsx(tmp_path / "a.xlsx", "General")
    with_sheet(path, lambda text: text.replace('numFmtId="0"', 'numFmtId="9"'), "styles")
    assert read_file(path, CONTRACT).column("ty_le") == SHOWN


def test_percentages_without_a_place_refuse_the_workbook_and_other_cells_do_not(
    tmp_path: Path,
) -> None:
    def placeless(text: str) -> str:
        for row in range(1, len(SHARES) + 2):
            for letter in "ABC":
                text = text.replace(f'<c r="{letter}{row}"', "<c")
        return text

    shares = with_sheet(in_xlsx(tmp_path / "a.xlsx"), placeless)
    refusal = understand(shares, shares.name, CONTRACT).refusal
    assert refusal is not None
    assert refusal.reason == "cells-without-place"
    plain = with_sheet(in_xlsx(tmp_path / "b.xlsx", "0.0"), placeless)
    assert read_file(plain, CONTRACT).column("ty_le")[0] == "0.125"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('numFmtId="', 'numFmtId="x', 1),
    ],
)
def test_broken_styles_are_a_damaged_workbook(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = with_sheet(in_xlsx(tmp_path / "a.xlsx"), change, "styles")
    refusal = understand(path, path.name, CONTRACT).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


def test_the_quick_look_and_the_sure_one_find_the_same() -> None:
    styled = StyledCells({3, 12})
    quick = b'<row r="1"><c r="A1" s="3"><v>1</v></c><c r="AB7" s="12"/><c r="B1" s="31"/></row>'
    slow = b"<x:row><x:c s='3' r='A1'><x:v>1</x:v></x:c><x:c cm='1' r='AB7' t='n' s='12'/></x:row>"
    assert styled.places(quick) == styled.places(slow) == [(b"A", b"1"), (b"AB", b"7")]
