"""Rows given in Python as a statement of the warehouse, and what the engine makes of it."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import duckdb
import pyarrow as pa

from tinhdata.contracts import Column, sql_type
from tinhdata.contracts.model import TableColumn
from tinhdata.edge.workbook import Rows
from tinhdata.warehouse import SheetForm, SheetPiece, Value
from tinhdata.warehouse.pieces import first_unfit, joined
from tinhdata.warehouse.sheet_texts import sheet_rows
from tinhdata.warehouse.sql import Statement

_ENGINE = duckdb.connect(config={"threads": 1})
Row: TypeAlias = tuple[Value, ...]


def everything(rows: Sequence[Row], columns: Sequence[TableColumn]) -> Statement:
    one = ", ".join(f"CAST(? AS {column.sql_type})" for column in columns)
    selects = [f"SELECT {number} AS place, {one}" for number in range(len(rows))]
    names = ", ".join(f"v{at}" for at in range(len(columns)))
    empty = ", ".join(f"CAST(NULL AS {column.sql_type})" for column in columns)
    nothing = f"SELECT 0 AS place, {empty} WHERE false"
    source = " UNION ALL ".join([nothing, *selects])
    values = tuple(value for row in rows for value in row)
    return Statement(f"SELECT {names} FROM ({source}) AS t(place, {names}) ORDER BY place", values)


def written(statement: Statement) -> list[tuple[str, str | None]]:
    found = _ENGINE.execute(statement.sql, list(statement.values)).fetchall()
    return [(row[0], row[1] if len(row) > 1 else None) for row in found]


def sheet_of(columns: Sequence[Column], rows: Sequence[Row]) -> Rows:
    """Give rows as `edge.workbook` takes them."""
    table = [TableColumn(c.name, sql_type(c), n) for n, c in enumerate(columns)]

    def pieces(form: SheetForm) -> Iterator[SheetPiece]:
        for line, odd in written(sheet_rows(everything(rows, table), table, form)):
            mark = first_unfit(pa.array([odd], pa.string()))
            yield SheetPiece(joined(pa.array([line])), mark)

    return pieces
