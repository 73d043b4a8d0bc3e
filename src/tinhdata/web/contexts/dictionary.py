"""What the pages of the shared data dictionary show."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.portal import Facet, Figure
from tinhdata.web.contexts.shell import Badge, Choice, Context, Pager


@dataclass(frozen=True, slots=True)
class ElementLine:
    """An element in the list."""

    code: str
    name: str
    business: str
    layer: str | Text
    agency: str | None
    badge: Badge
    uses: int


@dataclass(frozen=True, slots=True)
class ElementList(Context):
    """The dictionary: found elements, and how far it reaches."""

    template: ClassVar[str] = "dictionary/elements.html"
    query: str
    lines: tuple[ElementLine, ...]
    figures: tuple[Figure, ...]
    facets: tuple[Facet, ...]
    active: tuple[Choice, ...]
    pager: Pager
    is_empty: bool = False
    """Whether there is no dictionary at all yet."""


@dataclass(frozen=True, slots=True)
class UseLine:
    """A column that holds the element."""

    dataset: str
    href: str
    column: str
    label: str


@dataclass(frozen=True, slots=True)
class ElementPage(Context):
    """One element in its four parts."""

    template: ClassVar[str] = "dictionary/element.html"
    code: str
    name: str
    business: str
    technical: str
    management: str
    layer: str | Text
    block: str
    agency: str | None
    agency_href: str | None
    badge: Badge
    source: str
    valid_from: date
    valid_to: date | None
    uses: tuple[UseLine, ...]


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How many columns of a dataset are linked."""

    name: str
    href: str
    agency: str
    columns: int
    linked: int
    official: int
    share: str


@dataclass(frozen=True, slots=True)
class UnlinkedLine:
    """A column without an element."""

    dataset: str
    href: str
    label: str
    suggestion: Choice | None


@dataclass(frozen=True, slots=True)
class OverlapLine:
    """A figure that several datasets collect about the same things."""

    element: str
    href: str | None
    grain: str
    datasets: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage(Context):
    """How far the columns of all datasets are linked, and what is collected twice."""

    template: ClassVar[str] = "dictionary/coverage.html"
    figures: tuple[Figure, ...]
    lines: tuple[CoverageLine, ...]
    unlinked: tuple[UnlinkedLine, ...]
    more_unlinked: int
    overlaps: tuple[OverlapLine, ...]
