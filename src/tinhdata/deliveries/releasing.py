"""The gate: checked rows become a release, in the order that survives a crash at any step.

Files first, then the Iceberg commit, then one short transaction that makes all of it true at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tinhdata.contracts import Contract, DeliveryMode
from tinhdata.db import Tx
from tinhdata.deliveries import events, rules, store
from tinhdata.deliveries.checking import CHECK, why
from tinhdata.deliveries.correcting import Correcting, Looked
from tinhdata.deliveries.ending import confirm, supersede, supersede_older
from tinhdata.deliveries.events import WORKER
from tinhdata.deliveries.model import Delivery, Kind, State
from tinhdata.deliveries.parts import Parts
from tinhdata.deliveries.preparing import (
    added,
    good_files,
    periods_of,
    staged_files,
    table_change,
)
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import JSONObject, Text, new_id, t
from tinhdata.quality import DecisionImpossible, GoodFile, ItemState, Superseded, same_rows
from tinhdata.registry import ContractUnknown
from tinhdata.warehouse import Change as TableChange
from tinhdata.warehouse import (
    ChangeCounts,
    ColumnTypeChanged,
    Committed,
    FileLost,
    NewRelease,
    Release,
    ReleaseKind,
    ReleaseState,
)
from tinhdata.work import WorkContext


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Everything that a release is made of, known before anything is committed."""

    contract: Contract
    base: Release | None
    change: TableChange
    good: tuple[GoodFile, ...]
    corrected: tuple[int, ...]
    """Items of the delivery (of its parent, for a correction) whose rows the release holds."""


