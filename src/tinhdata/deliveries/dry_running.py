"""The work of a dry run: rows read and judged under a contract, and nothing of it kept but figures.

No state changes, nothing waits in quarantine, no release is prepared; the files it needs on the way
are removed before it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from tinhdata.access import Action, Resource, cautious_permit, system_permit
from tinhdata.contracts import Contract, LogicalType, NumberForm, restore_contract
from tinhdata.db import Tx
from tinhdata.deliveries import dry_run_store, events, remembering, rules, store
from tinhdata.deliveries.checking import why
from tinhdata.deliveries.dry_run import (
    ColumnOutcome,
    DryRun,
    DryRunState,
    OpenItems,
    Outcome,
    RuleOutcome,
    Sample,
)
from tinhdata.deliveries.model import Delivery
from tinhdata.deliveries.parts import Parts
from tinhdata.deliveries.preparing import against, open_references, row_counts, staged_files
from tinhdata.deliveries.preparing import table_change as change_of
from tinhdata.intake import (
    FileRefused,
    ReadingChoice,
    Understanding,
    UnitPlace,
    read,
    understand,
)
from tinhdata.kernel import JSONObject, Progress, t
from tinhdata.kernel.progress import Report
from tinhdata.landing import BytesNotFound
from tinhdata.quality import (
    CheckContext,
    CheckFailed,
    CheckResult,
    DecisionImpossible,
    ItemKind,
    ItemQuery,
    ItemState,
    RuleKind,
    check,
    compile_checks,
    empty_cells,
    held_apart,
    renamed_rows,
    samples,
    text_rows,
)
from tinhdata.registry import ContractUnknown
from tinhdata.warehouse import ColumnTypeChanged
from tinhdata.work import WorkContext, WorkItem

DRY_RUN = "delivery.dry-run"
"""The verb of the work queue that this module does."""

_PURPOSE = "dry run of a contract"
_SAMPLES = 3
_MOST_RULES = 30
_MOST_DELIVERIES = 40
"""Other deliveries whose waiting rows are looked at, newest first."""
_MOST_ITEMS = 100_000
_REFUSALS = (
    FileRefused,
    DecisionImpossible,
    CheckFailed,
    ColumnTypeChanged,
    ContractUnknown,
    BytesNotFound,
)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows under the contract that is tried out: their file, the check, and what it missed."""

    rows: Path
    result: CheckResult
    missing: frozenset[str] = frozenset()
    by_line: bool = False
    """Whether records were counted in another way than when they were judged before."""


