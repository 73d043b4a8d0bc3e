"""Works out what a workbook is for a contract: which sheet, where its header is, old letters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tinhdata.contracts import Column, Contract, LogicalType, NumberForm
from tinhdata.intake import headers
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
from tinhdata.intake.rules import is_blank
from tinhdata.intake.sorting import converted
from tinhdata.intake.template import dataset_of_template
from tinhdata.intake.understanding import (
    MOST_HEADER_LINES,
    MOST_LINES,
    mapped,
    named_width,
    nothing_in_it,
    sample,
    with_forms,
    without_header,
)
from tinhdata.intake.workbook import Value, Workbook
from tinhdata.kernel import Text, t
from tinhdata.vietnam import detect, fold

_MOST_SHEETS = 100


def understand_workbook(
    path: Path, filename: str, kind: FileKind, contract: Contract, choice: ReadingChoice
) -> Understanding:
    """Understand a workbook; raises FileRefused where it has no sheet with anything on it."""
    template_of = dataset_of_template(comment(path)) if kind is FileKind.XLSX else None
    if template_of == contract.id:  # its place of header and sheet are ours, not the senders'
        own = replace(contract.layout, sheet=None, first_header_row=None, header_rows=None)
        contract = replace(contract, layout=own)
    with Workbook(path, kind) as book:
        names = [name for name in book.sheet_names() if book.size(name) != (0, 0)]
        if not names:
            raise nothing_in_it()
        heads = {name: list(book.lines(name, limit=MOST_LINES)) for name in names[:_MOST_SHEETS]}
        cells = (cell for lines in heads.values() for line in lines[:200] for cell in line.cells)
        legacy = detect(cells).encoding
        tried = {
            name: _tried_sheet(book, name, list(converted(lines, legacy)), contract, choice)
            for name, lines in heads.items()
        }
        seen = tuple(_seen(book, name, one) for name, one in tried.items())
        name, question, notes = _chosen_sheet(seen, tried, contract, choice)
        if legacy is not None:
            notes = (*notes, _OLD_LETTERS)
        if template_of is not None and template_of != contract.id:
            notes = (*notes, t("This is the template of the dataset {other}.", other=template_of))
        base = Understanding(
            kind,
            filename,
            sheet=name,
            sheets=seen,
            cell_encoding=legacy,
            notes=(*notes, *_hidden_notes(book, name)),
            questions=question,
            least_cells=0,
        )
        return _sheet_understood(book, base, contract, choice, tried[name])


class _TriedSheet(NamedTuple):
    lines: list[Line]
    header: HeaderFound | None
    has_data: bool


def _tried_sheet(
    book: Workbook, name: str, lines: list[Line], contract: Contract, choice: ReadingChoice
) -> _TriedSheet:
    row = choice.first_header_row or contract.layout.first_header_row
    grid = [line.cells for line in lines[: max(MOST_HEADER_LINES, (row or 0) + 5)]]
    header = headers.find_header(
        grid,
        contract,
        filled=_spread(grid, book.merged(name)),
        first=None if row is None else row - 1,
        depth=choice.header_rows or contract.layout.header_rows,
    )
    below = lines[header.first + header.depth :] if header else []
    return _TriedSheet(lines, header, any(not is_blank(line.cells) for line in below))


def _spread(
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


def _seen(book: Workbook, name: str, tried: _TriedSheet) -> SheetSeen:
    rows, columns = book.size(name)
    matched = len(tried.header.matches) if tried.header else 0
    return SheetSeen(name, rows, columns, book.is_hidden(name), matched)


def _chosen_sheet(
    seen: Sequence[SheetSeen],
    tried: Mapping[str, _TriedSheet],
    contract: Contract,
    choice: ReadingChoice,
) -> tuple[str, tuple[Question, ...], tuple[Text, ...]]:
    """Choose a sheet: as a person said, as the contract says, or the one that fits best."""
    if choice.sheet is not None:
        if choice.sheet in tried:
            return choice.sheet, (), ()
        raise FileRefused(
            "no-such-sheet",
            t("The workbook has no sheet “{sheet}” with anything on it.", sheet=choice.sheet),
            t("Choose one of the sheets listed."),
        )
    notes: tuple[Text, ...] = ()
    if contract.layout.sheet is not None:
        wanted = fold(contract.layout.sheet)
        for name in tried:
            if fold(name) == wanted:
                return name, (), ()
        notes = (
            t(
                "The workbook has no sheet “{sheet}” as declared; the best one was taken.",
                sheet=contract.layout.sheet,
            ),
        )

    def rank(sheet: SheetSeen) -> tuple[int, bool, bool]:
        one = tried[sheet.name]
        return (one.header.score if one.header else 0, one.has_data, not sheet.hidden)

    best = max(map(rank, seen))
    equal = [sheet.name for sheet in seen if rank(sheet) == best]
    if best[0] == 0:
        largest = max(seen, key=lambda sheet: (not sheet.hidden, sheet.rows * sheet.columns))
        return largest.name, (), notes
    return equal[0], (Question.SHEET,) if len(equal) > 1 else (), notes


def _hidden_notes(book: Workbook, name: str) -> tuple[Text, ...]:
    facts = book.facts.get(name)
    notes = []
    if book.is_hidden(name):
        notes.append(t("The sheet “{sheet}” is hidden in the workbook.", sheet=name))
    if facts is not None and facts.hidden_rows:
        notes.append(t("{count} hidden rows are read as well.", count=facts.hidden_rows))
    if facts is not None and facts.hidden_columns:
        notes.append(t("{count} hidden columns are read as well.", count=facts.hidden_columns))
    return tuple(notes)


def _sheet_understood(
    book: Workbook,
    base: Understanding,
    contract: Contract,
    choice: ReadingChoice,
    tried: _TriedSheet,
) -> Understanding:
    found = tried.header or headers.guess_header(
        [line.cells for line in tried.lines[:MOST_HEADER_LINES]]
    )
    if found is None:
        return without_header(base, contract)
    place = HeaderPlace(found.first + 1, found.depth, named_width(found.names))
    base = mapped(base, contract, choice, found, place)
    forms = ColumnForms(contract)
    values = islice(book.values(base.sheet or ""), MOST_LINES)
    see_values(values, base, contract, place, forms)
    base = with_forms(base, contract, choice, forms)
    commas = comma_columns(base, contract)
    lines = converted(book.lines(base.sheet or "", commas, MOST_LINES), base.cell_encoding)
    preview = sample(base, contract, place, list(lines), ColumnForms(contract))
    return replace(base, preview=preview)


def see_values(
    values: Iterable[Sequence[Value]],
    understanding: Understanding,
    contract: Contract,
    place: HeaderPlace,
    forms: ColumnForms,
) -> None:
    """Show `forms` the number columns of a sheet: texts, and whether fractions are stored."""
    indexes = {match.column: match.index for match in understanding.mapping}
    looked_at = [
        (at, indexes[contract.columns[at].name])
        for at in forms.number_places
        if contract.columns[at].name in indexes
    ]
    if not looked_at:
        return
    for row in islice(values, place.last_row, None):
        for at, index in looked_at:
            value = row[index] if index < len(row) else ""
            if isinstance(value, str):
                if "." in value or "," in value:
                    forms.see_number(at, value)
            elif isinstance(value, float) and not value.is_integer():
                forms.see_typed(at)


def comma_columns(understanding: Understanding, contract: Contract) -> frozenset[int]:
    """Name the columns of the sheet whose stored numbers are written with a comma.

    They hold texts such as 1.234,5 besides; one column is then written in one form.
    """
    numbers = {LogicalType.NUMBER, LogicalType.INTEGER}
    return frozenset(
        match.index
        for match in understanding.mapping
        if contract.column(match.column).logical_type in numbers
        and _form(understanding, contract.column(match.column)) is NumberForm.VIETNAMESE
    )


def _form(understanding: Understanding, column: Column) -> NumberForm | None:
    if column.number_form is not NumberForm.AUTO:
        return column.number_form
    return understanding.number_forms.get(column.name)


_OLD_LETTERS = t(
    "The letters of this workbook are in an old encoding (such as ABC with .VnTime fonts) and were "
    "converted."
)
