"""The peer: PostgreSQL that takes in the same file, without looking at what it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.delivery.files import COLUMNS, KEY

_TYPES = {"ngay_nop": "timestamp", "ngay_tra": "timestamp", "phi": "float8", "so_trang": "bigint"}
_INDEXED = ("ma", "ma_xa", "ngay_nop")
_PIECE = 1 << 20


class Table:
    """One table of one database."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def load(self, path: Path, *, keyed: bool = False) -> None:
        """Make the table anew from a file: COPY, then three indexes."""
        run = self._connection.execute
        run("DROP TABLE IF EXISTS t")
        # Days that are in no calendar stand in the file, so the column of days stays text.
        columns = ", ".join(f"{column} {_TYPES.get(column, 'text')}" for column in COLUMNS)
        run(f"CREATE TABLE t ({columns})")
        self._copy(path, "t")
        for column in _INDEXED:
            unique = "UNIQUE" if keyed and column == KEY else ""
            run(f"CREATE {unique} INDEX ON t ({column})")

    def upsert(self, path: Path) -> None:
        """Change and add the rows of a file by key, in one transaction."""
        others = ", ".join(f"{c} = excluded.{c}" for c in COLUMNS if c != KEY)
        with self._connection.transaction():
            self._connection.execute("CREATE TEMP TABLE s (LIKE t) ON COMMIT DROP")
            self._copy(path, "s")
            self._connection.execute(
                f"INSERT INTO t SELECT * FROM s ON CONFLICT ({KEY}) DO UPDATE SET {others}"
            )

    def _copy(self, path: Path, table: str) -> None:
        with (
            self._connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy,
            path.open("rb") as file,
        ):
            while piece := file.read(_PIECE):
                copy.write(piece)


@contextmanager
def table(url: str) -> Iterator[Table]:
    """Give a table in the database at the SQLAlchemy address `url`."""
    address = url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET datestyle = 'ISO, DMY'")
        yield Table(connection)
