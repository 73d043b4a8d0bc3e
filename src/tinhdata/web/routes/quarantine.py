"""Quarantine over all deliveries: the rows that wait, and what is decided about ticked ones."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.deliveries import Delivery, NothingToDo, NotNow, ReasonMissing, State
from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.quality import DecisionImpossible, ItemState
from tinhdata.web.contexts.shell import FormState, Notice, Tone
from tinhdata.web.filling.addresses import page_number, whole_number, with_query
from tinhdata.web.filling.desk_quarantine import Asked, quarantine_page
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.routes.problems import CORRECTING, rechecked
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)

Ticked = Mapping[str, tuple[int, ...]]
"""The numbers of the ticked rows, by their delivery."""


@router.get("/quarantine")
def waiting(request: Request) -> HTMLResponse:
    """Show the rows that wait."""
    visit, platform = reading(request), platform_of(request)
    return page(request, quarantine_page(platform, visit.actor, visit.language, _asked(request)))


@router.post("/quarantine/decide")
def decide(request: Request, form: Form) -> Response:
    """Check the ticked rows again, return them, or accept them as they are."""
    visit, ticked = acting(request, form), _ticked(form)
    if not ticked:
        return _again(request, visit, form.again(whole=t("Tick the rows first.")), None)
    try:
        match form.get("do"):
            case "return":
                return _return(request, visit, form, ticked)
            case "waive":
                return _waive(request, visit, form, ticked)
            case _:
                return _recheck(request, visit, ticked)
    except ReasonMissing as problem:
        return _again(request, visit, form.again(**_missing(form)), problem)
    except (NotNow, NothingToDo, DecisionImpossible) as problem:
        return _again(request, visit, form.again(whole=said(problem)), problem)


def _return(request: Request, visit: Visit, form: Posted, ticked: Ticked) -> Response:
    deliveries, reason = platform_of(request).deliveries, form.text("reason")
    count = sum(
        deliveries.return_items(visit.actor, delivery, items, reason)
        for delivery, items in ticked.items()
    )
    done = Notice(t("Rows returned to the unit: {count}.", count=count), Tone.CALM)
    return redirect(_here(request), done)


def _waive(request: Request, visit: Visit, form: Posted, ticked: Ticked) -> Response:
    deliveries = platform_of(request).deliveries
    made = [
        deliveries.waive(
            visit.actor, delivery, items, form.text("reason"), form.text("legal_basis")
        )
        for delivery, items in ticked.items()
    ]
    return _follow(request, made, t("The rows are accepted as they are and are published now."))


def _recheck(request: Request, visit: Visit, ticked: Ticked) -> Response:
    deliveries = platform_of(request).deliveries
    made: list[Delivery] = []
    passing = failing = 0
    for delivery_id, items in ticked.items():
        delivery = deliveries.get(visit.actor, delivery_id)
        mended = deliveries.mended(visit.actor, delivery_id, visit.language)
        chosen = tuple(item for item in items if item in mended.passing)
        passing += len(chosen)
        failing += sum(1 for item in items if item in mended.failing)
        if delivery.state is State.RELEASED and chosen:
            made.append(deliveries.correct(visit.actor, delivery_id, chosen))
    if made:
        return _follow(request, made, CORRECTING)
    shown = with_query("/quarantine", replace(_asked(request), checked=True).kept)
    return redirect(shown, rechecked(passing, failing))


def _follow(request: Request, made: list[Delivery], text: Text) -> Response:
    at = f"/deliveries/{made[0].id}" if len(made) == 1 else _here(request)
    return redirect(at, Notice(text, Tone.CALM))


def _ticked(form: Posted) -> Ticked:
    found: dict[str, tuple[int, ...]] = {}
    for value in form.all("item"):
        delivery, _, number = value.rpartition("-")
        if delivery and (item := whole_number(number)) is not None:
            found[delivery] = (*found.get(delivery, ()), item)
    return found


def _missing(form: Posted) -> dict[str, Text]:
    missing = {}
    if not form.text("reason"):
        missing["reason"] = t("Say in a sentence why, so that others can follow it.")
    if form.get("do") == "waive" and not form.text("legal_basis"):
        missing["legal_basis"] = t("Name the legal text that this rests on.")
    return missing


def _asked(request: Request) -> Asked:
    params = request.query_params
    state = params.get("state", "")
    return Asked(
        dataset=params.get("dataset", ""),
        delivery=params.get("delivery", ""),
        rule=params.get("rule", ""),
        column=params.get("column", ""),
        state=ItemState(state) if state in set(ItemState) else ItemState.OPEN,
        number=page_number(params.get("page")),
        checked=params.get("checked") == "1",
    )


def _here(request: Request) -> str:
    return with_query("/quarantine", _asked(request).kept)


def _again(
    request: Request, visit: Visit, state: FormState, problem: Problem | None
) -> HTMLResponse:
    platform, asked = platform_of(request), _asked(request)
    shown = quarantine_page(platform, visit.actor, visit.language, asked, state)
    return page(request, shown, status_of(problem) if problem else 422)
