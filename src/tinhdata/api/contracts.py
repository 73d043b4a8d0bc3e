"""Contracts on their way into force: proposed, compared, approved, activated."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from tinhdata.access import (
    Action,
    ActorKind,
    Permit,
    Resource,
    decide,
    require,
)
from tinhdata.api.common import Here, Reader, WordsOut, Writer
from tinhdata.api.documents import UPLOAD, problems
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Comparison
from tinhdata.edge.errors import NobodySignedIn
from tinhdata.edge.language import say
from tinhdata.edge.proposals import is_unsigned, may_sign, propose_text, require_signer
from tinhdata.edge.uploads import Upload, file_of
from tinhdata.edge.visits import Visit
from tinhdata.kernel import t
from tinhdata.landing import FileTooLarge
from tinhdata.registry import ContractState, RegisteredContract

router = APIRouter(prefix="/contracts", tags=["contracts"])

_LARGEST = 2 << 20
_DECIDING = problems(401, 403, 404, 409, 422)


class ContractOut(BaseModel):
    """A version of a dataset's contract and where it stands."""

    dataset: str
    name: WordsOut
    version: str
    hash: str
    state: ContractState
    agency: str
    source: str
    proposed_at: datetime
    approved_at: datetime | None
    activated_at: datetime | None
    signed_at: datetime | None = Field(description="When it was signed for data protection.")
    needs_signature: bool = Field(description="Whether it waits for that signature.")
    approved_automatically: bool = Field(description="By the demo pack, by no person.")
    may_approve: bool = Field(description="Whether you may decide about it.")
    may_sign: bool = Field(description="Whether you may sign it for data protection.")

    @classmethod
    def of(cls, here: Platform, registered: RegisteredContract, visit: Visit) -> "ContractOut":
        """Give a contract registered `here` as `visit` sees it."""
        return cls(
            dataset=registered.dataset,
            name=WordsOut.of(registered.contract.name),
            version=registered.version,
            hash=registered.hash,
            state=registered.state,
            agency=registered.contract.agency,
            source=registered.source,
            proposed_at=registered.proposed_at,
            approved_at=registered.approved_at,
            activated_at=registered.activated_at,
            signed_at=registered.signed_at,
            needs_signature=is_unsigned(here, registered),
            approved_automatically=registered.is_approved_automatically,
            may_approve=_may(visit, registered, Action.APPROVE_CONTRACT),
            may_sign=may_sign(visit.actor, registered),
        )


class ContractChangeOut(BaseModel):
    """One difference between two versions, and for whom it matters."""

    kind: str
    column: str | None
    text: str
    consumer: str = Field(description="ok, warn, break or block, for readers.")
    producer: str = Field(description="The same for those who deliver.")
    privacy: str = Field(description="The same for the people in the data.")


class ComparisonOut(BaseModel):
    """What a contract changes against the one in force; nothing where there is none."""

    old_version: str | None
    least_version: str | None = Field(description="The smallest version that tells the truth.")
    breaks_consumers: bool
    breaks_producers: bool
    needs_signatures: bool
    changes: list[ContractChangeOut]

    @classmethod
    def of(cls, found: Comparison | None, language: str) -> "ComparisonOut":
        """Give a comparison with its sentences in `language`."""
        return cls(
            old_version=found.old_version if found else None,
            least_version=found.next_version if found else None,
            breaks_consumers=bool(found and found.breaks_consumers),
            breaks_producers=bool(found and found.breaks_producers),
            needs_signatures=bool(found and found.needs_signatures),
            changes=[
                ContractChangeOut(
                    kind=change.kind,
                    column=change.column,
                    text=say(change.text, language),
                    consumer=change.consumer.name.lower(),
                    producer=change.producer.name.lower(),
                    privacy=change.privacy.name.lower(),
                )
                for change in (found.changes if found else ())
            ],
        )


