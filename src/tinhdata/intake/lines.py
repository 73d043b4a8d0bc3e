"""What the readers of text and of sheets both give: numbered lines of cells, or what broke them."""

from typing import NamedTuple

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
