"""Accounts, roles and the keys of programs: the operator's pages."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.access import (
    PLATFORM,
    AccessNotFound,
    AccountInvalid,
    Action,
    LoginTaken,
    Role,
    require,
)
from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.registry import ContractUnknown
from tinhdata.web.contexts.shell import Notice, Tone
from tinhdata.web.filling.addresses import page_number, whole_number
from tinhdata.web.filling.desk_people import people, person_page
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)

_LONGEST_SEARCH = 200
_LONGEST_DAYS = 10_000
"""More than any key may last, so that the refusal is that of the rule."""


@router.get("/people")
def listed(request: Request, q: str = "") -> HTMLResponse:
    """List the accounts and the keys."""
    visit = _manager(reading(request))
    shown = people(
        platform_of(request),
        visit.language,
        words=q[:_LONGEST_SEARCH].strip(),
        number=page_number(request.query_params.get("page")),
    )
    return page(request, shown)


@router.post("/people")
def add(request: Request, form: Form) -> Response:
    """Make an account."""
    visit, platform = _manager(acting(request, form)), platform_of(request)
    roles = _roles(form)
    if missing := _missing(form, _ADDING):
        return _people_again(request, visit, form, missing, 422)
    try:
        person = platform.access.add_person(
            visit.actor.id,
            form.text("login"),
            form.text("name"),
            form.get("password"),
            roles,
            form.text("agency") or None,
        )
    except (AccountInvalid, LoginTaken, AccessNotFound) as problem:
        wrong = {_field(problem): said(problem)}
        return _people_again(request, visit, form, wrong, status_of(problem))
    done = Notice(t("The account {login} is ready.", login=person.login))
    return redirect("/people", done)


@router.get("/people/{person_id}")
def one(request: Request, person_id: str) -> HTMLResponse:
    """Show one account."""
    visit = _manager(reading(request))
    return page(request, person_page(platform_of(request), visit, person_id))


@router.post("/people/{person_id}/roles")
def set_roles(request: Request, person_id: str, form: Form) -> Response:
    """Give the person exactly the ticked roles."""
    visit, platform = _manager(acting(request, form)), platform_of(request)
    try:
        platform.access.set_roles(visit.actor.id, person_id, _roles(form))
    except AccountInvalid as problem:
        state = form.again(role=said(problem))
        return page(request, person_page(platform, visit, person_id, state), 422)
    return redirect(f"/people/{person_id}", Notice(t("The roles are saved.")))


@router.post("/people/{person_id}/password")
def reset_password(request: Request, person_id: str, form: Form) -> Response:
    """Give the person a new password."""
    visit, platform = _manager(acting(request, form)), platform_of(request)
    try:
        platform.access.reset_password(visit.actor.id, person_id, form.get("new"))
    except AccountInvalid as problem:
        state = form.again(new=said(problem))
        return page(request, person_page(platform, visit, person_id, state), 422)
    return redirect(f"/people/{person_id}", Notice(t("The new password is set.")))


@router.post("/people/{person_id}/close")
def close(request: Request, person_id: str, form: Form) -> Response:
    """Close an account; one's own stays."""
    visit, platform = _manager(acting(request, form)), platform_of(request)
    if person_id == visit.actor.id:
        state = form.again(whole=t("Another operator closes your own account."))
        return page(request, person_page(platform, visit, person_id, state), 422)
    platform.access.close_person(visit.actor.id, person_id)
    return redirect("/people", Notice(t("The account is closed."), Tone.CALM))


@router.post("/people/keys")
def issue_key(request: Request, form: Form) -> Response:
    """Issue a key for a program; it is shown this once."""
    visit, platform = _manager(acting(request, form)), platform_of(request)
    lasts = timedelta(days=min(whole_number(form.text("days")) or 0, _LONGEST_DAYS))
    datasets = frozenset(form.all("dataset"))
    missing = _missing(form, _ISSUING)
    try:
        if missing:
            shown = people(platform, visit.language, key_form=form.again(**missing))
            return page(request, shown, 422)
        for dataset in datasets:
            platform.registry.active(dataset)
        issued = platform.access.add_source_key(
            visit.actor.id, form.text("name"), form.text("agency"), datasets, lasts
        )
    except (AccountInvalid, AccessNotFound, ContractUnknown) as problem:
        shown = people(platform, visit.language, key_form=form.again(whole=said(problem)))
        return page(request, shown, 422)
    return page(request, people(platform, visit.language, issued=issued.secret))


@router.post("/people/keys/{key_id}/end")
def end_key(request: Request, key_id: str, form: Form) -> Response:
    """End a key at once."""
    visit = _manager(acting(request, form))
    platform_of(request).access.revoke_source_key(visit.actor.id, key_id)
    return redirect("/people", Notice(t("The key is ended."), Tone.CALM))


_ADDING = {
    "name": t("Enter the full name."),
    "login": t("Enter an account name."),
    "password": t("Enter a first password."),
}
_ISSUING = {
    "name": t("Say what the program is called."),
    "days": t("Enter a number of days, 366 at most."),
}


def _manager(visit: Visit) -> Visit:
    require(visit.actor, Action.MANAGE_PEOPLE, PLATFORM, "management of accounts")
    return visit


def _roles(form: Posted) -> frozenset[Role]:
    return frozenset(Role(value) for value in form.all("role") if value in set(Role))


def _missing(form: Posted, needed: dict[str, Text]) -> dict[str, Text]:
    return {name: text for name, text in needed.items() if not form.text(name)}


def _field(problem: Problem) -> str:
    """Say at which field of the form a problem stands."""
    if isinstance(problem, LoginTaken):
        return "login"
    return problem.where or "agency"


def _people_again(
    request: Request, visit: Visit, form: Posted, wrong: dict[str, Text], status: int
) -> HTMLResponse:
    shown = people(
        platform_of(request), visit.language, form=form.again(**wrong), chosen=form.all("role")
    )
    return page(request, shown, status)
