"""Frames on pages of other sites: table, chart and map of open data, as anyone sees them.

These are the only pages that other sites may frame. They know nobody: whoever is signed in is
nobody here, so that no site can show a reader's own view around a trap.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from tinhdata.access import ANONYMOUS
from tinhdata.edge.language import LANGUAGES
from tinhdata.edge.visits import language_of, platform_of
from tinhdata.web.contexts.shell import Shell
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.dataset import subject as open_subject
from tinhdata.web.filling.embeds import LANGUAGE, embedded
from tinhdata.web.filling.panel import CHART, MAP, TABLE
from tinhdata.web.filling.reader import Reader
from tinhdata.web.pages import FRAMED_CONTENT_SECURITY_POLICY, render
from tinhdata.web.shell import site_of

router = APIRouter(prefix="/embed/datasets/{dataset}", include_in_schema=False)


@router.get("")
def table(request: Request, dataset: str) -> HTMLResponse:
    """Show a page of rows in a frame of another site."""
    return _framed(request, dataset, TABLE)


@router.get("/chart")
def chart(request: Request, dataset: str) -> HTMLResponse:
    """Show a chart in a frame of another site."""
    return _framed(request, dataset, CHART)


@router.get("/map")
def map_frame(request: Request, dataset: str) -> HTMLResponse:
    """Show a map in a frame of another site."""
    return _framed(request, dataset, MAP)


def _framed(request: Request, dataset: str, view: str) -> HTMLResponse:
    params, platform = request.query_params, platform_of(request)
    asked = params.get(LANGUAGE, "")
    language = asked if asked in LANGUAGES else language_of(request)
    reader = Reader(platform, ANONYMOUS, language, site_of(request))
    context = embedded(open_subject(reader, dataset, params), _paged(params), view)
    around = Shell(language, str(request.url.path), "", platform.pack.name.in_language(language))
    headers = {
        "Content-Security-Policy": FRAMED_CONTENT_SECURITY_POLICY,
        "Cache-Control": "public, no-cache",
        "Vary": "Accept-Language, Cookie",
    }
    return HTMLResponse(render(context, around), headers=headers)


def _paged(params: QueryParams) -> QueryParams:
    """Leave out a page that is none: a frame has nobody who could mend its address."""
    pairs = [pair for pair in params.multi_items() if pair[0] != "page"]
    number = page_number(params.get("page"))
    return QueryParams([*pairs, ("page", str(number))] if number > 1 else pairs)
