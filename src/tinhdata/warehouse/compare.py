"""Pure SQL text: two states of a table compared by key, every column by IS DISTINCT FROM.

The columns of the platform do not count: a row delivered again with the same content is unchanged.
"""

# ruff: noqa: S608 -- names are quoted by the kernel

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from tinhdata.access import Permit
from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import quote_identifier
from tinhdata.warehouse.model import (
    CellChange,
    ChangeCounts,
    RowChange,
    RowChangeKind,
    TableShape,
    Value,
)
from tinhdata.warehouse.rules import data_columns
from tinhdata.warehouse.sql import Statement, row_filter, shown_expression


@dataclass(frozen=True, slots=True)
class Sides:
    """Two table expressions with the columns of `shape`; `permit` None is the platform itself.

    `numbered` compares equal keys in their order, for tables without a key or with repeated ones.
    """

    old: str
    new: str
    shape: TableShape
    permit: Permit | None = None
    numbered: bool = False

    def with_numbers(self) -> "Sides":
        """Give the same, comparing equal keys in their order."""
        return replace(self, numbered=True)


FirstRow: TypeAlias = Callable[[Statement], tuple[Value, ...]]
"""Runs a statement and gives its first row."""


def counts_statement(sides: Sides) -> Statement:
    """Give the statement for old rows, new rows, inserted, deleted, updated, unchanged."""
    return Statement(_with_pairs(sides, "") + _COUNTS)


_COUNTS = (
    "SELECT (SELECT count(*) FROM old_rows), (SELECT count(*) FROM new_rows), "
    "count(*) FILTER (_kind = 'inserted'), count(*) FILTER (_kind = 'deleted'), "
    "count(*) FILTER (_kind = 'updated'), count(*) FILTER (_kind = 'unchanged') FROM pairs"
)


def read_counts(row: tuple[Value, ...]) -> ChangeCounts | None:
    """Read the row of `counts_statement`; None if repeated keys were joined with each other."""
    old, new, inserted, deleted, updated, unchanged = (int(str(value)) for value in row)
    if old != deleted + updated + unchanged or new != inserted + updated + unchanged:
        return None
    return ChangeCounts(old, inserted, deleted, updated, unchanged, new)


def page_statement(
    sides: Sides, token_key: bytes, kind: RowChangeKind | None, offset: int, limit: int
) -> Statement:
    """Give the statement for a page of the rows that differ, in the order of their keys.

    Each row: kind, key values, then old and new value of every column, as the permit shows them.
    """
    shown = []
    for column in data_columns(sides.shape):
        shown += [_shown(column, sides.permit, token_key, side) for side in ("o", "n")]
    keys = [
        f"coalesce({_shown(sides.shape.column(name), sides.permit, token_key, 'n')}, "
        f"{_shown(sides.shape.column(name), sides.permit, token_key, 'o')})"
        for name in sides.shape.key
    ]
    order = [
        f"coalesce(n.{quote_identifier(name)}, o.{quote_identifier(name)})"
        for name in join_columns(sides.shape)
    ]
    named = ", ".join(f"{text} AS c{n}" for n, text in enumerate([*keys, *shown]))
    ordered = ", ".join(f"{text} AS o{n}" for n, text in enumerate(order))
    which = f"= '{kind.value}'" if kind is not None else "<> 'unchanged'"
    columns = ", ".join(["_kind", *(f"c{n}" for n in range(len(keys) + len(shown)))])
    by = ", ".join([*(f"o{n}" for n in range(len(order))), "_kind", "_number"])
    return Statement(
        _with_pairs(sides, f", {named}, {ordered}")
        + f"SELECT {columns} FROM pairs WHERE _kind {which} "
        f"ORDER BY {by} LIMIT {limit:d} OFFSET {offset:d}"
    )


def read_change(row: tuple[Value, ...], shape: TableShape) -> RowChange:
    """Read one row of `page_statement`."""
    kind = RowChangeKind(str(row[0]))
    key = row[1 : 1 + len(shape.key)]
    values = row[1 + len(shape.key) :]
    cells = tuple(
        CellChange(column.name, old, new)
        for column, old, new in zip(data_columns(shape), values[0::2], values[1::2], strict=True)
        if old != new
    )
    return RowChange(kind, key, cells)


def join_columns(shape: TableShape) -> tuple[str, ...]:
    """Give the columns that say which rows are the same one: the key, or without one all."""
    return shape.key or tuple(column.name for column in data_columns(shape))


def _shown(column: TableColumn, permit: Permit | None, token_key: bytes, side: str) -> str:
    if permit is None:
        return f"{side}.{quote_identifier(column.name)}"
    return shown_expression(column, permit, token_key, side)


def _with_pairs(sides: Sides, more: str) -> str:
    keys = [quote_identifier(name) for name in join_columns(sides.shape)]
    names = [quote_identifier(column.name) for column in data_columns(sides.shape)]
    same = " AND ".join(
        [*(f"o.{key} IS NOT DISTINCT FROM n.{key}" for key in keys), "o._number = n._number"]
    )
    changed = " OR ".join(
        f"o.{name} IS DISTINCT FROM n.{name}" for name in names if name not in keys
    )
    kind = (
        "CASE WHEN o._number IS NULL THEN 'inserted' WHEN n._number IS NULL THEN 'deleted' "
        f"WHEN {changed or 'false'} THEN 'updated' ELSE 'unchanged' END"
    )
    return (
        f"WITH old_rows AS ({_side(sides, sides.old, names, keys)}), "
        f"new_rows AS ({_side(sides, sides.new, names, keys)}), "
        f"pairs AS (SELECT {kind} AS _kind, coalesce(n._number, o._number) AS _number{more} "
        f"FROM old_rows o FULL JOIN new_rows n ON {same}) "
    )


def _side(sides: Sides, source: str, names: list[str], keys: list[str]) -> str:
    number = "1"
    if sides.numbered or not sides.shape.key:
        others = ", ".join(names)
        number = f"row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY {others})"
    where = "" if sides.permit is None else row_filter(sides.shape.columns, sides.permit)
    return f"SELECT {', '.join(names)}, {number} AS _number FROM {source}{where}"
