"""What was seen in a sample file, as the drafting of its contract needs it. Values only."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from tinhdata.kernel import JSONObject
from tinhdata.vietnam import tidy

NO_VALUE = -1
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """The cells of one column. `codes` says per record which of `values` it has, -1 for none."""

    header: str
    values: tuple[str, ...]
    counts: tuple[int, ...]
    codes: Sequence[int] = field(repr=False)

    @classmethod
    def of(cls, header: str, cells: Iterable[str | None]) -> Self:
        """Gather the cells of the column called `header`; empty ones are None."""
        places: dict[str, int] = {}
        counts: list[int] = []
        codes: list[int] = []
        cleaned: dict[str | None, str] = {None: ""}
        for cell in cells:
            if cell not in cleaned:
                cleaned[cell] = _clean(cell or "")
            text = cleaned[cell]
            if not text:
                codes.append(NO_VALUE)
                continue
            code = places.setdefault(text, len(places))
            if code == len(counts):
                counts.append(0)
            counts[code] += 1
            codes.append(code)
        return cls(header, tuple(places), tuple(counts), codes)

    @property
    def rows(self) -> int:
        """Give the number of records."""
        return len(self.codes)

    @property
    def filled(self) -> int:
        """Give the number of records with something in this column."""
        return sum(self.counts)


def _clean(cell: str) -> str:
    """Give a cell without the noise that checking takes away: odd blanks, invisible characters."""
    lines = (tidy(line) for line in _LINE_END.split(cell))
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class TableSeen:
    """A table in a sample file: its columns, and what stands around it.

    `is_typed` says that the file stores numbers and dates as such (a workbook), so that a fraction
    comes with a dot whatever the texts around it look like. `layout` holds what of the layout has
    to be declared because the platform would find something else.
    """

    filename: str
    columns: tuple[ColumnSeen, ...]
    sheet: str | None = None
    title: str | None = None
    unit: str | None = None
    is_typed: bool = False
    layout: JSONObject = field(default_factory=lambda: MappingProxyType({}))
    is_cut: bool = False
    """Only the first records were looked at."""

    missing: tuple[str, ...] = ()
    """Words for no value that stood in cells which are no longer among `columns`."""

    headless: tuple[int, ...] = ()
    """Columns (1-based) that hold something but have no header."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """The values of a column that is the key of a dataset which exists already."""

    dataset: str
    column: str
    label: str
    values: frozenset[str] = field(repr=False)
