"""Typed cells of many rows as columns of text: what `cells` says of each, for whole columns."""

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tinhdata.intake.cells import Value, cell_text, with_comma

_MOST_WHOLE = 1e15
"""From here on `cell_text` writes numbers in another way."""


def texts(rows: Sequence[Sequence[Value]], commas: Collection[int]) -> tuple[pa.StringArray, ...]:
    """Give the cells of `rows`, which are equally long, as `cells.row_text` gives those of one."""
    columns = zip(*rows, strict=True)
    return tuple(_column(cells, at in commas) for at, cells in enumerate(columns))


def _column(cells: Sequence[Value], with_commas: bool) -> pa.StringArray:
    kinds = set(map(type, cells))
    if kinds == {str}:
        return pa.array(cells, pa.string())
    if kinds == {float} and (whole := _whole(cells)) is not None:
        return whole
    # Cells of a column often say the same: each different one is written once. The kind belongs
    # to it, for 1 equals True, and 0.0 equals -0.0.
    written: dict[tuple[type, Value], str] = {}
    found: list[str] = []
    for value in cells:
        key = (type(value), value)
        text = written.get(key)
        if text is None:
            text = cell_text(value)
            written[key] = text = with_comma(value, text) if with_commas else text
        found.append(text)
    return pa.array(found, pa.string())


def _whole(cells: Sequence[Value]) -> pa.StringArray | None:
    """Give floats that are whole numbers as text; None where one is not."""
    numbers = np.array(cells, np.float64)
    with np.errstate(invalid="ignore"):
        if not (np.abs(numbers) < _MOST_WHOLE).all() or (numbers != np.floor(numbers)).any():
            return None
    return pc.cast(pa.array(numbers.astype(np.int64)), pa.string())
