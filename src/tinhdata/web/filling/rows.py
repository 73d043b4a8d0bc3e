"""The live table of a dataset: its rows, and its heads with histograms."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import QueryParams

from tinhdata.contracts import Column, LegalBasis, LogicalType
from tinhdata.edge.filters import query_of
from tinhdata.edge.places import names_of
from tinhdata.edge.showing import is_numeric, shown
from tinhdata.warehouse import ColumnStatistics, Query, RowsPage
from tinhdata.web.contexts.shell import Choice, DataTable, Header, Histogram
from tinhdata.web.contexts.views import DatasetData
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.dataset import Subject, head, share
from tinhdata.web.filling.panel import TABLE, filter_panel, is_empty
from tinhdata.web.filling.words import label_of

PER_PAGE = 25


def dataset_data(subject: Subject, params: QueryParams) -> DatasetData:
    """Give the data page: rows that fit `params`, and what is said about the dataset.

    Raises FilterInvalid where a filter names what is not there.
    """
    contract, language = subject.contract, subject.reader.language
    statistics = statistics_of(subject)
    return DatasetData(
        head=head(subject, ""),
        panel=filter_panel(subject, params, TABLE, statistics),
        table=rows_table(subject, params, statistics),
        description=contract.description.in_language(language),
        legal=_legal(subject, contract.legal_basis),
        contact=contract.contact,
        refused=subject.refused,
    )


def statistics_of(subject: Subject) -> dict[str, ColumnStatistics]:
    """Give what each column that the reader may see holds, by name."""
    opened, warehouse = subject.opened, subject.reader.platform.warehouse
    if opened is None:
        return {}
    found = warehouse.statistics(opened.permit, opened.release.id)
    return {each.column.name: each for each in found}


def rows_table(
    subject: Subject,
    params: QueryParams,
    statistics: Mapping[str, ColumnStatistics],
    path: str | None = None,
) -> DataTable | None:
    """Give a page of the rows that fit `params`, None where the reader sees none.

    `path` is the page that its heads and its pager lead to, that of the dataset by default.
    """
    opened = subject.opened
    if opened is None:
        return None
    # Columns without a single value say nothing; they stand last.
    ranked = sorted(subject.columns, key=lambda c: is_empty(statistics.get(c.name)))
    names = [column.name for column in ranked]
    query = query_of(params, subject.contract, names, limit=PER_PAGE)
    page = subject.reader.platform.warehouse.read(opened.permit, opened.release.id, query)
    columns = [subject.contract.column(column.name) for column in page.columns]
    path, language = path or subject.path(), subject.reader.language
    rest = [(n, v) for n, v in params.multi_items() if n != "page"]
    return DataTable(
        caption=subject.name,
        columns=tuple(
            _header(column, query, path, rest, statistics.get(column.name), language)
            for column in columns
        ),
        rows=_cells(page, columns, language),
        names=tuple(_names(subject, page, at, column) for at, column in enumerate(columns)),
        pager=pager(page.offset, len(page.rows), page.limit, page.total, with_query(path, rest)),
    )


def _header(
    column: Column,
    query: Query,
    path: str,
    rest: Sequence[tuple[str, str]],
    statistics: ColumnStatistics | None,
    language: str,
) -> Header:
    place = next((sort for sort in query.sort if sort.column == column.name), None)
    others = [(name, value) for name, value in rest if name != "sort"]
    # Clicking goes round: ascending, descending, as published.
    following = column.name if place is None else "" if place.descending else f"-{column.name}"
    empty = statistics.empty if statistics else 0
    return Header(
        name=column.name,
        label=label_of(column, language),
        unit=column.unit,
        numeric=is_numeric(column),
        sort=with_query(path, [*others, ("sort", following)]),
        sorted=None if place is None else "descending" if place.descending else "ascending",
        histogram=_histogram(column, statistics, language) if statistics else None,
        missing=share(empty, statistics.rows, language) if statistics and empty else None,
    )


def _histogram(column: Column, statistics: ColumnStatistics, language: str) -> Histogram | None:
    most = max((bar.rows for bar in statistics.histogram), default=0)
    if not most or len(statistics.histogram) < 2:
        return None
    return Histogram(
        bars=tuple(bar.rows / most for bar in statistics.histogram),
        low=shown(statistics.minimum, column, language) or "",
        high=shown(statistics.maximum, column, language) or "",
    )


def _names(subject: Subject, page: RowsPage, at: int, column: Column) -> Mapping[str, str]:
    """Give what the codes of a column are called that stand on the page."""
    if column.reference is None or column.logical_type is not LogicalType.STRING:
        return {}
    codes = [row[at] for row in page.rows]
    reader = subject.reader
    found = names_of(reader.platform, reader.actor, column, codes)
    return {str(code): found[str(code)] for code in codes if str(code) in found}


def _cells(
    page: RowsPage, columns: Sequence[Column], language: str
) -> tuple[tuple[str | None, ...], ...]:
    return tuple(
        tuple(shown(value, column, language) for value, column in zip(row, columns, strict=True))
        for row in page.rows
    )


def _legal(subject: Subject, bases: Sequence[LegalBasis]) -> tuple[Choice, ...]:
    """Give the legal texts that hold today; one that does not is no current basis."""
    laws, today = subject.reader.platform.pack.laws, subject.reader.today
    return tuple(
        Choice(basis.url, law.title if law else basis.title)
        for basis in bases
        for law in [laws.get(basis.url)]
        if law is None or law.holds_on(today)
    )
