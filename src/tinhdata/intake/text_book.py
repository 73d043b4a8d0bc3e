"""A text file with separators as one table. Its cells are mere text; its units are the lines."""

from collections.abc import Iterator
from pathlib import Path

from tinhdata.intake.book import NO_COMMAS, Book
from tinhdata.intake.delimited import records, regions
from tinhdata.intake.encodings import blocks, text_blocks
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.lines import Line, Region
from tinhdata.intake.model import Understanding
from tinhdata.kernel import t

LINES = ""


class TextBook(Book):
    """The lines of a text file, split as was understood."""

    def __init__(self, path: Path, table: Understanding | None) -> None:
        """Take the file at `path`; raises FileRefused where its separator is not known."""
        if table is None or table.encoding is None or table.delimiter is None:
            raise FileRefused(
                "choose-columns",
                t("The file was not understood."),
                t("Look whether the right file was chosen, and send it again."),
            )
        self._path = path
        self._codec = table.encoding.name
        self._delimiter = table.delimiter
        self._width = len(table.header.names) if table.header else None

    def names(self) -> tuple[str, ...]:
        """Give the one name."""
        return (LINES,)

    def lines(
        self,
        name: str,  # there is one table
        commas: frozenset[int] = NO_COMMAS,  # no cell is typed
        limit: int | None = None,
    ) -> Iterator[Line]:
        """Give the records of the file, at most those that begin in its first `limit` lines."""
        for line in records(text_blocks(self._path, self._codec), self._delimiter, self._width):
            if limit is not None and line.first > limit:
                return
            yield line

    def regions(
        self,
        name: str,  # there is one table
        commas: frozenset[int] = NO_COMMAS,  # no cell is typed
    ) -> Iterator[Line | Region]:
        """Give the records of the file, those of which nothing is odd side by side."""
        return regions(blocks(self._path, self._codec), self._delimiter, self._width)
