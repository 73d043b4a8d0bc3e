"""The tables of durable work, the same statements on SQLite and PostgreSQL.

`due_at` is the moment from which a piece may be taken: the time of its (next) try while it waits,
the end of the lease while it runs. So a lost worker's piece becomes due without anyone's doing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import JSONObject, Progress, Text
from tinhdata.work.model import Claim, Schedule, WorkItem, WorkState, WorkStatus

_UNFINISHED = sa.text("finished_at IS NULL")

items = sa.Table(
    "work_item",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("verb", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("args", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False, default=0),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("worker", sa.Text),
    sa.Column("stage", sa.Text),
    sa.Column("done", sa.BigInteger),
    sa.Column("total", sa.BigInteger),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("enqueued_at", UTCDateTime, nullable=False),
    sa.Column("started_at", UTCDateTime),
    sa.Column("finished_at", UTCDateTime),
    # Only unfinished pieces are unique: the same work may be asked for again later.
    sa.Index(
        "uq_work_item_unfinished",
        "verb",
        "key",
        unique=True,
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    ),
    sa.Index("ix_work_item_due", "due_at", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
)
schedules = sa.Table(
    "work_schedule",
    metadata,
    sa.Column("verb", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("every", sa.Interval, nullable=False),
    sa.Column("due_at", UTCDateTime, nullable=False),
)


def add(tx: Tx, item: WorkItem, due: datetime, now: datetime) -> str:
    """Write `item` and give its id, or the id of the unfinished piece with the same verb and key.

    The loop ends because the piece in the way is there to be found, unless it was finished in
    between, and then it is in the way no more.
    """
    while True:
        values = {
            "id": item.id,
            "verb": item.verb,
            "key": item.key,
            "args": dict(item.args),
            "state": WorkState.WAITING,
            "due_at": due,
            "enqueued_at": now,
        }
        if _insert_new(tx, items, values):
            return item.id
        same = sa.select(items.c.id).where(
            items.c.verb == item.verb, items.c.key == item.key, items.c.finished_at.is_(None)
        )
        found = tx.execute(same).scalar_one_or_none()
        if found is not None:
            return str(found)


def has_due(tx: Tx, verbs: Sequence[str], now: datetime) -> bool:
    """Say whether a piece of `verbs` may be taken."""
    return tx.execute(sa.select(items.c.id).where(_due(verbs, now)).limit(1)).first() is not None


def claim(
    tx: Tx, verbs: Sequence[str], worker: str, now: datetime, until: datetime
) -> Claim | None:
    """Take the piece that has been due longest and hold it until `until`.

    PostgreSQL passes over rows that another worker is just taking; on SQLite the transaction has
    the database to itself, and the clause is left out by SQLAlchemy.
    """
    chosen = tx.execute(
        sa.select(items)
        .where(_due(verbs, now))
        .order_by(items.c.due_at, items.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if chosen is None:
        return None
    tx.execute(
        sa.update(items)
        .where(items.c.id == chosen.id)
        .values(
            state=WorkState.RUNNING,
            fence=chosen.fence + 1,
            attempts=chosen.attempts + 1,
            worker=worker,
            due_at=until,
            started_at=now,
            stage=None,
            done=None,
            total=None,
        )
    )
    return Claim(_item(chosen, attempts=chosen.attempts + 1), chosen.fence + 1)


def extend(tx: Tx, claim: Claim, until: datetime) -> bool:
    """Hold the piece until `until`; False where another worker has taken it over."""
    return _change(tx, claim, {"due_at": until})


def put_progress(tx: Tx, claim: Claim, progress: Progress, until: datetime) -> bool:
    """Write how far the piece is; False where another worker has taken it over."""
    values = {"stage": progress.stage, "done": progress.done, "total": progress.total}
    return _change(tx, claim, {**values, "due_at": until})


def finish(tx: Tx, claim: Claim, state: WorkState, error: Text | None, now: datetime) -> bool:
    """End the piece for good; False where another worker has taken it over."""
    stored = None if error is None else error.to_json()
    values = {"state": state, "error": stored, "finished_at": now}
    return _change(tx, claim, {**values, "attempts": claim.item.attempts})


def put_back(tx: Tx, claim: Claim, error: Text | None, due: datetime, attempts: int) -> bool:
    """Let the piece wait until `due`; False where another worker has taken it over."""
    values: dict[str, object] = {"state": WorkState.WAITING, "due_at": due, "attempts": attempts}
    if error is not None:
        values["error"] = error.to_json()
    return _change(tx, claim, values)


def status(tx: Tx, item: str) -> WorkStatus | None:
    """Give what stands about the piece `item`."""
    row = tx.execute(sa.select(items).where(items.c.id == item)).one_or_none()
    return None if row is None else _status(row)


def latest(tx: Tx, verb: str, key: str) -> WorkStatus | None:
    """Give what stands about the newest piece with `verb` and `key`."""
    newest = items.c.enqueued_at.desc(), items.c.id.desc()
    query = sa.select(items).where(items.c.verb == verb, items.c.key == key).order_by(*newest)
    row = tx.execute(query.limit(1)).one_or_none()
    return None if row is None else _status(row)


def counts(tx: Tx) -> Mapping[WorkState, int]:
    """Give how many pieces are in each state."""
    query = sa.select(items.c.state, sa.func.count()).group_by(items.c.state)
    found = {WorkState(state): int(number) for state, number in tx.execute(query)}
    return MappingProxyType({state: found.get(state, 0) for state in WorkState})


def sweep(tx: Tx, before: datetime) -> int:
    """Forget pieces done before `before`; failed ones stay, someone has to look at them."""
    old = sa.delete(items).where(items.c.state == WorkState.DONE, items.c.finished_at < before)
    return int(tx.execute(old).rowcount)


def keep_schedule(tx: Tx, schedule: Schedule, now: datetime) -> datetime:
    """Give when `schedule` is due, writing it down first where it is new or has a new rhythm."""
    first = {"verb": schedule.verb, "key": schedule.key, "every": schedule.every, "due_at": now}
    _insert_new(tx, schedules, first)
    row = tx.execute(sa.select(schedules).where(_same(schedule))).one()
    due: datetime = row.due_at
    if row.every != schedule.every:
        due = min(due, now + schedule.every)
        values = {"every": schedule.every, "due_at": due}
        tx.execute(sa.update(schedules).where(_same(schedule)).values(**values))
    return due


def move_schedule(tx: Tx, schedule: Schedule, due: datetime, to: datetime) -> bool:
    """Move `schedule` on from `due`; False where another worker did so before."""
    moved = tx.execute(
        sa.update(schedules).where(_same(schedule), schedules.c.due_at == due).values(due_at=to)
    )
    return moved.rowcount == 1


def _due(verbs: Sequence[str], now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(items.c.finished_at.is_(None), items.c.due_at <= now, items.c.verb.in_(verbs))


def _same(schedule: Schedule) -> sa.ColumnElement[bool]:
    return sa.and_(schedules.c.verb == schedule.verb, schedules.c.key == schedule.key)


def _insert_new(tx: Tx, table: sa.Table, values: Mapping[str, object]) -> bool:
    insert: sqlite.Insert | postgresql.Insert
    if tx.dialect.name == "sqlite":
        insert = sqlite.insert(table).on_conflict_do_nothing()
    else:
        insert = postgresql.insert(table).on_conflict_do_nothing()
    return tx.execute(insert.values(**values)).rowcount == 1


def _change(tx: Tx, claim: Claim, values: Mapping[str, object]) -> bool:
    held = sa.and_(
        items.c.id == claim.item.id,
        items.c.fence == claim.fence,
        items.c.state == WorkState.RUNNING,
    )
    return tx.execute(sa.update(items).where(held).values(**values)).rowcount == 1


def _item(row: sa.Row[tuple[object, ...]], attempts: int) -> WorkItem:
    error = None if row.error is None else Text.from_json(row.error)
    args: JSONObject = row.args
    return WorkItem(row.id, row.verb, row.key, args, attempts, error)


def _status(row: sa.Row[tuple[object, ...]]) -> WorkStatus:
    return WorkStatus(
        id=row.id,
        verb=row.verb,
        key=row.key,
        state=WorkState(row.state),
        attempts=row.attempts,
        progress=None if row.stage is None else Progress(row.stage, row.done, row.total),
        error=None if row.error is None else Text.from_json(row.error),
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
