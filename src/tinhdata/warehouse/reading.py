"""The read door: rows of releases, only against a Permit, only what it shows."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pyarrow as pa
from sqlalchemy.exc import SQLAlchemyError

from tinhdata.access import Action, Permit
from tinhdata.contracts.model import Relation, TableColumn
from tinhdata.db import Database
from tinhdata.kernel import t
from tinhdata.warehouse import compare, sql, statistics, store
from tinhdata.warehouse.asking import Source
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.errors import DoorClosed, PageUnfit
from tinhdata.warehouse.model import (
    PAGE_LIMIT,
    ChangeCounts,
    ColumnStatistics,
    Difference,
    GroupQuery,
    Groups,
    Query,
    Release,
    RowChangeKind,
    RowsPage,
    TableShape,
    Value,
)
from tinhdata.warehouse.pieces import Buffer, SheetPiece, first_unfit, joined
from tinhdata.warehouse.records import Records, RecordsQuery
from tinhdata.warehouse.row_texts import TextForm, csv_header, text_lines
from tinhdata.warehouse.rules import carried, data_columns
from tinhdata.warehouse.serving import Serving
from tinhdata.warehouse.sheet_texts import SheetForm, sheet_rows
from tinhdata.warehouse.shelves import Shelves
from tinhdata.warehouse.sql import Statement
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

    def __init__(
        self,
        tables: Tables,
        engine: Engine,
        serving: Serving,
        db: Database,
        token_key: bytes,
    ) -> None:
        self._tables = tables
        self._engine = engine
        self._db = db
        self._token_key = token_key
        self._shelves = Shelves(engine, serving, self._files, token_key)

    def relation(self, permit: Permit, release: Release) -> Relation:
        """Give the rows of `release` as a table expression."""
        require_door(permit, release.dataset)
        columns = sql.visible_columns(release.shape.columns, permit)
        return Relation(self._permitted(permit, release), tuple(c.name for c in columns))

    def source(self, permit: Permit, release: Release) -> Source:
        """Give what the permit shows of `release` to an engine of one's own, with its files."""
        require_door(permit, release.dataset)
        columns = sql.visible_columns(data_columns(release.shape), permit)
        names = ", ".join(sql.quoted_names(columns))
        relation = f"(SELECT {names} FROM {self._permitted(permit, release)})"  # noqa: S608 -- quoted
        paths = tuple(Path(path) for path in self._paths(release))
        return Source(relation, tuple(column.name for column in columns), paths)

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
        require_door(permit, release.dataset)
        return self._shelves.page(permit, release, query)

    def groups(self, permit: Permit, release: Release, asked: GroupQuery) -> Groups:
        """Give one page of groups with their measures."""
        require_door(permit, release.dataset)
        return self._shelves.groups(permit, release, asked)

    def records(self, permit: Permit, release: Release, asked: RecordsQuery) -> Records:
        """Give one page of rows by their number."""
        require_door(permit, release.dataset)
        return self._shelves.records(permit, release, asked)

    def stream_records(
        self, permit: Permit, release: Release, asked: RecordsQuery
    ) -> Generator[pa.RecordBatch, None, None]:
        """Give the rows of a query by number in batches, from its offset on, up to its limit."""
        require_door(permit, release.dataset)
        compiled = self._shelves.compile_records(permit, release, asked)
        return self._engine.batches(compiled.page)

    def schema(self, permit: Permit, release: Release, query: Query) -> pa.Schema:
        """Give the Arrow schema of the query's rows."""
        require_door(permit, release.dataset)
        return self._engine.schema(self._shelves.compile(permit, release, query).everything)

    def texts(
        self, permit: Permit, release: Release, query: Query, form: TextForm
    ) -> Generator[Buffer, None, None]:
        """Give all rows of the query as text, piece by piece; of CSV the header first."""
        require_door(permit, release.dataset)
        compiled = self._shelves.compile(permit, release, query)
        statement = text_lines(compiled.everything, compiled.columns, form)
        if form is TextForm.CSV:
            yield csv_header(compiled.columns)
        with closing(self._engine.batches(statement)) as batches:
            for batch in batches:
                yield joined(batch.column(0))

    def sheet(
        self, permit: Permit, release: Release, query: Query, form: SheetForm
    ) -> Generator[SheetPiece, None, None]:
        """Give all rows of the query as XML of a worksheet, piece by piece."""
        require_door(permit, release.dataset)
        compiled = self._shelves.compile(permit, release, query)
        statement = sheet_rows(compiled.everything, compiled.columns, form)
        with closing(self._engine.batches(statement)) as batches:
            for batch in batches:
                yield SheetPiece(joined(batch.column(0)), first_unfit(batch.column(1)))

    def stream(
        self, permit: Permit, release: Release, query: Query
    ) -> Generator[pa.RecordBatch, None, None]:
        """Give all rows of the query in batches; offset and limit do not count."""
        require_door(permit, release.dataset)
        return self._engine.batches(self._shelves.compile(permit, release, query).everything)

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
            return self._compute(self._permitted(permit, release), columns, self._engine.rows)
        names = {column.name for column in columns}
        return tuple(s for s in self._kept(release) if s.column.name in names)

    def _kept(self, release: Release) -> tuple[ColumnStatistics, ...]:
        by_name = {column.name: column for column in release.shape.columns}
        with self._db.read() as tx:
            stored = store.statistics(tx, release.id)
        if isinstance(stored, list):
            return tuple(statistics.from_json(item, by_name) for item in stored)
        return self._figured(release, self._engine.rows)

    def prepare(self, release: Release, run: "Run") -> None:
        """Work out and keep what the columns hold, so that no reader has to wait for it."""
        with self._db.read() as tx:
            is_there = store.statistics(tx, release.id) is not None
        if not is_there:
            self._figured(release, run)

    def _figured(self, release: Release, run: "Run") -> tuple[ColumnStatistics, ...]:
        source = sql.files_relation(self._paths(release), release.shape.columns)
        figures = self._compute(source, data_columns(release.shape), run)
        # Readers are answered even where nothing can be written, as on a full disk.
        with suppress(SQLAlchemyError), self._db.transaction() as tx:
            store.keep_statistics(tx, release.id, [statistics.to_json(item) for item in figures])
        return figures

    def _compute(
        self, relation: str, columns: Sequence[TableColumn], run: "Run"
    ) -> tuple[ColumnStatistics, ...]:
        summary = run(statistics.summary_statement(relation, columns))[0]
        return tuple(
            statistics.complete(figures, relation, run)
            for figures in statistics.read_summary(summary, columns)
        )

    def _permitted(self, permit: Permit, release: Release) -> str:
        source = sql.files_relation(self._paths(release), release.shape.columns)
        return sql.permitted_relation(source, release.shape.columns, permit, self._token_key)

    def _carried(self, shape: TableShape, release: Release) -> tuple[TableColumn, ...]:
        """Give the columns of `shape` as the files of `release` hold them."""
        with self._db.read() as tx:
            owners = store.owners(tx, release.dataset)
        return carried(shape, release.shape, owners)

    def _paths(self, release: Release) -> list[str]:
        return [path for path, _ in self._files(release)]

    def _files(self, release: Release) -> list[tuple[str, int]]:
        planned = self._tables.plan(release.dataset, release.snapshot_id)
        return [(str(file.path), file.rows) for file in planned]


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
