"""Deliveries: the list, the page of each, what it changes, and what people decide about it."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.deliveries import (
    Delivery,
    LaterReleases,
    NotNow,
    ReasonMissing,
    State,
)
from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.kernel import Problem, t
from tinhdata.warehouse import AlreadyWithdrawn
from tinhdata.web.contexts.shell import FormState, Notice, Tone
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.desk_approvals import approvals
from tinhdata.web.filling.desk_delivery import WORKING, delivery_page, ready_href, work_of
from tinhdata.web.filling.desk_problems import problems, what_changes
from tinhdata.web.filling.desk_work import delivery_list
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.shell import page, part, redirect

router = APIRouter(include_in_schema=False)

_DECIDED_ELSEWHERE = (State.CHECKED, State.HELD, State.AWAITING)


@router.get("/deliveries")
def listed(request: Request, dataset: str = "", state: str = "") -> HTMLResponse:
    """List deliveries, newest first."""
    visit, number = reading(request), page_number(request.query_params.get("page"))
    platform = platform_of(request)
    shown = delivery_list(platform, visit.actor, visit.language, dataset, state, number)
    return page(request, shown)


@router.get("/deliveries/{delivery_id}")
def one(request: Request, delivery_id: str) -> HTMLResponse:
    """Show a delivery: where it stands and what happened."""
    visit, platform = reading(request), platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    return page(request, delivery_page(platform, visit.actor, delivery, visit.language))


@router.get("/deliveries/{delivery_id}/progress")
def progress(request: Request, delivery_id: str) -> Response:
    """Say how far the work is; once it is done, lead on."""
    visit, platform = reading(request), platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    if delivery.state in WORKING:
        return part(request, "parts/progress.html", work=work_of(platform, delivery))
    return Response(status_code=200, headers={"HX-Redirect": ready_href(delivery)})


@router.get("/deliveries/{delivery_id}/changes")
def changes(request: Request, delivery_id: str) -> Response:
    """Show what publishing changes, row by row."""
    visit, platform = reading(request), platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    if delivery.state not in _DECIDED_ELSEWHERE:
        return redirect(f"/deliveries/{delivery.id}")
    number = page_number(request.query_params.get("page"))
    shown = what_changes(platform, visit.actor, delivery, visit.language, number=number)
    return page(request, shown)


@router.post("/deliveries/{delivery_id}/publish")
def publish(request: Request, delivery_id: str, form: Form) -> Response:
    """Publish, or ask the second person for it."""

    def do(visit: Visit) -> Delivery:
        deliveries = platform_of(request).deliveries
        return deliveries.publish(visit.actor, delivery_id, form.text("reason"))

    asked = Notice(t("Publishing is asked for. An approver of the agency sees it now."))
    return _decided(request, delivery_id, form, do, asked)


@router.post("/deliveries/{delivery_id}/approve")
def approve(request: Request, delivery_id: str, form: Form) -> Response:
    """Confirm as the second person."""

    def do(visit: Visit) -> Delivery:
        return platform_of(request).deliveries.approve(visit.actor, delivery_id, form.text("note"))

    approved = Notice(t("Approved. The release is being written now."))
    return _decided(request, delivery_id, form, do, approved)


@router.post("/deliveries/{delivery_id}/return")
def give_back(request: Request, delivery_id: str, form: Form) -> Response:
    """Return the whole delivery to its sender."""

    def do(visit: Visit) -> Delivery:
        deliveries = platform_of(request).deliveries
        return deliveries.return_delivery(visit.actor, delivery_id, form.text("reason"))

    returned = Notice(t("The delivery is returned; the sender sees your reason."), Tone.CALM)
    return _decided(request, delivery_id, form, do, returned)


@router.post("/deliveries/{delivery_id}/retry")
def retry(request: Request, delivery_id: str, form: Form) -> Response:
    """Check the delivery again, or go on with what stopped."""

    def do(visit: Visit) -> Delivery:
        return platform_of(request).deliveries.retry(visit.actor, delivery_id)

    return _decided(request, delivery_id, form, do, None)


@router.post("/deliveries/{delivery_id}/withdraw")
def withdraw(request: Request, delivery_id: str, form: Form) -> Response:
    """Withdraw the release that holds the rows of the delivery."""
    visit, platform = acting(request, form), platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    if missing := {name: text for name, text in _WITHDRAWING.items() if not form.text(name)}:
        return _page_again(request, visit, delivery, form.again(**missing))
    try:
        platform.deliveries.withdraw(
            visit.actor,
            delivery.release or "",
            form.text("why"),
            form.text("legal_basis"),
            with_later=form.get("with_later") == "1",
        )
    except LaterReleases as problem:
        state = form.again(whole=said(problem))
        return _page_again(request, visit, delivery, state, withdraw_later=True)
    except AlreadyWithdrawn as problem:
        return told(f"/deliveries/{delivery.id}", problem)
    done = Notice(t("The release is withdrawn and is served nowhere any more."), Tone.CALM)
    return redirect(f"/deliveries/{delivery.id}", done)


def told(path: str, problem: Problem) -> Response:
    """Go on to `path` and say there what stood in the way."""
    return redirect(path, Notice(problem.text, Tone.WARN, problem.fix))


_WITHDRAWING = {
    "why": t("Say why, so that readers understand it."),
    "legal_basis": t("Name the legal text that the withdrawal rests on."),
}


def _decided(
    request: Request,
    delivery_id: str,
    form: Posted,
    do: Callable[[Visit], Delivery],
    notice: Notice | None,
) -> Response:
    """Let a person decide; show the form again where the reason is missing."""
    visit = acting(request, form)
    try:
        delivery = do(visit)
    except ReasonMissing as problem:
        return _asked_again(request, visit, delivery_id, form, problem)
    except NotNow as problem:
        return told(f"/deliveries/{delivery_id}", problem)
    # Where work follows, the page of the delivery says itself how far it is.
    if form.get("at") == "approvals":
        return redirect("/approvals", notice)
    return redirect(f"/deliveries/{delivery.id}", None if delivery.state in WORKING else notice)


def _asked_again(
    request: Request, visit: Visit, delivery_id: str, form: Posted, problem: Problem
) -> Response:
    platform, actor, language = platform_of(request), visit.actor, visit.language
    delivery = platform.deliveries.get(actor, delivery_id)
    state, status = form.again(reason=said(problem)), status_of(problem)
    match form.get("at"):
        case "approvals":
            return page(request, approvals(platform, actor, language, {delivery.id: state}), status)
        case "problems":
            return page(request, problems(platform, actor, delivery, language, form=state), status)
        case "changes":
            shown = what_changes(platform, actor, delivery, language, form=state)
            return page(request, shown, status)
        case _:
            return _page_again(request, visit, delivery, state)


def _page_again(
    request: Request,
    visit: Visit,
    delivery: Delivery,
    state: FormState,
    *,
    withdraw_later: bool = False,
) -> HTMLResponse:
    shown = delivery_page(
        platform_of(request),
        visit.actor,
        delivery,
        visit.language,
        form=state,
        withdraw_later=withdraw_later,
    )
    return page(request, shown, 422)
