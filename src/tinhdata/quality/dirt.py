"""Which rows hold a cell that may need cleaning: a look at the bytes of the text, before any rule.

Nearly all rows of a large file need none. To see that in the bytes of a whole column takes a small
part of the time of a pattern per cell. The look errs on one side only: a row that is not named here
holds nothing that `standardise` would clean.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Places: TypeAlias = NDArray[np.int64]

_MOST_SHARE = 10
"""With one row in so many dirty, naming them is no gain: all are looked at closely."""
_ENOUGH = 50_000
"""Rows that have to be seen before their share says something."""
_CODE_BYTES = 5
"""Cells that take fewer bytes on average are stored as codes of few values."""

# Letters are stored in UTF-8. Suspect is every byte that may begin what is no plain letter, sign or
# single blank: controls, joined-on accents, blanks of other widths, letters outside of Latin.
_SUSPECT = np.ones(256, bool)
_SUSPECT[0x20:0x7F] = False
_SUSPECT[0x80:0xC0] = False  # the second and third bytes of letters
_SUSPECT[0xC3:0xCA] = False  # À to ɏ, and đ, ơ, ư among them
_SUSPECT[0xE1:0xE3] = False  # looked at with the bytes behind: ạ to ỹ, dashes and quotation marks
_BLANK = 0x20
_LAST_SIGN = 0x7E
_NONE: Places = np.empty(0, np.int64)


def dirty_records(rows: Path, columns: Sequence[str]) -> pa.Array | None:
    """Give the record numbers of the rows with a cell of `columns` that may need cleaning.

    None where there are so many that every row should be looked at.
    """
    found: list[Places] = []
    seen = dirty = 0
    # Without its buffer ahead, the reader holds one column of one row group at a time.
    with pq.ParquetFile(rows, read_dictionary=_coded(rows, columns), pre_buffer=False) as file:
        for group in range(file.num_row_groups):
            places = np.unique(np.concatenate([_NONE, *_dirty_of(file, group, columns)]))
            seen += file.metadata.row_group(group).num_rows
            dirty += len(places)
            if dirty * _MOST_SHARE > max(seen, _ENOUGH):
                return None
            if len(places):
                found.append(_numbers(_column(file, group, "_record"))[places])
    records = np.concatenate([_NONE, *found])
    return pa.Array.from_buffers(pa.int64(), len(records), [None, pa.py_buffer(records)])


def _coded(rows: Path, columns: Sequence[str]) -> list[str]:
    """Give the columns that are stored as codes: of these only the few values are looked at."""
    sizes = dict.fromkeys(columns, 0)
    with pq.ParquetFile(rows) as file:
        for at in range(file.num_row_groups):
            group = file.metadata.row_group(at)
            for chunk in (group.column(place) for place in range(group.num_columns)):
                if chunk.path_in_schema in sizes:
                    sizes[chunk.path_in_schema] += chunk.total_uncompressed_size
        total = file.metadata.num_rows
    return [column for column, size in sizes.items() if size < _CODE_BYTES * total]


def _dirty_of(file: pq.ParquetFile, group: int, columns: Sequence[str]) -> Iterator[Places]:
    for column in columns:
        start = 0
        for cells in _column(file, group, column).chunks:
            yield _dirty_rows(cells) + start
            start += len(cells)


def _column(file: pq.ParquetFile, group: int, column: str) -> pa.ChunkedArray:
    return file.read_row_group(group, columns=[column], use_threads=False).column(0)


def _numbers(column: pa.ChunkedArray) -> Places:
    pieces = [_values(piece, np.dtype(np.int64)) for piece in column.chunks]
    return np.concatenate([_NONE, *pieces])


def _dirty_rows(cells: pa.Array) -> Places:
    if not pa.types.is_dictionary(cells.type):
        return _dirty_texts(cells)
    dirty = _dirty_texts(cells.dictionary)
    if not len(dirty):
        return dirty
    is_dirty = np.zeros(len(cells.dictionary), bool)
    is_dirty[dirty] = True
    codes = _values(cells.indices, np.dtype(cells.indices.type.to_pandas_dtype()))
    # An empty cell has any code at all: clean it may be, but to look at it closely is no fault.
    return np.flatnonzero(is_dirty[codes])


def _values(array: pa.Array, kind: "np.dtype[np.generic]") -> Places:
    # Read from the buffer: the array's own way to numpy brings in pandas where it is installed.
    values = np.frombuffer(array.buffers()[1], kind)
    return values[array.offset : array.offset + len(array)].astype(np.int64, copy=False)


def _dirty_texts(texts: pa.Array) -> Places:
    """Give the places of the `texts` that may need cleaning, some of them more than once."""
    _, offsets, data = texts.buffers()
    if not len(texts) or offsets is None:
        return _NONE
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    text = np.frombuffer(data or b"", np.uint8)[bounds[0] : bounds[-1]]
    bounds = bounds - bounds[0]
    suspects = np.concatenate([_NONE, *_suspects(text)])
    dirty = [np.searchsorted(bounds, suspects, "right") - 1, *_at_the_ends(texts, text, bounds)]
    return np.concatenate(dirty)


def _suspects(text: Bytes) -> Iterator[Places]:
    """Give the places of bytes that may begin something to clean."""
    if not len(text):
        return
    if text.max() > _LAST_SIGN or text.min() < _BLANK:
        yield np.flatnonzero(_SUSPECT[text])
        yield from _letters_of_three(text)
    blanks = text == _BLANK
    if blanks.any():
        # Where one text ends and the next begins with a blank, both are dirty, too.
        yield np.flatnonzero(blanks[1:] & blanks[:-1])


def _letters_of_three(text: Bytes) -> Iterator[Places]:
    leads = np.flatnonzero((text == 0xE1) | (text == 0xE2))
    if len(leads):
        lead, second, third = text[leads], text[leads + 1], text[leads + 2]
        vietnamese = (lead == 0xE1) & ((second == 0xBA) | (second == 0xBB))
        signs = (lead == 0xE2) & (second == 0x80) & (third >= 0x90) & (third <= 0xA7)
        yield leads[~(vietnamese | signs)]


def _at_the_ends(texts: pa.Array, text: Bytes, bounds: NDArray[np.int32]) -> Iterator[Places]:
    """Give the places of texts that are empty, or begin or end with a blank."""
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    if len(filled) + texts.null_count < len(texts):
        yield np.flatnonzero(bounds[1:] == bounds[:-1])
    first, last = text[bounds[filled]], text[bounds[filled + 1] - 1]
    yield filled[(first == _BLANK) | (last == _BLANK)]
