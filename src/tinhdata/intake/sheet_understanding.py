"""Works out what a workbook, JSON or Parquet is for a contract: which tables, their headers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeGuard

from tinhdata.contracts import Column, Contract, LogicalType, NumberForm
from tinhdata.intake import headers
from tinhdata.intake.book import Book
from tinhdata.intake.cells import Value, Written, is_fraction
from tinhdata.intake.combining import combined
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.headers import HeaderFound
from tinhdata.intake.lines import Line
from tinhdata.intake.model import (
    FileKind,
    HeaderPlace,
    Question,
    ReadingChoice,
    SheetSeen,
    Understanding,
)
from tinhdata.intake.ooxml import comment
from tinhdata.intake.opening import open_book
from tinhdata.intake.rules import is_blank
from tinhdata.intake.sheet_choosing import choose_sheets
from tinhdata.intake.sorting import converted
from tinhdata.intake.template import dataset_of_template
from tinhdata.intake.understanding import (
    MOST_HEADER_LINES,
    MOST_LINES,
    filled_by,
    mapped,
    named_width,
    nothing_in_it,
    sample,
    stem,
    with_forms,
    with_names,
    without_header,
)
from tinhdata.kernel import Text, t
from tinhdata.vietnam import detect

_MOST_SHEETS = 200
_WHOLE = "$"
"""What a format calls its one table; a person calls it by the file's name."""


def understand_book(
    path: Path,
    filename: str,
    kind: FileKind,
    contract: Contract,
    choice: ReadingChoice,
    within: str | None = None,
) -> Understanding:
    """Understand a file that holds tables by name: a workbook, JSON, Parquet.

    `within` is what the file is called in the archive that it came in; there, sheets that fit
    equally well are all read. Raises FileRefused where no table has anything in it.
    """
    template_of = dataset_of_template(comment(path)) if kind is FileKind.XLSX else None
    if template_of == contract.id:  # its place of header and sheet are ours, not the senders'
        own = replace(
            contract.layout,
            sheet=None,
            sheets=(),
            all_sheets=False,
            first_header_row=None,
            header_rows=None,
        )
        contract = replace(contract, layout=own)
    with open_book(path, kind) as book:
        look = _Look(book, kind, filename, contract, choice, within)
        notes = look.notes()
        if template_of is not None and template_of != contract.id:
            notes.append(t("This is the template of the dataset {other}.", other=template_of))
        return look.understood(notes)


def understand_tables(
    book: Book,
    kind: FileKind,
    filename: str,
    contract: Contract,
    choice: ReadingChoice,
    within: str | None = None,
) -> Understanding:
    """Understand the tables of an open `book`, as `understand_book` does."""
    look = _Look(book, kind, filename, contract, choice, within)
    return look.understood(look.notes())


class _TriedSheet(NamedTuple):
    lines: list[Line]
    header: HeaderFound | None
    has_data: bool

    @property
    def score(self) -> int:
        return self.header.score if self.header else 0


