"""What surrounds every request: limits on bodies, security headers, and honest answers to bugs.

Plain ASGI layers, so that streamed answers stay streams and uploads are stopped while they come.
"""

import traceback
from collections.abc import Awaitable, Callable
from pathlib import PurePath
from typing import TypeAlias

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tinhdata.edge.errors import BodyTooLarge, HostUnknown, NobodySignedIn, RequestInvalid
from tinhdata.edge.problems import Broken, new_incident
from tinhdata.edge.visits import SESSION_COOKIE
from tinhdata.kernel import Problem, t

SMALL_BODY = 4 << 20
"""Largest body of a request that brings no file."""

_FORM_ROOM = 1 << 20
"""What a form adds around the file in it; the file itself is measured when it lands."""

_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, Accept-Language",
    "Access-Control-Max-Age": "86400",
}
"""What pages elsewhere may ask for: open data, with the headers that save bytes."""

_CATALOGUE = ("/catalog", "/dataset/", "/feeds/", "/sitemap", "/opensearch.xml")
"""The catalogue in the forms of standards."""

_FOR_ANYONE = ("/api/3/", "/api/action/", "/api/util/", "/datastore/", *_CATALOGUE)
"""Where every answer is what anyone may see, whoever asks: CKAN's interface, the catalogue."""

_QUESTIONS = ("/api/v1/sql", "/api/3/action/", "/api/action/")
"""Where a POST only asks; programs of other sites may send their keys along, which say nothing."""

_ASKING_PREFLIGHT = {
    **_PREFLIGHT,
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": (
        "If-None-Match, Accept-Language, Content-Type, Authorization, X-CKAN-API-Key"
    ),
}

_TEXTS = ("application/json", "application/x-www-form-urlencoded")
_log = structlog.get_logger("tinhdata.edge")

Answer: TypeAlias = Callable[[Scope, Receive, Send, Problem, str | None], Awaitable[None]]
"""Sends the answer to a problem, with an incident's number if it has one."""


class Incidents:
    """Catches what nobody foresaw: a number for the reader, a log line without any value."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            incident = new_incident()
            log_incident(incident, scope, error)
            if started:
                # Half an answer must not look like a whole one: the connection breaks.
                raise RuntimeError(f"incident {incident} in the middle of an answer") from None
            await self._answer(scope, receive, send, Broken(), incident)


def log_incident(incident: str, scope: Scope, error: BaseException) -> None:
    """Log where it broke: kinds and places only, since messages may hold values of people."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    _log.error(
        "request.failed",
        incident=incident,
        method=scope.get("method"),
        route=getattr(scope.get("route"), "path", None),
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ else None,
        frames=[f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in frames],
    )


class BodyLimit:
    """Stops a body as soon as it is too large, or too large for someone who is not signed in.

    The refusal is raised where the body is read, so that it is answered like any other problem.
    """

    def __init__(self, app: ASGIApp, upload_limit: int) -> None:
        self._app = app
        self._upload_limit = upload_limit + _FORM_ROOM

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit, problem = self._refusal(headers, scope["path"])
        announced = headers.get("content-length", "")
        size = int(announced) if announced.isdigit() and len(announced) < 20 else 0
        counted = 0

        async def limited() -> Message:
            nonlocal counted
            if size > limit:
                raise problem
            message = await receive()
            counted += len(message.get("body", b""))
            if counted > limit:
                raise problem
            return message

        await self._app(scope, limited, send)

    def _refusal(self, headers: Headers, path: str) -> tuple[int, Problem]:
        if headers.get("content-type", "").startswith(_TEXTS):
            return SMALL_BODY, BodyTooLarge(SMALL_BODY)
        if "authorization" in headers or SESSION_COOKIE in cookie_parser(headers.get("cookie", "")):
            # A browser shows an answer only after it has sent all; pages read a bit past the limit.
            room = self._upload_limit if _is_api(path) else 3 * self._upload_limit
            return room, BodyTooLarge(self._upload_limit)
        return SMALL_BODY, NobodySignedIn()


