"""The work that follows on receiving: read the file, check its rows, say what publishing changes.

Everything it writes into files can be made again; only its last transaction counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tinhdata.access import Action, system_permit
from tinhdata.contracts import Contract, DeliveryMode
from tinhdata.db import Database, Tx
from tinhdata.deliveries import rules, store
from tinhdata.deliveries.model import Change, CheckReport, Delivery, Rows, State, Units
from tinhdata.deliveries.staging import Staging
from tinhdata.intake import FileRefused, Staged, Understanding, read, understand
from tinhdata.journal import Event, Journal
from tinhdata.kernel import Clock, JSONObject, Text, t
from tinhdata.landing import Landing
from tinhdata.quality import (
    Batch,
    CheckContext,
    CheckPlan,
    CheckResult,
    GoodFile,
    Limits,
    Quarantine,
    ReferenceValues,
    check,
    compile_checks,
)
from tinhdata.registry import Registry
from tinhdata.warehouse import Change as TableChange
from tinhdata.warehouse import Release, StagedFile, Warehouse
from tinhdata.work import WorkContext, WorkQueue

CHECK = "delivery.check"
"""The verb of the work queue that this module does."""

_PURPOSE = "check of a delivery"
_HISTORY = 12


@dataclass(frozen=True, slots=True)
class Parts:
    """The facades that the life of a delivery is made of."""

    db: Database
    clock: Clock
    journal: Journal
    work: WorkQueue
    landing: Landing
    registry: Registry
    warehouse: Warehouse
    quarantine: Quarantine
    staging: Staging
    limits: Limits


@dataclass(frozen=True, slots=True)
class Against:
    """What rows are checked against: the releases pinned, and the context made of them."""

    base: Release | None
    context: CheckContext
    pinned: Mapping[str, str | None]


class Checking:
    """Reads and checks one delivery after the other."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def run(self, context: WorkContext, args: JSONObject) -> None:
        """Do the check of the delivery named in `args`; a repeated run ends the same."""
        delivery = self._begin(str(args["delivery"]))
        if delivery is None:
            return
        contract = self._parts.registry.by_hash(delivery.contract_hash).contract
        try:
            self._check(delivery, contract, context)
        except FileRefused as refusal:
            refused = replace(delivery, problem=refusal.text)
            self._finish(refused, State.REFUSED, context, refusal.text)

    def give_up(self, tx: Tx, args: JSONObject) -> None:
        """Write that the work on a delivery broke down for good."""
        delivery = store.get(tx, str(args["delivery"]))
        if delivery.state not in (State.RECEIVED, State.CHECKING, State.PUBLISHING):
            return
        failed = store.moved(delivery, State.FAILED, self._parts.clock.now())
        store.save(tx, failed, expected=delivery.state)
        store.add_step(
            tx, failed, "system:worker", t("The work stopped; an operator has to look at it.")
        )

    def _begin(self, delivery_id: str) -> Delivery | None:
        with self._parts.db.transaction() as tx:
            delivery = store.get(tx, delivery_id)
            if delivery.state is State.CHECKING:
                return delivery
            if delivery.state is not State.RECEIVED:
                return None
            begun = store.moved(delivery, State.CHECKING, self._parts.clock.now())
            store.save(tx, begun, expected=State.RECEIVED)
            return begun

    def _check(self, delivery: Delivery, contract: Contract, context: WorkContext) -> None:
        parts = self._parts
        permit = system_permit(Action.READ_RAW, contract.id, _PURPOSE)
        path = parts.landing.path(permit, delivery.sha256 or "")
        understanding = understand(path, delivery.filename or "", contract, delivery.choice)
        delivery = replace(delivery, understanding=understanding)
        if understanding.refusal is not None:
            refused = replace(delivery, problem=understanding.refusal.text)
            self._finish(refused, State.REFUSED, context, understanding.refusal.text)
            return
        if not understanding.is_ready:
            self._finish(delivery, State.CHOOSING, context, None)
            return
        folder = parts.staging.fresh(delivery.id, "check")
        staged = read(path, contract, understanding, folder, context.report)
        plan = compile_checks(contract, delivery.contract_hash)
        against = self.against(delivery, contract, staged)
        result = check(
            plan,
            staged.rows.path,
            parts.warehouse.spec(contract),
            against.context,
            folder,
            parts.limits,
            context.report,
        )
        self._record(delivery, contract, plan, understanding, staged, against, result, context)

    def _record(
        self,
        delivery: Delivery,
        contract: Contract,
        plan: CheckPlan,
        understanding: Understanding,
        staged: Staged,
        against: Against,
        result: CheckResult,
        context: WorkContext,
    ) -> None:
        parts = self._parts
        units = units_of(staged)
        rows = Rows(
            made=result.made,
            quarantined=result.quarantined,
            linked=result.linked,
            waiting=result.released,
        )
        rules.check_units(units)
        rules.check_rows(rows, units.records)
        change = self.preview(contract, against.base, result)
        kept = result.quarantine and parts.quarantine.keep(result.quarantine.path, delivery.id)
        checked = replace(
            delivery,
            understanding=understanding,
            units=units,
            rows=rows,
            change=change,
            report=report_of(staged, result),
            pinned=against.pinned,
            periods=tuple(file.period for file in result.good if file.period is not None),
            problem=result.held,
        )
        batch = Batch(
            delivery=delivery.id,
            dataset=contract.id,
            contract_hash=plan.contract_hash,
            made=result.made,
            released=result.released,
            linked=result.linked,
            rows=result.quarantined,
            units=result.rejected_units,
            file=kept,
        )
        state = State.HELD if result.held else State.CHECKED
        self._finish(checked, state, context, result.held, batch)

    def _finish(
        self,
        delivery: Delivery,
        state: State,
        context: WorkContext,
        text: Text | None,
        batch: Batch | None = None,
    ) -> None:
        done = store.moved(delivery, state, self._parts.clock.now())
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            store.save(tx, done, expected=State.CHECKING)
            store.add_step(tx, done, "system:worker", text)
            if batch is not None:
                self._parts.quarantine.record(tx, batch, "system:worker")
            self._parts.journal.append(tx, _checked_event(done))

    def against(self, delivery: Delivery, contract: Contract, staged: Staged) -> Against:
        """Pin the releases that the rows of `delivery` are judged by."""
        parts = self._parts
        base = parts.warehouse.current(contract.id)
        pinned: dict[str, str | None] = {"base": base.id if base else None}
        references = self.references(contract)
        pinned |= {f"reference:{c}": r.release_id for c, r in references.items()}
        existing = None
        if base is not None and contract.mode is DeliveryMode.APPEND:
            permit = system_permit(Action.READ_ROWS, contract.id, _PURPOSE)
            existing = parts.warehouse.relation(permit, base.id)
        history = tuple(
            release.rows for release in parts.warehouse.releases(contract.id)[:_HISTORY]
        )
        return Against(
            base,
            CheckContext(
                delivery=delivery.id,
                references=references,
                existing=existing,
                history=history,
                number_forms=staged.number_forms,
                rejects=staged.rejects.path,
            ),
            pinned,
        )

    def references(self, contract: Contract) -> dict[str, ReferenceValues]:
        """Open the current release of every dataset that a column refers to."""
        found: dict[str, ReferenceValues] = {}
        for column in contract.columns:
            if column.reference is None:
                continue
            release = self._parts.warehouse.current(column.reference.dataset)
            if release is None:
                continue
            permit = system_permit(Action.READ_ROWS, release.dataset, _PURPOSE)
            relation = self._parts.warehouse.relation(permit, release.id)
            name = self._parts.registry.by_hash(release.contract_hash).contract.name.vi
            found[column.name] = ReferenceValues(relation, release.id, name)
        return found

    def preview(self, contract: Contract, base: Release | None, result: CheckResult) -> Change:
        """Say what publishing the good rows would change."""
        counts = self._parts.warehouse.preview(
            contract, base, table_change(contract, result.good), staged_files(result.good)
        )
        change = Change(
            base=counts.base,
            rows=counts.rows,
            inserted=counts.inserted,
            deleted=counts.deleted,
            updated=counts.updated,
            unchanged=counts.unchanged,
        )
        rules.check_change(change)
        return change


