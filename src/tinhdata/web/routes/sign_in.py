"""Signing in and out, and one's own account."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.access import AccountInvalid, SignInPaused, SignInRefused, role_name
from tinhdata.bootstrap import Platform, demo_accounts
from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import (
    SESSION_COOKIE,
    language_of,
    platform_of,
    require_own_site,
    visit_of,
)
from tinhdata.kernel import Problem, Text, t
from tinhdata.web.contexts.desk import SignIn
from tinhdata.web.contexts.shell import FormState, Notice
from tinhdata.web.filling.desk_people import account
from tinhdata.web.filling.desk_words import Names
from tinhdata.web.posted import Form, acting, reading, said
from tinhdata.web.shell import local_path, page, redirect

router = APIRouter(include_in_schema=False)

_FIRST_PAGE = "/desk"


@router.get("/sign-in")
def sign_in_page(request: Request, back: str = _FIRST_PAGE) -> Response:
    """Ask for name and password; who is signed in goes on."""
    if visit_of(request).session is not None:
        return redirect(local_path(back, _FIRST_PAGE))
    return page(request, _asked(request, back))


@router.post("/sign-in")
def sign_in(request: Request, form: Form) -> Response:
    """Open a session and go back to where the reader came from."""
    require_own_site(request)
    platform, back = platform_of(request), local_path(form.text("back"), _FIRST_PAGE)
    if missing := {name: text for name, text in _NEEDED.items() if not form.get(name)}:
        return page(request, _asked(request, back, form.again(**missing)), 422)
    try:
        token = platform.access.sign_in(
            form.get("login"),
            form.get("password"),
            request.client.host if request.client else "",
            request.cookies.get(SESSION_COOKIE),
        )
    except (SignInRefused, SignInPaused) as problem:
        state = form.again(whole=said(problem))
        return page(request, _asked(request, back, state), status_of(problem))
    response = redirect(back)
    response.set_cookie(
        SESSION_COOKIE,
        token.value,
        path="/",
        httponly=True,
        samesite="lax",
        secure=platform.settings.secure_cookies,
    )
    return response


@router.post("/sign-out")
def sign_out(request: Request, form: Form) -> Response:
    """End the session."""
    visit = visit_of(request)
    if visit.session is not None:
        visit = acting(request, form)
        platform_of(request).access.sign_out(visit.token or "")
    response = redirect("/", Notice(t("You are signed out.")))
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")
    return response


@router.get("/account")
def own_account(request: Request) -> HTMLResponse:
    """Show the visitor's own account."""
    return page(request, account(platform_of(request), reading(request)))


@router.post("/account/password")
def change_password(request: Request, form: Form) -> Response:
    """Change one's own password; every other session of the account ends."""
    platform, visit = platform_of(request), acting(request, form)
    address = request.client.host if request.client else ""
    login = platform.access.person(visit.actor.id).login
    try:
        platform.access.change_password(
            login, form.get("old"), form.get("new"), address, visit.token
        )
    except AccountInvalid as problem:
        return _account_again(request, form.again(new=said(problem)), problem)
    except SignInRefused as problem:
        state = form.again(old=t("This is not your present password."))
        return _account_again(request, state, problem)
    except SignInPaused as problem:
        return _account_again(request, form.again(whole=said(problem)), problem)
    return redirect("/account", Notice(t("The password is changed.")))


_NEEDED = {
    "login": t("Enter your account name."),
    "password": t("Enter your password."),
}


def _account_again(request: Request, state: FormState, problem: Problem) -> HTMLResponse:
    context = account(platform_of(request), visit_of(request), state)
    return page(request, context, max(status_of(problem), 422))


def _asked(request: Request, back: str, state: FormState | None = None) -> SignIn:
    platform = platform_of(request)
    return SignIn(
        form=state or FormState(),
        back=local_path(back, _FIRST_PAGE),
        demo_accounts=_demo(platform, language_of(request)),
    )


def _demo(platform: Platform, language: str) -> tuple[tuple[str, str, Text], ...]:
    names = Names(platform, language)
    return tuple(
        (
            each.login,
            each.password,
            t(
                "{role}, {agency}",
                role=role_name(min(each.roles)),
                agency=names.agency(each.agency) if each.agency else "–",
            ),
        )
        for each in demo_accounts(platform)
    )
