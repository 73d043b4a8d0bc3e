"""The editor of contracts: write, check, compare, try out, propose."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.access import Permit
from tinhdata.bootstrap import Platform
from tinhdata.contracts import ContractInvalid, DraftWishes, reference_page
from tinhdata.deliveries import DryRun, NothingToDo
from tinhdata.edge.errors import PageNotFound
from tinhdata.edge.language import say
from tinhdata.edge.problems import status_of
from tinhdata.edge.proposals import may_propose, propose_text, standing, with_version
from tinhdata.edge.uploads import plain_name, temporary_folder
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.intake import FileRefused, draft
from tinhdata.kernel import Refused, Text, t
from tinhdata.registry import (
    ContractUnfit,
    ProposalOvertaken,
    RegisteredContract,
    VersionTaken,
    VersionTooLow,
)
from tinhdata.web.contexts.contracts import EditContract, TextChecked
from tinhdata.web.contexts.shell import FormState, Notice
from tinhdata.web.filling.contract_editor import (
    checked_text,
    edit_contract,
    new_contract,
    source_of,
)
from tinhdata.web.filling.contracts import may_write, require_sight
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.shell import page, part, redirect

router = APIRouter(include_in_schema=False)

_NOT_NOW = (ProposalOvertaken, VersionTaken, VersionTooLow, ContractUnfit)
_TOO_LONG = t("The text is longer than a contract can be, so it was not read.")
_SHORTER = t("Move long lists into a code-list dataset and refer to it.")


@router.get("/contracts/new")
def new(request: Request) -> HTMLResponse:
    """Begin the contract of a dataset that is not there yet."""
    visit = _writer(reading(request))
    return page(request, new_contract(platform_of(request), visit.actor))


@router.get("/contracts/reference")
def reference(request: Request) -> Response:
    """Give what may stand in a contract, as a text beside the one being written."""
    reading(request)
    return Response(reference_page(), media_type="text/plain; charset=utf-8")


@router.post("/contracts/new/draft")
def draft_of_sample(request: Request, form: Form) -> Response:
    """Draft a contract from a sample file; nothing of the file is kept."""
    platform = platform_of(request)
    visit, upload = _writer(acting(request, form)), form.files.get("file")
    if form.too_large or upload is None:
        text = t("The file is larger than {limit} MB.", limit=platform.settings.upload_limit_mb)
        return _not_drafted(request, visit, text if form.too_large else t("Choose a file first."))
    filename = plain_name(upload.filename or "")
    with temporary_folder(request) as folder:
        path = Path(folder) / "sample"
        with path.open("wb") as target:
            target.writelines(form.chunks("file"))
        try:
            made = draft(
                path,
                filename,
                lambda text: say(text, visit.language),
                DraftWishes(agency=visit.actor.agency),
            )
        except FileRefused as refused:
            return _not_drafted(request, visit, said(refused))
    checked, _ = checked_text(platform, visit.actor, made.yaml, None, visit.language)
    notice = Notice(
        t("Drafted from {file}. Read every line; what only people know is marked.", file=filename)
    )
    shown = new_contract(platform, visit.actor, text=made.yaml, checked=checked)
    return page(request, shown, notices=(notice,))


@router.post("/contracts/new")
def write_new(request: Request, form: Form) -> Response:
    """Check the text of a new contract, try its version, or propose it."""
    visit = _writer(acting(request, form))

    def shown(text: str, checked: TextChecked | None, state: FormState) -> EditContract:
        return new_contract(
            platform_of(request), visit.actor, text=text, checked=checked, form=state
        )

    return _Editing(request, visit, form, None, shown).answer()


@router.post("/contracts/check")
def check(request: Request, form: Form) -> Response:
    """Say beside the text, while it is typed, what is wrong and what it changes."""
    visit, platform = acting(request, form), platform_of(request)
    dataset = form.text("dataset") or None
    checked, _ = checked_text(platform, visit.actor, _text(form), dataset, visit.language)
    return part(request, "parts/contract_check.html", checked=checked)


@router.get("/contracts/{dataset}/edit")
def edit(request: Request, dataset: str) -> HTMLResponse:
    """Open a version of a contract for editing: by default the one in force."""
    visit, platform = reading(request), platform_of(request)
    base = _base(platform, dataset, request.query_params.get("from", ""))
    _require_writer(platform, visit, base)
    return page(request, edit_contract(platform, visit.language, base))


@router.post("/contracts/{dataset}/edit")
def write(request: Request, dataset: str, form: Form) -> Response:
    """Check the text, take over the version, try it out, or propose it."""
    if form.too_large:
        return _too_long(request, dataset)
    visit, platform = acting(request, form), platform_of(request)
    base = _base(platform, dataset, form.text("based_on"))
    _require_writer(platform, visit, base)

    def shown(text: str, checked: TextChecked | None, state: FormState) -> EditContract:
        overtaken = state.errors.get("") is not None and state.values.get("again") == "1"
        return edit_contract(
            platform,
            visit.language,
            base,
            text=text,
            seen=None if overtaken else form.text("seen"),
            checked=checked,
            form=state,
        )

    return _Editing(request, visit, form, base, shown).answer()


_Shown: TypeAlias = Callable[[str, TextChecked | None, FormState], EditContract]


class _Editing:
    """One sending of the editor's form; whatever comes of it, the text is not lost."""

    def __init__(
        self,
        request: Request,
        visit: Visit,
        form: Posted,
        base: RegisteredContract | None,
        shown: _Shown,
    ) -> None:
        self._request = request
        self._platform = platform_of(request)
        self._visit = visit
        self._form = form
        self._base = base
        self._dataset = base.dataset if base else None
        self._shown = shown
        self._text = _text(form)

    def answer(self) -> Response:
        match self._form.get("do"):
            case "version":
                self._text = with_version(self._text, self._form.text("next_version"))
                return self._again(self._checked(), 200)
            case "try":
                return self._try()
            case "propose":
                return self._propose()
            case _:
                return self._again(self._checked(), 200)

    def _try(self) -> Response:
        checked, loaded = checked_text(
            self._platform, self._visit.actor, self._text, self._dataset, self._visit.language
        )
        if loaded is None:
            return self._again(checked, 422)
        try:
            run = self._platform.deliveries.dry_run(self._visit.actor, loaded)
        except NothingToDo as problem:
            return self._again(checked, status_of(problem), said(problem))
        return self._again(self._checked(run), 200)

    def _propose(self) -> Response:
        try:
            made = propose_text(
                self._platform,
                self._visit.actor,
                self._text.encode(),
                source_of(self._dataset),
                dataset=self._dataset,
                new=self._base is None,
                seen=self._form.text("seen") or None,
                replaces=self._base.hash if self._base else None,
            )
        except ContractInvalid:
            return self._again(self._checked(), 422)
        except _NOT_NOW as problem:
            overtaken = isinstance(problem, ProposalOvertaken)
            return self._again(
                self._checked(), status_of(problem), said(problem), overtaken=overtaken
            )
        done = Notice(
            t(
                "Version {version} is proposed. An approver of the agency sees it now.",
                version=made.version,
            )
        )
        return redirect(f"/contracts/{made.dataset}/{made.version}", done)

    def _checked(self, run: DryRun | None = None) -> TextChecked:
        return checked_text(
            self._platform, self._visit.actor, self._text, self._dataset, self._visit.language, run
        )[0]

    def _again(
        self,
        checked: TextChecked | None,
        status: int,
        problem: Text | None = None,
        *,
        overtaken: bool = False,
    ) -> HTMLResponse:
        errors = {} if problem is None else {"": problem}
        state = FormState({"again": "1"} if overtaken else {}, errors)
        return page(self._request, self._shown(self._text, checked, state), status)


