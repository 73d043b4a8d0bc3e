"""The nouns of the shared data dictionary: elements, links of columns to them, what is covered.

An element has the four parts that the national data architecture asks for (QĐ 2439/QĐ-TTg of
4/11/2025): a standard name, a business definition, a technical definition and rules of management.
It stands in one of eight layers and in one block of functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the dictionary. `valid_to` is the first day on which it no longer holds."""

    code: str
    name: str
    business: str
    technical: str
    management: str
    layer: str
    """One of the eight layers: a key of `contracts.DATA_LAYERS`."""
    block: str
    """The block of functions that it belongs to; the names are the pack's."""
    agency: str | None
    is_official: bool
    """Issued by a competent authority. What was drafted from contracts is not."""
    source: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the element is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, order=True)
class ColumnName:
    """A column of a dataset, by the stable id that survives renames."""

    dataset: str
    column: str


@dataclass(frozen=True, slots=True)
class Link:
    """Says that a column holds values of an element, and since when."""

    at: ColumnName
    element: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the link is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Draft:
    """Elements drafted from contracts, and which column each was drafted from."""

    elements: tuple[Element, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many columns are linked to an element in force, and how many of these are official."""

    columns: int = 0
    linked: int = 0
    official: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.columns + other.columns,
            self.linked + other.linked,
            self.official + other.official,
        )


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A column without an element, and the one that fits it best, if any does."""

    at: ColumnName
    label: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the columns of all contracts are linked to the dictionary."""

    total: Share
    by_dataset: Mapping[str, Share]
    unlinked: tuple[Unlinked, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """One fact that several datasets collect, each by itself, about the same things.

    `grain` are the elements that the keys of all of them are made of.
    """

    element: str
    grain: tuple[str, ...]
    columns: tuple[ColumnName, ...]


ELEMENT_FIELDS = (
    *("code", "name", "business", "technical", "management", "layer", "block", "agency"),
    *("official", "source", "valid_from", "valid_to"),
)
"""What a dataset of elements has a column for."""

LINK_FIELDS = ("dataset", "column", "element", "valid_from", "valid_to")
"""What a dataset of links has a column for."""


@dataclass(frozen=True, slots=True)
class Table:
    """Which dataset holds a part of the dictionary, and what its columns are called.

    `columns` leads from the fields of Element or Link to column names.
    """

    dataset: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """Where a pack keeps its dictionary: a dataset of elements and one of links.

    `blocks` leads from sectors to blocks of functions, `other_block` is that of all the others.
    """

    elements: Table
    links: Table
    blocks: Mapping[str, str]
    other_block: str
