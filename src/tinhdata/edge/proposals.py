"""A contract from text to proposal, the same for pages, interface and command line.

It says what is wrong with a text, what it would change, and who may propose it; states belong to
`registry`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tinhdata.access import Action, Actor, Permit, Refusal, Resource, Role, decide, require
from tinhdata.bootstrap import Platform
from tinhdata.contracts import (
    Comparison,
    Contract,
    ContractInvalid,
    Finding,
    LoadedContract,
    Severity,
    load_contract,
    restore_contract,
)
from tinhdata.edge.contracts import contract_yaml
from tinhdata.kernel import Problem, t
from tinhdata.registry import (
    ContractState,
    ContractUnknown,
    RegisteredContract,
    VersionTaken,
)

_ID_LINE = re.compile(rb"^id:", re.MULTILINE)
_VERSION_LINE = re.compile(r"^version:[^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TextCheck:
    """What can be said about the text of a contract before anyone proposes it."""

    findings: tuple[Finding, ...]
    loaded: LoadedContract | None = None
    active: RegisteredContract | None = None
    comparison: Comparison | None = None
    refusals: tuple[Problem, ...] = ()
    """What else would keep it from being proposed or approved."""
    next_version: str | None = None
    """The smallest version it may have, None where its own will do."""

    @property
    def is_sound(self) -> bool:
        """Say whether it could be proposed as it is."""
        return self.loaded is not None and not self.refusals and not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Give the findings that forbid the contract."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)


def check_text(
    platform: Platform, data: bytes, source: str, dataset: str | None = None, *, new: bool = False
) -> TextCheck:
    """Say what is wrong with the contract in `data` and what it changes.

    `dataset` is whose contract is being edited; `new` says that there must not be one yet.
    """
    try:
        loaded = load_contract(data, source)
    except ContractInvalid as invalid:
        return TextCheck(invalid.findings)
    contract, registry = loaded.contract, platform.registry
    if (wrong := _wrong_dataset(platform, loaded, data, source, dataset, new)) is not None:
        return TextCheck((wrong, *loaded.findings))
    return TextCheck(
        findings=loaded.findings,
        loaded=loaded,
        active=active_of(platform, contract.id),
        comparison=registry.compared(contract),
        refusals=registry.refusals(loaded),
        next_version=registry.next_version(contract) if _is_unknown(platform, loaded) else None,
    )


def propose_text(
    platform: Platform,
    actor: Actor,
    data: bytes,
    source: str,
    *,
    dataset: str | None = None,
    new: bool = False,
    seen: str | None = None,
    replaces: str | None = None,
) -> RegisteredContract:
    """Propose the contract in `data` in the name of `actor`, keeping the text for later editing.

    `dataset` is whose contract is being edited; `new` says that there must not be one yet.
    `replaces` is a proposal that this one is a new wording of: it is taken back. Raises
    ContractInvalid, Refused, ContractUnfit, VersionTaken, VersionTooLow and ProposalOvertaken.
    """
    loaded = load_contract(data, source)
    if (wrong := _wrong_dataset(platform, loaded, data, source, dataset, new)) is not None:
        raise ContractInvalid(source, (wrong,))
    require_proposer(platform, actor, loaded.contract)
    registry = platform.registry
    with platform.db.transaction() as tx:
        made = registry.propose(tx, actor.id, loaded, source, text=data, seen=seen)
        if made.state is ContractState.RETIRED:
            raise VersionTaken(
                t(
                    "Version {version} of {dataset} was registered before and is out of force.",
                    version=made.version,
                    dataset=made.dataset,
                ),
                fix=t("Give the contract a higher version."),
            )
        if replaces is not None and replaces != made.hash:
            before = registry.by_hash(replaces)
            if before.dataset == made.dataset and before.state is ContractState.PROPOSED:
                registry.take_back(tx, actor.id, replaces)
    return made


def require_proposer(platform: Platform, actor: Actor, contract: Contract) -> Permit:
    """Give the permit to propose `contract`; raises Refused.

    The agency that owns the dataset now decides who may; what the text claims does not.
    """
    return require(
        actor, Action.PROPOSE_CONTRACT, owned_by(platform, contract), "proposal of a contract"
    )


def may_propose(platform: Platform, actor: Actor, contract: Contract) -> Permit | Refusal:
    """Say whether `actor` may propose a version of the dataset of `contract`, and why not."""
    resource = owned_by(platform, contract)
    return decide(actor, Action.PROPOSE_CONTRACT, resource, "proposal of a contract")


def is_unsigned(platform: Platform, each: RegisteredContract) -> bool:
    """Say whether a proposal waits for the data protection officer to sign it."""
    return (
        each.state is ContractState.PROPOSED
        and each.signed_by is None
        and platform.registry.needs_signature(each.hash)
    )


def may_sign(actor: Actor, each: RegisteredContract) -> bool:
    """Say whether `actor` may sign a proposal for data protection."""
    proposal = Resource.of(each.contract).sent(each.proposed_by, None)
    decision = decide(actor, Action.SIGN_CONTRACT, proposal, "signature for data protection")
    return isinstance(decision, Permit)


def require_signer(actor: Actor, each: RegisteredContract) -> Permit:
    """Give the permit to sign a proposal for data protection; raises Refused."""
    proposal = Resource.of(each.contract).sent(each.proposed_by, None)
    return require(actor, Action.SIGN_CONTRACT, proposal, "signature for data protection")


def to_sign(platform: Platform, actor: Actor) -> tuple[RegisteredContract, ...]:
    """Give the proposals that wait for `actor` to sign them for data protection."""
    if Role.PROTECTOR not in actor.roles:
        return ()
    waiting = platform.registry.waiting()
    return tuple(e for e in waiting if may_sign(actor, e) and is_unsigned(platform, e))


def owned_by(platform: Platform, contract: Contract) -> Resource:
    """Give the dataset as its active contract has it, or as `contract` has where none is."""
    active = active_of(platform, contract.id)
    return Resource.of(active.contract if active is not None else contract)


def active_of(platform: Platform, dataset: str) -> RegisteredContract | None:
    """Give the contract in force, None where there is none."""
    try:
        return platform.registry.active(dataset)
    except ContractUnknown:
        return None


def loaded_of(platform: Platform, contract_hash: str) -> LoadedContract:
    """Give a registered contract as it was loaded; raises ContractUnknown."""
    return restore_contract(platform.registry.canonical(contract_hash))


def text_of(platform: Platform, contract_hash: str) -> str:
    """Give a registered contract as a file: the one it came from, or written anew."""
    text = platform.registry.text(contract_hash)
    if text is not None:
        return text.decode("utf-8-sig")
    return contract_yaml(platform.registry.canonical(contract_hash))


def with_version(text: str, version: str) -> str:
    """Give the text of a contract with another version; the rest stays as it was typed."""
    return _VERSION_LINE.sub(f'version: "{version}"', text, count=1)


def standing(versions: Sequence[RegisteredContract]) -> RegisteredContract | None:
    """Give the version that a dataset stands for: the active one, else the last proposed."""
    active = [each for each in versions if each.state is ContractState.ACTIVE]
    waiting = [each for each in versions if each.state is not ContractState.RETIRED]
    return next(iter([*active, *reversed(waiting), *reversed(versions)]), None)


def _wrong_dataset(
    platform: Platform,
    loaded: LoadedContract,
    data: bytes,
    source: str,
    dataset: str | None,
    new: bool,
) -> Finding | None:
    found = loaded.contract.id
    if dataset is not None and found != dataset:
        text = t("This is the contract of {dataset}, but it says {found}.", dataset=dataset,
                 found=found)  # fmt: skip
        fix = t("Write id: {dataset}; a new dataset begins on a page of its own.", dataset=dataset)
    elif new and platform.registry.versions(found):
        text = t("There is a dataset {dataset} already.", dataset=found)
        fix = t("Choose another id, or change the contract of that dataset.")
    else:
        return None
    match = _ID_LINE.search(data)
    line = data.count(b"\n", 0, match.start()) + 1 if match else 1
    return Finding(f"{source}:{line}", "other-dataset", Severity.ERROR, text, fix)


def _is_unknown(platform: Platform, loaded: LoadedContract) -> bool:
    return all(each.hash != loaded.hash for each in platform.registry.versions(loaded.contract.id))