def table_change(contract: Contract, good: tuple[GoodFile, ...]) -> TableChange:
    """Say how a delivery changes its table: all of it, or the periods that it holds."""
    if contract.mode is DeliveryMode.REPLACE:
        return TableChange.replace()
    return TableChange.append(frozenset(f.period for f in good if f.period is not None))


def staged_files(good: tuple[GoodFile, ...]) -> tuple[StagedFile, ...]:
    """Give the good files as the warehouse takes them."""
    return tuple(StagedFile(file.path, file.rows, file.period) for file in good)


def units_of(staged: Staged) -> Units:
    """Give the account of a file's units."""
    account = staged.account
    return Units(
        units=account.units,
        structural=account.structural,
        record_units=account.record_units,
        rejected=account.rejected_units,
        dropped=account.dropped_units,
        records=account.records,
    )


def report_of(staged: Staged, result: CheckResult) -> CheckReport:
    """Give what the page of a delivery shows of its check."""
    return CheckReport(
        measures=result.measures,
        rules=result.rules,
        standardised=result.standardised,
        findings=result.findings,
        passed=staged.passed,
        notes=staged.notes,
        sql=result.sql,
        sql_hash=result.sql_hash,
        engine=result.engine,
    )


def _checked_event(delivery: Delivery) -> Event:
    return Event(
        "delivery.checked",
        actor="system:worker",
        subject=delivery.id,
        data={
            "dataset": delivery.dataset,
            "contract": delivery.contract_hash,
            "state": delivery.state.value,
            "made": delivery.rows.made,
            "quarantined": delivery.rows.quarantined,
            "linked": delivery.rows.linked,
            "waiting": delivery.rows.waiting,
        },
    )
