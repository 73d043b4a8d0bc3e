"""The outbox: what happened is told by feed, mail and signed webhook, each fact once.

Who follows what is known by `feedback`; here are only messages and where they go.
"""

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
from tinhdata.notify.rules import new_secret
from tinhdata.notify.service import Notify

__all__ = [
    "Channel",
    "MailMissing",
    "MailServer",
    "Message",
    "Notice",
    "Notify",
    "Published",
    "Recipient",
    "RecipientInvalid",
    "Sending",
    "SendingState",
    "new_secret",
]
