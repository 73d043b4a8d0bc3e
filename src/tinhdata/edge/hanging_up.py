"""Notices that whoever asked has gone, so that nobody works on for him."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tinhdata.kernel import Caller, calling


class HangUps:
    """Gives each request that only reads its caller, who hangs up when the connection ends.

    A request with a body is left alone: its pieces are read when they are wanted, not before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and listen meanwhile."""
        if not _only_reads(scope):
            await self._app(scope, receive, send)
            return
        who = Caller()
        heard: asyncio.Queue[Message] = asyncio.Queue()

        async def listen() -> None:
            while True:
                message = await receive()
                heard.put_nowait(message)
                if message["type"] == "http.disconnect":
                    who.hang_up()
                    return

        async def hear() -> Message:
            message = await heard.get()
            if message["type"] == "http.disconnect":
                # Whoever listens next has to hear it, too.
                heard.put_nowait(message)
            return message

        listening = asyncio.create_task(listen())
        try:
            with calling(who):
                await self._app(scope, hear, send)
        finally:
            listening.cancel()


def _only_reads(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0").strip()
    return "transfer-encoding" not in headers and not length.strip("0")
