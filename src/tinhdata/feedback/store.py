"""Items, votes and follows in the metadata database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.feedback.model import (
    Answer,
    Follow,
    FollowState,
    Item,
    Kind,
    Place,
    SavedFilter,
    State,
    Timed,
)
from tinhdata.notify import Channel
from tinhdata.warehouse import Filter, Op

_items = sa.Table(
    "feedback_item",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", sa.JSON, nullable=False),
    sa.Column("agency", sa.Text),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("received_at", UTCDateTime, nullable=False),
    sa.Column("due", sa.Date),
    sa.Column("votes", sa.Integer, nullable=False),
    sa.Column("opened_at", UTCDateTime),
    sa.Column("answered_at", UTCDateTime),
    sa.Column("answered_by", sa.Text),
    sa.Column("answer", sa.Text),
    sa.Column("legal_basis", sa.Text),
    sa.Column("mail", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Index("ix_feedback_item_agency", "agency", "state"),
    sa.Index("ix_feedback_item_sender", "sender", "received_at"),
)
_datasets = sa.Table(
    "feedback_item_dataset",
    metadata,
    sa.Column("item", sa.Text, sa.ForeignKey("feedback_item.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False, index=True),
)
_votes = sa.Table(
    "feedback_vote",
    metadata,
    sa.Column("item", sa.Text, sa.ForeignKey("feedback_item.id"), primary_key=True),
    sa.Column("voter", sa.Text, primary_key=True),
)
_follows = sa.Table(
    "feedback_follow",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("saved", sa.JSON, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", UTCDateTime, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("last_release", sa.Text),
    sa.Column("sender", sa.Text, nullable=False),
)


def add(tx: Tx, item: Item, mail: str, language: str, sender: str) -> None:
    """Write a new item."""
    tx.execute(
        sa.insert(_items).values(
            id=item.id,
            kind=item.kind.value,
            state=item.state.value,
            title=item.title,
            text=item.text,
            place=_place_json(item.place),
            agency=item.agency,
            author=item.author,
            url=item.url,
            received_at=item.received_at,
            due=item.due,
            votes=item.votes,
            mail=mail,
            language=language,
            sender=sender,
        )
    )
    rows = [
        {"item": item.id, "number": number, "dataset": dataset}
        for number, dataset in enumerate(item.datasets)
    ]
    if rows:
        tx.execute(sa.insert(_datasets), rows)


def get(tx: Tx, item_id: str, *, lock: bool = False) -> Item | None:
    """Read an item; with `lock` other transactions wait that would change it."""
    wanted = sa.select(_items).where(_items.c.id == item_id)
    row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else _read(tx, [row])[0]


def find(
    tx: Tx,
    *,
    kinds: Sequence[Kind] = (),
    states: Sequence[State] = (),
    dataset: str | None = None,
    agency: str | None = None,
    unassigned: bool = False,
    by_votes: bool = False,
    without: Collection[str] = (),
    offset: int = 0,
    limit: int = 50,
) -> tuple[tuple[Item, ...], int]:
    """Give a page of items, the newest first or those with most votes, and how many there are.

    `agency` gives those of one agency; `unassigned` also those that no agency has yet. Those about
    a dataset in `without` are left out.
    """
    where = _where(kinds, states, dataset, agency, unassigned=unassigned)
    if without:
        about = sa.select(_datasets.c.item).where(_datasets.c.dataset.in_(without))
        where.append(_items.c.id.not_in(about))
    newest = (_items.c.received_at.desc(), _items.c.id.desc())
    order = (_items.c.votes.desc(), *newest) if by_votes else newest
    page = sa.select(_items).where(*where).order_by(*order).offset(offset).limit(limit)
    return _read(tx, tx.execute(page).all()), _count(tx, where)


def datasets(tx: Tx) -> tuple[str, ...]:
    """Give the datasets that items are about."""
    return tuple(tx.execute(sa.select(_datasets.c.dataset).distinct()).scalars())


def count(
    tx: Tx,
    *,
    kinds: Sequence[Kind] = (),
    states: Sequence[State] = (),
    dataset: str | None = None,
    agency: str | None = None,
) -> int:
    """Count items."""
    return _count(tx, _where(kinds, states, dataset, agency))


def answered(
    tx: Tx,
    *,
    kinds: Sequence[Kind] = (),
    dataset: str | None = None,
    agency: str | None = None,
) -> tuple[Timed, ...]:
    """Give when each answered item came, was due and was answered."""
    wanted = sa.select(_items.c.received_at, _items.c.due, _items.c.answered_at).where(
        *_where(kinds, (State.DONE, State.REFUSED), dataset, agency)
    )
    return tuple(Timed(row.received_at, row.due, row.answered_at) for row in tx.execute(wanted))


def set_open(tx: Tx, item_id: str, at: datetime) -> None:
    """Write that work on an item began."""
    tx.execute(
        sa.update(_items).where(_items.c.id == item_id).values(state=State.OPEN.value, opened_at=at)
    )


def set_agency(tx: Tx, item_id: str, agency: str) -> None:
    """Write which agency answers an item."""
    tx.execute(sa.update(_items).where(_items.c.id == item_id).values(agency=agency))


def set_answer(tx: Tx, item_id: str, state: State, answer: Answer) -> tuple[str, str]:
    """Write the answer, forget the mail address and give it with its language."""
    chosen = sa.select(_items.c.mail, _items.c.language).where(_items.c.id == item_id)
    mail, language = tx.execute(chosen).one()
    tx.execute(
        sa.update(_items)
        .where(_items.c.id == item_id)
        .values(
            state=state.value,
            answered_at=answer.at,
            answered_by=answer.by,
            answer=answer.text,
            legal_basis=answer.legal_basis,
            mail="",
        )
    )
    return str(mail), str(language)


def vote(tx: Tx, item_id: str, voter: str) -> bool:
    """Count a voter once; False where he has voted before."""
    known = sa.select(_votes.c.voter).where(_votes.c.item == item_id, _votes.c.voter == voter)
    if tx.execute(known).first() is not None:
        return False
    tx.execute(sa.insert(_votes).values(item=item_id, voter=voter))
    counted = sa.update(_items).where(_items.c.id == item_id).values(votes=_items.c.votes + 1)
    tx.execute(counted)
    return True


def sent_since(tx: Tx, sender: str, moment: datetime) -> int:
    """Count what one visitor sent, items and follows, since `moment`."""
    items = sa.select(sa.func.count()).where(
        _items.c.sender == sender, _items.c.received_at >= moment
    )
    follows = sa.select(sa.func.count()).where(
        _follows.c.sender == sender, _follows.c.since >= moment
    )
    return int(tx.execute(items).scalar_one()) + int(tx.execute(follows).scalar_one())


# -- follows


def add_follow(tx: Tx, follow: Follow, sender: str) -> None:
    """Write a new follow."""
    tx.execute(
        sa.insert(_follows).values(
            id=follow.id,
            dataset=follow.dataset,
            channel=follow.channel.value,
            recipient=follow.recipient,
            language=follow.language,
            saved=_saved_json(follow.saved),
            address=follow.address,
            state=follow.state.value,
            since=follow.since,
            token=follow.token,
            secret=follow.secret,
            last_release=follow.last_release,
            sender=sender,
        )
    )


def follow(tx: Tx, follow_id: str) -> Follow | None:
    """Read a follow."""
    row = tx.execute(sa.select(_follows).where(_follows.c.id == follow_id)).one_or_none()
    return None if row is None else _follow(row)


def follows(tx: Tx, dataset: str, state: FollowState) -> tuple[Follow, ...]:
    """Read the follows of a dataset in one state, the oldest first."""
    wanted = (
        sa.select(_follows)
        .where(_follows.c.dataset == dataset, _follows.c.state == state.value)
        .order_by(_follows.c.since, _follows.c.id)
    )
    return tuple(_follow(row) for row in tx.execute(wanted))


def set_follow(tx: Tx, follow_id: str, state: FollowState) -> None:
    """Write how a follow stands; an ended one forgets address, secret and token."""
    forgotten = {"recipient": "", "secret": "", "token": "", "address": "", "saved": {}}
    values: dict[str, object] = {"state": state.value}
    if state is FollowState.ENDED:
        values |= forgotten
    tx.execute(sa.update(_follows).where(_follows.c.id == follow_id).values(**values))


def set_told(tx: Tx, follow_id: str, release: str) -> None:
    """Write up to which release a follower knows."""
    tx.execute(sa.update(_follows).where(_follows.c.id == follow_id).values(last_release=release))


def unconfirmed_by(tx: Tx, recipient: str) -> int:
    """Count the follows that an address has not confirmed."""
    wanted = sa.select(sa.func.count()).where(
        _follows.c.state == FollowState.UNCONFIRMED.value,
        sa.func.lower(_follows.c.recipient) == recipient.lower(),
    )
    return int(tx.execute(wanted).scalar_one())


def unconfirmed_before(tx: Tx, moment: datetime) -> tuple[str, ...]:
    """Give the follows that nobody confirmed since before `moment`."""
    wanted = sa.select(_follows.c.id).where(
        _follows.c.state == FollowState.UNCONFIRMED.value, _follows.c.since < moment
    )
    return tuple(str(row.id) for row in tx.execute(wanted))


# ----------------------------------------------------------------------------------------------


def _where(
    kinds: Sequence[Kind],
    states: Sequence[State],
    dataset: str | None,
    agency: str | None,
    *,
    unassigned: bool = False,
) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if kinds:
        where.append(_items.c.kind.in_([kind.value for kind in kinds]))
    if states:
        where.append(_items.c.state.in_([state.value for state in states]))
    if dataset is not None:
        of = sa.select(_datasets.c.item).where(_datasets.c.dataset == dataset)
        where.append(_items.c.id.in_(of))
    owners = [_items.c.agency == agency] if agency is not None else []
    if unassigned:
        owners.append(_items.c.agency.is_(None))
    if owners:
        where.append(sa.or_(*owners))
    return where


def _count(tx: Tx, where: Sequence[sa.ColumnElement[bool]]) -> int:
    counted = sa.select(sa.func.count()).select_from(_items).where(*where)
    return int(tx.execute(counted).scalar_one())


def _read(tx: Tx, rows: Sequence[sa.Row[tuple[object, ...]]]) -> tuple[Item, ...]:
    ids = [row.id for row in rows]
    of: dict[str, list[str]] = {item: [] for item in ids}
    named = (
        sa.select(_datasets.c.item, _datasets.c.dataset)
        .where(_datasets.c.item.in_(ids))
        .order_by(_datasets.c.item, _datasets.c.number)
    )
    for item, dataset in tx.execute(named):
        of[item].append(dataset)
    return tuple(_item(row, tuple(of[row.id])) for row in rows)


def _item(row: sa.Row[tuple[object, ...]], datasets: tuple[str, ...]) -> Item:
    answer = None
    if row.answered_at is not None:
        answer = Answer(row.answered_at, row.answered_by, row.answer, row.legal_basis or "")
    due: date | None = row.due
    return Item(
        id=row.id,
        kind=Kind(row.kind),
        state=State(row.state),
        title=row.title,
        text=row.text,
        datasets=datasets,
        place=_place(row.place),
        agency=row.agency,
        author=row.author,
        url=row.url,
        received_at=row.received_at,
        due=due,
        votes=row.votes,
        opened_at=row.opened_at,
        answer=answer,
    )


def _follow(row: sa.Row[tuple[object, ...]]) -> Follow:
    return Follow(
        id=row.id,
        dataset=row.dataset,
        channel=Channel(row.channel),
        recipient=row.recipient,
        language=row.language,
        saved=_saved(row.saved),
        address=row.address,
        state=FollowState(row.state),
        since=row.since,
        token=row.token,
        secret=row.secret,
        last_release=row.last_release,
    )


def _place_json(place: Place) -> dict[str, object]:
    return {"column": place.column, "key": list(place.key), "release": place.release}


def _place(stored: Mapping[str, object]) -> Place:
    return Place(
        cast("str | None", stored["column"]),
        tuple(cast("Sequence[str]", stored["key"])),
        cast("int | None", stored["release"]),
    )


def _saved_json(saved: SavedFilter) -> dict[str, object]:
    filters = [[each.column, each.op.value, list(each.values)] for each in saved.filters]
    return {"filters": filters, "search": saved.search}


def _saved(stored: Mapping[str, object]) -> SavedFilter:
    filters = cast("Sequence[tuple[str, str, Sequence[str]]]", stored.get("filters", ()))
    return SavedFilter(
        tuple(Filter(column, Op(op), tuple(values)) for column, op, values in filters),
        str(stored.get("search", "")),
    )