@router.get("/waiting", summary="List contracts that wait", responses=problems(401))
def waiting(here: Here, visit: Reader) -> list[ContractOut]:
    """List what waits for an approver or for being put into force, as far as it concerns you."""
    if visit.actor.kind is ActorKind.ANONYMOUS:
        raise NobodySignedIn
    waiting = here.registry.waiting()
    return [ContractOut.of(here, each, visit) for each in waiting if _sees(visit, each)]


@router.post(
    "",
    summary="Propose a contract",
    status_code=201,
    responses=problems(401, 403, 409, 413, 422),
    openapi_extra=UPLOAD,
)
def propose(here: Here, visit: Writer, upload: Annotated[Upload, Depends(file_of)]) -> ContractOut:
    """Register an ODCS file as proposed; the same file again changes nothing."""
    registered = propose_text(here, visit.actor, text_in(upload), upload.filename)
    return ContractOut.of(here, registered, visit)


def text_in(upload: Upload) -> bytes:
    """Give the bytes of a contract that was sent; raises FileTooLarge."""
    data = upload.file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise FileTooLarge(
            t("The contract is larger than {size} MiB.", size=_LARGEST >> 20),
            fix=t("Move long lists into a code-list dataset and refer to it."),
        )
    return data


@router.get(
    "/{contract_hash}/comparison",
    summary="Compare with the contract in force",
    responses=problems(401, 403, 404),
)
def comparison(here: Here, visit: Reader, contract_hash: str) -> ComparisonOut:
    """Say what a contract changes and whether that breaks readers or those who deliver."""
    registered = here.registry.by_hash(contract_hash)
    if not _sees(visit, registered):
        resource = Resource.of(registered.contract)
        require(visit.actor, Action.READ_DELIVERY, resource, "comparison of contracts")
    return ComparisonOut.of(here.registry.comparison(contract_hash), visit.language)


@router.post("/{contract_hash}/signature", summary="Sign for data protection", responses=_DECIDING)
def sign(here: Here, visit: Writer, contract_hash: str) -> ContractOut:
    """Sign, as the data protection officer, a proposal that concerns personal data."""
    registered = here.registry.by_hash(contract_hash)
    require_signer(visit.actor, registered)
    with here.db.transaction() as tx:
        signed = here.registry.sign(tx, visit.actor.id, contract_hash)
    return ContractOut.of(here, signed, visit)


@router.post("/{contract_hash}/approval", summary="Approve a contract", responses=_DECIDING)
def approve(here: Here, visit: Writer, contract_hash: str) -> ContractOut:
    """Approve a proposal of someone else; it is not in force by that."""
    registered = here.registry.by_hash(contract_hash)
    _require_decider(visit, registered)
    with here.db.transaction() as tx:
        approved = here.registry.approve(tx, visit.actor.id, contract_hash)
    return ContractOut.of(here, approved, visit)


@router.post(
    "/{contract_hash}/activation", summary="Put a contract into force", responses=_DECIDING
)
def activate(here: Here, visit: Writer, contract_hash: str) -> ContractOut:
    """Put an approved contract into force and retire the one before."""
    registered = here.registry.by_hash(contract_hash)
    _require_decider(visit, registered)
    with here.db.transaction() as tx:
        active = here.registry.activate(tx, visit.actor.id, contract_hash)
    return ContractOut.of(here, active, visit)


def _proposal(registered: RegisteredContract) -> Resource:
    return Resource.of(registered.contract).sent(registered.proposed_by, None)


def _require_decider(visit: Visit, registered: RegisteredContract) -> None:
    purpose = "decision about a contract"
    require(visit.actor, Action.APPROVE_CONTRACT, _proposal(registered), purpose)


def _may(visit: Visit, registered: RegisteredContract, action: Action) -> bool:
    return isinstance(decide(visit.actor, action, _proposal(registered), "list"), Permit)


def _sees(visit: Visit, registered: RegisteredContract) -> bool:
    actions = (
        *(Action.APPROVE_CONTRACT, Action.PROPOSE_CONTRACT),
        *(Action.READ_DELIVERY, Action.SIGN_CONTRACT),
    )
    return any(_may(visit, registered, action) for action in actions)
