"""The readers of one process: a pool for quick answers, another for slow ones, and own work.

Two pools, since neither readers nor memory that slow answers use up may be missing for quick ones.
"""

import contextlib
from collections.abc import Generator
from pathlib import Path

import duckdb
import pyarrow as pa

from tinhdata.kernel import t
from tinhdata.warehouse.errors import ColumnTypeChanged
from tinhdata.warehouse.files import make_folder
from tinhdata.warehouse.model import Limits, Pace, Value
from tinhdata.warehouse.pool import Pool, PoolLimits, connect
from tinhdata.warehouse.sql import Statement


class Engine:
    """DuckDB over files below `folders`, shared by all readers of one process."""

    def __init__(self, temporary: Path, folders: tuple[Path, ...], limits: Limits) -> None:
        quick = PoolLimits(
            memory_mb=limits.quick_memory_mb,
            threads=limits.threads,
            readers=limits.readers,
            waiting=limits.waiting,
            wait_seconds=limits.wait_seconds,
            read_seconds=limits.read_seconds,
        )
        slow = PoolLimits(
            memory_mb=limits.slow_memory_mb,
            threads=limits.threads,
            readers=limits.slow_readers,
            waiting=limits.slow_waiting,
            wait_seconds=limits.wait_seconds,
            read_seconds=limits.read_seconds,
        )
        self._pools = {
            Pace.QUICK: Pool(temporary, folders, quick),
            Pace.SLOW: Pool(temporary, folders, slow),
        }

    def rows(self, statement: Statement, pace: Pace = Pace.SLOW) -> list[tuple[Value, ...]]:
        """Run one statement and give its rows; raises ReadersBusy, ReadTooLong, ReadAbandoned."""
        return self._pools[pace].rows(statement)

    def batches(self, statement: Statement) -> Generator[pa.RecordBatch, None, None]:
        """Give the rows piece by piece. The reader is free again when the iterator is closed."""
        return self._pools[Pace.SLOW].batches(statement)

    def schema(self, statement: Statement) -> pa.Schema:
        """Give the Arrow schema of a statement's rows."""
        return self._pools[Pace.SLOW].schema(statement)

    def attach(self, path: Path, name: str, pace: Pace) -> None:
        """Have the database file `path` read as `name`; raises duckdb.Error where it is none."""
        self._pools[pace].attach(path, name)

    def detach(self, name: str) -> None:
        """Read the database `name` no more; who reads it just now ends in peace."""
        for pool in self._pools.values():
            pool.detach(name)

    def busy(self, pace: Pace) -> int:
        """Say how many readers are at work."""
        return self._pools[pace].busy

    def close(self) -> None:
        """End the engine."""
        for pool in self._pools.values():
            pool.close()


def work(temporary: Path, limits: Limits, statement: Statement) -> list[tuple[Value, ...]]:
    """Run a statement of the warehouse itself: any file, no limit on time, memory given back.

    Raises ColumnTypeChanged where an old value does not fit a column's wider type.
    """
    make_folder(temporary)
    with contextlib.closing(connect(temporary, limits.memory_mb, limits.threads)) as connection:
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
