"""Dates and moments: their writings in files -> SQL that gives ISO text, and the value from it.

Pure. Day before month, as written in Việt Nam, unless the values of the file's column decided
otherwise; a year of two digits is never guessed; months alone, two-digit years and Excel's serial
numbers are read only where the contract's `dateFormats` say so.
"""

import re
from collections.abc import Sequence

from tinhdata.kernel import quote_literal
from tinhdata.vietnam import DateOrder

EXCEL_SERIAL = "excel"
"""The form in `dateFormats` that allows the day numbers of Excel (1900 system)."""

_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_ZONE = r"( ?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?"
_TAIL = f"(?:(?:T| +|, ?)({_CLOCK}{_ZONE}))?$"
_YEAR = "[12][0-9]{3}"
_YEAR_LAST = f"^([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]({_YEAR}){_TAIL}"
_YEAR_FIRST = f"^({_YEAR})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{1,2}}){_TAIL}"

_SHAPES = {
    "d": "[0-9]{1,2}",
    "m": "[0-9]{1,2}",
    "Y": _YEAR,
    "y": "[0-9]{2}",
    "H": "[0-9]{1,2}",
    "I": "[0-9]{1,2}",
    "M": "[0-9]{1,2}",
    "S": "[0-9]{1,2}",
    "f": "[0-9]{1,6}",
    "p": "[AaPp][Mm]",
    "b": "[A-Za-z]{3}",
    "B": "[A-Za-z]{3,9}",
    "j": "[0-9]{1,3}",
    "%": "%",
}


def shape_of(form: str) -> str:
    """Give the regular expression of texts that the strptime `form` describes.

    Raises ValueError on a directive that is not read here.
    """
    pieces: list[str] = []
    letters = iter(form)
    for letter in letters:
        if letter != "%":
            pieces.append(re.escape(letter) if letter != " " else " +")
            continue
        directive = next(letters, "")
        if directive not in _SHAPES:
            raise ValueError(f"%{directive} is not a directive of date forms here")
        pieces.append(_SHAPES[directive])
    return f"^{''.join(pieces)}$"


def plain_date_sql(forms: Sequence[str], text: str, order: DateOrder | None = None) -> str:
    """Write the SQL that gives the date or moment in `text` as ISO text, NULL for other shapes.

    The forms of the contract go first. A text that has the shape of one of them is read by them
    alone: where the contract says month before day, 02/03/2025 must never be tried the other way.
    `order` is that of the whole column in this file, where its values decided it.
    """
    branches: list[str] = []
    written = [form for form in forms if form != EXCEL_SERIAL]
    if written:
        fits = [f"regexp_matches({text}, {quote_literal(shape_of(form))})" for form in written]
        # The engine alone reads 1/2/25 by %Y as the year 25, so each form sees only its own shape.
        tries = ", ".join(
            f"CASE WHEN {fit} THEN try_strptime({text}, {quote_literal(form)}) END"
            for fit, form in zip(fits, written, strict=True)
        )
        branches.append(
            f"WHEN {' OR '.join(fits)} THEN strftime(coalesce({tries}), '%Y-%m-%d %H:%M:%S.%f')"
        )
    if EXCEL_SERIAL in forms:
        branches.append(
            f"WHEN regexp_matches({text}, '^[0-9]{{1,6}}([.][0-9]+)?$') THEN {_serial_sql(text)}"
        )
    iso = r"\3-\1-\2 \4" if order is DateOrder.MONTH_FIRST else r"\3-\2-\1 \4"
    branches.append(_rearranged(text, _YEAR_LAST, iso))
    branches.append(_rearranged(text, _YEAR_FIRST, r"\1-\2-\3 \4"))
    return f"CASE {' '.join(branches)} END"


def moment_sql(plain: str) -> str:
    """Write the SQL that gives the TIMESTAMP in Việt Nam of ISO text, NULL outside the calendar.

    A text with a zone is moved to UTC+7, which Việt Nam keeps all year; the stored value has none.
    """
    zoned = f"regexp_matches({plain}, ':[0-9.]+ ?(Z|[+-][0-9:]+)$')"
    local = f"make_timestamp(epoch_us(try_cast({plain} AS TIMESTAMPTZ)) + 25200000000)"
    return f"CASE WHEN {zoned} THEN {local} ELSE try_cast({plain} AS TIMESTAMP) END"


def _rearranged(text: str, shape: str, order: str) -> str:
    return (
        f"WHEN regexp_matches({text}, '{shape}') "
        f"THEN rtrim(regexp_replace({text}, '{shape}', '{order}'))"
    )


def _serial_sql(text: str) -> str:
    number = f"try_cast({text} AS DOUBLE)"
    # Excel counts a 29 February 1900 that never was: day 60 is no day, days before it are one off.
    start = f"CASE WHEN {number} < 60 THEN TIMESTAMP '1899-12-31' ELSE TIMESTAMP '1899-12-30' END"
    moment = f"{start} + to_microseconds(CAST(round({number} * 86400) * 1000000 AS BIGINT))"
    valid = f"{number} >= 1 AND {number} < 2958466 AND floor({number}) <> 60"
    return f"CASE WHEN {valid} THEN strftime({moment}, '%Y-%m-%d %H:%M:%S.%f') END"
