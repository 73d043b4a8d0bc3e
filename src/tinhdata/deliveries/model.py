"""The nouns of a delivery's life."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from tinhdata.intake import Passed, ReadingChoice, Understanding
from tinhdata.kernel import Text
from tinhdata.quality import BatchFinding, Measure, Reason, RuleResult, Standardised


class Kind(StrEnum):
    """A file that someone sent, or mended rows of an earlier delivery."""

    DELIVERY = "delivery"
    CORRECTION = "correction"


class State(StrEnum):
    """Where a delivery stands. `rules.NEXT` says which state may follow which."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHOOSING = "choosing"
    """The platform could not tell sheet or columns alone and waits for a person's choice."""
    REFUSED = "refused"
    CHECKED = "checked"
    HELD = "held"
    AWAITING = "awaiting"
    """Publishing was asked for and waits for a second person."""
    PUBLISHING = "publishing"
    RELEASED = "released"
    UNCHANGED = "unchanged"
    """The rows are those of the current release, which stays; it is confirmed as still valid."""
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """A newer delivery was published while this one still waited."""
    FAILED = "failed"
    """Work on it broke down repeatedly; an operator is told, and nothing was lost."""


@dataclass(frozen=True, slots=True)
class Units:
    """How the source units (lines, sheet rows) of a file were accounted for."""

    units: int
    structural: int
    record_units: int
    rejected: int
    dropped: int
    records: int
    spread: int | None = None
    """Records times unpivoted columns, where the table is wide."""
    empty: int = 0
    """Cells of a wide table without a value, which made no row."""

    @property
    def made(self) -> int:
        """Give the rows that the records must have given."""
        return (self.records if self.spread is None else self.spread) - self.empty


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows of a delivery are: made = released + quarantined + linked + waiting."""

    made: int = 0
    released: int = 0
    quarantined: int = 0
    linked: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What publishing changes in the table, in rows by key."""

    base: int
    rows: int
    inserted: int
    deleted: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found: every rule with its figures, the measures, and how it was computed."""

    measures: tuple[Measure, ...]
    rules: tuple[RuleResult, ...]
    standardised: tuple[Standardised, ...]
    findings: tuple[BatchFinding, ...]
    passed: tuple[Passed, ...]
    notes: tuple[Text, ...]
    sql: str
    sql_hash: str
    engine: str


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file of good rows in the staging folder, ready to become part of a release."""

    name: str
    rows: int
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes that someone sent for a dataset, and what became of them."""

    id: str
    dataset: str
    kind: Kind
    state: State
    contract_hash: str
    sender: str
    received_at: datetime
    changed_at: datetime
    sender_agency: str | None = None
    sha256: str | None = None
    filename: str | None = None
    size: int = 0
    parent: str | None = None
    source: str = "upload"
    note: str | None = None
    choice: ReadingChoice | None = None
    understanding: Understanding | None = None
    units: Units | None = None
    rows: Rows = Rows()
    change: Change | None = None
    report: CheckReport | None = None
    pinned: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    """Releases that the check looked at: `base`, and one entry `reference:<column>` each."""
    periods: tuple[str, ...] = ()
    prepared_in: str | None = None
    """The part of the staging folder that holds `prepared`."""
    prepared: tuple[PreparedFile, ...] = ()
    problem: Text | None = None
    release: str | None = None
    """The release that holds its rows, or that it confirmed."""
    items: tuple[int, ...] = ()
    """The quarantined items of `parent` that a correction is about."""
    waives: bool = False
    """Whether the correction releases its rows although they fail rules."""
    legal_basis: str | None = None
    """What the waiver rests on."""
    asked_by: str | None = None
    decided_by: str | None = None
    work: str | None = None

    @property
    def is_pulled(self) -> bool:
        """Say whether a source of the platform brought it, and no person or program sent it."""
        return self.source == self.sender


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a delivery's history."""

    state: State
    at: datetime
    actor: str
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of bytes that were sent: a delivery, new or one that they only repeat."""

    delivery: Delivery
    is_new: bool


@dataclass(frozen=True, slots=True)
class Mended:
    """How the open mended rows of a delivery stand: items that pass now, and why others do not."""

    passing: tuple[int, ...] = ()
    failing: Mapping[int, tuple[Reason, ...]] = field(default_factory=lambda: MappingProxyType({}))


class Verb(StrEnum):
    """What a person may do with a delivery."""

    CHOOSE = "choose"
    RETRY = "retry"
    MEND = "mend"
    CORRECT = "correct"
    WAIVE = "waive"
    RETURN_ITEMS = "return-items"
    PUBLISH = "publish"
    PUBLISH_HELD = "publish-held"
    APPROVE = "approve"
    RETURN = "return"
