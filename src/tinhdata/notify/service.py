"""The outbox: a fact is told once, by feed, mail and webhook, whatever crashes in between.

A message is written with the business row and sent by durable work. Mail servers and webhooks may
see one twice after a crash in the moment between sending and writing that it was sent; its id is
the same then.
"""

import smtplib
from collections.abc import Sequence
from datetime import timedelta

from tinhdata.db import Database, Tx
from tinhdata.journal import Event, Journal
from tinhdata.kernel import JSON, Clock, JSONObject, new_id, t
from tinhdata.notify import events, mail, rules, store, webhook
from tinhdata.notify.errors import MailMissing, RecipientInvalid
from tinhdata.notify.model import (
    Channel,
    MailServer,
    Message,
    Notice,
    Published,
    Recipient,
    Sending,
    SendingState,
)
from tinhdata.work import WorkContext, WorkItem, WorkQueue

SEND = "notify.send"
FORGET = "notify.forget"
_ATTEMPTS = 8
_KEPT = timedelta(days=90)
_ACTOR = "system:notify"


class Notify:
    """Notices for feeds and messages to recipients.

    `server` is where mails go, None where there is none; `portal` the address that links start
    with; `private_hosts` those hosts of inner networks that webhooks may reach.
    """

    def __init__(
        self,
        db: Database,
        journal: Journal,
        clock: Clock,
        work: WorkQueue,
        server: MailServer | None,
        portal: str,
        private_hosts: frozenset[str] = frozenset(),
    ) -> None:
        journal.declare(events.EVENT_KINDS)
        self._db = db
        self._journal = journal
        self._clock = clock
        self._work = work
        self._server = server
        self._portal = portal.rstrip("/")
        self._private_hosts = private_hosts
        work.register(SEND, self._send, _ATTEMPTS, on_exhausted=self._give_up)
        work.register(FORGET, self._forget)
        work.schedule(FORGET, timedelta(days=1))

    @property
    def has_mail(self) -> bool:
        """Say whether mails can be sent at all."""
        return self._server is not None

    def check(self, channel: Channel, address: str) -> None:
        """Raise RecipientInvalid or MailMissing where nothing could be sent to `address`."""
        if channel is Channel.MAIL and self._server is None:
            raise MailMissing(
                t("This portal does not send mails yet."),
                fix=t("Follow by feed or webhook, or ask the operator to set up mail."),
            )
        problem = rules.refusal_of_address(channel, address)
        if problem is None and channel is Channel.WEBHOOK:
            problem = rules.refusal_of_inner_host(address, self._private_hosts)
        if problem is not None:
            raise problem

    def publish(self, tx: Tx, notice: Notice) -> Published | None:
        """Put a notice into the feed of its topic; None where the same fact stands there."""
        published = Published(new_id("ntc"), self._clock.now(), notice)
        return published if store.add_notice(tx, published) else None

    def notices(self, topics: Sequence[str] = (), limit: int = 50) -> tuple[Published, ...]:
        """Give the newest notices of `topics`, of all where none is named, the newest first."""
        with self._db.read() as tx:
            return store.notices(tx, topics, limit)

    def send(self, tx: Tx, recipient: Recipient, message: Message, key: str) -> str | None:
        """Have a message sent once `tx` is committed; None where `key` was sent before.

        Raises RecipientInvalid.
        """
        if problem := rules.refusal_of_address(recipient.channel, recipient.address):
            raise problem
        now = self._clock.now()
        sending = Sending(new_id("msg"), recipient, message, SendingState.WAITING, now)
        added = store.add_sending(tx, sending, key)
        if added is not None:
            self._work.enqueue(tx, SEND, {"sending": added}, added)
        return added

    def sent_to(self, recipient: str) -> tuple[Sending, ...]:
        """Give what was sent, or is to be sent, to a recipient, the newest first."""
        with self._db.read() as tx:
            return store.sendings(tx, recipient)

    def failures(self, recipient: str, within: timedelta) -> int:
        """Count the messages to a recipient that failed since the last that arrived."""
        with self._db.read() as tx:
            return store.failures(tx, recipient, self._clock.now() - within)

    # ------------------------------------------------------------------------------------------

    def _send(self, context: WorkContext, args: JSONObject) -> None:
        with self._db.read() as tx:
            sending = store.sending(tx, str(args["sending"]))
        if sending is None or sending.state is not SendingState.WAITING:
            return
        try:
            self._deliver(sending)
        except (RecipientInvalid, MailMissing) as problem:
            self._finish(context, sending, SendingState.FAILED, problem.code)
        except smtplib.SMTPRecipientsRefused:
            self._finish(context, sending, SendingState.FAILED, RecipientInvalid.code)
        else:
            self._finish(context, sending, SendingState.SENT, None)

    def _deliver(self, sending: Sending) -> None:
        if sending.recipient.channel is Channel.WEBHOOK:
            body = webhook.payload(sending, self._portal)
            webhook.post(sending, body, self._clock.now(), self._private_hosts)
            return
        if self._server is None:
            raise MailMissing(t("This portal does not send mails yet."))
        mail.send(mail.compose(sending, self._server, self._portal), self._server)

    def _finish(
        self, context: WorkContext, sending: Sending, state: SendingState, problem: str | None
    ) -> None:
        with self._db.transaction() as tx:
            context.guard(tx)
            self._end(tx, sending, state, problem)

    def _end(self, tx: Tx, sending: Sending, state: SendingState, problem: str | None) -> None:
        store.finish(tx, sending.id, state, self._clock.now(), problem)
        facts: dict[str, JSON] = {
            "channel": sending.recipient.channel.value,
            "kind": sending.message.kind,
        }
        if state is SendingState.SENT:
            event = Event(events.SENT, _ACTOR, sending.id, facts)
        else:
            event = Event(events.FAILED, _ACTOR, sending.id, {**facts, "problem": problem})
        self._journal.append(tx, event)

    def _give_up(self, tx: Tx, item: WorkItem) -> None:
        sending = store.sending(tx, str(item.args["sending"]))
        if sending is not None and sending.state is SendingState.WAITING:
            self._end(tx, sending, SendingState.FAILED, "unreachable")

    def _forget(self, context: WorkContext, _args: JSONObject) -> None:
        with self._db.transaction() as tx:
            context.guard(tx)
            store.drop_before(tx, self._clock.now() - _KEPT)
