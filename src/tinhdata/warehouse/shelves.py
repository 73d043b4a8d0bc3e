"""Pages and groups of a release, from its serving cache where there is one, else from its files.

Both ways give the same answer; a cache that turns out to be damaged is thrown away and the files
are asked. The caller has checked the door.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import duckdb

from tinhdata.access import Permit
from tinhdata.warehouse import stored
from tinhdata.warehouse.conditions import looks_into_text
from tinhdata.warehouse.cursors import Cursor, mark_of, read_cursor
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.errors import FileLost
from tinhdata.warehouse.groups import CompiledGroups, compile_groups, group_needs
from tinhdata.warehouse.model import (
    GroupQuery,
    Groups,
    Pace,
    Query,
    Release,
    RowsPage,
    Value,
)
from tinhdata.warehouse.pages import (
    Cached,
    CachedPage,
    Row,
    boundary_of,
    gathered,
    known_total,
    number,
    page_of,
)
from tinhdata.warehouse.queries import CompiledQuery, compile_query
from tinhdata.warehouse.records import (
    CompiledRecords,
    Records,
    RecordsQuery,
    compile_records,
    needs_of_records,
)
from tinhdata.warehouse.records import looks_into_text as in_text
from tinhdata.warehouse.segments import Segment
from tinhdata.warehouse.serving import Serving
from tinhdata.warehouse.sql import Statement
from tinhdata.warehouse.stored import Stored

_QUICK_ROWS = 200_000
"""Whatever is asked of a release with at most so many rows is answered quickly."""
_QUICK_OFFSET = 10_000

_DAMAGED = (
    FileLost,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
)
_GONE = (duckdb.CatalogException, duckdb.BinderException)
"""What a cache raises that was dropped between opening and reading it."""

Files = Callable[[Release], Sequence[tuple[str, int]]]
"""Gives path and number of rows of each file of a release, in order."""
T = TypeVar("T")


class Shelves:
    """Where the rows of releases are taken from."""

    def __init__(self, engine: Engine, serving: Serving, files: Files, token_key: bytes) -> None:
        self._engine = engine
        self._serving = serving
        self._files = files
        self._token_key = token_key

    def page(self, permit: Permit, release: Release, query: Query) -> RowsPage:
        """Give a page; raises CursorUnfit and what compiling and reading raise."""
        cursor = (
            read_cursor(query.cursor, mark_of(release, permit, query)) if query.cursor else None
        )
        found = self._cached(
            release,
            pace_of(release.rows, query, cached=True),
            lambda parts, pace: CachedPage(
                Cached(release, parts, permit, self._token_key),
                query,
                lambda statement: self.run(statement, pace),
            ).read(cursor),
        )
        if found is not None:
            return found
        return self._page_of_files(permit, release, query, cursor)

    def groups(self, permit: Permit, release: Release, asked: GroupQuery) -> Groups:
        """Give a page of groups; raises what compiling and reading raise."""
        pace = Pace.QUICK if release.rows <= _QUICK_ROWS else Pace.SLOW
        found = self._cached(
            release,
            pace,
            lambda parts, _: self._groups(
                Cached(release, parts, permit, self._token_key).rows(
                    group_needs(release.shape.columns, permit, asked)
                ),
                asked,
                pace,
            ),
        )
        if found is not None:
            return found
        return self._groups(self._in_files(release, permit), asked, pace)

    def records(self, permit: Permit, release: Release, asked: RecordsQuery) -> Records:
        """Give a page of rows by their number; raises what compiling and reading raise."""
        pace = records_pace(release.rows, asked)

        def of_cache(parts: tuple[Segment, ...], _pace: Pace) -> Records:
            needs = needs_of_records(release.shape.columns, permit, asked)
            rows = Cached(release, parts, permit, self._token_key).rows(needs)
            return self._records(permit, release, rows, asked)

        found = self._cached(release, pace, of_cache)
        if found is not None:
            return found
        return self._records(permit, release, self._in_files(release, permit), asked)

    def compile_records(
        self, permit: Permit, release: Release, asked: RecordsQuery
    ) -> CompiledRecords:
        """Compile a query by number over the release's files; raises what compiling raises."""
        return compile_records(self._in_files(release, permit), asked)

    def _records(
        self, permit: Permit, release: Release, rows: Stored, asked: RecordsQuery
    ) -> Records:
        compiled, pace = compile_records(rows, asked), records_pace(release.rows, asked)
        total: int | None = None
        if asked.counts:
            is_known = compiled.is_whole and permit.row_filter is None
            total = release.rows if is_known else number(self.run(compiled.count, pace)[0][0])
        if asked.limit == 0 or (total is not None and asked.offset >= total):
            return Records(compiled.columns, (), total)
        return Records(compiled.columns, tuple(self.run(compiled.page, pace)), total)

    def compile(self, permit: Permit, release: Release, query: Query) -> CompiledQuery:
        """Compile a query over the release's files; raises what compiling raises."""
        return compile_query(self._in_files(release, permit), query)

    def run(self, statement: Statement, pace: Pace) -> list[Row]:
        """Run a statement."""
        return self._engine.rows(statement, pace)

    def permitted(self, rows: Stored, permit: Permit) -> Stored:
        """Give `rows` as the permit shows them."""
        return stored.permitted(rows, permit, self._token_key)

    def _in_files(self, release: Release, permit: Permit) -> Stored:
        rows = stored.in_files(self._files(release), release.shape.columns)
        return self.permitted(rows, permit)

    def _cached(
        self,
        release: Release,
        pace: Pace,
        read: Callable[[tuple[Segment, ...], Pace], T],
    ) -> T | None:
        """Read from the cache; None where there is none, or none that can be read."""
        parts = self._serving.open(release, pace)
        if not parts:
            return None
        try:
            return read(parts, pace)
        except _DAMAGED:
            self._serving.drop(release)
        except _GONE:
            # Dropped meanwhile; or it has no rows, and then nobody else would ever find out.
            if self._serving.open(release, pace) == parts:
                self._serving.drop(release)
        return None

    def _page_of_files(
        self, permit: Permit, release: Release, query: Query, cursor: Cursor | None
    ) -> RowsPage:
        pace = pace_of(release.rows, query, cached=False)
        compiled = self.compile(permit, release, query)
        total = known_total(compiled, permit, release)
        if total is None:
            total = number(self.run(compiled.count, pace)[0][0])
        boundary = boundary_of(compiled, cursor, release, lambda s: self.run(s, pace))
        rows: list[Row] = []
        if cursor is not None or query.offset < total:
            offset = 0 if cursor is not None else query.offset
            rows = gathered(
                compiled,
                boundary,
                (query.limit, offset),
                compiled.page,
                lambda statement: self.run(statement, pace),
            )
        if boundary is not None and boundary.backwards:
            rows.reverse()
        places = [number(row[0]) for row in rows]
        return page_of(
            compiled, mark_of(release, permit, query), cursor, places, [r[1:] for r in rows], total
        )

    def _groups(self, rows: Stored, asked: GroupQuery, pace: Pace) -> Groups:
        compiled = compile_groups(rows, asked)
        found = self.run(compiled.page, pace)
        if found:
            groups, counted = found[0][-2:]
        else:
            groups, counted = self._totals(compiled, asked, pace)
        return Groups(
            columns=compiled.columns,
            rows=tuple(row[:-2] for row in found),
            total=number(groups),
            total_rows=number(counted),
            offset=asked.offset,
            limit=asked.limit,
        )

    def _totals(
        self, compiled: CompiledGroups, asked: GroupQuery, pace: Pace
    ) -> tuple[Value, Value]:
        if asked.offset == 0:
            return 0, 0
        groups, counted = self.run(compiled.totals, pace)[0]
        return groups, counted


def pace_of(rows: int, query: Query, *, cached: bool) -> Pace:
    """Say whether a page of a release with `rows` rows is found at once."""
    if rows <= _QUICK_ROWS:
        return Pace.QUICK
    # To sort by several columns is to look at every row, with nothing that shortens it.
    if len(query.sort) > 1 or (query.sort and query.offset > _QUICK_OFFSET):
        return Pace.SLOW
    if looks_into_text(query):
        return Pace.SLOW
    if cached:
        return Pace.QUICK
    is_first = not (query.filters or query.sort or query.cursor) and query.offset <= _QUICK_OFFSET
    return Pace.QUICK if is_first else Pace.SLOW


def records_pace(rows: int, asked: RecordsQuery) -> Pace:
    """Say whether a page of records of a release with `rows` rows is found at once."""
    is_light = not (asked.distinct or asked.sort or in_text(asked.where))
    return Pace.QUICK if is_light or rows <= _QUICK_ROWS else Pace.SLOW
