"""What the pages of the open portal show; filled by the routes, read by the templates."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from tinhdata.catalogue import Piece
from tinhdata.kernel import Text
from tinhdata.web.contexts.filters import Download
from tinhdata.web.contexts.harvest import Elsewhere
from tinhdata.web.contexts.shell import (
    Badge,
    Choice,
    Context,
    FormState,
    Pager,
    Portion,
    Tab,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a dataset was found: the place, and the words there with those searched for marked."""

    place: Text
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset in a list."""

    id: str
    name: str
    agency: str
    summary: str
    rows: int | None
    updated: datetime | None
    badges: tuple[Badge, ...] = ()
    title: tuple[Piece, ...] = ()
    """The name with the words searched for marked; empty where none of them stands in it."""
    age: Text | None = None
    """How long ago it was updated."""
    formats: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    """Why it was found, where that is not plain from its name."""
    href: str | None = None
    """Its address, where that is not the page of a dataset of ours."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the province's own data work, with its noun."""

    value: int
    noun: Text
    href: str


@dataclass(frozen=True, slots=True)
class Home(Context):
    """The first page."""

    template: ClassVar[str] = "portal/home.html"
    figures: tuple[Figure, ...]
    fresh: tuple[DatasetLine, ...]
    late: tuple[DatasetLine, ...]
    sectors: tuple[Choice, ...]
    examples: tuple[Choice, ...] = ()
    """Searches to try; each with its address."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to narrow the list; `more` are choices that are shown when asked for."""

    label: Text
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ListFacet:
    """Values to tick that narrow the list of datasets; `more` are shown when asked for."""

    label: Text
    parameter: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetList(Context):
    """Search and list of datasets."""

    template: ClassVar[str] = "portal/datasets.html"
    query: str
    lines: tuple[DatasetLine, ...]
    facets: tuple[ListFacet, ...]
    active: tuple[Choice, ...]
    """Filters in force; the address of each takes it away."""
    sorts: tuple[Choice, ...]
    pager: Pager
    kept: tuple[tuple[str, str], ...] = ()
    """Parameters of the address that are no words and no filters."""
    filters: tuple[tuple[str, str], ...] = ()
    """Parameters of the filters in force, kept when other words are searched for."""
    readings: tuple[Text, ...] = ()
    """What words were understood as."""
    suggestion: Choice | None = None
    """The question in other words, where a slip in it was mended to find anything."""
    is_bare: bool = True
    """Whether this is the plain list; only that one is for search engines."""
    elsewhere: Elsewhere | None = None
    """What other portals have for the same words."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A line of what is suggested while someone types."""

    kind: Text
    icon: str
    text: str
    href: str
    count: int | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class DatasetHead:
    """What stands above all tabs of a dataset."""

    id: str
    name: str
    agency: str
    agency_href: str
    badges: tuple[Badge, ...]
    tabs: tuple[Tab, ...]
    rows: int | None
    columns: int
    release: int | None
    published: datetime | None
    period: str | None
    licence: str | None
    contract_version: str
    passed: str | None
    """Share of rows released in the last delivery, written; None = not measured."""
    simulated: bool = False
    as_of: date | None = None
    deliver_href: str | None = None
    may_follow: bool = True
    """Whether its rows are open, so that anyone can be told of their changes."""
    area: Text | None = None
    """How closely the rows say where something is."""
    linked: str | None = None
    """The schema.org description that search engines read, safe inside a script element."""
    licence_href: str | None = None
    uses: int = 0
    """How often the dataset was used in the last 30 days."""


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """A column, explained."""

    name: str
    label: str
    description: str
    type: Text
    unit: str | None
    rules: tuple[Text, ...]
    example: str | None
    missing: str | None
    personal: Text | None = None
    element: Choice | None = None
    """The element of the shared dictionary that the column holds."""
    holds: Text | None = None
    """What the cells of the release hold: how many values, from where to where."""


