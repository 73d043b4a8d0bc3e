"""The fifth layer: a question ends when it takes too long, grows too large, or nobody waits."""

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import duckdb

from tinhdata.kernel import caller, t
from tinhdata.warehouse.asking.model import Answer, Field
from tinhdata.warehouse.errors import ReadAbandoned, ReadTooLong, SqlTooLarge
from tinhdata.warehouse.model import Bounds, Value

_PIECE = 500
_TICK = 0.05


def answer(connection: duckdb.DuckDBPyConnection, sql: str, bounds: Bounds) -> Answer:
    """Run `sql` within `bounds`, for as long as the caller waits.

    Raises ReadTooLong, SqlTooLarge, ReadAbandoned, and duckdb.Error for what the engine says.
    """
    with _watched(connection, bounds.seconds):
        try:
            connection.execute(sql)
            fields = _fields(connection)
            rows, is_cut = _rows(connection, bounds)
        except duckdb.OutOfMemoryException as error:
            raise _too_large() from error
    return Answer(fields, rows, is_cut)


@contextlib.contextmanager
def _watched(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    who = caller()
    finished = threading.Event()
    until = time.monotonic() + seconds

    def watch() -> None:
        # More than once: an interruption between two pieces of an answer is forgotten.
        while not finished.wait(_TICK):
            if who.is_gone or time.monotonic() >= until:
                connection.interrupt()

    if who.is_gone:
        raise _abandoned()
    watcher = threading.Thread(target=watch, name="question", daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException as error:
        if who.is_gone:
            raise _abandoned() from error
        raise ReadTooLong(
            t("The answer took longer than {seconds} s.", seconds=seconds),
            fix=t("Ask for fewer rows: filter by WHERE before joining and grouping."),
        ) from error
    finally:
        finished.set()
        watcher.join()


def _fields(connection: duckdb.DuckDBPyConnection) -> tuple[Field, ...]:
    names: set[str] = set()
    fields: list[Field] = []
    for name, kind, *_ in connection.description or ():
        own, number = str(name), 1
        while own.lower() in names:
            own, number = f"{name}_{number}", number + 1
        names.add(own.lower())
        fields.append(Field(own, _type(str(kind))))
    return tuple(fields)


def _type(kind: str) -> str:
    plain = kind.upper().partition("(")[0]
    for name, kinds in _TYPES.items():
        if plain in kinds:
            return name
    return "string"


_TYPES = {
    "integer": {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER",
                "UHUGEINT", "USMALLINT", "UTINYINT"},
    "number": {"DECIMAL", "DOUBLE", "FLOAT"},
    "boolean": {"BOOLEAN"},
    "date": {"DATE"},
    "timestamp": {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"},
    "time": {"TIME"},
    "interval": {"INTERVAL"},
}  # fmt: skip


def _rows(
    connection: duckdb.DuckDBPyConnection, bounds: Bounds
) -> tuple[tuple[tuple[Value, ...], ...], bool]:
    rows: list[tuple[Value, ...]] = []
    size = 0
    while piece := connection.fetchmany(_PIECE):
        for row in piece:
            if len(rows) == bounds.rows:
                return tuple(rows), True
            values = tuple(map(_value, row))
            size += sum(len(value) if isinstance(value, str) else 8 for value in values)
            if size > bounds.bytes:
                raise _too_large()
            rows.append(values)
    return tuple(rows), False


def _value(value: object) -> Value:
    if value is None or isinstance(value, bool | int | float | Decimal | str | date | datetime):
        return value
    return str(value)


def _abandoned() -> ReadAbandoned:
    return ReadAbandoned(t("Nobody waits for this answer any more, so it was not looked for."))


def _too_large() -> SqlTooLarge:
    return SqlTooLarge(
        t("The answer needs more memory than one question may use."),
        fix=t("Ask for fewer rows and columns, or download the whole dataset as a file."),
    )
