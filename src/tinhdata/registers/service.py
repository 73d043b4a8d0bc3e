"""The verbs of registers: which there are, what stands in them today, whom to ask."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tinhdata.access import ANONYMOUS, Action, Permit, Resource, decide
from tinhdata.catalogue import Catalogue, DatabaseEntry, DatabaseKind, DatasetRecord, freshness
from tinhdata.contracts import AS_DECIDED, AccessLevel, Bilingual, Contract
from tinhdata.kernel import Clock
from tinhdata.kernel.clock import local_day
from tinhdata.registers import rules, store
from tinhdata.registers.errors import RegisterUnknown, TermsUnknown
from tinhdata.registers.model import (
    ContactPoint,
    Cycle,
    DatabaseItem,
    DatasetItem,
    Due,
    Edition,
    Facts,
    Item,
    Kept,
    Law,
    Method,
    PlanItem,
    Register,
    RegisterName,
    ServiceItem,
    Table,
    Terms,
    Wanted,
)
from tinhdata.registry import RegisteredContract, Registry
from tinhdata.vietnam import OutsideWorkCalendar, WorkCalendar
from tinhdata.warehouse import Warehouse

_PURPOSE = "the published registers"
_SOME_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_NO_TEXT = Bilingual("")
_NOTHING_KEPT = Kept(_NO_TEXT, ())


@dataclass(frozen=True, slots=True)
class Shelves:
    """What the registers are computed from."""

    catalogue: Catalogue
    registry: Registry
    warehouse: Warehouse
    calendar: WorkCalendar


class Registers:
    """The registers that the province publishes, as they stand today.

    Everyone sees the same: entries are those that anyone may know of.
    """

    def __init__(self, facts: Facts, shelves: Shelves, clock: Clock) -> None:
        self._facts = facts
        self._shelves = shelves
        self._clock = clock
        self._rows: dict[tuple[str, str], tuple[store.Row, ...]] = {}

    def all(self) -> tuple[Register, ...]:
        """Give every register that is published, in their usual order."""
        known = self._facts.registers
        return tuple(known[name] for name in RegisterName if name in known)

    def register(self, name: str) -> Register:
        """Give the register called `name`; raises RegisterUnknown."""
        if name not in set(RegisterName) or RegisterName(name) not in self._facts.registers:
            raise RegisterUnknown(name)
        return self._facts.registers[RegisterName(name)]

    def items(self, name: RegisterName, wanted: Wanted) -> tuple[Item, ...]:
        """Give the entries of a register that are wanted."""
        found: Iterable[Item]
        match name:
            case RegisterName.SHARED_DATABASES:
                found = self._databases(DatabaseKind.SHARED)
            case RegisterName.SECTORAL_DATABASES:
                found = self._databases(DatabaseKind.SECTORAL)
            case RegisterName.DATASETS:
                found = self._datasets()
            case RegisterName.SERVICES:
                found = (*self._own_services(), *self._declared_services())
            case RegisterName.OPEN_DATA_PLAN:
                found = self._plan()
        return tuple(item for item in found if rules.meets(item, wanted))

    def edition(self, register: Register) -> Edition | None:
        """Give the edition of a register that is in force today; None before the first."""
        return rules.edition_on(register, self._today)

    def review(self, register: Register) -> Due:
        """Say when a register is to be reviewed, and how late that is."""
        return rules.review_of(register, self._facts.reviewed_every, self._today)

    @property
    def review_rule(self) -> Cycle | None:
        """Give how often registers are reviewed today, and by which rule."""
        return rules.cycle_on(self._facts.reviewed_every, self._today)

    @property
    def update_rule(self) -> Cycle | None:
        """Give how often published open data is updated at least, and by which rule."""
        return rules.cycle_on(self._facts.updated_every, self._today)

    def law(self, urn: str) -> Law | None:
        """Give the legal text called `urn`, where it may be named today."""
        found = self._facts.laws.get(urn)
        return found if found is not None and found.holds_on(self._today) else None

    def contact(self, agency: str) -> ContactPoint | None:
        """Give whom to ask about the data of an agency; None where nobody is named."""
        return self._facts.contacts.get(agency)

    # -- the terms of use

    def terms(self) -> tuple[Terms, ...]:
        """Give every edition of the terms of use, the newest first."""
        return self._facts.terms

    def terms_in_force(self) -> Terms:
        """Give the edition that is in force today; raises TermsUnknown where there is none."""
        today = self._today
        for edition in self._facts.terms:
            if edition.valid_from <= today:
                return edition
        raise TermsUnknown("")

    def terms_of(self, version: str) -> Terms:
        """Give the edition with this number; raises TermsUnknown."""
        for edition in self._facts.terms:
            if edition.version == version:
                return edition
        raise TermsUnknown(version)

    @property
    def _today(self) -> date:
        return local_day(self._clock.now())

    # -- databases and datasets

    def _known(self) -> Iterator[tuple[DatasetRecord, RegisteredContract]]:
        by_hash = {each.hash: each for each in self._shelves.registry.all_active()}
        for record in self._shelves.catalogue.records(ANONYMOUS):
            if registered := by_hash.get(record.contract_hash):
                yield record, registered

    def _databases(self, kind: DatabaseKind) -> Iterator[DatabaseItem]:
        holds: dict[str, list[tuple[DatasetRecord, Contract]]] = {}
        for record, registered in self._known():
            if record.database is not None:
                holds.setdefault(record.database, []).append((record, registered.contract))
        for entry in self._shelves.catalogue.databases():
            if entry.kind is kind:
                yield self._database(entry, holds.get(entry.id, []))

    def _database(
        self, entry: DatabaseEntry, own: list[tuple[DatasetRecord, Contract]]
    ) -> DatabaseItem:
        kept = self._facts.databases.get(entry.id, _NOTHING_KEPT)
        days = [local_day(record.up_to) for record, _ in own if record.up_to]
        cycles = {c.update_cycle for _, c in own if c.update_cycle}
        return DatabaseItem(
            id=entry.id,
            name=entry.name,
            agency=entry.agency,
            purpose=entry.purpose,
            collection=kept.collection,
            legal_basis=self._laws((urn, "") for urn in kept.legal_basis),
            sectors=tuple(sorted({c.sector for _, c in own})),
            layers=tuple(sorted({c.data_layer for _, c in own})),
            cycles=tuple(sorted(cycles, key=_days_of)),
            datasets=len(own),
            released=sum(record.release is not None for record, _ in own),
            rows=sum(record.release.rows for record, _ in own if record.release),
            late=sum(self._due(record).is_late for record, _ in own),
            updated=max(days, default=None),
            simulated=any(c.simulated for _, c in own),
        )

    def _datasets(self) -> Iterator[DatasetItem]:
        for record, registered in self._known():
            contract, release = registered.contract, record.release
            yield DatasetItem(
                id=contract.id,
                name=contract.name,
                agency=contract.agency,
                contact=contract.contact,
                database=contract.database,
                sector=contract.sector,
                layer=contract.data_layer,
                access=contract.access_level,
                importance=contract.importance,
                cycle=contract.update_cycle,
                legal_basis=self._laws((each.url, each.title) for each in contract.legal_basis),
                licence=contract.licence,
                contract=contract.version,
                approved=local_day(registered.approved_at) if registered.approved_at else None,
                approved_automatically=registered.is_approved_automatically,
                release=release.number if release else None,
                rows=release.rows if release else None,
                updated=local_day(record.up_to) if record.up_to else None,
                due=self._due(record),
                limit=self._limit(record, contract),
                simulated=contract.simulated,
            )

    def _due(self, record: DatasetRecord) -> Due:
        found = freshness(record.up_to, record.update_cycle, self._today)
        return Due(found.due, found.days_late)

    def _limit(self, record: DatasetRecord, contract: Contract) -> Due:
        """Measure published open data by the general limit; lists change when decided only."""
        is_free = contract.access_level is not AccessLevel.OPEN or contract.data_layer in AS_DECIDED
        if is_free or record.up_to is None:
            return rules.NOT_DUE
        return rules.due_again(local_day(record.up_to), self.update_rule, self._today)

    def _laws(self, named: Iterable[tuple[str, str]]) -> tuple[Law, ...]:
        """Give the texts that hold today; what the pack does not know keeps its own title."""
        found = []
        for urn, title in named:
            law = self._facts.laws.get(urn) or (Law(urn, title) if title else None)
            if law is not None and law.holds_on(self._today):
                found.append(law)
        return tuple(found)

    # -- services

    def _own_services(self) -> Iterator[ServiceItem]:
        """Give the service by which this platform shares each dataset: it is there by contract."""
        for record, registered in self._known():
            contract = registered.contract
            is_open = contract.access_level is AccessLevel.OPEN
            published = local_day(record.registered_at) if record.registered_at else None
            yield ServiceItem(
                id=contract.id,
                name=contract.name,
                agency=contract.agency,
                origin=None,
                dataset=contract.id,
                database=contract.database,
                access=contract.access_level,
                methods=(Method.ONLINE, Method.PACKAGE) if is_open else (Method.ONLINE,),
                address=f"/api/v1/datasets/{contract.id}/rows",
                structure=f"/api/v1/datasets/{contract.id}/contract.yaml",
                has_terms=contract.licence is not None,
                has_documents=True,
                ready=published,
                published=published,
                publication=Due(published),
                is_serving=record.release is not None,
                simulated=contract.simulated,
            )

    def _declared_services(self) -> Iterator[ServiceItem]:
        for row, is_simulated in self._kept(self._facts.services):
            ready, published = store.day(row, "ready"), store.day(row, "published")
            yield ServiceItem(
                id=store.text(row, "id"),
                name=Bilingual(store.text(row, "name")),
                agency=store.text(row, "agency"),
                origin=self._facts.services.dataset if self._facts.services else None,
                dataset=None,
                database=store.text(row, "database") or None,
                access=None,
                methods=(Method.ONLINE,),
                address=None,
                structure=None,
                has_terms=store.flag(row, "terms"),
                has_documents=store.flag(row, "documents"),
                ready=ready,
                published=published,
                publication=self._publication(ready, published),
                is_serving=published is not None and published <= self._today,
                simulated=is_simulated,
            )

    def _publication(self, ready: date | None, published: date | None) -> Due:
        """Measure a publication by the working days that it may take."""
        if ready is None:
            return rules.NOT_DUE
        try:
            last = self._shelves.calendar.add(ready, self._facts.published_within)
        except OutsideWorkCalendar:
            return rules.NOT_DUE
        return rules.publication_of(last, published, self._today)

    # -- the plan

    def _plan(self) -> Iterator[PlanItem]:
        today = self._today
        for row, is_simulated in self._kept(self._facts.plan):
            planned, published = store.day(row, "planned"), store.day(row, "published")
            updated, months = store.day(row, "updated"), store.whole(row, "months")
            again = rules.months_after(updated, months) if updated and months else None
            yield PlanItem(
                id=store.text(row, "id"),
                name=store.text(row, "name"),
                agency=store.text(row, "agency"),
                planned=planned,
                published=published,
                updated=updated,
                months=months,
                publication=rules.publication_of(planned, published, today),
                update=rules.due_by(again, today),
                simulated=is_simulated,
            )

    # -- rows that are entries

    def _kept(self, table: Table | None) -> Iterator[tuple[store.Row, bool]]:
        """Give the rows of a dataset that holds entries, where anyone may read it."""
        release = self._shelves.warehouse.current(table.dataset) if table else None
        if table is None or release is None:
            return
        contract = self._shelves.registry.active(table.dataset).contract
        permit = decide(ANONYMOUS, Action.READ_ROWS, Resource.of(contract), _PURPOSE)
        if not isinstance(permit, Permit):
            return
        columns = set(table.columns.values())
        if permit.columns is not None and not columns <= set(permit.columns):
            return
        key = (table.dataset, release.id)
        if key not in self._rows:
            self._rows = {k: v for k, v in self._rows.items() if k[0] != table.dataset}
            self._rows[key] = tuple(store.rows(self._shelves.warehouse, permit, release, table))
        for row in self._rows[key]:
            yield row, contract.simulated


def _days_of(cycle: str) -> tuple[int, str]:
    """Give what sorts cycles by their length: how far a day is moved by each."""
    due = freshness(_SOME_DAY, cycle, _SOME_DAY.date()).due
    return (due - _SOME_DAY.date()).days if due else 0, cycle
