"""Which reader opens which kind of file; the only place that knows all of them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from tinhdata.intake.archive import unpacked
from tinhdata.intake.book import Book
from tinhdata.intake.geo_book import GEO_KINDS, GeoBook
from tinhdata.intake.json_book import JSONBook
from tinhdata.intake.model import FileKind, Understanding
from tinhdata.intake.parquet_book import ParquetBook
from tinhdata.intake.text_book import TextBook
from tinhdata.intake.workbook import Workbook

Opener: TypeAlias = "Callable[[Path, FileKind, Understanding | None], Book]"


def open_book(path: Path, kind: FileKind, table: Understanding | None = None) -> Book:
    """Open the file of `kind` at `path`; `table` is what is known of what will be read.

    Raises FileRefused where it cannot be opened.
    """
    return _READERS[kind](path, kind, table)


def _text(path: Path, _kind: FileKind, table: Understanding | None) -> Book:
    return TextBook(path, table)


class _Kept(threading.local):
    """The workbook that stays open in this thread, while one does."""

    is_on = False
    book: tuple[object, Workbook] | None = None


_KEPT = _Kept()


@contextmanager
def keeping() -> Iterator[None]:
    """Have the last workbook stay open for who opens it again in this thread, until the block ends.

    To load one takes longer than all that is done with it, and to look at a file, as remembered and
    as it is, and then to read it opens it several times.
    """
    _KEPT.is_on = True
    try:
        yield
    finally:
        _KEPT.is_on = False
        _let_go()


def _let_go() -> None:
    if _KEPT.book is not None:
        _KEPT.book[1].keep(False).close()
        _KEPT.book = None


def _workbook(path: Path, kind: FileKind, _table: Understanding | None) -> Book:
    if not _KEPT.is_on:
        return Workbook(path, kind)
    stat = path.stat()
    key = (path, kind, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    if _KEPT.book is None or _KEPT.book[0] != key:
        _let_go()
        _KEPT.book = (key, Workbook(path, kind).keep(True))
    return _KEPT.book[1]


def _json(path: Path, kind: FileKind, table: Understanding | None) -> Book:
    return JSONBook(path, by_lines=kind is FileKind.JSON_LINES, fields=_fields(table))


def _parquet(path: Path, _kind: FileKind, _table: Understanding | None) -> Book:
    return ParquetBook(path)


def _layers(path: Path, kind: FileKind, table: Understanding | None) -> Book:
    """Open layers; to be read for good, their system is settled and their columns are known."""
    if table is None or table.header is None or table.sheet is None:
        return GeoBook(path, kind, "geometry")
    names = table.header.names
    encoding = table.encoding.name if table.encoding else None
    book = GeoBook(path, kind, names[-1], encoding=encoding, fields={table.sheet: names})
    book.read_as(table.sheet, table.crs)
    return book


_READERS: Mapping[FileKind, Opener] = {
    FileKind.TEXT: _text,
    FileKind.XLSX: _workbook,
    FileKind.XLS: _workbook,
    FileKind.ODS: _workbook,
    FileKind.JSON: _json,
    FileKind.JSON_LINES: _json,
    FileKind.PARQUET: _parquet,
    **dict.fromkeys(GEO_KINDS, _layers),
}


def _fields(table: Understanding | None) -> Mapping[str, tuple[str, ...]]:
    """Give the fields of a list that were learned when it was understood."""
    if table is None or table.header is None or table.sheet is None:
        return {}
    return {table.sheet: () if table.header.rows else table.header.names}


class Shelf:
    """The files of a delivery, opened when a table of theirs is wanted and one at a time."""

    def __init__(self, path: Path, understanding: Understanding) -> None:
        """Take the file at `path`, an archive or not. Use it in a `with`."""
        self._path = path
        self._is_archive = understanding.kind is FileKind.ZIP
        self._paths: dict[str, Path] = {}
        self._stack = ExitStack()
        self._open: tuple[Path, str | None, Book] | None = None

    def __enter__(self) -> Self:
        if self._is_archive:
            archive = self._stack.enter_context(unpacked(self._path))
            self._paths = dict(archive.members)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        self._stack.close()

    def book(self, table: Understanding) -> Book:
        """Give the open file that holds `table`; the one before is closed, if it is another."""
        path = self._paths[table.filename] if self._is_archive else self._path
        wanted = table.sheet if table.kind in _BY_TABLE else None
        if self._open is None or self._open[:2] != (path, wanted):
            self._close()
            self._open = (path, wanted, open_book(path, table.kind or FileKind.TEXT, table))
        return self._open[2]

    def _close(self) -> None:
        if self._open is not None:
            self._open[2].close()
            self._open = None


_BY_TABLE = frozenset({FileKind.JSON, FileKind.JSON_LINES, *GEO_KINDS})
"""Kinds whose reader is told beforehand what the table holds."""
