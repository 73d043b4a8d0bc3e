"""What is told goes out once, by mail and webhook, and stands in the feed of its topic."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.mailbox import Mailbox, Receiver, mailbox, receiver
from tinhdata.db import Database
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock, t
from tinhdata.notify import (
    Channel,
    MailMissing,
    MailServer,
    Message,
    Notice,
    Notify,
    Recipient,
    RecipientInvalid,
    SendingState,
)
from tinhdata.work import WorkQueue

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PORTAL = "https://dulieu.example"
NEWS = Message(
    subject=t("There is no dataset “{dataset}”.", dataset="a"),
    lines=(t("Search for it by its name in the list of datasets."),),
    link="/datasets/a",
    stop="/follows/flw_1/stop",
    kind="release",
    facts={"dataset": "a", "release": 3},
)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def work(database: Database, clock: FixedClock) -> WorkQueue:
    return WorkQueue(database, clock, backoff=timedelta(seconds=1))


@pytest.fixture
def notify(database: Database, clock: FixedClock, work: WorkQueue, box: Mailbox) -> Notify:
    server = MailServer("127.0.0.1", box.port, "Dữ liệu tỉnh <dulieu@example.vn>", tls="none")
    journal = Journal(clock, b"k" * 32)
    return Notify(database, journal, clock, work, server, PORTAL, frozenset({"127.0.0.1"}))


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # from the specification's own example


def by_mail(language: str = "vi") -> Recipient:
    return Recipient("flw_1", Channel.MAIL, "nguoidan@example.vn", language)


def by_hook(hook: Receiver) -> Recipient:
    return Recipient("flw_2", Channel.WEBHOOK, hook.address, "vi", SECRET)


def send(database: Database, notify: Notify, to: Recipient, key: str) -> str | None:
    with database.transaction() as tx:
        return notify.send(tx, to, NEWS, key)


def kinds(database: Database, clock: FixedClock) -> list[str]:
    with database.read() as tx:
        return [entry.kind for entry in Journal(clock, b"k" * 32).read(tx)]


def test_a_mail_is_sent_once_in_the_language_of_its_reader(
    database: Database, notify: Notify, work: WorkQueue, box: Mailbox
) -> None:
    assert send(database, notify, by_mail(), "release/3/flw_1")
    assert send(database, notify, by_mail(), "release/3/flw_1") is None
    work.run_until_idle("test")
    (mail,) = box.mails
    assert mail["To"] == "nguoidan@example.vn"
    assert mail["Subject"] == "Không có bộ dữ liệu “a”."
    assert mail["List-Unsubscribe"] == f"<{PORTAL}/follows/flw_1/stop>"
    text = mail.get_content()
    assert f"{PORTAL}/datasets/a" in text
    assert "Để không nhận thư như thế này nữa" in text
    (sent,) = notify.sent_to("flw_1")
    assert (sent.state, sent.recipient.address) == (SendingState.SENT, "")


def test_a_busy_mail_server_gets_the_same_mail_later(
    database: Database, notify: Notify, work: WorkQueue, box: Mailbox, clock: FixedClock
) -> None:
    box.refuses = True
    send(database, notify, by_mail("en"), "k")
    work.run_until_idle("test")
    assert box.mails == []
    box.refuses = False
    clock.move(timedelta(hours=1))
    work.run_until_idle("test")
    assert [mail["Subject"] for mail in box.mails] == ["There is no dataset “a”."]


def test_a_mailbox_that_does_not_exist_is_not_tried_again(
    database: Database, notify: Notify, work: WorkQueue, box: Mailbox, clock: FixedClock
) -> None:
    box.unknown = frozenset({"nguoidan@example.vn"})
    send(database, notify, by_mail(), "k")
    work.run_until_idle("test")
    (sent,) = notify.sent_to("flw_1")
    assert (sent.state, sent.problem) == (SendingState.FAILED, "recipient-invalid")
    assert notify.failures("flw_1", timedelta(days=1)) == 1
    assert "notice.failed" in kinds(database, clock)


def test_a_webhook_is_signed_so_that_its_receiver_can_check_it(
    database: Database, notify: Notify, work: WorkQueue, hook: Receiver
) -> None:
    send(database, notify, by_hook(hook), "k")
    work.run_until_idle("test")
    (posted,) = hook.posted
    signed = f"{posted.headers['webhook-id']}.{posted.headers['webhook-timestamp']}.".encode()
    # As the libraries of Standard Webhooks read a secret: the bytes that follow its mark.
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, signed + posted.body, hashlib.sha256).digest()
    assert posted.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    told = json.loads(posted.body)
    assert told["type"] == "release"
    assert told["data"]["release"] == 3
    assert told["data"]["link"] == f"{PORTAL}/datasets/a"


@pytest.mark.parametrize("status", [302, 500])
def test_a_webhook_that_does_not_take_a_message_is_tried_again_and_given_up_at_last(
    database: Database,
    notify: Notify,
    work: WorkQueue,
    hook: Receiver,
    clock: FixedClock,
    status: int,
) -> None:
    hook.status = status
    send(database, notify, by_hook(hook), "k")
    for _ in range(12):
        work.run_until_idle("test")
        clock.move(timedelta(hours=12))
    assert len(hook.posted) == 8
    assert len({posted.headers["webhook-id"] for posted in hook.posted}) == 1
    (sent,) = notify.sent_to("flw_2")
    assert (sent.state, sent.problem) == (SendingState.FAILED, "unreachable")


def test_a_webhook_never_reaches_an_inner_network_that_was_not_named(
    database: Database, clock: FixedClock, work: WorkQueue, hook: Receiver
) -> None:
    notify = Notify(database, Journal(clock, b"k" * 32), clock, work, None, PORTAL)
    send(database, notify, by_hook(hook), "k")
    work.run_until_idle("test")
    assert hook.posted == []
    (sent,) = notify.sent_to("flw_2")
    assert sent.problem == "recipient-invalid"


def test_the_feed_of_a_topic_tells_each_fact_once_the_newest_first(
    database: Database, notify: Notify, clock: FixedClock
) -> None:
    def tell(topic: str, key: str) -> bool:
        with database.transaction() as tx:
            title, body = NEWS.subject, NEWS.lines[0]
            notice = Notice(topic, "release", title, body, f"/datasets/{topic}", key)
            return notify.publish(tx, notice) is not None

    assert tell("a", "a/1")
    clock.move(timedelta(minutes=1))
    assert tell("b", "b/1")
    assert tell("a", "a/2")
    assert not tell("a", "a/1")
    assert [each.notice.key for each in notify.notices(["a"])] == ["a/2", "a/1"]
    assert {each.notice.topic for each in notify.notices()} == {"a", "b"}


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.MAIL, "nguoi dan@example.vn"),
        (Channel.MAIL, "a@b"),
        (Channel.MAIL, "a@b.vn\r\nBcc: c@d.vn"),
        (Channel.WEBHOOK, "ftp://example.vn/a"),
        (Channel.WEBHOOK, "https://ten:mat@example.vn/"),
        (Channel.WEBHOOK, "https:///a"),
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused(
    notify: Notify, channel: Channel, address: str
) -> None:
    with pytest.raises(RecipientInvalid):
        notify.check(channel, address)


def test_without_a_mail_server_nobody_can_follow_by_mail(
    database: Database, clock: FixedClock
) -> None:
    queue = WorkQueue(database, clock)
    notify = Notify(database, Journal(clock, b"k" * 32), clock, queue, None, PORTAL)
    with pytest.raises(MailMissing):
        notify.check(Channel.MAIL, "nguoidan@example.vn")
