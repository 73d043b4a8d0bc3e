"""Fills what the page of a reading shows of wide tables, units and what was remembered."""

from collections.abc import Iterator, Mapping, Sequence

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.deliveries import Delivery, Remembered
from tinhdata.edge.language import day_text, number
from tinhdata.intake import ReadingChoice, Understanding, UnitSeen
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold, often_used
from tinhdata.web.contexts.desk import NumberWriting
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.desk_words import Names
from tinhdata.web.filling.words import NUMERIC, label_of
from tinhdata.web.posted import Posted

FROM_HEADERS = Badge(t("from the headers and cells of the wide table"), Tone.GOOD)

_OURS = "="
"""What stands for the dataset's own unit in a form."""

_MOST_OFFERED = 300
"""Columns of values that may be left out one by one; more make no form that anybody reads."""


def wide_facts(
    delivery: Delivery, seen: Understanding, contract: Contract, language: str
) -> Iterator[tuple[Text, str | Text]]:
    """Say which columns of the file hold values, and how many rows they give."""
    if not seen.wide:
        return
    labels = [
        label_of(contract.column(name), language)
        for name in dict.fromkeys(name for each in seen.wide for name, _ in each.places)
    ]
    said = [_said(each.places, contract) for each in (seen.wide[0], seen.wide[-1])]
    yield (
        t("Columns of values"),
        t(
            "{count} columns by {labels}: {first} … {last}",
            count=number(len(seen.wide), language),
            labels=", ".join(labels),
            first=said[0],
            last=said[1],
        ),
    )
    yield from row_facts(delivery, language)


def row_facts(delivery: Delivery, language: str) -> Iterator[tuple[Text, str | Text]]:
    """Say how the rows of a wide table follow from its lines."""
    units = delivery.units
    if units is None or units.spread is None:
        return
    yield (
        t("Rows made"),
        t(
            "{lines} lines gave {cells} cells of values; {empty} were empty, {rows} became rows",
            lines=number(units.records, language),
            cells=number(units.spread, language),
            empty=number(units.empty, language),
            rows=number(units.made, language),
        ),
    )


def _said(places: Sequence[tuple[str, str]], contract: Contract) -> str:
    """Give what a header says, marks as what they mean: 2016 (sơ bộ)."""
    return " – ".join(_unmarked(contract.column(name), text) for name, text in places)


def _unmarked(column: Column, text: str) -> str:
    for mark, meaning in column.marks.values if column.marks else ():
        length = len(mark)
        if fold(text[:length]) == fold(mark):
            return f"{text[length:].strip()} ({meaning})"
        if fold(text[-length:]) == fold(mark):
            return f"{text[:-length].strip()} ({meaning})"
    return text


def wide_columns(seen: Understanding) -> tuple[Choice, ...]:
    """Give the columns of values, each to be read or left out."""
    offered = sorted(_offered(seen))
    if len(offered) > _MOST_OFFERED:
        return ()
    return tuple(Choice(str(at), header, chosen) for at, header, chosen in offered)


def left_out_in(form: Posted, seen: Understanding, before: ReadingChoice) -> tuple[int, ...]:
    """Read which columns of values a person leaves out."""
    if form.get("wide-shown") != "1":
        return before.left_out
    read = set(form.all("wide"))
    offered = {index for index, _, _ in _offered(seen)}
    unread = {index for index in offered if str(index) not in read}
    declared = {index for index, _ in seen.left_out} - set(before.left_out)
    return tuple(sorted(unread - declared))


def _offered(seen: Understanding) -> Iterator[tuple[int, str, bool]]:
    yield from ((each.index, each.header, True) for each in seen.wide)
    yield from ((index, header, False) for index, header in seen.left_out)


def unit_writings(
    columns: Sequence[Column], seen: Understanding, language: str
) -> Iterator[NumberWriting]:
    """Give, per number column with a unit, in which units the file may give it."""
    found = {unit.column: unit for unit in seen.units}
    for column in columns:
        if column.unit is None or not _is_number(column):
            continue
        unit = found.get(column.name)
        is_open = unit is not None and unit.factor is None
        chosen = _current(unit)
        named = () if chosen in ("", _OURS) else (chosen,)
        texts = dict.fromkeys((*named, *often_used(column.unit)))
        options = [Choice(text, text, text == chosen) for text in texts]
        ours = Choice(_OURS, column.unit, chosen == _OURS)
        nothing = (Choice("", t("please say in which"), True),) if is_open else ()
        yield NumberWriting(
            column.name, label_of(column, language), (*nothing, ours, *options), is_open=is_open
        )


def _is_number(column: Column) -> bool:
    return column.logical_type in NUMERIC and column.logical_type is not LogicalType.BOOLEAN


def _current(unit: UnitSeen | None) -> str:
    if unit is None or unit.factor == 1:
        return _OURS
    return "" if unit.factor is None else unit.unit


def units_in(
    form: Posted, contract: Contract, seen: Understanding, before: ReadingChoice
) -> Mapping[str, str]:
    """Read in which units a person says the file gives its numbers."""
    given, units = form.starting("unit."), dict(before.units)
    found = {unit.column: unit for unit in seen.units}
    for column in contract.columns:
        said = given.get(column.name, "")
        if said and said != _current(found.get(column.name)):
            units[column.name] = "" if said == _OURS else said
    return units


def read_as_before(recalled: Remembered | None, names: Names, language: str) -> Text | None:
    """Say that a file was read as an earlier one: by whom it was chosen, and when."""
    if recalled is None:
        return None
    return t(
        "Read as last time ({who}, {day}).",
        who=names.person(recalled.chosen_by),
        day=day_text(recalled.chosen_at.date(), language),
    )
