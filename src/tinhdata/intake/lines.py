"""What the readers of text and of sheets both give: numbered lines of cells, or what broke them.

Where nothing is odd, many lines come at once, side by side, as a region.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from tinhdata.kernel import Text


class Fault(NamedTuple):
    """Why a line cannot be read: a stable code and a sentence."""

    code: str
    text: Text


class BadCell(NamedTuple):
    """A cell (0-based column) whose value the workbook itself could not tell."""

    at: int
    fault: Fault


class Line(NamedTuple):
    """One record of a text file or one row of a sheet; `first` and `last` are 1-based units."""

    first: int
    last: int
    cells: list[str]
    """Text as read; the empty text where there is nothing."""

    fault: Fault | None = None
    raw: str = ""
    """The line as it stands in the file, kept only where it cannot be read."""

    bad_cells: tuple[BadCell, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """Units that follow each other and are one record each, with equally many cells.

    `columns` holds the text of each cell, column by column; the empty text where there is nothing.
    What `lines` gives is what a reader of single lines would have given.
    """

    first: int
    columns: tuple[pa.StringArray, ...]

    def __len__(self) -> int:
        """Give how many units there are."""
        return len(self.columns[0])

    def line(self, at: int) -> Line:
        """Give the `at`-th unit (0-based) as a line."""
        number = self.first + at
        return Line(number, number, [column[at].as_py() for column in self.columns])

    def lines(self) -> Iterator[Line]:
        """Give every unit as a line."""
        rows = zip(*(column.to_pylist() for column in self.columns), strict=True)
        for number, cells in enumerate(rows, self.first):
            yield Line(number, number, list(cells))

    def part(self, start: int, stop: int) -> "Region":
        """Give the units from `start` (0-based) up to, not with, `stop`."""
        if (start, stop) == (0, len(self)):
            return self
        count = stop - start
        return Region(self.first + start, tuple(c.slice(start, count) for c in self.columns))


def single(lines: "Iterator[Line | Region]") -> Iterator[Line]:
    """Give each unit as a line of its own."""
    for each in lines:
        if isinstance(each, Region):
            yield from each.lines()
        else:
            yield each
