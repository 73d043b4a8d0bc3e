"""Rows that wait: seen with every reason, mended, corrected into a release, waived, returned."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tinhdata.access import Action, Actor, Permit
from tinhdata.deliveries import rules, store
from tinhdata.deliveries.correcting import Looked
from tinhdata.deliveries.errors import NothingToDo
from tinhdata.deliveries.model import Delivery, Kind, Mended, State
from tinhdata.deliveries.releasing import add
from tinhdata.deliveries.verbs import Verbs, demand_reason, said
from tinhdata.kernel import Page, Text, new_id, t
from tinhdata.quality import (
    CellMend,
    DecisionImpossible,
    ItemQuery,
    ItemState,
    Mend,
    QuarantinedItem,
    RuleShare,
)


class WaitingRows(Verbs):
    """The verbs over quarantined rows and rejected lines of one delivery."""

    def shares(self, actor: Actor, delivery_id: str) -> tuple[RuleShare, ...]:
        """Give how many items each rule holds, most first."""
        delivery = self._delivery(delivery_id)
        permit = self._require(actor, Action.READ_QUARANTINE, delivery, "look at waiting rows")
        _demand_report(delivery)
        return self._parts.quarantine.shares(permit, delivery.id)

    def items(
        self, actor: Actor, delivery_id: str, query: ItemQuery, language: str = "vi"
    ) -> Page[QuarantinedItem]:
        """Give a page of waiting items as `actor` may see them, labels in `language`."""
        delivery = self._delivery(delivery_id)
        permit = self._require(actor, Action.READ_QUARANTINE, delivery, "look at waiting rows")
        _demand_report(delivery)
        contract = self._contract(delivery)
        return self._parts.quarantine.items(permit, contract, delivery.id, query, language)

    def mends_of(self, actor: Actor, delivery_id: str, item: int) -> tuple[Mend, ...]:
        """Give every mend of an item, oldest first."""
        delivery = self._delivery(delivery_id)
        permit = self._require(actor, Action.READ_QUARANTINE, delivery, "history of an item")
        _demand_report(delivery)
        return self._parts.quarantine.history(permit, delivery.id, item)

    def mend(self, actor: Actor, delivery_id: str, mends: Sequence[CellMend]) -> int:
        """Keep new values for cells of open items; give how many cells changed."""
        delivery = self._delivery(delivery_id)
        permit = self._require(actor, Action.MEND, delivery, "mending of cells")
        _demand_report(delivery)
        rules.require_state(delivery, rules.MENDABLE)
        contract = self._contract(delivery)
        return self._parts.quarantine.mend(permit, contract, delivery.id, mends, actor.id)

    def mended(self, actor: Actor, delivery_id: str, language: str = "vi") -> Mended:
        """Check the open mended items and say which pass now, and why the others do not."""
        parts, delivery = self._parts, self._delivery(delivery_id)
        permit = self._require(actor, Action.READ_QUARANTINE, delivery, "check of mended rows")
        _demand_report(delivery)
        items = parts.quarantine.mended(delivery.id)
        if not items or delivery.state not in rules.MENDABLE | {State.AWAITING}:
            return Mended()
        looked = self._look(delivery, items, False, permit, language)
        return Mended(looked.passing, looked.failing)

    def correct(self, actor: Actor, delivery_id: str, items: Sequence[int] = ()) -> Delivery:
        """Make a correction of mended items of a published delivery (none given: of all of them).

        It is checked and published like a delivery of its own. Before a delivery is published
        nothing needs to be done: publishing takes its mended rows along. Raises NotNow, and
        NothingToDo where nothing was mended.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.MEND, delivery, "correction of rows")
        _demand_report(delivery)
        rules.require_state(delivery, frozenset({State.RELEASED}))
        chosen = tuple(sorted(set(items))) or self._parts.quarantine.mended(delivery.id)
        if not chosen:
            raise NothingToDo(
                t("No waiting row of this delivery has been mended."),
                fix=t("Mend a cell first, or upload the corrected workbook."),
            )
        return self._child(actor, delivery, chosen)

    def waive(
        self, actor: Actor, delivery_id: str, items: Sequence[int], reason: str, legal_basis: str
    ) -> Delivery:
        """Release rows although they fail rules, as a correction that publishes itself.

        Only of a published delivery, by an approver who did not send it where the contract wants a
        second person. Lines that were never read as rows, and cells that cannot be stored, are
        refused. Raises ReasonMissing, NothingToDo, NotNow, DecisionImpossible.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.WAIVE, delivery, "waiver of rules")
        _demand_report(delivery)
        if self._contract(delivery).second_person:
            self._require(actor, Action.APPROVE, delivery, "waiver of rules")
        reason, legal_basis = demand_reason(reason), demand_reason(legal_basis)
        rules.require_state(delivery, frozenset({State.RELEASED}))
        if not items:
            raise NothingToDo(t("No row was chosen."), fix=t("Tick the rows to be waived."))
        self._parts.quarantine.refuse_units(delivery.id, items)
        self._refuse_unfit(delivery, items)
        return self._child(actor, delivery, tuple(sorted(set(items))), reason, legal_basis)

    def return_items(
        self, actor: Actor, delivery_id: str, items: Sequence[int], reason: str
    ) -> int:
        """Send waiting items back to who delivered; give how many.

        None given means all open ones but those that were mended and pass now: they are published.
        """
        parts, delivery = self._parts, self._delivery(delivery_id)
        self._require(actor, Action.RETURN, delivery, "return of rows")
        _demand_report(delivery)
        reason = demand_reason(reason)
        rules.require_state(delivery, rules.RETURNS_ITEMS)
        passing = frozenset() if items else frozenset(self._passing(delivery))
        with parts.db.transaction() as tx:
            now = replace(store.lock(tx, delivery.id), changed_at=parts.clock.now())
            rules.require_state(now, rules.RETURNS_ITEMS)
            still_open = parts.quarantine.open_items_in(tx, delivery.id)
            chosen = tuple(items) or tuple(item for item in still_open if item not in passing)
            count = parts.quarantine.decide(
                tx, delivery.id, chosen, ItemState.RETURNED, actor.id, reason=reason
            )
            text = t("{count} rows were returned: {reason}", count=count, reason=reason)
            if count:
                store.add_step(tx, now, actor.id, text)
        return count

    def export(
        self,
        actor: Actor,
        delivery_id: str,
        query: ItemQuery,
        path: Path,
        say: Callable[[Text], str],
        language: str = "vi",
    ) -> int:
        """Write the waiting items as a workbook at `path`, with every reason; give how many."""
        delivery = self._delivery(delivery_id)
        permit = self._require(actor, Action.READ_QUARANTINE, delivery, "export of waiting rows")
        _demand_report(delivery)
        return self._parts.quarantine.export(
            permit, self._contract(delivery), delivery.id, query, path, say, language
        )

    def upload_mends(self, actor: Actor, delivery_id: str, path: Path) -> int:
        """Take the cells that were changed in an exported workbook as mends; give how many.

        Raises MendsUnreadable where the workbook is not of this delivery or was rebuilt.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.MEND, delivery, "upload of mended rows")
        _demand_report(delivery)
        permit = self._require(actor, Action.READ_QUARANTINE, delivery, "upload of mended rows")
        workbook = self._parts.quarantine.read_mends(
            permit, self._contract(delivery), delivery.id, path
        )
        return self.mend(actor, delivery_id, workbook.mends) if workbook.mends else 0

    def _passing(self, delivery: Delivery) -> tuple[int, ...]:
        """Give the open mended items that pass now, and so would be published."""
        items = self._parts.quarantine.mended(delivery.id)
        if not items or delivery.state is State.WITHDRAWN:
            return ()
        return self._look(delivery, items, False).passing

    def _refuse_unfit(self, delivery: Delivery, items: Sequence[int]) -> None:
        """Raise DecisionImpossible where a row cannot be released even if its rules are waived."""
        looked = self._look(delivery, items, True)
        if looked.why_not is not None:
            raise DecisionImpossible(
                looked.why_not, fix=t("Mend the row, or return it; it cannot be waived.")
            )

    def _look(
        self,
        delivery: Delivery,
        items: Sequence[int],
        waives: bool,
        permit: Permit | None = None,
        language: str = "vi",
    ) -> Looked:
        """Check mended items for an answer only; what it wrote is removed."""
        looked = self._correcting.look(
            delivery, self._contract(delivery), items, waives, delivery.id, permit, language
        )
        self._parts.staging.drop_run(delivery.id, looked.prepared_in)
        return looked

    def _child(
        self,
        actor: Actor,
        parent: Delivery,
        items: tuple[int, ...],
        reason: str | None = None,
        legal_basis: str | None = None,
    ) -> Delivery:
        parts, now = self._parts, self._parts.clock.now()
        for item in sorted(set(items) - set(parts.quarantine.open_items(parent.id))):
            raise NothingToDo(
                t("Item {item} of this delivery does not wait any more.", item=item),
                fix=t("Reload the page; someone else may have decided it just now."),
            )
        child = Delivery(
            id=new_id("dlv"),
            dataset=parent.dataset,
            kind=Kind.CORRECTION,
            state=State.RECEIVED,
            contract_hash=parent.contract_hash,
            sender=actor.id,
            sender_agency=actor.agency,
            received_at=now,
            changed_at=now,
            parent=parent.id,
            source="correction",
            note=reason,
            items=items,
            waives=reason is not None,
            legal_basis=legal_basis,
            decided_by=actor.id if reason is not None else None,
        )
        with parts.db.transaction() as tx:
            return add(parts, tx, child, said(reason) if reason else None)


def _demand_report(delivery: Delivery) -> None:
    """Raise NothingToDo for a delivery without a quarantine of its own."""
    if delivery.report is None:
        raise NothingToDo(
            t("Delivery {delivery} has no waiting rows of its own.", delivery=delivery.id),
            fix=t("Open its page to see how far it is."),
        )
