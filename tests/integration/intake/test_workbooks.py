"""Workbooks as officials make them, written by programs that are not ours."""

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.intake.building import (
    INTEGER,
    NUMBER,
    column,
    contract_of,
    harvest,
    read_file,
)
from tinhdata.contracts import Layout, NumberForm
from tinhdata.intake import (
    Question,
    ReadingChoice,
    choice_from_json,
    choice_to_json,
    understand,
    understanding_from_json,
    understanding_to_json,
)
from tinhdata.vietnam import LegacyEncoding, to_tcvn3

HEADER = ["Tên xã", "Diện tích", "Ngày báo cáo"]
Cell: TypeAlias = str | int | float | datetime.date | datetime.time | None
DAY = datetime.date(2025, 3, 1)
MOMENT = datetime.datetime(2025, 3, 1, 8, 30)  # noqa: DTZ001  # cells of Excel have no zone


def workbook(path: Path, *rows: Sequence[Cell], title: str = "Sheet") -> Worksheet:
    """Begin a workbook at `path`; save with `saved`."""
    sheet = openpyxl.Workbook().active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    saved(sheet, path)
    return sheet


def saved(sheet: Worksheet, path: Path) -> Path:
    assert sheet.parent is not None
    sheet.parent.save(path)
    return path


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace `old` in a part of the workbook at `path`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_typed_cells_become_text_that_says_the_same(tmp_path: Path) -> None:
    names = ["a", "b", "c", "d", "e", "f", "g"]
    path = tmp_path / "a.xlsx"
    workbook(
        path,
        [name.upper() for name in names],
        [5.0, 0.1 + 0.2, 1e-7, True, DAY, MOMENT, "007"],
        [12345678901234567890, -2.5, 22.974999999999998, False, DAY, datetime.time(8, 30), " x "],
    )
    contract = contract_of([column(name, name.upper()) for name in names])
    rows = [[row[name] for name in names] for row in read_file(path, contract).rows]
    assert rows == [
        ["5", "0.3", "0.0000001", "true", "2025-03-01", "2025-03-01 08:30:00", "007"],
        ["12345678901234570000", "-2.5", "22.975", "false", "2025-03-01", "08:30:00", " x "],
    ]


def test_merged_banner_and_merged_header_rows_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(
        path,
        ["BÁO CÁO", None, None, None],
        ["Tên xã", "Diện tích", None, "Ghi chú"],
        [None, "Lúa", "Ngô", None],
        ["An Khánh", 1, 2, "x"],
    )
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("D2:D3")
    saved(sheet, path)
    contract = contract_of(
        [
            column("ten", "Tên xã"),
            column("lua", "Diện tích lúa", NUMBER),
            column("ngo", "Diện tích ngô", NUMBER),
            column("ghi_chu", "Ghi chú"),
        ]
    )
    reading = read_file(path, contract)
    assert reading.understanding.header is not None
    assert (reading.understanding.header.first_row, reading.understanding.header.rows) == (2, 2)
    assert [list(row.values())[3:] for row in reading.rows] == [["An Khánh", "1", "2", "x"]]


def test_several_equal_sheets_ask_for_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path, HEADER, ["An Khánh", 1, DAY], title="Tháng 1")
    book = sheet.parent
    assert book is not None
    other = book.create_sheet("Tháng 2")
    other.append(HEADER)
    other.append(["Văn Lang", 2, DAY])
    book.create_sheet("Ghi chú").append(["không có gì"])
    book.save(path)
    understanding = understand(path, "a.xlsx", harvest())
    assert understanding.questions == (Question.SHEET,)
    assert [(seen.name, seen.matched) for seen in understanding.sheets] == [
        ("Tháng 1", 3),
        ("Tháng 2", 3),
        ("Ghi chú", 0),
    ]
    chosen = read_file(path, harvest(), ReadingChoice(sheet="Tháng 2"))
    assert chosen.column("ten") == ["Văn Lang"]
    declared = read_file(path, harvest(Layout(sheet="THANG 1")), out=tmp_path / "declared")
    assert declared.column("ten") == ["An Khánh"]
    missing = understand(path, "a.xlsx", harvest(), ReadingChoice(sheet="Tháng 3"))
    assert missing.refusal is not None
    assert understanding_from_json(understanding_to_json(understanding)) == understanding


def test_a_visible_sheet_goes_before_a_hidden_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path, HEADER, ["Ẩn", 1, DAY], title="cu")
    book = sheet.parent
    assert book is not None
    sheet.sheet_state = "hidden"
    other = book.create_sheet("moi")
    other.append(HEADER)
    other.append(["Hiện", 2, DAY])
    book.save(path)
    assert read_file(path, harvest()).column("ten") == ["Hiện"]


