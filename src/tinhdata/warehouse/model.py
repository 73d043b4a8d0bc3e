"""The nouns of the warehouse: changes, releases, queries and what they give back."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from tinhdata.contracts.model import PeriodUnit, TableColumn

Value: TypeAlias = "bool | int | float | Decimal | str | date | datetime | None"
"""A cell as Python sees it."""

PAGE_LIMIT = 10_000
"""Most rows of one page; larger answers are streamed."""


class ChangeKind(StrEnum):
    """How a delivery changes its table."""

    REPLACE = "replace"
    APPEND = "append"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Change:
    """What a release does to its base.

    `replace` drops every row; `append` drops the rows of `periods`; `add` drops nothing.
    """

    kind: ChangeKind
    periods: frozenset[str] = frozenset()

    @classmethod
    def replace(cls) -> "Change":
        """Make the files the whole table."""
        return cls(ChangeKind.REPLACE)

    @classmethod
    def append(cls, periods: frozenset[str]) -> "Change":
        """Make the files all there is of `periods`; other periods stay."""
        return cls(ChangeKind.APPEND, periods)

    @classmethod
    def add(cls) -> "Change":
        """Put the files on top of what there is."""
        return cls(ChangeKind.ADD)


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A finished Parquet file with field ids, its rows and, in period datasets, its one period."""

    path: Path
    rows: int
    period: str | None = None


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the table. `period_by` says by which field and unit `period` was formed."""

    name: str
    sha256: str
    size: int
    rows: int
    period: str | None = None
    period_by: str | None = None


@dataclass(frozen=True, slots=True)
class TableShape:
    """What reading and comparing a release needs: columns with field ids, key, period."""

    columns: tuple[TableColumn, ...]
    key: tuple[str, ...]
    period: str | None = None
    unit: PeriodUnit = PeriodUnit.VALUE

    @property
    def period_by(self) -> str | None:
        """Name the period's field and unit, the same over renames of the column."""
        for column in self.columns:
            if column.name == self.period:
                return f"{column.field_id}/{self.unit.value}"
        return None

    def column(self, name: str) -> TableColumn:
        """Give the column called `name`; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Committed:
    """A snapshot that holds a change, not yet a release. `files` are those it brings."""

    dataset: str
    base: str | None
    snapshot_id: int
    rows: int
    files: tuple[DataFile, ...]
    content_hash: str
    shape: TableShape


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Rows by key: rows == base + inserted - deleted, base == deleted + updated + unchanged."""

    base: int
    inserted: int
    deleted: int
    updated: int
    unchanged: int
    rows: int


@dataclass(frozen=True, slots=True)
class Migration:
    """How many columns of a table changed from one release to the next; a new type is no rename."""

    added: int
    dropped: int
    renamed: int
    retyped: int


class ReleaseKind(StrEnum):
    """Whether a delivery or a correction of quarantined rows made the release."""

    DELIVERY = "delivery"
    CORRECTION = "correction"


class ReleaseState(StrEnum):
    """Where a release stands: one per dataset is current."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What the deliveries hand over to be recorded in their transaction."""

    committed: Committed
    contract_hash: str
    delivery_id: str
    counts: ChangeCounts
    published_by: str
    kind: ReleaseKind = ReleaseKind.DELIVERY


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a release is served no more; shown on its tombstone."""

    at: datetime
    by: str
    reason: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Release:
    """An immutable version of a dataset's table. `files` are those it brought."""

    id: str
    dataset: str
    number: int
    kind: ReleaseKind
    state: ReleaseState
    contract_hash: str
    delivery_id: str
    snapshot_id: int
    base_id: str | None
    rows: int
    counts: ChangeCounts
    content_hash: str
    shape: TableShape
    published_at: datetime
    published_by: str
    files: tuple[DataFile, ...]
    withdrawal: Withdrawal | None = None


class Op(StrEnum):
    """How a filter compares. Text operators fold: case and diacritics do not matter."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS = "starts"
    EMPTY = "empty"
    NOT_EMPTY = "not-empty"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on one column; values as text in ISO form, typed by the column when read."""

    column: str
    op: Op
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sort:
    """A column to sort by."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows and columns of a release; `columns` None means all of the contract's.

    Every word of `search` must occur, folded, in some text column but for those `unsearched`.
    """

    columns: tuple[str, ...] | None = None
    filters: tuple[Filter, ...] = ()
    search: str = ""
    unsearched: tuple[str, ...] = ()
    sort: tuple[Sort, ...] = ()
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows of one page and how many the query has in all."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: int
    offset: int
    limit: int


class RowChangeKind(StrEnum):
    """What happened to a key between two releases."""

    INSERTED = "inserted"
    DELETED = "deleted"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One column of a changed row: its value before and after."""

    column: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that differs. Updated rows list the changed cells, others all that are not empty."""

    kind: RowChangeKind
    key: tuple[Value, ...]
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A page of the rows that differ between two states of a table, and the counts of all."""

    key: tuple[str, ...]
    counts: ChangeCounts
    rows: tuple[RowChange, ...]
    total: int
    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many rows hold `value`, or lie in [value, end) where it is a bin of a histogram."""

    value: Value
    rows: int
    end: Value = None


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What a column of a release holds. `distinct` is an estimate (HyperLogLog)."""

    column: TableColumn
    rows: int
    empty: int
    distinct: int
    minimum: Value
    maximum: Value
    top: tuple[Share, ...]
    histogram: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading and writing may use of the machine."""

    memory_mb: int = 256
    threads: int = 2
    readers: int = 8
    read_seconds: float = 20.0
    wait_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed."""

    snapshots: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that a release names and that is missing or altered."""

    release_id: str
    file: str
    what: str
