"""Elements and links, read from the releases in which the pack keeps them."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date

from tinhdata.access import Permit
from tinhdata.dictionary.model import ColumnName, Element, Link, Table
from tinhdata.warehouse import Query, Release, Warehouse

Row = Mapping[str, object]


def rows(warehouse: Warehouse, permit: Permit, release: Release, table: Table) -> Iterator[Row]:
    """Give the rows of `release`, named by the fields of the noun that they stand for."""
    names = {column: field for field, column in table.columns.items()}
    query = Query(columns=tuple(names))
    with closing(warehouse.stream(permit, release.id, query)) as batches:
        for batch in batches:
            for row in batch.to_pylist():
                yield {field: row[column] for column, field in names.items()}


def element_of(row: Row) -> Element:
    """Read an element; texts that are missing are empty."""
    return Element(
        code=_text(row, "code"),
        name=_text(row, "name"),
        business=_text(row, "business"),
        technical=_text(row, "technical"),
        management=_text(row, "management"),
        layer=_text(row, "layer"),
        block=_text(row, "block"),
        agency=_text(row, "agency") or None,
        is_official=row.get("official") is True,
        source=_text(row, "source"),
        valid_from=_day(row, "valid_from") or date.min,
        valid_to=_day(row, "valid_to"),
    )


def link_of(row: Row) -> Link:
    """Read a link of a column."""
    return Link(
        at=ColumnName(_text(row, "dataset"), _text(row, "column")),
        element=_text(row, "element"),
        valid_from=_day(row, "valid_from") or date.min,
        valid_to=_day(row, "valid_to"),
    )


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return "" if value is None else str(value)


def _day(row: Row, field: str) -> date | None:
    value = row.get(field)
    return value if isinstance(value, date) else None