class _Stale(Exception):
    """The delivery has to be checked again first; `reason` is shown in its history."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _Overtaken(Exception):
    """A newer delivery with the same rows was published first."""

    def __init__(self, newer: str) -> None:
        super().__init__(newer)
        self.newer = newer


class Releasing:
    """Publishes one delivery after the other."""

    def __init__(self, parts: Parts, correcting: Correcting) -> None:
        self._parts = parts
        self._correcting = correcting

    def run(self, context: WorkContext, args: JSONObject) -> None:
        """Publish the delivery named in `args`; a repeated run ends the same."""
        parts = self._parts
        delivery = self._delivery(str(args["delivery"]))
        with parts.warehouse.lock(delivery.dataset):
            delivery = self._delivery(delivery.id)
            if delivery.state is not State.PUBLISHING:
                return
            try:
                ready = self._prepare(delivery)
                refusals = self._refusals(ready)
                counts = self._counts(delivery, ready)
            except _Overtaken as overtaken:
                self._give_way(delivery, overtaken.newer, context)
            except (_Stale, FileLost) as stale:
                reason = stale.reason if isinstance(stale, _Stale) else stale.text
                self._renew(delivery, reason, context)
            except (DecisionImpossible, ContractUnknown) as gone:
                self._hold(delivery, State.REFUSED, gone.text, context)
            except ColumnTypeChanged as changed:
                self._hold(delivery, State.REFUSED, why(changed), context)
            else:
                if not refusals and self._is_nothing_new(delivery, ready, counts):
                    self._confirm(delivery, ready, context)
                    return
                if refusals:
                    self._hold(delivery, State.HELD, refusals[0], context)
                    # It still waits: what was prepared is looked at, and perhaps published.
                    parts.staging.drop_but(delivery.id, delivery.prepared_in)
                    return
                self._release(delivery, ready, counts, context)
        parts.staging.drop_but(delivery.id, None)

    def _delivery(self, delivery_id: str) -> Delivery:
        with self._parts.db.read() as tx:
            return store.get(tx, delivery_id)

    # --- what goes in

    def _prepare(self, delivery: Delivery) -> _Prepared:
        parts = self._parts
        base = parts.warehouse.current(delivery.dataset)
        if delivery.kind is Kind.CORRECTION:
            return self._prepare_correction(delivery, base)
        contract = self._contract(delivery)
        self._demand_newest(delivery, contract)
        self._demand_references(delivery)
        moved = delivery.pinned.get("base") != (base and base.id)
        if moved and rules.is_judged_by_other_periods(contract):
            raise _Stale(t("Another delivery was published meanwhile; this one was checked again."))
        good = good_files(parts, delivery)
        if moved and base is not None and contract.mode is DeliveryMode.UPSERT:
            self._demand_nothing_newer(delivery, contract, base, good)
        if missing := [file.path for file in good if not file.path.is_file()]:
            raise _Stale(
                t(
                    "{count} prepared files are gone; the file was checked again.",
                    count=len(missing),
                )
            )
        change = table_change(contract, good)
        looked = self._mended(delivery, contract)
        if looked is None or not looked.passing:
            return _Prepared(contract, base, change, good, ())
        return _Prepared(contract, base, change, (*good, *looked.result.good), looked.passing)

    def _demand_nothing_newer(
        self,
        delivery: Delivery,
        contract: Contract,
        base: Release,
        good: tuple[GoodFile, ...],
    ) -> None:
        """Have someone look again where rows would be overwritten that came later."""
        rows = self._parts.warehouse.newer_rows(contract, base, staged_files(good), delivery.id)
        if rows:
            raise _Stale(
                t(
                    "A later delivery has published {count} rows with the same keys; this one was "
                    "checked again, so that someone looks before it overwrites them.",
                    count=rows,
                )
            )

    def _prepare_correction(self, delivery: Delivery, base: Release | None) -> _Prepared:
        contract = self._parts.registry.by_hash(delivery.contract_hash).contract
        looked = self._correcting.look_at(delivery, contract)
        if looked.failing:
            # What was approved is what is published: fewer rows are another correction.
            raise DecisionImpossible(
                t("Rows that passed before fail now that other data was published.")
            )
        good = looked.result.good
        if not same_rows(good_files(self._parts, delivery), good):
            # The same goes for cells that were mended after someone had looked at them.
            raise DecisionImpossible(
                t("Rows were mended after they were checked; check the correction again.")
            )
        return _Prepared(contract, base, added(contract), good, looked.passing)

    def _mended(self, delivery: Delivery, contract: Contract) -> Looked | None:
        items = self._parts.quarantine.mended(delivery.id)
        if not items:
            return None
        return self._correcting.look(delivery, contract, items, False, delivery.id)

    def _contract(self, delivery: Delivery) -> Contract:
        active = self._parts.registry.active(delivery.dataset)
        if active.hash != delivery.contract_hash:
            raise _Stale(t("The contract of the dataset has changed; the file was checked again."))
        return active.contract

    def _demand_newest(self, delivery: Delivery, contract: Contract) -> None:
        with self._parts.db.read() as tx:
            newer = rules.overtaken_by(delivery, store.of_dataset(tx, delivery.dataset), contract)
        if newer is not None:
            raise _Overtaken(newer.id)

    def _demand_references(self, delivery: Delivery) -> None:
        for name, release in delivery.pinned.items():
            if name.startswith("reference:") and release is not None:
                state = self._parts.warehouse.get(release).state
                if state is ReleaseState.WITHDRAWN:
                    raise _Stale(
                        t("Data that the file refers to was withdrawn; the file was checked again.")
                    )

    def _refusals(self, ready: _Prepared) -> Sequence[Text]:
        if not any(file.rows for file in ready.good):
            return (t("No row of this delivery can be published."),)
        files = staged_files(ready.good)
        return [
            refusal
            for hook in self._parts.hooks.before_release
            for refusal in hook(ready.contract, files)
        ]

    # --- the release

    def _counts(self, delivery: Delivery, ready: _Prepared) -> ChangeCounts:
        """Count what the release changes; raises ColumnTypeChanged where rows cannot stay.

        What the check counted still holds where neither the base nor the rows are others since.
        """
        known, base = delivery.change, ready.base
        if known and not ready.corrected and delivery.pinned.get("base") == (base and base.id):
            return rules.counts_of(known)
        files = staged_files(ready.good)
        return self._parts.warehouse.preview(ready.contract, ready.base, ready.change, files)

    def _release(
        self, delivery: Delivery, ready: _Prepared, counts: ChangeCounts, context: WorkContext
    ) -> None:
        parts = self._parts
        files = staged_files(ready.good)
        committed = parts.warehouse.commit(ready.contract, ready.base, ready.change, files)
        gone = self._superseded(delivery, ready)
        with parts.db.transaction() as tx:
            context.guard(tx)
            self._write(tx, delivery, ready, committed, counts, gone)

    def _is_nothing_new(self, delivery: Delivery, ready: _Prepared, counts: ChangeCounts) -> bool:
        # What was published since the check may be what this delivery brings, too.
        change = rules.change_of(counts)
        return not ready.corrected and rules.changes_nothing(delivery, change, ready.base)

    def _confirm(self, delivery: Delivery, ready: _Prepared, context: WorkContext) -> None:
        parts = self._parts
        if ready.base is None:
            raise ValueError("there is no release that could be confirmed")
        done = store.moved(
            rules.as_confirming(delivery, ready.base), State.UNCHANGED, parts.clock.now()
        )
        with parts.db.transaction() as tx:
            context.guard(tx)
            store.save(tx, done, expected=State.PUBLISHING)
            store.add_step(tx, done, WORKER, None)
            confirm(parts, tx, done)
        parts.staging.drop_but(delivery.id, None)

    def _superseded(self, delivery: Delivery, ready: _Prepared) -> tuple[Superseded, ...]:
        held = None
        if delivery.kind is Kind.DELIVERY:
            held = self._parts.quarantine.batch(delivery.id).file
        released = [file.path for file in ready.good]
        found = self._parts.quarantine.superseded_by(ready.contract, delivery.id, released, held)
        # Rows of a newer delivery that wait are newer than what is published here; ids sort by
        # time, and the rows of a correction are as old as the delivery they came with.
        origin = delivery.parent or delivery.id
        return tuple(each for each in found if each.delivery <= origin)

    def _write(
        self,
        tx: Tx,
        delivery: Delivery,
        ready: _Prepared,
        committed: Committed,
        counts: ChangeCounts,
        gone: Sequence[Superseded],
    ) -> None:
        parts = self._parts
        by = delivery.decided_by or delivery.sender
        is_correction = delivery.kind is Kind.CORRECTION
        release = parts.warehouse.record(
            tx,
            NewRelease(
                committed=committed,
                contract_hash=delivery.contract_hash,
                delivery_id=delivery.id,
                counts=counts,
                published_by=by,
                kind=ReleaseKind.CORRECTION if is_correction else ReleaseKind.DELIVERY,
            ),
        )
        rows = replace(
            delivery.rows,
            released=delivery.rows.released + delivery.rows.waiting,
            waiting=0,
        )
        done = replace(
            store.moved(delivery, State.RELEASED, parts.clock.now()),
            rows=rows,
            change=rules.change_of(counts),
            periods=periods_of(ready.good),
            release=release.id,
            prepared_in=None,
        )
        store.save(tx, done, expected=State.PUBLISHING)
        store.add_step(tx, done, by, None)
        # Deliveries are held before their items, as by every verb: nobody waits in a ring.
        older = () if is_correction else store.waiting_before(tx, done.dataset, done.id)
        owner = delivery.parent if is_correction and delivery.parent else delivery.id
        state = ItemState.WAIVED if delivery.waives else ItemState.CORRECTED
        parts.quarantine.decide(
            tx,
            owner,
            ready.corrected,
            state,
            delivery.sender if is_correction else by,
            release=release.id,
            reason=delivery.note if delivery.waives else None,
        )
        parts.quarantine.supersede(tx, gone, delivery.id, WORKER, release=release.id)
        supersede_older(parts, tx, done, ready.contract, older)
        parts.hooks.tell(tx, done)
        for hook in parts.hooks.on_release:
            hook(tx, delivery.dataset, release)
        parts.journal.append(tx, events.released(done))

    # --- what else may come of it

    def _hold(self, delivery: Delivery, state: State, problem: Text, context: WorkContext) -> None:
        held = store.moved(delivery, state, self._parts.clock.now())
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            store.save(tx, replace(held, problem=problem), expected=State.PUBLISHING)
            store.add_step(tx, held, WORKER, problem)
            self._parts.hooks.tell(tx, held)
            self._parts.journal.append(tx, events.checked(held))

    def _give_way(self, delivery: Delivery, newer: str, context: WorkContext) -> None:
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            supersede(self._parts, tx, delivery, newer, WORKER, None)

    def _renew(self, delivery: Delivery, reason: Text, context: WorkContext) -> None:
        if delivery.kind is Kind.CORRECTION:
            self._hold(delivery, State.REFUSED, reason, context)
            return
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            renew(self._parts, tx, delivery, WORKER, reason, delivery.choice)


def renew(
    parts: Parts,
    tx: Tx,
    old: Delivery,
    actor: str,
    reason: Text | None,
    choice: ReadingChoice | None,
) -> Delivery:
    """Have the bytes of `old` checked again, read as `choice` says, as its successor.

    The contract is the active one; raises ContractUnknown where there is none.
    """
    now = parts.clock.now()
    fresh = Delivery(
        id=new_id("dlv"),
        dataset=old.dataset,
        kind=Kind.DELIVERY,
        state=State.RECEIVED,
        contract_hash=parts.registry.active(old.dataset).hash,
        sender=old.sender,
        sender_agency=old.sender_agency,
        received_at=now,
        changed_at=now,
        sha256=old.sha256,
        filename=old.filename,
        size=old.size,
        source=old.source,
        note=old.note,
        choice=choice,
    )
    fresh = add(parts, tx, fresh, reason, actor)
    supersede(parts, tx, old, fresh.id, actor, reason)
    return fresh


def add(
    parts: Parts, tx: Tx, delivery: Delivery, text: Text | None = None, by: str | None = None
) -> Delivery:
    """Write a new delivery, its event, and the work of checking it; give it as written.

    `by` is who had it made, the sender where nobody else is named.
    """
    work = parts.work.enqueue(tx, CHECK, {"delivery": delivery.id}, delivery.id)
    written = replace(delivery, work=work)
    store.add(tx, written, text, by)
    parts.journal.append(tx, events.received(written))
    return written
