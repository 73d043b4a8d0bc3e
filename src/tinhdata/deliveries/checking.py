"""The work that follows on receiving: read the file, check its rows, say what publishing changes.

Everything it writes into files can be made again; only its last transaction counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tinhdata.access import Action, Actor, ActorKind, Permit, Resource, decide, system_permit
from tinhdata.contracts import Contract
from tinhdata.db import Tx
from tinhdata.deliveries import events, remembering, rules, store
from tinhdata.deliveries.correcting import Correcting
from tinhdata.deliveries.ending import confirm
from tinhdata.deliveries.events import WORKER
from tinhdata.deliveries.model import CheckReport, Delivery, Kind, Rows, State, Units
from tinhdata.deliveries.parts import Parts
from tinhdata.deliveries.preparing import against, periods_of, prepared, preview
from tinhdata.deliveries.remembering import Reading, Remembered
from tinhdata.intake import FileRefused, Staged, keeping, read
from tinhdata.kernel import JSONObject, Problem, Text, t
from tinhdata.quality import (
    Batch,
    CheckResult,
    DecisionImpossible,
    FilePart,
    check,
    compile_checks,
)
from tinhdata.registry import ContractUnknown
from tinhdata.warehouse import ColumnTypeChanged, Release
from tinhdata.work import WorkContext, WorkItem

CHECK = "delivery.check"
"""The verb of the work queue that this module does."""

RELEASE = "delivery.release"
"""The verb that publishes what was checked."""

_PURPOSE = "check of a delivery"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a check of a file gave, before it is written down."""

    reading: Reading
    staged: Staged
    result: CheckResult
    base: Release | None
    pinned: Mapping[str, str | None]
    prepared_in: str


