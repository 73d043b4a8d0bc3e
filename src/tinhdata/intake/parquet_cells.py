"""Columns of Parquet -> cells as text, or why a cell cannot be read. Pure.

Dates become ISO text, decimals keep every digit, moments with a zone are told in the time of Việt
Nam, where a moment with a zone in any file ends up.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from tinhdata.intake.cells import Value, cell_text, written
from tinhdata.intake.delimited import UNDECODED, ZERO
from tinhdata.intake.lines import Fault
from tinhdata.kernel import t

Cell: TypeAlias = "Value | Fault"

_AHEAD = 7 * 3600
"""Seconds by which Việt Nam is ahead of UTC, all year."""

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_LAST = 2**63 - 1
_OUT_OF_RANGE = "<value out of range"
"""What pyarrow writes for moments beyond the years that it can tell."""

_NO_MOMENT = Fault("not-a-moment", t("The cell holds a moment that lies beyond every calendar."))
_NOTHING = frozenset({"nan", "inf", "-inf"})


def cells_of(column: pa.Array) -> Sequence[Cell]:
    """Give the cells of `column`, the empty text where there is nothing.

    Raises pyarrow's errors on a type that has no text.
    """
    kind = column.type
    if isinstance(kind, pa.UuidType):
        return ["" if raw is None else str(UUID(bytes=raw)) for raw in column.storage.to_pylist()]
    if isinstance(kind, pa.BaseExtensionType):
        return cells_of(column.storage)
    if pa.types.is_dictionary(kind):
        return cells_of(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_duration(kind):
        return _each(column.cast(pa.duration("us"), safe=False), cell_text)
    convert = next((how for fits, how in _KINDS if fits(kind)), None)
    return _each(column if convert in _AS_THEY_ARE else column.cast(pa.string()), convert or str)


def _each(column: pa.Array, convert: Callable[..., Cell]) -> Sequence[Cell]:
    return ["" if value is None else convert(value) for value in column.to_pylist()]


def _moments(column: pa.Array) -> Sequence[Cell]:
    """Give moments as they are told in Việt Nam; those without a zone stay as they are.

    What the addition carries beyond the numbers there are is no moment; nothing else is.
    """
    unit = column.type.unit
    plain = column.cast(pa.timestamp(unit))
    if column.type.tz is None:
        return _each(plain.cast(pa.string()), _moment)
    ahead = _AHEAD * _PER_SECOND[unit]
    is_late = pc.greater(plain.cast(pa.int64()), _LAST - ahead).to_pylist()
    local = pc.add(plain, pa.scalar(ahead, pa.duration(unit)))  # goes round where it is too late
    cells = _each(local.cast(pa.string()), _moment)
    return [_NO_MOMENT if late else cell for cell, late in zip(cells, is_late, strict=True)]


def _moment(text: str) -> Cell:
    if text.startswith(_OUT_OF_RANGE):
        return _NO_MOMENT
    return _clock(text).removesuffix(" 00:00:00")


def _clock(text: str) -> str:
    return text.rstrip("0").removesuffix(".") if "." in text else text


def _fraction(text: str) -> Cell:
    if text in _NOTHING:
        return Fault("not-a-number", t("The cell holds {value}, which is no number.", value=text))
    return written(text)


def _words(text: str) -> Cell:
    return ZERO if "\0" in text else text


def _bytes(raw: bytes) -> Cell:
    try:
        return _words(raw.decode())
    except UnicodeDecodeError:
        return UNDECODED


def _bool(value: bool) -> Cell:
    return value


_AS_THEY_ARE = (_words, _bytes, _bool)
_KINDS: tuple[tuple[Callable[[pa.DataType], bool], Callable[..., Cell]], ...] = (
    (pa.types.is_string, _words),
    (pa.types.is_large_string, _words),
    (pa.types.is_string_view, _words),
    (pa.types.is_binary, _bytes),
    (pa.types.is_large_binary, _bytes),
    (pa.types.is_binary_view, _bytes),
    (pa.types.is_fixed_size_binary, _bytes),
    (pa.types.is_boolean, _bool),
    (pa.types.is_integer, int),
    (pa.types.is_floating, _fraction),
    (pa.types.is_decimal, _fraction),
    (pa.types.is_time, _clock),
)
