"""What understanding a text file and a workbook have in common: columns, forms, a first look.

Looks at the beginning of the file only. Reads nothing for good; that is `service.read`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tinhdata.contracts import Contract, NumberForm
from tinhdata.intake import headers
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.headers import HeaderFound
from tinhdata.intake.lines import Line
from tinhdata.intake.measuring import find_units
from tinhdata.intake.model import (
    HeaderPlace,
    Matched,
    Question,
    ReadingChoice,
    Understanding,
    WideColumn,
)
from tinhdata.intake.sorting import LineKind, Sorter
from tinhdata.intake.wide import WideNames
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold

MOST_LINES = 2_000
"""Lines of a file that are looked at."""

MOST_HEADER_LINES = 110
"""Lines among which the header is looked for."""

_PREVIEW = 20
_LONGEST_SHOWN = 300
_MOST_SAID = 3
"""Headers that stand there twice and are named."""

_MOST_SAMPLED = 20_000
_LEAST_SAMPLED = 5
"""Rows made of a wide table, and its lines, that are looked at."""


def mapped(
    base: Understanding,
    contract: Contract,
    choice: ReadingChoice,
    found: HeaderFound,
    place: HeaderPlace,
) -> Understanding:
    """Put the mapping of columns into the understanding, with what a person should look at."""
    chosen = _chosen(contract, choice, place)
    found = headers.with_choice(found, chosen)
    wide, left_out = _wide_columns(contract, choice, found)
    units = find_units(contract, choice, found.matches, wide, found.above)
    base = replace(base, wide=wide, left_out=left_out, units=units.seen)
    names = {match.column for match in found.matches} | set(base.from_headers)
    names |= _told_by_marks(contract, names)
    filled = {name: text for name, text in base.filled.items() if name not in names}
    base = replace(base, filled=filled)
    names |= set(filled)
    used = {match.index for match in found.matches} | {each.index for each in wide}
    missing = tuple(name for name in contract.column_names if name not in names)
    needed = {c.name for c in contract.columns if c.required} | set(contract.key)
    asks = any(name in needed and name not in chosen for name in missing) or not names
    notes = [
        t(
            "“{header}” was taken for the column “{column}”, though the names differ. Please look.",
            header=match.header,
            column=contract.column(match.column).label.vi,
        )
        for match in found.matches
        if match.how is Matched.CLOSE
    ]
    unmatched = tuple((at, name) for at, name in enumerate(place.names) if at not in used)
    return replace(
        base,
        header=place,
        mapping=tuple(sorted(found.matches, key=lambda match: match.index)),
        unmatched_headers=unmatched,
        unmatched_columns=missing,
        totals_are_data=choice.totals_are_data,
        notes=(
            *(*base.notes, *notes, *_repeated(wide)),
            *(*_passed_over(base, contract, unmatched), *units.notes),
        ),
        questions=(
            *base.questions,
            *((Question.MAPPING,) if asks else ()),
            *((Question.UNIT,) if units.asks else ()),
        ),
    )


def _chosen(
    contract: Contract, choice: ReadingChoice, place: HeaderPlace
) -> Mapping[str, int | None]:
    """Give what a person chose, for the header of this table: by name where it is another one."""
    known = {name: at for name, at in choice.mapping.items() if name in set(contract.column_names)}
    if not choice.headers or choice.headers == place.names:
        return known
    here = {fold(name): at for at, name in reversed(tuple(enumerate(place.names))) if name}
    there = dict(enumerate(map(fold, choice.headers)))
    wanted = {name: None if at is None else there.get(at, "") for name, at in known.items()}
    return {
        name: None if header is None else here[header]
        for name, header in wanted.items()
        if header is None or header in here
    }


def with_names(choice: ReadingChoice, lead: Understanding) -> ReadingChoice:
    """Give `choice` for tables beside `lead`, whose columns it counts."""
    if choice.headers or lead.header is None:
        return choice
    return replace(choice, headers=lead.header.names)


def filled_by(contract: Contract, part: str) -> Mapping[str, str]:
    """Give the column that gets the name of the part `part`, where the contract has one."""
    name = contract.layout.part_column
    return {name: part} if name in contract.column_names and name is not None else {}


def stem(filename: str) -> str:
    """Give the name of a file without its folders and its ending."""
    return PurePosixPath(filename.replace("\\", "/")).stem


def _wide_columns(
    contract: Contract, choice: ReadingChoice, found: HeaderFound
) -> tuple[tuple[WideColumn, ...], tuple[tuple[int, str], ...]]:
    """Give the columns that hold values, and those that are not read: as declared, or chosen."""
    names = WideNames(contract)
    out = set(choice.left_out)
    if choice.headers:  # of several tables, each has its columns at other places
        unwanted = {name for at, name in enumerate(choice.headers) if at in out}
        out = {at for at, name in enumerate(found.names) if name in unwanted}
    kept, left = [], []
    for each in found.wide:
        if each.index in out or names.is_dropped(each):
            left.append((each.index, each.header))
        else:
            kept.append(each)
    return tuple(kept), tuple(left)


def _told_by_marks(contract: Contract, found: Collection[str]) -> set[str]:
    """Name the columns that the marks of others fill."""
    return {
        column.marks.into
        for column in contract.columns
        if column.marks is not None and column.name in found
    }


def _repeated(wide: Sequence[WideColumn]) -> Iterator[Text]:
    """Say which headers of a wide table stand there twice: their rows then have the same key."""
    counts = Counter((each.places, each.column) for each in wide)
    said = {(each.places, each.column): each.header for each in wide}
    for key in [key for key, count in counts.items() if count > 1][:_MOST_SAID]:
        yield t(
            "“{header}” is the header of {count} columns. Rows of the same key that differ "
            "will be held; leave one of the columns out.",
            header=said[key],
            count=counts[key],
        )


def _passed_over(
    base: Understanding, contract: Contract, unmatched: Sequence[tuple[int, str]]
) -> Iterator[Text]:
    """Say which columns of a wide table may hold values, though no template fits their headers."""
    if not base.wide:
        return
    names, out = WideNames(contract), {at for at, _header in base.left_out}
    near = [header for at, header in unmatched if at not in out and names.is_near(header)]
    for header in near[:_MOST_SAID]:
        yield t(
            "“{header}” looks like a column of values, but no header that the dataset declares is "
            "written so; the column is not read.",
            header=header,
        )


def without_header(base: Understanding, contract: Contract) -> Understanding:
    """Give the understanding of a file in which no row can be a header."""
    return replace(base, unmatched_columns=contract.column_names, questions=(Question.MAPPING,))


def sample(
    base: Understanding,
    contract: Contract,
    place: HeaderPlace,
    lines: Sequence[Line],
    forms: ColumnForms,
) -> tuple[tuple[str | None, ...], ...]:
    """Give the first rows; `forms` is shown the columns of all lines given."""
    records = [
        line for line in Sorter(contract, base, place).sort(lines) if line.kind is LineKind.RECORD
    ]
    if not base.wide:
        rows = [line.cells for line in records]
        for at, column in enumerate(zip(*rows, strict=True)):
            forms.see_column(at, column)
        first = rows[:_PREVIEW]
        return tuple(tuple(_short(cell) if cell.strip() else None for cell in row) for row in first)
    few = max(_MOST_SAMPLED // len(base.wide), _LEAST_SAMPLED)
    made = [
        row for line in records[:few] if line.spreader for row in line.spreader.rows(line.cells)
    ]
    for at, texts in enumerate(zip(*made, strict=True)):
        forms.see_column(at, texts)
    return tuple(made[:_PREVIEW])


def _short(cell: str) -> str:
    """Give a cell as long as a look needs it: a geometry has megabytes."""
    return cell if len(cell) <= _LONGEST_SHOWN else f"{cell[:_LONGEST_SHOWN]}…"


def with_forms(
    base: Understanding, contract: Contract, choice: ReadingChoice, forms: ColumnForms
) -> Understanding:
    """Put the number forms and date orders found or chosen into the understanding."""
    chosen = {
        name: form for name, form in choice.number_forms.items() if form is not NumberForm.AUTO
    }
    undecided = tuple(name for name in forms.undecided() if name not in chosen)
    notes = [
        *(_undecided(contract.column(name).label.vi) for name in undecided),
        *(
            _contradictory(contract.column(name).label.vi)
            for name in forms.contradictory()
            if name not in chosen
        ),
    ]
    return replace(
        base,
        number_forms={**forms.number_forms(), **chosen},
        chosen_forms=chosen,
        date_orders=forms.date_orders(),
        undecided_numbers=undecided,
        notes=(*base.notes, *notes),
    )


def _undecided(label: str) -> Text:
    return t(
        "The numbers in the column “{column}” can be read in two ways (1.234 may be a thousand or "
        "a little more than one). Say which form the column has.",
        column=label,
    )


def _contradictory(label: str) -> Text:
    return t(
        "The column “{column}” holds numbers in both forms, 1.234,5 and 1,234.5; those that can be "
        "read in two ways will be held.",
        column=label,
    )


def named_width(names: Sequence[str]) -> tuple[str, ...]:
    """Give the header without the blank cells behind its last name."""
    last = max((at for at, name in enumerate(names) if name), default=0)
    return tuple(names[: last + 1])


def nothing_in_it() -> FileRefused:
    """Say that a file has lines or sheets, but nothing in them."""
    return FileRefused(
        "empty",
        t("The file holds no data: every line is empty."),
        t("Look whether the right file was chosen, and send it again."),
    )
