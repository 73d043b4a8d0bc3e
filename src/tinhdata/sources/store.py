"""The tables of sources: definitions and marks, runs, files that were taken, alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa
from pydantic import TypeAdapter

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import JSONObject, Page, Text
from tinhdata.sources.definition import read_definition
from tinhdata.sources.model import (
    Alarm,
    AlarmKind,
    Outcome,
    Run,
    Source,
    TableMark,
    TakenFile,
)

_sources = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False, index=True),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("added_at", UTCDateTime, nullable=False),
    sa.Column("heard_from", UTCDateTime, nullable=False),
    sa.Column("next_due", UTCDateTime, index=True),
    sa.Column("data_at", UTCDateTime),
    sa.Column("mark", sa.JSON(none_as_null=True)),
    sa.Column("candidate", sa.JSON(none_as_null=True)),
)
_runs = sa.Table(
    "source_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("work", sa.Text, nullable=False, unique=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("started_at", UTCDateTime, nullable=False),
    sa.Column("ended_at", UTCDateTime),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("deliveries", sa.JSON, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("problem", sa.JSON(none_as_null=True)),
    sa.Column("problem_code", sa.Text),
    sa.Index(None, "source", "id"),
)
_files = sa.Table(
    "source_file",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("seen_at", UTCDateTime, nullable=False),
    sa.Column("taken_version", sa.Text),
    sa.Column("sha256", sa.Text),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("delivery", sa.Text),
    sa.Column("taken_at", UTCDateTime),
    sa.Column("settled", sa.Boolean, nullable=False),
)
_alarms = sa.Table(
    "source_alarm",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("since", UTCDateTime, nullable=False),
    sa.Column("text", sa.JSON, nullable=False),
)

_MARK: TypeAdapter[TableMark] = TypeAdapter(TableMark)


@dataclass(frozen=True, slots=True)
class Stored:
    """A source as it stands in the database."""

    source: Source
    document: JSONObject
    enabled: bool
    added_by: str
    added_at: datetime
    heard_from: datetime
    """Since when it is expected to bring something: added, resumed or brought something."""
    next_due: datetime | None
    data_at: datetime | None
    mark: TableMark | None
    candidate: TableMark | None
    """A mark that counts only once its delivery, made of changed columns, is published."""

    def with_mark(self, mark: TableMark) -> "Stored":
        """Give the same with the mark `mark` and no candidate."""
        return replace(self, mark=mark, candidate=None)


def put(tx: Tx, stored: Stored) -> None:
    """Write a source, new or changed."""
    values = {
        "dataset": stored.source.dataset,
        "document": dict(stored.document),
        "enabled": stored.enabled,
        "added_by": stored.added_by,
        "added_at": stored.added_at,
        "heard_from": stored.heard_from,
        "next_due": stored.next_due,
        "data_at": stored.data_at,
        "mark": _mark_json(stored.mark),
        "candidate": _mark_json(stored.candidate),
    }
    same = _sources.c.id == stored.source.id
    if tx.execute(sa.update(_sources).where(same).values(**values)).rowcount == 0:
        tx.execute(sa.insert(_sources).values(id=stored.source.id, **values))


def get(tx: Tx, source: str) -> Stored | None:
    """Read one source."""
    row = tx.execute(sa.select(_sources).where(_sources.c.id == source)).one_or_none()
    return None if row is None else _stored(row)


def everything(tx: Tx) -> tuple[Stored, ...]:
    """Read every source, by id."""
    return tuple(_stored(row) for row in tx.execute(sa.select(_sources).order_by(_sources.c.id)))


def due(tx: Tx, now: datetime) -> tuple[Stored, ...]:
    """Read the sources whose time has come."""
    is_due = sa.and_(_sources.c.enabled, _sources.c.next_due <= now)
    rows = tx.execute(sa.select(_sources).where(is_due).order_by(_sources.c.next_due))
    return tuple(_stored(row) for row in rows)


def move_due(tx: Tx, source: str, due_at: datetime | None) -> None:
    """Write when a source is due next."""
    tx.execute(sa.update(_sources).where(_sources.c.id == source).values(next_due=due_at))


def set_enabled(tx: Tx, source: str, enabled: bool, due_at: datetime | None, now: datetime) -> None:
    """Pause a source, or let it run again from now on."""
    values: dict[str, object] = {"enabled": enabled, "next_due": due_at}
    if enabled:
        values["heard_from"] = now
    tx.execute(sa.update(_sources).where(_sources.c.id == source).values(**values))


def brought(tx: Tx, source: str, now: datetime) -> None:
    """Write that a source brought something."""
    values = {"data_at": now, "heard_from": now}
    tx.execute(sa.update(_sources).where(_sources.c.id == source).values(**values))


def move_mark(tx: Tx, source: str, mark: TableMark | None, candidate: TableMark | None) -> None:
    """Write how far a table was pulled, and what waits for its delivery to be published."""
    values = {"mark": _mark_json(mark), "candidate": _mark_json(candidate)}
    tx.execute(sa.update(_sources).where(_sources.c.id == source).values(**values))


def remove(tx: Tx, source: str) -> None:
    """Forget a source, its files and alarms; its runs and deliveries stay."""
    tx.execute(sa.delete(_sources).where(_sources.c.id == source))
    tx.execute(sa.delete(_alarms).where(_alarms.c.source == source))
    forget_files(tx, source)


# --- runs


def begin_run(tx: Tx, run: Run) -> Run:
    """Write that a pull begins, or that it is tried again; give the run as it stands."""
    same = _runs.c.work == run.work
    again = sa.update(_runs).where(same).values(attempts=run.attempts)
    if tx.execute(again).rowcount == 0:
        tx.execute(sa.insert(_runs).values(_run_row(run)))
    return _run(tx.execute(sa.select(_runs).where(same)).one())


def put_run(tx: Tx, run: Run) -> None:
    """Write how far a run is or how it ended."""
    tx.execute(sa.update(_runs).where(_runs.c.id == run.id).values(_run_row(run)))


def run_of_work(tx: Tx, work: str) -> Run | None:
    """Read the run of a piece of work."""
    row = tx.execute(sa.select(_runs).where(_runs.c.work == work)).one_or_none()
    return None if row is None else _run(row)


def runs(tx: Tx, source: str, offset: int, limit: int) -> Page[Run]:
    """Read runs of a source, newest first."""
    mine = _runs.c.source == source
    total = int(tx.execute(sa.select(sa.func.count()).where(mine)).scalar_one())
    newest = sa.select(_runs).where(mine).order_by(_runs.c.id.desc()).offset(offset).limit(limit)
    return Page(tuple(_run(row) for row in tx.execute(newest)), total, offset, limit)


def last_runs(tx: Tx, sources: Sequence[str]) -> Mapping[str, Run]:
    """Read the newest run of each source."""
    newest = sa.select(sa.func.max(_runs.c.id)).where(_runs.c.source.in_(sources))
    ids = newest.group_by(_runs.c.source)
    rows = tx.execute(sa.select(_runs).where(_runs.c.id.in_(ids)))
    return MappingProxyType({row.source: _run(row) for row in rows})


def sweep_runs(tx: Tx, before: datetime) -> int:
    """Forget runs that brought nothing and ended before `before`."""
    plain = (Outcome.UNCHANGED.value, Outcome.POSTPONED.value)
    old = sa.and_(_runs.c.outcome.in_(plain), _runs.c.ended_at < before)
    return int(tx.execute(sa.delete(_runs).where(old)).rowcount)


# --- files


def files(tx: Tx, source: str) -> Mapping[str, TakenFile]:
    """Read what is known of the files of a source, by name."""
    rows = tx.execute(sa.select(_files).where(_files.c.source == source))
    return MappingProxyType(
        {
            row.name: TakenFile(
                row.name,
                row.version,
                row.seen_at,
                row.taken_version,
                row.sha256,
                row.size,
                row.delivery,
                row.taken_at,
                row.settled,
            )
            for row in rows
        }
    )


def put_file(tx: Tx, source: str, file: TakenFile) -> None:
    """Write what is known of a file."""
    values = {name: value for name, value in asdict(file).items() if name != "name"}
    same = sa.and_(_files.c.source == source, _files.c.name == file.name)
    if tx.execute(sa.update(_files).where(same).values(**values)).rowcount == 0:
        tx.execute(sa.insert(_files).values(source=source, name=file.name, **values))


def forget_files(tx: Tx, source: str) -> None:
    """Forget which files were taken."""
    tx.execute(sa.delete(_files).where(_files.c.source == source))


# --- alarms


def raise_alarm(tx: Tx, alarm: Alarm) -> bool:
    """Write an alarm; False where it stands already (its words are renewed)."""
    same = sa.and_(_alarms.c.source == alarm.source, _alarms.c.kind == alarm.kind.value)
    said = alarm.text.to_json()
    if tx.execute(sa.update(_alarms).where(same).values(text=said)).rowcount:
        return False
    tx.execute(
        sa.insert(_alarms).values(
            source=alarm.source, kind=alarm.kind.value, since=alarm.since, text=said
        )
    )
    return True


def end_alarm(tx: Tx, source: str, kind: AlarmKind) -> bool:
    """End an alarm; False where there is none."""
    same = sa.and_(_alarms.c.source == source, _alarms.c.kind == kind.value)
    return tx.execute(sa.delete(_alarms).where(same)).rowcount == 1


def alarms(tx: Tx) -> tuple[Alarm, ...]:
    """Read every alarm that stands, the oldest first."""
    rows = tx.execute(sa.select(_alarms).order_by(_alarms.c.since, _alarms.c.source))
    return tuple(
        Alarm(row.source, AlarmKind(row.kind), row.since, Text.from_json(row.text)) for row in rows
    )


def _stored(row: sa.Row[tuple[object, ...]]) -> Stored:
    return Stored(
        source=read_definition(row.document),
        document=row.document,
        enabled=row.enabled,
        added_by=row.added_by,
        added_at=row.added_at,
        heard_from=row.heard_from,
        next_due=row.next_due,
        data_at=row.data_at,
        mark=_mark(row.mark),
        candidate=_mark(row.candidate),
    )


def _mark(stored: object) -> TableMark | None:
    return None if stored is None else _MARK.validate_python(stored)


def _mark_json(mark: TableMark | None) -> object:
    if mark is None:
        return None
    return _MARK.dump_python(
        replace(mark, groups=dict(mark.groups), called=dict(mark.called)), mode="json"
    )


def _run_row(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "source": run.source,
        "work": run.work,
        "by": run.by,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "outcome": run.outcome.value,
        "attempts": run.attempts,
        "bytes": run.bytes,
        "rows": run.rows,
        "deliveries": list(run.deliveries),
        "notes": [note.to_json() for note in run.notes],
        "problem": run.problem.to_json() if run.problem else None,
        "problem_code": run.problem_code,
    }


def _run(row: sa.Row[tuple[object, ...]]) -> Run:
    return Run(
        id=row.id,
        source=row.source,
        work=row.work,
        by=row.by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome),
        attempts=row.attempts,
        bytes=row.bytes,
        rows=row.rows,
        deliveries=tuple(row.deliveries),
        notes=tuple(Text.from_json(note) for note in row.notes),
        problem=Text.from_json(row.problem) if row.problem else None,
        problem_code=row.problem_code,
    )
