"""Contracts: the list, a dataset's versions, one version and the decisions about it."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.access import Action, Resource, require
from tinhdata.bootstrap import Platform
from tinhdata.db import Tx
from tinhdata.deliveries import NothingToDo
from tinhdata.edge.errors import PageNotFound
from tinhdata.edge.problems import status_of
from tinhdata.edge.proposals import loaded_of, require_proposer, require_signer, text_of
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.kernel import Refused, Text, t
from tinhdata.registry import (
    ContractState,
    ContractUnfit,
    RegisteredContract,
    SecondPersonMissing,
    SignatureMissing,
    VersionTooLow,
    WrongState,
)
from tinhdata.web.contexts.shell import Notice, Tone
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.contract_trial import trial_of
from tinhdata.web.filling.contracts import (
    contract_list,
    contract_page,
    require_sight,
    version_page,
)
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.shell import page, part, redirect

router = APIRouter(include_in_schema=False)

_UNDONE = (SecondPersonMissing, SignatureMissing, WrongState, ContractUnfit, VersionTooLow)
_LONGEST_SEARCH = 200


@router.get("/contracts")
def listed(request: Request, q: str = "", state: str = "") -> HTMLResponse:
    """List the contracts that the visitor may look at."""
    visit, number = reading(request), page_number(request.query_params.get("page"))
    words = q[:_LONGEST_SEARCH].strip()
    platform = platform_of(request)
    shown = contract_list(platform, visit.actor, visit.language, words, state, number)
    return page(request, shown)


@router.get("/contracts/dry-runs/{run}/part")
def trial_part(request: Request, run: str) -> HTMLResponse:
    """Say how far a dry run is, or what came out."""
    visit, platform = reading(request), platform_of(request)
    found = platform.deliveries.dry_run_of(visit.actor, run)
    shown = trial_of(platform, visit.actor, found, visit.language)
    return part(request, "parts/dry_run.html", trial=shown)


@router.get("/contracts/{dataset}")
def dataset_page(request: Request, dataset: str) -> HTMLResponse:
    """Show the versions of a dataset's contract."""
    visit = reading(request)
    shown = contract_page(platform_of(request), visit.actor, visit.language, dataset)
    if shown is None:
        raise PageNotFound
    return page(request, shown)


@router.get("/contracts/{dataset}/{version}")
def one(request: Request, dataset: str, version: str) -> HTMLResponse:
    """Show one version: what it changes, and who may decide about it."""
    visit, platform = reading(request), platform_of(request)
    found = _version(platform, dataset, version)
    return page(request, version_page(platform, visit.actor, visit.language, found))


@router.get("/contracts/{dataset}/{version}/contract.yaml")
def download(request: Request, dataset: str, version: str) -> Response:
    """Give the contract as the file that it was proposed from."""
    visit, platform = reading(request), platform_of(request)
    found = _version(platform, dataset, version)
    require_sight(platform, visit.actor, found.contract)
    name = f"{found.dataset}-{found.version}.odcs.yaml"
    return Response(
        text_of(platform, found.hash),
        media_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post("/contracts/{dataset}/{version}/approve")
def approve(request: Request, dataset: str, version: str, form: Form) -> Response:
    """Approve a proposal as the second person and, if asked for, put it into force at once."""
    at_once = form.get("do") != "approve"

    def do(tx: Tx, visit: Visit, found: RegisteredContract) -> None:
        platform = platform_of(request)
        platform.registry.approve(tx, visit.actor.id, found.hash)
        if at_once:
            platform.registry.activate(tx, visit.actor.id, found.hash)

    done = t("The contract is in force.") if at_once else t("The contract is approved.")
    return _decided(request, dataset, version, form, do, done)


@router.post("/contracts/{dataset}/{version}/sign")
def sign(request: Request, dataset: str, version: str, form: Form) -> Response:
    """Sign a proposal for data protection."""
    visit, platform = acting(request, form), platform_of(request)
    found = _version(platform, dataset, version)
    require_signer(visit.actor, found)
    try:
        with platform.db.transaction() as tx:
            platform.registry.sign(tx, visit.actor.id, found.hash)
    except _UNDONE as problem:
        state = form.again(whole=said(problem))
        shown = version_page(platform, visit.actor, visit.language, found, state)
        return page(request, shown, status_of(problem))
    return redirect(f"/contracts/{dataset}/{version}", Notice(t("You signed for data protection.")))


@router.post("/contracts/{dataset}/{version}/activate")
def activate(request: Request, dataset: str, version: str, form: Form) -> Response:
    """Put an approved contract into force."""

    def do(tx: Tx, visit: Visit, found: RegisteredContract) -> None:
        platform_of(request).registry.activate(tx, visit.actor.id, found.hash)

    return _decided(request, dataset, version, form, do, t("The contract is in force."))


@router.post("/contracts/{dataset}/{version}/take-back")
def take_back(request: Request, dataset: str, version: str, form: Form) -> Response:
    """Take a proposal back: by who may propose, or by who would have to approve it."""
    visit, platform = acting(request, form), platform_of(request)
    found = _version(platform, dataset, version)
    if found.state not in (ContractState.PROPOSED, ContractState.APPROVED):
        return redirect(f"/contracts/{dataset}/{version}")
    done = t("The proposal is taken back.")
    try:
        require_proposer(platform, visit.actor, found.contract)
    except Refused:
        _require_decider(visit, found)
        done = t("The proposal is returned.")
    try:
        with platform.db.transaction() as tx:
            platform.registry.take_back(tx, visit.actor.id, found.hash)
    except WrongState as problem:
        # Somebody put it into force while this reader was looking at it.
        return redirect(
            f"/contracts/{dataset}/{version}", Notice(problem.text, Tone.WARN, problem.fix)
        )
    return redirect(f"/contracts/{dataset}", Notice(done, Tone.CALM))


@router.post("/contracts/{dataset}/{version}/try")
def try_out(request: Request, dataset: str, version: str, form: Form) -> Response:
    """Try the contract on the newest delivery."""
    visit, platform = acting(request, form), platform_of(request)
    found = _version(platform, dataset, version)
    path = f"/contracts/{dataset}/{version}"
    try:
        platform.deliveries.dry_run(visit.actor, loaded_of(platform, found.hash))
    except NothingToDo as problem:
        return redirect(path, Notice(problem.text, Tone.WARN, problem.fix))
    return redirect(f"{path}#trial")


def _decided(
    request: Request,
    dataset: str,
    version: str,
    form: Posted,
    do: Callable[[Tx, Visit, RegisteredContract], None],
    done: Text,
) -> Response:
    visit, platform = acting(request, form), platform_of(request)
    found = _version(platform, dataset, version)
    _require_decider(visit, found)
    try:
        with platform.db.transaction() as tx:
            do(tx, visit, found)
    except _UNDONE as problem:
        state = form.again(whole=said(problem))
        shown = version_page(platform, visit.actor, visit.language, found, state)
        return page(request, shown, status_of(problem))
    return redirect(f"/contracts/{dataset}/{version}", Notice(done))


def _require_decider(visit: Visit, found: RegisteredContract) -> None:
    proposal = Resource.of(found.contract).sent(found.proposed_by, None)
    require(visit.actor, Action.APPROVE_CONTRACT, proposal, "approval of a contract")


def _version(platform: Platform, dataset: str, version: str) -> RegisteredContract:
    for each in platform.registry.versions(dataset):
        if each.version == version:
            return each
    raise PageNotFound
