"""Rows as an Excel workbook in constant memory: typed cells, and a sheet that says what it is.

The frame of the workbook - styles, header, the sheet of facts - is made by xlsxwriter; the rows
come as XML from the warehouse and are streamed into it. Python cell by cell took ten times as long
and held up all other answers meanwhile.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import xlsxwriter

from tinhdata.contracts import GEOMETRY_WORDS, Column
from tinhdata.edge.errors import NotForExcel
from tinhdata.edge.language import say
from tinhdata.kernel import Text, t
from tinhdata.warehouse import LONGEST_CELL, SheetForm, SheetPiece

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet of Excel can hold."""

_FORMATS = ("dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss", "@")
_SHEET = "xl/worksheets/sheet1.xml"
_COMPRESSION = 3
"""Of zlib; 6 makes files a tenth smaller in twice the time."""

_NO_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)
"""The moment that the parts of the archive have, too."""

Facts: TypeAlias = Sequence[tuple[str, str]]
Rows: TypeAlias = Callable[[SheetForm], Iterator[SheetPiece]]
"""Gives the rows, once it is known which formats the workbook has."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """A workbook without rows: the sheet of rows up to them and after them, and all else."""

    form: SheetForm
    before: bytes
    after: bytes
    parts: Sequence[tuple[str, bytes]]


def write_workbook(
    path: Path,
    columns: Sequence[Column],
    rows: Rows,
    facts: Facts,
    language: str,
    made_at: datetime = _NO_MOMENT,
) -> None:
    """Write rows and the `facts` about them to `path`; raises NotForExcel.

    The same rows of the same moment `made_at` give the same bytes.
    """
    frame = _frame(columns, facts, language, made_at)
    kind = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w", kind, compresslevel=_COMPRESSION) as archive:
        for name, content in frame.parts:
            archive.writestr(zipfile.ZipInfo(name), content, kind)
        sheet = zipfile.ZipInfo(_SHEET)
        sheet.compress_type = kind
        with archive.open(sheet, "w", force_zip64=True) as file:
            file.write(frame.before)
            for piece in rows(frame.form):
                _require_fit(piece, columns)
                file.write(piece.rows)
            file.write(frame.after)


def _frame(columns: Sequence[Column], facts: Facts, language: str, made_at: datetime) -> _Frame:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"created": made_at.astimezone(UTC)})
        header = book.add_format({"bold": True, "bg_color": "#E4EFE8", "text_wrap": True})
        sheet = book.add_worksheet(say(t("Data"), language))
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            label = _label(column, language)
            sheet.set_column(at, at, min(max(len(label) + 2, 12), 44))
            sheet.write_string(0, at, label, header)
        # A row with a cell of each format tells their numbers; it is cut out again.
        for at, number_format in enumerate(_FORMATS):
            sheet.write_blank(1, at, None, book.add_format({"num_format": number_format}))
        about = book.add_worksheet(say(t("About this file"), language))
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 80)
        bold = book.add_format({"bold": True, "valign": "top"})
        for row, (name, value) in enumerate(facts):
            about.write_string(row, 0, name, bold)
            about.write_string(row, 1, value[:LONGEST_CELL])
    return _taken_apart(made, columns, language)


def _taken_apart(made: io.BytesIO, columns: Sequence[Column], language: str) -> _Frame:
    with zipfile.ZipFile(made) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist() if name != _SHEET]
        sheet = archive.read(_SHEET).decode()
    # How far the sheet goes is not known yet, and need not be said.
    sheet = re.sub(r"<dimension [^>]*/>", "", sheet)
    before, row, after = re.split(r'(<row r="2".*?</row>)', sheet, maxsplit=1)
    date, moment, text = map(int, re.findall(r'<c [^>]*s="(\d+)"', row))
    shapes = frozenset(column.name for column in columns if column.geometry is not None)
    form = SheetForm(date, moment, text, shapes, _briefs(language) if shapes else {})
    return _Frame(form, before.encode(), after.encode(), parts)


def _briefs(language: str) -> dict[str, tuple[str, str]]:
    """Give by kind what a geometry is called that is longer than a cell, around its vertices."""
    briefs = {}
    for kind, word in GEOMETRY_WORDS.items():
        text: Text = t("{kind}, {count} vertices", kind=word, count="\0")
        before, _, after = say(text, language).partition("\0")
        briefs[kind.upper()] = (before, after)
    return briefs


def _label(column: Column, language: str) -> str:
    label = column.label.in_language(language)
    return f"{label} ({column.unit})" if column.unit else label


def _require_fit(piece: SheetPiece, columns: Sequence[Column]) -> None:
    if piece.unfit is None:
        return
    raise NotForExcel(
        t(
            "Row {row}, column {column}: the text has {count} letters, more than a cell holds.",
            row=piece.unfit.row,
            column=columns[piece.unfit.column].name,
            count=piece.unfit.letters,
        ),
        fix=t("Download the rows as CSV or Parquet instead."),
    )


def too_many_rows() -> NotForExcel:
    """Say that a sheet cannot hold the answer."""
    return NotForExcel(
        t("The answer has more rows than a sheet of Excel can hold ({most}).", most=MOST_ROWS),
        fix=t("Filter the rows, or download them as CSV or Parquet."),
    )
