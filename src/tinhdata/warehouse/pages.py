"""One page of rows: where it begins, its rows out of a serving cache, the cursors beside it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from tinhdata.access import Permit
from tinhdata.warehouse import stored
from tinhdata.warehouse.conditions import filtered_by, needs_of
from tinhdata.warehouse.cursors import Cursor, lost_row, mark_of
from tinhdata.warehouse.model import Query, Release, RowsPage, Value
from tinhdata.warehouse.queries import Boundary, CompiledQuery, Stretch, compile_query, fetch
from tinhdata.warehouse.segments import Segment
from tinhdata.warehouse.sql import Statement
from tinhdata.warehouse.stored import Needs, Stored

Row: TypeAlias = tuple[Value, ...]
Run: TypeAlias = Callable[[Statement], list[Row]]

_AT_ONCE = 1_000
"""Rows up to so many places away are read whole; before others their places are found first."""


@dataclass(frozen=True, slots=True)
class Cached:
    """A release as its serving cache holds it, read under a permit."""

    release: Release
    parts: tuple[Segment, ...]
    permit: Permit
    token_key: bytes

    def rows(self, needs: Needs | None = None) -> Stored:
        """Give all rows as the permit shows them."""
        found = stored.in_segments(self.parts, self.release.shape, needs)
        return stored.permitted(found, self.permit, self.token_key, needs)

    def rows_of(self, number: int, needs: Needs) -> Stored:
        """Give the rows of one segment."""
        found = stored.in_segment(self.parts[number], self.release.shape, needs)
        return stored.permitted(found, self.permit, self.token_key, needs)


class CachedPage:
    """A page out of a serving cache; `run` runs a statement.

    Sorting and looking into texts finds the places of the rows first, out of few columns, and then
    the rows; else rows are read as they are found.
    """

    def __init__(self, cached: Cached, query: Query, run: Run) -> None:
        self._cached = cached
        self._query = query
        self._run = run
        self._needs = needs_of(cached.release.shape.columns, cached.permit, query)
        self._compiled = compile_query(cached.rows(self._needs), query)

    def read(self, cursor: Cursor | None) -> RowsPage:
        """Read the page; raises CursorUnfit."""
        release, permit = self._cached.release, self._cached.permit
        boundary = boundary_of(self._compiled, cursor, release, self._run)
        offset = 0 if cursor is not None else self._query.offset
        if self._reads_at_once(offset):
            total = number(self._run(self._compiled.count)[0][0])
            places, rows = self._found(boundary, offset)
        else:
            total, places = self._places(boundary, offset)
            rows = self._fetched(places)
        mark = mark_of(release, permit, self._query)
        return page_of(self._compiled, mark, cursor, places, rows, total)

    def _reads_at_once(self, offset: int) -> bool:
        compiled = self._compiled
        total = known_total(compiled, self._cached.permit, self._cached.release)
        is_light = compiled.is_stored_order and not compiled.looks_into_text
        return is_light and total is None and offset + self._query.limit <= _AT_ONCE

    def _found(self, boundary: Boundary | None, offset: int) -> tuple[list[int], list[Row]]:
        shown = {column.name for column in self._compiled.columns}
        needs = Needs(self._needs.columns | shown, self._needs.folded)
        whole = compile_query(self._cached.rows(needs), self._query)
        rows = gathered(whole, boundary, (self._query.limit, offset), whole.page, self._run)
        if boundary is not None and boundary.backwards:
            rows.reverse()
        return [number(row[0]) for row in rows], [row[1:] for row in rows]

    def _places(self, boundary: Boundary | None, offset: int) -> tuple[int, list[int]]:
        """Give the count of all rows and the places of the page, in their order."""
        compiled, limit = self._compiled, self._query.limit
        total = known_total(compiled, self._cached.permit, self._cached.release)
        if total is not None and compiled.is_stored_order:
            return total, _range(boundary, limit, offset, total)
        at_once = compiled.counted_places(boundary, limit, offset) if total is None else None
        if at_once is not None:
            counted, found = self._run(at_once)[0]
            places = [] if found is None else list(_places_in(found))
            if compiled.is_stored_order and boundary is None:
                places = places[offset:]
            total = number(counted)
        else:
            if total is None:
                total = number(self._run(compiled.count)[0][0])
            places = []
            if boundary is not None or offset < total:
                rows = gathered(compiled, boundary, (limit, offset), compiled.places, self._run)
                places = [number(row[0]) for row in rows]
        # The greatest places are gathered greatest first, as a page before a boundary is.
        if boundary is not None and boundary.backwards:
            places.reverse()
        return total, places

    def _fetched(self, places: Sequence[int]) -> list[Row]:
        """Give the rows at `places`, in that order."""
        columns = self._compiled.columns
        shown = frozenset(column.name for column in columns)
        needs = Needs(shown | filtered_by(self._cached.permit))
        first = list(accumulate((part.rows for part in self._cached.parts), initial=0))
        wanted: dict[int, list[int]] = {}
        for place in places:
            wanted.setdefault(bisect_right(first, place) - 1, []).append(place)
        found: dict[int, Row] = {}
        for part, here in wanted.items():
            start = first[part]
            local = [place - start for place in here]
            for row in self._run(fetch(self._cached.rows_of(part, needs), columns, local)):
                found[number(row[0]) + start] = row[1:]
        return [found[place] for place in places]


def gathered(
    compiled: CompiledQuery,
    boundary: Boundary | None,
    page: tuple[int, int],
    statement: Callable[[Stretch | None, int, int], Statement],
    run: Run,
) -> list[Row]:
    """Give limit and offset of `page` as rows of `statement`; beyond a boundary no offset counts.

    What lies beyond is gone through stretch by stretch, only as far as rows are wanting.
    """
    limit, offset = page
    if boundary is None:
        return run(statement(None, limit, offset))
    found: list[Row] = []
    for stretch in compiled.stretches(boundary):
        if len(found) < limit:
            found += run(statement(stretch, limit - len(found), 0))
    return found


def boundary_of(
    compiled: CompiledQuery,
    cursor: Cursor | None,
    release: Release,
    run: Callable[[Statement], list[Row]],
) -> Boundary | None:
    """Give the row that `cursor` stands at, with its values; raises CursorUnfit."""
    if cursor is None:
        return None
    if cursor.place >= release.rows:
        raise lost_row()
    values: Row = ()
    if compiled.terms:
        rows = run(compiled.boundary_values(cursor.place))
        if not rows:
            raise lost_row()
        values = rows[0][1:]
    return Boundary(cursor.place, values, cursor.backwards)


def page_of(
    compiled: CompiledQuery,
    mark: str,
    cursor: Cursor | None,
    places: Sequence[int],
    rows: Sequence[Row],
    total: int,
) -> RowsPage:
    """Give the page with the cursors of those beside it."""
    offset = compiled.query.offset
    if cursor is not None:
        offset = max(cursor.index - len(places), 0) if cursor.backwards else cursor.index
    following = previous = None
    if places and offset + len(places) < total:
        following = str(Cursor(mark, places[-1], offset + len(places)))
    if places and offset > 0:
        previous = str(Cursor(mark, places[0], offset, backwards=True))
    return RowsPage(
        columns=compiled.columns,
        rows=tuple(rows),
        total=total,
        offset=offset,
        limit=compiled.query.limit,
        next=following,
        previous=previous,
    )


def known_total(compiled: CompiledQuery, permit: Permit, release: Release) -> int | None:
    """Give the number of rows where the release itself knows it."""
    return release.rows if compiled.is_whole and permit.row_filter is None else None


def _range(boundary: Boundary | None, limit: int, offset: int, total: int) -> list[int]:
    if boundary is None:
        return list(range(offset, min(offset + limit, total)))
    if boundary.backwards:
        return list(range(max(boundary.place - limit, 0), boundary.place))
    return list(range(boundary.place + 1, min(boundary.place + 1 + limit, total)))


def _places_in(value: object) -> Sequence[int]:
    if not isinstance(value, list):
        raise TypeError("places come as a list")
    return value


def number(value: Value) -> int:
    """Give a whole number that the engine gave."""
    return int(str(value))
