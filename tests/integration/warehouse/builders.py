"""A small dataset, its staged files and a warehouse in a temporary folder."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import duckdb

from tinhdata.access import Action, Permit, system_permit
from tinhdata.contracts import (
    AccessLevel,
    Bilingual,
    Column,
    Contract,
    DeliveryMode,
    Importance,
    LogicalType,
    Period,
    PeriodUnit,
    TableSpec,
)
from tinhdata.db import Database, migrate
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock, new_id, quote_identifier, quote_literal
from tinhdata.warehouse import (
    Change,
    Committed,
    Limits,
    NewRelease,
    Query,
    Release,
    ReleaseKind,
    Sort,
    StagedFile,
    Value,
    Warehouse,
)

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CONTRACT_HASH = "a" * 64
Row = tuple[Value, ...]


def column(
    name: str, kind: LogicalType = LogicalType.STRING, *, id_: str = "", decimals: int | None = None
) -> Column:
    return Column(id_ or f"c-{name}", name, Bilingual(name), kind, decimals=decimals)


CODE = column("code")
NAME = column("name")
AMOUNT = column("amount", LogicalType.NUMBER, decimals=2)
DAY = column("day", LogicalType.DATE)
COUNT = column("count", LogicalType.INTEGER)


def contract(
    *columns: Column,
    key: tuple[str, ...] = ("code",),
    period: Period | None = None,
    dataset: str = "bo-du-lieu-thu",
) -> Contract:
    return Contract(
        id=dataset,
        version="1.0.0",
        name=Bilingual("Bộ dữ liệu thử"),
        description=Bilingual("Để thử"),
        sector="thu",
        agency="T01",
        table="thu",
        columns=columns or (CODE, NAME, AMOUNT, DAY),
        key=key,
        access_level=AccessLevel.OPEN,
        importance=Importance.ORDINARY,
        data_layer="shared",
        legal_basis=(),
        mode=DeliveryMode.APPEND if period else DeliveryMode.REPLACE,
        period=period,
    )


BY_DAY = Period("day", PeriodUnit.DAY)
DAILY = contract(CODE, DAY, COUNT, key=("code", "day"), period=BY_DAY)


@dataclass
class Desk:
    """A warehouse with what the deliveries would do around it."""

    warehouse: Warehouse
    db: Database
    journal: Journal
    clock: FixedClock
    folder: Path
    hash_of_next: str = CONTRACT_HASH
    """The contract's hash that the next release names."""

    @property
    def warehouse_folder(self) -> Path:
        return self.folder.parent / "kho dữ liệu"

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def stage(
        self, contract: Contract, rows: Sequence[Row], period: str | None = None
    ) -> StagedFile:
        return stage(self.folder, self.warehouse.spec(contract), rows, period)

    def commit(self, contract: Contract, change: Change, files: Sequence[StagedFile]) -> Committed:
        base = self.warehouse.current(contract.id)
        with self.warehouse.lock(contract.id):
            return self.warehouse.commit(contract, base, change, files)

    def publish(
        self,
        contract: Contract,
        change: Change,
        files: Sequence[StagedFile],
        kind: ReleaseKind = ReleaseKind.DELIVERY,
    ) -> Release:
        base = self.warehouse.current(contract.id)
        counts = self.warehouse.preview(contract, base, change, files)
        with self.warehouse.lock(contract.id):
            made = self.warehouse.commit(contract, base, change, files)
            with self.db.transaction() as tx:
                new = NewRelease(
                    made, self.hash_of_next, new_id("dlv"), counts, "system:worker", kind
                )
                return self.warehouse.record(tx, new)

    def replace(self, contract: Contract, *rows: Row) -> Release:
        return self.publish(contract, Change.replace(), [self.stage(contract, rows)])

    def append(self, contract: Contract, period: str, *rows: Row) -> Release:
        files = [self.stage(contract, rows, period)]
        return self.publish(contract, Change.append(frozenset({period})), files)

    def withdraw(self, release: Release) -> Release | None:
        with self.db.transaction() as tx:
            return self.warehouse.withdraw(tx, release.id, "per_x", "Nhầm tệp", "Điều 5")

    def rows(self, release: Release, query: Query | None = None) -> list[Row]:
        query = query or Query(sort=tuple(Sort(name) for name in release.shape.key))
        return list(self.warehouse.read(permit(release.dataset), release.id, query).rows)


def permit(dataset: str, action: Action = Action.READ_ROWS) -> Permit:
    return system_permit(action, dataset, "test")


_numbers = count(1)


def stage(
    folder: Path, spec: TableSpec, rows: Sequence[Row], period: str | None = None
) -> StagedFile:
    """Write rows as quality does: system columns first, field ids, zstd."""
    path = folder / f"staged-{next(_numbers)}-{new_id('stg')}.parquet"
    names = ", ".join(quote_identifier(c.name) for c in spec.columns)
    types = ", ".join(f"{quote_identifier(c.name)} {c.sql_type}" for c in spec.columns)
    ids = ", ".join(f"{quote_identifier(c.name)}: {c.field_id}" for c in spec.columns)
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(f"CREATE TABLE staged ({types})")
        marks = ", ".join("?" * len(spec.columns))
        for number, row in enumerate(rows, 1):
            connection.execute(
                f"INSERT INTO staged VALUES ({marks})", ["dlv_x", number, None, *row]
            )
        connection.execute(
            f"COPY (SELECT {names} FROM staged) TO {quote_literal(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, FIELD_IDS {{{ids}}})"
        )
    return StagedFile(path, len(rows), period)


@contextlib.contextmanager
def desk(folder: Path, url: str | None = None, limits: Limits | None = None) -> Iterator[Desk]:
    db = Database(url or f"sqlite:///{folder / 'metadata.db'}")
    clock = FixedClock(START)
    journal = Journal(clock, b"k" * 32)
    warehouse = Warehouse(
        folder / "kho dữ liệu",
        url or f"sqlite:///{folder / 'iceberg.db'}",
        db,
        journal,
        clock,
        limits,
        b"t" * 32,
    )
    migrate(db, ())
    staging = folder / "staging"
    staging.mkdir(exist_ok=True)
    try:
        yield Desk(warehouse, db, journal, clock, staging)
    finally:
        warehouse.close()
        db.close()
