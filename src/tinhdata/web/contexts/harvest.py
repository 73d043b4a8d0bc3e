"""What the pages about other portals show: their datasets for anyone, their runs for operators."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.shell import Badge, Context, Pager


@dataclass(frozen=True, slots=True)
class ExternalLine:
    """A dataset of another portal in a list."""

    href: str
    title: str
    portal: str
    publisher: str
    summary: str
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The first of what other portals have, below our own datasets that were found."""

    lines: tuple[ExternalLine, ...]
    total: int
    href: str


@dataclass(frozen=True, slots=True)
class ExternalList(Context):
    """Datasets of other portals, all or those that the words find."""

    template: ClassVar[str] = "portal/external_list.html"
    query: str
    lines: tuple[ExternalLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file elsewhere."""

    title: str
    format: str
    href: str


@dataclass(frozen=True, slots=True)
class ExternalPage(Context):
    """One dataset of another portal: where it is from, under which terms, where to read it."""

    template: ClassVar[str] = "portal/external.html"
    id: str
    title: str
    description: str
    portal: str
    publisher: str
    contact: str
    licence: str
    licence_href: str | None
    landing_page: str
    keywords: tuple[str, ...]
    files: tuple[FileLine, ...]
    modified: str
    seen: datetime
    gone: datetime | None


@dataclass(frozen=True, slots=True)
class HarvestRow:
    """A harvested portal in the list of the console."""

    id: str
    title: str
    url: str
    kind: str
    entries: int
    badge: Badge
    next_due: datetime | None
    last_at: datetime | None
    counts: Text | None
    problem: Text | None
    enabled: bool


@dataclass(frozen=True, slots=True)
class HarvestPage(Context):
    """The portals that are harvested, and a form for another."""

    template: ClassVar[str] = "desk/harvest.html"
    rows: tuple[HarvestRow, ...]
    kinds: tuple[str, ...]
    values: dict[str, str]
    problem: Text | None = None
    fix: Text | None = None
