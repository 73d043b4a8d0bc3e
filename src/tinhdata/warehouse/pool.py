"""A bounded pool of readers over one DuckDB: so many at once, so many waiting, so long each.

Sees only the folders it was given; loads no extension; nothing can change its settings.
"""

import contextlib
import itertools
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from tinhdata.kernel import Caller, Problem, caller, quote_literal, t
from tinhdata.warehouse.errors import ReadAbandoned, ReadersBusy, ReadTooLong, io_problem
from tinhdata.warehouse.files import make_folder
from tinhdata.warehouse.model import Value
from tinhdata.warehouse.sql import Statement

_BATCH_ROWS = 20_000
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """What one pool may use. `waiting` are those who wait for a reader beyond the busy ones."""

    memory_mb: int
    threads: int
    readers: int
    waiting: int
    wait_seconds: float
    read_seconds: float


class Pool:
    """DuckDB over files below `folders`, shared by the readers of one process."""

    def __init__(self, temporary: Path, folders: tuple[Path, ...], limits: PoolLimits) -> None:
        make_folder(temporary)
        self._limits = limits
        self._turn = threading.Condition()
        self._busy = 0
        self._queue: deque[object] = deque()
        self._idle: list[duckdb.DuckDBPyConnection] = []
        self._attached: dict[str, Path] = {}
        self._attaching = threading.Lock()
        self._watch = _Watch(limits.read_seconds)
        self._database = connect(temporary, limits.memory_mb, limits.threads)
        # DuckDB 2.0 ends in an internal error where this meets the row numbers of Parquet files.
        self._database.execute("SET disabled_optimizers = 'late_materialization'")
        self._database.execute("SET allowed_directories = ?", [[str(f) for f in folders]])
        self._database.execute("SET enable_external_access = false")
        self._database.execute("SET lock_configuration = true")

    @property
    def busy(self) -> int:
        """Say how many readers are at work."""
        return self._busy

    def rows(self, statement: Statement) -> list[tuple[Value, ...]]:
        """Run one statement and give its rows.

        Raises ReadersBusy, ReadTooLong, and ReadAbandoned where nobody waits for it any more.
        """
        with self._reader() as reader, self._watched(reader):
            return reader.execute(statement.sql, list(statement.values)).fetchall()

    def batches(self, statement: Statement) -> Generator[pa.RecordBatch, None, None]:
        """Give the rows piece by piece. The reader is free again when the iterator is closed."""
        with self._reader() as reader:
            with self._watched(reader):
                relation = reader.sql(statement.sql, params=list(statement.values))
                batches = relation.to_arrow_reader(_BATCH_ROWS)
            while True:
                # The limit is on each piece: a slow line is no reason to end a download.
                with self._watched(reader):
                    batch = next(batches, None)
                if batch is None:
                    return
                yield batch

    def schema(self, statement: Statement) -> pa.Schema:
        """Give the Arrow schema of a statement's rows."""
        with self._reader() as reader, self._watched(reader):
            # Asked for no row, the engine works nothing out.
            none = f"SELECT * FROM ({statement.sql}) LIMIT 0"  # noqa: S608 -- our own statement
            return reader.sql(none, params=list(statement.values)).to_arrow_reader(1).schema

    def attach(self, path: Path, name: str) -> None:
        """Have the database file `path` read as `name`; raises duckdb.Error where it is none.

        Those whose file is gone by now, removed by whichever process, are let go.
        """
        if name in self._attached:
            return
        with self._attaching:
            if name not in self._attached:
                self._database.execute(
                    f"ATTACH IF NOT EXISTS {quote_literal(str(path))} AS {name} (READ_ONLY)"
                )
                self._attached[name] = path
            for other, file in list(self._attached.items()):
                if not file.exists():
                    self._let_go(other)

    def detach(self, name: str) -> None:
        """Read the database `name` no more; who reads it just now ends in peace."""
        with self._attaching:
            if name in self._attached:
                self._let_go(name)

    def _let_go(self, name: str) -> None:
        del self._attached[name]
        self._database.execute(f"DETACH DATABASE IF EXISTS {name}")

    def close(self) -> None:
        """End the pool."""
        self._watch.close()
        for reader in self._idle:
            reader.close()
        self._database.close()

    @contextlib.contextmanager
    def _reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        self._take_turn()
        try:
            reader = self._free_reader()
            try:
                yield reader
            except BaseException:
                # A result may still be open in it; a new one costs less than to be sure.
                reader.close()
                raise
            self._idle.append(reader)
        finally:
            with self._turn:
                self._busy -= 1
                self._turn.notify_all()

    def _free_reader(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._database.cursor()

    def _take_turn(self) -> None:
        """Wait for a free reader; raises ReadersBusy at once where too many wait already.

        Who came first is served first: one answer takes several turns, and whoever could overtake
        would leave others waiting for seconds.
        """
        with self._turn:
            if self._busy < self._limits.readers and not self._queue:
                self._busy += 1
                return
            if len(self._queue) >= self._limits.waiting:
                raise _busy()
            mine = object()
            self._queue.append(mine)
            try:
                until = time.monotonic() + self._limits.wait_seconds
                while self._busy >= self._limits.readers or self._queue[0] is not mine:
                    self._turn.wait(_LOOK_SECONDS)
                    if caller().is_gone:
                        raise _abandoned()
                    if time.monotonic() > until:
                        raise _busy()
                self._busy += 1
            finally:
                self._queue.remove(mine)
                self._turn.notify_all()

    @contextlib.contextmanager
    def _watched(self, reader: duckdb.DuckDBPyConnection) -> Iterator[None]:
        who = caller()
        if who.is_gone:
            raise _abandoned()
        try:
            with self._watch.over(reader, who), who.stopping(reader.interrupt):
                yield
        except (duckdb.Error, OSError) as error:
            found = _told(error, who, self._limits.read_seconds)
            if found is None:
                raise
            raise found from error


def _told(error: Exception, who: Caller, seconds: float) -> Problem | None:
    """Say what kept a reader from answering; None where it is no matter of files, room or time.

    In a stream of Arrow the engine's errors come as OSError, with its words.
    """
    said = str(error)
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory Error" in said:
        return ReadTooLong(
            t("The answer needs more memory than one reader has."),
            fix=t("Filter by a column that narrows the rows down, or download the whole file."),
        )
    if isinstance(error, duckdb.InterruptException) or "INTERRUPT Error" in said:
        if who.is_gone:
            return _abandoned()
        return ReadTooLong(
            t("The answer took longer than {seconds} s.", seconds=seconds),
            fix=t("Filter by a column that narrows the rows down, or download the whole file."),
        )
    return io_problem(error) if isinstance(error, duckdb.IOException | OSError) else None


def _busy() -> ReadersBusy:
    return ReadersBusy(
        t("Too many people are reading large tables at the moment."),
        fix=t("Wait a moment, then try again."),
    )


def _abandoned() -> ReadAbandoned:
    return ReadAbandoned(t("Nobody waits for this answer any more, so it was not looked for."))


class _Watch:
    """One thread that interrupts every reader that is at it for too long, or for nobody any more.

    Again and again until the block ends: what comes just before DuckDB begins is lost on it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guard = threading.Condition()
        self._until: dict[int, tuple[float, Caller, duckdb.DuckDBPyConnection]] = {}
        self._numbers = itertools.count()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="reading-time", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def over(self, reader: duckdb.DuckDBPyConnection, who: Caller) -> Iterator[None]:
        """Have `reader` interrupted if the block takes longer than the limit or `who` goes."""
        number = next(self._numbers)
        with self._guard:
            if not self._until:
                self._guard.notify()
            self._until[number] = (time.monotonic() + self._seconds, who, reader)
        try:
            yield
        finally:
            with self._guard:
                del self._until[number]

    def close(self) -> None:
        """End the thread."""
        with self._guard:
            self._closed = True
            self._guard.notify()
        self._thread.join()

    def _run(self) -> None:
        look = min(_LOOK_SECONDS, self._seconds / 4)
        with self._guard:
            while not self._closed:
                now = time.monotonic()
                for until, who, reader in self._until.values():
                    if now > until or who.is_gone:
                        reader.interrupt()
                self._guard.wait(look if self._until else None)


def connect(temporary: Path, memory_mb: int, threads: int) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB of its own, in memory, that loads no extension."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            "temp_directory": str(temporary),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
