"""Opens a sample file of any kind and finds the one table in it, without a contract's help."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tinhdata.contracts import contract_of_texts
from tinhdata.intake import headers
from tinhdata.intake.delimited import records
from tinhdata.intake.encodings import find_encoding, text_blocks
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.lines import Line
from tinhdata.intake.model import FileKind, ReadingChoice
from tinhdata.intake.probe import kind_of
from tinhdata.intake.service import understand
from tinhdata.intake.sorting import converted
from tinhdata.intake.table_finding import TablePlace, find_table, title_above
from tinhdata.intake.understanding import nothing_in_it
from tinhdata.intake.workbook import Workbook
from tinhdata.kernel import t
from tinhdata.vietnam import LegacyEncoding, detect, fold

_LINES = 300
_DELIMITERS = (";", ",", "\t", "|")
_NOTHING = contract_of_texts(["\u2063"])
"""A contract whose only column no file has: what is then found is found without its help."""


@dataclass(frozen=True, slots=True)
class SampleTable:
    """A table in a file, and the choice with which it is read.

    `names` are the headers by column of the file, empty where there is none; `headless` are columns
    (0-based) with values and without a header.
    """

    kind: FileKind
    names: tuple[str, ...]
    choice: ReadingChoice
    sheet: str | None = None
    title: str | None = None
    unit: str | None = None
    headless: tuple[int, ...] = ()


def sample_table(path: Path, filename: str, sheet: str | None) -> SampleTable:
    """Find the table of the file at `path`, on `sheet` where it is given; raises FileRefused."""
    kind = kind_of(path)
    try:
        if kind is FileKind.TEXT:
            return _of_text(path)
        if kind in (FileKind.XLSX, FileKind.XLS, FileKind.ODS):
            return _of_workbook(path, kind, sheet)
        return _of_records(path, filename, kind, sheet)
    finally:
        headers.forget()


class _Grid(NamedTuple):
    """The first rows of a table, spread over merged cells, and its header."""

    rows: Sequence[Sequence[str]]
    place: TablePlace


def _of_text(path: Path) -> SampleTable:
    encodings = find_encoding(path, None, None)
    head = next(text_blocks(path, encodings.seen.name), "")
    lines = head.split("\n")
    head = "\n".join(lines[:_LINES]) + ("\n" if len(lines) > _LINES else "")
    tried = [
        (delimiter, list(converted(records([head], delimiter), encodings.seen.legacy)))
        for delimiter in _DELIMITERS
    ]
    delimiter, found = max(tried, key=lambda one: _evenness(one[1]))
    grid = _grid([line.cells for line in found])
    if grid is None:
        raise nothing_in_it()
    block = found[grid.place.first : grid.place.first + grid.place.depth]
    choice = ReadingChoice(
        delimiter=delimiter,
        first_header_row=block[0].first,
        header_rows=len(block),
    )
    return _table(FileKind.TEXT, grid, choice, None)


def _evenness(lines: Sequence[Line]) -> tuple[int, int]:
    """Say how many lines have the most frequent number of cells above one, and that number."""
    counts: dict[int, int] = {}
    for line in lines:
        if len(line.cells) > 1:
            counts[len(line.cells)] = counts.get(len(line.cells), 0) + 1
    return max(((times, count) for count, times in counts.items()), default=(0, 0))


def _of_workbook(path: Path, kind: FileKind, wanted: str | None) -> SampleTable:
    with Workbook(path, kind) as book:
        names = [name for name in book.names() if book.size(name) != (0, 0)]
        if not names:
            raise nothing_in_it()
        if wanted is not None:
            names = [_sheet_called(wanted, names)]
        heads = {name: list(book.lines(name, limit=_LINES)) for name in names}
        legacy = detect(cell for lines in heads.values() for line in lines for cell in line.cells)
        grids = {
            name: _spread_grid(book, name, lines, legacy.encoding) for name, lines in heads.items()
        }
        found = {name: grid for name, grid in grids.items() if grid is not None}
        if not found:
            raise nothing_in_it()
        best = max(found, key=lambda name: (not book.is_hidden(name), _size(book, name)))
    grid = found[best]
    choice = ReadingChoice(
        sheet=best, first_header_row=grid.place.first + 1, header_rows=grid.place.depth
    )
    return _table(kind, grid, choice, best)


def _size(book: Workbook, name: str) -> int:
    rows, columns = book.size(name)
    return rows * columns


def _sheet_called(wanted: str, names: Sequence[str]) -> str:
    for name in names:
        if fold(name) == fold(wanted):
            return name
    raise FileRefused(
        "no-such-sheet",
        t("The workbook has no sheet “{sheet}” with anything on it.", sheet=wanted),
        t("Choose one of the sheets listed."),
    )


def _spread_grid(
    book: Workbook, name: str, lines: list[Line], legacy: LegacyEncoding | None
) -> _Grid | None:
    cells = [line.cells for line in converted(lines, legacy)]
    width = max(map(len, cells), default=0)
    rows = [row + [""] * (width - len(row)) for row in cells]
    for (top, left), (bottom, right) in book.merged(name):
        if top < len(rows) and left < width:
            for row in rows[top : bottom + 1]:
                row[left : min(right + 1, width)] = [rows[top][left]] * (
                    min(right + 1, width) - left
                )
    return _grid(rows)


def _grid(rows: Sequence[Sequence[str]]) -> _Grid | None:
    place = find_table(rows)
    return None if place is None else _Grid(rows, place)


def _table(kind: FileKind, grid: _Grid, choice: ReadingChoice, sheet: str | None) -> SampleTable:
    first, depth = grid.place.first, grid.place.depth
    found = headers.find_header(grid.rows, _NOTHING, first=first, depth=depth)
    names = found.names if found else ()
    title, unit = title_above(grid.rows, grid.place)
    below = grid.rows[first + depth :]
    headless = tuple(
        at
        for at in range(max(map(len, grid.rows), default=0))
        if (at >= len(names) or not names[at].strip())
        and any(at < len(row) and row[at].strip() for row in below)
    )
    return SampleTable(kind, names, choice, sheet, title, unit, headless)


def _of_records(path: Path, filename: str, kind: FileKind, sheet: str | None) -> SampleTable:
    """Take the names that the format itself gives its columns."""
    understood = understand(path, filename, _NOTHING, ReadingChoice(sheet=sheet))
    if understood.refusal is not None:
        refusal = understood.refusal
        raise FileRefused(refusal.reason, refusal.text, refusal.fix)
    if understood.header is None:
        raise nothing_in_it()
    choice = ReadingChoice(sheet=understood.sheet)
    return SampleTable(kind, understood.header.names, choice, understood.sheet)
