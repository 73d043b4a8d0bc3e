"""How a reader narrows the rows of a dataset, and takes away what is left."""

from dataclasses import dataclass

from tinhdata.kernel import Text
from tinhdata.web.contexts.shell import Choice


@dataclass(frozen=True, slots=True)
class ColumnFilter:
    """A field of the filter panel: `contains`, `one` of the choices, or `range`."""

    name: str
    label: str
    kind: str
    value: str = ""
    low: str = ""
    high: str = ""
    input_type: str = "text"
    unit: str | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A file of exactly what is filtered."""

    format: str
    label: Text
    href: str
    hint: Text
    size: int | None = None
    checksum: str | None = None
    """Address of its SHA-256."""


@dataclass(frozen=True, slots=True)
class Share:
    """How a view is taken elsewhere: its address, and the frame that shows it on another page."""

    address: str
    frame: str


@dataclass(frozen=True, slots=True)
class FilterPanel:
    """The filter that table, chart and map share, and the files of what it leaves."""

    action: str
    """Address that the filter is sent to; it shows the same view."""
    views: tuple[Choice, ...]
    """Table, chart and map, each with its address under this filter."""
    search: str = ""
    filters: tuple[ColumnFilter, ...] = ()
    active: tuple[Choice, ...] = ()
    downloads: tuple[Download, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    """Fields that keep the rest of the address when the form is sent."""
    clear: str = ""
    searchable: bool = True
    """Whether there is text to search in; numbers and dates are filtered."""
    share: Share | None = None
