"""Real servers on this machine: HTTP that fails as networks do, FTP, SFTP. None is a stand-in.

The CKAN portal is our own HTTP server that answers the two calls as CKAN's documentation says; no
CKAN was started.
"""

import hashlib
import json
import logging
import os
import socket
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import paramiko

with warnings.catch_warnings():
    # The library stands on asyncore, which Python 3.11 still has and complains about.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import DTPHandler, FTPHandler
    from pyftpdlib.servers import ThreadedFTPServer

USER, PASSWORD = "doc", "mat-khau-thu"


@dataclass
class Offered:
    """What stands at a path, and how the network behaves while it is fetched."""

    content: bytes
    tag: str | None = '"1"'
    modified: float | None = None
    cut_every: int | None = None
    """Close the connection after so many bytes of each answer."""

    wrong_length: int = 0
    """Say a length that is longer by so much than what is sent."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Statuses that are answered first, one per request."""

    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    knows_head: bool = True
    before_get: Callable[[], None] | None = None


@dataclass
class Site:
    """A web server: what it offers by path, and which requests came."""

    port: int = 0
    offered: dict[str, Offered] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    pages: Callable[[str, Mapping[str, list[str]]], object] | None = None
    """Answers JSON for paths that are not offered."""

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self._answer(is_head=False)

    def do_HEAD(self) -> None:
        self._answer(is_head=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""

    def _answer(self, *, is_head: bool) -> None:
        parts = urlsplit(self.path)
        self.site.asked.append((self.command, self.path, dict(self.headers.items())))
        offered = self.site.offered.get(parts.path)
        if offered is None:
            self._page(parts.path, parse_qs(parts.query))
            return
        if is_head and not offered.knows_head:
            self._plain(405, {})
            return
        if offered.answers:
            self._plain(*offered.answers.pop(0))
            return
        if not is_head and offered.before_get is not None:
            offered.before_get()
        if self._is_known(offered):
            self._plain(304, self._validators(offered))
            return
        self._file(offered, is_head=is_head)

    def _file(self, offered: Offered, *, is_head: bool) -> None:
        whole = offered.content
        start, end = self._range(offered)
        if start is not None and start >= len(whole):
            self._plain(416, {"Content-Range": f"bytes */{len(whole)}"})
            return
        body = whole[start or 0 : end]
        self.send_response(206 if start is not None else 200)
        if start is not None:
            last = (start + len(body)) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(whole)}")
        self.send_header("Content-Length", str(len(body) + offered.wrong_length))
        for name, value in {**self._validators(offered), **offered.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if is_head:
            return
        cut = offered.cut_every
        self.wfile.write(body if cut is None else body[:cut])
        if (cut is not None and cut < len(body)) or offered.wrong_length:
            self.close_connection = True

    def _page(self, path: str, query: Mapping[str, list[str]]) -> None:
        found = None if self.site.pages is None else self.site.pages(path, query)
        body = json.dumps(found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _plain(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def _validators(self, offered: Offered) -> dict[str, str]:
        found = {} if offered.tag is None else {"ETag": offered.tag}
        if offered.modified is not None:
            found["Last-Modified"] = formatdate(offered.modified, usegmt=True)
        return found

    def _is_known(self, offered: Offered) -> bool:
        if offered.tag is not None and "If-None-Match" in self.headers:
            return self.headers["If-None-Match"] == offered.tag
        if offered.modified is not None and "If-Modified-Since" in self.headers:
            return self.headers["If-Modified-Since"] == formatdate(offered.modified, usegmt=True)
        return False

    def _range(self, offered: Offered) -> tuple[int | None, int | None]:
        wanted = self.headers.get("Range", "")
        if not offered.ranges or not wanted.startswith("bytes="):
            return None, None
        if self.headers.get("If-Range") not in (None, offered.tag):
            return None, None
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        return int(start), int(end) + 1 if end else None


@contextmanager
def website() -> Iterator[Site]:
    """Serve a site as long as the block runs."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Portal:
    """What a CKAN portal knows of one resource."""

    resource: dict[str, object]
    fields: tuple[str, ...] = ()
    rows: list[dict[str, object]] = field(default_factory=list)
    before_page: Callable[[int], None] | None = None

    def answer(self, path: str, query: Mapping[str, list[str]]) -> object:
        """Answer resource_show and datastore_search as CKAN does."""
        if path == "/api/3/action/resource_show" and query.get("id") == [self.resource["id"]]:
            return {"success": True, "result": self.resource}
        if path == "/api/3/action/datastore_search":
            offset, limit = int(query["offset"][0]), int(query["limit"][0])
            if self.before_page is not None:
                self.before_page(offset)
            fields = [{"id": "_id", "type": "int"}, *({"id": each} for each in self.fields)]
            records = [{"_id": at, **row} for at, row in enumerate(self.rows, 1)]
            page = records[offset : offset + limit] if limit else []
            result = {"fields": fields, "records": page, "total": len(self.rows)}
            return {"success": True, "result": result}
        return None


# --- FTP


@dataclass
class FileServer:
    """A server with files below `folder`; a transfer is cut after so many bytes, if at all."""

    folder: Path
    port: int = 0
    cut_every: int | None = None
    host_key: str = ""


@contextmanager
def ftp_server(folder: Path) -> Iterator[FileServer]:
    """Run a real FTP server as long as the block runs."""
    found = FileServer(folder)

    class Cutting(DTPHandler):  # type: ignore[misc] # the library has no types
        sent = 0

        def send(self, data: bytes) -> int:
            limit = found.cut_every
            if limit is not None and self.sent >= limit:
                # A cut cable takes the commands' connection along.
                self.cmd_channel.close()
                return 0
            piece = data if limit is None else data[: limit - self.sent]
            count: int = super().send(piece)
            self.sent += count
            return count

        def use_sendfile(self) -> bool:
            return False

    logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder), perm="elradfmw")
    handler = type(
        "Handler",
        (FTPHandler,),
        {"authorizer": authorizer, "dtp_handler": Cutting, "use_sendfile": False},
    )
    server = ThreadedFTPServer(("127.0.0.1", 0), handler)
    found.port = server.address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.close_all()
        thread.join(timeout=10)


# --- SFTP


class _Door(paramiko.ServerInterface):  # type: ignore[misc] # the library has no types
    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == (USER, PASSWORD)
        return int(paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc] # the library has no types
    def __init__(self, path: Path, server: FileServer, line: socket.socket) -> None:
        super().__init__(os.O_RDONLY)
        self.readfile = path.open("rb")
        self._server, self._line = server, line
        self._sent = 0

    def read(self, offset: int, length: int) -> bytes | int:
        limit = self._server.cut_every
        if limit is not None and self._sent >= limit:
            self._line.close()
            return int(paramiko.SFTP_FAILURE)
        self._sent += length
        found: bytes | int = super().read(offset, length)
        return found


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc] # the library has no types
    def __init__(self, _door: _Door, files: FileServer, line: socket.socket) -> None:
        self._files, self._line = files, line

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(each.stat(), each.name)
                for each in self._at(path).iterdir()
            ]
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> _Handle | int:
        try:
            return _Handle(self._at(path), self._files, self._line)
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    def remove(self, path: str) -> int:
        self._at(path).unlink()
        return int(paramiko.SFTP_OK)

    def rename(self, oldpath: str, newpath: str) -> int:
        self._at(oldpath).rename(self._at(newpath))
        return int(paramiko.SFTP_OK)

    def _at(self, path: str) -> Path:
        return self._files.folder / path.lstrip("/")


@contextmanager
def sftp_server(folder: Path) -> Iterator[FileServer]:
    """Run a real SFTP server as long as the block runs."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    key = paramiko.ECDSAKey.generate()
    found = FileServer(folder, host_key=f"{key.get_name()} {key.get_base64()}")
    listening = socket.create_server(("127.0.0.1", 0))
    found.port = listening.getsockname()[1]
    lines: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            lines.append(line)
            transport = paramiko.Transport(line)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, found, line)
            try:
                transport.start_server(server=_Door())
            except (paramiko.SSHException, EOFError, OSError):
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        listening.close()
        for line in lines:
            line.close()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
