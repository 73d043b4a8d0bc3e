"""The nouns of quarantine: batches, items, their states, mends and decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from tinhdata.kernel import Text, t
from tinhdata.quality.model import Reason
from tinhdata.quality.places import FilePart, UnitPlace


class ItemKind(StrEnum):
    """What waits: a row with its cells, or a unit of the source that never became a row."""

    ROW = "row"
    UNIT = "unit"


class ItemState(StrEnum):
    """Where an item stands. An item without a decision is open; a decision is never changed."""

    OPEN = "open"
    CORRECTED = "corrected"
    WAIVED = "waived"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


STATE_NAMES: Mapping[ItemState, Text] = MappingProxyType(
    {
        ItemState.OPEN: t("waiting"),
        ItemState.CORRECTED: t("corrected"),
        ItemState.WAIVED: t("waived"),
        ItemState.RETURNED: t("returned"),
        ItemState.SUPERSEDED: t("superseded"),
    }
)
"""The states as a person reads them inside a sentence."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A quarantine file in its place, by its content; `path` is relative to the root."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one delivery left waiting, and where its rows went: the row of its equation."""

    delivery: str
    dataset: str
    contract_hash: str
    made: int
    released: int
    linked: int
    rows: int
    units: int
    file: KeptFile | None
    recorded_at: datetime | None = None
    parts: tuple[FilePart, ...] = ()
    """The sheets or files of the delivery, where it has several."""

    @property
    def items(self) -> int:
        """Say how many items wait or waited."""
        return self.rows + self.units


@dataclass(frozen=True, slots=True)
class QuarantineCounts:
    """How many items are in which state; their sum is everything ever held."""

    open: int = 0
    corrected: int = 0
    waived: int = 0
    returned: int = 0
    superseded: int = 0

    @property
    def total(self) -> int:
        """Give the sum of all states."""
        return self.open + self.corrected + self.waived + self.returned + self.superseded


@dataclass(frozen=True, slots=True)
class Mend:
    """A cell that a person changed; the latest mend of a cell is the one that counts."""

    item: int
    column: str
    old_value: str | None
    new_value: str | None
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CellMend:
    """A cell to be changed: what it shall say, None for empty."""

    item: int
    column: str
    new_value: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """How the waiting of an item ended; corrected and waived name the release with the row."""

    item: int
    state: ItemState
    actor: str
    at: datetime
    release: str | None = None
    successor: str | None = None
    """The delivery that holds or releases the same key, for a superseded item."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class QuarantinedItem:
    """An item as a reader may see it: cells as they came, mends beside them, filled reasons."""

    delivery: str
    item: int
    kind: ItemKind
    record: int | None
    first: int
    last: int
    cells: Mapping[str, str | None]
    raw: str | None
    reasons: tuple[Reason, ...]
    mends: Mapping[str, Mend] = field(default_factory=lambda: MappingProxyType({}))
    decision: Decision | None = None
    part: str | None = None
    """The sheet or file it came in, where the delivery has several."""
    part_starts: int = 1
    """The unit of the delivery with which that part begins."""

    @property
    def state(self) -> ItemState:
        """Give the state: that of the decision, open without one."""
        return self.decision.state if self.decision else ItemState.OPEN

    @property
    def place(self) -> UnitPlace:
        """Say where a person finds it: its lines counted within its part."""
        before = self.part_starts - 1
        return UnitPlace(self.first - before, self.last - before, self.part)

    @property
    def bad_columns(self) -> frozenset[str]:
        """Give the columns that reasons name."""
        return frozenset(column for reason in self.reasons for column in reason.columns)

    def current(self, column: str) -> str | None:
        """Give what a cell says now: its mend, or else what came."""
        mend = self.mends.get(column)
        return mend.new_value if mend else self.cells.get(column)


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items: all conditions that are given must hold. An empty `states` means any."""

    states: frozenset[ItemState] = frozenset()
    rule: str | None = None
    column: str | None = None
    kind: ItemKind | None = None
    items: frozenset[int] | None = None
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RuleShare:
    """How many items wait or waited because of a rule or reading code."""

    rule: str
    items: int


@dataclass(frozen=True, slots=True)
class Corrections:
    """Mended rows ready for a check; `items` says which item each record number belongs to."""

    path: Path
    items: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class MendedWorkbook:
    """What came back in a workbook: whose items, and the cells that were changed."""

    delivery: str
    mends: tuple[CellMend, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Superseded:
    """An open item whose key came again in a later delivery."""

    delivery: str
    item: int


@dataclass(frozen=True, slots=True)
class Fault:
    """An equation of quarantine that does not hold, for `doctor`."""

    delivery: str
    text: Text
