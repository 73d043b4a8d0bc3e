"""Platform -> ASGI app: the API, the pages, the static files, and what surrounds them all."""

from importlib.metadata import version
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tinhdata.access import SignInNeeded
from tinhdata.api import ckan_router, description
from tinhdata.api import router as api_router
from tinhdata.bootstrap import Platform
from tinhdata.edge.budgets import Buckets, Budgets
from tinhdata.edge.counting import Counting
from tinhdata.edge.errors import (
    BodyTooLarge,
    BudgetSpent,
    MethodWrong,
    PageNotFound,
    RequestInvalid,
)
from tinhdata.edge.files import MEDIA_TYPES, FileFormat, is_file
from tinhdata.edge.guards import (
    HEAD_ONLY,
    SMALL_BODY,
    BodyLimit,
    Incidents,
    KnownHosts,
    PlainText,
    SecureAnswers,
    log_incident,
)
from tinhdata.edge.hanging_up import HangUps
from tinhdata.edge.language import say
from tinhdata.edge.problems import (
    headers_of,
    new_incident,
    problem_response,
    status_of,
    title_of,
)
from tinhdata.edge.tagging import Tagged
from tinhdata.edge.visits import SESSION_COOKIE, language_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.web.assets import STATIC, bundle_hash
from tinhdata.web.contexts.portal import ProblemPage
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.pages import CONTENT_SECURITY_POLICY
from tinhdata.web.routes import router as web_router
from tinhdata.web.shell import page

_API = "/api/"
VERSION = version("tinhdata")
_FOREVER = "public, max-age=31536000, immutable"


def create_app(platform: Platform) -> FastAPI:
    """Make the app that serves `platform`; it neither opens nor closes it."""
    settings = platform.settings
    app = FastAPI(
        title="tinhdata",
        version=VERSION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        # A redirect would repeat the host name that the request claims.
        redirect_slashes=False,
        middleware=[
            # What a proxy says of a reader is believed only of proxies that are named.
            Middleware(ProxyHeadersMiddleware, list(settings.proxies)),
            Middleware(SecureAnswers, CONTENT_SECURITY_POLICY, settings.secure_cookies),
            Middleware(_Compressed),
            Middleware(Incidents, _send_problem),
            Middleware(KnownHosts, _hosts(settings.public_url, settings.host), _send_problem),
            Middleware(
                Budgets, settings.api_budget, settings.api_key_budget, _send_problem, Buckets()
            ),
            Middleware(Counting, platform.usage),
            Middleware(Tagged),
            Middleware(PlainText, _send_problem),
            Middleware(BodyLimit, settings.upload_limit_mb << 20),
            Middleware(HangUps),
        ],
    )
    app.state.platform = platform
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.include_router(api_router)
    app.include_router(ckan_router)
    _add_own_routes(app, platform)
    app.include_router(web_router, include_in_schema=False)
    app.openapi = lambda: description(app)  # type: ignore[method-assign] # FastAPI's own way
    return app


def _add_own_routes(app: FastAPI, platform: Platform) -> None:
    @app.get("/health", include_in_schema=False)
    def health() -> Response:
        """Say that the process answers and its metadata database too."""
        with platform.db.read():
            return JSONResponse({"status": "ok", "version": VERSION})

    @app.get("/static/{bundle}/{name:path}", include_in_schema=False)
    def static(bundle: str, name: str) -> Response:
        """Give a static file; under the hash of today's bundle it never changes."""
        try:
            path = (STATIC / name).resolve()
            is_ours = path.is_relative_to(STATIC.resolve()) and path.is_file()
        except (OSError, ValueError):  # a name that no file can have
            is_ours = False
        if not is_ours:
            raise PageNotFound
        kept = _FOREVER if bundle == bundle_hash() else "no-cache"
        return FileResponse(path, headers={"Cache-Control": kept})


