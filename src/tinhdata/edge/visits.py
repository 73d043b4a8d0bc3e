"""Who makes a request, in which language: from cookies, a source key, Accept-Language."""

import hmac
from dataclasses import dataclass

from fastapi import Request

from tinhdata.access import ANONYMOUS, Actor, ActorKind, Session
from tinhdata.bootstrap import Platform
from tinhdata.edge.errors import CsrfMissing, NobodySignedIn, SourceKeyInvalid
from tinhdata.edge.language import LANGUAGES, best_language

SESSION_COOKIE = "tinhdata_session"
LANGUAGE_COOKIE = "language"
CSRF_HEADER = "X-CSRF-Token"
KEY_KNOWN = "tinhdata.key-known"
"""Marks, in its scope, a request that came with a valid source key."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's actor and language. `token` is that of the session's cookie."""

    actor: Actor
    session: Session | None
    language: str
    token: str | None


def platform_of(request: Request) -> Platform:
    """Give the platform that the app was made for."""
    platform: Platform = request.app.state.platform
    return platform


def visit_of(request: Request) -> Visit:
    """Say who makes the request by its session cookie; without a living session, anyone."""
    token = request.cookies.get(SESSION_COOKIE)
    session = platform_of(request).access.session(token) if token else None
    return Visit(
        session.actor if session else ANONYMOUS, session, language_of(request), token or None
    )


def key_visit_of(request: Request) -> Visit:
    """As `visit_of`; a source key (Authorization: Bearer) goes before a session.

    Raises SourceKeyInvalid where a key was given and is not valid.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return visit_of(request)
    scheme, _, secret = header.partition(" ")
    actor = None
    if scheme.lower() == "bearer":
        actor = platform_of(request).access.actor_of_key(secret.strip())
    if actor is None:
        raise SourceKeyInvalid
    request.scope[KEY_KNOWN] = True
    return Visit(actor, None, language_of(request), None)


def changing_visit_of(request: Request) -> Visit:
    """As `key_visit_of`, for requests that change something: nobody anonymous, CSRF checked.

    A session brings its token in the header X-CSRF-Token; a source key needs none. Raises
    SignInNeeded, CsrfMissing, SourceKeyInvalid.
    """
    visit = key_visit_of(request)
    if visit.actor.kind is not ActorKind.SOURCE and request.method not in _SAFE:
        require_csrf(visit, request.headers.get(CSRF_HEADER, ""))
    return visit


def speaking_visit_of(request: Request) -> Visit:
    """As `key_visit_of`, for requests by which anyone may tell something, also without an account.

    A session brings its token; without one no page of another site may send it. Raises
    CsrfMissing, SourceKeyInvalid.
    """
    visit = key_visit_of(request)
    if visit.session is not None:
        require_csrf(visit, request.headers.get(CSRF_HEADER, ""))
    elif visit.actor.kind is ActorKind.ANONYMOUS:
        require_own_site(request)
    return visit


def require_csrf(visit: Visit, given: str) -> None:
    """Raise CsrfMissing unless `given` is the token of the visit's session; SignInNeeded without.

    Every change by a person with a cookie goes through here before it does anything.
    """
    if visit.session is None:
        raise NobodySignedIn
    if not hmac.compare_digest(visit.session.csrf.encode(), given.encode()):
        raise CsrfMissing


def require_own_site(request: Request) -> None:
    """Raise CsrfMissing where another site sends the form; without a session there is no token."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "null")
    elsewhere = origin != "null" and origin.partition("://")[2] != request.url.netloc
    if site not in ("same-origin", "none") or elsewhere:
        raise CsrfMissing


def language_of(request: Request) -> str:
    """Give the reader's language: the cookie, then Accept-Language, then the settings."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    default = platform_of(request).settings.language
    return best_language(_accepted(request.headers.get("Accept-Language", "")), default)


def _accepted(header: str) -> list[str]:
    """Read an Accept-Language header: tags, the most wanted first (RFC 9110 section 12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        weight = rest.strip().removeprefix("q=") or "1"
        try:
            wanted = float(weight)
        except ValueError:
            continue
        if tag and wanted > 0:
            weighed.append((wanted, tag))
    return [tag for _, tag in sorted(weighed, key=lambda item: -item[0])]
