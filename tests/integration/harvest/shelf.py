"""A harvest over a database of its own, with work that is done at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tinhdata.access import Actor, ActorKind, Role
from tinhdata.db import Database, migrate
from tinhdata.harvest import (
    Harvest,
    HarvestKind,
    HarvestParts,
    HarvestRun,
    KnownEntry,
    Portal,
)
from tinhdata.journal import Entry, Journal
from tinhdata.kernel import FixedClock
from tinhdata.work import WorkQueue

OPERATOR = Actor("per_operator", "Người vận hành", ActorKind.PERSON, frozenset({Role.OPERATOR}))
OFFICER = Actor("per_officer", "Cán bộ", ActorKind.PERSON, frozenset({Role.OFFICER}), "H55")
START = datetime(2026, 3, 1, tzinfo=UTC)
HERE = frozenset({"127.0.0.1"})


@dataclass(slots=True)
class Shelf:
    """What a test of harvesting holds in its hands."""

    db: Database
    clock: FixedClock
    journal: Journal
    work: WorkQueue
    harvest: Harvest
    told: list[KnownEntry]

    def add(self, url: str, kind: HarvestKind = HarvestKind.CKAN, name: str = "cong-mau") -> Portal:
        """Declare a portal."""
        return self.harvest.add(OPERATOR, Portal(name, kind, url, "Cổng mẫu"))

    def run(self, name: str = "cong-mau") -> HarvestRun:
        """Walk through a portal, over all the attempts that it takes."""
        started = self.harvest.start(OPERATOR, name)
        for _ in range(12):
            self.work.run_until_idle("tests")
            found = self.harvest.runs(OPERATOR, name).items
            run = next(each for each in found if each.id == started.id)
            if run.ended_at is not None:
                return run
            self.clock.move(timedelta(minutes=2))
        raise AssertionError("the walk does not end")

    def events(self, kind: str) -> list[Entry]:
        """Give the journal's entries of one kind."""
        with self.db.read() as tx:
            return [entry for entry in self.journal.read(tx) if entry.kind == kind]


@contextmanager
def shelf(store: Path, private_hosts: frozenset[str] = HERE) -> Iterator[Shelf]:
    """Open a shelf whose files lie in `store`; a second one there goes on with them."""
    db = Database(f"sqlite:///{store / 'harvest.db'}")
    migrate(db, ())
    clock = FixedClock(START)
    journal = Journal(clock, b"k" * 32)
    work = WorkQueue(db, clock)
    told: list[KnownEntry] = []
    parts = HarvestParts(
        db, clock, journal, work, private_hosts, (lambda _tx, entry: told.append(entry),)
    )
    try:
        yield Shelf(db, clock, journal, work, Harvest(parts), told)
    finally:
        db.close()