class PlainText:
    """Refuses a NUL in an address or a JSON body: no text has one, and PostgreSQL stores none."""

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            await self._answer(scope, receive, send, _nul(), None)
            return
        is_json = Headers(scope=scope).get("content-type", "").startswith(_TEXTS[0])

        async def plain() -> Message:
            message = await receive()
            body = message.get("body", b"")
            if is_json and (b"\\u0000" in body or b"\0" in body):
                raise _nul()
            return message

        await self._app(scope, plain, send)


def _nul() -> RequestInvalid:
    return RequestInvalid(
        t("The request holds a character (NUL) that no text has."),
        fix=t("Take it out and send the request again."),
    )


class SecureAnswers:
    """Puts the headers on every answer that keep browsers from doing harm with it."""

    def __init__(self, app: ASGIApp, content_security_policy: str, is_secure: bool) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if is_secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; HEAD is answered as GET without the body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Headers(scope=scope)
        is_head = scope["method"] == "HEAD"
        is_known = (
            SESSION_COOKIE in cookie_parser(request.get("cookie", "")) or "authorization" in request
        )
        is_open = _is_open(scope["method"], scope["path"], is_known)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seal(MutableHeaders(scope=message), is_known, is_open)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["method"] == "OPTIONS" and is_interface(scope["path"]):
            headers = _ASKING_PREFLIGHT if scope["path"].startswith(_QUESTIONS) else _PREFLIGHT
            await Response(status_code=204, headers=headers)(scope, receive, sealed)
            return
        await self._app(_as_get(scope) if is_head else scope, receive, sealed)

    def _seal(self, headers: MutableHeaders, is_known: bool, is_open: bool) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        if "set-cookie" in headers:
            headers["Cache-Control"] = "no-store"
        headers.setdefault("Cache-Control", "no-cache")
        if is_known and "public" not in headers["Cache-Control"]:
            headers["Cache-Control"] = "no-store"
        if is_open:
            # Anyone's page may read what anyone may read; cookies never come along.
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Access-Control-Expose-Headers"] = (
                "ETag, Content-Disposition, Retry-After, RateLimit, RateLimit-Policy"
            )


class KnownHosts:
    """Answers only under the names that the platform is reached by, where they are known."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], answer: Answer) -> None:
        self._app = app
        self._hosts = hosts
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that the host is unknown."""
        if scope["type"] == "http" and self._hosts:
            host = _host_name(Headers(scope=scope).get("host", ""))
            if host not in self._hosts:
                await self._answer(scope, receive, send, HostUnknown(), None)
                return
        await self._app(scope, receive, send)


def _host_name(header: str) -> str:
    name, _, port = header.rpartition(":")
    return (name if port.isdigit() else header).strip("[]").lower()


HEAD_ONLY = "tinhdata.head-only"
"""Marks, in its scope, a request whose answer has no body: what is costly need not be made."""


def _as_get(scope: Scope) -> Scope:
    """Give a HEAD as the GET that it asks about."""
    return {**scope, "method": "GET", HEAD_ONLY: True}


def _is_open(method: str, path: str, is_known: bool) -> bool:
    """Say whether a page of any other site may read the answer."""
    if method == "POST":
        return path.startswith(_QUESTIONS) and (path.startswith(_FOR_ANYONE) or not is_known)
    if method not in {"GET", "HEAD"}:
        return False
    return path.startswith(_FOR_ANYONE) or (_is_api(path) and not is_known)


def is_interface(path: str) -> bool:
    """Say whether programs read here: the interface, CKAN's, the catalogue in standards."""
    return _is_api(path) or path.startswith(_FOR_ANYONE)


def is_for_anyone(path: str) -> bool:
    """Say whether the answer is the same whoever asks, so that keys and cookies say nothing."""
    return path.startswith(_FOR_ANYONE)


def is_question(path: str) -> bool:
    """Say whether a POST to `path` only asks."""
    return path.startswith(_QUESTIONS)


def _is_api(path: str) -> bool:
    return path.startswith("/api/")
