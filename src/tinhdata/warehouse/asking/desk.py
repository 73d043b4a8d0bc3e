"""The five layers in a row, and how many questions are answered at a time."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from tinhdata.kernel import t
from tinhdata.warehouse.asking import bounds, forms, lock, names, sight
from tinhdata.warehouse.asking.model import Answer, Question, Source
from tinhdata.warehouse.asking.words import in_words
from tinhdata.warehouse.errors import ReadersBusy
from tinhdata.warehouse.model import Bounds


def question(text: str) -> Question:
    """Read a question; raises SqlRefused and SqlTableUnknown."""
    return Question(names.named(forms.read(text)))


class Desk:
    """Answers questions, a bounded number at a time, each in an engine of its own."""

    def __init__(self, limits: Bounds) -> None:
        self._limits = limits
        self._free = threading.BoundedSemaphore(limits.at_once)

    def answer(self, asked: Question, sources: Mapping[str, Source], most_rows: int) -> Answer:
        """Answer `asked` over `sources` by the names it gives them.

        Raises ReadersBusy, ReadTooLong, SqlTooLarge, SqlUnfit, ReadAbandoned, FileLost.
        """
        limits = replace(self._limits, rows=min(most_rows, self._limits.rows))
        in_order = names.chosen(asked.named, sources)
        sql = sight.restricted(asked.named, in_order, limits.rows)
        paths = [path for source in in_order for path in source.paths]
        with self._place(), self._engine(paths) as connection:
            try:
                return bounds.answer(connection, sql, limits)
            except duckdb.Error as error:
                columns = dict.fromkeys(name for one in in_order for name in one.columns)
                raise in_words(error, columns) from error

    @contextlib.contextmanager
    def _engine(self, paths: list[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
        with contextlib.closing(lock.locked(paths, self._limits)) as connection:
            yield connection

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._free.acquire(timeout=self._limits.wait_seconds):
            raise ReadersBusy(
                t("Too many questions are being answered at the moment."),
                fix=t("Wait a moment, then try again."),
            )
        try:
            yield
        finally:
            self._free.release()
