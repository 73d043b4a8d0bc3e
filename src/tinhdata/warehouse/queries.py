"""A query over stored rows as SQL: count, places of a page, rows, in a total order. Pure.

Rows come in the order asked for, equal ones as they are stored, so pages neither overlap nor miss a
row, by number and by cursor alike.
"""

# ruff: noqa: S608 -- names are quoted by the kernel, values bound

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tinhdata.contracts.model import SYSTEM_COLUMNS, TableColumn
from tinhdata.kernel import quote_identifier, t
from tinhdata.warehouse.conditions import Where, known_column, looks_into_text, where
from tinhdata.warehouse.errors import PageUnfit
from tinhdata.warehouse.model import PAGE_LIMIT, Query, Value
from tinhdata.warehouse.sql import Statement
from tinhdata.warehouse.stored import ROW, Stored

_FIRST_PLACES = 1_000
"""Up to so many first places are gathered while rows are counted."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression that rows are sorted by; nothing comes last, either way."""

    sql: str
    descending: bool

    def order(self, backwards: bool) -> str:
        """Give it as a part of ORDER BY."""
        way = "ASC" if self.descending == backwards else "DESC"
        return f"{self.sql} {way} NULLS {'FIRST' if backwards else 'LAST'}"

    def same(self, value: Value) -> Statement:
        """Give the condition that a row has `value`."""
        if value is None:
            return Statement(f"{self.sql} IS NULL")
        return Statement(f"{self.sql} = ?", (value,))

    def further(self, value: Value, backwards: bool) -> Statement | None:
        """Give the condition that a row has a value after (`backwards`: before) `value`."""
        if value is None:
            return Statement(f"{self.sql} IS NOT NULL") if backwards else None
        return Statement(f"{self.sql} {'>' if self.descending == backwards else '<'} ?", (value,))


@dataclass(frozen=True, slots=True)
class Boundary:
    """The row beside a page: its place and the values it is sorted by."""

    place: int
    values: tuple[Value, ...]
    backwards: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the rows beyond a boundary; backwards they come with the nearest first."""

    condition: Statement
    backwards: bool


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query over the relation of `stored`; `columns` are those it shows."""

    stored: Stored
    columns: tuple[TableColumn, ...]
    where: Where
    terms: tuple[Term, ...]
    query: Query
    looks_into_text: bool

    @property
    def is_whole(self) -> bool:
        """Say whether it asks for every row, so that the count is known without reading."""
        return not self.where

    @property
    def is_stored_order(self) -> bool:
        """Say whether rows come as they are stored."""
        return not self.terms

    @property
    def count(self) -> Statement:
        """Give the statement that counts all rows."""
        return Statement(
            f"SELECT count(*) FROM {self.stored.relation}{self.where.sql}", self.where.values
        )

    @property
    def everything(self) -> Statement:
        """Give the statement for all rows in their order."""
        names = ", ".join(quote_identifier(column.name) for column in self.columns)
        order = self._order(False) if self.terms else ""
        return Statement(
            f"SELECT {names} FROM {self.stored.relation}{self.where.sql}{order}",
            self.where.values,
        )

    def boundary_values(self, place: int) -> Statement:
        """Give the statement for the values by which the row at `place` is sorted."""
        names = ", ".join(["1", *(term.sql for term in self.terms)])
        return Statement(f"SELECT {names} FROM {self.stored.relation} WHERE {ROW} = ?", (place,))

    def places(self, stretch: Stretch | None, limit: int, offset: int) -> Statement:
        """Give the statement for the places of a page; those before a boundary come backwards."""
        return self._page(ROW, stretch, limit, offset)

    def page(self, stretch: Stretch | None, limit: int, offset: int) -> Statement:
        """Give the statement for the rows of a page, each with its place first."""
        names = ", ".join([ROW, *(quote_identifier(column.name) for column in self.columns)])
        return self._page(names, stretch, limit, offset)

    def counted_places(
        self, boundary: Boundary | None, limit: int, offset: int
    ) -> Statement | None:
        """Give one statement for the count and the places: a row of (count, list of places).

        That is where looking for rows costs more than gathering places. None where it does not pay;
        the list then still has the first `offset` places in it.
        """
        if not self.looks_into_text or (self.terms and boundary is not None):
            return None
        if self.terms:
            return self._sorted_counted_places(limit, offset)
        if limit + offset > _FIRST_PLACES:
            return None
        places, values = f"min({ROW}, {limit + offset:d})", tuple[Value, ...]()
        if boundary is not None:
            function, sign = ("max", "<") if boundary.backwards else ("min", ">")
            places = f"{function}({ROW}, {limit:d}) FILTER (WHERE {ROW} {sign} ?)"
            values = (boundary.place,)
        return Statement(
            f"SELECT count(*), {places} FROM {self.stored.relation}{self.where.sql}",
            (*values, *self.where.values),
        )

    def _sorted_counted_places(self, limit: int, offset: int) -> Statement:
        names = ", ".join(f"{term.sql} AS s{number}" for number, term in enumerate(self.terms))
        order = ", ".join(
            Term(f"s{number}", term.descending).order(False)
            for number, term in enumerate(self.terms)
        )
        return Statement(
            f"WITH hits AS MATERIALIZED (SELECT {ROW}, {names} FROM {self.stored.relation}"
            f"{self.where.sql}) SELECT (SELECT count(*) FROM hits), "
            f"(SELECT list({ROW} ORDER BY {order}, {ROW}) FROM (SELECT * FROM hits "
            f"ORDER BY {order}, {ROW} LIMIT {limit:d} OFFSET {offset:d}))",
            self.where.values,
        )

    def stretches(self, boundary: Boundary) -> tuple[Stretch, ...]:
        """Give the rows beyond a boundary in parts, the nearest first.

        First those with its own first value, then the others, then those without a value: each is
        found by a plain condition, which is several times faster than all of them in one.
        """
        way = boundary.backwards
        place = Statement(f"{ROW} {'<' if way else '>'} ?", (boundary.place,))
        if not self.terms:
            return (Stretch(place, way),)
        first, value = self.terms[0], boundary.values[0]
        rest = list(zip(self.terms[1:], boundary.values[1:], strict=True))
        found = [_all(first.same(value), _any(*_beyond(rest, place, way)))]
        further = first.further(value, way)
        if further is not None:
            found.append(further)
        if value is not None and not way:
            found.append(first.same(None))
        return tuple(Stretch(condition, way) for condition in found)

    def _page(self, names: str, stretch: Stretch | None, limit: int, offset: int) -> Statement:
        found, backwards = self.where, False
        if stretch is not None:
            found, backwards = found.also(stretch.condition), stretch.backwards
        order = self._order(backwards) if self.terms or backwards else ""
        return Statement(
            f"SELECT {names} FROM {self.stored.relation}{found.sql}{order} "
            f"LIMIT {limit:d} OFFSET {offset:d}",
            found.values,
        )

    def _order(self, backwards: bool) -> str:
        parts = [term.order(backwards) for term in self.terms]
        return f" ORDER BY {', '.join([*parts, f'{ROW} DESC' if backwards else ROW])}"


