"""Fills the first page of the console and the list of deliveries."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from tinhdata.access import Actor, Role
from tinhdata.bootstrap import Platform
from tinhdata.deliveries import Delivery, State
from tinhdata.edge.language import day_text
from tinhdata.edge.proposals import to_sign
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import VIETNAM_TIME, local_day
from tinhdata.registry import RegisteredContract
from tinhdata.web.contexts.desk import DeliveryLine, DeliveryList, DueDataset, MyWork, Waiting
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.addresses import pager_of, with_query
from tinhdata.web.filling.desk_feedback import items_waiting
from tinhdata.web.filling.desk_sources import alarms_waiting
from tinhdata.web.filling.desk_words import (
    Names,
    file_name,
    items_held,
    state_badge,
    state_mark,
)
from tinhdata.web.filling.freshness import Freshness, freshness
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.words import late_badge

RECENT = 8
PAGE = 30
_CHECKED = frozenset(State) - {
    State.RECEIVED,
    State.CHECKING,
    State.CHOOSING,
    State.REFUSED,
    State.FAILED,
}


def my_work(platform: Platform, actor: Actor, language: str) -> MyWork:
    """Gather what waits for `actor`, what is due at his agency and what came last."""
    names = Names(platform, language)
    own = platform.deliveries.deliverable(actor)
    due = [_due(platform, each) for each in own]
    waiting = [_waiting(d, names) for d in platform.deliveries.waiting_for(actor)]
    waiting += list(_rows_left(platform, actor, own, names))
    waiting += alarms_waiting(platform, actor, language)
    waiting += [_contract(each, names, language) for each in contracts_waiting(platform, actor)]
    waiting += [_to_sign(each, names, language) for each in to_sign(platform, actor)]
    waiting += items_waiting(Reader(platform, actor, language))
    late = [_overdue(each, found, language) for each, found in due if found.is_late]
    recent = platform.deliveries.page(actor, limit=RECENT).items
    return MyWork(
        waiting=(*waiting, *late),
        due=tuple(_due_line(platform, each, found, language) for each, found in due),
        recent=lines(platform, recent, names),
        may_deliver=bool(own),
    )


def _rows_left(
    platform: Platform, actor: Actor, own: Sequence[RegisteredContract], names: Names
) -> Iterator[Waiting]:
    """Give the published deliveries of which rows still wait to be mended or returned."""
    for registered in own:
        for batch in platform.quarantine.batches(registered.dataset, only_open=True)[:RECENT]:
            delivery = platform.deliveries.get(actor, batch.delivery)
            if delivery.state is State.RELEASED:
                count = platform.quarantine.counts(delivery=delivery.id).open
                yield Waiting(
                    href=f"/quarantine?delivery={delivery.id}",
                    what=t(
                        "Rows of {file} left to mend: {count}",
                        file=file_name(delivery),
                        count=count,
                    ),
                    dataset=names.dataset(delivery),
                    verb=t("Mend"),
                    since=delivery.changed_at,
                    badge=Badge(t("In quarantine"), Tone.WARN),
                )


def contracts_waiting(platform: Platform, actor: Actor) -> tuple[RegisteredContract, ...]:
    """Give the proposed contracts of the agency that `actor` approves for."""
    if Role.APPROVER not in actor.roles:
        return ()
    waiting = platform.registry.waiting()
    return tuple(each for each in waiting if each.contract.agency == actor.agency)


def delivery_list(
    platform: Platform, actor: Actor, language: str, dataset: str, state: str, number: int
) -> DeliveryList:
    """Give the deliveries that `actor` may read, narrowed to a dataset and a state."""
    names = Names(platform, language)
    states = (State(state),) if state in set(State) else ()
    offset = (number - 1) * PAGE
    found = platform.deliveries.page(
        actor, dataset=dataset or None, states=states, offset=offset, limit=PAGE
    )
    return DeliveryList(
        lines=lines(platform, found.items, names),
        datasets=dataset_choices(platform, actor, language, dataset),
        states=tuple(Choice(s.value, state_mark(s).text, s.value == state) for s in State),
        pager=pager_of(found, with_query("/deliveries", {"dataset": dataset, "state": state})),
        may_deliver=bool(platform.deliveries.deliverable(actor)),
    )


def dataset_choices(
    platform: Platform, actor: Actor, language: str, chosen: str
) -> tuple[Choice, ...]:
    """Give the datasets whose deliveries `actor` may read; those of his own agency first."""
    mine = {each.dataset for each in platform.deliveries.deliverable(actor)}
    active = platform.registry.all_active()
    shown = [
        each
        for each in active
        if Role.OPERATOR in actor.roles
        or each.dataset in mine
        or each.contract.agency == actor.agency
    ]
    named = sorted((each.contract.name.in_language(language), each.dataset) for each in shown)
    return tuple(Choice(dataset, name, dataset == chosen) for name, dataset in named)


def lines(
    platform: Platform, deliveries: Sequence[Delivery], names: Names
) -> tuple[DeliveryLine, ...]:
    """Give deliveries as lines of a list."""
    return tuple(
        DeliveryLine(
            id=d.id,
            href=f"/deliveries/{d.id}",
            dataset=names.dataset(d),
            filename=file_name(d),
            sent_at=d.received_at,
            sent_by=names.person(d.sender),
            badge=state_badge(d),
            rows=d.rows.made if d.state in _CHECKED else None,
            quarantined=items_held(d) if d.state in _CHECKED else None,
            release=release_name(platform, d),
        )
        for d in deliveries
    )


def release_name(platform: Platform, delivery: Delivery) -> Text | None:
    """Say in which release the rows of a delivery are."""
    if delivery.release is None:
        return None
    number = platform.warehouse.get(delivery.release).number
    return t("Release no. {number}", number=number)


def next_href(delivery: Delivery) -> str:
    """Give the address where work on a delivery goes on."""
    path = f"/deliveries/{delivery.id}"
    match delivery.state:
        case State.CHOOSING:
            return f"{path}/understood"
        case State.HELD:
            return f"{path}/problems"
        case State.CHECKED:
            return f"{path}/problems" if items_held(delivery) else f"{path}/changes"
        case State.AWAITING:
            return f"{path}/changes"
        case _:
            return path


def _waiting(delivery: Delivery, names: Names) -> Waiting:
    what, verb = _what(delivery)
    return Waiting(
        href=next_href(delivery),
        what=what,
        dataset=names.dataset(delivery),
        verb=verb,
        since=delivery.changed_at,
        badge=state_badge(delivery),
    )


def _what(delivery: Delivery) -> tuple[Text, Text]:
    name, held = file_name(delivery), items_held(delivery)
    match delivery.state:
        case State.CHOOSING:
            return t("Say which column is which in {file}", file=name), t("Confirm")
        case State.AWAITING:
            return t("Look at {file} and approve it", file=name), t("Look and approve")
        case State.HELD:
            return t("{file} is held; see why", file=name), t("See why")
        case State.CHECKED if held == 1:
            return t("Mend one row of {file}", file=name), t("Mend")
        case State.CHECKED if held:
            return t("Mend {count} rows of {file}", count=held, file=name), t("Mend")
        case State.CHECKED:
            return t("{file} is checked and can be published", file=name), t("See what changes")
        case _:
            return t("See what became of {file}", file=name), t("Open")


def _contract(each: RegisteredContract, names: Names, language: str) -> Waiting:
    return Waiting(
        href=f"/contracts/{each.dataset}/{each.version}",
        what=t(
            "Approve version {version} of the contract proposed by {name}",
            version=each.version,
            name=names.person(each.proposed_by),
        ),
        dataset=each.contract.name.in_language(language),
        verb=t("Look and approve"),
        since=each.proposed_at,
        badge=Badge(t("Waiting for approval"), Tone.BUSY),
    )


def _to_sign(each: RegisteredContract, names: Names, language: str) -> Waiting:
    return Waiting(
        href=f"/contracts/{each.dataset}/{each.version}",
        what=t(
            "Sign version {version} of the contract proposed by {name} for data protection",
            version=each.version,
            name=names.person(each.proposed_by),
        ),
        dataset=each.contract.name.in_language(language),
        verb=t("Look and sign"),
        since=each.proposed_at,
        badge=Badge(t("Waiting for a signature"), Tone.BUSY),
    )


def _due(platform: Platform, each: RegisteredContract) -> tuple[RegisteredContract, Freshness]:
    release = platform.warehouse.current(each.dataset)
    last = release.published_at if release else None
    if release is not None:
        # Rows that came again unchanged are as fresh as if they had been published again.
        last = platform.deliveries.confirmations().get(release.id, last)
    today = local_day(platform.clock.now())
    return each, freshness(last, each.contract.update_cycle, today)


def _overdue(each: RegisteredContract, found: Freshness, language: str) -> Waiting:
    day = found.due or local_day(each.proposed_at)
    due = datetime.combine(day, time(), VIETNAM_TIME)
    return Waiting(
        href=f"/deliveries/new/{each.dataset}",
        what=t("New data is due"),
        dataset=each.contract.name.in_language(language),
        verb=t("Deliver data"),
        since=due + timedelta(days=1),
        badge=late_badge(found),
        due=due,
        late=True,
    )


def _due_line(
    platform: Platform, each: RegisteredContract, found: Freshness, language: str
) -> DueDataset:
    release = platform.warehouse.current(each.dataset)
    if release is None:
        badge = Badge(t("No data yet"), Tone.WARN)
    elif found.is_late:
        badge = late_badge(found)
    elif found.due is not None:
        badge = Badge(t("due {day}", day=day_text(found.due, language)), Tone.GOOD)
    else:
        badge = Badge(t("No fixed date"), Tone.CALM)
    return DueDataset(
        name=each.contract.name.in_language(language),
        href=f"/deliveries/new/{each.dataset}" if release is None else f"/datasets/{each.dataset}",
        badge=badge,
        last=release.published_at if release else None,
    )
