"""What of a file is wanted: ranges, conditions, and bytes that come as they lie."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tinhdata.edge.sending import Asked, SentFile, Unchanging

FILE = Unchanging(100, '"abc"', datetime(2026, 1, 2, 3, 4, 5, 678, UTC))
TIME = "Fri, 02 Jan 2026 03:04:05 GMT"


@pytest.mark.parametrize(
    ("ranges", "wanted"),
    [
        (None, None),
        ("bytes=0-0", range(1)),
        ("bytes=0-99", range(100)),
        ("Bytes = 90-200", range(90, 100)),
        ("bytes=-1", range(99, 100)),
        ("bytes=-500", range(100)),
        ("bytes=99-", range(99, 100)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=٣-٤", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("0-1", None),
    ],
)
def test_a_part_is_what_the_range_says(ranges: str | None, wanted: range | None) -> None:
    assert FILE.part(Asked(ranges=ranges)) == wanted


@pytest.mark.parametrize("ranges", ["bytes=100-", "bytes=100-200", "bytes=-0", f"bytes={10**17}-"])
def test_a_part_behind_the_end_holds_nothing(ranges: str) -> None:
    part = FILE.part(Asked(ranges=ranges))
    assert part is not None
    assert not part


def test_a_reader_has_it_by_its_tag_or_else_by_its_time() -> None:
    assert FILE.is_had(Asked(if_none_match='W/"abc"'))
    assert FILE.is_had(Asked(if_modified_since=TIME))
    assert not FILE.is_had(Asked(if_none_match='"x"', if_modified_since=TIME))
    assert not FILE.is_had(Asked(if_modified_since="Fri, 02 Jan 2026 03:04:04 GMT"))
    assert not FILE.is_had(Asked(if_modified_since="gestern"))
    assert not FILE.is_had(Asked(if_modified_since="Mon, 01 Jan 99999999999 00:00:00 GMT"))
    assert not FILE.is_had(Asked())


@pytest.mark.parametrize("size", [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3 << 18])
def test_every_byte_is_sent_once_and_the_file_is_closed(tmp_path: Path, size: int) -> None:
    content = bytes(number * 7 % 251 for number in range(size))
    path = tmp_path / "a"
    path.write_bytes(content)
    for prefix in (b"", b"\xef\xbb\xbf"):
        whole = prefix + content
        for wanted in (range(len(whole)), range(1, len(whole)), range(len(whole) // 2)):
            file = path.open("rb")
            answer = SentFile(file, wanted, 200, {}, "text/plain", prefix)
            assert sent_by(answer) == whole[wanted.start : wanted.stop]
            assert answer.headers["Content-Length"] == str(len(wanted))
            assert file.closed


def test_a_file_that_became_shorter_is_an_error_not_a_short_answer(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    file = path.open("rb")
    with pytest.raises(OSError, match="shorter"):
        sent_by(SentFile(file, range(5), 200, {}, "text/plain"))
    assert file.closed


def sent_by(answer: SentFile) -> bytes:
    """Send it as a server would, and give the body."""
    pieces: list[bytes] = []

    async def send(message: object) -> None:
        if isinstance(message, dict) and message["type"] == "http.response.body":
            pieces.append(bytes(message["body"]))

    async def receive() -> dict[str, str]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}}
    asyncio.run(answer(scope, receive, send))
    return b"".join(pieces)
