"""What the pages of registers, terms of use and use statistics show."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.portal import Figure
from tinhdata.web.contexts.shell import Badge, Choice, Context, Pager


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """The decision that approved an edition."""

    number: str
    title: str
    issuer: str
    on: date
    badge: Badge | None
    """Where it is made up, or not compared with the original."""


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition of a register or of the terms of use."""

    version: str
    valid_from: date
    decision: DecisionLine
    note: str | None = None
    href: str | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A register in the list of registers."""

    name: str
    title: str
    about: str
    entries: int
    edition: EditionLine | None
    review: date | None
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class RegisterList(Context):
    """Every published register."""

    template: ClassVar[str] = "portal/registers.html"
    lines: tuple[RegisterLine, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column of a register."""

    label: Text
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its words, where they lead, what stands smaller below, and marks."""

    text: str | Text | int | date | None
    href: str | None = None
    below: tuple[str | Text, ...] = ()
    badges: tuple[Badge, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterPage(Context):
    """A register with its entries."""

    template: ClassVar[str] = "portal/register.html"
    name: str
    title: str
    about: str
    edition: EditionLine | None
    earlier: tuple[EditionLine, ...]
    keeper: Choice
    contact: str | None
    laws: tuple[str, ...]
    reviewed: date | None
    review: date | None
    late: Badge | None
    rule: str | None
    rule_note: str | None
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    pager: Pager
    agencies: tuple[Choice, ...]
    sectors: tuple[Choice, ...]
    layers: tuple[Choice, ...]
    only_late: bool
    counts_late: int
    files: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """A part of the terms of use."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class TermsPage(Context):
    """An edition of the terms of use."""

    template: ClassVar[str] = "portal/terms.html"
    title: str
    code: str
    edition: EditionLine
    editions: tuple[EditionLine, ...]
    articles: tuple[ArticleLine, ...]
    rules: tuple[tuple[Text, tuple[str | Text, ...]], ...]
    """May, must, may not, in a few words each."""
    basis: str
    licences: tuple[Choice, ...]
    """Other licences that datasets may have, with their addresses."""
    datasets: Choice
    json_href: str


@dataclass(frozen=True, slots=True)
class UsedLine:
    """A dataset and how often it was used."""

    name: str
    href: str
    views: int
    downloads: int
    calls: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the picture: its height from 0 to 1, and what it stands for."""

    day: date
    times: int
    height: float


@dataclass(frozen=True, slots=True)
class StatisticsPage(Context):
    """How much the portal is used."""

    template: ClassVar[str] = "portal/statistics.html"
    days: int
    first: date
    last: date
    figures: tuple[Figure, ...]
    robots: int
    lines: tuple[UsedLine, ...]
    bars: tuple[Bar, ...]
    spans: tuple[Choice, ...]
    kept: tuple[Text, ...]
    dataset: Choice | None = None
    """The one dataset that the page is about; None for all."""
    forms: tuple[tuple[Text, str, int], ...] = ()
