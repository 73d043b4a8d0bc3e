"""Lines of a text file parsed all at once, where nothing about them is odd.

The fast way beside `delimited`, and it says nothing that the careful way would not: whatever could
be read in two ways (a quote out of place, a cell of several lines, lines of unequal length, bytes
without meaning) is left to that module.
"""

import csv
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

DELIMITERS = frozenset(";,\t|")
_QUOTE, _LINE_FEED, _CARRIAGE_RETURN = 34, 10, 13
_LONGEST_CELL = 131_072
"""As many bytes as the careful way takes characters of one cell: never more of them."""

Columns: TypeAlias = tuple[pa.StringArray, ...]
"""The cells of some lines, column by column."""

_TEXT = pa.string()
_BOM = b"\xef\xbb\xbf"


def parsed(data: bytes, delimiter: str) -> Columns | None:
    """Give the cells of all lines in `data`, which is UTF-8, by column; None where a line is odd.

    Lines end in a line feed, but for the last one. Every line is one record, and all of them have
    equally many cells, at least two.
    """
    if delimiter not in DELIMITERS or not data:
        return None
    letters = np.frombuffer(data, np.uint8)
    if not letters.all() or _BOM in data or (letters == _CARRIAGE_RETURN).any():
        return None
    ends = letters == _LINE_FEED
    if ends[0] or (ends[1:] & ends[:-1]).any():  # an empty line has no cell at all
        return None
    if b'"' in data and not _quotes_fit(letters, ord(delimiter)):
        return None
    columns = _columns(data, delimiter, _width(data, delimiter))
    if columns is None or any(_longest(column) > _LONGEST_CELL for column in columns):
        return None
    lines = np.count_nonzero(ends) + (not ends[-1])
    return columns if len(columns[0]) == lines else None


def _width(data: bytes, delimiter: str) -> int:
    """Say how many cells the first line has; 0 where it cannot be told."""
    line = data[: data.find(b"\n") if b"\n" in data else None].decode("utf-8", "replace")
    try:
        return len(next(csv.reader([line], delimiter=delimiter, strict=True)))
    except (csv.Error, StopIteration):
        return 0


def _columns(data: bytes, delimiter: str, width: int) -> Columns | None:
    if width < 2:
        return None
    names = [str(at) for at in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(data),
            pa_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            pa_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(names, _TEXT)),
        )
    except pa.ArrowInvalid:  # lines of unequal length, or letters that are no UTF-8
        return None
    return tuple(_whole(column) for column in table.columns)


def _whole(column: pa.ChunkedArray) -> pa.StringArray:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _longest(column: pa.StringArray) -> int:
    """Give the bytes of the longest cell."""
    return int(np.diff(offsets(column)).max(initial=0))


def offsets(column: pa.StringArray) -> NDArray[np.int32]:
    """Give where each text of `column` begins and the last one ends, in its bytes."""
    buffer = column.buffers()[1]
    every = np.frombuffer(buffer, np.int32) if buffer else np.zeros(1, np.int32)
    return every[column.offset : column.offset + len(column) + 1]


def _quotes_fit(data: NDArray[np.uint8], delimiter: int) -> bool:
    """Say whether every quote opens a cell, closes it, or is doubled within, on one line.

    Quotes open and close in turn; a doubled one closes and opens again at once.
    """
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return False
    opens, closes = quotes[::2], quotes[1::2]
    doubled = opens[1:] == closes[:-1] + 1
    around = np.concatenate(([_LINE_FEED], data, [_LINE_FEED]))
    before, after = around[opens], around[closes + 2]
    begins = (before == delimiter) | (before == _LINE_FEED)
    stops = (after == delimiter) | (after == _LINE_FEED)
    begins[1:] |= doubled
    stops[:-1] |= doubled
    if not (begins.all() and stops.all()):
        return False
    inside = np.searchsorted(quotes, np.flatnonzero(data == _LINE_FEED)) % 2
    return not inside.any()
