"""Values as programs read them: exact, ISO dates, a point before decimals. Short answers as text.

Files of many rows are written in the same forms by the warehouse (`warehouse.row_texts`).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from typing import TypeAlias

from tinhdata.kernel import JSON
from tinhdata.warehouse import Value

Columns: TypeAlias = Sequence[Sequence[Value]]
"""Rows column by column, each column of one type; so they come, and so they are written fast."""


def plain(value: Value) -> str | None:
    """Write `value` as plain text: 1234.5, 2025-07-01, 2025-07-01T14:30:00, true."""
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case float():
            return _float(value)
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)


def json_text(value: Value) -> str:
    """Write `value` as JSON; numbers keep every digit, dates are ISO strings."""
    match value:
        case str():
            return encode_basestring(value)
        case None:
            return "null"
        case bool() | int() | Decimal():
            return plain(value) or "null"
        case float():
            return repr(value) if isfinite(value) else "null"
        case _:
            return encode_basestring(plain(value) or "")


def csv_lines(header: Sequence[str], batches: Iterable[Columns], *, bom: bool) -> Iterator[bytes]:
    """Write RFC 4180 in UTF-8: one piece per batch of columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    yield (b"\xef\xbb\xbf" if bom else b"") + buffer.getvalue().encode()
    for batch in batches:
        buffer.seek(0)
        buffer.truncate()
        writer.writerows(zip(*map(_plain_column, batch), strict=True))
        yield buffer.getvalue().encode()


def json_head(meta: Mapping[str, JSON]) -> bytes:
    """Begin one object: `meta`, then `rows`, whose objects follow each in its line."""
    return b'{"meta":' + json.dumps(meta, ensure_ascii=False).encode() + b',"rows":['


def json_page(
    head: Mapping[str, JSON],
    names: Sequence[str],
    rows: Iterable[Sequence[Value]],
    called: str = "rows",
) -> bytes:
    """Write one page: the members of `head`, then `rows`, so `called`, as objects by name."""
    written = ",\n".join(_objects(names, list(zip(*rows, strict=True))))
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{opening}, "{called}":[{written}]}}'.encode()


def _plain_column(values: Sequence[Value]) -> Iterable[object]:
    """Give a column for the CSV writer, which writes text, whole numbers and nothing itself."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, str | int) and not isinstance(first, bool):
        return values
    return map(plain, values)


def _objects(names: Sequence[str], columns: Columns) -> list[str]:
    """Write rows, given by columns, as JSON objects."""
    written = [
        [f"{encode_basestring(name)}:{json_text(value)}" for value in column]
        for name, column in zip(names, columns, strict=bool(columns))
    ]
    return ["{" + ",".join(cells) + "}" for cells in zip(*written, strict=True)]


def _float(value: float) -> str:
    """Write the shortest digits that read back the same, never with an exponent."""
    return format(Decimal(repr(value)), "f") if isfinite(value) else ""


def bare(value: Value) -> str | int | float | bool | None:
    """Give `value` as JSON knows values; a decimal stays exact by staying text of digits."""
    match value:
        case bool() | int() | str() | None:
            return value
        case float():
            return value if isfinite(value) else None
        case _:
            return plain(value)
