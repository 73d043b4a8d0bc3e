"""What the province publishes about its data: registers, terms of use, statistics of use."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tinhdata.registers import Wanted
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.filling.registers import register_list, register_page
from tinhdata.web.filling.statistics import statistics_page
from tinhdata.web.filling.terms import terms_page
from tinhdata.web.shell import page

router = APIRouter(include_in_schema=False)

_Short = Annotated[str, Query(max_length=100)]


@router.get("/registers")
def registers(request: Request) -> HTMLResponse:
    """List the published registers."""
    return page(request, register_list(reader_of(request)))


@router.get("/registers/{name}")
def register(
    request: Request,
    name: str,
    agency: _Short = "",
    sector: _Short = "",
    layer: _Short = "",
    late: _Short = "",
) -> HTMLResponse:
    """Show a register with its edition, decision, review and entries."""
    wanted = Wanted(agency or None, sector or None, layer or None, late == "1")
    number = page_number(request.query_params.get("page"))
    return page(request, register_page(reader_of(request), name, wanted, number))


@router.get("/terms")
def terms(request: Request) -> HTMLResponse:
    """Show the terms of use in force."""
    reader = reader_of(request)
    return page(request, terms_page(reader, reader.platform.registers.terms_in_force()))


@router.get("/terms/{version}")
def edition(request: Request, version: str) -> HTMLResponse:
    """Show an edition of the terms of use."""
    reader = reader_of(request)
    return page(request, terms_page(reader, reader.platform.registers.terms_of(version)))


@router.get("/statistics")
def statistics(request: Request, days: _Short = "", dataset: _Short = "") -> HTMLResponse:
    """Show how much the portal, or one dataset, is used."""
    span = int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0
    return page(request, statistics_page(reader_of(request), span, dataset or None))
