"""Fills the page of the rows that wait, over all deliveries or of one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Mended, Verb
from tinhdata.edge.language import moment_text
from tinhdata.kernel import Refused, t
from tinhdata.quality import ItemQuery, ItemState, QuarantineCounts
from tinhdata.web.contexts.desk import HeldItem, QuarantinePage, RuleCount
from tinhdata.web.contexts.shell import Badge, Choice, FormState
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.desk_items import (
    PAGE,
    Showing,
    held_items,
    open_shares,
    rule_counts,
)
from tinhdata.web.filling.desk_words import ITEM_MARKS, Names, file_name, items_held
from tinhdata.web.filling.desk_work import dataset_choices

_PATH = "/quarantine"
_MOST_DELIVERIES = 200
_DECIDING = frozenset({Verb.MEND, Verb.RETURN_ITEMS, Verb.WAIVE})


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page narrows the rows to."""

    dataset: str = ""
    delivery: str = ""
    rule: str = ""
    column: str = ""
    state: ItemState = ItemState.OPEN
    number: int = 1
    checked: bool = False
    """Whether what a check of the mended rows gives is shown beside them."""

    @property
    def kept(self) -> Mapping[str, str | None]:
        """Give it as the parameters of an address."""
        return {
            "dataset": self.dataset,
            "delivery": self.delivery,
            "column": self.column,
            "state": self.state.value,
            "rule": self.rule,
            "checked": "1" if self.checked else None,
        }


def quarantine_page(
    platform: Platform,
    actor: Actor,
    language: str,
    asked: Asked,
    form: FormState | None = None,
) -> QuarantinePage:
    """Give the rows that `asked` names, as `actor` may see them."""
    names = Names(platform, language)
    if asked.delivery:
        asked = replace(asked, dataset=platform.deliveries.get(actor, asked.delivery).dataset)
    every = tuple(_readable(platform, actor, asked))
    one = _one_of(platform, every, asked)
    contract = _contract(platform, one or (every[0] if asked.dataset and every else None))
    items, total = _page(platform, actor, language, every, asked)
    offset = (asked.number - 1) * PAGE
    may = frozenset(v for each in every for v in platform.deliveries.may(actor, each))
    alternatives = _readable(platform, actor, replace(asked, delivery=""))
    path = f"/deliveries/{one.id}" if one else None
    narrowed = {"rule": asked.rule, "column": asked.column, "state": asked.state.value}
    return QuarantinePage(
        datasets=dataset_choices(platform, actor, language, asked.dataset),
        deliveries=_delivery_choices(tuple(alternatives) if asked.dataset else (), asked, language),
        columns=_column_choices(contract, asked.column, language),
        states=_state_choices(asked.state),
        rules=_rules(platform, actor, language, every, contract, asked, names),
        counts=_counts(platform, every),
        items=items,
        pager=pager(offset, len(items), PAGE, total, with_query(_PATH, asked.kept)),
        export_href=with_query(f"{path}/rows-to-mend.xlsx", narrowed) if path else None,
        upload_action=f"{path}/mended" if path and Verb.MEND in may else None,
        action=with_query(f"{_PATH}/decide", asked.kept),
        may_waive=Verb.WAIVE in may,
        rule_label=None if contract else t("By dataset"),
        rule=asked.rule,
        may_decide=asked.state is ItemState.OPEN and bool(may & _DECIDING),
        may_recheck=Verb.MEND in may,
        form=form or FormState(),
    )


def _readable(platform: Platform, actor: Actor, asked: Asked) -> Iterator[Delivery]:
    """Give the deliveries with waiting rows that `actor` may look into, newest first."""
    if asked.delivery:
        one = platform.deliveries.get(actor, asked.delivery)
        yield from (one,) if one.report is not None else ()
        return
    dataset = asked.dataset or None
    found = platform.deliveries.page(actor, dataset=dataset, limit=_MOST_DELIVERIES)
    for delivery in found.items:
        if delivery.report is None or not items_held(delivery):
            continue
        try:
            platform.deliveries.items(actor, delivery.id, ItemQuery(limit=1))
        except Refused:
            continue
        yield delivery


def _one_of(platform: Platform, every: Sequence[Delivery], asked: Asked) -> Delivery | None:
    """Give the delivery that the rows are of, where there is only one."""
    if asked.delivery or (asked.dataset and len(every) == 1):
        return every[0] if every else None
    if not asked.dataset:
        return None
    opened = [d for d in every if _count(platform, d, asked.state)]
    return opened[0] if len(opened) == 1 else None