def _text(form: Posted) -> str:
    """Give the text as it was typed; a browser sends it with the line ends of another system."""
    return form.get("text").replace("\r\n", "\n").replace("\r", "\n")


def _too_long(request: Request, dataset: str) -> HTMLResponse:
    """Say that a text was too long to be read; the browser still has it on the page before."""
    visit, platform = reading(request), platform_of(request)
    base = _base(platform, dataset, "")
    _require_writer(platform, visit, base)
    state = FormState(errors={"": Text("{text} {fix}", {"text": _TOO_LONG, "fix": _SHORTER})})
    return page(request, edit_contract(platform, visit.language, base, form=state), 422)


def _base(platform: Platform, dataset: str, contract_hash: str) -> RegisteredContract:
    versions = platform.registry.versions(dataset)
    chosen = next((each for each in versions if each.hash == contract_hash), None)
    found = chosen or standing(versions)
    if found is None:
        raise PageNotFound
    return found


def _require_writer(platform: Platform, visit: Visit, base: RegisteredContract) -> None:
    require_sight(platform, visit.actor, base.contract)
    decision = may_propose(platform, visit.actor, base.contract)
    if not isinstance(decision, Permit):
        raise Refused(decision.reason, fix=decision.fix)


def _writer(visit: Visit) -> Visit:
    if not may_write(visit.actor):
        raise Refused(
            t("Contracts are written by officers for the datasets of their agency."),
            fix=t("Ask an officer of your agency, or the operator of the platform."),
        )
    return visit


def _not_drafted(request: Request, visit: Visit, text: Text) -> HTMLResponse:
    state = FormState(errors={"file": text})
    return page(request, new_contract(platform_of(request), visit.actor, form=state), 422)
