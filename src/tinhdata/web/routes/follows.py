"""Following a dataset or a filter: asked for, confirmed and stopped by its link."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import QueryParams

from tinhdata.edge.feedback import channel_of, follow, saved_filter
from tinhdata.edge.problems import headers_of, status_of
from tinhdata.edge.visits import platform_of
from tinhdata.feedback import ItemInvalid, NewFollow, TooManyItems
from tinhdata.kernel import t
from tinhdata.notify import MailMissing, RecipientInvalid
from tinhdata.web.contexts.shell import FormState
from tinhdata.web.filling.feedback_forms import (
    follow_begun,
    follow_changed,
    follow_form,
    follow_question,
)
from tinhdata.web.filling.reader import reader_of
from tinhdata.web.posted import Form, said, visiting
from tinhdata.web.shell import page

router = APIRouter(include_in_schema=False)

_TAKEN = (ItemInvalid, RecipientInvalid, MailMissing, TooManyItems)
_TRAP = "website"


@router.get("/datasets/{dataset}/follow")
def asked(request: Request, dataset: str) -> HTMLResponse:
    """Ask how somebody wants to be told of changes of a dataset, or of the rows filtered."""
    params = request.query_params
    saved_filter(platform_of(request), dataset, params.multi_items())
    return page(request, follow_form(reader_of(request), dataset, params, None))


@router.post("/datasets/{dataset}/follow")
def begun(request: Request, dataset: str, form: Form) -> Response:
    """Begin a follow; by mail its address is asked first."""
    visit, reader = visiting(request, form), reader_of(request)
    pairs = [(name, value) for name, values in form.values.items() for value in values]
    saved, address = saved_filter(reader.platform, dataset, pairs)
    try:
        if form.get(_TRAP):
            raise ItemInvalid(
                t("A field was filled in that is not meant for people."),
                fix=t("Send the form once more; that field is empty then."),
            )
        channel = channel_of(form.text("channel"))
        recipient = form.text(channel.value)
        new = NewFollow(dataset, channel, recipient, visit.language, saved, address)
        started = follow(request, visit, new)
    except _TAKEN as problem:
        # Only an address has a field of its own; the rest stands above the ways.
        where = form.text("channel") if problem.where == "address" else ""
        state = FormState(form.again().values, {where: said(problem)})
        shown = follow_form(reader, dataset, QueryParams(pairs), state)
        response = page(request, shown, status_of(problem))
        response.headers.update(headers_of(problem))
        return response
    return page(request, follow_begun(reader, started), 201)


@router.get("/follows/{follow}/confirm")
def confirmation(request: Request, follow: str, token: str = "") -> HTMLResponse:
    """Ask for the confirmation; programs that visit links in mails confirm nothing by that."""
    found = platform_of(request).feedback.follows.get(follow, token)
    return page(request, follow_question(reader_of(request), found, stops=False))


@router.post("/follows/{follow}/confirm")
def confirm(request: Request, follow: str, token: str = "") -> HTMLResponse:
    """Begin to tell the address; who has the token needs no other proof."""
    platform = platform_of(request)
    with platform.db.transaction() as tx:
        found = platform.feedback.follows.confirm(tx, follow, token)
    return page(request, follow_changed(reader_of(request), found, stopped=False))


@router.get("/follows/{follow}/stop")
def stopping(request: Request, follow: str, token: str = "") -> HTMLResponse:
    """Ask whether the messages shall stop."""
    found = platform_of(request).feedback.follows.get(follow, token)
    return page(request, follow_question(reader_of(request), found, stops=True))


@router.post("/follows/{follow}/stop")
def stop(request: Request, follow: str, token: str = "") -> HTMLResponse:
    """End a follow, from the page or from a mail program (RFC 8058), which has no form of ours."""
    platform = platform_of(request)
    with platform.db.transaction() as tx:
        found = platform.feedback.follows.stop(tx, follow, token)
    return page(request, follow_changed(reader_of(request), found, stopped=True))
