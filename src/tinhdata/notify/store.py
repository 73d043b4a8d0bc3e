"""The outbox in the metadata database: notices for feeds, and messages on their way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import JSON, JSONObject, Text
from tinhdata.notify.model import (
    Channel,
    Message,
    Notice,
    Published,
    Recipient,
    Sending,
    SendingState,
)

_notices = sa.Table(
    "notify_notice",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.JSON, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Index("ix_notify_notice_topic", "topic", "id"),
)

_sendings = sa.Table(
    "notify_sending",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("message", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UTCDateTime, nullable=False),
    sa.Column("done_at", UTCDateTime),
    sa.Column("problem", sa.Text),
    sa.Index("ix_notify_sending_recipient", "recipient", "id"),
)


def add_notice(tx: Tx, published: Published) -> bool:
    """Write a notice; False where the same fact was told before."""
    notice = published.notice
    if tx.execute(sa.select(_notices.c.id).where(_notices.c.key == notice.key)).first():
        return False
    tx.execute(
        sa.insert(_notices).values(
            id=published.id,
            at=published.at,
            topic=notice.topic,
            kind=notice.kind,
            title=notice.title.to_json(),
            body=notice.body.to_json(),
            link=notice.link,
            key=notice.key,
            facts=dict(notice.facts),
        )
    )
    return True


def notices(tx: Tx, topics: Sequence[str], limit: int) -> tuple[Published, ...]:
    """Give the newest notices of `topics` (of all where there are none), the newest first."""
    wanted = sa.select(_notices).order_by(_notices.c.at.desc(), _notices.c.id.desc()).limit(limit)
    if topics:
        wanted = wanted.where(_notices.c.topic.in_(topics))
    return tuple(
        Published(
            row.id,
            row.at,
            Notice(
                row.topic,
                row.kind,
                Text.from_json(row.title),
                Text.from_json(row.body),
                row.link,
                row.key,
                row.facts,
            ),
        )
        for row in tx.execute(wanted)
    )


def add_sending(tx: Tx, sending: Sending, key: str) -> str | None:
    """Write a message to be sent and give its id; None where `key` was sent before."""
    if tx.execute(sa.select(_sendings.c.id).where(_sendings.c.key == key)).first():
        return None
    to = sending.recipient
    tx.execute(
        sa.insert(_sendings).values(
            id=sending.id,
            key=key,
            recipient=to.id,
            channel=to.channel.value,
            address=to.address,
            language=to.language,
            secret=to.secret,
            message=_message_json(sending.message),
            state=sending.state.value,
            created_at=sending.created_at,
        )
    )
    return sending.id


def sending(tx: Tx, sending_id: str) -> Sending | None:
    """Read one message of the outbox."""
    row = tx.execute(sa.select(_sendings).where(_sendings.c.id == sending_id)).one_or_none()
    return None if row is None else _sending(row)


def sendings(tx: Tx, recipient: str) -> tuple[Sending, ...]:
    """Read the messages to a recipient, the newest first."""
    wanted = (
        sa.select(_sendings)
        .where(_sendings.c.recipient == recipient)
        .order_by(_sendings.c.created_at.desc(), _sendings.c.id.desc())
    )
    return tuple(_sending(row) for row in tx.execute(wanted))


def finish(
    tx: Tx, sending_id: str, state: SendingState, at: datetime, problem: str | None = None
) -> None:
    """Write how sending ended and forget where it went."""
    tx.execute(
        sa.update(_sendings)
        .where(_sendings.c.id == sending_id)
        .values(state=state.value, done_at=at, problem=problem, address="", secret="")
    )


def failures(tx: Tx, recipient: str, since: datetime) -> int:
    """Count the messages to a recipient that failed since its last success, after `since`."""
    ended = (
        sa.select(_sendings.c.state)
        .where(_sendings.c.recipient == recipient, _sendings.c.done_at >= since)
        .order_by(_sendings.c.done_at.desc(), _sendings.c.id.desc())
    )
    count = 0
    for (state,) in tx.execute(ended):
        if state != SendingState.FAILED.value:
            break
        count += 1
    return count


def drop_before(tx: Tx, moment: datetime) -> int:
    """Forget messages that ended before `moment`; give how many."""
    gone = tx.execute(sa.delete(_sendings).where(_sendings.c.done_at < moment))
    return gone.rowcount


def _message_json(message: Message) -> dict[str, JSON]:
    return {
        "subject": message.subject.to_json(),
        "lines": [line.to_json() for line in message.lines],
        "link": message.link,
        "stop": message.stop,
        "kind": message.kind,
        "facts": dict(message.facts),
    }


def _sending(row: sa.Row[tuple[object, ...]]) -> Sending:
    stored = cast("Mapping[str, JSON]", row.message)
    lines = cast("Sequence[JSON]", stored["lines"])
    stop = stored["stop"]
    return Sending(
        id=row.id,
        recipient=Recipient(
            row.recipient, Channel(row.channel), row.address, row.language, row.secret
        ),
        message=Message(
            Text.from_json(stored["subject"]),
            tuple(Text.from_json(line) for line in lines),
            str(stored["link"]),
            None if stop is None else str(stop),
            str(stored["kind"]),
            cast("JSONObject", stored["facts"]),
        ),
        state=SendingState(row.state),
        created_at=row.created_at,
        done_at=row.done_at,
        problem=row.problem,
    )
