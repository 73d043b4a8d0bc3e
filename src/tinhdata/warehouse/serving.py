"""The serving cache: large releases as native database files beside the tables, made anew at will.

Owns the folder `cache`. Nothing there is a source of truth: what is missing, damaged or of another
form is not used, and made again. A segment is ready when a list of a release names it; lists are
written last and swapped in by rename.
"""

# ruff: noqa: S608 -- names are the cache's own

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import new_id, quote_literal, t
from tinhdata.warehouse import segments, sql, stored
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.errors import CountsWrong
from tinhdata.warehouse.files import make_folder, sync, writer_lock
from tinhdata.warehouse.model import DataFile, Limits, Pace, Release, TableShape
from tinhdata.warehouse.segments import ALPHABET, Segment, SourceFile, TextFacts

Wanted = Callable[[Release], None]
"""Told that a release has no cache although it should."""

_MAKING = ".making-"
_ASK_AGAIN_SECONDS = 60.0
_ROWS_TO_SPELL = 5_000
_VALUES_LETTERS = 60_000
"""Folded values of a column are kept beside it up to so many letters in all."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a contract asks of the cache: columns to look up by, and text nobody searches in."""

    looked_up: tuple[str, ...] = ()
    unsearched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """A list that was read, with the time it was written."""

    written: int
    parts: tuple[Segment, ...]


