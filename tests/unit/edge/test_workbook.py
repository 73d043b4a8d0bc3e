import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from tests.support.row_lines import Row, sheet_of
from tests.unit.edge.contracts import AREA, COUNT, DAY, MOMENT, NAME, OPEN
from tinhdata.edge.errors import NotForExcel
from tinhdata.edge.workbook import write_workbook


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://x.vn"]
)
def test_text_is_never_a_formula_nor_a_link(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [NAME], sheet_of([NAME], [(text,)]), [("a", text)], "vi")
    for sheet, place in zip(load_workbook(path).worksheets, ("A2", "B1"), strict=True):
        assert (sheet[place].value, sheet[place].data_type) == (text, "s")
        assert sheet[place].hyperlink is None


def test_cells_are_typed_and_what_excel_would_round_stays_text(tmp_path: Path) -> None:
    columns = [COUNT, AREA, DAY, MOMENT, OPEN]
    moment = datetime.fromisoformat("2018-10-08T09:01:07")
    rows: list[Row] = [
        (12, Decimal("12.34"), date(2025, 7, 1), moment, True),
        (2**60, Decimal("1234567890123456.78"), date(1899, 12, 31), None, False),
        (None, Decimal("-0.10"), date(1900, 3, 1), None, None),
    ]
    path = tmp_path / "a.xlsx"
    write_workbook(path, columns, sheet_of(columns, rows), [], "vi")
    sheet = load_workbook(path).worksheets[0]
    header, first, second, third = sheet.iter_rows(values_only=True)
    assert header[1] == "Diện tích (km²)"
    assert first == (12, 12.34, datetime.fromisoformat("2025-07-01"), moment, True)
    assert second == (str(2**60), "1234567890123456.78", "31/12/1899", None, False)
    assert third == (None, -0.1, datetime.fromisoformat("1900-03-01"), None, None)
    assert sheet["C2"].number_format == "dd/mm/yyyy"


def test_a_text_that_no_cell_holds_is_refused_not_cut(tmp_path: Path) -> None:
    rows: list[Row] = [("đ" * 32_767,), ("x" * 32_768,)]
    with pytest.raises(NotForExcel) as refused:
        write_workbook(tmp_path / "a.xlsx", [NAME], sheet_of([NAME], rows), [], "vi")
    assert refused.value.text.params == {"row": 2, "column": NAME.name, "count": 32_768}


@pytest.mark.parametrize(
    "text",
    ["a & <b> \"c\" 'd'", " đầu và cuối ", "hai\ndòng\tcột", "_x0041_", "\x01\x1f", "Tiếng Việt 🏔"],
)
def test_text_comes_back_from_the_workbook_as_it_was(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [NAME], sheet_of([NAME], [(text,)]), [], "vi")
    read = load_workbook(path).worksheets[0]["A2"].value
    assert unescape(str(read)) == text
    by_calamine = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][0]
    assert by_calamine == text


def test_a_workbook_without_rows_opens(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [NAME, COUNT], sheet_of([NAME, COUNT], []), [("a", "b")], "en")
    sheet, about = load_workbook(path).worksheets
    assert sheet.max_row == 1
    assert (sheet.freeze_panes, about["B1"].value) == ("A2", "b")


def test_a_workbook_is_of_the_moment_of_its_rows_and_not_of_its_making(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
    path = tmp_path / "a.xlsx"
    write_workbook(path, [NAME], sheet_of([NAME], [("a",)]), [], "vi", moment)
    with zipfile.ZipFile(path) as archive:
        core = archive.read("docProps/core.xml").decode()
        dates = {part.date_time for part in archive.infolist()}
    assert re.findall(r">(\d{4}-[^<]+)<", core) == ["2026-11-02T03:04:05Z"] * 2
    assert dates == {(1980, 1, 1, 0, 0, 0)}
