"""The open portal: first page, search, agencies, databases, developers, the choice of language."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.catalogue import LONGEST_QUESTION, Sorting
from tinhdata.contracts import AccessLevel
from tinhdata.edge.language import LANGUAGES
from tinhdata.edge.searching import filters_of
from tinhdata.edge.visits import LANGUAGE_COOKIE, platform_of
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.harvest import elsewhere
from tinhdata.web.filling.home import agency_list, agency_page, database_list, home
from tinhdata.web.filling.listing import Wish
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.filling.searching import listed_datasets, suggested
from tinhdata.web.filling.taking import developers
from tinhdata.web.shell import page, part, redirect, site_of

router = APIRouter(include_in_schema=False)

_LANGUAGE_SECONDS = 365 * 24 * 3600


@router.get("/")
def first_page(request: Request) -> HTMLResponse:
    """Show what is new, what is late and the portal in numbers."""
    return page(request, home(reader_of(request)))


@router.get("/datasets")
def datasets(request: Request) -> HTMLResponse:
    """Search and list the datasets that the reader may know of."""
    params = request.query_params
    sort = params.get("sort", "")
    wish = Wish(
        q=params.get("q", "")[:LONGEST_QUESTION].strip(),
        filters=filters_of(params.multi_items()),
        sort=Sorting(sort) if sort in set(Sorting) else Sorting.BEST,
    )
    reader = reader_of(request)
    listed = listed_datasets(reader, wish, page_number(params.get("page")))
    return page(request, replace(listed, elsewhere=elsewhere(reader, wish.q)), query=wish.q)


@router.get("/suggestions")
def suggestions(
    request: Request, q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = ""
) -> HTMLResponse:
    """Give the lines below the search box while someone types."""
    return part(request, "parts/suggestions.html", lines=suggested(reader_of(request), q))


@router.get("/agencies")
def agencies(request: Request) -> HTMLResponse:
    """List the agencies that keep data."""
    return page(request, agency_list(reader_of(request)))


@router.get("/agencies/{code}")
def agency(request: Request, code: str) -> HTMLResponse:
    """Show an agency with its datasets."""
    return page(request, agency_page(reader_of(request), code))


@router.get("/databases")
def databases(request: Request) -> HTMLResponse:
    """Show the register of databases."""
    return page(request, database_list(reader_of(request)))


@router.get("/developers")
def for_developers(request: Request) -> HTMLResponse:
    """Show how programs use the portal."""
    released = [
        each.record.dataset
        for each in reader_of(request).all
        if each.record.release and each.record.access_level is AccessLevel.OPEN
    ]
    example = released[0] if released else None
    return page(request, developers(request.app.openapi(), site_of(request), example))


@router.get("/language/{language}")
def language(
    request: Request, language: str, back: Annotated[str, Query(max_length=2_000)] = "/"
) -> Response:
    """Remember the reader's language and go back to the page she was on."""
    response = redirect(back)
    if language in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=_LANGUAGE_SECONDS,
            path="/",
            samesite="lax",
            httponly=True,
            secure=platform_of(request).settings.secure_cookies,
        )
    return response
