"""One file at an address: asked for only when it changed, gone on with where it broke off."""

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import httpx

from tinhdata.kernel import t
from tinhdata.sources.drivers.remote import Fetched
from tinhdata.sources.drivers.web import Web, moment_of, range_start
from tinhdata.sources.errors import SourceChanging, SourceUnfit
from tinhdata.sources.model import RemoteFile, TakenFile

_NO_HEAD = frozenset({403, 404, 405, 501})
_OK = frozenset({200})


class HTTPFile:
    """The file behind `url`; the same verbs serve the files that a CKAN portal points to."""

    def __init__(self, web: Web, url: str) -> None:
        self._web = web
        self._url = url

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def files(self, known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """Ask whether the file changed since it was taken; nothing where it did not."""
        name = name_of(self._url)
        headers = _condition(known.get(name))
        with self._web.ask("HEAD", self._url, headers, _OK | {304} | _NO_HEAD) as response:
            status = response.status_code
            found = _described(name, response)
        if status in _NO_HEAD:
            # Some servers know no HEAD; then the head of a GET is looked at and the body left.
            with self._web.ask("GET", self._url, headers, _OK | {304}) as response:
                status = response.status_code
                found = _described(name, response)
        return () if status == 304 else (found,)

    @contextmanager
    def fetch(self, file: RemoteFile, start: int) -> Iterator[Fetched]:
        """Open the file, going on at `start` if it is still the same version."""
        headers = {"Accept": "*/*"}
        validator = _validator(file.version)
        if start and validator:
            headers |= {"Range": f"bytes={start}-", "If-Range": validator}
        with self._web.ask("GET", self._url, headers, _OK | {206, 416}) as response:
            if response.status_code == 416:
                # All of it is here already, or the file is another one; the caller counts.
                yield Fetched(start, iter(()))
                return
            _demand_plain(response)
            begins = range_start(response)
            if begins not in (0, start):
                raise SourceUnfit(
                    t("The server sends another part of the file than was asked for."),
                    fix=t("Ask who runs the server."),
                )
            now = _described(file.name, response)
            if file.version and now.version and now.version != file.version:
                raise SourceChanging(t("The file changed while it was fetched."))
            yield Fetched(begins, self._web.pieces(response, self._url))

    def is_same(self, file: RemoteFile) -> bool:
        """Trust what the answer itself said: its version was compared when the body began."""
        return True

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Leave the file: it is not ours."""


def name_of(url: str) -> str:
    """Give the name of the file at an address."""
    return unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2] or "data"


def _described(name: str, response: httpx.Response) -> RemoteFile:
    headers = response.headers
    length = headers.get("content-length")
    is_part = response.status_code == 206
    total = re.search(r"/(\d+)$", headers.get("content-range", "")) if is_part else None
    size = int(total.group(1)) if total else None
    if size is None and not is_part and length is not None and length.isdecimal():
        size = int(length)
    tag, modified = headers.get("etag"), headers.get("last-modified")
    version = f"etag {tag}" if tag else f"modified {modified} {size}" if modified else None
    return RemoteFile(
        name=name,
        version=version,
        size=size,
        modified=moment_of(modified),
        filename=_disposition(headers.get("content-disposition")) or name,
        digest=_digest(headers),
        resumable=_validator(version) is not None,
    )


def _condition(known: TakenFile | None) -> dict[str, str]:
    if known is None or known.taken_version is None:
        return {}
    kind, _, rest = known.taken_version.partition(" ")
    if kind == "etag":
        return {"If-None-Match": rest}
    if kind == "modified":
        return {"If-Modified-Since": rest.rpartition(" ")[0]}
    return {}


def _validator(version: str | None) -> str | None:
    """Give what If-Range may hold: a strong tag; a date says too little, it counts in seconds."""
    kind, _, rest = (version or "").partition(" ")
    return rest if kind == "etag" and rest.startswith('"') else None


def _demand_plain(response: httpx.Response) -> None:
    coding = response.headers.get("content-encoding", "identity").lower()
    if coding != "identity":
        raise SourceUnfit(
            t(
                "The server sends the file compressed ({coding}) though asked not to.",
                coding=coding,
            ),
            fix=t("Ask who runs the server, or name an address without compression."),
        )


def _digest(headers: httpx.Headers) -> tuple[str, str] | None:
    """Read a SHA-256 of the whole file (RFC 9530 Repr-Digest; the older Digest)."""
    for name, pattern in (
        ("repr-digest", r"sha-256=:([A-Za-z0-9+/=]+):"),
        ("digest", r"(?i:sha-256)=([A-Za-z0-9+/=]+)"),
    ):
        found = re.search(pattern, headers.get(name, ""))
        if found:
            try:
                return "sha256", base64.b64decode(found.group(1), validate=True).hex()
            except ValueError:
                return None
    return None


def _disposition(header: str | None) -> str | None:
    found = re.search(r'filename="?([^";]+)"?', header or "")
    return found.group(1).strip() if found else None
