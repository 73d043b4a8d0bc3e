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
    UPSERT = "upsert"


@dataclass(frozen=True, slots=True)
class Change:
    """What a release does to its base.

    `replace` drops every row; `append` drops the rows of `periods`; `upsert` drops the rows whose
    key one of its files holds; `add` drops nothing.
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
    def upsert(cls) -> "Change":
        """Put the files in the place of rows with their keys; other rows stay."""
        return cls(ChangeKind.UPSERT)

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

    @property
    def looks_into_text(self) -> bool:
        """Say whether it looks for a part of a text, which no order of rows helps to find."""
        return self in (Op.CONTAINS, Op.STARTS)


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
    cursor: str = ""
    """Where a page begins or ends, as an earlier page said; then `offset` does not count."""


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows of one page and how many the query has in all.

    `next` and `previous` are the cursors of the pages beside it, None where there is none.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: int
    offset: int
    limit: int
    next: str | None = None
    previous: str | None = None


class Aggregate(StrEnum):
    """What is worked out over the rows of a group."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "avg"
    MINIMUM = "min"
    MAXIMUM = "max"


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate over a column; `count` without one counts rows, with one filled cells."""

    aggregate: Aggregate
    column: str | None = None

    @property
    def name(self) -> str:
        """Give the name of its column in the answer, as it is asked for: `sum:fee`."""
        return self.aggregate.value if self.column is None else f"{self.aggregate}:{self.column}"


GROUP_LIMIT = 10_000
"""Most groups of one answer."""


class Part(StrEnum):
    """What of a day or moment makes a group."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class GroupBy:
    """A column to group by, or a part of the days it holds."""

    column: str
    part: Part | None = None

    @property
    def name(self) -> str:
        """Give the name of its column in the answer, as it is asked for: `submitted:month`."""
        return self.column if self.part is None else f"{self.column}:{self.part}"


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """Groups of rows by `by`, with `measures` of each, of the rows that `query` leaves.

    `sort` names groupings or measures as they are called in the answer; without it groups are in
    the order of `by`.
    """

    query: Query
    by: tuple[GroupBy, ...]
    measures: tuple[Measure, ...]
    sort: tuple[Sort, ...] = ()
    offset: int = 0
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class Groups:
    """A page of groups: their columns (those grouped by, then the measures) and how many."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: int
    total_rows: int
    """Rows that the groups hold, over all pages."""
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


class Pace(StrEnum):
    """Whether an answer is found at once, or by looking through much of a table."""

    QUICK = "quick"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one question may use of the machine, and how many are answered at a time."""

    rows: int = 32_000
    bytes: int = 16 << 20
    seconds: float = 10.0
    memory_mb: int = 192
    threads: int = 2
    at_once: int = 2
    wait_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading and writing may use of the machine."""

    memory_mb: int = 256
    slow_memory_mb: int = 400
    """Memory of all readers together that look through whole tables."""
    quick_memory_mb: int = 192
    """Memory of the readers that give quick answers; slow ones cannot use it up."""
    threads: int = 2
    readers: int = 8
    slow_readers: int = 3
    """How many look through whole tables at once, apart from those who give quick answers."""
    waiting: int = 64
    slow_waiting: int = 16
    """How many wait for a reader before the next one is sent away at once."""
    read_seconds: float = 20.0
    wait_seconds: float = 10.0
    questions: Bounds = Bounds()
    cache_rows: int = 50_000
    """Least rows of a release that gets a serving cache; 0 for none ever."""


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
