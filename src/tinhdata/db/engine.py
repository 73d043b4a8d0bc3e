"""One SQLAlchemy engine on SQLite or PostgreSQL, and the transaction that everything shares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

Tx: TypeAlias = sa.Connection
"""An open transaction. Whoever gets one writes into it and never commits."""


class Database:
    """The metadata database behind a URL such as `sqlite:///var/store/tinhdata.db`."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # Hidden parameters keep values out of error texts and so out of logs.
        self.engine = sa.create_engine(
            self.url, hide_parameters=True, pool_pre_ping=not self.is_sqlite
        )
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open a writing transaction; commit at the end, roll back on any exception.

        On SQLite the write lock is taken at once (BEGIN IMMEDIATE), so that a transaction never
        fails in the middle because another one wrote first.
        """
        callbacks: list[Callable[[], None]] = []
        with self.engine.connect() as tx:
            tx.info["after_commit"] = callbacks
            if self.is_sqlite:
                tx.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield tx
            except BaseException:
                tx.rollback()
                raise
            tx.commit()
        for callback in callbacks:
            callback()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a connection for reading: one consistent view, nothing written."""
        with self.engine.connect() as tx:
            if self.is_sqlite:
                tx.exec_driver_sql("BEGIN")
            try:
                yield tx
            finally:
                tx.rollback()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def after_commit(tx: Tx, callback: Callable[[], None]) -> None:
    """Have `callback` called once `tx` is committed, never if it is rolled back."""
    tx.info["after_commit"].append(callback)


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # SQLAlchemy, not the driver, begins transactions: only then is BEGIN IMMEDIATE ours to send.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged commit survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
