"""Rows by their number, with conditions of which some may hold and distinct rows: as SQL. Pure.

The number of a row (`_id`) is its place in the release, from 1: the same wherever the release is
read, so that a page can go on after a number.
"""

# ruff: noqa: S608 -- names are quoted by the kernel, values bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tinhdata.access import Permit
from tinhdata.contracts.model import SYSTEM_COLUMNS, TableColumn
from tinhdata.kernel import quote_identifier, t
from tinhdata.warehouse.conditions import (
    condition,
    filtered_by,
    known_column,
    word_condition,
)
from tinhdata.warehouse.errors import FilterUnfit
from tinhdata.warehouse.model import Filter, Op, Sort, Value
from tinhdata.warehouse.queries import require_page, terms
from tinhdata.warehouse.sql import Statement
from tinhdata.warehouse.stored import ROW, Needs, Stored

NUMBER = "_id"
"""The column with the number of a row; no column of a contract begins with an underscore."""

RECORDS_LIMIT = 32_000
"""Most rows of one page of records."""

_NUMBER_COLUMN = TableColumn(NUMBER, "BIGINT", 0)
_BY_NUMBER: Mapping[Op, str] = {
    Op.EQ: "=", Op.NE: "<>", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">=",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Each word must stand, folded, in some text; in `column` where it is named."""

    text: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """All of the conditions hold."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One of the conditions holds."""

    conditions: tuple["Condition", ...]


def looks_into_text(condition: "Condition") -> bool:
    """Say whether a condition looks for parts of texts, which no order of rows helps to find."""
    match condition:
        case Every() | Some():
            return any(looks_into_text(each) for each in condition.conditions)
        case Words():
            return True
        case Filter():
            return condition.op.looks_into_text


Condition: TypeAlias = "Filter | Words | Every | Some"


@dataclass(frozen=True, slots=True)
class RecordsQuery:
    """Which rows by number; `columns` may name `_id`.

    Without `counts` no total is worked out; without `limit` all rows come, which only streams do.
    """

    columns: tuple[str, ...] | None = None
    where: Condition = Every(())
    unsearched: tuple[str, ...] = ()
    distinct: bool = False
    sort: tuple[Sort, ...] = ()
    offset: int = 0
    limit: int | None = 100
    counts: bool = True


def needs_of_records(
    columns: Sequence[TableColumn], permit: Permit, query: RecordsQuery
) -> Needs | None:
    """Give what answering `query` needs of `columns`; None: all, as where words are looked for."""
    if looks_into_text(query.where):
        return None
    named = {column.name for column in columns if column.name not in SYSTEM_COLUMNS}
    sorted_by = frozenset(sort.column for sort in query.sort)
    return Needs(frozenset(named | filtered_by(permit)), sorted_by)


@dataclass(frozen=True, slots=True)
class Records:
    """A page of rows and, where it was asked for, how many there are in all."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class CompiledRecords:
    """The statements of a query. `is_whole` says that its rows are all those there are."""

    columns: tuple[TableColumn, ...]
    page: Statement
    count: Statement
    is_whole: bool


def compile_records(stored: Stored, query: RecordsQuery) -> CompiledRecords:
    """Compile `query` over the rows that a permit shows.

    Raises UnknownColumn, FilterUnfit and PageUnfit.
    """
    require_page(max(query.limit or 1, 1), query.offset, RECORDS_LIMIT)
    by_name = {NUMBER: _NUMBER_COLUMN, **{c.name: c for c in stored.columns}}
    shown = [n for n in by_name if n not in SYSTEM_COLUMNS and not (query.distinct and n == NUMBER)]
    columns = tuple(known_column(by_name, name) for name in query.columns or shown)
    names = ", ".join(_shown(column) for column in columns)
    met = _met(stored, by_name, query.where, query.unsearched)
    where = "" if met.sql == "true" else f" WHERE {met.sql}"
    distinct = "DISTINCT " if query.distinct else ""
    body = f"SELECT {distinct}{names} FROM {stored.relation}{where}"
    select = f"{body}{_order(stored, by_name, columns, query)}{_cut(query)}"
    if _by_number(query.where) and (query.sort or query.offset):
        select = _in_two_steps(stored, by_name, columns, query, where)
    counted = f"SELECT count(*) FROM {stored.relation}{where}"
    if query.distinct:
        counted = f"SELECT count(*) FROM ({body})"
    return CompiledRecords(
        columns=columns,
        page=Statement(select, met.values),
        count=Statement(counted, met.values),
        is_whole=not where and not query.distinct,
    )


def _cut(query: RecordsQuery) -> str:
    limit = "" if query.limit is None else f" LIMIT {query.limit:d}"
    return limit + (f" OFFSET {query.offset:d}" if query.offset else "")


def _by_number(condition: Condition) -> bool:
    match condition:
        case Every() | Some():
            return any(_by_number(each) for each in condition.conditions)
        case Words() | Filter():
            return condition.column == NUMBER


def _in_two_steps(
    stored: Stored,
    by_name: Mapping[str, TableColumn],
    columns: Sequence[TableColumn],
    query: RecordsQuery,
    where: str,
) -> str:
    """Give the page by finding its rows first and sorting them then.

    DuckDB 2.0.0 breaks off with an internal error where it looks rows up by their place in a file
    and sorts or skips some in one step.
    """
    found = f"WITH found AS MATERIALIZED (SELECT * FROM {stored.relation}{where})"
    distinct = "DISTINCT " if query.distinct else ""
    names = ", ".join(_shown(column) for column in columns)
    order = _order(stored, by_name, columns, query)
    return f"{found} SELECT {distinct}{names} FROM found{order}{_cut(query)}"


def _shown(column: TableColumn) -> str:
    if column.name == NUMBER:
        return f'{ROW} + 1 AS "{NUMBER}"'
    return quote_identifier(column.name)


def _order(
    stored: Stored,
    by_name: Mapping[str, TableColumn],
    columns: Sequence[TableColumn],
    query: RecordsQuery,
) -> str:
    """Give the ORDER BY: in the order asked for, equal rows as they are stored."""
    if query.distinct:
        # Of equal rows one is left, so only what is shown can be sorted by.
        places = {column.name: at for at, column in enumerate(columns, 1)}
        wanted = [
            f"{places[known_column({c.name: c for c in columns}, s.column).name]} {_way(s)}"
            for s in query.sort
        ]
        return " ORDER BY " + ", ".join([*wanted, *map(str, places.values())])
    parts: list[str] = []
    for sort in query.sort:
        column = known_column(by_name, sort.column)
        if column.name == NUMBER:
            parts.append(f"{ROW} {_way(sort)}")
        else:
            parts += [each.order(False) for each in terms(stored, column, sort.descending)]
    return f" ORDER BY {', '.join([*parts, ROW])}" if parts else ""


def _way(sort: Sort) -> str:
    return f"{'DESC' if sort.descending else 'ASC'} NULLS LAST"


def _met(
    stored: Stored,
    by_name: Mapping[str, TableColumn],
    wanted: Condition,
    unsearched: tuple[str, ...],
) -> Statement:
    match wanted:
        case Every() | Some():
            parts = [_met(stored, by_name, each, unsearched) for each in wanted.conditions]
            return _joined(parts, isinstance(wanted, Every))
        case Words():
            return _words(stored, by_name, wanted, unsearched)
        case Filter() if wanted.column == NUMBER:
            return _numbered(wanted)
        case Filter():
            return condition(stored, known_column(by_name, wanted.column), wanted)


def _joined(parts: Sequence[Statement], is_every: bool) -> Statement:
    real = [part for part in parts if part.sql != "true"] if is_every else list(parts)
    if not real:
        return Statement("true" if is_every else "false")
    if len(real) == 1:
        return real[0]
    text = (" AND " if is_every else " OR ").join(part.sql for part in real)
    return Statement(f"({text})", tuple(value for part in real for value in part.values))


def _numbered(item: Filter) -> Statement:
    """Give a condition on the number of a row as one on its place, where the engine looks it up."""
    try:
        # No table is longer, and the engine counts no further.
        places = [max(-1, min(int(value) - 1, 2**62)) for value in item.values]
    except ValueError as error:
        raise FilterUnfit(
            t("“{value}” does not fit column {column}.", value=item.values[0], column=NUMBER),
            fix=t("Write a whole number such as 1250."),
        ) from error
    if item.op is Op.IN:
        return Statement(f"{ROW} IN ({', '.join('?' * len(places))})", tuple(places))
    if item.op is Op.BETWEEN:
        return Statement(f"{ROW} BETWEEN ? AND ?", tuple(places))
    return Statement(f"{ROW} {_BY_NUMBER[item.op]} ?", tuple(places[:1]))


def _words(
    stored: Stored, by_name: Mapping[str, TableColumn], wanted: Words, unsearched: tuple[str, ...]
) -> Statement:
    if wanted.column is None:
        left_out = {*SYSTEM_COLUMNS, *unsearched}
        names = [
            c.name for c in stored.columns if c.sql_type == "VARCHAR" and c.name not in left_out
        ]
        parts = [word_condition(stored, names, word) for word in wanted.text.split()]
        return _joined(parts, is_every=True)
    column = known_column(by_name, wanted.column)
    if column.sql_type == "VARCHAR":
        parts = [word_condition(stored, [column.name], word) for word in wanted.text.split()]
        return _joined(parts, is_every=True)
    name = ROW if column.name == NUMBER else quote_identifier(column.name)
    return Statement(f"contains(CAST({name} AS VARCHAR), ?)", (wanted.text.strip(),))
