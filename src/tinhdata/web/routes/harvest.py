"""Other portals: their datasets for anyone, what is harvested and when for operators."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.edge.negotiation import form_of
from tinhdata.edge.visits import platform_of
from tinhdata.harvest import HarvestInvalid, HarvestKind, Portal
from tinhdata.kernel import t
from tinhdata.standards import Wanted
from tinhdata.web.contexts.shell import Notice, Tone
from tinhdata.web.filling.addresses import page_number, whole_number
from tinhdata.web.filling.harvest import external_list, external_page, harvest_page
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.posted import Form, Posted, acting, reading
from tinhdata.web.routes.open_catalogue import PageNumber, document_answer
from tinhdata.web.shell import page, redirect, site_of

router = APIRouter(include_in_schema=False)

_LONGEST_SEARCH = 200


@router.get("/external")
def listed(request: Request, q: str = "") -> HTMLResponse:
    """List the datasets of other portals, or those that the words find."""
    number = page_number(request.query_params.get("page"))
    return page(request, external_list(reader_of(request), q[:_LONGEST_SEARCH].strip(), number))


@router.get("/external/catalog.{ending}")
def catalogue(request: Request, ending: str, page: PageNumber = 1) -> Response:
    """Give the datasets of other portals as DCAT-AP, each with its origin."""
    written = platform_of(request).standards.elsewhere(
        form_of(ending), Wanted(page), site_of(request)
    )
    return document_answer(request, written)


@router.get("/external/{entry}")
def one(request: Request, entry: str) -> HTMLResponse:
    """Show a dataset of another portal; one that is gone there says so (410)."""
    shown = external_page(reader_of(request), entry)
    return page(request, shown, 410 if shown.gone else 200)


@router.get("/harvest")
def portals(request: Request) -> HTMLResponse:
    """Show the portals that are harvested."""
    visit = reading(request)
    return page(request, harvest_page(platform_of(request), visit.actor))


@router.post("/harvest")
def add(request: Request, form: Form) -> Response:
    """Declare a portal to harvest."""
    visit, platform = acting(request, form), platform_of(request)
    try:
        platform.harvest.add(visit.actor, _portal(form))
    except HarvestInvalid as problem:
        values = {name: form.text(name) for name in ("id", "kind", "url", "title", "hours")}
        return page(request, harvest_page(platform, visit.actor, values, problem), 422)
    return redirect("/harvest", Notice(t("The portal is harvested from now on.")))


@router.post("/harvest/{portal}/run")
def run(request: Request, portal: str, form: Form) -> Response:
    """Have a portal walked through now."""
    visit = acting(request, form)
    platform_of(request).harvest.start(visit.actor, portal)
    return redirect("/harvest", Notice(t("The harvest has begun."), Tone.BUSY))


@router.post("/harvest/{portal}/pause")
def pause(request: Request, portal: str, form: Form) -> Response:
    """Pause a portal."""
    visit = acting(request, form)
    platform_of(request).harvest.pause(visit.actor, portal)
    return redirect("/harvest", Notice(t("The portal is paused."), Tone.CALM))


@router.post("/harvest/{portal}/resume")
def resume(request: Request, portal: str, form: Form) -> Response:
    """Walk through a portal again."""
    visit = acting(request, form)
    platform_of(request).harvest.resume(visit.actor, portal)
    return redirect("/harvest", Notice(t("The portal is harvested again.")))


@router.post("/harvest/{portal}/remove")
def remove(request: Request, portal: str, form: Form) -> Response:
    """Forget a portal with its datasets."""
    visit = acting(request, form)
    gone = platform_of(request).harvest.remove(visit.actor, portal)
    return redirect("/harvest", Notice(t("{count} datasets are shown no more.", count=gone)))


def _portal(form: Posted) -> Portal:
    try:
        kind = HarvestKind(form.text("kind"))
    except ValueError:
        raise HarvestInvalid(
            t("It is not said how the portal says what it has."),
            fix=t("Choose CKAN, DCAT or Frictionless."),
        ) from None
    hours = whole_number(form.text("hours")) or 24
    return Portal(
        form.text("id"), kind, form.text("url"), form.text("title"), timedelta(hours=hours)
    )
