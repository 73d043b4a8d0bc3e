"""Decisions of people: publish, confirm as the second person, return, withdraw."""

from dataclasses import replace

from tinhdata.access import Action, Actor, Permit, Resource, decide, require
from tinhdata.contracts import DeliveryMode
from tinhdata.db import Tx
from tinhdata.deliveries import events, rules, store
from tinhdata.deliveries.checking import RELEASE
from tinhdata.deliveries.errors import LaterReleases
from tinhdata.deliveries.model import Delivery, State
from tinhdata.deliveries.verbs import Verbs, demand_reason, said
from tinhdata.kernel import t
from tinhdata.quality import ItemState
from tinhdata.warehouse import Release, ReleaseKind

_WAIT_SECONDS = 20.0


class Deciding(Verbs):
    """The verbs by which people decide about deliveries and releases."""

    def publish(self, actor: Actor, delivery_id: str, reason: str = "") -> Delivery:
        """Publish a checked delivery, or ask a second person where the contract wants one.

        An approver who did not send it is that second person. A held delivery is published only by
        such an approver, with a reason, and never where a rule failed that no row may fail. Raises
        NotNow, ReasonMissing, Refused.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.PUBLISH, delivery, "publishing of a delivery")
        rules.require_state(delivery, rules.PUBLISHABLE)
        if delivery.state is State.HELD:
            self._require(actor, Action.APPROVE, delivery, "publishing of a held delivery")
            rules.refuse_critical(delivery)
            return self._start(actor, delivery, demand_reason(reason))
        approves = self._is_second_person(actor, delivery)
        if self._contract(delivery).second_person and not approves:
            asked = replace(delivery, asked_by=actor.id)
            return self._move(actor, asked, State.AWAITING, reason)
        return self._start(actor, delivery, reason)

    def approve(self, actor: Actor, delivery_id: str, note: str = "") -> Delivery:
        """Confirm, as the second person, that a delivery is published; raises Refused, NotNow."""
        delivery = self._delivery(delivery_id)
        resource = self._resource(delivery)
        require(actor, Action.APPROVE, resource, "approval of a delivery")
        if delivery.asked_by is not None:
            # Neither who sent it nor who asked for publishing may be the second person.
            asked = resource.sent(delivery.asked_by, delivery.sender_agency)
            require(actor, Action.APPROVE, asked, "approval of a delivery")
        rules.require_state(delivery, frozenset({State.AWAITING}))
        return self._start(actor, delivery, note)

    def return_delivery(self, actor: Actor, delivery_id: str, reason: str) -> Delivery:
        """Send a whole delivery back with all that waits of it; raises ReasonMissing, NotNow."""
        parts, delivery = self._parts, self._delivery(delivery_id)
        self._require(actor, Action.RETURN, delivery, "return of a delivery")
        reason = demand_reason(reason)
        returned = store.moved(delivery, State.RETURNED, parts.clock.now())
        with parts.db.transaction() as tx:
            store.save(tx, returned, expected=delivery.state)
            store.add_step(tx, returned, actor.id, said(reason))
            if delivery.report is not None:
                items = parts.quarantine.open_items_in(tx, delivery.id)
                parts.quarantine.decide(
                    tx, delivery.id, items, ItemState.RETURNED, actor.id, reason=reason
                )
            parts.hooks.tell(tx, returned)
            parts.journal.append(tx, events.ended(returned, actor.id))
        parts.staging.drop_but(delivery.id, None)
        return returned

    def withdraw(
        self,
        actor: Actor,
        release_id: str,
        reason: str,
        legal_basis: str,
        *,
        with_later: bool = False,
    ) -> tuple[Release, ...]:
        """Serve a release no more; give what was withdrawn, as it stands now, newest first.

        Later releases that hold rows of it must go too: without `with_later` LaterReleases names
        them. Raises ReleaseNotFound, AlreadyWithdrawn, ReasonMissing, Refused.
        """
        parts = self._parts
        release = parts.warehouse.get(release_id)
        contract = parts.registry.by_hash(release.contract_hash).contract
        require(actor, Action.WITHDRAW, Resource.of(contract), "withdrawal of a release")
        reason, legal_basis = demand_reason(reason), demand_reason(legal_basis)
        with parts.warehouse.lock(release.dataset, _WAIT_SECONDS):
            later = self._built_on(release)
            if later and not with_later:
                raise LaterReleases(
                    t(
                        "Releases {numbers} hold rows of release {number}.",
                        numbers=", ".join(str(each.number) for each in later),
                        number=release.number,
                    ),
                    fix=t("Withdraw them with it, or withdraw them first."),
                )
            gone = (*later, release)
            with parts.db.transaction() as tx:
                current: Release | None = None
                for each in gone:
                    current = parts.warehouse.withdraw(tx, each.id, actor.id, reason, legal_basis)
                    self._end_deliveries(tx, each, actor, reason)
                    parts.quarantine.reopen(tx, each.id, actor.id)
                for hook in parts.hooks.on_release:
                    hook(tx, release.dataset, current)
        return tuple(parts.warehouse.get(each.id) for each in gone)

    def _built_on(self, release: Release) -> tuple[Release, ...]:
        releases = self._parts.warehouse.releases(release.dataset)
        return rules.built_on(release, releases, self._replaces_all)

    def _replaces_all(self, release: Release) -> bool:
        contract = self._parts.registry.by_hash(release.contract_hash).contract
        return contract.mode is DeliveryMode.REPLACE and release.kind is ReleaseKind.DELIVERY

    def _end_deliveries(self, tx: Tx, release: Release, actor: Actor, reason: str) -> None:
        for delivery in store.with_release(tx, release.id):
            ended = store.moved(delivery, State.WITHDRAWN, self._parts.clock.now())
            store.save(tx, ended, expected=delivery.state)
            store.add_step(tx, ended, actor.id, said(reason))
            self._parts.journal.append(tx, events.ended(ended, actor.id))

    def _is_second_person(self, actor: Actor, delivery: Delivery) -> bool:
        decision = decide(actor, Action.APPROVE, self._resource(delivery), "approval of a delivery")
        return isinstance(decision, Permit)

    def _start(self, actor: Actor, delivery: Delivery, reason: str) -> Delivery:
        started = replace(delivery, decided_by=actor.id)
        return self._move(actor, started, State.PUBLISHING, reason)

    def _move(self, actor: Actor, delivery: Delivery, to: State, reason: str) -> Delivery:
        parts = self._parts
        with parts.db.transaction() as tx:
            moved = store.moved(delivery, to, parts.clock.now())
            if to is State.PUBLISHING:
                args = {"delivery": delivery.id}
                work = parts.work.enqueue(tx, RELEASE, args, delivery.id)
                moved = replace(moved, work=work)
            store.save(tx, moved, expected=delivery.state)
            parts.hooks.tell(tx, moved)
            words = reason.strip()
            store.add_step(tx, moved, actor.id, said(words) if words else None)
            parts.journal.append(tx, events.publishing(moved, actor.id))
        return moved
