from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.unit.edge.contracts import AREA, COUNT, DAY, MOMENT, NAME, OPEN
from tinhdata.edge.errors import NotForExcel
from tinhdata.edge.workbook import write_workbook
from tinhdata.warehouse import Value


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://x.vn"]
)
def test_text_is_never_a_formula_nor_a_link(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [NAME], [[[text]]], [("a", text)], "vi")
    for sheet, place in zip(load_workbook(path).worksheets, ("A2", "B1"), strict=True):
        assert (sheet[place].value, sheet[place].data_type) == (text, "s")
        assert sheet[place].hyperlink is None


def test_cells_are_typed_and_what_excel_would_round_stays_text(tmp_path: Path) -> None:
    columns = [COUNT, AREA, DAY, MOMENT, OPEN]
    moment = datetime.fromisoformat("2018-10-08T09:01:07")
    rows: list[tuple[Value, ...]] = [
        (12, Decimal("12.34"), date(2025, 7, 1), moment, True),
        (2**60, Decimal("1234567890123456.78"), date(1899, 12, 31), None, False),
        (None, Decimal("-0.10"), date(1900, 3, 1), None, None),
    ]
    path = tmp_path / "a.xlsx"
    write_workbook(path, columns, [list(zip(*rows, strict=True))], [], "vi")
    sheet = load_workbook(path).worksheets[0]
    header, first, second, third = sheet.iter_rows(values_only=True)
    assert header[1] == "Diện tích (km²)"
    assert first == (12, 12.34, datetime.fromisoformat("2025-07-01"), moment, True)
    assert second == (str(2**60), "1234567890123456.78", "31/12/1899", None, False)
    assert third == (None, -0.1, datetime.fromisoformat("1900-03-01"), None, None)
    assert sheet["C2"].number_format == "dd/mm/yyyy"


def test_a_text_that_no_cell_holds_is_refused_not_cut(tmp_path: Path) -> None:
    with pytest.raises(NotForExcel):
        write_workbook(tmp_path / "a.xlsx", [NAME], [[["x" * 32_768]]], [], "vi")
