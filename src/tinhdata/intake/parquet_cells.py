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
        return _each(_local(column).cast(pa.string()), _moment)
    if pa.types.is_duration(kind):
        return _each(column.cast(pa.duration("us"), safe=False), cell_text)
    convert = next((how for fits, how in _KINDS if fits(kind)), None)
    return _each(column if convert in _AS_THEY_ARE else column.cast(pa.string()), convert or str)


def _each(column: pa.Array, convert: Callable[..., Cell]) -> Sequence[Cell]:
    return ["" if value is None else convert(value) for value in column.to_pylist()]


def _local(column: pa.Array) -> pa.Array:
    """Give moments as they are told in Việt Nam; those without a zone stay as they are."""
    unit = column.type.unit
    plain = column.cast(pa.timestamp(unit))
    if column.type.tz is None:
        return plain
    return pc.add_checked(plain, pa.scalar(_AHEAD * _PER_SECOND[unit], pa.duration(unit)))


def _moment(text: str) -> Cell:
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
