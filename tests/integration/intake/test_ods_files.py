"""OpenDocument spreadsheets: as LibreOffice writes them, and as nobody honest does."""

import zipfile
from pathlib import Path

import pytest

from tests.unit.intake.building import harvest, read_file
from tests.unit.intake.building_files import ods_cell, ods_of, ods_row, ods_sheet, ods_table
from tinhdata.intake import FileKind, FileRefused, read, understand

HEADER = ("Tên xã", "Diện tích", "Ngày báo cáo")
ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" '
    'office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
)
DATE = (
    '<table:table-cell office:value-type="date" office:date-value="2025-03-01">'
    "<text:p>01/03/25</text:p></table:table-cell>"
)
TAIL = ods_row([ods_cell(None, 16_384)], 1_048_000)
"""How LibreOffice fills a sheet up to its end when a style reaches there."""


def head() -> str:
    return ods_row(map(ods_cell, HEADER))


def reason_of(path: Path) -> str:
    refusal = understand(path, path.name, harvest()).refusal
    assert refusal is not None
    return refusal.reason


def test_a_spreadsheet_is_read_with_its_types_and_without_its_styled_end(tmp_path: Path) -> None:
    rows = [
        ods_row([ods_cell("BÁO CÁO")]),
        head(),
        ods_row([ods_cell("An Khánh"), ods_cell(12.5), DATE]),
        ods_row([ods_cell("Tổng cộng"), ods_cell(12.5)]),
        TAIL,
    ]
    reading = read_file(ods_of(tmp_path / "a.ods", ods_sheet("Sheet1", rows)), harvest())
    assert reading.understanding.kind is FileKind.ODS
    assert reading.staged.account.units == 4
    assert (reading.staged.account.title, reading.staged.account.total) == (1, 1)
    cells = [reading.rows[0][name] for name in ("_first", "ten", "dien_tich", "ngay")]
    assert cells == [3, "An Khánh", "12.5", "2025-03-01"]


def test_rows_that_are_written_once_and_repeat_are_each_a_row(tmp_path: Path) -> None:
    row = [ods_cell("An Khánh"), ods_cell(1.0), DATE]
    path = ods_of(tmp_path / "a.ods", ods_sheet("Sheet1", [head(), ods_row(row, 3), TAIL]))
    reading = read_file(path, harvest())
    assert [row["_first"] for row in reading.rows] == [2, 3, 4]


def test_error_cells_reject_exactly_their_rows(tmp_path: Path) -> None:
    rows = [
        head(),
        ods_row([ods_cell("A"), ERROR, DATE], 2),
        ods_row([ods_cell("B"), ods_cell(1.0), DATE]),
        ods_row([ods_cell("C"), '<table:table-cell table:formula="of:=1"/>', DATE]),
    ]
    reading = read_file(ods_of(tmp_path / "a.ods", ods_sheet("Sheet1", rows)), harvest())
    assert reading.column("ten") == ["B"]
    assert [(each["_first"], each["code"]) for each in reading.rejects] == [
        (2, "error-cell"),
        (3, "error-cell"),
        (5, "formula-without-value"),
    ]
    assert "B2" in str(reading.rejects[0]["params"])
    assert "#DIV/0!" in str(reading.rejects[0]["params"])


def test_a_hidden_sheet_is_read_last_and_said_to_be_hidden(tmp_path: Path) -> None:
    def sheet(name: str, place: str, *, hidden: bool) -> str:
        rows = [head(), ods_row([ods_cell(place), ods_cell(1.0), DATE])]
        return ods_sheet(name, rows, hidden=hidden)

    both = ods_of(
        tmp_path / "a.ods", sheet("cũ", "Ẩn", hidden=True), sheet("mới", "Hiện", hidden=False)
    )
    assert read_file(both, harvest()).column("ten") == ["Hiện"]
    only = ods_of(tmp_path / "b.ods", sheet("cũ", "Ẩn", hidden=True))
    notes = understand(only, only.name, harvest()).notes
    assert any("hidden" in note.msgid for note in notes)


WIDE_ERROR = ERROR.replace("-cell ", '-cell table:number-columns-repeated="16384" ', 1)
LAST_CELL = ods_cell(None, 16_383) + ods_cell("x")


@pytest.mark.parametrize(
    "rows",
    [
        [ods_row([ods_cell("x", 16_384)], 1_048_576)],
        [ods_row([ods_cell("x")], 11_000_000)],
        [ods_row([ods_cell("x", 2_000_000_000)])],
        [ods_row([ods_cell(None, 16_384)], 1_048_575), ods_row([LAST_CELL])],
        [ods_row([WIDE_ERROR], 1_048_576)],
    ],
)
def test_cells_that_repeat_beyond_all_measure_are_refused_before_they_are_unfolded(
    tmp_path: Path, rows: list[str]
) -> None:
    path = ods_of(tmp_path / "a.ods", ods_sheet("Sheet1", [head(), *rows]))
    assert path.stat().st_size < 4_000
    assert reason_of(path) == "too-many-cells"


def test_a_flood_of_errors_that_repeat_is_refused_before_each_is_told(tmp_path: Path) -> None:
    some = ERROR.replace("-cell ", '-cell table:number-columns-repeated="100" ', 1)
    sheets = [ods_sheet(f"S{at}", [ods_row([some], 900)]) for at in range(3)]
    assert reason_of(ods_of(tmp_path / "a.ods", *sheets)) == "too-many-errors"


def test_a_spreadsheet_with_a_password_says_so(tmp_path: Path) -> None:
    locked = "<file-entry><encryption-data checksum='x'/></file-entry>"
    path = ods_of(tmp_path / "a.ods", ods_sheet("S", [head()]), manifest=locked)
    assert reason_of(path) == "password"


def test_a_text_document_is_no_spreadsheet(tmp_path: Path) -> None:
    assert reason_of(ods_of(tmp_path / "a.odt", kind="text")) == "not-a-table"


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_spreadsheet_that_was_cut_off_is_refused(tmp_path: Path, kept: float) -> None:
    path = ods_table(tmp_path / "a.ods", HEADER, *(("A", 1.0, None) for _ in range(200)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    assert reason_of(path) == "damaged"


@pytest.mark.parametrize(
    "sheet",
    [
        ods_sheet("A", ['<table:table-row table:number-rows-repeated="x"/>']),
        '<table:table table:name="A"><table:table-row>',
        "&bomb;",
    ],
)
def test_broken_content_is_refused_and_never_ends_the_process(tmp_path: Path, sheet: str) -> None:
    path = ods_of(tmp_path / "a.ods", sheet)
    assert reason_of(path) == "damaged"


def test_entities_that_unfold_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", bomb)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    assert reason_of(path) == "damaged"


def test_a_spreadsheet_of_nothing_is_empty_and_one_of_a_header_has_no_rows(tmp_path: Path) -> None:
    assert reason_of(ods_of(tmp_path / "a.ods", ods_sheet("A", [TAIL]))) == "empty"
    reading = read_file(ods_table(tmp_path / "b.ods", HEADER), harvest())
    assert reading.rows == []
    assert reading.staged.account.header == 1


def test_a_refused_file_is_refused_by_reading_too(tmp_path: Path) -> None:
    path = ods_of(tmp_path / "a.ods", ods_sheet("A", [ods_row([ods_cell("x", 9_999)], 9_999)]))
    with pytest.raises(FileRefused):
        read(path, harvest(), understand(path, path.name, harvest()), tmp_path / "out")
