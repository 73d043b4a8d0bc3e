"""What understanding a text file and a workbook have in common: columns, forms, a first look.

Looks at the beginning of the file only. Reads nothing for good; that is `service.read`.
"""

from collections.abc import Sequence
from dataclasses import replace

from tinhdata.contracts import Contract, NumberForm
from tinhdata.intake import headers
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.headers import HeaderFound
from tinhdata.intake.lines import Line
from tinhdata.intake.model import HeaderPlace, Matched, Question, ReadingChoice, Understanding
from tinhdata.intake.sorting import LineKind, Sorter
from tinhdata.kernel import Text, t

MOST_LINES = 2_000
"""Lines of a file that are looked at."""

MOST_HEADER_LINES = 110
"""Lines among which the header is looked for."""

_PREVIEW = 20


def mapped(
    base: Understanding,
    contract: Contract,
    choice: ReadingChoice,
    found: HeaderFound,
    place: HeaderPlace,
) -> Understanding:
    """Put the mapping of columns into the understanding, with what a person should look at."""
    chosen = {name: at for name, at in choice.mapping.items() if name in set(contract.column_names)}
    found = headers.with_choice(found, chosen)
    names = {match.column for match in found.matches}
    used = {match.index for match in found.matches}
    missing = tuple(name for name in contract.column_names if name not in names)
    needed = {c.name for c in contract.columns if c.required} | set(contract.key)
    asks = any(name in needed and name not in chosen for name in missing) or not found.matches
    notes = [
        t(
            "“{header}” was taken for the column “{column}”, though the names differ. Please look.",
            header=match.header,
            column=contract.column(match.column).label.vi,
        )
        for match in found.matches
        if match.how is Matched.CLOSE
    ]
    return replace(
        base,
        header=place,
        mapping=tuple(sorted(found.matches, key=lambda match: match.index)),
        unmatched_headers=tuple(
            (at, name) for at, name in enumerate(place.names) if at not in used
        ),
        unmatched_columns=missing,
        totals_are_data=choice.totals_are_data,
        notes=(*base.notes, *notes),
        questions=(*base.questions, *((Question.MAPPING,) if asks else ())),
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
    """Give the first records; `forms` is shown the columns of all lines given."""
    rows = [
        line.cells
        for line in Sorter(contract, base, place).sort(lines)
        if line.kind is LineKind.RECORD
    ]
    for at, column in enumerate(zip(*rows, strict=True)):
        forms.see_column(at, column)
    return tuple(tuple(cell if cell.strip() else None for cell in row) for row in rows[:_PREVIEW])


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
