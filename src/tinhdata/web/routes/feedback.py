"""What anyone tells and asks about the data, and reads of it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import QueryParams

from tinhdata.edge.feedback import Pointing, datasets_named, item_for, pointed, submit, vote
from tinhdata.edge.problems import headers_of, status_of
from tinhdata.edge.visits import Visit, platform_of, visit_of
from tinhdata.feedback import Item, ItemInvalid, ItemUnknown, Kind, NewItem, Place, TooManyItems
from tinhdata.kernel import Problem, Text, t
from tinhdata.notify import MailMissing, RecipientInvalid
from tinhdata.web.contexts.feedback import Writing
from tinhdata.web.contexts.shell import FormState, Notice
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.dataset import subject as open_subject
from tinhdata.web.filling.feedback import discussion, gallery, item_page, requests
from tinhdata.web.filling.feedback_forms import (
    KEY,
    question_form,
    report_form,
    request_form,
    reuse_form,
)
from tinhdata.web.filling.reader import Reader, reader_of
from tinhdata.web.posted import Form, Posted, said, visiting
from tinhdata.web.shell import local_path, page, redirect

router = APIRouter(include_in_schema=False)

_TAKEN = (ItemInvalid, ItemUnknown, RecipientInvalid, MailMissing, TooManyItems)
_LONGEST = 200
_TRAP = "website"
"""A field that nobody sees; programs that fill in every field give themselves away."""


@router.get("/datasets/{dataset}/discussion")
def talk(request: Request, dataset: str) -> HTMLResponse:
    """Show the public reports and questions about a dataset, with answers."""
    subject = open_subject(reader_of(request), dataset, QueryParams())
    return page(request, discussion(subject, page_number(request.query_params.get("page"))))


@router.get("/datasets/{dataset}/report")
def report(request: Request, dataset: str) -> HTMLResponse:
    """Ask what is wrong with a dataset, a column, or the cell that the address names."""
    at, reader = _pointing(request.query_params), reader_of(request)
    try:
        return page(request, report_form(reader, dataset, at, None))
    except ItemInvalid as problem:
        # An address that points at nothing any more still leads to the form.
        wrong = FormState({}, {problem.where or "": said(problem)})
        shown = report_form(reader, dataset, Pointing(release=at.release), wrong)
        return _again(request, shown, problem)


@router.post("/datasets/{dataset}/report")
def send_report(request: Request, dataset: str, form: Form) -> Response:
    """Take an error report."""
    visit, reader = visiting(request, form), reader_of(request)
    at = _pointing(QueryParams([(n, v[0]) for n, v in form.values.items()]))
    try:
        _demand_person(form)
        found = pointed(reader.platform, dataset, at)
        item = submit(request, visit, _new(form, visit, Kind.REPORT, (dataset,), found.place))
    except _TAKEN as problem:
        # What cannot be found is not looked up once more to show the form.
        known = Pointing(release=at.release) if _is_of_place(problem) else at
        return _again(request, report_form(reader, dataset, known, _wrong(form, problem)), problem)
    return _sent(reader, item)


@router.get("/datasets/{dataset}/ask")
def ask(request: Request, dataset: str) -> HTMLResponse:
    """Ask what somebody would like to know of a dataset."""
    return page(request, question_form(reader_of(request), dataset, None))


@router.post("/datasets/{dataset}/ask")
def send_question(request: Request, dataset: str, form: Form) -> Response:
    """Take a question about a dataset."""
    visit, reader = visiting(request, form), reader_of(request)
    try:
        _demand_person(form)
        item = submit(request, visit, _new(form, visit, Kind.QUESTION, (dataset,)))
    except _TAKEN as problem:
        shown = question_form(reader, dataset, _wrong(form, problem))
        return _again(request, shown, problem)
    return _sent(reader, item)


@router.get("/requests")
def listed_requests(request: Request, state: str = "", sort: str = "") -> HTMLResponse:
    """List the data that people ask for."""
    number = page_number(request.query_params.get("page"))
    return page(request, requests(reader_of(request), state, sort, number))


@router.get("/requests/new")
def new_request(
    request: Request, q: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> HTMLResponse:
    """Ask which data somebody misses; `q` is what was searched for in vain."""
    return page(request, request_form(reader_of(request), None, q.strip()))


@router.post("/requests")
def send_request(request: Request, form: Form) -> Response:
    """Take a request for data."""
    visit, reader = visiting(request, form), reader_of(request)
    try:
        _demand_person(form)
        agency = _agency(reader, form.text("agency"))
        item = submit(request, visit, _new(form, visit, Kind.REQUEST, agency=agency))
    except _TAKEN as problem:
        return _again(request, request_form(reader, _wrong(form, problem)), problem)
    return _sent(reader, item)


@router.get("/reuses")
def listed_reuses(
    request: Request, dataset: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> HTMLResponse:
    """Show what people made of the data."""
    number = page_number(request.query_params.get("page"))
    return page(request, gallery(reader_of(request), dataset.strip(), number))


@router.get("/reuses/new")
def new_reuse(
    request: Request, dataset: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> HTMLResponse:
    """Ask what somebody made of the data."""
    return page(request, reuse_form(reader_of(request), None, dataset.strip()))


@router.post("/reuses")
def send_reuse(request: Request, form: Form) -> Response:
    """Take something made with the data, for the gallery."""
    visit, reader = visiting(request, form), reader_of(request)
    try:
        _demand_person(form)
        datasets = datasets_named(form.get("datasets"))
        item = submit(request, visit, _new(form, visit, Kind.REUSE, datasets))
    except _TAKEN as problem:
        return _again(request, reuse_form(reader, _wrong(form, problem)), problem)
    return _sent(reader, item)


@router.get("/feedback/{item}")
def one(request: Request, item: str) -> HTMLResponse:
    """Show one item with its clock and answer."""
    visit = visit_of(request)
    found = item_for(platform_of(request), visit, item)
    return page(request, item_page(reader_of(request), visit, found))


@router.post("/feedback/{item}/vote")
def vote_for(request: Request, item: str, form: Form) -> Response:
    """Count a vote for a request."""
    visit = visiting(request, form)
    before = platform_of(request).feedback.get(item).votes
    after = vote(request, visit, item).votes
    back = local_path(form.text("back"), f"/feedback/{item}")
    if after > before:
        return redirect(back, Notice(t("Your vote is counted.")))
    return redirect(back, Notice(t("A vote from your address was counted before.")))


def _pointing(params: QueryParams) -> Pointing:
    keys = {name.removeprefix(KEY): value for name, value in params.items() if name.startswith(KEY)}
    return Pointing(params.get("column", ""), params.get("release", ""), keys)


def _new(
    form: Posted,
    visit: Visit,
    kind: Kind,
    datasets: tuple[str, ...] = (),
    place: Place | None = None,
    agency: str | None = None,
) -> NewItem:
    return NewItem(
        kind=kind,
        title=form.get("title"),
        text=form.get("text"),
        datasets=datasets,
        place=place or Place(),
        agency=agency,
        author=form.get("author"),
        url=form.get("url") if kind is Kind.REUSE else "",
        mail=form.text("mail"),
        language=visit.language,
    )


def _agency(reader: Reader, code: str) -> str | None:
    if code and code not in reader.agencies:
        raise ItemInvalid(
            t("This agency is not in the register."),
            fix=t("Choose one from the list, or none."),
            where="agency",
        )
    return code or None


def _demand_person(form: Posted) -> None:
    if form.get(_TRAP):
        raise ItemInvalid(
            t("A field was filled in that is not meant for people."),
            fix=t("Send the form once more; that field is empty then."),
        )


def _wrong(form: Posted, problem: Problem) -> FormState:
    """Give what was typed with what is wrong with it at its field."""
    field = _FIELDS.get(problem.where or "", problem.where or "")
    state = form.again()
    kept = {name: value for name, value in state.values.items() if name != _TRAP}
    return FormState(kept, {field: said(problem)})


_FIELDS: dict[str, str] = {"address": "mail"}


def _is_of_place(problem: Problem) -> bool:
    where = problem.where or ""
    return where in ("column", "key") or where.startswith(KEY)


def _again(request: Request, shown: Writing, problem: Problem) -> HTMLResponse:
    response = page(request, shown, status_of(problem))
    response.headers.update(headers_of(problem))
    return response


def _sent(reader: Reader, item: Item) -> Response:
    told: Text
    if item.agency:
        agency = reader.agency_name(item.agency)
        told = t("It is with {agency} now.", agency=agency)
    else:
        told = t("It is with the operator of the portal now, who finds the agency.")
    kept = t("Keep the address of this page: the answer will stand here.")
    return redirect(f"/feedback/{item.id}", Notice(told, fix=kept))
