"""Webhooks: a signed POST to an address that somebody gave us, never into an inner network.

The name is resolved once and the connection made to the address that was judged, so that a name
server cannot show one address to the check and another to the connection. Nothing is followed.
"""

import ipaddress
import json
import socket
import threading
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from tinhdata.kernel import is_public, t
from tinhdata.locale import say
from tinhdata.notify.errors import RecipientInvalid
from tinhdata.notify.model import Sending
from tinhdata.notify.rules import signature

_TIMEOUT = httpx.Timeout(10, connect=5)
_WHOLE_SECONDS = 15.0


def payload(sending: Sending, portal: str) -> bytes:
    """Write the body: what happened, in words and as facts, as Standard Webhooks has it."""
    message, language = sending.message, sending.recipient.language
    body = {
        "type": message.kind,
        "timestamp": sending.created_at.isoformat(),
        "data": {
            **message.facts,
            "title": say(message.subject, language),
            "text": "\n".join(say(line, language) for line in message.lines),
            "link": f"{portal}{message.link}",
        },
    }
    return json.dumps(body, ensure_ascii=False).encode()


def post(sending: Sending, body: bytes, now: datetime, private_hosts: frozenset[str]) -> None:
    """Send the body with its signature; an answer that is not 2xx is an httpx.HTTPStatusError.

    Raises RecipientInvalid where the address lies in an inner network, and httpx.HTTPError.
    """
    to = sending.recipient
    parts = urlsplit(to.address)
    host = (parts.hostname or "").lower()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    stamp = int(now.timestamp())
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "tinhdata",
        "Webhook-Id": sending.id,
        "Webhook-Timestamp": str(stamp),
        "Webhook-Signature": signature(to.secret, sending.id, stamp, body),
    }
    target = httpx.URL(to.address).copy_with(host=_judged(host, port, private_hosts))
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client:
        request = client.build_request(
            "POST", target, content=body, headers=headers, extensions={"sni_hostname": host}
        )
        # The limits above are on each piece: whoever answers drop by drop would never end.
        ending = threading.Timer(_WHOLE_SECONDS, client.close)
        ending.start()
        try:
            answer = client.send(request, stream=True)
        finally:
            ending.cancel()
        try:
            if not answer.is_success:
                raise httpx.HTTPStatusError(
                    f"status {answer.status_code}", request=request, response=answer
                )
        finally:
            # What it says is not read: only whether it took the message.
            answer.close()


def _judged(host: str, port: int, private_hosts: frozenset[str]) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"{host} is not known") from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if host not in private_hosts and not all(
        is_public(ipaddress.ip_address(each)) for each in addresses
    ):
        raise RecipientInvalid(
            t("{host} is an address of an inner network.", host=host),
            fix=t("Give an address that is reached from the public network."),
            where="address",
        )
    return addresses[0]