@dataclass(frozen=True, slots=True)
class DatasetDictionary(Context):
    """The data dictionary."""

    template: ClassVar[str] = "portal/dictionary.html"
    head: DatasetHead
    entries: tuple[DictionaryEntry, ...]
    key: tuple[str, ...]
    contract_href: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A dimension of quality: never a number without both of its parts."""

    label: Text
    meaning: Text
    numerator: int | None
    denominator: int | None
    why_not: Text | None = None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule and how the last delivery stood to it."""

    id: str
    text: Text | str
    dimension: Text
    checked: int | None
    failed: int | None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetQuality(Context):
    """How good the data is, down to the rule."""

    template: ClassVar[str] = "portal/quality.html"
    head: DatasetHead
    delivery: str | None
    checked_at: datetime | None
    measures: tuple[Measure, ...]
    rules: tuple[RuleLine, ...]
    quarantined: int
    sql: str | None
    engine: str | None
    refused: Text | None = None
    """Why the report is not shown to this reader."""


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that waits because of a rule: where it stands in the file, and why."""

    place: str
    cells: tuple[tuple[str, str | None], ...]
    """Heading and value of the cells that the rule is about."""
    reason: Text
    state: Text


@dataclass(frozen=True, slots=True)
class DatasetRule(Context):
    """One rule: what it asks, how the last delivery stood to it, the rows, the SQL."""

    template: ClassVar[str] = "portal/rule.html"
    head: DatasetHead
    back: str
    line: RuleLine
    why_not: Text | None
    consequence: Text
    columns: tuple[str, ...]
    source: str | None
    """The place in the contract that asks for it."""
    sql: str
    rows: tuple[FailedRow, ...]
    total: int
    refused: Text | None = None
    """Why the rows are not shown to this reader."""
    quarantine_href: str | None = None


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release in the history."""

    number: int
    href: str
    badge: Badge
    published: datetime
    rows: int
    inserted: int
    deleted: int
    updated: int
    diff_href: str | None
    withdrawn_reason: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetReleases(Context):
    """All releases of a dataset."""

    template: ClassVar[str] = "portal/releases.html"
    head: DatasetHead
    releases: tuple[ReleaseLine, ...]
    pager: Pager
    may_withdraw: str | None = None
    """Address that withdraws the current release, for whom may do so."""
    form: FormState = field(default_factory=FormState)
    current: int | None = None
    """Number of the release that would be withdrawn."""


@dataclass(frozen=True, slots=True)
class Tombstone(Context):
    """What is left of a release that was withdrawn."""

    template: ClassVar[str] = "portal/tombstone.html"
    dataset: str
    dataset_href: str
    number: int
    published: datetime
    withdrawn: datetime
    reason: str
    legal_basis: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class DatasetDownloads(Context):
    """Everything that can be taken away."""

    template: ClassVar[str] = "portal/downloads.html"
    head: DatasetHead
    downloads: tuple[Download, ...]
    citation: str
    hash: str | None
    snippets: tuple["Snippet", ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A ready piece of code that reads the data."""

    name: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs: `added`, `removed` or `changed`; cells as (old, new), equal if same."""

    kind: str
    cells: tuple[tuple[str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The change from one release to another, counted and row by row."""

    portions: tuple[Portion, ...]
    columns: tuple[str, ...]
    changes: tuple[Change, ...]
    pager: Pager | None = None


@dataclass(frozen=True, slots=True)
class ReleaseDiff(Context):
    """Two releases beside each other."""

    template: ClassVar[str] = "portal/diff.html"
    head: DatasetHead
    old: tuple[Choice, ...]
    new: tuple[Choice, ...]
    comparison: Comparison | None
    action: str


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency in the list."""

    code: str
    name: str
    datasets: int
    rows: int
    late: int
    promised: bool = True
    """Whether any of its datasets says how often it is updated."""


@dataclass(frozen=True, slots=True)
class AgencyList(Context):
    """All agencies with data."""

    template: ClassVar[str] = "portal/agencies.html"
    provincial: tuple[AgencyLine, ...]
    communes: tuple[AgencyLine, ...]
    without_data: int


@dataclass(frozen=True, slots=True)
class ContactLine:
    """Whom to ask about the data of an agency."""

    name: str
    position: str
    email: str
    phone: str | None
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class AgencyPage(Context):
    """An agency and its datasets."""

    template: ClassVar[str] = "portal/agency.html"
    code: str
    name: str
    parent: str | None
    contact: str | None
    lines: tuple[DatasetLine, ...]
    figures: tuple[Figure, ...]
    point: ContactLine | None = None


@dataclass(frozen=True, slots=True)
class DatabaseLine:
    """A database of the register."""

    id: str
    name: str
    purpose: str
    agency: str
    agency_href: str
    href: str
    datasets: int
    rows: int


@dataclass(frozen=True, slots=True)
class DatabaseGroup:
    """Databases of one kind."""

    title: Text
    meaning: Text
    lines: tuple[DatabaseLine, ...]


@dataclass(frozen=True, slots=True)
class DatabaseList(Context):
    """The register of databases."""

    template: ClassVar[str] = "portal/databases.html"
    groups: tuple[DatabaseGroup, ...]


@dataclass(frozen=True, slots=True)
class Developers(Context):
    """How programs use the portal."""

    template: ClassVar[str] = "portal/developers.html"
    base_url: str
    snippets: tuple[Snippet, ...]
    resources: tuple[tuple[str, str, Text], ...]
    """Method, path, what it does."""
    openapi_href: str = "/api/openapi.json"


@dataclass(frozen=True, slots=True)
class ProblemPage(Context):
    """What happened, and what to do about it."""

    template: ClassVar[str] = "problem.html"
    status: int
    title: Text
    text: Text
    fix: Text | None = None
    incident: str | None = None
    actions: tuple[Choice, ...] = ()
