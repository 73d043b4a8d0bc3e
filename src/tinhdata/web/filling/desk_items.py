"""Fills the rows that wait: every cell with what is wrong in it, and the list of their rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Column, Contract
from tinhdata.deliveries import Delivery, Mended
from tinhdata.edge.language import moment_text
from tinhdata.edge.showing import brief
from tinhdata.kernel import Text, t
from tinhdata.quality import (
    CellMend,
    ItemKind,
    ItemQuery,
    ItemState,
    QuarantinedItem,
    Reason,
    RuleShare,
    UnitPlace,
)
from tinhdata.web.contexts.desk import BadCell, HeldItem, RuleCount
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.desk_words import ITEM_MARKS, Names, file_name, rule_label

PAGE = 20
_MOST_OPTIONS = 200
_LONGEST_LINE = 300
_LONGEST_RAW = 4_000
_PASSES = Badge(t("Passes now"), Tone.GOOD)
_FAILS = Badge(t("Still to mend"), Tone.WARN)
_MENDED = Badge(t("Mended, not yet checked"), Tone.BUSY)


@dataclass(frozen=True, slots=True)
class Showing:
    """How the items of one delivery are shown."""

    platform: Platform
    delivery: Delivery
    contract: Contract
    language: str
    may_mend: bool
    mended: Mended = field(default_factory=Mended)
    """What a check of the mended rows gave, where one was asked for."""
    among_others: bool = False
    """Whether rows of other deliveries stand beside them."""
    errors: Mapping[int, Text] = field(default_factory=lambda: MappingProxyType({}))


def held_items(items: Sequence[QuarantinedItem], showing: Showing) -> tuple[HeldItem, ...]:
    """Give items as the pages show them."""
    names = Names(showing.platform, showing.language)
    return tuple(_held_item(item, showing, names) for item in items)


def _held_item(item: QuarantinedItem, showing: Showing, names: Names) -> HeldItem:
    contract, delivery = showing.contract, showing.delivery
    reasons = showing.mended.failing.get(item.item, item.reasons)
    single = {reason.column for reason in reasons if reason.column}
    passes = item.item in showing.mended.passing
    here = f"/deliveries/{delivery.id}"
    return HeldItem(
        number=item.item,
        place=_place(item),
        title=", ".join(filter(None, (item.current(column) for column in contract.key))),
        badge=_badge(item, showing),
        cells=tuple(_cells(item, () if passes else reasons, showing)),
        row_problems=tuple(
            reason.text for reason in reasons if not passes and reason.column not in single
        ),
        whole=tuple(
            (_label(column, showing), _shown(column, item, showing))
            for column in contract.columns
            if column.name in item.cells
        ),
        action=f"{here}/items/{item.item}" + ("?among=1" if showing.among_others else ""),
        raw=(item.raw or "")[:_LONGEST_RAW] or None if item.kind is ItemKind.UNIT else None,
        open=item.state is ItemState.OPEN,
        may_mend=showing.may_mend,
        history=tuple(_history(item, contract, names, showing.language)),
        error=showing.errors.get(item.item),
        ref=f"{delivery.id}-{item.item}" if showing.among_others else "",
        dataset=t("{dataset}, {file}", dataset=names.dataset(delivery), file=file_name(delivery))
        if showing.among_others
        else None,
        delivery_href=here if showing.among_others else None,
    )


def _badge(item: QuarantinedItem, showing: Showing) -> Badge:
    if item.item in showing.mended.passing:
        return _PASSES
    if item.item in showing.mended.failing:
        return _FAILS
    if item.state is ItemState.OPEN and item.mends:
        return _MENDED
    return ITEM_MARKS[item.state]


def unit_text(place: UnitPlace) -> Text:
    """Say in which line or lines a row stands, and in which part of what was sent."""
    first, last = str(place.first), str(place.last)
    if place.part is None:
        if first == last:
            return t("Line {line}", line=first)
        return t("Lines {first} to {last}", first=first, last=last)
    if first == last:
        return t("{part}, line {line}", part=place.part, line=first)
    return t("{part}, lines {first} to {last}", part=place.part, first=first, last=last)


def _place(item: QuarantinedItem) -> Text:
    return unit_text(item.place)


def _cells(item: QuarantinedItem, reasons: Iterable[Reason], showing: Showing) -> Iterator[BadCell]:
    reasons = tuple(reasons)
    concerned = item.bad_columns | {c for reason in reasons for c in reason.columns}
    concerned |= set(item.mends)
    for column in showing.contract.columns:
        # A line that was never split into cells is filled in as a whole.
        if column.name not in concerned and item.kind is not ItemKind.UNIT:
            continue
        if item.kind is ItemKind.ROW and column.name not in item.cells:
            continue
        own = [reason for reason in reasons if reason.column == column.name]
        mend = item.mends.get(column.name)
        yield BadCell(
            field=column.name,
            label=_label(column, showing),
            value=item.cells.get(column.name),
            problems=tuple(reason.text for reason in own),
            fixes=_once(reason.fix for reason in own),
            mended=None if mend is None else mend.new_value or "",
            options=_options(column, item),
            brief=_brief(column, item.current(column.name), showing.language),
        )


def _brief(column: Column, cell: str | None, language: str) -> str | None:
    """Say what a geometry is that is too long to be shown or mended as text."""
    if column.geometry is None or cell is None or len(cell) <= _LONGEST_LINE:
        return None
    said = brief(cell, language)
    return said if len(said) <= _LONGEST_LINE else f"{said[:_LONGEST_LINE]}…"


def _shown(column: Column, item: QuarantinedItem, showing: Showing) -> str | None:
    cell = item.current(column.name)
    return _brief(column, cell, showing.language) or cell


def _label(column: Column, showing: Showing) -> str:
    """Give the label, with the unit of the file where cells are in another one than the dataset."""
    label = column.label.in_language(showing.language)
    seen = showing.delivery.understanding
    units = [unit.unit for unit in seen.units if unit.column == column.name] if seen else []
    scaled = seen is not None and column.name in seen.scales
    return f"{label} ({units[0]})" if scaled else label


def _once(texts: Iterable[Text | None]) -> tuple[Text, ...]:
    """Give each sentence once; two rules often ask for the same."""
    found: list[Text] = []
    for text in texts:
        if text is not None and text not in found:
            found.append(text)
    return tuple(found)


def _options(column: Column, item: QuarantinedItem) -> tuple[Choice, ...]:
    if len(column.allowed) > _MOST_OPTIONS:
        return ()
    now = item.current(column.name) or ""
    return tuple(Choice(value, value) for value in column.allowed if value != now)


def _history(
    item: QuarantinedItem, contract: Contract, names: Names, language: str
) -> Iterator[Text]:
    for column, mend in item.mends.items():
        yield t(
            "{name} mended “{column}” at {moment}",
            name=names.person(mend.author),
            column=contract.column(column).label.in_language(language),
            moment=moment_text(mend.at, language),
        )
    if (decision := item.decision) is not None:
        yield t(
            "{state} by {name} at {moment}",
            state=ITEM_MARKS[decision.state].text,
            name=names.person(decision.actor),
            moment=moment_text(decision.at, language),
        )
        if decision.reason:
            yield Text("“{words}”", {"words": decision.reason})


def mends_of(cells: Mapping[str, str], item: QuarantinedItem) -> tuple[CellMend, ...]:
    """Give the cells that were typed differently from what they say now."""
    return tuple(
        CellMend(item.item, column, value.strip() or None)
        for column, value in cells.items()
        if (value.strip() or None) != item.current(column)
    )


def open_shares(
    platform: Platform, actor: Actor, delivery: Delivery, state: ItemState = ItemState.OPEN
) -> tuple[RuleShare, ...]:
    """Give how many rows in `state` each rule holds; rules that hold none are left out."""
    shares = platform.deliveries.shares(actor, delivery.id)
    counts = platform.quarantine.counts(delivery=delivery.id)
    if state is ItemState.OPEN and counts.open == counts.total:
        return shares
    states = frozenset({state})
    found = []
    for share in shares:
        query = ItemQuery(states=states, rule=share.rule, limit=1)
        count = platform.deliveries.items(actor, delivery.id, query).total
        if count:
            found.append(RuleShare(share.rule, count))
    return tuple(found)


def rule_counts(
    shares: Sequence[RuleShare],
    contract: Contract,
    language: str,
    chosen: str,
    path: str,
    kept: Mapping[str, str | None],
    total: int,
) -> tuple[RuleCount, ...]:
    """Give the rules that hold rows, the first line standing for all of them."""
    everything = RuleCount(
        t("All problems"), total, with_query(path, {**kept, "rule": None}), not chosen
    )
    return (
        everything,
        *(
            RuleCount(
                rule_label(share.rule, contract, language),
                share.items,
                with_query(path, {**kept, "rule": share.rule}),
                share.rule == chosen,
            )
            for share in shares
        ),
    )
