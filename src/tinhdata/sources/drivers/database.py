"""A table of a database server: one consistent snapshot, read in batches through a cursor.

Each kind of server says in its own module how it is reached; the rest is the same for all.
"""

import contextlib
import importlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, SQLAlchemyError

from tinhdata.kernel import Problem, t
from tinhdata.sources.drivers.selecting import WHOLE, Selection
from tinhdata.sources.errors import (
    DriverMissing,
    SourceDenied,
    SourceUnfit,
    unreachable,
)
from tinhdata.sources.model import DatabasePlace, MarkValue, SeenGroup, SourceKind
from tinhdata.sources.values import mark_of, text_of, value_of

_BATCH = 2_000
_NO_TABLE = frozenset({"42P01", "3F000", "1146", "208", "942"})
_NO_COLUMN = frozenset({"42703", "1054", "207", "904"})
_DENIED = frozenset({"28000", "28P01", "42501", "1044", "1045", "1142", "18456", "229", "1017"})
_NO_DATABASE = frozenset({"3D000", "1049", "4060", "12514"})
_NO_SNAPSHOT = frozenset({"3952"})

Arguments: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Server:
    """How one kind of server is reached and asked for a snapshot that only reads."""

    kind: SourceKind
    dialect: str
    module: str
    extra: str
    port: int
    arguments: Callable[[DatabasePlace], Arguments]
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, str | bool] = field(default_factory=lambda: MappingProxyType({}))
    """Options of the connection, such as its isolation."""
    begin: tuple[str, ...] = ()
    """Statements that open the snapshot."""
    forget: Callable[[object], None] = lambda _connection: None
    """Lets the driver's connection forget a result whose rest will never come."""
    is_service: bool = False
    """Whether what the definition calls the database is a service name."""


@dataclass(frozen=True, slots=True)
class SeenTable:
    """What a table shows: the highest mark, and its groups with the values that tell them apart."""

    top: MarkValue | None
    groups: Mapping[str, SeenGroup]
    values: Mapping[str, tuple[object, ...]]


