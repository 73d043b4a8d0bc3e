"""A file on its way: choose the dataset, send the file, confirm how it was read."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.access import Action, Resource, require
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Verb
from tinhdata.edge.language import say
from tinhdata.edge.problems import status_of
from tinhdata.edge.templates import excel_template, template_name
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.landing import FileEmpty, FileTooLarge, StoreFull
from tinhdata.web.contexts.shell import FormState, Notice, Tone
from tinhdata.web.filling.desk_reading import choice_of, understood
from tinhdata.web.filling.desk_wide import read_as_before
from tinhdata.web.filling.desk_wizard import choose_dataset, send_file
from tinhdata.web.filling.desk_words import Names
from tinhdata.web.filling.desk_work import next_href
from tinhdata.web.posted import Form, acting, reading, said
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_SEARCH = 200


@router.get("/deliveries/new")
def choose(request: Request, q: str = "") -> HTMLResponse:
    """List the datasets that the visitor may deliver to."""
    visit = reading(request)
    words = q[:_LONGEST_SEARCH].strip()
    return page(request, choose_dataset(platform_of(request), visit.actor, visit.language, words))


@router.get("/deliveries/new/{dataset}")
def send(request: Request, dataset: str) -> HTMLResponse:
    """Ask for the file."""
    visit = reading(request)
    contract = _deliverable(request, visit, dataset)
    return page(request, send_file(platform_of(request), contract, visit.language))


@router.get("/deliveries/new/{dataset}/template.xlsx")
def template(request: Request, dataset: str) -> Response:
    """Give the Excel template to fill in."""
    visit = reading(request)
    contract = _deliverable(request, visit, dataset)
    workbook = excel_template(platform_of(request), contract, visit.language)
    disposition = f'attachment; filename="{template_name(contract)}"'
    return Response(workbook, 200, {"Content-Disposition": disposition}, _WORKBOOK)


@router.post("/deliveries/new/{dataset}")
def receive(request: Request, dataset: str, form: Form) -> Response:
    """Take in the file; its check begins by itself."""
    platform = platform_of(request)
    if form.too_large:
        limit = platform.settings.upload_limit_mb
        return _send_again(request, dataset, t("The file is larger than {limit} MB.", limit=limit))
    visit, upload = acting(request, form), form.files.get("file")
    if upload is None:
        return _send_again(request, dataset, t("Choose a file first."))
    try:
        received = platform.deliveries.receive(
            visit.actor, dataset, form.chunks("file"), upload.filename or ""
        )
    except (FileEmpty, FileTooLarge, StoreFull) as problem:
        return _send_again(request, dataset, said(problem), problem)
    path = f"/deliveries/{received.delivery.id}"
    if received.is_new:
        return redirect(path)
    return redirect(path, Notice(t("This very file was sent before; here it is."), Tone.CALM))


@router.get("/deliveries/{delivery_id}/understood")
def confirm(request: Request, delivery_id: str) -> Response:
    """Show how the file was read."""
    visit = reading(request)
    delivery, contract = _delivery(request, visit, delivery_id)
    if delivery.understanding is None or delivery.understanding.header is None:
        return redirect(f"/deliveries/{delivery.id}")
    platform = platform_of(request)
    may = Verb.CHOOSE in platform.deliveries.may(visit.actor, delivery)
    before = platform.deliveries.read_as_before(visit.actor, delivery.id)
    recalled = read_as_before(before, Names(platform, visit.language), visit.language)
    shown = understood(delivery, contract, visit.language, may_choose=may, recalled=recalled)
    return page(request, shown)


@router.post("/deliveries/{delivery_id}/reading")
def read_again(request: Request, delivery_id: str, form: Form) -> Response:
    """Go on where the reading is confirmed; read the file another way where it was changed."""
    visit = acting(request, form)
    delivery, contract = _delivery(request, visit, delivery_id)
    deliveries = platform_of(request).deliveries
    before = deliveries.read_as_before(visit.actor, delivery.id)
    choice = choice_of(form, delivery, contract, before)
    if choice is None:
        return redirect(next_href(delivery))
    chosen = deliveries.choose(visit.actor, delivery.id, choice)
    return redirect(f"/deliveries/{chosen.id}")


@router.post("/deliveries/{delivery_id}/cancel")
def take_another(request: Request, delivery_id: str, form: Form) -> Response:
    """Put the delivery aside and ask for another file."""
    visit, deliveries = acting(request, form), platform_of(request).deliveries
    delivery = deliveries.get(visit.actor, delivery_id)
    if Verb.RETURN in deliveries.may(visit.actor, delivery):
        reason = say(t("The sender takes another file."), visit.language)
        deliveries.return_delivery(visit.actor, delivery.id, reason)
    return redirect(
        f"/deliveries/new/{delivery.dataset}", Notice(t("The file was put aside."), Tone.CALM)
    )


def _deliverable(request: Request, visit: Visit, dataset: str) -> Contract:
    contract = platform_of(request).registry.active(dataset).contract
    require(visit.actor, Action.DELIVER, Resource.of(contract), "delivery of a file")
    return contract


def _delivery(request: Request, visit: Visit, delivery_id: str) -> tuple[Delivery, Contract]:
    platform = platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    return delivery, platform.registry.by_hash(delivery.contract_hash).contract


def _send_again(
    request: Request, dataset: str, text: Text, problem: Problem | None = None
) -> HTMLResponse:
    visit = reading(request)
    contract = _deliverable(request, visit, dataset)
    state = FormState(errors={"file": text})
    context = send_file(platform_of(request), contract, visit.language, state)
    return page(request, context, status_of(problem) if problem else 422)
