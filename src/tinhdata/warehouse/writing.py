"""From staged files to a snapshot: what stays, what goes, what is added; and what would change."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from sqlalchemy.exc import IntegrityError

from tinhdata.access import Permit
from tinhdata.contracts.model import Contract, TableColumn, TableSpec
from tinhdata.db import Database
from tinhdata.kernel import new_id, quote_literal, t
from tinhdata.warehouse import compare, rules, sql, store
from tinhdata.warehouse.engine import work
from tinhdata.warehouse.errors import CountsWrong, FileLost
from tinhdata.warehouse.files import make_folder, place, sha256_of, sync
from tinhdata.warehouse.model import (
    Change,
    ChangeCounts,
    ChangeKind,
    Committed,
    DataFile,
    Limits,
    Release,
    StagedFile,
    TableShape,
    Value,
)
from tinhdata.warehouse.sql import Statement
from tinhdata.warehouse.tables import PlannedFile, Tables

Columns: TypeAlias = tuple[TableColumn, ...]
"""The columns of a table as files of an earlier shape hold them (`rules.carried`)."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A table as a contract declares it, and the stable id of the column that owns each field."""

    spec: TableSpec
    shape: TableShape
    owners: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The files of the base by what a change does to them; `split` hold rows of both kinds."""

    stay: tuple[PlannedFile, ...]
    go: tuple[PlannedFile, ...]
    split: tuple[PlannedFile, ...]


class Writing:
    """Plans, compares and commits changes of tables."""

    def __init__(self, tables: Tables, db: Database, limits: Limits) -> None:
        self._tables = tables
        self._db = db
        self._limits = limits
        self._temporary = tables.root / "temporary"

    def spec(self, contract: Contract) -> TableSpec:
        """Give the stored table of `contract`; new columns get field ids that stay theirs."""
        with self._db.read() as tx:
            known = store.fields(tx, contract.id)
        while new := rules.new_fields(contract, known):
            # Where another process was faster its numbers count, so they are read once more.
            with suppress(IntegrityError), self._db.transaction() as tx:
                store.add_fields(tx, contract.id, new)
            with self._db.read() as tx:
                known = store.fields(tx, contract.id)
        return rules.table_spec(contract, known)

    def trial(self, contract: Contract) -> Trial:
        """Give the table of `contract` without keeping anything; new columns get ids for now."""
        with self._db.read() as tx:
            known = store.fields(tx, contract.id)
        fields = {**known, **rules.new_fields(contract, known)}
        spec = rules.table_spec(contract, fields)
        owners = {number: column for (column, _), number in fields.items()}
        return Trial(spec, rules.table_shape(contract, spec), owners)

    def commit(
        self, contract: Contract, base: Release | None, change: Change, files: Sequence[StagedFile]
    ) -> Committed:
        """Make a snapshot of `base` changed by `files`; the caller holds the writer's lock."""
        dataset = contract.id
        self.spec(contract)
        table = self.trial(contract)
        shape, owners = table.shape, table.owners
        known, seen = self._known(dataset), _seen(base, shape, owners)
        goes = _going(shape, change, files)
        plan = self._plan(base, change, shape, known, seen, goes)
        _refuse_lost(base, shape, owners, plan)
        placed = self._place(dataset, shape, files)
        placed += self._rewrite(dataset, plan.split, shape, seen, goes)
        if seen != shape.columns:
            # Rows that stay are written anew where a type grew, so that every reader of the table,
            # ours or not, finds one type in one field.
            wider = [self._widened(dataset, file, shape, seen, known) for file in plan.stay]
            placed += wider
            plan = _Plan((), (*plan.go, *plan.stay), plan.split)
        kept = [file for file in placed if file.rows]
        snapshot = self._tables.commit(
            dataset,
            shape.columns,
            None if base is None else base.snapshot_id,
            [file.path for file in (*plan.go, *plan.split)],
            [self._data(dataset) / file.name for file in kept],
        )
        rows = self._check_rows(dataset, snapshot, kept, plan.stay)
        stayed = [known[file.path.name] for file in plan.stay if file.path.name in known]
        return Committed(
            dataset=dataset,
            base=None if base is None else base.id,
            snapshot_id=snapshot,
            rows=rows,
            files=tuple(kept),
            content_hash=rules.content_hash([*kept, *stayed]),
            shape=shape,
        )

    def counts(
        self, contract: Contract, base: Release | None, change: Change, files: Sequence[StagedFile]
    ) -> ChangeCounts:
        """Count what `change` would do to `base`, by key; rows that stay are not read."""
        table = self.trial(contract)
        shape, seen = table.shape, _seen(base, table.shape, table.owners)
        goes = _going(shape, change, files)
        plan = self._plan(base, change, shape, self._known(contract.id), seen)
        _refuse_lost(base, shape, table.owners, plan)
        before = 0 if base is None else base.rows
        added = sum(file.rows for file in files)
        if change.kind is ChangeKind.ADD or before == 0:
            return ChangeCounts(before, added, 0, 0, before, before + added)
        sides = self._sides(plan, shape, files, seen, goes)
        counts = count(sides, lambda statement: self._work(statement)[0])
        stay = before - counts.base
        return ChangeCounts(
            base=before,
            inserted=counts.inserted,
            deleted=counts.deleted,
            updated=counts.updated,
            unchanged=counts.unchanged + stay,
            rows=counts.rows + stay,
        )

    def changed_sides(
        self,
        contract: Contract,
        base: Release | None,
        change: Change,
        files: Sequence[StagedFile],
        permit: Permit,
    ) -> compare.Sides:
        """Give both sides of a change that is not yet released, as `permit` shows their rows."""
        table = self.trial(contract)
        shape, seen = table.shape, _seen(base, table.shape, table.owners)
        goes = _going(shape, change, files)
        plan = self._plan(base, change, shape, self._known(contract.id), seen)
        return replace(self._sides(plan, shape, files, seen, goes), permit=permit)

    def newer_rows(
        self, contract: Contract, base: Release, files: Sequence[StagedFile], delivery: str
    ) -> int:
        """Count the rows of `base` with a key of `files` that came after `delivery`."""
        table = self.trial(contract)
        seen = _seen(base, table.shape, table.owners)
        planned = self._tables.plan(base.dataset, base.snapshot_id)
        source = sql.files_relation([str(file.path) for file in planned], seen)
        goes = _going(table.shape, Change.upsert(), files)
        return int(str(self._work(sql.newer_statement(source, goes, delivery))[0][0]))

    def run(self, statement: Statement) -> list[tuple[Value, ...]]:
        """Run a statement that may read staged files."""
        return self._work(statement)

    def _sides(
        self,
        plan: _Plan,
        shape: TableShape,
        files: Sequence[StagedFile],
        seen: Columns,
        goes: str,
    ) -> compare.Sides:
        whole = sql.files_relation([str(file.path) for file in plan.go], seen)
        old = whole
        if plan.split:
            mixed = sql.files_relation([str(file.path) for file in plan.split], seen)
            old = sql.either_relation(whole, mixed, goes, shape.columns)
        new = sql.files_relation([str(file.path) for file in files if file.rows], shape.columns)
        return compare.Sides(old, new, shape)

    def _known(self, dataset: str) -> Mapping[str, DataFile]:
        with self._db.read() as tx:
            return store.known_files(tx, dataset)

    def _plan(
        self,
        base: Release | None,
        change: Change,
        shape: TableShape,
        known: Mapping[str, DataFile],
        seen: Columns,
        goes: str | None = None,
    ) -> _Plan:
        """Say what becomes of each file of `base`; None for `goes`: of rows by key any may hold."""
        if base is None:
            return _Plan((), (), ())
        if change.kind is ChangeKind.UPSERT:
            return self._plan_by_key(base, seen, goes)
        stay: list[PlannedFile] = []
        go: list[PlannedFile] = []
        split: list[PlannedFile] = []
        for file in self._tables.plan(base.dataset, base.snapshot_id):
            facts = known.get(file.path.name) or DataFile(file.path.name, "", 0, file.rows)
            dropped = rules.dropped_whole(change, facts, shape.period_by)
            if dropped is None:
                dropped = self._look_inside(file, seen, _replaced(shape, change))
            (split if dropped is None else go if dropped else stay).append(file)
        return _Plan(tuple(stay), tuple(go), tuple(split))

    def _plan_by_key(self, base: Release, seen: Columns, goes: str | None) -> _Plan:
        """Find the files that hold a row that `goes`; without looking, all of them may."""
        files = self._tables.plan(base.dataset, base.snapshot_id)
        if goes is None or not files:
            return _Plan((), (), files)
        query = sql.touched_statement([str(file.path) for file in files], seen, goes)
        touched = {int(str(at)): int(str(rows)) for at, rows in self._work(query)}
        return _Plan(
            tuple(file for at, file in enumerate(files) if at not in touched),
            tuple(file for at, file in enumerate(files) if touched.get(at) == file.rows),
            tuple(file for at, file in enumerate(files) if 0 < touched.get(at, 0) < file.rows),
        )

    def _look_inside(self, file: PlannedFile, seen: Columns, goes: str) -> bool | None:
        """Say whether all, none or (None) some rows of a file of unknown period are replaced."""
        source = sql.files_relation([str(file.path)], seen)
        query = sql.count_statement(source, goes)
        replaced = int(str(self._work(query)[0][0]))
        return None if 0 < replaced < file.rows else replaced > 0

    def _place(
        self, dataset: str, shape: TableShape, files: Iterable[StagedFile]
    ) -> list[DataFile]:
        make_folder(self._data(dataset))
        return [self._place_one(dataset, shape, file) for file in files if file.rows]

    def _place_one(self, dataset: str, shape: TableShape, file: StagedFile) -> DataFile:
        if not file.path.is_file():
            raise FileLost(
                t("The checked rows of this delivery are no longer in the staging folder."),
                fix=t("Have the delivery checked again, then publish it."),
            )
        target = self._data(dataset) / f"{new_id('part')}.parquet"
        place(file.path, target)
        period_by = shape.period_by if file.period is not None else None
        return _facts(target, file.rows, file.period, period_by)

    def _rewrite(
        self,
        dataset: str,
        files: Sequence[PlannedFile],
        shape: TableShape,
        seen: Columns,
        goes: str,
    ) -> list[DataFile]:
        """Write those rows of `files` that stay into one file, so that files do not multiply."""
        if not files:
            return []
        target, rows = self._copy(dataset, files, shape, seen, f"({goes}) IS NOT TRUE")
        return [_facts(target, rows, None, None)]

    def _widened(
        self,
        dataset: str,
        file: PlannedFile,
        shape: TableShape,
        seen: Columns,
        known: Mapping[str, DataFile],
    ) -> DataFile:
        """Write all rows of `file` with the types they have now."""
        target, rows = self._copy(dataset, [file], shape, seen, "true")
        facts = known.get(file.path.name)
        formed = facts is not None and facts.period_by == shape.period_by
        period = facts.period if facts and formed else None
        return _facts(target, rows, period, shape.period_by if period is not None else None)

    def _copy(
        self,
        dataset: str,
        files: Sequence[PlannedFile],
        shape: TableShape,
        seen: Columns,
        where: str,
    ) -> tuple[Path, int]:
        target = self._data(dataset) / f"{new_id('part')}.parquet"
        make_folder(target.parent)
        source = sql.files_relation([str(file.path) for file in files], seen)
        rows = self._work(Statement(sql.copy_statement(source, shape, str(target), where)))
        sync(target)
        sync(target.parent)
        return target, int(str(rows[0][0]))

    def _check_rows(
        self,
        dataset: str,
        snapshot: int,
        added: Sequence[DataFile],
        stay: Sequence[PlannedFile],
    ) -> int:
        stored = sum(file.rows for file in self._tables.plan(dataset, snapshot))
        wanted = sum(file.rows for file in added) + sum(file.rows for file in stay)
        if stored != wanted:
            raise CountsWrong(
                t(
                    "{wanted} rows were handed in, but {stored} are stored.",
                    wanted=wanted,
                    stored=stored,
                ),
                fix=t(
                    "Nothing was published. Check the delivery again; tell the operator if it "
                    "stays."
                ),
            )
        return stored

    def _work(self, statement: Statement) -> list[tuple[Value, ...]]:
        return work(self._temporary, self._limits, statement)

    def _data(self, dataset: str) -> Path:
        return self._tables.folder(dataset) / "data"


