"""In which units a file gives its numbers, and by what they are multiplied for ours. Pure.

A unit in the header wins over one in a line above the table; where they contradict each other, a
person is told. What is not certain is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.intake.model import (
    ColumnMatch,
    ReadingChoice,
    UnitPlace,
    UnitSeen,
    WideColumn,
)
from tinhdata.kernel import Text, t
from tinhdata.vietnam import (
    Measure,
    conversion,
    find_measure,
    fold,
    parse_measure,
    title_measures,
)

_ONE = Decimal(1)
_NUMBERS = frozenset({LogicalType.NUMBER, LogicalType.INTEGER})


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a file: per column what was seen, what a person should know, what is asked."""

    seen: tuple[UnitSeen, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def asks(self) -> bool:
        """Say whether a person must say in which unit some values are."""
        return any(unit.factor is None for unit in self.seen)


def find_units(
    contract: Contract,
    choice: ReadingChoice,
    matches: Sequence[ColumnMatch],
    wide: Sequence[WideColumn],
    above: Sequence[str],
) -> Units:
    """Find the unit of each number column that the file has and that has one in the contract.

    `above` are the texts of the lines above the header.
    """
    headers: dict[str, list[str]] = {}
    for match in matches:
        headers.setdefault(match.column, []).append(match.header)
    for value in wide:
        headers.setdefault(value.column, []).append(value.header)
    titles = tuple(dict.fromkeys(m for line in above for m in title_measures(line)))
    seen = [
        unit
        for column in contract.columns
        if column.unit and column.logical_type in _NUMBERS and column.name in headers
        if (unit := _unit(column, choice, headers[column.name], titles)) is not None
    ]
    contradictions = (
        _contradiction(column, unit.unit, headers[column.name], titles)
        for unit in seen
        if unit.place is UnitPlace.HEADER
        for column in (contract.column(unit.column),)
    )
    notes = (*_notes(contract, seen), *(note for note in contradictions if note is not None))
    return Units(tuple(seen), notes)


def _unit(
    column: Column, choice: ReadingChoice, headers: Sequence[str], titles: Sequence[Measure]
) -> UnitSeen | None:
    chosen = choice.units.get(column.name)
    if chosen is not None:
        return _chosen(column, chosen)
    own = _own(headers)
    if any(own):
        return _of_headers(column, own)
    fitting = _fitting(column, titles)
    return _judged(column, fitting, UnitPlace.TITLE) if fitting else None


def _own(headers: Sequence[str]) -> list[Measure | None]:
    return [found.measure if (found := find_measure(header)) else None for header in headers]


def _fitting(column: Column, titles: Sequence[Measure]) -> list[Measure]:
    """Give the units above the table that are about `column`."""
    target = parse_measure(column.unit or "")
    return [measure for measure in titles if target and _is_about(measure, target)]


def _contradiction(
    column: Column, taken: str, headers: Sequence[str], titles: Sequence[Measure]
) -> Text | None:
    """Say that the lines above the table give `column` in no unit that its headers name."""
    fitting = _fitting(column, titles)
    own = [measure for measure in _own(headers) if measure is not None]
    if not fitting or any(_is_same(one, other) for one in own for other in fitting):
        return None
    return t(
        "The header gives “{column}” in {unit}, a line above the table says {other}. The unit of "
        "the header is taken. Please look.",
        column=column.label.vi,
        unit=taken,
        other=", ".join(dict.fromkeys(measure.text for measure in fitting)),
    )


def _is_same(one: Measure, other: Measure) -> bool:
    return fold(one.text) == fold(other.text) or conversion(one, other) == _ONE


def _chosen(column: Column, unit: str) -> UnitSeen:
    measure = parse_measure(unit)
    if not unit or _is_ours(column, unit) or measure is None:
        return UnitSeen(column.name, column.unit or "", UnitPlace.CHOSEN, _ONE)
    return _judged(column, [measure], UnitPlace.CHOSEN)


def _of_headers(column: Column, own: Sequence[Measure | None]) -> UnitSeen:
    """Judge the units of all headers of a column; some with and some without are not certain."""
    named = [measure for measure in own if measure is not None]
    unit = _judged(column, named, UnitPlace.HEADER)
    if unit.factor not in (None, 1) and len(named) < len(own):
        return UnitSeen(column.name, unit.unit, UnitPlace.HEADER, None)
    return unit


def _judged(column: Column, measures: Sequence[Measure], place: UnitPlace) -> UnitSeen:
    texts = list(dict.fromkeys(measure.text for measure in measures))
    if all(_is_ours(column, text) for text in texts):
        return UnitSeen(column.name, texts[0], place, _ONE)
    target = parse_measure(column.unit or "")
    factors = {conversion(measure, target) if target else None for measure in measures}
    factor = factors.pop() if len(factors) == 1 else None
    return UnitSeen(column.name, ", ".join(texts), place, factor)


def _is_ours(column: Column, text: str) -> bool:
    return fold(text) == fold(column.unit or "")


def _is_about(measure: Measure, target: Measure) -> bool:
    """Say whether a unit above the table is about a column in `target`.

    Money is, whatever the currency; counted things only where they are the same, or not named.
    """
    if measure.dimension.startswith("money:"):
        return target.dimension.startswith("money:") and "/" not in target.dimension
    if measure.dimension == "count:":
        return target.dimension.startswith("count:") and "/" not in target.dimension
    return measure.dimension == target.dimension


def _notes(contract: Contract, seen: Iterable[UnitSeen]) -> Iterable[Text]:
    for unit in seen:
        column = contract.column(unit.column)
        said = {"column": column.label.vi, "unit": unit.unit, "own": column.unit or ""}
        if unit.factor is None:
            yield t(
                "The file gives “{column}” in {unit}, the dataset keeps {own}, and it is not "
                "certain how one becomes the other. Say in which unit the values are.",
                **said,
            )
        elif unit.factor != 1:
            yield t(
                "The file gives “{column}” in {unit}, the dataset keeps {own}: each value is "
                "multiplied by {factor}.",
                **said,
                factor=format(unit.factor, "f"),
            )
