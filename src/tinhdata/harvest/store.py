"""The tables of harvesting: portals, runs, and what is known of their datasets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.harvest.model import (
    Counts,
    HarvestKind,
    HarvestRun,
    HarvestState,
    KnownEntry,
    Portal,
)
from tinhdata.harvest.rules import entry_of, plain_entry
from tinhdata.kernel import JSON, Page, Text

_portals = sa.Table(
    "harvest_portal",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("every_seconds", sa.Integer, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("next_due", UTCDateTime),
)
_runs = sa.Table(
    "harvest_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("portal", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", UTCDateTime, nullable=False),
    sa.Column("ended_at", UTCDateTime),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column("cursor", sa.Text),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer),
    sa.Column("problem", sa.JSON(none_as_null=True)),
    sa.Index(None, "portal", "id"),
)
_entries = sa.Table(
    "harvest_entry",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("portal", sa.Text, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("first_seen", UTCDateTime, nullable=False),
    sa.Column("changed_at", UTCDateTime, nullable=False),
    sa.Column("gone_at", UTCDateTime),
    sa.Column("seen_run", sa.Text, nullable=False),
    sa.Index(None, "portal", "seen_run"),
)


def put_portal(tx: Tx, portal: Portal, next_due: datetime | None) -> None:
    """Write or replace a portal."""
    values: dict[str, object] = {
        "kind": portal.kind.value,
        "url": portal.url,
        "title": portal.title,
        "every_seconds": int(portal.every.total_seconds()),
        "enabled": portal.enabled,
        "next_due": next_due,
    }
    found = sa.update(_portals).where(_portals.c.id == portal.id).values(**values)
    if tx.execute(found).rowcount == 0:
        tx.execute(sa.insert(_portals).values(id=portal.id, **values))


def drop_portal(tx: Tx, portal: str) -> None:
    """Forget a portal with its runs; its entries are marked as gone by the caller."""
    tx.execute(sa.delete(_portals).where(_portals.c.id == portal))


def set_due(tx: Tx, portal: str, at: datetime | None) -> None:
    """Write when a portal is walked through next."""
    tx.execute(sa.update(_portals).where(_portals.c.id == portal).values(next_due=at))


def portals(tx: Tx) -> tuple[tuple[Portal, datetime | None], ...]:
    """Read every portal with its next time, by id."""
    return tuple(
        (
            Portal(
                row.id,
                HarvestKind(row.kind),
                row.url,
                row.title,
                timedelta(seconds=row.every_seconds),
                row.enabled,
            ),
            row.next_due,
        )
        for row in tx.execute(sa.select(_portals).order_by(_portals.c.id))
    )


def add_run(tx: Tx, run: HarvestRun) -> None:
    """Write a new run."""
    tx.execute(sa.insert(_runs).values(id=run.id, **_written(run)))


def save_run(tx: Tx, run: HarvestRun) -> None:
    """Write how a run stands."""
    tx.execute(sa.update(_runs).where(_runs.c.id == run.id).values(**_written(run)))


def run(tx: Tx, run_id: str) -> HarvestRun | None:
    """Read a run."""
    row = tx.execute(sa.select(_runs).where(_runs.c.id == run_id)).first()
    return None if row is None else _run(row)


def runs(tx: Tx, portal: str, offset: int, limit: int) -> Page[HarvestRun]:
    """Read the runs of a portal, the newest first."""
    own = _runs.c.portal == portal
    total = tx.execute(sa.select(sa.func.count()).select_from(_runs).where(own)).scalar_one()
    rows = tx.execute(
        sa.select(_runs).where(own).order_by(_runs.c.id.desc()).offset(offset).limit(limit)
    )
    return Page(tuple(map(_run, rows)), total, offset, limit)


def known(tx: Tx, ids: Collection[str]) -> Mapping[str, tuple[KnownEntry, str]]:
    """Read entries by id, each with the run that saw it last."""
    rows = tx.execute(sa.select(_entries).where(_entries.c.id.in_(ids)))
    return {row.id: (_entry(row), row.seen_run) for row in rows}


def put_entry(tx: Tx, found: KnownEntry, run_id: str) -> None:
    """Write or replace an entry as seen by a run."""
    values: dict[str, object] = {
        "portal": found.entry.portal,
        "document": plain_entry(found.entry),
        "hash": found.hash,
        "first_seen": found.first_seen,
        "changed_at": found.changed_at,
        "gone_at": found.gone_at,
        "seen_run": run_id,
    }
    changed = sa.update(_entries).where(_entries.c.id == found.entry.id).values(**values)
    if tx.execute(changed).rowcount == 0:
        tx.execute(sa.insert(_entries).values(id=found.entry.id, **values))


def mark_seen(tx: Tx, ids: Collection[str], run_id: str) -> None:
    """Write that a run saw these entries as they are."""
    tx.execute(sa.update(_entries).where(_entries.c.id.in_(ids)).values(seen_run=run_id))


def unseen(tx: Tx, portal: str, run_id: str) -> tuple[KnownEntry, ...]:
    """Read the living entries of a portal that a run did not see."""
    rows = tx.execute(
        sa.select(_entries)
        .where(_entries.c.portal == portal)
        .where(_entries.c.seen_run != run_id)
        .where(_entries.c.gone_at.is_(None))
    )
    return tuple(map(_entry, rows))


def bury(tx: Tx, ids: Sequence[str], at: datetime) -> None:
    """Mark entries as gone at their portal."""
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        tx.execute(
            sa.update(_entries).where(_entries.c.id.in_(some)).values(gone_at=at, changed_at=at)
        )


def count_living(tx: Tx, portal: str) -> int:
    """Count the entries of a portal that are there today."""
    counted = sa.select(sa.func.count()).select_from(_entries)
    found = counted.where(_entries.c.portal == portal, _entries.c.gone_at.is_(None))
    return tx.execute(found).scalar_one()


def living(tx: Tx) -> tuple[KnownEntry, ...]:
    """Read every entry that is there today, by id."""
    rows = tx.execute(
        sa.select(_entries).where(_entries.c.gone_at.is_(None)).order_by(_entries.c.id)
    )
    return tuple(map(_entry, rows))


def entry(tx: Tx, entry_id: str) -> KnownEntry | None:
    """Read an entry, gone or not."""
    row = tx.execute(sa.select(_entries).where(_entries.c.id == entry_id)).first()
    return None if row is None else _entry(row)


def _written(run: HarvestRun) -> dict[str, object]:
    counts: dict[str, JSON] = asdict(run.counts)
    return {
        "portal": run.portal,
        "state": run.state.value,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "counts": counts,
        "cursor": run.cursor,
        "pages": run.pages,
        "records": run.records,
        "total": run.total,
        "problem": run.problem.to_json() if run.problem else None,
    }


def _run(row: sa.Row[tuple[object, ...]]) -> HarvestRun:
    found = HarvestRun(
        id=row.id,
        portal=row.portal,
        state=HarvestState(row.state),
        started_at=row.started_at,
        counts=Counts(**row.counts),
        cursor=row.cursor,
        pages=row.pages,
        records=row.records,
        total=row.total,
        ended_at=row.ended_at,
    )
    return found if row.problem is None else replace(found, problem=Text.from_json(row.problem))


def _entry(row: sa.Row[tuple[object, ...]]) -> KnownEntry:
    return KnownEntry(entry_of(row.document), row.hash, row.first_seen, row.changed_at, row.gone_at)
