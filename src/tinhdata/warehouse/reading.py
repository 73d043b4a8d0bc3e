"""The read door: rows of releases, only against a Permit, only what it shows."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress

import pyarrow as pa
from sqlalchemy.exc import SQLAlchemyError

from tinhdata.access import Action, Permit
from tinhdata.contracts.model import Relation, TableColumn
from tinhdata.db import Database
from tinhdata.kernel import t
from tinhdata.warehouse import compare, sql, statistics, store
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.errors import DoorClosed, PageUnfit
from tinhdata.warehouse.model import (
    PAGE_LIMIT,
    ChangeCounts,
    ColumnStatistics,
    Difference,
    Query,
    Release,
    RowChangeKind,
    RowsPage,
    TableShape,
    Value,
)
from tinhdata.warehouse.rules import carried, data_columns
from tinhdata.warehouse.sql import CompiledQuery, Statement
from tinhdata.warehouse.tables import Tables
from tinhdata.warehouse.writing import count


def require_door(permit: Permit, dataset: str) -> None:
    """Raise DoorClosed unless `permit` is for reading rows of `dataset`."""
    if permit.action is not Action.READ_ROWS or permit.dataset != dataset:
        raise DoorClosed(
            t("This permit does not open the rows of {dataset}.", dataset=dataset),
            fix=t("Ask for permission to read the rows of exactly this dataset."),
        )


class Reading:
    """Reads releases that the caller has found to be served."""

    def __init__(self, tables: Tables, engine: Engine, db: Database, token_key: bytes) -> None:
        self._tables = tables
        self._engine = engine
        self._db = db
        self._token_key = token_key

    def relation(self, permit: Permit, release: Release) -> Relation:
        """Give the rows of `release` as a table expression."""
        require_door(permit, release.dataset)
        columns = sql.visible_columns(release.shape.columns, permit)
        return Relation(self._permitted(permit, release), tuple(c.name for c in columns))

    def relation_under(
        self, permit: Permit, release: Release, shape: TableShape, owners: Mapping[int, str]
    ) -> Relation:
        """Give the rows of `release` under the columns of `shape`, as a table expression."""
        require_door(permit, release.dataset)
        if permit.columns is not None or permit.masks or permit.row_filter is not None:
            # Masks are known by the names of the release's own contract.
            raise DoorClosed(t("Only the platform itself reads rows under another contract."))
        columns = carried(shape, release.shape, owners)
        source = sql.files_relation(self._paths(release), columns)
        return Relation(source, tuple(column.name for column in shape.columns))

    def read(self, permit: Permit, release: Release, query: Query) -> RowsPage:
        """Give one page and the exact count of all rows of the query."""
        compiled = self._compile(permit, release, query)
        if compiled.is_whole and permit.row_filter is None:
            total = release.rows
        else:
            total = int(str(self._engine.rows(compiled.count)[0][0]))
        rows = self._engine.rows(compiled.page) if query.offset < total else []
        return RowsPage(compiled.columns, tuple(rows), total, query.offset, query.limit)

    def schema(self, permit: Permit, release: Release, query: Query) -> pa.Schema:
        """Give the Arrow schema of the query's rows."""
        return self._engine.schema(self._compile(permit, release, query).everything)

    def stream(
        self, permit: Permit, release: Release, query: Query
    ) -> Generator[pa.RecordBatch, None, None]:
        """Give all rows of the query in batches; offset and limit do not count."""
        return self._engine.batches(self._compile(permit, release, query).everything)

    def diff(
        self,
        permit: Permit,
        old: Release,
        new: Release,
        kind: RowChangeKind | None,
        offset: int,
        limit: int,
    ) -> Difference:
        """Give the counts and one page of the rows that differ, by the key of the newer one."""
        for release in (old, new):
            require_door(permit, release.dataset)
        sides = compare.Sides(
            sql.files_relation(self._paths(old), self._carried(new.shape, old)),
            sql.files_relation(self._paths(new), new.shape.columns),
            new.shape,
            permit,
        )
        return difference(sides, self._engine.rows, self._token_key, kind, offset, limit)

    def statistics(self, permit: Permit, release: Release) -> tuple[ColumnStatistics, ...]:
        """Give what each column holds, of the columns that the permit shows unmasked.

        Computed once per release and kept; for a permit with a row filter computed anew.
        """
        require_door(permit, release.dataset)
        columns = [
            column
            for column in data_columns(release.shape)
            if sql.is_shown(column, permit) and column.name not in permit.masks
        ]
        if permit.row_filter is not None:
            return self._compute(self._permitted(permit, release), columns)
        names = {column.name for column in columns}
        return tuple(s for s in self._kept(release) if s.column.name in names)

    def _kept(self, release: Release) -> tuple[ColumnStatistics, ...]:
        by_name = {column.name: column for column in release.shape.columns}
        with self._db.read() as tx:
            stored = store.statistics(tx, release.id)
        if isinstance(stored, list):
            return tuple(statistics.from_json(item, by_name) for item in stored)
        source = sql.files_relation(self._paths(release), release.shape.columns)
        figures = self._compute(source, data_columns(release.shape))
        # Readers are answered even where nothing can be written, as on a full disk.
        with suppress(SQLAlchemyError), self._db.transaction() as tx:
            store.keep_statistics(tx, release.id, [statistics.to_json(item) for item in figures])
        return figures

    def _compute(
        self, relation: str, columns: Sequence[TableColumn]
    ) -> tuple[ColumnStatistics, ...]:
        summary = self._engine.rows(statistics.summary_statement(relation, columns))[0]
        return tuple(
            statistics.complete(figures, relation, self._engine.rows)
            for figures in statistics.read_summary(summary, columns)
        )

    def _compile(self, permit: Permit, release: Release, query: Query) -> CompiledQuery:
        require_door(permit, release.dataset)
        columns = sql.visible_columns(release.shape.columns, permit)
        return sql.compile_query(self._permitted(permit, release), columns, query)

    def _permitted(self, permit: Permit, release: Release) -> str:
        source = sql.files_relation(self._paths(release), release.shape.columns)
        return sql.permitted_relation(source, release.shape.columns, permit, self._token_key)

    def _carried(self, shape: TableShape, release: Release) -> tuple[TableColumn, ...]:
        """Give the columns of `shape` as the files of `release` hold them."""
        with self._db.read() as tx:
            owners = store.owners(tx, release.dataset)
        return carried(shape, release.shape, owners)

    def _paths(self, release: Release) -> list[str]:
        planned = self._tables.plan(release.dataset, release.snapshot_id)
        return [str(file.path) for file in planned]


