"""The bounded readers: one DuckDB in memory, a fixed number of cursors, a limit on their time.

Sees only the folder of the tables; loads no extension; nothing can change its settings.
"""

import contextlib
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from tinhdata.kernel import t
from tinhdata.warehouse.errors import ColumnTypeChanged, FileLost, ReadersBusy, ReadTooLong
from tinhdata.warehouse.files import make_folder
from tinhdata.warehouse.model import Limits, Value
from tinhdata.warehouse.sql import Statement

_BATCH_ROWS = 20_000


class Engine:
    """DuckDB over files below `folders`, shared by all readers and writers of one process."""

    def __init__(self, temporary: Path, folders: tuple[Path, ...], limits: Limits) -> None:
        make_folder(temporary)
        self._limits = limits
        self._free = threading.BoundedSemaphore(limits.readers)
        self._database = _connect(temporary, limits)
        self._database.execute("SET allowed_directories = ?", [[str(f) for f in folders]])
        self._database.execute("SET enable_external_access = false")
        self._database.execute("SET lock_configuration = true")

    def rows(self, statement: Statement) -> list[tuple[Value, ...]]:
        """Run one statement and give its rows; raises ReadersBusy and ReadTooLong."""
        with self._cursor() as cursor, self._in_time(cursor):
            return cursor.execute(statement.sql, list(statement.values)).fetchall()

    def batches(self, statement: Statement) -> Generator[pa.RecordBatch, None, None]:
        """Give the rows piece by piece. The reader is free again when the iterator is closed."""
        with self._cursor() as cursor:
            with self._in_time(cursor):
                relation = cursor.sql(statement.sql, params=list(statement.values))
                reader = relation.to_arrow_reader(_BATCH_ROWS)
            while True:
                # The limit is on each piece: a slow line is no reason to end a download.
                with self._in_time(cursor):
                    batch = next(reader, None)
                if batch is None:
                    return
                yield batch

    def schema(self, statement: Statement) -> pa.Schema:
        """Give the Arrow schema of a statement's rows."""
        with self._cursor() as cursor, self._in_time(cursor):
            relation = cursor.sql(statement.sql, params=list(statement.values))
            return relation.to_arrow_reader(1).schema

    def close(self) -> None:
        """End the engine."""
        self._database.close()

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self._free.acquire(timeout=self._limits.wait_seconds):
            raise ReadersBusy(
                t("Too many people are reading large tables at the moment."),
                fix=t("Wait a moment, then try again."),
            )
        try:
            with contextlib.closing(self._database.cursor()) as cursor:
                yield cursor
        finally:
            self._free.release()

    @contextlib.contextmanager
    def _in_time(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        alarm = threading.Timer(self._limits.read_seconds, cursor.interrupt)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        except duckdb.IOException as error:
            raise FileLost(
                t("A file of the release cannot be read."),
                fix=t("Tell the operator: the store has to be checked against the backup."),
            ) from error
        except duckdb.InterruptException as error:
            raise ReadTooLong(
                t("The answer took longer than {seconds} s.", seconds=self._limits.read_seconds),
                fix=t("Filter by a column that narrows the rows down, or download the whole file."),
            ) from error
        finally:
            alarm.cancel()


def work(temporary: Path, limits: Limits, statement: Statement) -> list[tuple[Value, ...]]:
    """Run a statement of the warehouse itself: any file, no limit on time, memory given back.

    Raises ColumnTypeChanged where an old value does not fit a column's wider type.
    """
    make_folder(temporary)
    with contextlib.closing(_connect(temporary, limits)) as connection:
        try:
            return connection.execute(statement.sql, list(statement.values)).fetchall()
        except duckdb.ConversionException as error:
            # Statements of the warehouse convert nothing but columns whose type grew wider.
            raise ColumnTypeChanged(
                t("A value of the last release does not fit the type that its column has now."),
                fix=t(
                    "Choose a type that holds every value, or give the column a new id in the "
                    "contract."
                ),
            ) from error


def _connect(temporary: Path, limits: Limits) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{limits.memory_mb}MB",
            "threads": limits.threads,
            "temp_directory": str(temporary),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
