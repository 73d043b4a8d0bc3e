"""Runs a plan over the rows of a delivery in DuckDB: one look at every row, one mask per row.

A narrow file of masks is written; what looks across rows is found from the few columns it needs;
then good rows and held rows are each written once. Values are read again where they are needed,
which costs less than keeping them; only what is dear to read is kept in a typed file beside the
masks.
"""

# ruff: noqa: S608 -- names and literals are quoted by the kernel, values bound

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from tinhdata.contracts.model import DeliveryMode, Dimension, TableSpec
from tinhdata.kernel import Progress, Text, quote_identifier, quote_literal, sha256_hex, t
from tinhdata.kernel.progress import Report
from tinhdata.quality import codes, geometry
from tinhdata.quality import statements as sql
from tinhdata.quality.bits import has_value
from tinhdata.quality.files import sync_file, sync_folder
from tinhdata.quality.judgement import Counts, batch_results, judge_batch, measures
from tinhdata.quality.model import (
    CheckContext,
    CheckPlan,
    CheckResult,
    GoodFile,
    HeldFile,
    Limits,
    Rule,
    RuleKind,
    RuleResult,
    Scope,
    Standardised,
    Step,
    Writing,
)
from tinhdata.quality.reasons import Explainer
from tinhdata.quality.relations import open_reference, open_relations
from tinhdata.quality.waiting import held_batch, held_schema

_ROW_GROUP = 122_880
_BATCH = 20_000
_MANY_VALUES = 50_000
"""Values of a reference beyond which no near one is looked for."""
_STAGES = 5
_UNSTORED = (RuleKind.TYPE, RuleKind.GEOMETRY_KIND, RuleKind.VERTICES)
"""Rules whose failing cells have no value that could be stored."""
_ON_EXISTING = (RuleKind.EXISTING_KEY, RuleKind.EXISTING_UNIQUE)


@dataclass(frozen=True, slots=True)
class _Counted:
    counts: Counts
    failed: tuple[int, ...]
    filled: tuple[int, ...]
    changed: tuple[int, ...]


