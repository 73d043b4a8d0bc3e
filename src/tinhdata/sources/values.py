"""Values of a database as text that the reading of files understands without guessing."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import BinaryIO

from tinhdata.contracts import NumberForm
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.sources.model import MarkValue

_FLUSH = 1 << 18


def text_of(value: object, form: NumberForm = NumberForm.AUTO) -> str:
    """Write one value: ISO dates in the time of Việt Nam, numbers without thousands.

    Decimals have a point, or a comma where the contract's column declares the Vietnamese form.
    """
    match value:
        case None | str():
            return value or ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() | Decimal():
            return _number(value, form)
        case datetime():
            moment = value if value.tzinfo is None else value.astimezone(VIETNAM_TIME)
            return moment.replace(tzinfo=None).isoformat(sep=" ")
        case date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case Mapping() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)


def _number(value: float | Decimal, form: NumberForm) -> str:
    if not isfinite(value):
        return ""
    written = format(value if isinstance(value, Decimal) else Decimal(repr(value)), "f")
    return written.replace(".", ",") if form is NumberForm.VIETNAMESE else written


def is_number(value: object) -> bool:
    """Say whether a program wrote the value as a number, so that its form is known."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def mark_of(value: object) -> MarkValue | None:
    """Keep a value of the mark's column with its type; None where the column holds nothing."""
    match value:
        case None:
            return None
        case bool():
            return MarkValue("text", text_of(value))
        case int():
            return MarkValue("int", str(value))
        case float() | Decimal():
            return MarkValue("decimal", _number(value, NumberForm.AUTO))
        case datetime():
            return MarkValue("datetime", value.isoformat())
        case date():
            return MarkValue("date", value.isoformat())
        case _:
            return MarkValue("text", text_of(value))


def value_of(mark: MarkValue) -> object:
    """Give the value that `mark_of` kept, as a driver binds it."""
    match mark.type:
        case "int":
            return int(mark.text)
        case "decimal":
            return Decimal(mark.text)
        case "datetime":
            return datetime.fromisoformat(mark.text)
        case "date":
            return date.fromisoformat(mark.text)
        case _:
            return mark.text


@dataclass(slots=True)
class Spooled:
    """What was written into a spool file: rows, and the digest of each group's rows."""

    rows: int = 0
    content: dict[str, str] = field(default_factory=dict)
    numeric: frozenset[int] = frozenset()
    """Columns (0-based) in which every value was a number."""


def write_rows(
    file: BinaryIO,
    header: Sequence[str],
    rows: Iterable[tuple[str, Sequence[object]]],
    forms: Sequence[NumberForm],
) -> Iterator[Spooled]:
    """Write `rows`, each with its group, as CSV (UTF-8, RFC 4180); give the state now and then.

    Nothing but the row in hand and a digest per group is kept in memory.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    digests: dict[str, hashlib._Hash] = {}
    numeric = set(range(len(header)))
    spooled = Spooled()
    for group, row in rows:
        cells = [text_of(value, form) for value, form in zip(row, forms, strict=True)]
        for at in [at for at in numeric if row[at] is not None and not is_number(row[at])]:
            numeric.discard(at)
        writer.writerow(cells)
        digest = digests.get(group)
        if digest is None:
            digest = digests[group] = hashlib.sha256()
        digest.update("\x1f".join(cells).encode() + b"\x1e")
        spooled.rows += 1
        if buffer.tell() > _FLUSH:
            _flush(buffer, file)
            yield spooled
    _flush(buffer, file)
    spooled.content = {group: digest.hexdigest() for group, digest in digests.items()}
    spooled.numeric = frozenset(numeric)
    yield spooled


def _flush(buffer: io.StringIO, file: BinaryIO) -> None:
    file.write(buffer.getvalue().encode())
    buffer.seek(0)
    buffer.truncate()
