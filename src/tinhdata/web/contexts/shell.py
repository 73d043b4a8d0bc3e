"""What surrounds every page, and the small nouns that several pages share.

Data words are plain strings in the reader's language; sentences of ours are `Text` and are
translated when the page is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from tinhdata.kernel import Text


class Area(StrEnum):
    """A part of the console that a person may enter."""

    DELIVER = "deliver"
    QUARANTINE = "quarantine"
    APPROVALS = "approvals"
    CONTRACTS = "contracts"
    PEOPLE = "people"
    SOURCES = "sources"
    HARVEST = "harvest"
    FEEDBACK = "feedback"


class Tone(StrEnum):
    """What a mark says; each has a colour and an icon, and always a word beside them."""

    GOOD = "good"
    LATE = "late"
    WARN = "warn"
    BAD = "bad"
    CALM = "calm"
    BUSY = "busy"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in one or two words."""

    text: Text
    tone: Tone = Tone.CALM
    icon: str | None = None
    """An icon of its own; else that of the tone."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the page: what was done, or what stands in the way, and what to do."""

    text: Text
    tone: Tone = Tone.GOOD
    fix: Text | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person signed in."""

    name: str
    agency: str | None
    roles: tuple[Text, ...]
    areas: frozenset[Area]


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds a page."""

    language: str
    here: str
    """Path and query of this page, for coming back after a change of language or a sign-in."""
    portal: str
    """Name of the portal, from the pack."""
    province: str
    csrf: str = ""
    visitor: Visitor | None = None
    waiting: int = 0
    """How many pieces of work wait for the visitor."""
    query: str = ""
    notices: tuple[Notice, ...] = ()
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """The base of all pages: each names its template."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of the same thing, each with its own address."""

    label: Text
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select, a radio group or a facet."""

    value: str
    label: str | Text
    chosen: bool = False
    count: int | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in a list of `total` we are: rows `first` to `last`, both 1-based."""

    first: int
    last: int
    total: int
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values of a column lie: heights from 0 to 1, and the ends in words."""

    bars: tuple[float, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a column."""

    name: str
    label: str
    unit: str | None = None
    numeric: bool = False
    sort: str | None = None
    """Address that sorts by this column."""
    sorted: str | None = None
    """`ascending` or `descending` where the table is sorted by it."""
    histogram: Histogram | None = None
    missing: str | None = None
    """Share of empty cells, written."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """Rows for reading; every cell is written already, None where the file holds nothing."""

    caption: str | Text
    columns: tuple[Header, ...]
    rows: tuple[tuple[str | None, ...], ...]
    pager: Pager | None = None
    names: tuple[Mapping[str, str], ...] = ()
    """By column what its codes are called, where another dataset names them."""


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a whole, for the bar above the change of a release."""

    label: Text
    count: int
    tone: str
    """added, removed, changed or same."""


@dataclass(frozen=True, slots=True)
class FormState:
    """What a person typed and what is wrong with it, by the name of the field."""

    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    errors: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
