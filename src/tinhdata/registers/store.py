"""Entries that are kept as rows of a dataset, read from its current release."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date

from tinhdata.access import Permit
from tinhdata.registers.model import Table
from tinhdata.warehouse import Query, Release, Warehouse

Row = Mapping[str, object]


def rows(warehouse: Warehouse, permit: Permit, release: Release, table: Table) -> Iterator[Row]:
    """Give the rows of `release`, named by the fields of the entry that they stand for."""
    names = {column: field for field, column in table.columns.items()}
    query = Query(columns=tuple(names))
    with closing(warehouse.stream(permit, release.id, query)) as batches:
        for batch in batches:
            for row in batch.to_pylist():
                yield {field: row[column] for column, field in names.items()}


def text(row: Row, field: str) -> str:
    """Give a text, empty where there is none."""
    value = row.get(field)
    return "" if value is None else str(value)


def day(row: Row, field: str) -> date | None:
    """Give a day."""
    value = row.get(field)
    return value if isinstance(value, date) else None


def whole(row: Row, field: str) -> int | None:
    """Give a whole number."""
    value = row.get(field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(row: Row, field: str) -> bool | None:
    """Give a yes or no, None where nothing is said."""
    value = row.get(field)
    return value if isinstance(value, bool) else None
