"""Pulled sources: the list, one of them with its runs, trying, pulling, pausing."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import platform_of
from tinhdata.kernel import Problem, Refused, t
from tinhdata.sources import SourceUnknown
from tinhdata.web.contexts.shell import Notice, Tone
from tinhdata.web.contexts.sources import LookShown
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.desk_sources import look_shown, source_page, sources_page
from tinhdata.web.posted import Form, acting, reading
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/sources")
def listed(request: Request) -> HTMLResponse:
    """List the sources that the visitor may know of."""
    visit = reading(request)
    return page(request, sources_page(platform_of(request), visit.actor, visit.language))


@router.get("/sources/{source_id}")
def one(request: Request, source_id: str) -> HTMLResponse:
    """Show one source with its runs."""
    visit = reading(request)
    number = page_number(request.query_params.get("page"))
    shown = source_page(platform_of(request), visit.actor, visit.language, source_id, number)
    return page(request, shown)


@router.post("/sources/{source_id}/test")
def test(request: Request, source_id: str, form: Form) -> Response:
    """Try the connection and show what is there."""
    visit, platform = acting(request, form), platform_of(request)
    status = 200
    try:
        look = look_shown(platform.sources.test(visit.actor, source_id))
    except (Refused, SourceUnknown):
        raise
    except Problem as problem:
        # What the place answered belongs on the page of the source, beside what is known of it.
        look = LookShown(Notice(problem.text, Tone.BAD, problem.fix))
        status = status_of(problem)
    shown = source_page(platform, visit.actor, visit.language, source_id, look=look)
    return page(request, shown, status)


@router.post("/sources/{source_id}/pull")
def pull(request: Request, source_id: str, form: Form) -> Response:
    """Have the source pulled now."""
    visit = acting(request, form)
    platform_of(request).sources.pull(visit.actor, source_id)
    done = Notice(t("The pull has begun; its result appears below."), Tone.BUSY)
    return redirect(f"/sources/{source_id}", done)


@router.post("/sources/{source_id}/pause")
def pause(request: Request, source_id: str, form: Form) -> Response:
    """Pause the source."""
    visit = acting(request, form)
    platform_of(request).sources.pause(visit.actor, source_id)
    return redirect(f"/sources/{source_id}", Notice(t("The source is paused."), Tone.CALM))


@router.post("/sources/{source_id}/resume")
def resume(request: Request, source_id: str, form: Form) -> Response:
    """Let the source run again."""
    visit = acting(request, form)
    platform_of(request).sources.resume(visit.actor, source_id)
    return redirect(f"/sources/{source_id}", Notice(t("The source runs again.")))