def test_errors_and_formulas_without_value_reject_exactly_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(
        path,
        [*HEADER, "Khác"],
        ["A", 1, DAY, None],
        ["B", "#REF!", DAY, None],
        ["C", "=1+1", DAY, None],
        ["D", 4, DAY, "#N/A"],
        ["E", 5, DAY, None],
        [None, "=1+1", None, None],
    )
    sheet["B3"].data_type = "e"
    sheet["D5"].data_type = "e"
    saved(sheet, path)
    reading = read_file(path, harvest())
    assert reading.column("ten") == ["A", "D", "E"]
    assert [(reject["_first"], reject["code"]) for reject in reading.rejects] == [
        (3, "error-cell"),
        (4, "formula-without-value"),
        (7, "formula-without-value"),
    ]
    assert "B3" in str(reading.rejects[0]["params"])
    assert "#REF!" in str(reading.rejects[0]["params"])


def test_errors_in_an_old_workbook_reject_their_rows(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, name in enumerate(HEADER):
        sheet.write(0, at, name)
    for row in (1, 2, 3):
        sheet.write(row, 0, f"xã {row}")
        if row != 2:
            sheet.write(row, 1, row)
        sheet.write(row, 2, "01/01/2025")
    sheet.row(2).set_cell_error(1, 0x17)
    book.save(str(tmp_path / "a.xls"))
    reading = read_file(tmp_path / "a.xls", harvest())
    assert reading.column("ten") == ["xã 1", "xã 3"]
    assert "#REF!" in str(reading.rejects[0]["params"])


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path, HEADER, ["A", 1, DAY], ["B", 2, DAY])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    saved(sheet, path)
    reading = read_file(path, harvest())
    assert reading.column("dien_tich") == ["1", "2"]
    notes = [str(note) for note in reading.understanding.notes]
    assert "1 hidden rows are read as well." in notes
    assert "1 hidden columns are read as well." in notes


def test_cells_in_an_old_encoding_are_converted(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    names = ["Đại Từ", "Võ Nhai", "Phú Lương", "Định Hóa"]
    for at, name in enumerate(HEADER):
        sheet.write(0, at, to_tcvn3(name))
    for row, name in enumerate(names, 1):
        sheet.write(row, 0, to_tcvn3(name))
    book.save(str(tmp_path / "a.xls"))
    reading = read_file(tmp_path / "a.xls", harvest())
    assert reading.understanding.cell_encoding is LegacyEncoding.TCVN3
    assert reading.column("ten") == names


def test_codes_that_became_numbers_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, ["Mã", "Tên"], [5000, "A"], ["05001", "B"])
    contract = contract_of([column("ma", "Mã"), column("ten", "Tên")])
    assert read_file(path, contract).column("ma") == ["5000", "05001"]


def test_one_column_has_one_number_form_though_some_cells_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1.234, DAY], ["B", "1.234,5", DAY], ["C", 7, DAY])
    reading = read_file(path, harvest())
    assert reading.column("dien_tich") == ["1,234", "1.234,5", "7"]
    assert reading.staged.number_forms == {"dien_tich": NumberForm.VIETNAMESE}


def test_stored_fractions_alone_are_written_with_a_dot(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1.234, DAY], ["B", 7, DAY])
    reading = read_file(path, harvest())
    assert reading.column("dien_tich") == ["1.234", "7"]
    assert reading.staged.number_forms == {"dien_tich": NumberForm.ENGLISH}


def test_formatted_empty_rows_to_the_end_of_the_sheet_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path, HEADER, ["A", 1, DAY])
    sheet["A1048576"].font = Font(bold=True)
    sheet["XFD5"].font = Font(bold=True)
    saved(sheet, path)
    reading = read_file(path, harvest())
    assert reading.column("ten") == ["A"]
    assert reading.staged.account.units == 2


def test_a_value_far_below_makes_the_rows_between_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path, HEADER, ["A", 1, DAY])
    sheet["A65535"] = "B"
    saved(sheet, path)
    reading = read_file(path, harvest())
    assert reading.column("_last") == [2, 65_535]
    assert reading.staged.account.blank == 65_532


def test_a_sheet_that_spans_billions_of_cells_is_refused_before_it_is_loaded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path, HEADER, ["A", 1, DAY])
    sheet["XFD1048576"] = "x"
    saved(sheet, path)
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "too-many-cells"


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="9"><c r="ZZZZ9999999" t="str"><v>x</v></c></row>',
        b'<row r="9"><c r="xfd1048576" t="str"><v>x</v></c></row>',
        b'<row r="9"><c r = "XFD1048576" t="str"><v>x</v></c></row>',
        b'<row r="9"><c r="A99999999999999999999" t="str"><v>x</v></c></row>',
    ],
)
def test_a_sheet_that_hides_how_far_it_spans_harms_nobody_but_itself(
    tmp_path: Path, row: bytes
) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1, DAY])
    rewritten(path, "xl/worksheets/sheet1.xml", b"</sheetData>", row + b"</sheetData>")
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


