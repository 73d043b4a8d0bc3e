"""Table, chart and map of a dataset under one filter; what each of them is drawn from.

Pictures come as numbers that are drawn already; words beside them are in the reader's language.
"""

from dataclasses import dataclass
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.about import About
from tinhdata.web.contexts.filters import FilterPanel
from tinhdata.web.contexts.portal import DatasetHead
from tinhdata.web.contexts.shell import Choice, Context, DataTable


@dataclass(frozen=True, slots=True)
class DatasetData(Context):
    """The live table of a dataset, and what is said about it."""

    template: ClassVar[str] = "portal/dataset.html"
    head: DatasetHead
    panel: FilterPanel
    table: DataTable | None
    description: str
    legal: tuple[Choice, ...]
    contact: str | None
    refused: Text | None = None
    """Why the rows are not shown to this reader."""
    about: About | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A group: its name, what is measured of it, and how long its bar is (0 to 1)."""

    label: str
    value: str
    length: float
    is_negative: bool = False
    href: str | None = None
    """Address of the rows behind it."""
    is_missing: bool = False
    """Whether it is the group of rows without a value; its label says so."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line over periods in a box of 1000 by 300: its path, its points, and both scales."""

    path: str
    dots: str
    rules: tuple[float, ...]
    """Heights of the lines of the scale."""
    scale: tuple[str, ...]
    """Values of the scale, the highest first."""
    periods: tuple[str, ...]
    """Periods below the line, evenly spread."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a chart or map shows, and the groups behind it."""

    title: Text
    grouping: str | Text
    measure: Text
    unit: str | None
    bars: tuple[Bar, ...]
    """Every group that is shown, in the order of the table."""
    rest: int = 0
    """Groups that are not shown."""
    rows: int = 0
    """Rows that all groups hold."""
    line: Line | None = None
    all_href: str = ""
    """Address of all groups for programs."""
    is_varied: bool = True
    """Whether the groups differ, so that drawing them side by side says something."""
    hint: Text | None = None
    """What could be misread."""
    hint_href: str | None = None
    hint_action: Text | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A circle on a map; its area stands for the value."""

    x: float
    y: float
    radius: float
    said: str
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """An area on a map: its outline, and its class (0 to 4), None where it has no value."""

    path: str
    said: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class LegendLine:
    """A sign of the map: a circle of `radius`, or an area of class `step`."""

    said: str | Text
    radius: float | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A map without a ground: areas below, circles above."""

    width: float
    height: float
    areas: tuple[Area, ...]
    symbols: tuple[Symbol, ...]
    legend: tuple[LegendLine, ...]
    notes: tuple[Text, ...] = ()
    """What is not on it, and where the outlines come from."""


@dataclass(frozen=True, slots=True)
class DatasetChart(Context):
    """Groups of the filtered rows as bars or as a line over periods."""

    template: ClassVar[str] = "portal/chart.html"
    head: DatasetHead
    panel: FilterPanel
    groupings: tuple[Choice, ...]
    measures: tuple[Choice, ...]
    picture: Picture | None
    kept: tuple[tuple[str, str], ...] = ()
    """Fields of the address that choosing another grouping keeps."""
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class DatasetMap(Context):
    """Groups of the filtered rows on a map."""

    template: ClassVar[str] = "portal/map.html"
    head: DatasetHead
    panel: FilterPanel
    measures: tuple[Choice, ...]
    styles: tuple[Choice, ...]
    picture: Picture | None
    map: MapPicture | None
    kept: tuple[tuple[str, str], ...] = ()
    refused: Text | None = None
    why_none: Text | None = None
    """Why there is no map."""


@dataclass(frozen=True, slots=True)
class Embedded(Context):
    """A view of open data inside a page of another site."""

    template: ClassVar[str] = "embed/view.html"
    name: str
    view: str
    address: str
    """Where the whole page stands."""
    source: Text
    conditions: tuple[Choice, ...] = ()
    table: DataTable | None = None
    picture: Picture | None = None
    map: MapPicture | None = None
    simulated: bool = False
    refused: Text | None = None
