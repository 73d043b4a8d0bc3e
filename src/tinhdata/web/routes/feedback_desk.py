"""What officers do with what people tell and ask: take up, answer, decline, pass on."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.feedback import Feedback, Item, ItemInvalid, Kind
from tinhdata.kernel import t
from tinhdata.web.contexts.shell import Notice, Tone
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.feedback import item_page
from tinhdata.web.filling.feedback_inbox import inbox
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)


@router.get("/desk/feedback")
def listed(request: Request, state: str = "", kind: str = "") -> HTMLResponse:
    """List what people sent to the visitor's agency."""
    reading(request)
    number = page_number(request.query_params.get("page"))
    return page(request, inbox(reader_of(request), state, kind, number))


@router.post("/feedback/{item}/take-up")
def take_up(request: Request, item: str, form: Form) -> Response:
    """Begin work on an item and make it public."""
    visit, platform = acting(request, form), platform_of(request)
    with platform.db.transaction() as tx:
        platform.feedback.take_up(tx, visit.actor, item)
    return redirect(f"/feedback/{item}", Notice(t("It is public now; the clock goes on.")))


@router.post("/feedback/{item}/answer")
def answer(request: Request, item: str, form: Form) -> Response:
    """Answer an item, or decline it with the reason."""
    visit, platform = acting(request, form), platform_of(request)
    try:
        done = _answered(platform.feedback, request, visit, item, form)
    except ItemInvalid as problem:
        declines = form.get("do") == "decline"
        field = "reason" if declines and problem.where == "answer" else problem.where or ""
        found = platform.feedback.get(item)
        state = form.again(**{field or "whole": said(problem)})
        shown = item_page(reader_of(request), visit, found, state)
        return page(request, shown, status_of(problem))
    if done.is_public:
        told = t("It is in the gallery now.") if done.kind is Kind.REUSE else t("It is answered.")
        return redirect(f"/feedback/{item}", Notice(told))
    return redirect(f"/feedback/{item}", Notice(t("It is declined."), Tone.CALM))


@router.post("/feedback/{item}/assign")
def assign(request: Request, item: str, form: Form) -> Response:
    """Give an item to the agency that is to answer it."""
    visit, platform = acting(request, form), platform_of(request)
    agency = platform.access.agency(form.text("agency"))
    with platform.db.transaction() as tx:
        platform.feedback.assign(tx, visit.actor, item, agency.code)
    name = agency.name.in_language(visit.language)
    return redirect("/desk", Notice(t("It is with {agency} now.", agency=name)))


def _answered(feedback: Feedback, request: Request, visit: Visit, item: str, form: Posted) -> Item:
    declines = form.get("do") == "decline"
    with platform_of(request).db.transaction() as tx:
        return feedback.answer(
            tx,
            visit.actor,
            item,
            form.get("reason" if declines else "answer"),
            refused=declines,
            legal_basis=form.get("legal_basis"),
        )
