"""The published registers, with editions and decisions: JSON, and CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tinhdata.api.common import Here, Reader, WordsOut, site_of
from tinhdata.api.documents import Responses, problems
from tinhdata.api.register_views import (
    DueOut,
    EditionOut,
    ItemOut,
    LawOut,
    RegisterItemsOut,
    RegisterOut,
    RuleOut,
    item_out,
)
from tinhdata.bootstrap import Platform
from tinhdata.registers import Register, Wanted

router = APIRouter(tags=["registers"])


@router.get("/registers", summary="List the published registers", responses=problems(401))
def registers(request: Request, here: Here, visit: Reader) -> list[RegisterOut]:
    """List every register with its editions, decisions and when it is reviewed next."""
    return [_register(here, each, site_of(request, here)) for each in here.registers.all()]


_Agency = Annotated[str | None, Query(max_length=40, description="Only of this agency.")]
_Sector = Annotated[str | None, Query(max_length=100, description="Only of this sector.")]
_Layer = Annotated[str | None, Query(max_length=40, description="Only of this data layer.")]
_Late = Annotated[bool, Query(description="Only entries that are overdue.")]
_CSV: Responses = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get(
    "/registers/{name}.csv",
    summary="Download a register",
    response_class=Response,
    responses={**_CSV, **problems(401, 404)},
)
def register_file(
    request: Request,
    here: Here,
    visit: Reader,
    name: str,
    agency: _Agency = None,
    sector: _Sector = None,
    layer: _Layer = None,
    late: _Late = False,
) -> Response:
    """Give the entries as CSV, with version, decision and date in the last columns of each line."""
    found = here.registers.register(name)
    items = here.registers.items(found.name, Wanted(agency, sector, layer, late))
    body = _csv(_register(here, found, site_of(request, here)), [item_out(here, i) for i in items])
    headers = {"Content-Disposition": f'attachment; filename="{found.name.value}.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/registers/{name}",
    summary="Look up a register",
    responses=problems(401, 404),
)
def register(
    request: Request,
    here: Here,
    visit: Reader,
    name: str,
    agency: _Agency = None,
    sector: _Sector = None,
    layer: _Layer = None,
    late: _Late = False,
) -> RegisterItemsOut:
    """Give a register with its entries as they stand today."""
    found = here.registers.register(name)
    items = here.registers.items(found.name, Wanted(agency, sector, layer, late))
    return RegisterItemsOut(
        register_=_register(here, found, site_of(request, here)),
        items=[item_out(here, item) for item in items],
        total=len(items),
    )


def _register(here: Platform, found: Register, site: str) -> RegisterOut:
    rule, edition = here.registers.review_rule, here.registers.edition(found)
    laws = (here.registers.law(urn) for urn in found.legal_basis)
    return RegisterOut(
        name=found.name,
        title=WordsOut.of(found.title),
        about=WordsOut.of(found.about),
        keeper=found.keeper,
        legal_basis=[LawOut.of(law) for law in laws if law],
        edition=EditionOut.of(edition) if edition else None,
        editions=[EditionOut.of(each) for each in found.editions],
        reviews=list(found.reviews),
        review=DueOut.of(here.registers.review(found)),
        review_rule=RuleOut.of(rule) if rule else None,
        address=f"{site}/api/v1/registers/{found.name.value}",
        csv=f"{site}/api/v1/registers/{found.name.value}.csv",
    )


def _csv(about: RegisterOut, items: Sequence[ItemOut]) -> bytes:
    """Write entries with the edition behind each, so that a line says where it is from."""
    edition = about.edition
    behind = {
        "register": about.name.value,
        "register_version": edition.version if edition else "",
        "decision": edition.decision.number if edition else "",
        "decision_date": edition.decision.date.isoformat() if edition else "",
    }
    rows = [dict(_flat(item.model_dump(mode="json"))) | behind for item in items]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else list(behind), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _flat(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give the cells of a line: lists joined, parts of a thing named after it."""
    for name, value in values.items():
        at = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{at}_")
        elif isinstance(value, list):
            yield at, "; ".join(str(v["title"] if isinstance(v, Mapping) else v) for v in value)
        elif isinstance(value, bool):
            yield at, "true" if value else "false"
        else:
            yield at, "" if value is None else str(value)
