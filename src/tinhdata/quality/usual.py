"""Cells in the usual writings: read at once, and proven by writing the value back. Pure SQL.

Nearly every cell of a large file is a plain number or a date such as 31/12/2025 or 2025-12-31. What
is written back letter for letter as it stood needs no cleaning and no second look; any other cell
goes the long way of `standardise`, which gives the same value for these.
"""

from tinhdata.contracts.model import Column, Contract, LogicalType
from tinhdata.quality.model import Writing
from tinhdata.vietnam import DateOrder

_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_CLOCKS = {10: "", 16: " %H:%M", 19: " %H:%M:%S"}
"""The clock behind the day, by the length of the whole cell."""
# Years that the long way takes, too: the first digit is 1 or 2.
_YEARS = "TIMESTAMP '1000-01-01' AND TIMESTAMP '2999-12-31 23:59:59'"


def is_read_at_once(contract: Contract, column: Column, writing: Writing) -> bool:
    """Say whether cells of `column` have a usual writing that says all about them.

    Declared date forms, units to convert and marks can give the same letters another meaning.
    """
    if writing.scale is not None or any(each.marks for each in contract.columns):
        return False
    if column.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP):
        return not column.date_formats
    return column.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER)


def moment_at_once(column: Column, raw: str, writing: Writing) -> str:
    """Write the TIMESTAMP of a date or moment in a usual writing, NULL for other columns."""
    if column.logical_type not in (LogicalType.DATE, LogicalType.TIMESTAMP):
        return "CAST(NULL AS TIMESTAMP)"
    tries = _tries(raw, _day(writing))
    if column.logical_type is LogicalType.TIMESTAMP:
        # Which writing is tried first decides nothing but the time it takes.
        tries.reverse()
    return f"coalesce({', '.join(tries)})"


def _tries(raw: str, day: str) -> list[str]:
    own = f"try_cast({raw} AS TIMESTAMP)"
    branches = " ".join(
        f"WHEN {length} THEN try_strptime({raw}, '{day}{clock}')"
        for length, clock in _CLOCKS.items()
    )
    return [f"CASE strlen({raw}) {branches} END", own]


def is_usual(column: Column, raw: str, moment: str, writing: Writing) -> str:
    """Write the condition that `raw` is in a usual writing, with the `moment` it was read as."""
    match column.logical_type:
        case LogicalType.INTEGER:
            return f"regexp_matches({raw}, '^-?[0-9]{{1,18}}$')"
        case LogicalType.NUMBER:
            # Three decimals could be thousands; one or two are decimals in every writing.
            most = 2 if column.decimals is None else min(column.decimals, 2)
            part = f"([.][0-9]{{1,{most}}})?" if most else ""
            return f"regexp_matches({raw}, '^-?[0-9]{{1,15}}{part}$')"
        case _:
            return f"{moment} BETWEEN {_YEARS} AND {_is_written(column, moment, raw, writing)}"


def _is_written(column: Column, moment: str, raw: str, writing: Writing) -> str:
    """Write the condition that `moment`, written again, is `raw`.

    It is made of branches and not of OR, of which the engine works out every part.
    """
    day = _day(writing)
    own = f"CAST({moment} AS VARCHAR)"
    forms: dict[int, list[str]] = {}
    for length, clock in _CLOCKS.items():
        forms[length] = [f"'{day}{clock}'", f"'%Y-%m-%d{clock}'"]
        if clock:
            forms[length].append(f"'%Y-%m-%d{clock.replace(' ', 'T')}'")
    tests = {
        length: " ".join(f"WHEN strftime({moment}, {form}) = {raw} THEN true" for form in each)
        for length, each in forms.items()
    }
    others = " ".join(f"WHEN {length} THEN CASE {each} END" for length, each in tests.items())
    by_length = f"CASE strlen({raw}) {others} END"
    if column.logical_type is LogicalType.DATE:
        return by_length
    return f"CASE WHEN {own} = {raw} THEN true ELSE {by_length} END"


def _day(writing: Writing) -> str:
    return _MONTH_FIRST if writing.date_order is DateOrder.MONTH_FIRST else _DAY_FIRST