def _page(
    platform: Platform,
    actor: Actor,
    language: str,
    every: Sequence[Delivery],
    asked: Asked,
) -> tuple[tuple[HeldItem, ...], int]:
    """Give one page of the rows of several deliveries, and how many rows there are in all."""
    start, total = (asked.number - 1) * PAGE, 0
    shown: list[HeldItem] = []
    is_narrow = bool(asked.rule or asked.column)
    for delivery in every:
        room = PAGE - len(shown)
        known = None if is_narrow else _count(platform, delivery, asked.state)
        if known is not None and (total + known <= start or not room or not known):
            total += known
            continue
        query = ItemQuery(
            states=frozenset({asked.state}),
            rule=asked.rule or None,
            column=asked.column or None,
            offset=max(0, start - total),
            limit=max(room, 1),
        )
        page = platform.deliveries.items(actor, delivery.id, query, language)
        contract = _contract(platform, delivery)
        if room and contract is not None:
            may = platform.deliveries.may(actor, delivery)
            checks = asked.checked and Verb.MEND in may and any(i.mends for i in page.items)
            mended = (
                platform.deliveries.mended(actor, delivery.id, language) if checks else Mended()
            )
            showing = Showing(
                platform, delivery, contract, language, Verb.MEND in may, mended, among_others=True
            )
            shown += held_items(page.items, showing)
        total += page.total
    return tuple(shown), total


def _contract(platform: Platform, delivery: Delivery | None) -> Contract | None:
    if delivery is None:
        return None
    return platform.registry.by_hash(delivery.contract_hash).contract


def _count(platform: Platform, delivery: Delivery, state: ItemState) -> int:
    return _in_state(platform.quarantine.counts(delivery=delivery.id), state)


def _in_state(counts: QuarantineCounts, state: ItemState) -> int:
    by_state = {
        ItemState.OPEN: counts.open,
        ItemState.CORRECTED: counts.corrected,
        ItemState.WAIVED: counts.waived,
        ItemState.RETURNED: counts.returned,
        ItemState.SUPERSEDED: counts.superseded,
    }
    return by_state[state]


def _counts(platform: Platform, every: Sequence[Delivery]) -> tuple[tuple[Badge, int], ...]:
    found = [platform.quarantine.counts(delivery=delivery.id) for delivery in every]
    sums = {state: sum(_in_state(counts, state) for counts in found) for state in ItemState}
    return tuple((ITEM_MARKS[state], count) for state, count in sums.items() if count)


def _rules(
    platform: Platform,
    actor: Actor,
    language: str,
    every: Sequence[Delivery],
    contract: Contract | None,
    asked: Asked,
    names: Names,
) -> tuple[RuleCount, ...]:
    """Give the kinds of problem of one delivery, else in which datasets rows wait."""
    one = _one_of(platform, every, asked)
    if one is not None and contract is not None:
        shares = open_shares(platform, actor, one, asked.state)
        total = _count(platform, one, asked.state)
        return rule_counts(shares, contract, language, asked.rule, _PATH, asked.kept, total)
    per_place: dict[str, tuple[str, int]] = {}
    for delivery in every:
        key = delivery.id if asked.dataset else delivery.dataset
        label = str(file_name(delivery)) if asked.dataset else names.dataset(delivery)
        before = per_place.get(key, (label, 0))[1]
        per_place[key] = (label, before + _count(platform, delivery, asked.state))
    field = "delivery" if asked.dataset else "dataset"
    kept = {**asked.kept, "rule": None, "column": None}
    return tuple(
        RuleCount(label, count, with_query(_PATH, {**kept, field: key}))
        for key, (label, count) in per_place.items()
        if count
    )


def _delivery_choices(every: Sequence[Delivery], asked: Asked, language: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            delivery.id,
            t(
                "{file}, {moment}",
                file=file_name(delivery),
                moment=moment_text(delivery.received_at, language),
            ),
            delivery.id == asked.delivery,
        )
        for delivery in every
    )


def _column_choices(contract: Contract | None, chosen: str, language: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(column.name, column.label.in_language(language), column.name == chosen)
        for column in (contract.columns if contract else ())
    )


def _state_choices(chosen: ItemState) -> tuple[Choice, ...]:
    return tuple(
        Choice(state.value, ITEM_MARKS[state].text, state is chosen) for state in ItemState
    )
