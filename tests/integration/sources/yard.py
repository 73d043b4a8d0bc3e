"""A platform that pulls: the small pack of deliveries' tests, and short ways to add and pull."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.integration.deliveries.desk import APPROVER, OFFICER, OPERATOR, Desk
from tests.integration.deliveries.packing import Set, write_pack
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.db import Tx
from tinhdata.deliveries import Delivery, State
from tinhdata.kernel import JSON, FixedClock
from tinhdata.registry import WrongState
from tinhdata.settings import Settings
from tinhdata.sources import (
    Alarm,
    Outcome,
    Run,
    Secrets,
    Source,
    SourceParts,
    Sources,
    Spool,
)
from tinhdata.warehouse import Value
from tinhdata.work import WorkQueue, WorkState

LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class Yard(Desk):
    """A desk whose platform pulls from places of the test."""

    @property
    def sources(self) -> Sources:
        return self.platform.sources

    @property
    def spool(self) -> Spool:
        return Spool(self.store / "sources")

    def add(self, document: Mapping[str, JSON]) -> str:
        """Add a source and leave its rhythm alone: tests pull by hand."""
        source = self.sources.add(OPERATOR, {"schedule": {"every": 60}, **document})
        return source.id

    def secret(self, name: str, value: str) -> str:
        """Put a secret file into the store and give the reference to it."""
        path = self.store / "keys" / "sources" / name
        path.write_text(value, encoding="utf-8")
        path.chmod(0o600)
        return f"file:{name}"

    def register_text(self, text: str) -> None:
        """Put a contract into force that is given as YAML."""
        loaded = load_contract(text.encode(), "contract.yaml")
        registry = self.platform.registry
        with self.platform.db.transaction() as tx:
            registry.propose(tx, "pack", loaded)
            with suppress(WrongState):  # it says that no signature is needed
                registry.sign(tx, "dpo", loaded.hash)
            registry.approve(tx, "pack", loaded.hash)
            registry.activate(tx, "pack", loaded.hash)

    def registered(self, changed: Set) -> str:
        """Put another version of a contract into force that wants a second person as before."""
        return super().registered(replace(changed, second_person=True))

    def told_alarms(self) -> tuple["Yard", list[tuple[str, str, bool]]]:
        """Give the same platform with somebody who is told of alarms, and what he is told."""
        heard: list[tuple[str, str, bool]] = []

        def listen(_tx: Tx, source: Source, alarm: Alarm, begins: bool) -> None:
            heard.append((source.id, alarm.kind.value, begins))

        platform = self.platform
        work = WorkQueue(platform.db, self.clock)
        told = Sources(
            SourceParts(
                db=platform.db,
                clock=self.clock,
                journal=platform.journal,
                work=work,
                registry=platform.registry,
                deliveries=platform.deliveries,
                secrets=Secrets(self.store / "keys" / "sources", lambda _name: None),
                spool=self.spool,
                on_alarm=(listen,),
            )
        )
        return replace(self, platform=replace(platform, work=work, sources=told)), heard

    def pull(self, source: str) -> Run:
        """Pull now, let all work be done, waits included, and give the run."""
        work = self.sources.pull(OPERATOR, source)
        for _ in range(30):
            self.platform.work.run_until_idle("tests")
            if self.platform.work.status(work).is_finished:
                break
            self.clock.move(timedelta(minutes=6))
        run = self.sources.run_of(work)
        assert run is not None
        return run

    def state_of_work(self, source: str) -> WorkState:
        found = self.platform.work.latest("sources.pull", source)
        assert found is not None
        return found.state

    def brought(self, source: str) -> Delivery:
        """Pull and give the one delivery that came of it."""
        run = self.pull(source)
        assert run.outcome is Outcome.DELIVERED, run
        (delivery,) = run.deliveries
        return self.get(delivery)

    def accept(self, delivery: Delivery) -> Delivery:
        """Publish what a source delivered, as the owner's second person does."""
        assert delivery.state is State.CHECKED, (delivery.state, delivery.problem)
        return self.published(delivery, by=APPROVER)

    def pulled(self, source: str) -> Delivery:
        """Pull and publish."""
        return self.accept(self.brought(source))

    def keys(self, dataset: str, *columns: str) -> set[tuple[Value, ...]]:
        """Give columns of the current release; every row once."""
        rows = self.rows(dataset, *columns)
        assert len(rows) == len(set(rows))
        return set(rows)

    def later(self, **span: int) -> None:
        self.clock.move(timedelta(**span))


@contextmanager
def yard(
    folder: Path,
    *,
    folders: tuple[Path, ...] = (),
    private: frozenset[str] = LOOPBACK,
    size_mb: int = 64,
    database_url: str | None = None,
    second_person: bool = True,
) -> Iterator[Yard]:
    """Open a new platform below `folder` that may reach this machine.

    Its datasets want a second person for each release, unless `second_person` says otherwise.
    """
    clock = FixedClock(datetime.now(UTC))
    pack = folder / "pack"
    if not pack.exists():
        write_pack(pack, second_person=second_person)
    settings = Settings(
        store=folder / "kho",
        pack=pack,
        demo=True,
        upload_limit_mb=size_mb,
        source_private_hosts=private,
        source_folders=folders,
        database_url=database_url,
    )
    platform = open_platform(settings, clock)
    try:
        assert install_pack(platform).refused == ()
        yield Yard(platform, clock, folder / "kho")
    finally:
        platform.close()


__all__ = ["APPROVER", "LOOPBACK", "OFFICER", "OPERATOR", "Yard", "yard"]
