"""Counts in the metadata database: one row per day, dataset, act, form and whether by robots."""

from collections.abc import Collection, Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tinhdata.db import Tx, metadata
from tinhdata.usage.model import Act, Count, Use

_days = sa.Table(
    "usage_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("form", sa.Text, primary_key=True),
    sa.Column("by_robot", sa.Boolean, primary_key=True),
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Index("ix_usage_day_dataset", "dataset", "day"),
)

_KEY = ["day", "dataset", "act", "form", "by_robot"]


def add(tx: Tx, counts: Iterable[Count]) -> None:
    """Add `counts` to what is counted already."""
    rows = [_row(count) for count in counts]
    if not rows:
        return
    if tx.dialect.name == "postgresql":
        on_postgres = postgresql.insert(_days)
        tx.execute(
            on_postgres.on_conflict_do_update(
                index_elements=_KEY, set_={"times": _days.c.times + on_postgres.excluded.times}
            ),
            rows,
        )
    else:
        on_sqlite = sqlite.insert(_days)
        tx.execute(
            on_sqlite.on_conflict_do_update(
                index_elements=_KEY, set_={"times": _days.c.times + on_sqlite.excluded.times}
            ),
            rows,
        )


def between(tx: Tx, first: date, last: date, dataset: str) -> tuple[Count, ...]:
    """Give the counts of a dataset on the days from `first` to `last`."""
    chosen = (_days.c.day.between(first, last), _days.c.dataset == dataset)
    wanted = sa.select(_days).where(*chosen).order_by(*map(sa.text, _KEY))
    return tuple(
        Count(row.day, _use(row.dataset, row.act, row.form, row.by_robot), row.times)
        for row in tx.execute(wanted)
    )


def by_dataset(tx: Tx, first: date, last: date) -> tuple[Count, ...]:
    """Give what was counted from `first` to `last` in all, under `first`."""
    parts = (_days.c.dataset, _days.c.act, _days.c.form, _days.c.by_robot)
    wanted = (
        sa.select(*parts, sa.func.sum(_days.c.times).label("times"))
        .where(_days.c.day.between(first, last))
        .group_by(*parts)
    )
    return tuple(
        Count(first, _use(row.dataset, row.act, row.form, row.by_robot), int(row.times))
        for row in tx.execute(wanted)
    )


def of_all(tx: Tx, first: date, last: date, without: Collection[str]) -> tuple[Count, ...]:
    """Give the counts of all datasets together but for those in `without`, under no name."""
    parts = (_days.c.day, _days.c.act, _days.c.form, _days.c.by_robot)
    wanted = (
        sa.select(*parts, sa.func.sum(_days.c.times).label("times"))
        .where(_days.c.day.between(first, last), _days.c.dataset.not_in(without))
        .group_by(*parts)
        .order_by(*parts)
    )
    return tuple(
        Count(row.day, _use("", row.act, row.form, row.by_robot), int(row.times))
        for row in tx.execute(wanted)
    )


def take_before(tx: Tx, day: date) -> tuple[Count, ...]:
    """Take out and give the counts of all days before `day` that are not the first of a month."""
    wanted = sa.select(_days).where(_days.c.day < day)
    found = tuple(
        Count(row.day, _use(row.dataset, row.act, row.form, row.by_robot), row.times)
        for row in tx.execute(wanted)
    )
    if all(count.day.day == 1 for count in found):
        return ()
    tx.execute(sa.delete(_days).where(_days.c.day < day))
    return found


def _row(count: Count) -> dict[str, object]:
    use = count.use
    return {
        "day": count.day,
        "dataset": use.dataset,
        "act": use.act.value,
        "form": use.form,
        "by_robot": use.by_robot,
        "times": count.times,
    }


def _use(dataset: str, act: str, form: str, by_robot: bool) -> Use:
    return Use(dataset, Act(act), form, by_robot)