class Serving:
    """The caches below `folder`; `wanted` is told where a reader found none."""

    def __init__(self, folder: Path, temporary: Path, engine: Engine, limits: Limits) -> None:
        self._folder = folder
        self._temporary = temporary
        self._engine = engine
        self._limits = limits
        self._guard = threading.Lock()
        self._known: dict[str, _Known] = {}
        self._asked: dict[str, float] = {}
        self.wanted: Wanted = lambda _release: None

    def is_due(self, release: Release) -> bool:
        """Say whether `release` is large enough for a cache."""
        return 0 < self._limits.cache_rows <= release.rows

    def is_ready(self, release: Release) -> bool:
        """Say whether the cache of `release` is there, all of it."""
        parts = self._parts(release)
        return parts is not None and all(self._is_there(release.dataset, part) for part in parts)

    # -- reading

    def open(self, release: Release, pace: Pace) -> tuple[Segment, ...] | None:
        """Give the segments of `release`, attached to the readers of `pace`; None without a cache.

        A release that should have one is asked for at most once a minute.
        """
        if not self.is_due(release):
            return None
        parts = self._parts(release)
        if parts is None:
            self._ask(release)
            return None
        try:
            for part in parts:
                path = self._database(release.dataset, part.name)
                self._engine.attach(path, part.name, pace)
        except duckdb.Error:
            self.drop(release)
            return None
        return parts

    def drop(self, release: Release) -> None:
        """Throw the cache of `release` away: it is damaged."""
        known = self._parts(release) or ()
        self._list(release.dataset, release.id).unlink(missing_ok=True)
        with self._guard:
            self._known.pop(release.id, None)
        for part in known:
            self._remove(release.dataset, part.name)
        self._ask(release)

    def _parts(self, release: Release) -> tuple[Segment, ...] | None:
        path = self._list(release.dataset, release.id)
        try:
            written = path.stat().st_mtime_ns
        except OSError:
            with self._guard:
                self._known.pop(release.id, None)
            return None
        with self._guard:
            known = self._known.get(release.id)
        if known is not None and known.written == written:
            return known.parts
        parts = _read_list(path)
        if parts is None or sum(part.rows for part in parts) != release.rows:
            return None
        with self._guard:
            self._known[release.id] = _Known(written, parts)
        return parts

    def _ask(self, release: Release) -> None:
        now = time.monotonic()
        with self._guard:
            if now - self._asked.get(release.id, -_ASK_AGAIN_SECONDS) < _ASK_AGAIN_SECONDS:
                return
            self._asked[release.id] = now
        self.wanted(release)

    # -- making

    def make(
        self, release: Release, files: Sequence[tuple[Path, DataFile]], wishes: Wishes
    ) -> bool:
        """Make the cache of `release` from its files, in their order; False if there is one.

        Segments that earlier releases have of the same files serve on. Raises WriterBusy where
        another worker makes one for the dataset, CountsWrong where rows are missing.
        """
        with self._lock(release.dataset):
            folder = self._folder / release.dataset
            make_folder(folder)
            self._clear_half_made(folder)
            if self.is_ready(release):
                return False
            sources = [SourceFile(file.name, file.rows, file.period) for _, file in files]
            paths = {file.name: path for path, file in files}
            known = [part for _, parts in self._lists(release.dataset) for part in parts or ()]
            there = [part for part in known if self._is_there(release.dataset, part)]
            parts = [
                piece
                if isinstance(piece, Segment)
                else self._make_segment(folder, release.shape, piece, paths, wishes)
                for piece in segments.plan(sources, there, release.shape)
            ]
            self._write_list(release, parts)
        return True

    def tidy(self, dataset: str, keep: frozenset[str]) -> int:
        """Drop the lists of releases that are not to be kept, and what none names; give how many.

        Skipped where a cache is being made just now.
        """
        folder = self._folder / dataset
        if not folder.is_dir():
            return 0
        dropped = 0
        with self._lock(dataset):
            named: set[str] = set()
            for release_id, parts in self._lists(dataset):
                if release_id in keep and parts is not None:
                    named.update(part.name for part in parts)
                    continue
                self._list(dataset, release_id).unlink(missing_ok=True)
                with self._guard:
                    self._known.pop(release_id, None)
                dropped += 1
            for path in folder.glob("*.duckdb"):
                if path.stem not in named:
                    self._remove(dataset, path.stem)
            self._clear_half_made(folder)
        return dropped

    def datasets(self) -> tuple[str, ...]:
        """List the datasets that have a cache."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(path.name for path in self._folder.iterdir() if path.is_dir()))

    def _is_there(self, dataset: str, part: Segment) -> bool:
        try:
            return self._database(dataset, part.name).stat().st_size == part.size
        except OSError:
            return False

    def _make_segment(
        self,
        folder: Path,
        shape: TableShape,
        piece: tuple[SourceFile, ...],
        paths: dict[str, Path],
        wishes: Wishes,
    ) -> Segment:
        name = new_id("seg")
        making, target = folder / f"{_MAKING}{name}.duckdb", folder / f"{name}.duckdb"
        source = sql.files_relation([str(paths[file.name]) for file in piece], shape.columns)
        fields = stored.texts_to_fold(shape, wishes.unsearched)
        with contextlib.closing(self._new_database(making)) as database:
            database.execute(
                f"CREATE TABLE rows AS {stored.segment_statement(source, shape, fields)}"
            )
            rows = _whole_number(database, "SELECT count(*) FROM rows")
            if rows != sum(file.rows for file in piece):
                raise CountsWrong(t("The serving cache holds other rows than the release."))
            facts = {number: _facts_of(database, number) for number in fields}
            for column in _looked_up(shape, wishes):
                _add_index(database, rows, column)
            # Closing would do it and say nothing where it fails, as on a full disk.
            database.execute("CHECKPOINT")
        making.replace(target)
        sync(target)
        sync(folder)
        return Segment(
            name=name,
            files=tuple(file.name for file in piece),
            rows=rows,
            size=target.stat().st_size,
            fields={column.field_id: column.sql_type for column in shape.columns},
            folded=frozenset(fields),
            facts=facts,
        )

    def _new_database(self, path: Path) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(
            str(path),
            config={
                "memory_limit": f"{self._limits.memory_mb}MB",
                "threads": self._limits.threads,
                "temp_directory": str(self._temporary),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )

    def _write_list(self, release: Release, parts: Sequence[Segment]) -> None:
        path = self._list(release.dataset, release.id)
        making = path.with_name(f"{_MAKING}{release.id}.json")
        making.write_text(json.dumps(segments.to_json(parts)), encoding="utf-8")
        sync(making)
        making.replace(path)
        sync(path.parent)

    def _lists(self, dataset: str) -> Iterator[tuple[str, tuple[Segment, ...] | None]]:
        for path in sorted((self._folder / dataset).glob("rel_*.json")):
            yield path.stem, _read_list(path)

    def _remove(self, dataset: str, name: str) -> None:
        self._engine.detach(name)
        self._database(dataset, name).unlink(missing_ok=True)

    def _clear_half_made(self, folder: Path) -> None:
        """Remove what a maker left who was killed; the lock says that no other one is at work."""
        for path in folder.glob(f"{_MAKING}*"):
            path.unlink(missing_ok=True)

    def _lock(self, dataset: str) -> contextlib.AbstractContextManager[None]:
        return writer_lock(self._folder.parent / "locks" / f"{dataset}.cache.lock", 1.0, dataset)

    def _database(self, dataset: str, name: str) -> Path:
        return self._folder / dataset / f"{name}.duckdb"

    def _list(self, dataset: str, release_id: str) -> Path:
        return self._folder / dataset / f"{release_id}.json"


def _read_list(path: Path) -> tuple[Segment, ...] | None:
    try:
        return segments.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _looked_up(shape: TableShape, wishes: Wishes) -> Iterator[TableColumn]:
    wanted = {*shape.key, *wishes.looked_up}
    return (column for column in shape.columns if column.name in wanted)


def _add_index(database: duckdb.DuckDBPyConnection, rows: int, column: TableColumn) -> None:
    name = stored.column_name(column.field_id)
    distinct = _whole_number(database, f"SELECT approx_count_distinct({name}) FROM rows")
    if segments.wants_index(rows, distinct):
        database.execute(f"CREATE INDEX by_{name} ON rows ({name})")


def _facts_of(database: duckdb.DuckDBPyConnection, number: int) -> TextFacts:
    name = stored.folded_name(number)
    distinct = _whole_number(database, f"SELECT approx_count_distinct({name}) FROM rows")
    if segments.wants_values(distinct):
        most = segments.MOST_VALUES
        query = f"SELECT DISTINCT {name} FROM rows WHERE {name} IS NOT NULL LIMIT {most + 1}"
        values = frozenset(str(value) for (value,) in database.execute(query).fetchall())
        if len(values) <= most and sum(map(len, values)) <= _VALUES_LETTERS:
            return TextFacts(values=values)
    return TextFacts(letters=_letters_in(database, name))


def _letters_in(database: duckdb.DuckDBPyConnection, name: str) -> frozenset[str]:
    """Give the letters of ALPHABET that occur in a column: those of some rows, then of the rest."""
    few = f"SELECT string_agg({name}, '') FROM (SELECT {name} FROM rows LIMIT {_ROWS_TO_SPELL})"
    row = database.execute(few).fetchone() or ("",)
    found = frozenset(str(row[0] or "")) & frozenset(ALPHABET)
    others = sorted(frozenset(ALPHABET) - found)
    # One look for any of them costs a tenth of a look for each, and mostly there is none.
    any_other = f"SELECT bool_or(regexp_matches({name}, '[{''.join(others)}]')) FROM rows"
    if not others or not (database.execute(any_other).fetchone() or (False,))[0]:
        return found
    tests = ", ".join(f"bool_or(contains({name}, {quote_literal(c)}))" for c in others)
    row = database.execute(f"SELECT {tests} FROM rows").fetchone() or ()
    return found | {letter for letter, there in zip(others, row, strict=True) if there}


def _whole_number(database: duckdb.DuckDBPyConnection, query: str) -> int:
    row = database.execute(query).fetchone()
    return 0 if row is None else int(row[0])