def _beyond(
    keys: Sequence[tuple[Term, Value]], place: Statement, backwards: bool
) -> Iterator[Statement]:
    """Give the ways in which a row can come after a boundary with these values and this place."""
    same: list[Statement] = []
    for term, value in keys:
        further = term.further(value, backwards)
        if further is not None:
            yield _all(*same, further)
        if value is not None and not backwards:
            yield _all(*same, term.same(None))
        same.append(term.same(value))
    yield _all(*same, place)


def _all(*parts: Statement) -> Statement:
    return _joined(" AND ", parts)


def _any(*parts: Statement) -> Statement:
    return _joined(" OR ", parts)


def _joined(word: str, parts: Sequence[Statement]) -> Statement:
    values = tuple(value for part in parts for value in part.values)
    return Statement(f"({word.join(part.sql for part in parts)})", values)


def compile_query(stored: Stored, query: Query) -> CompiledQuery:
    """Compile `query` over the rows that a permit shows.

    Raises UnknownColumn, FilterUnfit and PageUnfit.
    """
    require_page(query.limit, query.offset, PAGE_LIMIT)
    by_name = {column.name: column for column in stored.columns}
    wanted = query.columns or tuple(n for n in by_name if n not in SYSTEM_COLUMNS)
    return CompiledQuery(
        stored=stored,
        columns=tuple(known_column(by_name, name) for name in wanted),
        where=where(stored, query),
        terms=tuple(
            term
            for sort in query.sort
            for term in terms(stored, known_column(by_name, sort.column), sort.descending)
        ),
        query=query,
        looks_into_text=looks_into_text(query),
    )


def terms(stored: Stored, column: TableColumn, descending: bool) -> tuple[Term, ...]:
    """Give what rows are sorted by where a reader sorts by `column`."""
    own = Term(quote_identifier(column.name), descending)
    if column.sql_type != "VARCHAR":
        return (own,)
    # Readers look for Đ after D, not after Z; equal but for marks, the marks decide.
    return (Term(stored.folded_text(column.name), descending), own)


def require_page(limit: int, offset: int, most: int) -> None:
    """Raise PageUnfit unless a page of `limit` rows from `offset` on can be had."""
    if not (0 < limit <= most and offset >= 0):
        raise PageUnfit(
            t("A page has 1 to {limit} rows and starts at 0 or later.", limit=most),
            fix=t("Ask for a smaller page, or download the whole answer."),
        )


def fetch(stored: Stored, columns: Sequence[TableColumn], places: Sequence[int]) -> Statement:
    """Give the statement for the rows at `places`, each with its place first, in any order."""
    names = ", ".join([ROW, *(quote_identifier(column.name) for column in columns)])
    low, high = min(places), max(places)
    body = f"SELECT {names} FROM {stored.relation} WHERE {ROW} BETWEEN {low:d} AND {high:d}"
    if high - low + 1 == len(places):
        return Statement(body)
    listed = ", ".join(f"{place:d}" for place in places)
    return Statement(f"{body} AND {ROW} IN (SELECT unnest([{listed}]::BIGINT[]))")