class Snapshot:
    """One view of the source that does not change while it is read."""

    def __init__(self, connection: sa.Connection, place: DatabasePlace) -> None:
        self._connection = connection
        self._place = place

    def columns(self) -> tuple[tuple[str, str], ...]:
        """Give names and types of the columns, in the order of the source."""
        place = self._place
        if place.query is None:
            with warnings.catch_warnings():
                # Types that no dialect knows (a geometry) are none of our columns, or just text.
                warnings.simplefilter("ignore", sa.exc.SAWarning)
                looked = sa.inspect(self._connection)
                found = looked.get_columns(place.table or "", schema=place.schema)
            return tuple((str(column["name"]), str(column["type"])) for column in found)
        empty = sa.text(f"SELECT * FROM ({place.query}) source_rows WHERE 1 = 0")  # noqa: S608 - the definition's own statement, checked when it was added
        described = self._connection.execute(empty).cursor
        description = described.description if described is not None else ()
        return tuple((str(each[0]), str(each[1])) for each in description)

    def seen(self, selection: Selection, bound: MarkValue | None) -> SeenTable:
        """Give the highest mark, and each group of rows as it stands."""
        limit = None if bound is None else value_of(bound)
        groups: dict[str, SeenGroup] = {}
        values: dict[str, tuple[object, ...]] = {}
        for row in self._connection.execute(selection.groups(limit)):
            *parts, count, top, recent = tuple[object, ...](row)
            name = group_name(parts)
            groups[name] = SeenGroup(int(str(count)), _text(top), int(str(recent or 0)))
            values[name] = tuple(parts)
        if selection.grouping.column is None and groups.get(WHOLE, SeenGroup(0, None)).count == 0:
            groups, values = {}, {}
        found = self._connection.execute(selection.top()).one() if selection.mark else (None,)
        return SeenTable(mark_of(found[0]), MappingProxyType(groups), MappingProxyType(values))

    def rows(
        self, selection: Selection, groups: tuple[tuple[object, ...], ...] | None
    ) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Give the rows of `groups` (None: all) with their group, a batch at a time from there."""
        width = len(selection.columns)
        streamed = self._connection.execution_options(stream_results=True, max_row_buffer=_BATCH)
        wanted = None if groups is None else {group_name(values) for values in groups}
        with streamed.execute(selection.rows(groups)) as result:
            for row in result.yield_per(_BATCH):
                values = tuple(row)
                name = group_name(values[width:])
                if wanted is None or name in wanted:
                    yield name, values[:width]

    def first_rows(self, selection: Selection, count: int) -> tuple[tuple[object, ...], ...]:
        """Give the first rows, for looking at."""
        width = len(selection.columns)
        found = self._connection.execute(selection.rows(None).limit(count))
        return tuple(tuple(row)[:width] for row in found)


def group_name(parts: Sequence[object]) -> str:
    """Give the name of a group by the values that tell it apart: 2026-10, or a value."""
    if len(parts) == 0:
        return WHOLE
    if len(parts) == 1:
        return text_of(parts[0])
    return "-".join("" if part is None else f"{int(str(part)):02}" for part in parts)


@contextmanager
def snapshot(server: Server, place: DatabasePlace, password: str | None) -> Iterator[Snapshot]:
    """Connect and open one view of the source; raises the Problems of `errors` and no other."""
    engine = _engine(server, place, password)
    try:
        with engine.connect() as plain, _forgetting(server, plain):
            connection = plain.execution_options(**server.options) if server.options else plain
            for statement in server.begin:
                connection.exec_driver_sql(statement)
            yield Snapshot(connection, place)
            connection.rollback()
    except NoSuchTableError as error:
        raise _no_table(place) from error
    except DBAPIError as error:
        raise problem_of(error, place) from None
    except SQLAlchemyError as error:
        raise _answered(place, type(error).__name__) from None
    finally:
        engine.dispose()


@contextmanager
def _forgetting(server: Server, connection: sa.Connection) -> Iterator[None]:
    line = connection.connection.driver_connection
    try:
        yield
    except DBAPIError:
        server.forget(line)
        raise


def _engine(server: Server, place: DatabasePlace, password: str | None) -> sa.Engine:
    try:
        importlib.import_module(server.module)
    except ImportError:
        raise DriverMissing(server.kind.value, server.extra) from None
    url = sa.URL.create(
        server.dialect,
        username=place.user,
        password=password,
        host=place.host,
        port=place.port or server.port,
        database=None if server.is_service else place.database,
        query=dict(server.query) | ({"service_name": place.database} if server.is_service else {}),
    )
    try:
        engine = sa.create_engine(
            url,
            poolclass=sa.NullPool,
            hide_parameters=True,
            connect_args=server.arguments(place),
        )
    except ArgumentError:
        raise _answered(place, "address") from None

    sa.event.listen(engine, "handle_error", _close_cursor)
    return engine


def _close_cursor(context: sa.ExceptionContext) -> None:
    # SQLAlchemy leaves the cursors of a lost connection to themselves.
    running = context.execution_context
    if running is not None and running.cursor is not None:
        # PyMySQL then reads from a socket that is gone, and stumbles over its absence.
        with contextlib.suppress(context.dialect.loaded_dbapi.Error, AttributeError):
            running.cursor.close()


def problem_of(error: DBAPIError, place: DatabasePlace) -> Problem:
    """Say what a server's error means, by its code alone: its words may hold values or names."""
    code = _code(error)
    where = f"{place.host}/{place.database}"
    if code in _DENIED or _is_denied(error):
        return SourceDenied(
            t("{place} refuses the account {user}.", place=where, user=place.user),
            fix=t("Check name, secret and the right to read (SELECT)."),
        )
    if code in _NO_TABLE:
        return _no_table(place)
    if code in _NO_COLUMN:
        return SourceUnfit(
            t("{place} no longer has a column that the definition names.", place=where),
            fix=t("Look at the source with “Try the connection” and correct mark or columns."),
        )
    if code in _NO_DATABASE:
        return SourceUnfit(
            t("{place} does not exist on this server.", place=where),
            fix=t("Check the name of the database."),
        )
    if code in _NO_SNAPSHOT:
        return SourceUnfit(
            t("{place} does not allow reading one consistent state.", place=where),
            fix=t("Its administrator has to allow snapshot isolation."),
        )
    if error.connection_invalidated or _is_connection(error, code):
        return unreachable(
            where, t("the connection was lost or refused ({code})", code=code or "–")
        )
    return _answered(place, code or type(error.orig).__name__)


def _code(error: DBAPIError) -> str:
    original = error.orig
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    if isinstance(state, str):
        return state
    first = original.args[0] if original is not None and original.args else ""
    code = getattr(first, "code", first)
    return str(code) if isinstance(code, int) else ""


def _is_denied(error: DBAPIError) -> bool:
    # Before a session exists the driver of PostgreSQL gives no code, only words.
    words = str(error.orig).lower()
    return "password authentication failed" in words or "no pg_hba.conf entry" in words


def _is_connection(error: DBAPIError, code: str) -> bool:
    gone = {"2002", "2003", "2006", "2013", "57P01", "57P02", "57P03", "53300", "1040", "1205"}
    gone |= {"40001", "40P01", "1213", "20009"}
    return (
        code in gone
        or code.startswith("08")
        or (not code and isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError))
    )


def _no_table(place: DatabasePlace) -> SourceUnfit:
    return SourceUnfit(
        t(
            "{place} has no table {table} that this account may read.",
            place=f"{place.host}/{place.database}",
            table=place.table or "–",
        ),
        fix=t("Check the name of the table and its schema."),
    )


def _answered(place: DatabasePlace, code: str) -> Problem:
    return SourceUnfit(
        t(
            "{place} answered with an error ({code}).",
            place=f"{place.host}/{place.database}",
            code=code,
        ),
        fix=t("The server's own log says more about it."),
    )


def _text(value: object) -> str | None:
    return None if value is None else text_of(value)