Run = Callable[[Statement], list[tuple[Value, ...]]]


def difference(
    sides: compare.Sides,
    run: Run,
    token_key: bytes,
    kind: RowChangeKind | None,
    offset: int,
    limit: int,
) -> Difference:
    """Count and page the differences of two sides; raises PageUnfit."""
    if not (0 < limit <= PAGE_LIMIT and offset >= 0):
        raise PageUnfit(
            t("A page has 1 to {limit} rows and starts at 0 or later.", limit=PAGE_LIMIT),
            fix=t("Ask for a smaller page, or download the whole answer."),
        )
    counts = count(sides, lambda statement: run(statement)[0])
    rows = run(compare.page_statement(sides, token_key, kind, offset, limit))
    return Difference(
        key=sides.shape.key,
        counts=counts,
        rows=tuple(compare.read_change(row, sides.shape) for row in rows),
        total=_of_kind(counts, kind),
        offset=offset,
        limit=limit,
    )


def _of_kind(counts: ChangeCounts, kind: RowChangeKind | None) -> int:
    match kind:
        case RowChangeKind.INSERTED:
            return counts.inserted
        case RowChangeKind.DELETED:
            return counts.deleted
        case RowChangeKind.UPDATED:
            return counts.updated
        case None:
            return counts.inserted + counts.deleted + counts.updated
