"""Rows of workbook sheets as lines of text. Calamine reads values; `facts` tells what it cannot.

A workbook is loaded only after its size was found to be sane.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Self

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from tinhdata.intake import odf, ole, ooxml
from tinhdata.intake.book import NO_COMMAS, Book, Merged
from tinhdata.intake.cells import Percent, Value, row_text
from tinhdata.intake.errors import FileRefused, damaged, locked
from tinhdata.intake.facts import MOST_CELLS, SheetFacts, is_too_large, refuse_many
from tinhdata.intake.lines import BadCell, Fault, Line, Region
from tinhdata.intake.model import FileKind
from tinhdata.intake.trial import Trial, require_loadable
from tinhdata.intake.typed_columns import texts
from tinhdata.kernel import Text, t

_AT_ONCE = 20_000
"""Rows that are turned into text side by side."""


class Workbook(Book):
    """An open workbook."""

    def __init__(self, path: Path, kind: FileKind) -> None:
        """Open the workbook at `path`; FileRefused where it is damaged, locked, too big."""
        self.facts = _facts(path, kind)
        self._is_kept = False
        try:
            self._book = CalamineWorkbook.from_path(path)
        except PasswordError as error:
            raise locked() from error
        except (CalamineError, OSError) as error:
            raise damaged() from error
        self._sheets: dict[str, CalamineSheet] = {}

    def keep(self, kept: bool) -> Self:
        """Have `close` do nothing from now on, as the next reader takes this one; or no more so."""
        self._is_kept = kept
        return self

    def close(self) -> None:
        """Close the file and forget its cells."""
        if self._is_kept:
            return
        self._sheets.clear()
        self._book.close()

    def names(self) -> tuple[str, ...]:
        """Give the names of the sheets that can hold tables, in order."""
        return tuple(
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.typ is SheetTypeEnum.WorkSheet
        )

    def is_hidden(self, name: str) -> bool:
        """Say whether the sheet called `name` is hidden."""
        return any(
            sheet.name == name and sheet.visible is not SheetVisibleEnum.Visible
            for sheet in self._book.sheets_metadata
        )

    def size(self, name: str) -> tuple[int, int]:
        """Give the rows and columns of the used range, counted from A1."""
        end = self._sheet(name).end
        return (0, 0) if end is None else (end[0] + 1, end[1] + 1)

    def merged(self, name: str) -> tuple[Merged, ...]:
        """Give the merged ranges: first and last cell (row, column), 0-based."""
        return tuple(self._sheet(name).merged_cell_ranges or ())

    def values(self, name: str) -> Iterator[list[Value]]:
        """Give the rows of the used range, from A1 on, as typed values ('' where there is none).

        A number that is shown as a percentage is written as one.
        """
        sheet = self._sheet(name)
        if sheet.start is None:
            return
        left: list[Value] = [""] * sheet.start[1]
        percents = tuple(self.facts.get(name, SheetFacts()).percents.items())
        if not (left or percents):
            yield from sheet.iter_rows()
            return
        for number, row in enumerate(sheet.iter_rows()):
            cells = left + row
            for at, marks in percents:
                if at < len(cells) and number < len(marks) and marks[number]:
                    cells[at] = _percent(cells[at])
            yield cells

    def lines(
        self, name: str, commas: frozenset[int] = NO_COMMAS, limit: int | None = None
    ) -> Iterator[Line]:
        """Give the rows of the sheet as lines of text, at most `limit`.

        Numbers in `commas` are written with a decimal comma, as the texts around them.
        """
        facts = self.facts.get(name, SheetFacts())
        special = _special(facts)
        for number, row in enumerate(self.values(name), 1):
            if limit is not None and number > limit:
                return
            cells = row_text(row, commas)
            bad = special.get(number - 1, ())
            for cell in bad:
                if cell.at < len(cells) and (number - 1, cell.at) in facts.errors:
                    cells[cell.at] = facts.errors[number - 1, cell.at]
            yield Line(number, number, cells, bad_cells=tuple(bad))
        if limit is None:
            yield from self._beyond(name, special)

    def regions(self, name: str, commas: frozenset[int] = NO_COMMAS) -> Iterator[Line | Region]:
        """Give the rows of the sheet side by side, those with a cell without value as lines."""
        facts = self.facts.get(name, SheetFacts())
        special = _special(facts)
        values, first = self.values(name), 1
        while rows := list(islice(values, _AT_ONCE)):
            region = Region(first, texts(rows, commas))
            begun = 0
            places = (row + 1 - first for row in special)
            for at in sorted(place for place in places if 0 <= place < len(rows)):
                if at > begun:
                    yield region.part(begun, at)
                cells, bad = region.line(at).cells, tuple(special[first + at - 1])
                for cell in bad:
                    if cell.at < len(cells) and (first + at - 1, cell.at) in facts.errors:
                        cells[cell.at] = facts.errors[first + at - 1, cell.at]
                yield Line(first + at, first + at, cells, bad_cells=bad)
                begun = at + 1
            if begun < len(rows):
                yield region.part(begun, len(rows))
            first += len(rows)
        yield from self._beyond(name, special)

    def notes(self, name: str) -> tuple[Text, ...]:
        """Say what of the sheet is hidden, and read all the same."""
        facts = self.facts.get(name, SheetFacts())
        notes = []
        if self.is_hidden(name):
            notes.append(t("The sheet “{sheet}” is hidden in the workbook.", sheet=name))
        if facts.hidden_rows:
            notes.append(t("{count} hidden rows are read as well.", count=facts.hidden_rows))
        if facts.hidden_columns:
            notes.append(t("{count} hidden columns are read as well.", count=facts.hidden_columns))
        return tuple(notes)

    def _beyond(self, name: str, special: Mapping[int, list[BadCell]]) -> Iterator[Line]:
        """Give the rows after the last value that hold nothing but formulas without one."""
        rows, columns = self.size(name)
        for number in range(rows + 1, max(special, default=-1) + 2):
            bad = tuple(special.get(number - 1, ()))
            width = max([columns, *(cell.at + 1 for cell in bad)])
            yield Line(number, number, [""] * width, bad_cells=bad)

    def _sheet(self, name: str) -> CalamineSheet:
        if name not in self._sheets:
            try:
                self._sheets[name] = self._book.get_sheet_by_name(name)
            except (CalamineError, OSError) as error:
                raise damaged() from error
        return self._sheets[name]


def _facts(path: Path, kind: FileKind) -> Mapping[str, SheetFacts]:
    if kind is FileKind.XLSX:
        with ooxml.open_archive(path) as archive:
            styles = ooxml.percent_styles(archive)
            parts = ooxml.sheet_parts(archive)
            # What the sheets say is looked for while another process tries to load them.
            with Trial(path) as trial:
                found = {}
                special = 0
                for name, part in parts.items():
                    found[name] = ooxml.sheet_facts(archive, part, styles)
                    special += len(found[name].errors) + len(found[name].unsaved)
                    refuse_many(special)
                _refuse_large(found)
                trial.require()
            return found
    if kind is FileKind.ODS:
        sheets = odf.sheet_facts(path)
        _refuse_large(sheets)
        require_loadable(path)
        return sheets
    require_loadable(path)
    try:
        streams = ole.streams(path.read_bytes())
        facts = ole.sheet_facts(streams.get("Workbook") or streams.get("Book") or b"")
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
    except (ValueError, CalamineError) as error:
        raise damaged() from error
    sheets = dict(zip(names, facts, strict=False))
    _refuse_large(sheets)
    return sheets


def _refuse_large(sheets: Mapping[str, SheetFacts]) -> None:
    """Refuse a workbook with a sheet that spans more cells than are loaded."""
    for name, facts in sheets.items():
        if is_too_large(facts):
            raise FileRefused(
                "too-many-cells",
                t(
                    "The sheet “{sheet}” spans {rows} rows and {columns} columns; at most "
                    "{limit} cells can be read from a workbook.",
                    sheet=name,
                    rows=facts.rows,
                    columns=facts.columns,
                    limit=MOST_CELLS,
                ),
                t("Delete empty rows and columns around the table, or save it as CSV."),
            )


def _percent(value: Value) -> Value:
    """Mark a number as a percentage; texts and dates are what they are in any format."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Percent(value)


def _special(facts: SheetFacts) -> dict[int, list[BadCell]]:
    """List per row the cells that hold an error or a formula without its value."""
    special: dict[int, list[BadCell]] = {}
    for (row, column), shown in sorted(facts.errors.items()):
        place = f"{ooxml.column_letters(column)}{row + 1}"
        text = t("Cell {cell} holds the error {error}. Mend its formula.", cell=place, error=shown)
        special.setdefault(row, []).append(BadCell(column, Fault("error-cell", text)))
    for row, column in sorted(facts.unsaved):
        place = f"{ooxml.column_letters(column)}{row + 1}"
        text = t(
            "Cell {cell} holds a formula whose value is not in the file. Open the file in Excel, "
            "save it and send it again.",
            cell=place,
        )
        special.setdefault(row, []).append(BadCell(column, Fault("formula-without-value", text)))
    return special
