"""A platform over the small pack, the people who work with it, and the accounts of all it holds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.integration.deliveries.packing import CASES, CODES, Set, contract_text, write_pack
from tinhdata.access import Action, Actor, ActorKind, Role, system_permit
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.deliveries import Deliveries, Delivery, Hooks, Kind, Parts, Staging, State
from tinhdata.deliveries.rules import NEXT, check_change, check_rows, check_units
from tinhdata.kernel import FixedClock, new_id
from tinhdata.quality import CellMend, ItemQuery, ItemState, QuarantineCounts, QuarantinedItem
from tinhdata.settings import Settings
from tinhdata.warehouse import Query, Release, ReleaseState, Sort, Value
from tinhdata.work import WorkQueue


def actor(name: str, agency: str | None, *roles: Role) -> Actor:
    return Actor(new_id("per"), name, ActorKind.PERSON, frozenset(roles), agency)


OFFICER = actor("canbo", "T01", Role.OFFICER)
COLLEAGUE = actor("dongnghiep", "T01", Role.OFFICER)
APPROVER = actor("nguoiduyet", "T01", Role.APPROVER)
BOTH = actor("kiemnhiem", "T01", Role.OFFICER, Role.APPROVER)
STRANGER = actor("noikhac", "T02", Role.OFFICER)
OPERATOR = actor("vanhanh", None, Role.OPERATOR)
ALL_ITEMS = ItemQuery(limit=10_000)
OPEN_ITEMS = ItemQuery(states=frozenset({ItemState.OPEN}), limit=10_000)

HEADER = "Mã hồ sơ,Người nộp,Khu vực,Ngày nộp,Số tiền"
"""The header of a file of cases."""
GOOD = (
    "HS001,Người một,A,05/01/2026,1000",
    "HS002,Người hai,B,06/01/2026,2000",
    "HS003,Người ba,A,07/01/2026,3000",
)
BAD_DAY = "HS004,Người bốn,B,31/02/2026,4000"
BAD_CODE = "HS005,Người năm,Z,08/01/2026,5000"
TOO_MUCH = "HS006,Người sáu,A,09/01/2026,9000000"
"""Fails only a rule that an approver may waive."""


@dataclass(frozen=True)
class Desk:
    """A platform and short ways to do what a person does."""

    platform: Platform
    clock: FixedClock
    store: Path

    @property
    def deliveries(self) -> Deliveries:
        return self.platform.deliveries

    def send(
        self,
        dataset: str,
        *lines: str,
        by: Actor = OFFICER,
        name: str = "tep.csv",
    ) -> Delivery:
        """Deliver lines of text and have them checked."""
        return self.send_bytes(dataset, ("\n".join(lines) + "\n").encode(), by=by, name=name)

    def send_bytes(
        self, dataset: str, data: bytes, *, by: Actor = OFFICER, name: str = "tep.csv"
    ) -> Delivery:
        received = self.deliveries.receive(by, dataset, [data], name)
        return self.settled(received.delivery.id)

    def cases(self, *lines: str, by: Actor = OFFICER) -> Delivery:
        return self.send(CASES, HEADER, *lines, by=by)

    def settled(self, delivery: str) -> Delivery:
        """Have all work done that is due and give the delivery as it stands then."""
        self.platform.work.run_until_idle("tests")
        return self.get(delivery)

    def get(self, delivery: str) -> Delivery:
        return self.deliveries.get(OPERATOR, delivery)

    def published(self, delivery: Delivery, by: Actor = APPROVER, reason: str = "") -> Delivery:
        """Publish as the second person and have it done."""
        self.deliveries.publish(by, delivery.id, reason)
        return self.settled(delivery.id)

    def codes(self) -> Delivery:
        """Publish the areas that cases refer to."""
        return self.published(self.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A", "B,Khu B"))

    def items(
        self, delivery: Delivery, query: ItemQuery = ALL_ITEMS, by: Actor = OFFICER
    ) -> tuple[QuarantinedItem, ...]:
        return self.deliveries.items(by, delivery.id, query).items

    def open_items(self, delivery: Delivery) -> list[int]:
        return [item.item for item in self.items(delivery, OPEN_ITEMS)]

    def states(self, delivery: Delivery) -> dict[int, ItemState]:
        return {item.item: item.state for item in self.items(delivery)}

    def item_at(self, delivery: Delivery, line: int) -> int:
        """Give the number of the item that stands on `line` of the file."""
        (found,) = [item.item for item in self.items(delivery) if item.first == line]
        return found

    def mend(
        self, delivery: Delivery, item: int, column: str, value: str | None, by: Actor = OFFICER
    ) -> int:
        return self.deliveries.mend(by, delivery.id, [CellMend(item, column, value)])

    def current(self, dataset: str) -> Release:
        release = self.platform.warehouse.current(dataset)
        assert release is not None
        return release

    def numbers(self, dataset: str) -> dict[int, ReleaseState]:
        return {r.number: r.state for r in self.platform.warehouse.releases(dataset)}

    def rows(
        self, dataset: str, *columns: str, release: str | None = None
    ) -> list[tuple[Value, ...]]:
        """Read columns of a release (the current one) in the order of its key."""
        found = self.current(dataset) if release is None else self.platform.warehouse.get(release)
        permit = system_permit(Action.READ_ROWS, dataset, "test")
        query = Query(
            columns=columns or None,
            sort=tuple(Sort(name) for name in found.shape.key),
            limit=10_000,
        )
        rows: list[tuple[Value, ...]] = []
        while True:
            asked = replace(query, offset=len(rows))
            page = self.platform.warehouse.read(permit, found.id, asked).rows
            rows += page
            if len(page) < query.limit:
                return rows

    def registered(self, changed: Set) -> str:
        """Put another version of a contract into force; give its hash."""
        loaded = load_contract(contract_text(changed).encode(), "contract.yaml")
        registry = self.platform.registry
        with self.platform.db.transaction() as tx:
            registry.propose(tx, "pack", loaded)
            registry.approve(tx, "pack", loaded.hash)
            registry.activate(tx, "pack", loaded.hash)
        return loaded.hash

    def tried_out(self) -> None:
        """Have work that fails tried as often as it is tried at all."""
        for _ in range(10):
            self.platform.work.run_until_idle("tests")
            self.clock.move(timedelta(minutes=6))

    def hooked(self, hooks: Hooks) -> "Desk":
        """Give the same platform with `hooks` of others, and a work queue that knows them."""
        platform = self.platform
        work = WorkQueue(platform.db, self.clock)
        parts = Parts(
            db=platform.db,
            clock=self.clock,
            journal=platform.journal,
            work=work,
            landing=platform.landing,
            registry=platform.registry,
            warehouse=platform.warehouse,
            quarantine=platform.quarantine,
            staging=Staging(self.store / "staging"),
            hooks=hooks,
        )
        deliveries = Deliveries(parts)
        return replace(self, platform=replace(platform, work=work, deliveries=deliveries))

    def journal_kinds(self) -> list[str]:
        with self.platform.db.read() as tx:
            return [entry.kind for entry in self.platform.journal.read(tx, 0, 10_000)]

    def assert_accounts(self) -> None:
        """Hold every equation of DESIGN.md section 2 against what the platform has stored."""
        every = self.deliveries.page(OPERATOR, limit=10_000).items
        for delivery in every:
            self._assert_delivery(delivery)
        datasets = {delivery.dataset for delivery in every}
        for dataset in datasets:
            self._assert_dataset(dataset, [d for d in every if d.dataset == dataset])

    def _assert_delivery(self, delivery: Delivery) -> None:
        rows = delivery.rows
        assert rows.made == rows.released + rows.quarantined + rows.linked + rows.waiting
        if delivery.change is not None:
            check_change(delivery.change)
        states = [step.state for step in self.deliveries.history(OPERATOR, delivery.id)]
        for earlier, later in pairwise(states):
            # Taking up a check is no step of its own, and returning rows is one without a move.
            ways = NEXT[earlier] | {earlier}
            if earlier is State.RECEIVED:
                ways |= NEXT[State.CHECKING]
            assert later in ways, (earlier, later)
        assert states[-1] is delivery.state or delivery.state is State.CHECKING
        if delivery.kind is Kind.DELIVERY and delivery.report is not None:
            assert delivery.units is not None
            check_units(delivery.units)
            units = delivery.units
            check_rows(rows, units.records, units.spread, units.empty)
            self._assert_items(delivery)
        if delivery.state in (State.RELEASED, State.UNCHANGED):
            assert rows.waiting == 0
            assert delivery.release is not None

    def _assert_items(self, delivery: Delivery) -> None:
        assert delivery.units is not None
        quarantine = self.platform.quarantine
        counts = quarantine.counts(delivery=delivery.id)
        assert counts.total == delivery.rows.quarantined + delivery.units.rejected
        assert quarantine.faults(delivery.id) == ()
        permit = system_permit(Action.READ_QUARANTINE, delivery.dataset, "test")
        contract = self.platform.registry.by_hash(delivery.contract_hash).contract
        page = quarantine.items(permit, contract, delivery.id, ALL_ITEMS)
        assert len(page.items) == counts.total
        releases = {r.id: r for r in self.platform.warehouse.releases(delivery.dataset)}
        for item in page.items:
            if item.state in (ItemState.CORRECTED, ItemState.WAIVED):
                assert item.decision is not None
                assert item.decision.release in releases

    def _assert_dataset(self, dataset: str, deliveries: Sequence[Delivery]) -> None:
        releases = self.platform.warehouse.releases(dataset)
        for release in releases:
            counts = release.counts
            assert release.rows == counts.base + counts.inserted - counts.deleted
            assert counts.base == counts.deleted + counts.updated + counts.unchanged
            named = [d for d in deliveries if d.release == release.id]
            # One made it; others may have brought the same rows later.
            assert min(d.id for d in named) == release.delivery_id
            assert all(d.rows.waiting == 0 for d in named)
            if release.state is not ReleaseState.WITHDRAWN:
                assert len(self.rows(dataset, release=release.id)) == release.rows
        current = [r for r in releases if r.state is ReleaseState.CURRENT]
        assert len(current) == (1 if any(r.withdrawal is None for r in releases) else 0)
        total = sum_of(
            [self.platform.quarantine.counts(delivery=d.id) for d in deliveries if d.report]
        )
        assert self.platform.quarantine.counts(dataset=dataset) == total


def sum_of(counts: Sequence[QuarantineCounts]) -> QuarantineCounts:
    return QuarantineCounts(
        open=sum(each.open for each in counts),
        corrected=sum(each.corrected for each in counts),
        waived=sum(each.waived for each in counts),
        returned=sum(each.returned for each in counts),
        superseded=sum(each.superseded for each in counts),
    )


@contextmanager
def desk(
    folder: Path, database_url: str | None = None, catalog_url: str | None = None
) -> Iterator[Desk]:
    """Open a new platform below `folder`; the databases are SQLite unless they are given."""
    clock = FixedClock(datetime.now(UTC))
    pack = folder / "pack"
    if not pack.exists():
        write_pack(pack)
    settings = Settings(
        store=folder / "kho",
        pack=pack,
        demo=True,
        upload_limit_mb=2,
        database_url=database_url,
        catalog_url=catalog_url,
    )
    platform = open_platform(settings, clock)
    try:
        assert install_pack(platform).refused == ()
        yield Desk(platform, clock, folder / "kho")
    finally:
        platform.close()
