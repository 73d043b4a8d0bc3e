"""What pulling is made of: the facades below, the operator's limits, the hook handed down."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from tinhdata.access import Actor, ActorKind
from tinhdata.contracts import Contract
from tinhdata.db import Database, Tx
from tinhdata.deliveries import Alongside, Deliveries, Received
from tinhdata.journal import Journal
from tinhdata.kernel import Clock, Text
from tinhdata.registry import RegisteredContract, Registry
from tinhdata.sources import events, store
from tinhdata.sources.model import Alarm, AlarmKind, Outcome, Run, Source
from tinhdata.sources.secrets import Secrets
from tinhdata.sources.spool import Spool, SpoolFolder
from tinhdata.sources.store import Stored
from tinhdata.work import WorkContext, WorkQueue

OnAlarm: TypeAlias = Callable[[Tx, Source, Alarm, bool], None]
"""Told, in the transaction, that an alarm of a source begins (True) or ends (False)."""


@dataclass(frozen=True, slots=True)
class SourceParts:
    """The facades that pulling is made of, and what the operator allows."""

    db: Database
    clock: Clock
    journal: Journal
    work: WorkQueue
    registry: Registry
    deliveries: Deliveries
    secrets: Secrets
    spool: Spool
    private_hosts: frozenset[str] = frozenset()
    """Hosts of inner networks that addresses of the web may name."""
    folders: tuple[Path, ...] = ()
    """Folders below which watched folders may lie."""
    size_limit: int = 512 * 1024 * 1024
    """Most bytes of one file."""
    on_alarm: tuple[OnAlarm, ...] = ()


@dataclass(slots=True)
class Job:
    """One pull under way: what it is for, and the run as far as it is."""

    parts: SourceParts
    context: WorkContext
    stored: Stored
    registered: RegisteredContract
    folder: SpoolFolder
    run: Run
    brought: bool = field(default=False)
    """Whether a delivery that was not there before came of it."""

    @property
    def source(self) -> Source:
        """Give the source."""
        return self.stored.source

    @property
    def contract(self) -> Contract:
        """Give the contract of its dataset."""
        return self.registered.contract

    @property
    def actor(self) -> Actor:
        """Give in whose name it delivers."""
        return actor_of(self.source, self.contract)

    def note(self, text: Text) -> None:
        """Add a remark to the run."""
        if text not in self.run.notes:
            self.run = replace(self.run, notes=(*self.run.notes, text))

    def alongside(self, after: Callable[[Tx, Received], None], size: int, rows: int) -> Alongside:
        """Give what a delivery's transaction writes besides: the run, `after`, that it brought."""

        def written(tx: Tx, received: Received) -> None:
            after(tx, received)
            if received.is_new:
                store.brought(tx, self.source.id, self.parts.clock.now())
                end_alarm(self.parts, tx, self.source, AlarmKind.SILENT)
            self.run = _grown(self.run, received, size, rows)
            self.brought = self.brought or received.is_new
            store.put_run(tx, self.run)

        return Alongside(self.context.guard, written)


def _grown(run: Run, received: Received, size: int, rows: int) -> Run:
    known = received.delivery.id in run.deliveries
    return replace(
        run,
        bytes=run.bytes + size,
        rows=run.rows + rows,
        deliveries=run.deliveries
        if known or not received.is_new
        else (*run.deliveries, received.delivery.id),
    )


def actor_of(source: Source, contract: Contract) -> Actor:
    """Give the actor of a source: it may deliver to its one dataset and look how that stands."""
    return Actor(
        id=source.actor_id,
        name=source.title or source.id,
        kind=ActorKind.SOURCE,
        agency=source.agency or contract.agency,
        datasets=frozenset({source.dataset}),
    )


def raise_alarm(parts: SourceParts, tx: Tx, source: Source, alarm: Alarm) -> None:
    """Raise an alarm, journal it and tell whoever listens; one that stands is not raised again."""
    if not store.raise_alarm(tx, alarm):
        return
    for hook in parts.on_alarm:
        hook(tx, source, alarm, True)
    if alarm.kind is AlarmKind.SILENT:
        parts.journal.append(tx, events.silent(source, alarm))
    elif alarm.kind is AlarmKind.CHANGED:
        parts.journal.append(tx, events.about("sources.altered", events.WORKER, source))


def end_alarm(parts: SourceParts, tx: Tx, source: Source, kind: AlarmKind) -> None:
    """End an alarm where it stands, and tell whoever listens."""
    standing = [each for each in store.alarms(tx) if (each.source, each.kind) == (source.id, kind)]
    for alarm in standing:
        store.end_alarm(tx, source.id, kind)
        for hook in parts.on_alarm:
            hook(tx, source, alarm, False)
        if kind is AlarmKind.SILENT:
            parts.journal.append(tx, events.about("sources.heard", events.WORKER, source))


def outcome_of(job: Job) -> Outcome:
    """Say how a pull that went through ended."""
    return Outcome.DELIVERED if job.run.deliveries else Outcome.UNCHANGED
