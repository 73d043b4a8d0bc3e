"""The open portal: first page, search, agencies, databases, developers, the choice of language."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.contracts import AccessLevel
from tinhdata.edge.language import LANGUAGES
from tinhdata.edge.visits import LANGUAGE_COOKIE, platform_of
from tinhdata.web.contexts.portal import DatasetList
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.home import agency_list, agency_page, database_list, home
from tinhdata.web.filling.listing import Wish, dataset_list
from tinhdata.web.filling.reader import Reader, reader_of
from tinhdata.web.filling.taking import developers
from tinhdata.web.shell import page, redirect, site_of

router = APIRouter(include_in_schema=False)

_LANGUAGE_SECONDS = 365 * 24 * 3600
_LONGEST_SEARCH = 200


@router.get("/")
def first_page(request: Request) -> HTMLResponse:
    """Show what is new, what is late and the portal in numbers."""
    return page(request, home(reader_of(request)))


@router.get("/datasets")
def datasets(request: Request) -> HTMLResponse:
    """Search and list the datasets that the reader may know of."""
    params = request.query_params
    wish = Wish(
        q=params.get("q", "")[:_LONGEST_SEARCH].strip(),
        agency=params.get("agency", ""),
        sector=params.get("sector", ""),
        database=params.get("database", ""),
        level=params.get("level", ""),
        simulated=params.get("simulated", ""),
        late=params.get("late", ""),
        sort=params.get("sort", ""),
    )
    listed = _listed(reader_of(request), wish, page_number(params.get("page")))
    return page(request, listed, query=wish.q)


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


def _listed(reader: Reader, wish: Wish, number: int) -> DatasetList:
    found = reader.find(wish.q)
    suggestion = None if found or not wish.q else _suggestion(reader, wish.q)
    return dataset_list(found, wish, number, suggestion)


def _suggestion(reader: Reader, words: str) -> str | None:
    """Give the words of a search that do find something, where all together find nothing."""
    helpful: list[str] = []
    for word in words.split()[:10]:
        if reader.find(" ".join([*helpful, word])):
            helpful.append(word)
    return " ".join(helpful) or None
