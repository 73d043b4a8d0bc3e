"""Smallest and largest values, lengths and lists of values for a draft, rounded outward. Pure.

A sample shows what occurred, not what may occur: every limit leaves room for the next delivery.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from tinhdata.contracts.draft_seen import ColumnSeen
from tinhdata.contracts.draft_values import Kind
from tinhdata.contracts.model import Bound, LogicalType

_STEPS = (Decimal(1), Decimal(2), Decimal(5))
_ROOM = Decimal("1.5")
_LENGTHS = (5, 10, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000, 4_000, 8_000)
_MOST_LISTED = 30
_LONGEST_LISTED = 60
_LEAST_REPEATS = 5
_FIXED_DIGITS = re.compile(r"[0-9]+")
_LAST_YEAR = 2100


def range_of(kind: Kind, semantic_type: str | None) -> tuple[Bound | None, Bound | None]:
    """Give the smallest and largest value for the values of `kind`, None where left open."""
    if semantic_type in ("percent", "quarter", "month"):
        return None, None  # the type brings its own
    numbers = [v for v in kind.read.values() if isinstance(v, int | Decimal)]
    if kind.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER) and numbers:
        return _of_numbers(numbers, kind, semantic_type)
    days = [v for v in kind.read.values() if isinstance(v, date)]
    if kind.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP) and days:
        return _earliest(days, kind.logical_type), None
    return None, None


def _of_numbers(
    numbers: Sequence[int | Decimal], kind: Kind, semantic_type: str | None
) -> tuple[Bound | None, Bound | None]:
    low, high = min(numbers), max(numbers)
    if semantic_type == "year":
        return int(low) // 10 * 10, _LAST_YEAR
    if semantic_type in ("latitude", "longitude"):
        floor, ceiling = int(Decimal(low) // 1) - 1, int(Decimal(high) // 1) + 2
        return Decimal(floor), Decimal(ceiling)
    if semantic_type == "numeric-code":
        return None, None
    is_whole = kind.logical_type is LogicalType.INTEGER
    bottom = Decimal(0) if low >= 0 else -nice_above(-Decimal(low))
    top = nice_above(Decimal(high)) if high > 0 else Decimal(0)
    if abs(top) > 10**15 or abs(bottom) > 10**15:
        return None, None
    if is_whole:
        return int(bottom), max(int(top), 1)
    return bottom, max(top, Decimal(1))


def nice_above(number: Decimal) -> Decimal:
    """Give the first of 1, 2, 5, 10, 20 … that leaves half as much room again above `number`."""
    wanted = number * _ROOM
    power = Decimal(10) ** wanted.adjusted()
    while True:
        for step in _STEPS:
            if step * power >= wanted:
                return step * power
        power *= 10


def _earliest(days: Iterable[date], logical_type: LogicalType) -> Bound:
    year = max(min(day.year for day in days) // 10 * 10, 1)
    return date(year, 1, 1) if logical_type is LogicalType.DATE else datetime(year, 1, 1)  # noqa: DTZ001 - a bound has no zone


def longest(values: Iterable[str]) -> int | None:
    """Give a largest length with room for longer values, None for very long texts."""
    wanted = max(map(len, values), default=0) * 3 // 2
    return next((length for length in _LENGTHS if length >= wanted), None)


def code_pattern(values: Collection[str]) -> str | None:
    """Give the pattern of codes of digits that all have the same length, zeros in front kept."""
    lengths = {len(value) for value in values}
    if len(lengths) != 1 or not all(_FIXED_DIGITS.fullmatch(value) for value in values):
        return None
    return f"[0-9]{{{lengths.pop()}}}"


def values_to_list(seen: ColumnSeen, kind: Kind) -> tuple[str, ...]:
    """Give the few values that the column always has, in order; none where they are too many."""
    if kind.logical_type is not LogicalType.STRING or kind.odd:
        return ()
    values = [seen.values[at] for at in kind.read]
    times = sum(seen.counts[at] for at in kind.read)
    if not 2 <= len(values) <= _MOST_LISTED or times < _LEAST_REPEATS * len(values):
        return ()
    if any(len(value) > _LONGEST_LISTED or not value.isprintable() for value in values):
        return ()
    rare = sum(seen.counts[at] == 1 for at in kind.read)
    # Where several values stand there once only, the next file will bring others.
    if rare * 5 > len(values):
        return ()
    return tuple(sorted(values))
