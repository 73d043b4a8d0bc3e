"""What a dataset's page says below its rows: trust, programs, versions, relations, citation."""

from dataclasses import dataclass
from datetime import date, datetime

from tinhdata.kernel import Text
from tinhdata.web.contexts.portal import FailedRow, Measure, ReleaseLine, RuleLine, Snippet
from tinhdata.web.contexts.shell import Choice, Tone


@dataclass(frozen=True, slots=True)
class Trait:
    """One of the six dimensions of good data: what was found, and how it was measured."""

    measure: Measure
    said: Text | None = None
    """What is said in place of a share."""
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True)
class Fullness:
    """How many cells of a column are filled."""

    label: str
    name: str
    filled: int
    rows: int
    share: str


@dataclass(frozen=True, slots=True)
class FailedRule:
    """A rule with rows that failed it, and a few of them."""

    line: RuleLine
    rows: tuple[FailedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """Why one may rely on the rows, or not."""

    promise: Text
    """How often the contract promises an update."""
    promise_tone: Tone
    due: date | None
    updated: datetime | None
    traits: tuple[Trait, ...]
    failed: tuple[FailedRule, ...]
    rules: int
    checked_at: datetime | None
    waiting: int
    fullness: tuple[Fullness, ...]
    full_columns: int
    """Columns without an empty cell, which are not listed."""
    quality_href: str
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """Datasets that stand in one way to this one."""

    title: Text
    choices: tuple[Choice, ...]
    more: Choice | None = None


@dataclass(frozen=True, slots=True)
class About:
    """The parts of the page below the rows and the description."""

    trust: Trust
    columns: tuple[Choice, ...]
    """Every column with its unit, each leading to its entry in the dictionary."""
    dictionary_href: str
    snippets: tuple[Snippet, ...]
    is_filtered: bool
    """Whether the snippets hold a filter."""
    releases: tuple[ReleaseLine, ...]
    releases_total: int
    releases_href: str
    relations: tuple[Relation, ...]
    citation: str
    formats: tuple[Choice, ...]
    """The record in the forms of standards, each with its address."""