def test_an_old_workbook_that_claims_billions_of_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, HEADER[0])
    book.save(path)
    data = path.read_bytes()
    dimensions = b"\x00\x02\x0e\x00" + bytes(4)
    assert dimensions in data
    at = data.index(dimensions) + len(dimensions)
    path.write_bytes(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :])
    refusal = understand(path, "a.xls", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


def test_a_sheet_of_tags_without_end_is_looked_through_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1, DAY])
    tags = b't="e" <f ' + b'<c t="e" ' + b' r="A1"' * 400_000 + b"<row " * 400_000
    rewritten(path, "xl/worksheets/sheet1.xml", b"</sheetData>", tags + b"</sheetData>")
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


def test_a_workbook_whose_properties_are_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1, DAY])
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("docProps/core.xml").header_offset
    data = bytearray(path.read_bytes())
    begin = at + 30 + int.from_bytes(data[at + 26 : at + 28], "little") + 8
    data[begin : begin + 40] = b"\xff" * 40
    path.write_bytes(data)
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1, DAY])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * (64 << 20))
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "too-large-inside"


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>" + b" " * 5_000)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


def test_other_office_files_are_named_for_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert "Word" in str(refusal.text)


def test_an_encrypted_workbook_asks_for_its_password_to_be_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(compound_file({"EncryptedPackage": b"x" * 5_000, "EncryptionInfo": b"y"}))
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "password"


def test_an_old_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    start = bytes.fromhex("0908100000060500") + bytes(12)
    lock = bytes.fromhex("2f000600") + bytes(6)
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file({"Workbook": start + lock + bytes(5_000)}))
    refusal = understand(path, "a.xls", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "password"


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path)
    refusal = understand(path, "a.xlsx", harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "empty"


@pytest.mark.parametrize("cut", [100, 1_000, 3_000])
def test_a_workbook_that_was_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, HEADER, ["A", 1, DAY])
    path.write_bytes(path.read_bytes()[:cut])
    assert understand(path, "a.xlsx", harvest()).refusal is not None


def test_the_column_of_a_table_may_start_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet = workbook(path)
    table: list[Sequence[Cell]] = [HEADER, ["A", 1, DAY], ["Tổng", 1, None]]
    for row, values in enumerate(table, 4):
        for at, value in enumerate(values, 3):
            sheet.cell(row, at, value)
    saved(sheet, path)
    reading = read_file(path, harvest())
    assert [match.index for match in reading.understanding.mapping] == [2, 3, 4]
    assert reading.column("ten") == ["A"]
    account = reading.staged.account
    assert (account.units, account.blank, account.total) == (6, 3, 1)


def test_choices_survive_their_way_through_json() -> None:
    choice = ReadingChoice(
        sheet="TB",
        encoding="tcvn3",
        delimiter=";",
        first_header_row=3,
        header_rows=2,
        mapping={"ten": 4, "ngay": None},
        number_forms={"dien_tich": NumberForm.ENGLISH},
        totals_are_data=True,
    )
    assert choice_from_json(choice_to_json(choice)) == choice
    assert choice_from_json({}) == ReadingChoice()


def test_integers_need_no_form(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, ["Mã", "Số"], ["A", 1], ["B", 2])
    contract = contract_of([column("ma", "Mã"), column("so", "Số", INTEGER)])
    assert read_file(path, contract).staged.number_forms == {}


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Write a compound file with `streams` by hand: header, table, directory, sectors."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    table: list[int] = [0xFFFFFFFD, 0xFFFFFFFE]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, data in padded.items():
        start = len(table)
        count = -(-len(data) // 512)
        sectors += [data[at * 512 : (at + 1) * 512].ljust(512, b"\0") for at in range(count)]
        table += [*range(start + 1, start + count), 0xFFFFFFFE]
        entries.append(_entry(name, 2, start, len(data)))
    directory = b"".join(entries).ljust(512, b"\0")
    table += [0xFFFFFFFF] * (128 - len(table))
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    header[24:34] = bytes.fromhex("3e000300feff09000600")
    for at, value in ((44, 1), (48, 1), (56, 4096), (60, 0xFFFFFFFE), (68, 0xFFFFFFFE)):
        header[at : at + 4] = value.to_bytes(4, "little")
    header[76:512] = b"\xff" * 436
    header[76:80] = bytes(4)
    fat = b"".join(number.to_bytes(4, "little") for number in table)
    return bytes(header) + fat + directory + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    entry = bytearray(128)
    entry[: len(coded)] = coded
    entry[64:66] = len(coded).to_bytes(2, "little")
    entry[66] = kind
    entry[116:120] = start.to_bytes(4, "little")
    entry[120:124] = size.to_bytes(4, "little")
    return bytes(entry)
