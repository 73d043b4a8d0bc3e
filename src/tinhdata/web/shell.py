"""What every handler of the pages needs: the shell of a request, a written page, a way on.

A notice travels over a redirect in a cookie that lives for half a minute. It is shown only if its
sentence is one of ours, and it is escaped like everything else.
"""

import base64
import binascii
import json

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tinhdata.access import AccessNotFound, Actor, Role, role_name
from tinhdata.bootstrap import Platform
from tinhdata.edge.language import say, translations
from tinhdata.edge.proposals import to_sign
from tinhdata.edge.visits import platform_of, visit_of
from tinhdata.kernel import JSON, Text, t
from tinhdata.web.contexts.shell import Area, Context, Notice, Shell, Tone, Visitor
from tinhdata.web.pages import render, render_part

NOTICE_COOKIE = "tinhdata_notice"
_NOTICE_SECONDS = 30
_NOTICE_LENGTH = 2_000
_LONGEST_VALUE = 200

_ENTERS = {
    Area.DELIVER: frozenset(Role),
    Area.QUARANTINE: frozenset({Role.OFFICER, Role.APPROVER}),
    Area.APPROVALS: frozenset({Role.APPROVER}),
    Area.CONTRACTS: frozenset(Role),
    Area.PEOPLE: frozenset({Role.OPERATOR}),
    Area.SOURCES: frozenset({Role.OFFICER, Role.OPERATOR}),
    Area.HARVEST: frozenset({Role.OPERATOR}),
    Area.FEEDBACK: frozenset({Role.OFFICER, Role.APPROVER, Role.OPERATOR}),
}
"""Who finds a part of the console in the menu; what he may do there is decided behind each door."""


def shell(request: Request, *, notices: tuple[Notice, ...] = (), query: str = "") -> Shell:
    """Give what surrounds the page that answers `request`."""
    platform, visit = platform_of(request), visit_of(request)
    session = visit.session
    return Shell(
        language=visit.language,
        here=_here(request),
        portal=say(t("Data portal"), visit.language),
        province=platform.pack.name.in_language(visit.language),
        csrf=session.csrf if session else "",
        visitor=_visitor(platform, visit.actor, visit.language) if session else None,
        waiting=_waiting(platform, visit.actor) if session else 0,
        query=query,
        notices=(*carried(request), *notices),
        demo=platform.settings.demo,
    )


def page(
    request: Request,
    context: Context,
    status: int = 200,
    *,
    notices: tuple[Notice, ...] = (),
    query: str = "",
) -> HTMLResponse:
    """Answer with the page `context`, and forget the notice that came with the request."""
    around = shell(request, notices=notices, query=query)
    response = HTMLResponse(render(context, around), status, _kept(around))
    if NOTICE_COOKIE in request.cookies:
        response.delete_cookie(NOTICE_COOKIE, path="/", httponly=True, samesite="lax")
    return response


def part(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Answer with the part of a page that htmx swaps in."""
    around = shell(request)
    return HTMLResponse(render_part(template, around, **values), status, _kept(around))


def is_htmx(request: Request) -> bool:
    """Say whether htmx asks, and so only a part of the page is wanted."""
    return request.headers.get("HX-Request") == "true"


def redirect(path: str, notice: Notice | None = None) -> Response:
    """Send the reader on to `path` of this portal (303), with something to say there."""
    response = RedirectResponse(local_path(path), 303)
    if notice is not None:
        value = _packed(notice)
        if len(value) <= _NOTICE_LENGTH:
            response.set_cookie(
                NOTICE_COOKIE,
                value,
                max_age=_NOTICE_SECONDS,
                path="/",
                httponly=True,
                samesite="lax",
            )
    return response


def local_path(path: str, default: str = "/") -> str:
    r"""Give `path` if it is an address within this portal, else `default`.

    A browser takes `//host` and `/\host` for another host and skips control characters.
    """
    plain = path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else default


def site_of(request: Request) -> str:
    """Give the address under which people reach the portal, without a slash at its end."""
    said = platform_of(request).settings.public_url
    return (said or str(request.base_url)).rstrip("/")


def _kept(around: Shell) -> dict[str, str]:
    """Say who may keep a page: nobody that of a session, so that signing out leaves nothing."""
    kept = "private, no-store" if around.visitor else "private, no-cache"
    return {"Cache-Control": kept, "Vary": "Cookie, Accept-Language"}


def _here(request: Request) -> str:
    url = request.url
    return f"{url.path}?{url.query}" if url.query else url.path


def _waiting(platform: Platform, actor: Actor) -> int:
    deliveries = platform.deliveries.waiting_for(actor)
    signing = to_sign(platform, actor)
    written = platform.feedback.count_waiting(actor)
    alarms = platform.sources.waiting_for(actor)
    return len(deliveries) + len(alarms) + len(signing) + written


def _visitor(platform: Platform, actor: Actor, language: str) -> Visitor:
    return Visitor(
        name=actor.name,
        agency=_agency_name(platform, actor, language),
        roles=tuple(role_name(role) for role in Role if role in actor.roles),
        areas=frozenset(area for area, roles in _ENTERS.items() if roles & actor.roles),
    )


def _agency_name(platform: Platform, actor: Actor, language: str) -> str | None:
    if actor.agency is None:
        return None
    try:
        return platform.access.agency(actor.agency).name.in_language(language)
    except AccessNotFound:
        return actor.agency


def _packed(notice: Notice) -> str:
    said: dict[str, JSON] = {"text": notice.text.to_json(), "tone": notice.tone.value}
    if notice.fix is not None:
        said["fix"] = notice.fix.to_json()
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def carried(request: Request) -> tuple[Notice, ...]:
    """Give the notice that came with the request; none that cannot be read or is not ours."""
    value = request.cookies.get(NOTICE_COOKIE, "")[:_NOTICE_LENGTH]
    if not value:
        return ()
    try:
        said = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        text, fix = Text.from_json(said["text"]), said.get("fix")
        notice = Notice(text, Tone(said["tone"]), Text.from_json(fix) if fix else None)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return ()
    texts = [item for item in (notice.text, notice.fix) if item]
    return (notice,) if all(map(_is_ours, texts)) else ()


def _is_ours(text: Text) -> bool:
    """Say whether the sentence is one of ours and its values are short."""
    if translations("vi").gettext(text.msgid) == text.msgid:
        return False
    return all(
        _is_ours(value) if isinstance(value, Text) else len(str(value)) <= _LONGEST_VALUE
        for value in text.params.values()
    )