class DryRunning:
    """Tries one contract after the other."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def run(self, context: WorkContext, args: JSONObject) -> None:
        """Do the dry run named in `args`; a repeated run ends the same."""
        parts = self._parts
        with parts.db.read() as tx:
            run = dry_run_store.get(tx, str(args["run"]))
            contract = restore_contract(dry_run_store.contract_of(tx, run.id)).contract
        if run.state is not DryRunState.RUNNING:
            return
        try:
            outcome = self._outcome(run, contract, context.report)
            done = replace(run, state=DryRunState.DONE, outcome=outcome)
        except _REFUSALS as problem:
            done = replace(run, state=DryRunState.FAILED, problem=why(problem))
        finally:
            parts.staging.drop_but(run.id, None)
        with parts.db.transaction() as tx:
            context.guard(tx)
            self._end(tx, done)

    def give_up(self, tx: Tx, item: WorkItem) -> None:
        """Write that the dry run broke down for good."""
        run = dry_run_store.get(tx, str(item.args["run"]))
        if run.state is DryRunState.RUNNING:
            text = t("The work stopped: {reason}", reason=item.error or t("nobody knows why."))
            self._end(tx, replace(run, state=DryRunState.FAILED, problem=text))

    def _end(self, tx: Tx, run: DryRun) -> None:
        done = replace(run, finished_at=self._parts.clock.now())
        dry_run_store.finish(tx, done)
        self._parts.journal.append(tx, events.tried(done))

    # --- the rows

    def _outcome(self, run: DryRun, contract: Contract, report: Report) -> Outcome:
        folder = self._parts.staging.fresh(run.id)
        if run.delivery is None:
            judged = self._judge_release(run, contract, folder, report)
            return self._told(run, contract, judged, None, report)
        with self._parts.db.read() as tx:
            delivery = store.get(tx, run.delivery)
        try:
            judged = self._judge_file(run, contract, delivery, folder, report)
        except BytesNotFound:
            # Bytes that were purged cannot be read again; what was published of them can.
            if run.release is None:
                raise
            judged = self._judge_release(run, contract, folder, report)
            return self._told(replace(run, delivery=None), contract, judged, None, report)
        return self._told(run, contract, judged, delivery, report)

    def _judge_file(
        self, run: DryRun, contract: Contract, delivery: Delivery, folder: Path, report: Report
    ) -> _Judged:
        parts = self._parts
        permit = system_permit(Action.READ_RAW, contract.id, _PURPOSE)
        path = parts.landing.path(permit, delivery.sha256 or "")
        old = parts.registry.by_hash(delivery.contract_hash).contract
        understanding, missing = self._understood(path, delivery, old, contract)
        staged = read(path, contract, understanding, folder, report)
        base = parts.warehouse.current(contract.id)
        judged_by, _ = against(parts, run.id, contract, staged, base)
        result = self._check(run, contract, staged.rows.path, judged_by, folder, report)
        units = delivery.units
        same = units is not None and units.records == staged.account.records
        return _Judged(staged.rows.path, result, missing, by_line=not same)

    def _understood(
        self, path: Path, delivery: Delivery, old: Contract, contract: Contract
    ) -> tuple[Understanding, frozenset[str]]:
        """Understand the file as it was read before; columns it lacks are read as empty.

        Gives the needed columns that it lacks, too: that every row fails is then the answer, where
        a real delivery would ask which column is which.
        """
        with self._parts.db.read() as tx:
            recalled = remembering.recalled_for(tx, delivery.id)
        choice = choice_under(delivery, recalled.choice if recalled else None, old, contract)
        found = understand(path, delivery.filename or "", contract, choice)
        if found.is_ready or found.refusal is not None:
            return found, frozenset()
        needed = {column.name for column in contract.columns if column.required} | {*contract.key}
        missing = frozenset(name for name in found.unmatched_columns if name in needed)
        absent: dict[str, int | None] = {**choice.mapping, **dict.fromkeys(missing)}
        again = replace(choice, mapping=absent)
        return understand(path, delivery.filename or "", contract, again), missing

    def _judge_release(
        self, run: DryRun, contract: Contract, folder: Path, report: Report
    ) -> _Judged:
        parts = self._parts
        permit = system_permit(Action.READ_ROWS, contract.id, _PURPOSE)
        relation = parts.warehouse.relation_under(permit, run.release or "", contract)
        rows = folder / "rows.parquet"
        text_rows(relation, contract, rows)
        context = CheckContext(
            delivery=run.id,
            references=open_references(parts, contract),
            history=row_counts(parts, contract.id),
            number_forms={
                column.name: NumberForm.ENGLISH
                for column in contract.columns
                if column.logical_type in (LogicalType.NUMBER, LogicalType.INTEGER)
            },
        )
        return _Judged(rows, self._check(run, contract, rows, context, folder, report))

    def _check(
        self,
        run: DryRun,
        contract: Contract,
        rows: Path,
        context: CheckContext,
        folder: Path,
        report: Report,
    ) -> CheckResult:
        parts = self._parts
        return check(
            compile_checks(contract, run.contract_hash),
            rows,
            parts.warehouse.spec(contract, keep=False),
            context,
            folder / "checked",
            parts.limits,
            report,
        )

    # --- what is told of them

    def _told(
        self,
        run: DryRun,
        contract: Contract,
        judged: _Judged,
        delivery: Delivery | None,
        report: Report,
    ) -> Outcome:
        parts, result = self._parts, judged.result
        report(Progress("compare"))
        before = None
        if delivery is not None and delivery.report is not None:
            permit = system_permit(Action.READ_QUARANTINE, contract.id, _PURPOSE)
            before = parts.quarantine.file(permit, delivery.id)
        now = result.quarantine.path if result.quarantine else None
        apart = held_apart(now, before, by_line=judged.by_line)
        old = None if delivery is None else parts.registry.by_hash(delivery.contract_hash).contract
        base = parts.warehouse.current(contract.id)
        counts = parts.warehouse.preview(
            contract, base, change_of(contract, result.good), staged_files(result.good)
        )
        return Outcome(
            made=result.made,
            released=result.released,
            held=result.quarantined,
            linked=result.linked,
            unread=result.rejected_units,
            newly_held=apart.only_now,
            newly_released=apart.only_before,
            rules=self._rules(contract, result, delivery, old),
            columns=_columns(contract, judged, delivery, old),
            open_items=self._open_items(run, contract, report),
            change=rules.change_of(counts),
            stops=result.held,
        )

    def _rules(
        self,
        contract: Contract,
        result: CheckResult,
        delivery: Delivery | None,
        old: Contract | None,
    ) -> tuple[RuleOutcome, ...]:
        was = {}
        if delivery is not None and delivery.report is not None and old is not None:
            was = {
                _same(each.kind, each.rule, each.columns, old): each.failed or 0
                for each in delivery.report.rules
            }
        # What was published had passed every rule of its time.
        default = 0 if delivery is None else None
        told = [
            (each, was.get(_same(each.kind, each.rule, each.columns, contract), default))
            for each in result.rules
        ]
        kept = [(each, before) for each, before in told if each.failed or before]
        kept.sort(key=lambda pair: -(pair[0].failed or 0))
        kept = kept[:_MOST_RULES]
        permit = cautious_permit(Action.READ_QUARANTINE, Resource.of(contract), _PURPOSE)
        shown = samples(result, contract, permit, [each.rule for each, _ in kept], _SAMPLES)
        return tuple(
            RuleOutcome(
                rule=each.rule,
                message=each.message,
                severity=each.severity,
                failed=each.failed or 0,
                before=before,
                samples=tuple(
                    Sample(sample.line, sample.reasons["vi"].text, sample.reasons["en"].text)
                    for sample in shown.get(each.rule, ())
                ),
            )
            for each, before in kept
        )

    def _open_items(self, run: DryRun, contract: Contract, report: Report) -> OpenItems:
        """Judge the waiting rows of other deliveries, mends laid over, as corrections would be."""
        waiting = passing = 0
        batches = self._parts.quarantine.batches(contract.id, only_open=True)
        others = [batch for batch in batches if batch.delivery != run.delivery]
        for number, batch in enumerate(others[:_MOST_DELIVERIES], 1):
            report(Progress("waiting", number, len(others[:_MOST_DELIVERIES])))
            with self._parts.db.read() as tx:
                delivery = store.get(tx, batch.delivery)
            one = self._waiting_of(run, contract, delivery)
            waiting, passing = waiting + one.waiting, passing + one.passing
        return OpenItems(waiting, passing)

    def _waiting_of(self, run: DryRun, contract: Contract, delivery: Delivery) -> OpenItems:
        parts = self._parts
        old = parts.registry.by_hash(delivery.contract_hash).contract
        query = ItemQuery(states=frozenset({ItemState.OPEN}), kind=ItemKind.ROW, limit=_MOST_ITEMS)
        permit = system_permit(Action.READ_QUARANTINE, contract.id, _PURPOSE)
        page = parts.quarantine.items(permit, old, delivery.id, query)
        if not page.items:
            return OpenItems(0, 0)
        folder = parts.staging.fresh(run.id)
        numbers = [item.item for item in page.items]
        found = parts.quarantine.corrections(
            permit, old, delivery.id, numbers, folder / "waiting.parquet"
        )
        renamed_rows(found.path, names_before(old, contract), contract, folder / "rows.parquet")
        understood = delivery.understanding
        forms = understood.number_forms if understood else {}
        context = CheckContext(
            delivery=run.id,
            references=open_references(parts, contract),
            number_forms=under_new_names(forms, old, contract),
            date_orders=under_new_names(
                understood.date_orders if understood else {}, old, contract
            ),
            scales=under_new_names(understood.scales if understood else {}, old, contract),
            is_batch=False,
        )
        rows = folder / "rows.parquet"
        result = self._check(run, contract, rows, context, folder, lambda _progress: None)
        return OpenItems(page.total, result.released + result.linked)


def choice_under(
    delivery: Delivery, recalled: ReadingChoice | None, old: Contract, new: Contract
) -> ReadingChoice:
    """Give how `delivery` was read, in the column names of `new`; columns are the same by id.

    `recalled` is how an earlier file of its source was read, if that was used. Where the contract
    now says how files are laid out, that counts and not what was found before.
    """
    before, seen = delivery.choice or recalled or ReadingChoice(), delivery.understanding
    found, units = dict(before.mapping), dict(before.units)
    if seen is not None:
        units |= {each.column: each.unit for each in seen.units if each.place is UnitPlace.CHOSEN}
        before = replace(before, left_out=tuple(index for index, _ in seen.left_out))
    is_laid_out_alike = old.layout == new.layout
    if seen is not None and seen.header is not None and not seen.pieces and is_laid_out_alike:
        for match in seen.mapping:
            found.setdefault(match.column, match.index)
        before = replace(before, headers=seen.header.names, sheet=before.sheet or seen.sheet)
    return replace(
        before,
        mapping=under_new_names(found, old, new),
        number_forms=under_new_names(before.number_forms, old, new),
        units=under_new_names(units, old, new),
    )


def names_before(old: Contract, new: Contract) -> Mapping[str, str]:
    """Give for each column of `new` that was in `old` what it was called there."""
    by_id = {column.id: column.name for column in old.columns}
    return {column.name: by_id[column.id] for column in new.columns if column.id in by_id}


V = TypeVar("V")


def under_new_names(values: Mapping[str, V], old: Contract, new: Contract) -> dict[str, V]:
    """Give values by column name of `old` by the names of `new`; columns that went are left out."""
    names = names_before(old, new)
    return {now: values[before] for now, before in names.items() if before in values}


def _same(
    kind: RuleKind, rule: str, columns: Sequence[str], contract: Contract
) -> tuple[RuleKind, str, tuple[str, ...]]:
    """Name a rule so that it is the same over renames: by its columns' ids, or its own."""
    own = rule if kind in (RuleKind.ROW, RuleKind.BATCH) else ""
    return kind, own, () if own else tuple(contract.column(name).id for name in columns)


def _columns(
    contract: Contract, judged: _Judged, delivery: Delivery | None, old: Contract | None
) -> tuple[ColumnOutcome, ...]:
    rows, empty = empty_cells(judged.rows, contract)
    known = {column.id for column in old.columns} if old is not None else None
    return tuple(
        ColumnOutcome(
            name=column.name,
            label=column.label,
            required=column.required,
            is_new=known is not None and column.id not in known,
            is_found=column.name not in judged.missing and empty[column.name] < max(rows, 1),
            empty=empty[column.name],
            rows=rows,
        )
        for column in contract.columns
    )
