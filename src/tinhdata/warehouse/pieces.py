"""Pieces of text as they come from the engine: the bytes of many lines, without copying them."""

from dataclasses import dataclass
from typing import TypeAlias

import pyarrow as pa

Buffer: TypeAlias = "bytes | memoryview"


@dataclass(frozen=True, slots=True)
class Unfit:
    """A text that no cell can hold: data row and column, counted from 1 and 0, and its letters."""

    row: int
    column: int
    letters: int


@dataclass(frozen=True, slots=True)
class SheetPiece:
    """Rows of a worksheet, and the first text among them that no cell can hold."""

    rows: Buffer
    unfit: Unfit | None


def joined(texts: pa.StringArray) -> Buffer:
    """Give the texts of a column, one after the other, as they lie in memory."""
    offsets = memoryview(texts.buffers()[1]).cast("q" if texts.type == pa.large_string() else "i")
    content = texts.buffers()[2]
    if content is None:
        return b""
    start, end = offsets[texts.offset], offsets[texts.offset + len(texts)]
    return memoryview(content)[start:end]


def first_unfit(marks: pa.Array) -> Unfit | None:
    """Read the first mark `row:column:letters` that `sheet_rows` made, if there is one."""
    if marks.null_count == len(marks):
        return None
    row, column, letters = map(int, marks.drop_null()[0].as_py().split(":"))
    return Unfit(row - 1, column, letters)