def _on_problem(request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else PageNotFound()
    incident = None
    if status_of(problem) == 500:
        incident = new_incident()
        log_incident(incident, request.scope, error)
    return _answer(request, problem, incident)


def _on_http(request: Request, error: Exception) -> Response:
    """Say in our own words what routing or reading a body found."""
    # FastAPI wraps what is raised while it reads a body; the cause says more.
    if isinstance(error.__cause__, Problem):
        return _on_problem(request, error.__cause__)
    status = error.status_code if isinstance(error, HTTPException) else 400
    known: dict[int, Problem] = {
        404: PageNotFound(),
        405: MethodWrong(),
        413: BodyTooLarge(SMALL_BODY),
    }
    response = _answer(request, known.get(status) or _unreadable())
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _on_validation(request: Request, error: Exception) -> Response:
    """Name the place that does not fit; its value is not repeated."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    where = ".".join(str(part) for part in found[0]["loc"]) if found else "body"
    problem = RequestInvalid(
        t("“{place}” does not have the form that is expected.", place=where),
        fix=t("The description of the interface says which form it has."),
        where=where,
    )
    return _answer(request, problem)


def _unreadable() -> Problem:
    return RequestInvalid(
        t("The request could not be read."),
        fix=t("The description of the interface says which form it has."),
    )


async def _send_problem(
    scope: Scope, receive: Receive, send: Send, problem: Problem, incident: str | None
) -> None:
    response = await run_in_threadpool(_answer, Request(scope, receive), problem, incident)
    await response(scope, receive, send)


def _answer(request: Request, problem: Problem, incident: str | None = None) -> Response:
    """Answer programs with a problem document and people with a page."""
    if request.url.path.startswith(_API) or isinstance(problem, BudgetSpent):
        return problem_response(problem, language_of(request), incident)
    try:
        response: Response = page(request, _page_of(request, problem, incident), status_of(problem))
    except Exception as error:
        # Where not even a page can be written, the bare words must do.
        log_incident(incident or new_incident(), request.scope, error)
        words = [problem.text, *([problem.fix] if problem.fix else [])]
        said = "\n".join(say(text, language_of(request)) for text in words)
        response = PlainTextResponse(f"{said}\n{incident or ''}", status_of(problem))
    response.headers.update(
        {name: value for name, value in headers_of(problem).items() if name == "Retry-After"}
    )
    return response


def _page_of(request: Request, problem: Problem, incident: str | None) -> ProblemPage:
    status = status_of(problem)
    return ProblemPage(
        status, title_of(status), problem.text, problem.fix, incident, _ways_on(request, problem)
    )


def _ways_on(request: Request, problem: Problem) -> tuple[Choice, ...]:
    if not isinstance(problem, SignInNeeded):
        return ()
    url = request.url
    here = f"{url.path}?{url.query}" if url.query else url.path
    back = f"?back={quote(here, safe='')}" if request.method == "GET" else ""
    sign_in: Text = t("Sign in")
    return (Choice("sign-in", sign_in, href=f"/sign-in{back}"),)


def _hosts(public_url: str | None, host: str) -> frozenset[str]:
    """Give the names that requests may name, none where they are not known."""
    name = urlsplit(public_url or "").hostname
    return frozenset({name, host, "localhost", "127.0.0.1", "::1"}) if name else frozenset()


class _Compressed:
    """Compresses what everyone sees; never pages of a session, whose length would tell secrets.

    Files of rows are compressed where they are written, or not at all.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(
            app,
            minimum_size=1024,
            compresslevel=6,
            exclude_content_types=(
                *DEFAULT_EXCLUDED_CONTENT_TYPES,
                MEDIA_TYPES[FileFormat.XLSX],
                MEDIA_TYPES[FileFormat.PARQUET],
                MEDIA_TYPES[FileFormat.GEOPACKAGE],
            ),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_own = scope["type"] == "http" and (
            SESSION_COOKIE in Headers(scope=scope).get("cookie", "")
            and not scope["path"].startswith("/static/")
        )
        # What has no body is told of as it is: then its length is known.
        as_it_is = (
            is_own or HEAD_ONLY in scope or (scope["type"] == "http" and is_file(scope["path"]))
        )
        await (self._plain if as_it_is else self._compressed)(scope, receive, send)