class _Look:
    """The first lines of every table of a book, and what they are for a contract."""

    def __init__(
        self,
        book: Book,
        kind: FileKind,
        filename: str,
        contract: Contract,
        choice: ReadingChoice,
        within: str | None,
    ) -> None:
        self._book = book
        self._kind = kind
        self._filename = filename
        self._contract = contract
        self._choice = choice
        self._within = within
        names = [name for name in book.names() if book.size(name) != (0, 0)]
        if not names:
            raise nothing_in_it()
        if len(names) > _MOST_SHEETS:
            raise _too_many_sheets(len(names))
        heads = {name: list(book.lines(name, limit=MOST_LINES)) for name in names}
        cells = (cell for lines in heads.values() for line in lines[:200] for cell in line.cells)
        self._legacy = detect(cells).encoding
        self._tried = {
            name: self._try(name, list(converted(lines, self._legacy)))
            for name, lines in heads.items()
        }
        self._seen = tuple(self._sheet_seen(name, one) for name, one in self._tried.items())

    def notes(self) -> list[Text]:
        """Say what is noticed of the file as a whole."""
        return [] if self._legacy is None else [_OLD_LETTERS]

    def understood(self, notes: list[Text]) -> Understanding:
        """Choose the tables to read and understand each."""
        chosen = choose_sheets(
            self._seen,
            {name: (one.score, one.has_data) for name, one in self._tried.items()},
            self._contract,
            self._choice,
            takes_equal=self._within is not None,
        )
        notes = [*chosen.notes, *notes]
        if len(chosen.names) == 1:
            name = chosen.names[0]
            base = self._base(name, self._part_of_one(name), notes, chosen.questions)
            return self._table(name, base, self._choice)
        lead = self._piece(chosen.names[0], self._choice)
        choice = with_names(self._choice, lead)
        pieces = [lead, *(self._piece(name, choice) for name in chosen.names[1:])]
        return combined(
            self._kind, self._filename, self._contract, pieces, self._seen, notes, chosen.questions
        )

    def _part_of_one(self, name: str) -> str:
        """Say what rows are called after where one table is read: its sheet, or its file."""
        if self._within is not None:
            return self._within
        return stem(self._filename) if name == _WHOLE else name

    def _piece(self, name: str, choice: ReadingChoice) -> Understanding:
        return self._table(name, self._base(name, name, [], ()), choice)

    def _base(
        self, name: str, part: str, notes: Sequence[Text], questions: tuple[Question, ...]
    ) -> Understanding:
        return Understanding(
            self._kind,
            self._filename,
            sheet=name,
            sheets=self._seen,
            cell_encoding=self._legacy,
            part=self._filename if name == _WHOLE else name,
            filled=filled_by(self._contract, part),
            notes=(*notes, *self._book.notes(name)),
            questions=questions,
            least_cells=0,
        )

    def _try(self, name: str, lines: list[Line]) -> _TriedSheet:
        contract, choice = self._contract, self._choice
        if (fields := self._book.fields(name)) is not None:
            header: HeaderFound | None = headers.header_of_fields(fields, contract)
        else:
            row = choice.first_header_row or contract.layout.first_header_row
            grid = [line.cells for line in lines[: max(MOST_HEADER_LINES, (row or 0) + 5)]]
            header = headers.find_header(
                grid,
                contract,
                filled=spread(grid, self._book.merged(name)),
                first=None if row is None else row - 1,
                depth=choice.header_rows or contract.layout.header_rows,
            )
        below = lines[header.first + header.depth :] if header else []
        return _TriedSheet(lines, header, any(not is_blank(line.cells) for line in below))

    def _sheet_seen(self, name: str, tried: _TriedSheet) -> SheetSeen:
        rows, columns = self._book.size(name)
        matched = len(tried.header.matches) + len(tried.header.wide) if tried.header else 0
        return SheetSeen(name, rows, columns, self._book.is_hidden(name), matched)

    def _table(self, name: str, base: Understanding, choice: ReadingChoice) -> Understanding:
        book, contract, tried = self._book, self._contract, self._tried[name]
        found = tried.header or headers.guess_header(
            [line.cells for line in tried.lines[:MOST_HEADER_LINES]]
        )
        if found is None:
            return without_header(base, contract)
        names = found.names if found.depth == 0 else named_width(found.names)
        place = HeaderPlace(found.first + 1, found.depth, names)
        if book.counts_cells and found.depth:
            base = replace(base, least_cells=len(names))
        base = mapped(base, contract, choice, found, place)
        forms = ColumnForms(contract)
        values = islice(book.values(name), MOST_LINES)
        see_values(values, base, contract, place, forms)
        base = with_forms(base, contract, choice, forms)
        lines = book.lines(name, comma_columns(base, contract), MOST_LINES)
        read = list(converted(lines, base.cell_encoding))
        return replace(base, preview=sample(base, contract, place, read, ColumnForms(contract)))


def _too_many_sheets(count: int) -> FileRefused:
    """Refuse what could not be looked at whole: sheets passed over in silence would be lost."""
    return FileRefused(
        "too-many-sheets",
        t(
            "The file has {count} sheets with something on them; at most {limit} can be read.",
            count=count,
            limit=_MOST_SHEETS,
        ),
        t("Send it in several files, for example one for each year."),
    )


def spread(
    grid: list[list[str]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> list[list[str]]:
    """Give the grid with the text of each merged range in all its cells."""
    width = max(map(len, grid), default=0)
    spread = [row + [""] * (width - len(row)) for row in grid]
    for (top, left), (bottom, right) in merged:
        if top >= len(spread) or left >= width:
            continue
        text = spread[top][left]
        for row in spread[top : bottom + 1]:
            row[left : min(right + 1, width)] = [text] * (min(right + 1, width) - left)
    return spread


_AT_ONCE = 20_000
"""Rows of which the cells of a column are looked at together."""


def see_values(
    values: Iterable[Sequence[Value]],
    understanding: Understanding,
    contract: Contract,
    place: HeaderPlace,
    forms: ColumnForms,
) -> None:
    """Show `forms` the number columns of a sheet: texts, and whether fractions are stored."""
    numbers = {contract.columns[at].name: at for at in forms.number_places}
    looked_at = [(numbers[name], index) for name, index in understanding.places if name in numbers]
    if not looked_at:
        return
    below = islice(values, place.last_row, None)
    while rows := list(islice(below, _AT_ONCE)):
        for at, index in looked_at:
            cells = [row[index] for row in rows if index < len(row)]
            if any(map(is_fraction, cells)):
                forms.see_typed(at)
            for text in filter(_is_text, cells):
                if "." in text or "," in text:
                    forms.see_number(at, text)


def _is_text(value: Value) -> TypeGuard[str]:
    return isinstance(value, str) and not isinstance(value, Written)


def comma_columns(understanding: Understanding, contract: Contract) -> frozenset[int]:
    """Name the columns of the sheet whose stored numbers are written with a comma.

    They hold texts such as 1.234,5 besides; one column is then written in one form.
    """
    numbers = {LogicalType.NUMBER, LogicalType.INTEGER}
    return frozenset(
        index
        for name, index in understanding.places
        if contract.column(name).logical_type in numbers
        and _form(understanding, contract.column(name)) is NumberForm.VIETNAMESE
    )


def _form(understanding: Understanding, column: Column) -> NumberForm | None:
    if column.number_form is not NumberForm.AUTO:
        return column.number_form
    return understanding.number_forms.get(column.name)


_OLD_LETTERS = t(
    "The letters of this workbook are in an old encoding (such as ABC with .VnTime fonts) and were "
    "converted."
)
