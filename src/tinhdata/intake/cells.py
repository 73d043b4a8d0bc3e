"""Typed values of cells, as workbooks, JSON and Parquet hold them, and the text each becomes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeAlias


class Written(str):
    """A number as a typed file writes it, digit by digit: no text that only looks like one."""

    __slots__ = ()


class Percent(float):
    """A number that its cell shows as a percentage: 0.125, shown and written as 12.5%.

    A column in percent reads that as 12.5. In any other one, also one of shares without a unit, the
    sign is a fault that a person is told of: nobody but them knows whether 25% is 0.25 or 25 there.
    """

    __slots__ = ()


_MOST_ZEROS = 400
"""Beyond so many digits an exponent stays: no number of a table has them, 1e999999999 would."""

Value: TypeAlias = "int | float | str | bool | time | date | datetime | timedelta"
"""A cell; the empty text where there is nothing."""

_MIDNIGHT = time(0)


def cell_text(value: Value) -> str:
    """Give a typed cell as text: dates as ISO, whole numbers without a decimal point.

    Other numbers have the fewest digits that name them exactly, never an exponent; those that are
    `Written` stay as they are. A `Percent` is a hundred times the number and a sign. Durations are
    written as hours:minutes:seconds.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, datetime):
        if value.time() == _MIDNIGHT:
            return value.date().isoformat()
        return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(value)


def written(text: str) -> Written:
    """Give a number of a typed file digit by digit: 1.5e-3, as programs write it, is 0.0015."""
    if "e" not in text and "E" not in text:
        return Written(text)
    try:
        number = Decimal(text)
    except InvalidOperation:  # the exponent itself has more digits than any number
        return Written(text)
    is_short = abs(int(number.as_tuple().exponent)) <= _MOST_ZEROS
    return Written(format(number, "f") if is_short else text)


def is_fraction(value: Value) -> bool:
    """Say whether the file itself types `value` as a number with decimals."""
    if isinstance(value, Written):
        return "." in value
    if isinstance(value, Percent):
        value *= 100
    return isinstance(value, float) and not value.is_integer()


def with_comma(value: Value, text: str) -> str:
    """Give `text` of a typed number with a decimal comma, as the texts around it are written."""
    is_typed = isinstance(value, float | Written)
    return text.replace(".", ",") if is_typed else text


def row_text(values: Sequence[Value], commas: Collection[int]) -> list[str]:
    """Give typed cells as text, the numbers at the places `commas` with a decimal comma."""
    cells = [cell_text(value) for value in values]
    for at in commas:
        if at < len(cells):
            cells[at] = with_comma(values[at], cells[at])
    return cells


def _float_text(value: float) -> str:
    if isinstance(value, Percent):
        return format(Decimal(float.__repr__(value)).scaleb(2), "f") + "%"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(repr(value)), "f")
