"""Parquet files as one table, read in batches after a trial elsewhere.

What a cell becomes is said in `parquet_cells`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tinhdata.intake import trial
from tinhdata.intake.book import NO_COMMAS, Book
from tinhdata.intake.cells import Value, row_text
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.lines import BadCell, Fault, Line
from tinhdata.intake.parquet_cells import cells_of
from tinhdata.kernel import t

TABLE = "$"

_BATCH = 1_024
_MOST_BYTES_AT_ONCE = 256 << 20
_MOST_BYTES = 8 << 30
_MOST_ROWS = 50_000_000
_MOST_COLUMNS = 2_000


class ParquetBook(Book):
    """The one table of a Parquet file; its units are the rows."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path` after every value could be read elsewhere.

        Raises FileRefused where it is damaged, too large, or holds lists or structures.
        """
        limits = map(str, (_BATCH, _MOST_BYTES_AT_ONCE, _MOST_BYTES))
        trial.require_loadable(path, trial.PARQUET, *limits, otherwise=_broken)
        try:
            self._file = pq.ParquetFile(path, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            raise _broken() from error
        self._schema = self._file.schema_arrow
        try:
            self._refuse_unfit()
        except FileRefused:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def names(self) -> tuple[str, ...]:
        """Give the one name, or none where the table has no row."""
        return (TABLE,) if self._file.metadata.num_rows else ()

    def size(self, name: str) -> tuple[int, int]:
        """Give the rows and columns."""
        return self._file.metadata.num_rows, len(self._schema)

    def fields(self, name: str) -> tuple[str, ...] | None:
        """Give the names of the columns."""
        return tuple(self._schema.names)

    def values(self, name: str) -> Iterator[Sequence[Value]]:
        """Give the rows as typed values; numbers that are no whole ones are `Written`."""
        for _number, cells, _bad in self._rows():
            yield cells

    def lines(
        self, name: str, commas: frozenset[int] = NO_COMMAS, limit: int | None = None
    ) -> Iterator[Line]:
        """Give the rows as lines of text, at most `limit`."""
        for number, values, bad in self._rows():
            if limit is not None and number > limit:
                return
            yield Line(number, number, row_text(values, commas), bad_cells=bad)

    def _rows(self) -> Iterator[tuple[int, Sequence[Value], tuple[BadCell, ...]]]:
        number = 0
        try:
            for batch in self._file.iter_batches(batch_size=_BATCH, use_threads=False):
                for row in zip(*map(cells_of, batch.columns), strict=True):
                    number += 1
                    bad = tuple(
                        BadCell(at, cell) for at, cell in enumerate(row) if isinstance(cell, Fault)
                    )
                    yield number, ["" if isinstance(cell, Fault) else cell for cell in row], bad
        except (pa.ArrowException, OSError, OverflowError) as error:
            raise _broken() from error

    def _refuse_unfit(self) -> None:
        rows, columns = self._file.metadata.num_rows, len(self._schema)
        if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
            raise FileRefused(
                "too-many-cells",
                t(
                    "The file has {rows} rows and {columns} columns; at most {most_rows} rows and "
                    "{most_columns} columns can be read.",
                    rows=rows,
                    columns=columns,
                    most_rows=_MOST_ROWS,
                    most_columns=_MOST_COLUMNS,
                ),
                t("Send it in several files, for example one for each year."),
            )
        for field in self._schema:
            if pa.types.is_nested(field.type):
                raise FileRefused(
                    "nested-column",
                    t("The column “{column}” holds lists or structures.", column=field.name),
                    t("Give each of its values a column of its own, or write it as text."),
                )


def _broken() -> FileRefused:
    return FileRefused(
        "damaged",
        t("The Parquet file is damaged or takes more memory than a table may."),
        t("Write it again with another program, or send the table as CSV."),
    )
