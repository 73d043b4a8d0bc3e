"""What every reader of a kind of file gives: tables by name, each as lines, as often as wanted.

A workbook has sheets, a JSON document lists of records, a Parquet file one table.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self, TypeAlias

from tinhdata.intake.cells import Value
from tinhdata.intake.lines import Line, Region
from tinhdata.kernel import Text

Merged: TypeAlias = "tuple[tuple[int, int], tuple[int, int]]"
"""A merged range: first and last cell (row, column), 0-based."""

NO_COMMAS: frozenset[int] = frozenset()


class Book(ABC):
    """An open file. Close it, or use it in a `with`.

    The methods below that have a body say what a kind of file has not.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Give the names of the tables, in order."""

    @abstractmethod
    def lines(
        self, name: str, commas: frozenset[int] = NO_COMMAS, limit: int | None = None
    ) -> Iterator[Line]:
        """Give the units of a table as lines of text, at most `limit`.

        Typed numbers in the columns `commas` are written with a decimal comma.
        """

    def regions(self, name: str, commas: frozenset[int] = NO_COMMAS) -> Iterator[Line | Region]:
        """Give what `lines` gives, with units of which nothing is odd side by side."""
        return self.lines(name, commas)

    def values(self, name: str) -> Iterator[Sequence[Value]]:
        """Give the units of a table as typed values; nothing where cells are mere text."""
        return iter(())

    def size(self, name: str) -> tuple[int, int]:
        """Give how many units and columns a table has, 0 where only reading tells."""
        return (0, 0)

    def fields(self, name: str) -> tuple[str, ...] | None:
        """Give the names of the columns where the format itself names them, without a line."""
        return None

    def merged(self, name: str) -> tuple[Merged, ...]:
        """Give the merged ranges of a table."""
        return ()

    def is_hidden(self, name: str) -> bool:
        """Say whether the table is hidden from who opens the file."""
        return False

    def notes(self, name: str) -> tuple[Text, ...]:
        """Say what a person should know of the table."""
        return ()

    @property
    def counts_cells(self) -> bool:
        """Say whether a unit with fewer or more cells than the header is broken."""
        return False

    def close(self) -> None:
        """Give back what the open file holds."""
        return