class Checking:
    """Reads and checks one delivery after the other."""

    def __init__(self, parts: Parts, correcting: Correcting) -> None:
        self._parts = parts
        self._correcting = correcting

    def run(self, context: WorkContext, args: JSONObject) -> None:
        """Do the check of the delivery named in `args`; a repeated run ends the same."""
        delivery = self._begin(str(args["delivery"]))
        if delivery is None:
            return
        contract = self._parts.registry.by_hash(delivery.contract_hash).contract
        try:
            if delivery.kind is Kind.CORRECTION:
                self._check_correction(delivery, contract, context)
            else:
                self._check(delivery, contract, context)
        except (FileRefused, DecisionImpossible, ContractUnknown) as refusal:
            self._finish(replace(delivery, problem=refusal.text), State.REFUSED, context)
        except ColumnTypeChanged as changed:
            self._finish(replace(delivery, problem=why(changed)), State.REFUSED, context)

    def give_up(self, tx: Tx, item: WorkItem) -> None:
        """Write that the work on a delivery broke down for good."""
        delivery = store.get(tx, str(item.args["delivery"]))
        if delivery.state not in rules.WORKED_ON:
            return
        failed = store.moved(delivery, State.FAILED, self._parts.clock.now())
        text = t("The work stopped: {reason}", reason=item.error or t("nobody knows why."))
        store.save(tx, replace(failed, problem=text), expected=delivery.state)
        store.add_step(tx, failed, WORKER, text)
        self._parts.journal.append(tx, events.ended(failed, WORKER))

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

    # --- a file

    def _check(self, delivery: Delivery, contract: Contract, context: WorkContext) -> None:
        parts = self._parts
        permit = system_permit(Action.READ_RAW, contract.id, _PURPOSE)
        path = parts.landing.path(permit, delivery.sha256 or "")
        with keeping():
            reading = remembering.read_as_before(
                path, delivery, contract, lambda header: self._remembered(delivery, header)
            )
            understanding = reading.understanding
            delivery = replace(delivery, understanding=understanding)
            if understanding.refusal is not None:
                refused = replace(delivery, problem=understanding.refusal.text)
                self._finish(refused, State.REFUSED, context)
                return
            if not understanding.is_ready:
                self._finish(delivery, State.CHOOSING, context)
                return
            folder = parts.staging.fresh(delivery.id)
            staged = read(path, contract, understanding, folder, context.report)
        base = parts.warehouse.current(contract.id)
        judged_by, pinned = against(parts, delivery.id, contract, staged, base)
        result = check(
            compile_checks(contract, delivery.contract_hash),
            staged.rows.path,
            parts.warehouse.spec(contract),
            judged_by,
            folder,
            parts.limits,
            context.report,
        )
        found = _Found(reading, staged, result, base, pinned, folder.name)
        self._record(delivery, contract, found, context)

    def _remembered(self, delivery: Delivery, header: str) -> Remembered | None:
        with self._parts.db.read() as tx:
            return remembering.recall(tx, delivery, header)

    def _record(
        self, delivery: Delivery, contract: Contract, found: _Found, context: WorkContext
    ) -> None:
        parts, staged, result = self._parts, found.staged, found.result
        units = units_of(staged)
        rows = Rows(
            made=result.made,
            quarantined=result.quarantined,
            linked=result.linked,
            waiting=result.released,
        )
        rules.check_units(units)
        rules.check_rows(rows, units.records, units.spread, units.empty)
        held = result.quarantine
        kept = parts.quarantine.keep(held.path, delivery.id) if held else None
        checked = replace(
            delivery,
            understanding=replace(
                found.reading.understanding,
                number_forms=staged.number_forms,
                date_orders=staged.date_orders,
                parts=staged.parts,
            ),
            units=units,
            rows=rows,
            change=preview(parts, contract, found.base, result.good),
            report=report_of(staged, result),
            pinned=found.pinned,
            periods=periods_of(result.good),
            prepared_in=found.prepared_in,
            prepared=prepared(result.good),
            problem=result.held,
        )
        batch = Batch(
            delivery=delivery.id,
            dataset=contract.id,
            contract_hash=delivery.contract_hash,
            made=result.made,
            released=result.released,
            linked=result.linked,
            rows=result.quarantined,
            units=result.rejected_units,
            file=kept,
            parts=parts_of(staged),
        )
        if result.held:
            self._finish(checked, State.HELD, context, batch, found.reading)
        elif not self._confirmed(checked, contract, found, context, batch):
            self._finish(checked, self._next(checked, contract), context, batch, found.reading)

    def _confirmed(
        self,
        delivery: Delivery,
        contract: Contract,
        found: _Found,
        context: WorkContext,
        batch: Batch,
    ) -> bool:
        """End a delivery that only repeats the rows of the current release; say if it does."""
        change, base = delivery.change, found.base
        if change is None or base is None or not rules.changes_nothing(delivery, change, base):
            return False
        with self._parts.warehouse.lock(contract.id):
            current = self._parts.warehouse.current(contract.id)
            if current is None or current.id != base.id:
                return False
            done = rules.as_confirming(delivery, base)
            self._finish(done, State.UNCHANGED, context, batch, found.reading)
            return True

    def _next(self, delivery: Delivery, contract: Contract) -> State:
        """Say what follows on a check that ended well: a person looks, or a source publishes."""
        if not delivery.is_pulled or contract.second_person:
            return State.CHECKED
        source = Actor(
            id=delivery.sender,
            name=delivery.sender,
            kind=ActorKind.SOURCE,
            agency=delivery.sender_agency,
            datasets=frozenset({contract.id}),
        )
        decision = decide(source, Action.PUBLISH_PULLED, Resource.of(contract), "a pull")
        return State.PUBLISHING if isinstance(decision, Permit) else State.CHECKED

    # --- mended rows

    def _check_correction(
        self, delivery: Delivery, contract: Contract, context: WorkContext
    ) -> None:
        found = self._correcting.look_at(delivery, contract)
        base = self._parts.warehouse.current(contract.id)
        if not found.passing:
            problem = found.why_not or t("None of the mended rows passes every rule.")
            self._finish(replace(delivery, problem=problem), State.REFUSED, context)
            return
        rows = Rows(
            made=len(found.passing),
            linked=found.result.linked,
            waiting=found.result.released,
        )
        rules.check_rows(rows, len(found.passing))
        checked = replace(
            delivery,
            items=tuple(found.passing),
            rows=rows,
            change=preview(self._parts, contract, base, found.result.good, adds=True),
            pinned={"base": base.id if base else None},
            periods=periods_of(found.result.good),
            prepared_in=found.prepared_in,
            prepared=prepared(found.result.good),
        )
        # Who waived has decided already; others look at what passes and publish it.
        self._finish(checked, State.PUBLISHING if delivery.waives else State.CHECKED, context)

    # --- both

    def _finish(
        self,
        delivery: Delivery,
        state: State,
        context: WorkContext,
        batch: Batch | None = None,
        reading: Reading | None = None,
    ) -> None:
        parts = self._parts
        done = store.moved(delivery, state, parts.clock.now())
        with parts.db.transaction() as tx:
            context.guard(tx)
            if state is State.PUBLISHING:
                work = parts.work.enqueue(tx, RELEASE, {"delivery": done.id}, done.id)
                done = replace(done, work=work)
            by_source = state is State.PUBLISHING and done.is_pulled
            if by_source:
                done = replace(done, decided_by=done.sender)
                store.add_step(tx, replace(done, state=State.CHECKED), WORKER, None)
            store.save(tx, done, expected=State.CHECKING)
            store.add_step(tx, done, done.sender if by_source else WORKER, delivery.problem)
            if batch is not None:
                parts.quarantine.record(tx, batch, WORKER)
            if state is not State.UNCHANGED:  # `confirm` tells of that
                parts.hooks.tell(tx, done)
            if reading is not None:
                self._remember(tx, done, reading)
            parts.journal.append(tx, events.checked(done))
            if by_source:
                parts.journal.append(tx, events.publishing(done, done.sender))
            if state is State.UNCHANGED:
                confirm(parts, tx, done)
        parts.staging.drop_but(done.id, done.prepared_in)

    def _remember(self, tx: Tx, delivery: Delivery, reading: Reading) -> None:
        """Keep for later files how this one was read, where a person chose it."""
        remembering.note_recalled(tx, delivery, reading.recalled)
        steps = store.history(tx, delivery.id)
        if (kept := remembering.remember(tx, delivery, reading, steps)) is not None:
            self._parts.journal.append(tx, events.remembered(delivery, kept))


def why(problem: Problem) -> Text:
    """Give what stands in the way, and what would help, as one text for a delivery's page."""
    if problem.fix is None:
        return problem.text
    return Text("{text} {fix}", {"text": problem.text, "fix": problem.fix})


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
        spread=account.spread,
        empty=account.empty,
    )


def parts_of(staged: Staged) -> tuple[FilePart, ...]:
    """Give the sheets or files of a delivery that has several with anything in them."""
    filled = [part for part in staged.parts if part.units]
    if len(filled) < 2:
        return ()
    return tuple(FilePart(part.name, part.first_unit, part.units) for part in filled)


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
