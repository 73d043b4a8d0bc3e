"""The verbs of feedback: report, ask, vote, take up, answer; each with its clock and its event."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from tinhdata.access import Action, Actor, ActorKind, Permit, Resource, Role, decide, require
from tinhdata.db import Database, Tx
from tinhdata.feedback import events, rules, store
from tinhdata.feedback.errors import ItemUnknown, TooManyItems
from tinhdata.feedback.follows import Follows
from tinhdata.feedback.model import Answer, Counts, Deadlines, Item, Kind, NewItem, State
from tinhdata.journal import Event, Journal
from tinhdata.kernel import JSON, Clock, Page, Problem, new_id, t
from tinhdata.kernel.clock import local_day
from tinhdata.notify import Channel, Message, Notice, Notify, Recipient
from tinhdata.vietnam import WorkCalendar

_DAY = timedelta(days=1)
_MOST_A_DAY = 20
_STANDING = (State.WAITING, State.OPEN)
_PURPOSE = "answering people"
_MANY = 100_000


class Feedback:
    """What people tell and ask, and who answers.

    `owner_of` gives the code of the agency that owns a dataset, None where there is none that
    everyone may know of. Senders and voters are hashes keyed by `key`: compared, never shown.
    """

    def __init__(
        self,
        db: Database,
        journal: Journal,
        clock: Clock,
        notify: Notify,
        follows: Follows,
        deadlines: Deadlines,
        calendar: WorkCalendar,
        owner_of: Callable[[str], str | None],
        key: bytes,
    ) -> None:
        journal.declare(events.EVENT_KINDS)
        self._db = db
        self._journal = journal
        self._clock = clock
        self._notify = notify
        self._deadlines = deadlines
        self._calendar = calendar
        self._owner_of = owner_of
        self._key = key
        self.follows = follows

    # -- what visitors do

    def sender_of(self, actor: Actor, address: str) -> str:
        """Give the name under which what a visitor sends today is counted.

        It holds for one day, so that nobody can join what somebody sent on different days.
        """
        return self._hash("sender", local_day(self._clock.now()).isoformat(), _who(actor, address))

    def voter_of(self, actor: Actor, address: str, item_id: str) -> str:
        """Give the name under which a visitor's vote for one item is counted, and no other vote."""
        return self._hash("voter", item_id, _who(actor, address))

    def submit(self, tx: Tx, actor_id: str, new: NewItem, sender: str) -> Item:
        """Take a report, request, reuse or question; it waits for the agency from now on.

        Raises ItemInvalid, ItemUnknown (a dataset that is not there), RecipientInvalid,
        TooManyItems.
        """
        new = rules.cleaned(new)
        _raise(rules.refusal_of_item(new))
        self.demand_room(tx, sender)
        if new.mail:
            self._notify.check(Channel.MAIL, new.mail)
        now = self._clock.now()
        item = Item(
            id=new_id("fbk"),
            kind=new.kind,
            state=State.WAITING,
            title=new.title,
            text=new.text,
            datasets=tuple(dict.fromkeys(new.datasets)),
            place=new.place,
            agency=self._agency(new),
            author=new.author,
            url=new.url,
            received_at=now,
            due=rules.due_day(now, new.kind, self._deadlines, self._calendar),
        )
        store.add(tx, item, new.mail, new.language, sender)
        data: dict[str, JSON] = {
            "kind": item.kind.value,
            "datasets": list(item.datasets),
            "agency": item.agency,
            "due": item.due.isoformat() if item.due else None,
        }
        self._journal.append(tx, Event(events.RECEIVED, actor_id, item.id, data))
        return item

    def vote(self, tx: Tx, item_id: str, voter: str) -> Item:
        """Count a voter for a public item, once; raises ItemUnknown."""
        item = self._known(tx, item_id, lock=True)
        if not item.is_public:
            raise _unknown()
        if store.vote(tx, item.id, voter):
            item = replace(item, votes=item.votes + 1)
            event = Event(events.VOTED, "anonymous", item.id, {"votes": item.votes})
            self._journal.append(tx, event)
        return item

    def demand_room(self, tx: Tx, sender: str) -> None:
        """Raise TooManyItems where a visitor sent as much as is taken in a day."""
        if store.sent_since(tx, sender, self._clock.now() - _DAY) >= _MOST_A_DAY:
            raise TooManyItems(
                t("{count} messages came from you within a day.", count=_MOST_A_DAY),
                fix=t("Write again tomorrow, or call the agency's contact point."),
            )

    # -- what the agency does

    def assign(self, tx: Tx, actor: Actor, item_id: str, agency: str) -> Item:
        """Say which agency answers an item; raises ItemUnknown, ItemClosed, Refused."""
        item = self._mine(tx, actor, item_id)
        _raise(rules.refusal_to_assign(item))
        store.set_agency(tx, item.id, agency)
        event = Event(events.ASSIGNED, actor.id, item.id, {"agency": agency})
        self._journal.append(tx, event)
        return replace(item, agency=agency)

    def take_up(self, tx: Tx, actor: Actor, item_id: str) -> Item:
        """Begin work on an item: its text is public from now on.

        Raises ItemUnknown, ItemClosed, Refused.
        """
        item = self._mine(tx, actor, item_id)
        _raise(rules.refusal_to_open(item))
        now = self._clock.now()
        store.set_open(tx, item.id, now)
        seconds = int((now - item.received_at).total_seconds())
        data: dict[str, JSON] = {"kind": item.kind.value, "seconds": seconds}
        self._journal.append(tx, Event(events.OPENED, actor.id, item.id, data))
        return replace(item, state=State.OPEN, opened_at=now)

    def answer(
        self,
        tx: Tx,
        actor: Actor,
        item_id: str,
        text: str,
        *,
        refused: bool = False,
        legal_basis: str = "",
    ) -> Item:
        """Answer an item, or decline it with the reason; who left an address is written to.

        Raises ItemUnknown, ItemClosed, ItemInvalid, Refused.
        """
        item = self._mine(tx, actor, item_id)
        outcome = State.REFUSED if refused else State.DONE
        _raise(rules.refusal_to_answer(item, outcome, text, legal_basis))
        given = Answer(self._clock.now(), actor.id, text.strip(), legal_basis.strip())
        mail, language = store.set_answer(tx, item.id, outcome, given)
        done = replace(item, state=outcome, answer=given)
        data: dict[str, JSON] = {
            "kind": item.kind.value,
            "agency": item.agency,
            "datasets": list(item.datasets),
            "outcome": outcome.value,
            "seconds": int((given.at - item.received_at).total_seconds()),
            "in_time": rules.is_in_time(done.due, given.at),
        }
        self._journal.append(tx, Event(events.ANSWERED, actor.id, item.id, data))
        if done.is_public:
            self._tell_readers(tx, done)
        if mail:
            self._tell_sender(tx, done, mail, language)
        return done

    def waiting_for(self, actor: Actor) -> tuple[Item, ...]:
        """Give what waits for an answer by `actor`, what is due first standing first."""
        found, _ = self._waiting(actor, _MANY)
        return tuple(sorted(found, key=lambda each: (each.due is None, each.due, each.received_at)))

    def count_waiting(self, actor: Actor) -> int:
        """Count what waits for an answer by `actor`."""
        return self._waiting(actor, 1)[1]

    def may_answer(self, actor: Actor, item: Item) -> bool:
        """Say whether `actor` takes up and answers `item`, and so reads what is not public yet."""
        return isinstance(decide(actor, Action.ANSWER, _resource(item), _PURPOSE), Permit)

    # -- what stands

    def get(self, item_id: str) -> Item:
        """Give an item, its text included; raises ItemUnknown."""
        with self._db.read() as tx:
            return self._known(tx, item_id)

    def items(
        self,
        *,
        kinds: Sequence[Kind] = (),
        dataset: str | None = None,
        agency: str | None = None,
        states: Sequence[State] = (),
        by_votes: bool = False,
        without: Collection[str] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> Page[Item]:
        """Give a page of items, the newest first. Whoever shows them hides what is not public.

        `without` names datasets that the reader does not know of.
        """
        with self._db.read() as tx:
            found, total = store.find(
                tx,
                kinds=kinds,
                states=states,
                dataset=dataset,
                agency=agency,
                by_votes=by_votes,
                without=without,
                offset=offset,
                limit=limit,
            )
        return Page(found, total, offset, limit)

    def count(
        self,
        *,
        kinds: Sequence[Kind] = (),
        dataset: str | None = None,
        states: Sequence[State] = (),
    ) -> int:
        """Count items."""
        with self._db.read() as tx:
            return store.count(tx, kinds=kinds, states=states, dataset=dataset)

    def datasets(self) -> tuple[str, ...]:
        """Give the datasets that anything was said about."""
        with self._db.read() as tx:
            return store.datasets(tx)

    def counts(
        self,
        *,
        kinds: Sequence[Kind] = (),
        dataset: str | None = None,
        agency: str | None = None,
    ) -> Counts:
        """Count the items of a dataset or agency and how fast they were answered."""
        with self._db.read() as tx:
            received = store.count(tx, kinds=kinds, dataset=dataset, agency=agency)
            answered = store.answered(tx, kinds=kinds, dataset=dataset, agency=agency)
        return rules.counts(received, answered)

    # ------------------------------------------------------------------------------------------

    def _agency(self, new: NewItem) -> str | None:
        if not new.datasets:
            return new.agency
        owners = [self._owner_of(dataset) for dataset in new.datasets]
        if None in owners:
            raise ItemUnknown(
                t("There is no such dataset here."),
                fix=t("Look up its id in the list of datasets."),
                where="datasets",
            )
        return owners[0]

    def _mine(self, tx: Tx, actor: Actor, item_id: str) -> Item:
        item = self._known(tx, item_id, lock=True)
        require(actor, Action.ANSWER, _resource(item), _PURPOSE)
        return item

    def _waiting(self, actor: Actor, limit: int) -> tuple[tuple[Item, ...], int]:
        operates = Role.OPERATOR in actor.roles
        answers = actor.agency is not None and actor.roles & {Role.OFFICER, Role.APPROVER}
        if not (operates or answers):
            return (), 0
        with self._db.read() as tx:
            return store.find(
                tx, states=_STANDING, agency=actor.agency, unassigned=operates, limit=limit
            )

    def _hash(self, *parts: str) -> str:
        return hmac.new(self._key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    def _known(self, tx: Tx, item_id: str, *, lock: bool = False) -> Item:
        found = store.get(tx, item_id, lock=lock)
        if found is None:
            raise _unknown()
        return found

    def _tell_readers(self, tx: Tx, item: Item) -> None:
        """Put a public answer into the feeds of the datasets that it is about."""
        for dataset in item.datasets:
            notice = Notice(
                topic=dataset,
                kind="answer",
                title=t("Answered: {title}", title=item.title),
                body=t("{answer}", answer=item.answer.text if item.answer else ""),
                link=f"/feedback/{item.id}",
                key=f"answer/{item.id}/{dataset}",
                facts={"item": item.id, "kind": item.kind.value, "dataset": dataset},
            )
            self._notify.publish(tx, notice)

    def _tell_sender(self, tx: Tx, item: Item, mail: str, language: str) -> None:
        message = Message(
            subject=t("Answer to “{title}”", title=item.title),
            lines=(t("{answer}", answer=item.answer.text if item.answer else ""),),
            link=f"/feedback/{item.id}",
            kind="feedback-answered",
        )
        recipient = Recipient(item.id, Channel.MAIL, mail, language)
        self._notify.send(tx, recipient, message, f"{item.id}/answer")


def _resource(item: Item) -> Resource:
    return Resource("feedback", item.id, item.agency)


def _who(actor: Actor, address: str) -> str:
    return f"address {address}" if actor.kind is ActorKind.ANONYMOUS else f"account {actor.id}"


def _unknown() -> ItemUnknown:
    return ItemUnknown(
        t("There is no such message."), fix=t("Check the address, or look in the list.")
    )


def _raise(problem: Problem | None) -> None:
    if problem is not None:
        raise problem
