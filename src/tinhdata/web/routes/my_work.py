"""The first page of the console."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tinhdata.edge.visits import platform_of
from tinhdata.web.filling.desk_work import my_work
from tinhdata.web.posted import reading
from tinhdata.web.shell import page

router = APIRouter(include_in_schema=False)


@router.get("/desk")
def first_page(request: Request) -> HTMLResponse:
    """Show what waits for the visitor, with its clocks."""
    visit = reading(request)
    return page(request, my_work(platform_of(request), visit.actor, visit.language))
