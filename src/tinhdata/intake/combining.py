"""Several tables that are read one after the other as one understanding. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from tinhdata.contracts import Contract
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.model import FileKind, Question, SheetSeen, Understanding, UnitSeen
from tinhdata.intake.naming import some_of
from tinhdata.kernel import Text, t

_T = TypeVar("_T")


def combined(
    kind: FileKind,
    filename: str,
    contract: Contract,
    pieces: Sequence[Understanding],
    sheets: tuple[SheetSeen, ...],
    notes: Iterable[Text] = (),
    questions: Iterable[Question] = (),
) -> Understanding:
    """Give the understanding of `pieces`, of which there is at least one.

    It shows the first one with the units of all, and asks what any of them asks. Raises FileRefused
    where the pieces give a column in different units: its values could not be turned into one.
    """
    lead = pieces[0]
    _refuse_other_scales(contract, pieces)
    orders = [piece.number_forms for piece in pieces]
    return replace(
        lead,
        kind=kind,
        filename=filename,
        sheet=None,
        sheets=sheets,
        part="",
        number_forms={
            name: form
            for name, form in lead.number_forms.items()
            if all(other.get(name, form) is form for other in orders)
        },
        units=_units(pieces),
        undecided_numbers=_once(name for piece in pieces for name in piece.undecided_numbers),
        notes=_once((*notes, *_others_miss(contract, lead, pieces[1:]), *_notes(pieces))),
        questions=_once((*questions, *(q for piece in pieces for q in piece.questions))),
        pieces=tuple(_slim(piece) for piece in pieces),
    )


def _slim(piece: Understanding) -> Understanding:
    """Give a piece without what only a page shows."""
    return replace(piece, notes=(), preview=(), other_encodings=(), sheets=(), questions=())


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    """Give each item once; texts cannot be hashed."""
    found: list[_T] = []
    for item in items:
        if item not in found:
            found.append(item)
    return tuple(found)


def _notes(pieces: Sequence[Understanding]) -> Iterable[Text]:
    return (note for piece in pieces for note in piece.notes)


def _others_miss(
    contract: Contract, lead: Understanding, others: Sequence[Understanding]
) -> Iterable[Text]:
    """Say which parts lack a column that the first one has."""
    for name in contract.column_names:
        if name in lead.unmatched_columns:
            continue
        lacking = [piece.part for piece in others if name in piece.unmatched_columns]
        if lacking:
            yield t(
                "The column “{column}” was not found in {count} parts: {names}.",
                column=contract.column(name).label.vi,
                count=len(lacking),
                names=some_of(lacking),
            )


def _units(pieces: Sequence[Understanding]) -> tuple[UnitSeen, ...]:
    """Give the unit of each column, from the piece where it is not certain or else the first."""
    found: dict[str, UnitSeen] = {}
    for unit in (unit for piece in pieces for unit in piece.units):
        if unit.column not in found or unit.factor is None:
            found[unit.column] = unit
    return tuple(found.values())


def _refuse_other_scales(contract: Contract, pieces: Sequence[Understanding]) -> None:
    """Compare the units of each column in those pieces that have it."""
    first: dict[str, Understanding] = {}
    for piece in pieces:
        for name in sorted({column for column, _index in piece.places}):
            one = first.setdefault(name, piece)
            if one.scales.get(name) != piece.scales.get(name):
                raise FileRefused(
                    "several-units",
                    t(
                        "“{one}” and “{other}” give the column “{column}” in different units.",
                        one=one.part,
                        other=piece.part,
                        column=contract.column(name).label.vi,
                    ),
                    t("Send them one by one, or write them in the same unit."),
                )
