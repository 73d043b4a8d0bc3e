"""Writes a copy of a file in which some cells are other ones, the rest as it was."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlwt
from python_calamine import CalamineWorkbook


@dataclass(frozen=True, slots=True)
class Planted:
    """A cell to be written: line (or sheet row) and cell of the file, both 1-based."""

    line: int
    cell: int
    write: str | float


def plant(source: Path, target: Path, cells: Sequence[Planted], sheet: str | None = None) -> None:
    """Copy `source` to `target` with `cells` written into it (in `sheet` of a workbook)."""
    match source.suffix:
        case ".xls":
            _plant_xls(source, target, cells, sheet)
        case ".xlsx":
            book = openpyxl.load_workbook(source)
            page = book[sheet] if sheet else book.worksheets[0]
            for planted in cells:
                page.cell(planted.line, planted.cell).value = planted.write
            book.save(target)
        case _:
            _plant_text(source, target, cells)


def _plant_text(source: Path, target: Path, cells: Sequence[Planted]) -> None:
    lines = source.read_bytes().splitlines(keepends=True)
    delimiter = ";" if lines[-1].count(b";") > lines[-1].count(b",") else ","
    for planted in cells:
        line = lines[planted.line - 1].decode("utf-8")
        content = line.rstrip("\r\n")
        row = next(csv.reader([content], delimiter=delimiter))
        row[planted.cell - 1] = str(planted.write)
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator=line[len(content) :]).writerow(row)
        lines[planted.line - 1] = text.getvalue().encode("utf-8")
    target.write_bytes(b"".join(lines))


def _plant_xls(source: Path, target: Path, cells: Sequence[Planted], sheet: str | None) -> None:
    read, written = CalamineWorkbook.from_path(source), xlwt.Workbook(encoding="cp1252")
    new = {(planted.line, planted.cell): planted.write for planted in cells}
    for name in read.sheet_names:
        page = written.add_sheet(name)
        rows = read.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for line, row in enumerate(rows, start=1):
            for cell, old in enumerate(row, start=1):
                value = new.get((line, cell), old) if name == (sheet or name) else old
                if value != "":
                    page.write(line - 1, cell - 1, value)
    written.save(target)
