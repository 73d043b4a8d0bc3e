"""Tags of small answers of the interface, so that what a program has already is not sent again.

Files and pages of rows have tags of their own, which are known before anything is read.
"""

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tinhdata.edge.guards import HEAD_ONLY, is_interface
from tinhdata.edge.sending import is_known

_LARGEST = 4 << 20
"""Bytes; what is larger is sent as it comes."""


class Tagged:
    """Gives each whole, small answer without a tag the hash of its bytes as a weak one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 304 where the reader named the tag."""
        if scope["type"] != "http" or scope["method"] != "GET" or not is_interface(scope["path"]):
            await self._app(scope, receive, send)
            return
        begun: Message | None = None

        async def tagged(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_fit(message, scope):
                begun = message
                return
            if begun is None or message["type"] != "http.response.body":
                await send(message)
                return
            start, begun = begun, None
            if message.get("more_body"):
                await send(start)
                await send(message)
                return
            body = message.get("body", b"")
            tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers = MutableHeaders(scope=start)
            headers["ETag"] = tag
            if is_known(Headers(scope=scope).get("if-none-match"), tag):
                for name in ("content-length", "content-type"):
                    del headers[name]
                start, message = {**start, "status": 304}, {**message, "body": b""}
            await send(start)
            await send(message)

        await self._app(scope, receive, tagged)


def _is_fit(start: Message, scope: Scope) -> bool:
    headers = Headers(raw=start["headers"])
    size = headers.get("content-length", "")
    is_small = size.isdigit() and int(size) <= _LARGEST
    return start["status"] == 200 and is_small and "etag" not in headers and HEAD_ONLY not in scope
