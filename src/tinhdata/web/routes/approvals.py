"""What waits for a second person: deliveries and contracts."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.access import Action, Actor, Resource, require
from tinhdata.bootstrap import Platform
from tinhdata.edge.contracts import contract_yaml
from tinhdata.edge.problems import status_of
from tinhdata.edge.visits import platform_of
from tinhdata.kernel import t
from tinhdata.registry import (
    ContractState,
    ContractUnfit,
    RegisteredContract,
    SecondPersonMissing,
    SignatureMissing,
    VersionTooLow,
    WrongState,
)
from tinhdata.web.contexts.shell import Notice
from tinhdata.web.filling.desk_approvals import approvals
from tinhdata.web.posted import Form, acting, reading, said
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)

_UNDONE = (SecondPersonMissing, SignatureMissing, WrongState, ContractUnfit, VersionTooLow)


@router.get("/approvals")
def waiting(request: Request) -> HTMLResponse:
    """Show what waits for a second person."""
    visit = reading(request)
    return page(request, approvals(platform_of(request), visit.actor, visit.language))


@router.get("/approvals/contracts/{contract_hash}.yaml")
def contract(request: Request, contract_hash: str) -> Response:
    """Give a contract that waits, as it would come into force."""
    visit, platform = reading(request), platform_of(request)
    registered = platform.registry.by_hash(contract_hash)
    require(
        visit.actor,
        Action.READ_DELIVERY,
        Resource.of(registered.contract),
        "look at a proposed contract",
    )
    return Response(
        contract_yaml(platform.registry.canonical(contract_hash)),
        media_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{registered.dataset}.odcs.yaml"'},
    )


@router.post("/approvals/contracts/{contract_hash}/approve")
def approve_contract(request: Request, contract_hash: str, form: Form) -> Response:
    """Approve a proposed contract and put it into force."""
    visit, platform = acting(request, form), platform_of(request)
    registered = platform.registry.by_hash(contract_hash)
    require(
        visit.actor,
        Action.APPROVE_CONTRACT,
        Resource.of(registered.contract).sent(registered.proposed_by, None),
        "approval of a contract",
    )
    try:
        _put_into_force(platform, visit.actor, registered)
    except _UNDONE as problem:
        state = form.again(whole=said(problem))
        shown = approvals(platform, visit.actor, visit.language, {contract_hash: state})
        return page(request, shown, status_of(problem))
    return redirect("/approvals", Notice(t("The contract is in force.")))


def _put_into_force(platform: Platform, actor: Actor, registered: RegisteredContract) -> None:
    with platform.db.transaction() as tx:
        if registered.state is ContractState.PROPOSED:
            platform.registry.approve(tx, actor.id, registered.hash)
        platform.registry.activate(tx, actor.id, registered.hash)
