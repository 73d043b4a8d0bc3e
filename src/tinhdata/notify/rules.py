"""Decisions of notifications: which addresses can be written to, and how a webhook is signed."""

import hashlib
import hmac
import ipaddress
import re
import secrets
from base64 import b64decode, b64encode

from tinhdata.kernel import Problem, is_public, t, web_parts
from tinhdata.notify.errors import RecipientInvalid
from tinhdata.notify.model import Channel

_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""The form of HTML's e-mail field, with a point in the domain: no blanks, quotes or comments."""
_LONGEST = 254


def refusal_of_address(channel: Channel, address: str) -> Problem | None:
    """Say why `address` cannot be written to, None where it can."""
    if channel is Channel.MAIL:
        if len(address) <= _LONGEST and _MAIL.fullmatch(address):
            return None
        return RecipientInvalid(
            t("“{address}” is not a mail address.", address=address[:60]),
            fix=t("Write it as name@domain, without blanks."),
            where="address",
        )
    parts = web_parts(address)
    is_web = parts is not None and not parts.username
    if is_web and len(address) <= 2000 and address.isprintable() and " " not in address:
        return None
    return RecipientInvalid(
        t("“{address}” is not a web address that can be called.", address=address[:60]),
        fix=t("Write a whole address that starts with https://, without name and password."),
        where="address",
    )


def refusal_of_inner_host(address: str, private_hosts: frozenset[str]) -> Problem | None:
    """Say why a webhook cannot be called whose host is plainly one of an inner network.

    A name is judged by what it stands for, when it is called.
    """
    parts = web_parts(address)
    host = "" if parts is None else (parts.hostname or "").lower()
    if host in private_hosts or (host != "localhost" and _is_outside(host)):
        return None
    return RecipientInvalid(
        t("{host} is an address of an inner network.", host=host),
        fix=t("Give an address that is reached from the public network."),
        where="address",
    )


def _is_outside(host: str) -> bool:
    """Say whether `host` is a name, or the number of an address of the public network."""
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return True


_MARK = "whsec_"
"""What secrets of webhooks begin with; the key follows in base64."""


def new_secret() -> str:
    """Make the secret of a webhook."""
    return f"{_MARK}{b64encode(secrets.token_bytes(32)).decode()}"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a webhook: HMAC-SHA256 over id, moment and body, as Standard Webhooks 1.0 has it.

    Source: the Standard Webhooks specification, symmetric signatures (`v1`).
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    key = b64decode(secret.removeprefix(_MARK))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"
