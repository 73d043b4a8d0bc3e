"""The nouns of notifications: notices for feeds, messages to recipients, how sending ended."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from tinhdata.kernel import JSONObject, Text

_NOTHING: JSONObject = MappingProxyType({})


class Channel(StrEnum):
    """How a message goes out."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to `topic`, public: an entry of its feed.

    `link` is an address within the portal, `key` names the fact, so that it is told once.
    """

    topic: str
    kind: str
    title: Text
    body: Text
    link: str
    key: str
    facts: JSONObject = field(default_factory=lambda: _NOTHING)
    """What a program is told: ids, numbers and codes."""


@dataclass(frozen=True, slots=True)
class Published:
    """A notice as it stands in the outbox."""

    id: str
    at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to, where and in which language. A webhook has the secret of its signature."""

    id: str
    channel: Channel
    address: str = field(repr=False)
    language: str = "vi"
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is told. Addresses in `links` are within the portal.

    `stop` is where the recipient ends all further messages of this sort.
    """

    subject: Text
    lines: tuple[Text, ...]
    link: str
    stop: str | None = None
    kind: str = "message"
    facts: JSONObject = field(default_factory=lambda: _NOTHING)


class SendingState(StrEnum):
    """How a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sending:
    """A message in the outbox. The address is forgotten as soon as it was sent or given up."""

    id: str
    recipient: Recipient
    message: Message
    state: SendingState
    created_at: datetime
    done_at: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over. `tls` is `starttls`, `tls` or `none` (a server beside us)."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
