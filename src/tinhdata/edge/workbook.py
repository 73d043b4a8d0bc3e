"""Rows as an Excel workbook in constant memory: typed cells, and a sheet that says what it is.

Text is always written as text: a cell that starts with = + - or @ never becomes a formula.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tinhdata.contracts import Column
from tinhdata.edge.errors import NotForExcel
from tinhdata.edge.language import say
from tinhdata.edge.plain import Columns, plain
from tinhdata.edge.showing import brief, shown
from tinhdata.kernel import t
from tinhdata.warehouse import Value

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet of Excel can hold."""

_LONGEST_CELL = 32_767
_EXACT_DIGITS = 15
"""Excel keeps so many digits of a number; longer ones are written as text, not rounded."""

_LARGEST = 10**_EXACT_DIGITS
_FIRST_DAY = date(1900, 3, 1)
"""Excel believes in 29/2/1900, so earlier days would be off by one."""

Facts: TypeAlias = Sequence[tuple[str, str]]
Batches: TypeAlias = Iterable[Columns]


@dataclass(frozen=True, slots=True)
class _Formats:
    header: Format
    date: Format
    moment: Format
    text: Format
    bold: Format


def write_workbook(
    path: Path, columns: Sequence[Column], batches: Batches, facts: Facts, language: str
) -> None:
    """Write rows, in `batches`, and the `facts` about them to `path`; raises NotForExcel."""
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
    )
    try:
        formats = _Formats(
            book.add_format({"bold": True, "bg_color": "#E4EFE8", "text_wrap": True}),
            book.add_format({"num_format": "dd/mm/yyyy"}),
            book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            book.add_format({"num_format": "@"}),
            book.add_format({"bold": True, "valign": "top"}),
        )
        _write_rows(
            book.add_worksheet(say(t("Data"), language)), columns, batches, formats, language
        )
        _write_facts(book.add_worksheet(say(t("About this file"), language)), facts, formats)
    finally:
        book.close()


def _write_rows(
    sheet: Worksheet, columns: Sequence[Column], batches: Batches, formats: _Formats, language: str
) -> None:
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, min(max(len(_label(column, language)) + 2, 12), 44))
    for at, column in enumerate(columns):
        sheet.write_string(0, at, _label(column, language), formats.header)
    number = 0
    for batch in batches:
        for row in zip(*batch, strict=True):
            number += 1
            if number > MOST_ROWS:
                raise too_many_rows()
            for at, value in enumerate(row):
                if value is not None:
                    _write(sheet, number, at, value, columns[at], formats)


def _label(column: Column, language: str) -> str:
    label = column.label.in_language(language)
    return f"{label} ({column.unit})" if column.unit else label


def _write(
    sheet: Worksheet, row: int, at: int, value: Value, column: Column, formats: _Formats
) -> None:
    match value:
        case str():
            _write_text(sheet, row, at, value, column, formats)
        case bool():
            sheet.write_boolean(row, at, value)
        case datetime() if value.date() >= _FIRST_DAY:
            sheet.write_datetime(row, at, value.replace(tzinfo=None), formats.moment)
        case date() if not isinstance(value, datetime) and value >= _FIRST_DAY:
            sheet.write_datetime(row, at, datetime.combine(value, time()), formats.date)
        case date():
            _write_text(sheet, row, at, shown(value, column, "vi") or "", column, formats)
        case int() | float() | Decimal() if _is_exact(value):
            sheet.write_number(row, at, value)
        case _:
            _write_text(sheet, row, at, plain(value) or "", column, formats)


def _write_text(
    sheet: Worksheet, row: int, at: int, value: str, column: Column, formats: _Formats
) -> None:
    if len(value) > _LONGEST_CELL and column.geometry is not None:
        value = brief(value, "vi")  # whoever wants the shape itself takes another form
    if len(value) > _LONGEST_CELL:
        raise NotForExcel(
            t(
                "Row {row}, column {column}: the text has {count} letters, more than a cell holds.",
                row=row,
                column=column.name,
                count=len(value),
            ),
            fix=t("Download the rows as CSV or Parquet instead."),
        )
    sheet.write_string(row, at, value, formats.text)


def _is_exact(value: int | float | Decimal) -> bool:
    """Say whether Excel, which counts in doubles of 15 digits, keeps the number as it is."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, int) and -_LARGEST < value < _LARGEST:
        return True
    digits = Decimal(value).normalize().as_tuple().digits
    return len(digits) <= _EXACT_DIGITS and abs(value) < _LARGEST


def _write_facts(sheet: Worksheet, facts: Facts, formats: _Formats) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name, formats.bold)
        sheet.write_string(row, 1, value[:_LONGEST_CELL])


def too_many_rows() -> NotForExcel:
    """Say that a sheet cannot hold the answer."""
    return NotForExcel(
        t("The answer has more rows than a sheet of Excel can hold ({most}).", most=MOST_ROWS),
        fix=t("Filter the rows, or download them as CSV or Parquet."),
    )
