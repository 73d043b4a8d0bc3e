"""Bytes come in: kept, recognised when they only repeat, and handed to the check."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

from tinhdata.access import PLATFORM, Action, Actor, Permit, Resource, decide
from tinhdata.deliveries import events, remembering, rules, store
from tinhdata.deliveries.checking import CHECK, RELEASE
from tinhdata.deliveries.errors import SampleFailed
from tinhdata.deliveries.model import Delivery, Kind, Received, State, Verb
from tinhdata.deliveries.parts import Alongside
from tinhdata.deliveries.releasing import add, renew
from tinhdata.deliveries.remembering import Remembered
from tinhdata.deliveries.verbs import Verbs
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import new_id, t
from tinhdata.registry import RegisteredContract

_CHUNK = 1024 * 1024
_LONGEST_NAME = 200
_SETTLE_SECONDS = 600.0


class Sending(Verbs):
    """Receiving files, choosing how they are read, trying again."""

    def receive(
        self,
        actor: Actor,
        dataset: str,
        chunks: Iterable[bytes],
        filename: str,
        *,
        source: str = "upload",
        note: str | None = None,
        choice: ReadingChoice | None = None,
        alongside: Alongside | None = None,
    ) -> Received:
        """Take in a file for `dataset`; the check of it follows by itself.

        `choice` is how to read it, where the sender knows; `alongside` is what the transaction
        writes besides. The same bytes, while they are the newest delivery, are the same delivery.
        Raises NoSuchDataset, Refused, FileTooLarge, FileEmpty and StoreFull.
        """
        registered = self.require_deliverable(actor, dataset)
        return self._take_in(
            actor.id, actor.agency, registered, chunks, filename, source, note, choice, alongside
        )

    def require_deliverable(self, actor: Actor, dataset: str) -> RegisteredContract:
        """Give the contract of a dataset that `actor` may deliver to, before any byte is taken.

        Raises NoSuchDataset and Refused.
        """
        return self._deliverable(actor, dataset)

    def choose(self, actor: Actor, delivery_id: str, choice: ReadingChoice) -> Delivery:
        """Have a file read as `choice` says; gives the delivery that is checked now.

        That is a new one, over the same bytes, where the file was read and checked before. Raises
        NotNow where it is published or being worked on, and for corrections, which have no file.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.MEND, delivery, "choice of how a file is read")
        rules.require_possible(delivery, Verb.CHOOSE)
        return self._check_again(actor, delivery, choice)

    def read_as_before(self, actor: Actor, delivery_id: str) -> Remembered | None:
        """Say by which choice made for an earlier file this one was read; None where by none.

        Raises NoSuchDelivery and Refused.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.READ_DELIVERY, delivery, "how a file was read")
        with self._parts.db.read() as tx:
            return remembering.recalled_for(tx, delivery_id)

    def forget_reading(self, actor: Actor, delivery_id: str) -> int:
        """Forget the way of reading that a delivery taught or used; give how many there were.

        Files that were read so stay as they are; the next one is read by itself again.
        """
        delivery = self._delivery(delivery_id)
        self._require(actor, Action.MEND, delivery, "forgetting how files are read")
        with self._parts.db.transaction() as tx:
            if gone := remembering.forget(tx, delivery):
                self._parts.journal.append(tx, events.forgotten(delivery, actor.id))
        return gone

    def retry(self, actor: Actor, delivery_id: str) -> Delivery:
        """Go on with a delivery that broke down, or check one again; gives what is worked on now.

        Raises NotNow where neither is possible.
        """
        delivery = self._delivery(delivery_id)
        if delivery.state is not State.FAILED or not operates(actor):
            self._require(actor, Action.MEND, delivery, "another try")
        rules.require_possible(delivery, Verb.RETRY)
        if delivery.state is State.FAILED and rules.was_being_published(delivery):
            return self._move_on(actor.id, delivery, State.PUBLISHING, RELEASE)
        return self._check_again(actor, delivery, delivery.choice)

    def deliverable(self, actor: Actor) -> tuple[RegisteredContract, ...]:
        """Give the contracts of the datasets that `actor` may deliver to, by dataset."""
        return tuple(
            registered
            for registered in self._parts.registry.all_active()
            if isinstance(
                decide(actor, Action.DELIVER, Resource.of(registered.contract), "list"), Permit
            )
        )

    def take_sample(self, dataset: str, path: Path, actor_id: str) -> bool:
        """Deliver and publish a pack's own sample in the name of `actor_id`; say if it did.

        Does nothing where others delivered, or where there is a release; goes on with what was cut
        off. Raises SampleFailed where the sample does not pass.
        """
        parts = self._parts
        with parts.db.read() as tx:
            known = store.of_dataset(tx, dataset)
        if any(each.sender != actor_id for each in known) or parts.warehouse.releases(dataset):
            return False
        registered = self._active(dataset)
        received = self._take_in(actor_id, None, registered, _chunks(path), path.name, "pack", None)
        delivery = self._settled(received.delivery.id)
        if delivery.state is State.CHECKED:
            ready = replace(delivery, decided_by=actor_id)
            self._move_on(actor_id, ready, State.PUBLISHING, RELEASE)
            delivery = self._settled(delivery.id)
        if delivery.state is not State.RELEASED:
            raise SampleFailed(
                t(
                    "The sample of {dataset} was not published: {reason}",
                    dataset=dataset,
                    reason=delivery.problem or rules.state_name(delivery.state),
                )
            )
        return True

    def _take_in(
        self,
        sender: str,
        agency: str | None,
        registered: RegisteredContract,
        chunks: Iterable[bytes],
        filename: str,
        source: str,
        note: str | None,
        choice: ReadingChoice | None = None,
        alongside: Alongside | None = None,
    ) -> Received:
        parts = self._parts
        landed = parts.landing.receive(chunks, parts.upload_limit)
        now = parts.clock.now()
        delivery = Delivery(
            id=new_id("dlv"),
            dataset=registered.dataset,
            kind=Kind.DELIVERY,
            state=State.RECEIVED,
            contract_hash=registered.hash,
            sender=sender,
            sender_agency=agency,
            received_at=now,
            changed_at=now,
            sha256=landed.sha256,
            filename=_plain_name(filename),
            size=landed.size,
            source=source,
            note=note,
            choice=choice,
        )
        with parts.db.transaction() as tx:
            if alongside is not None:
                alongside.before(tx)
            store.hold(tx, registered.dataset)
            known = store.of_dataset(tx, registered.dataset)
            mode = registered.contract.mode
            same = rules.same_delivery(known, landed.sha256, registered.hash, mode)
            if same is not None:
                received = Received(store.get(tx, same.id), is_new=False)
            else:
                parts.landing.record(tx, landed, registered.dataset)
                received = Received(add(parts, tx, delivery), is_new=True)
            if alongside is not None:
                alongside.after(tx, received)
            return received

    def _check_again(
        self, actor: Actor, delivery: Delivery, choice: ReadingChoice | None
    ) -> Delivery:
        if delivery.report is None or delivery.kind is Kind.CORRECTION:
            again = replace(
                delivery,
                choice=choice,
                problem=None,
                prepared_in=None,
                asked_by=None,
                # A waiver publishes itself, so who waived has decided about the next try too.
                decided_by=delivery.decided_by if delivery.waives else None,
            )
            return self._move_on(actor.id, again, State.RECEIVED, CHECK)
        with self._parts.db.transaction() as tx:
            text = t("The file is read and checked again.")
            return renew(self._parts, tx, delivery, actor.id, text, choice)

    def _move_on(self, actor_id: str, delivery: Delivery, to: State, verb: str) -> Delivery:
        with self._parts.db.transaction() as tx:
            work = self._parts.work.enqueue(tx, verb, {"delivery": delivery.id}, delivery.id)
            moved = store.moved(replace(delivery, work=work), to, self._parts.clock.now())
            store.save(tx, moved, expected=delivery.state)
            store.add_step(tx, moved, actor_id, None)
            said = events.publishing if to is State.PUBLISHING else events.resumed
            self._parts.journal.append(tx, said(moved, actor_id))
        return moved

    def _settled(self, delivery_id: str) -> Delivery:
        """Work, here or elsewhere, until nothing more happens to the delivery by itself."""
        until = monotonic() + _SETTLE_SECONDS
        while True:
            self._parts.work.run_until_idle("system:pack")
            delivery = self._delivery(delivery_id)
            if delivery.state not in rules.WORKED_ON or monotonic() > until:
                return delivery
            sleep(0.05)


def operates(actor: Actor) -> bool:
    """Say whether `actor` operates the platform."""
    return isinstance(decide(actor, Action.OPERATE, PLATFORM, "another try"), Permit)


def _plain_name(filename: str) -> str:
    """Give the last part of a file's name, without what a terminal or page could mistake."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    return name[-_LONGEST_NAME:] or "file"


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