def count(sides: compare.Sides, first_row: "compare.FirstRow") -> ChangeCounts:
    """Count the differences of two sides, in the careful way if keys turn out to repeat."""
    counts = compare.read_counts(first_row(compare.counts_statement(sides)))
    if counts is None:
        counts = compare.read_counts(first_row(compare.counts_statement(sides.with_numbers())))
    if counts is None:
        raise CountsWrong(t("The two releases could not be compared row by row."))
    return counts


def _seen(base: Release | None, shape: TableShape, owners: Mapping[int, str]) -> Columns:
    """Give the columns of `shape` as the files of `base` hold them."""
    return shape.columns if base is None else rules.carried(shape, base.shape, owners)


def _refuse_lost(
    base: Release | None, shape: TableShape, owners: Mapping[int, str], plan: _Plan
) -> None:
    if base is not None and (plan.stay or plan.split):
        rules.refuse_lost_columns(base.shape, shape, owners)


def _going(shape: TableShape, change: Change, files: Sequence[StagedFile]) -> str:
    """Give the SQL condition that a row of the base goes: by its period, or by its key."""
    if change.kind is not ChangeKind.UPSERT:
        return _replaced(shape, change)
    keys = [shape.column(name) for name in shape.key]
    staged = sql.files_relation([str(file.path) for file in files if file.rows], keys)
    return sql.key_condition(shape, staged)


def _replaced(shape: TableShape, change: Change) -> str:
    if shape.period is None or not change.periods:
        return "false"
    values = ", ".join(quote_literal(value) for value in sorted(change.periods))
    return f"{sql.period_expression(shape)} IN ({values})"


def _facts(path: Path, rows: int, period: str | None, period_by: str | None) -> DataFile:
    return DataFile(path.name, sha256_of(path), path.stat().st_size, rows, period, period_by)
