"""The facade's one class: every verb of a delivery's life, and what can be asked about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from tinhdata.access import Action, Actor, Permit, Resource, decide, require
from tinhdata.deliveries import rules, store
from tinhdata.deliveries.checking import CHECK, RELEASE, Checking
from tinhdata.deliveries.deciding import Deciding
from tinhdata.deliveries.dry_running import DRY_RUN, DryRunning
from tinhdata.deliveries.dry_runs import DryRuns
from tinhdata.deliveries.events import EVENT_KINDS
from tinhdata.deliveries.model import CheckReport, Delivery, Kind, State, Step, Verb
from tinhdata.deliveries.parts import Parts
from tinhdata.deliveries.preparing import added, good_files, staged_files, table_change
from tinhdata.deliveries.releasing import Releasing
from tinhdata.deliveries.rows import WaitingRows
from tinhdata.deliveries.sending import Sending, operates
from tinhdata.intake import NoRoom
from tinhdata.kernel import Page
from tinhdata.warehouse import BaseMoved, Difference, RowChangeKind, WriterBusy

_MANY = 500

_ACTIONS: Mapping[Verb, Action] = MappingProxyType(
    {
        Verb.CHOOSE: Action.MEND,
        Verb.RETRY: Action.MEND,
        Verb.MEND: Action.MEND,
        Verb.CORRECT: Action.MEND,
        Verb.WAIVE: Action.WAIVE,
        Verb.RETURN_ITEMS: Action.RETURN,
        Verb.PUBLISH: Action.PUBLISH,
        Verb.APPROVE: Action.APPROVE,
        Verb.RETURN: Action.RETURN,
    }
)


class Deliveries(Sending, WaitingRows, Deciding, DryRuns):
    """The life of deliveries, from bytes to release, as durable work."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        parts.journal.declare(EVENT_KINDS)
        checking = Checking(parts, self._correcting)
        releasing = Releasing(parts, self._correcting)
        trying = DryRunning(parts)
        give_up = checking.give_up
        parts.work.register(CHECK, checking.run, retry_on=(NoRoom,), on_exhausted=give_up)
        parts.work.register(
            RELEASE, releasing.run, retry_on=(WriterBusy, BaseMoved), on_exhausted=give_up
        )
        parts.work.register(
            DRY_RUN, trying.run, max_attempts=3, retry_on=(NoRoom,), on_exhausted=trying.give_up
        )

    def get(self, actor: Actor, delivery_id: str) -> Delivery:
        """Give a delivery, with lines of its file to those who may open the file.

        Raises NoSuchDelivery and Refused.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.READ_DELIVERY, delivery, "look at a delivery")
        return self._as_seen(actor, delivery)

    def report_behind(self, actor: Actor, release_id: str) -> CheckReport | None:
        """Give the check that a release stands on to whoever may read its rows; None if unknown.

        Lines of the file that were passed over are not part of it: they are not published.
        """
        parts = self._parts
        release = parts.warehouse.get(release_id)
        contract = parts.registry.by_hash(release.contract_hash).contract
        require(actor, Action.READ_ROWS, Resource.of(contract), "how good a release is")
        delivery = self._delivery(release.delivery_id)
        if delivery.parent is not None:
            delivery = self._delivery(delivery.parent)
        report = delivery.report
        return None if report is None else replace(report, passed=(), notes=())

    def history(self, actor: Actor, delivery_id: str) -> tuple[Step, ...]:
        """Give the steps of a delivery's life, oldest first."""
        self.get(actor, delivery_id)
        with self._parts.db.read() as tx:
            return store.history(tx, delivery_id)

    def page(
        self,
        actor: Actor,
        *,
        dataset: str | None = None,
        states: Sequence[State] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> Page[Delivery]:
        """Give deliveries that `actor` may read, newest first."""
        readable = [name for name in self._readable(actor) if dataset in (None, name)]
        with self._parts.db.read() as tx:
            page = store.page(tx, datasets=readable, states=states, offset=offset, limit=limit)
        return replace(page, items=tuple(self._as_seen(actor, each) for each in page.items))

    def children(self, actor: Actor, delivery_id: str) -> tuple[Delivery, ...]:
        """Give the corrections made of a delivery's rows, oldest first."""
        self.get(actor, delivery_id)
        with self._parts.db.read() as tx:
            found = store.children(tx, delivery_id)
        return tuple(self._as_seen(actor, each) for each in found)

    def changes(
        self,
        actor: Actor,
        delivery_id: str,
        kind: RowChangeKind | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Difference:
        """Give what publishing would change, row by row; mended rows that pass are among it.

        Raises NotNow where the delivery is not checked, or not waiting any more, and Refused.
        """
        parts, delivery = self._parts, self.get(actor, delivery_id)
        # Rows of open data are for everyone only once they are published.
        permit = self._require(actor, Action.READ_ROWS, delivery, "what publishing would change")
        rules.require_state(delivery, rules.PUBLISHABLE | {State.AWAITING, State.PUBLISHING})
        contract = self._contract(delivery)
        good = good_files(parts, delivery)
        change = table_change(contract, good)
        if delivery.kind is Kind.CORRECTION:
            change = added(contract)
        items = () if delivery.report is None else parts.quarantine.mended(delivery.id)
        looked = None
        if items:
            looked = self._correcting.look(delivery, contract, items, False, delivery.id)
            good = (*good, *looked.result.good)
        difference = parts.warehouse.preview_rows(
            permit,
            contract,
            parts.warehouse.current(contract.id),
            change,
            staged_files(good),
            kind,
            offset,
            limit,
        )
        if looked is not None:
            parts.staging.drop_run(delivery.id, looked.prepared_in)
        return difference

    def may(self, actor: Actor, delivery: Delivery) -> frozenset[Verb]:
        """Give what `actor` may do with `delivery` as it stands now."""
        return frozenset(
            verb
            for verb in rules.possible(delivery)
            if all(
                isinstance(decide(actor, action, resource, "what is possible"), Permit)
                for action, resource in self._asked(actor, verb, delivery)
            )
        )

    def waiting_for(self, actor: Actor) -> tuple[Delivery, ...]:
        """Give the deliveries with which `actor` has something to do, newest first."""
        page = self.page(actor, states=rules.WAITING_STATES, limit=_MANY)
        return tuple(
            delivery
            for delivery in page.items
            if rules.waits_for(delivery) & self.may(actor, delivery)
        )

    def confirmations(self) -> Mapping[str, datetime]:
        """Give by release when a delivery that brought the same rows confirmed it last."""
        with self._parts.db.read() as tx:
            return store.confirmations(tx)

    def sweep(self, grace: timedelta) -> int:
        """Remove what checks prepared over `grace` ago and nothing needs; give how many.

        That is folders of prepared files, and files of waiting rows that no delivery names.
        """
        with self._parts.db.read() as tx:
            keep = store.unfinished(tx)
        folders = self._parts.staging.sweep(keep, self._parts.clock.now() - grace)
        return folders + self._parts.quarantine.sweep(grace)

    def _asked(
        self, actor: Actor, verb: Verb, delivery: Delivery
    ) -> tuple[tuple[Action, Resource], ...]:
        """Give everything that must be allowed to `actor` for `verb`, as the verb asks for it."""
        resource = self._resource(delivery)
        match verb:
            case Verb.RETRY if delivery.state is State.FAILED and operates(actor):
                return ()
            case Verb.PUBLISH_HELD:
                return (Action.PUBLISH, resource), (Action.APPROVE, resource)
            case Verb.WAIVE if self._contract(delivery).second_person:
                return (Action.WAIVE, resource), (Action.APPROVE, resource)
            case Verb.APPROVE if delivery.asked_by is not None:
                asked = resource.sent(delivery.asked_by, delivery.sender_agency)
                return (Action.APPROVE, resource), (Action.APPROVE, asked)
            case _:
                return ((_ACTIONS[verb], resource),)

    def _as_seen(self, actor: Actor, delivery: Delivery) -> Delivery:
        resource = self._resource(delivery)
        decision = decide(actor, Action.READ_RAW, resource, "lines of a file")
        return delivery if isinstance(decision, Permit) else rules.without_lines(delivery)

    def _readable(self, actor: Actor) -> tuple[str, ...]:
        with self._parts.db.read() as tx:
            known = store.datasets(tx)
        found = []
        for dataset in known:
            contract = self._parts.registry.versions(dataset)[-1].contract
            decision = decide(actor, Action.READ_DELIVERY, Resource.of(contract), "list")
            if isinstance(decision, Permit):
                found.append(dataset)
        return tuple(found)
