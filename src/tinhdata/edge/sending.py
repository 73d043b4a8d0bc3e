"""Files as answers: whole or a part (RFC 9110 section 14), in constant memory, or by nginx.

What is sent is not known here, only its bytes, their tag and their time.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import BinaryIO

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope, Send

from tinhdata.edge.guards import HEAD_ONLY

_CHUNK = 1 << 18
"""Bytes read and sent at once; more only costs memory."""


_REFUSES = re.compile(r"q\s*=\s*0(\.0{0,3})?")
"""A weight of nothing (RFC 9110 section 12.4.2)."""


_PATIENCE_SECONDS = 60.0
"""How long a reader may take for one piece; a line of 50 kbit/s does."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says about the file it wants, besides which one."""

    is_head: bool = False
    ranges: str | None = None
    if_range: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    takes_gzip: bool = False

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Read the headers of `request`."""
        headers = request.headers
        return cls(
            is_head=HEAD_ONLY in request.scope,
            ranges=headers.get("Range"),
            if_range=headers.get("If-Range"),
            if_none_match=headers.get("If-None-Match"),
            if_modified_since=headers.get("If-Modified-Since"),
            takes_gzip=_takes_gzip(headers.get("Accept-Encoding", "")),
        )


@dataclass(frozen=True, slots=True)
class Unchanging:
    """Bytes that never change under their tag: how many, their strong tag, since when."""

    size: int
    tag: str
    changed_at: datetime

    def is_had(self, asked: Asked) -> bool:
        """Say whether the reader has the bytes already; the tag decides before the time."""
        if asked.if_none_match is not None:
            return is_known(asked.if_none_match, self.tag)
        since = _moment(asked.if_modified_since)
        return since is not None and self.changed_at.replace(microsecond=0) <= since

    def part(self, asked: Asked) -> "range | None":
        """Give the bytes that are wanted, an empty range if there are none; None: all of them.

        Several parts at once are answered with the whole, as a server may.
        """
        if asked.ranges is None or not self._may_go_on(asked.if_range):
            return None
        unit, _, wanted = asked.ranges.partition("=")
        first, dash, last = wanted.strip().partition("-")
        if unit.strip().lower() != "bytes" or not dash or not _are_numbers(first, last):
            return None
        if not first:
            return range(max(self.size - int(last), 0), self.size)
        end = min(int(last) + 1, self.size) if last else self.size
        if last and int(last) < int(first):
            return None
        return range(int(first), end)

    def headers(self) -> dict[str, str]:
        """Give the headers that name the bytes."""
        return {
            "ETag": self.tag,
            "Last-Modified": format_datetime(self.changed_at.astimezone(UTC), usegmt=True),
            "Accept-Ranges": "bytes",
        }

    def _may_go_on(self, if_range: str | None) -> bool:
        if if_range is None:
            return True
        last_modified = self.headers()["Last-Modified"]
        return if_range.strip() in (self.tag, last_modified)


class SentFile(StreamingResponse):
    """Sends `wanted` bytes of an open file, and before them what is missing of `prefix`."""

    def __init__(
        self,
        file: BinaryIO,
        wanted: range,
        status: int,
        headers: Mapping[str, str],
        media_type: str,
        prefix: bytes = b"",
    ) -> None:
        self._file = file
        super().__init__(self._pieces(wanted, prefix), status, headers, media_type)
        self.headers["Content-Length"] = str(len(wanted))

    def close(self) -> None:
        """Close the file of an answer that is not sent."""
        self._file.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it and close the file, also where nobody waits any more.

        Who takes nothing for a while is let go: what waits to be sent takes room on the disk.
        """

        async def patient(message: Message) -> None:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await send(message)

        try:
            await super().__call__(scope, receive, patient)
        except TimeoutError:
            # The connection ends where an answer does that was not sent whole.
            return
        finally:
            self._file.close()

    async def _pieces(self, wanted: range, prefix: bytes) -> AsyncIterator[bytes | memoryview]:
        at, end, handle = wanted.start, wanted.stop, self._file.fileno()
        if at < len(prefix):
            yield prefix[at:end]
            at = len(prefix)
        while at < end:
            start = at - len(prefix)
            count = min(_CHUNK, end - at)
            # A thread for each piece would cost more than the piece, and there may be none free.
            piece: bytes | memoryview = _at_hand(handle, count, start)
            if not piece:
                piece = await run_in_threadpool(os.pread, handle, count, start)
            if not piece:
                raise OSError("a file that is being sent became shorter")
            at += len(piece)
            yield piece


def _at_hand(handle: int, count: int, start: int) -> memoryview:
    """Read what the system has in memory already; nothing where it would have to wait."""
    piece = bytearray(count)
    try:
        done = os.preadv(handle, [piece], start, os.RWF_NOWAIT)
    except OSError:  # it would have to wait, or this file system cannot say
        done = 0
    return memoryview(piece)[: max(done, 0)]


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Say whether the reader's tags (If-None-Match) hold `tag`, by weak comparison."""
    if not if_none_match:
        return False
    wanted = tag.removeprefix("W/")
    tags = [item.strip().removeprefix("W/") for item in if_none_match.split(",")]
    return "*" in tags or wanted in tags


def send_file(
    file: BinaryIO,
    unchanging: Unchanging,
    asked: Asked,
    headers: Mapping[str, str],
    media_type: str,
    prefix: bytes = b"",
) -> Response:
    """Answer with the bytes of `prefix` and `file` as they were asked for: 200, 206, 304 or 416.

    The file is closed when it is sent.
    """
    headers = {**headers, **unchanging.headers()}
    if unchanging.is_had(asked):
        file.close()
        return Response(status_code=304, headers=headers)
    size = unchanging.size
    if asked.is_head:
        file.close()
        headers["Content-Length"] = str(size)
        return Response(headers=headers, media_type=media_type)
    part = unchanging.part(asked)
    if part is not None and not part:
        file.close()
        gone = {"Content-Range": f"bytes */{size}", "Content-Length": "0"}
        # What the refusal says of the file is no file to be saved.
        kept = {k: v for k, v in headers.items() if k not in ("Content-Disposition", "ETag")}
        return Response(status_code=416, headers=kept | gone)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    wanted = part if part is not None else range(size)
    status = 200 if part is None else 206
    return SentFile(file, wanted, status, headers, media_type, prefix)


def _takes_gzip(accepted: str) -> bool:
    for item in accepted.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if name == "gzip":
            return not any(_REFUSES.fullmatch(parameter) for parameter in parameters)
    return False


def _are_numbers(first: str, last: str) -> bool:
    texts = [text for text in (first, last) if text]
    return bool(texts) and all(t.isascii() and t.isdigit() and len(t) < 19 for t in texts)


def _moment(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return None if found is None or found.tzinfo is None else found
