"""The nouns of trying a contract out: what it would make of rows that were delivered before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tinhdata.contracts.model import Bilingual, Severity
from tinhdata.deliveries.model import Change
from tinhdata.kernel import Text


class DryRunState(StrEnum):
    """Where a dry run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """The rows could not be read or judged under the contract; `problem` says why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Why one row would wait, in both languages; cells that are masked for anyone are masked."""

    line: int
    vi: Text
    en: Text

    def in_language(self, language: str) -> Text:
        """Give the sentence with the labels of `language`."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """How many rows fail a rule; `before` is how many failed it last time, None for a new rule."""

    rule: str
    message: Text
    severity: Severity
    failed: int
    before: int | None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnOutcome:
    """In how many rows a column has no value; `is_found` says whether the file has it at all."""

    name: str
    label: Bilingual
    required: bool
    is_new: bool
    is_found: bool
    empty: int
    rows: int


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Rows of other deliveries that wait, and how many of them would pass as they are mended."""

    waiting: int
    passing: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a contract would make of the rows: made = released + held + linked.

    Compared is with the check that these rows went through; rows that came from a release, because
    the file is gone, had all passed. `stops` says why the delivery would be held as a whole.
    """

    made: int
    released: int
    held: int
    linked: int
    unread: int
    """Lines that never become rows."""
    newly_held: int
    newly_released: int
    rules: tuple[RuleOutcome, ...]
    columns: tuple[ColumnOutcome, ...]
    open_items: OpenItems
    change: Change | None = None
    stops: Text | None = None


@dataclass(frozen=True, slots=True)
class DryRun:
    """A contract tried out on the newest delivery of its dataset, or on what is published."""

    id: str
    dataset: str
    version: str
    contract_hash: str
    state: DryRunState
    asked_by: str
    asked_at: datetime
    delivery: str | None
    """The delivery whose file is read, None where rows of a release are."""
    release: str | None
    work: str | None = None
    finished_at: datetime | None = None
    problem: Text | None = None
    outcome: Outcome | None = None