class Scan:
    """One run of one plan. The connection is its own; relations have the names of `statements`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: CheckPlan,
        rows: Path,
        spec: TableSpec,
        context: CheckContext,
        out_dir: Path,
        limits: Limits,
        report: Report,
    ) -> None:
        self._db = connection
        self._limits = limits
        self._plan = plan
        self._rows = rows
        self._spec = spec
        self._context = context
        self._out = out_dir
        self._report = report
        self._said: list[str] = []
        writing = _writing(plan, context)
        self._seen = sql.seen_columns(plan, writing)
        self._written = sql.write_statements(plan, spec, writing)
        self._unmeasured = self._missing()
        self._skipped = self._idle()

    def run(self, *, writes_good: bool) -> CheckResult:
        """Run the plan and write its files; raises errors of the engine."""
        open_relations(self._db, self._plan, self._rows, self._context, self._seen)
        geometry.register(self._db, self._plan.contract)
        codes.register(self._db, self._plan.contract)
        for rule in self._plan.masked:
            if rule.kind is RuleKind.REFERENCE and self._is_run(rule):
                open_reference(self._db, self._plan, rule, self._spec, self._context)
        self._step(0)
        self._stage()
        self._step(1)
        self._look_across()
        self._step(2)
        counted = self._count()
        results = (*self._results(counted), *self._batch_results(counted.counts))
        dimensions = self._dimensions()
        self._step(3)
        good = self._write_good(counted.counts) if writes_good else ()
        self._step(4)
        held_file = self._write_held(counted)
        linked = self._write_linked(counted.counts)
        sync_folder(self._out)
        findings, held = judge_batch(
            self._plan.contract,
            counted.counts,
            self._context.history,
            results,
            is_batch=self._context.is_batch,
        )
        self._step(_STAGES)
        text = ";\n\n".join(self._said) + ";\n"
        return CheckResult(
            delivery=self._context.delivery,
            contract_hash=self._plan.contract_hash,
            made=counted.counts.made,
            released=counted.counts.released,
            quarantined=counted.counts.quarantined,
            linked=counted.counts.linked,
            rejected_units=counted.counts.units,
            rules=results,
            measures=measures(results, dimensions),
            standardised=self._standardised(counted),
            good=good,
            quarantine=held_file,
            linked_file=linked,
            findings=findings,
            held=held,
            references={
                column: values.release_id for column, values in self._context.references.items()
            },
            sql=text,
            sql_hash=sha256_hex(text.encode()),
            engine=_engine(self._plan),
        )

    # --- what is run

    def _missing(self) -> dict[str, Text]:
        """Say which rules have nothing to be measured against."""
        return {
            rule.id: t("The dataset it refers to has no release yet.")
            for rule in self._plan.masked
            if rule.kind is RuleKind.REFERENCE and rule.columns[0] not in self._context.references
        }

    def _idle(self) -> frozenset[str]:
        """Give the rules that mean nothing here: on rows that stay, where none stay."""
        columns = self._context.existing.columns if self._context.existing else ()
        return frozenset(
            rule.id
            for rule in self._plan.masked
            if (rule.kind in _ON_EXISTING and not set(rule.columns) <= set(columns))
            or (rule.kind is RuleKind.EXISTING_KEY and self._changes_by_key())
        )

    def _changes_by_key(self) -> bool:
        """Say whether a row takes the place of the one whose key it has."""
        return self._plan.contract.mode is DeliveryMode.UPSERT and self._context.is_batch

    def _is_run(self, rule: Rule) -> bool:
        return rule.id not in self._unmeasured and rule.id not in self._skipped

    # --- passes

    def _stage(self) -> None:
        written = self._written
        self._say(written.stage)
        self._say(written.judged)
        # Rows carry their number, so the engine need not keep their order while it reads them.
        self._db.execute("SET preserve_insertion_order = false")
        if self._is_dear():
            self._kept("staged", written.stage)
            self._db.execute(f"CREATE VIEW judged AS {written.judged}")
        else:
            self._db.execute(f"CREATE VIEW staged AS {written.stage}")
            if self._is_looked_at_again():
                self._kept("judged", written.judged)
            else:
                self._db.execute(f"CREATE VIEW judged AS {written.judged}")
        self._db.execute("SET preserve_insertion_order = true")

    def _is_dear(self) -> bool:
        """Say whether reading values again would cost more than keeping them."""
        if any(each.geometry or each.marks for each in self._plan.contract.columns):
            return True
        # Of few rows planning the long statement anew takes longer than keeping what it gave.
        return bool(pq.read_metadata(self._rows).num_rows <= self._limits.kept_rows)

    def _is_looked_at_again(self) -> bool:
        """Say whether all masks are needed more than once: to find out which periods go."""
        has_periods = self._plan.contract.period is not None
        return has_periods and self._context.is_batch and self._context.existing is not None

    def _kept(self, relation: str, query: str) -> None:
        path = self._out / f"{relation}.parquet"
        self._copy(query, path, f"COMPRESSION lz4, ROW_GROUP_SIZE {_ROW_GROUP}")
        self._db.execute(
            f"CREATE VIEW {relation} AS SELECT * FROM read_parquet({quote_literal(str(path))})"
        )

    def _some(self, relation: str, records: str) -> None:
        """Make the rows of `staged` whose numbers stand in `records` known as `relation`."""
        query = sql.only(self._written.stage, records)
        if self._is_dear():
            query = f"SELECT * FROM staged SEMI JOIN {records} USING (_record)"
        self._db.execute(f"CREATE TEMP VIEW {relation} AS {query}")

    def _look_across(self) -> None:
        self._table("alike_record", sql.alike_records(self._plan))
        self._some("alike", "alike_record")
        self._table("repeated", sql.repeated_rows(self._plan))
        if self._plan.contract.key:
            self._table("contradiction", sql.contradicting_keys(self._plan))
        self._table("link", sql.linked_rows(self._plan))
        self._db.execute("CREATE TEMP TABLE set_hit (_record BIGINT, _bit INTEGER)")
        for rule in self._plan.masked:
            if rule.kind not in _ON_EXISTING:
                self._find_hits(rule)
        self._db.execute("DROP TABLE repeated")
        self._table("set_mask", sql.set_masks(self._plan))
        self._say(self._written.verdict)
        self._db.execute(f"CREATE TEMP VIEW verdict AS {self._written.verdict}")
        if self._context.existing is not None:
            self._look_at_existing()

    def _look_at_existing(self) -> None:
        """Compare with the rows that stay.

        Which stay depends on which periods are replaced, and that on which rows are released. So
        this is repeated while rows that stay keep every row of a period back; mostly it is once.
        """
        rules = [rule for rule in self._plan.masked if rule.kind in _ON_EXISTING]
        while True:
            replaced = self._replaced_periods()
            self._db.execute("DELETE FROM replaced")
            self._db.execute("INSERT INTO replaced SELECT unnest(?::VARCHAR[])", [sorted(replaced)])
            bits = ", ".join(str(rule.bit) for rule in rules) or "-1"
            self._db.execute(f"DELETE FROM set_hit WHERE _bit IN ({bits})")
            for rule in rules:
                self._find_hits(rule)
            self._table("set_mask", sql.set_masks(self._plan))
            if self._replaced_periods() == replaced:
                return

    def _replaced_periods(self) -> frozenset[str]:
        if self._plan.contract.mode is DeliveryMode.UPSERT:
            # Which rows are replaced by their key is known from which are released: how many.
            ((count,),) = self._db.execute("SELECT count(*) FROM verdict WHERE NOT _bad").fetchall()
            return frozenset({str(count)})
        if self._plan.contract.period is None or not self._context.is_batch:
            return frozenset()
        found = self._db.execute(sql.replaced_periods(self._plan)).fetchall()
        return frozenset(str(period) for (period,) in found)

    def _find_hits(self, rule: Rule) -> None:
        query = sql.set_hits(self._plan, rule) if self._is_run(rule) else None
        if query is not None:
            self._say(f"-- {rule.id}\n{query}")
            self._db.execute(
                f"INSERT INTO set_hit SELECT DISTINCT _record, {rule.bit} FROM ({query})"
            )

    def _count(self) -> _Counted:
        self._table("tally", self._written.tally)
        ((made, bad, linked),) = self._ask(self._written.counts)
        filled = {row[0]: row[1] for row in self._ask(self._written.filled)}
        failed = {row[0]: row[1] for row in self._ask(self._written.failures)}
        changed = {row[0]: row[1] for row in self._ask(self._written.changed)}
        units = int(self._db.execute("SELECT count(*) FROM rejects_in").fetchall()[0][0])
        return _Counted(
            counts=Counts(made, made - bad - linked, bad, linked, units),
            failed=tuple(failed.get(bit, 0) for bit in range(len(self._plan.masked))),
            filled=tuple(filled.get(at, 0) for at in range(len(self._plan.contract.columns))),
            changed=tuple(changed.get(bit, 0) for bit in range(len(self._written.changes))),
        )

    def _dimensions(self) -> dict[Dimension, tuple[int, int]]:
        found = {}
        for dimension in Dimension:
            rules = [
                rule
                for rule in self._plan.masked
                if rule.dimension is dimension and self._is_run(rule)
            ]
            if not rules:
                continue
            applies = "true"
            if dimension is Dimension.REFERENCES:
                columns = dict.fromkeys(rule.columns[0] for rule in rules)
                applies = has_value(self._plan, columns)
            ((total, passed),) = self._ask(sql.dimension_count(rules, self._plan.words, applies))
            found[dimension] = (int(total), int(passed))
        return found

    # --- figures

    def _results(self, counted: _Counted) -> Iterator[RuleResult]:
        filled = dict(zip(self._plan.contract.column_names, counted.filled, strict=True))
        for rule, failed in zip(self._plan.masked, counted.failed, strict=True):
            if rule.id in self._skipped:
                continue
            reason = self._unmeasured.get(rule.id)
            if reason is None and counted.counts.made == 0:
                reason = t("There are no rows.")
            applicable = _applicable(rule, failed, filled, counted.counts.made)
            yield RuleResult(
                rule=rule.id,
                kind=rule.kind,
                dimension=rule.dimension,
                severity=rule.severity,
                columns=rule.columns,
                message=rule.message,
                expression=rule.expression,
                applicable=None if reason else applicable,
                failed=None if reason else failed,
                not_measured=reason,
            )

    def _batch_results(self, counts: Counts) -> tuple[RuleResult, ...]:
        return batch_results(
            self._plan.contract, counts, self._context.history, is_batch=self._context.is_batch
        )

    def _standardised(self, counted: _Counted) -> tuple[Standardised, ...]:
        pairs: zip[tuple[tuple[str, Step], int]] = zip(
            self._written.changes, counted.changed, strict=True
        )
        return tuple(Standardised(column, step, rows) for (column, step), rows in pairs if rows)

    # --- files

    def _write_good(self, counts: Counts) -> tuple[GoodFile, ...]:
        self._say(f"{self._written.good} ORDER BY {sql.order_by(self._spec)}")
        if counts.released == 0:
            return ()
        period = sql.period_text(self._plan.contract)
        if period is None:
            return (self._good_file(1, self._written.good, counts.released, None),)
        found = self._db.execute(
            "SELECT _period, sum(_rows)::BIGINT FROM tally WHERE NOT _bad AND _linked_to IS NULL "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        if len(found) == 1:
            return (self._good_file(1, self._written.good, counts.released, str(found[0][0])),)
        return self._periods(period, [(str(value), int(rows)) for value, rows in found])

    def _periods(self, period: str, found: Sequence[tuple[str, int]]) -> tuple[GoodFile, ...]:
        # Sorted by period first: each period's file then reads only the row groups that hold it.
        together = self._out / "sorted.parquet"
        order = f"_period, {sql.order_by(self._spec)}"
        dated = self._written.good.replace("SELECT ", f"SELECT {period} AS _period, ", 1)
        self._copy(f"{dated} ORDER BY {order}", together, f"ROW_GROUP_SIZE {_ROW_GROUP // 4}")
        source = f"read_parquet({quote_literal(str(together))})"
        return tuple(
            self._good_file(
                number,
                f"SELECT * EXCLUDE (_period) FROM {source} WHERE _period = {quote_literal(value)}",
                rows,
                value,
            )
            for number, (value, rows) in enumerate(found, 1)
        )

    def _good_file(self, number: int, query: str, rows: int, period: str | None) -> GoodFile:
        path = self._out / f"good-{number:05d}.parquet"
        ids = ", ".join(f"{quote_identifier(c.name)}: {c.field_id}" for c in self._spec.columns)
        options = f"COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}, FIELD_IDS {{{ids}}}"
        self._copy(f"{query} ORDER BY {sql.order_by(self._spec)}", path, options)
        sync_file(path)
        return GoodFile(path, rows, period)

    def _write_held(self, counted: _Counted) -> HeldFile | None:
        counts = counted.counts
        query = sql.held_rows(self._plan)
        self._say(query)
        if counts.quarantined + counts.units == 0:
            return None
        self._table("bad", sql.bad_rows(self._plan))
        self._some("waiting", "bad")
        path = self._out / "quarantine.parquet"
        failing = [
            rule for rule, failed in zip(self._plan.masked, counted.failed, strict=True) if failed
        ]
        permitted = {r.id: self._permitted(r) for r in failing if r.kind is RuleKind.REFERENCE}
        sources = {
            f"{RuleKind.REFERENCE}:{column}": values.name
            for column, values in self._context.references.items()
        }
        explainer = Explainer(self._plan, permitted, sources)
        with pq.ParquetWriter(path, held_schema(self._plan), compression="zstd") as writer:
            start = 1
            for batch in self._db.sql(query).to_arrow_reader(_BATCH):
                writer.write_batch(held_batch(self._plan, batch, start, explainer))
                start += batch.num_rows
        sync_file(path)
        return HeldFile(path, counts.quarantined, counts.units)

    def _permitted(self, rule: Rule) -> tuple[str, ...]:
        if not self._context.references[rule.columns[0]].may_be_named:
            return ()
        found = self._db.execute(
            f"SELECT CAST(_value AS VARCHAR) FROM reference_{rule.bit} "
            f"ORDER BY 1 LIMIT {_MANY_VALUES}"
        ).fetchall()
        return tuple(str(value) for (value,) in found) if len(found) < _MANY_VALUES else ()

    def _write_linked(self, counts: Counts) -> Path | None:
        if counts.linked == 0:
            return None
        path = self._out / "linked.parquet"
        query = (
            "SELECT t._record, r._first, r._last, t._linked_to FROM tally t "
            "JOIN rows_in r ON t._record = r._record "
            "WHERE NOT t._bad AND t._linked_to IS NOT NULL ORDER BY t._record"
        )
        self._copy(query, path, "COMPRESSION zstd")
        sync_file(path)
        return path

    # --- small things

    def _table(self, table: str, query: str) -> None:
        self._say(f"-- {table}\n{query}")
        self._db.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")

    def _say(self, statement: str) -> None:
        # What was asked twice is evidence once.
        if statement not in self._said:
            self._said.append(statement)

    def _ask(self, query: str) -> list[tuple[int, ...]]:
        self._say(query)
        return self._db.execute(query).fetchall()

    def _copy(self, query: str, path: Path, options: str) -> None:
        self._db.execute(
            f"COPY ({query}) TO {quote_literal(str(path))} (FORMAT parquet, {options})"
        )

    def _step(self, done: int) -> None:
        self._report(Progress("check", done, _STAGES))


def _engine(plan: CheckPlan) -> str:
    has_geometry = any(column.geometry is not None for column in plan.contract.columns)
    return f"DuckDB {duckdb.__version__}{', ' + geometry.ENGINE if has_geometry else ''}"


def _writing(plan: CheckPlan, context: CheckContext) -> dict[str, Writing]:
    """Put together what reading found out about each column of this file."""
    return {
        column: Writing(
            context.number_forms.get(column),
            context.date_orders.get(column),
            context.scales.get(column),
        )
        for column in plan.contract.column_names
    }


def _applicable(rule: Rule, failed: int, filled: dict[str, int], made: int) -> int:
    """Say how many rows a rule could fail: those with a value, where it looks at one value."""
    if len(rule.columns) != 1 or rule.kind is RuleKind.REQUIRED or rule.scope is Scope.BATCH:
        return made
    if rule.kind in (RuleKind.ROW, RuleKind.NOISE, RuleKind.DUPLICATE, RuleKind.KEY):
        return made
    # What cannot be read counts among the cells that had something to read.
    lost = failed if rule.kind in _UNSTORED and not rule.waivable else 0
    return filled[rule.columns[0]] + lost
