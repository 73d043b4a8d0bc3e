"""The shared data dictionary: search, one element, what it covers."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.elements import ElementWish, coverage_page, element_list, element_page
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.shell import page

router = APIRouter(include_in_schema=False)

_LONGEST_SEARCH = 200


@router.get("/dictionary")
def elements(request: Request) -> HTMLResponse:
    """Search and list the elements in force."""
    params = request.query_params
    wish = ElementWish(
        q=params.get("q", "")[:_LONGEST_SEARCH].strip(),
        layer=params.get("layer", ""),
        block=params.get("block", ""),
        official=params.get("official", ""),
    )
    return page(request, element_list(reader_of(request), wish, page_number(params.get("page"))))


@router.get("/dictionary/coverage")
def coverage(request: Request) -> HTMLResponse:
    """Show how far the columns of all datasets are linked, and what is collected twice."""
    return page(request, coverage_page(reader_of(request)))


@router.get("/dictionary/elements/{code}")
def element(request: Request, code: str) -> HTMLResponse:
    """Show an element in its four parts, and where it is used."""
    return page(request, element_page(reader_of(request), code))
