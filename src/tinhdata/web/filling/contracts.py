"""Fills the list of contracts, a dataset's page of versions, and the page of one version."""

import difflib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from tinhdata.access import Action, Actor, Permit, Refusal, Resource, decide
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract
from tinhdata.deliveries import DryRun
from tinhdata.edge.proposals import (
    active_of,
    is_unsigned,
    may_propose,
    may_sign,
    owned_by,
    standing,
    text_of,
)
from tinhdata.kernel import Page, Problem, Refused, Text, t
from tinhdata.registry import PACK_ACTOR, ContractState, RegisteredContract
from tinhdata.vietnam import fold
from tinhdata.web.contexts.contracts import (
    ContractLine,
    ContractList,
    ContractPage,
    TextLine,
    VersionLine,
    VersionPage,
)
from tinhdata.web.contexts.shell import Badge, Choice, FormState, Tone
from tinhdata.web.filling.addresses import pager_of, with_query
from tinhdata.web.filling.contract_trial import trial_of
from tinhdata.web.filling.contract_words import STATES, compared
from tinhdata.web.filling.desk_words import Names

PAGE = 40
_SHOWN = (
    *(Action.PROPOSE_CONTRACT, Action.TRY_CONTRACT),
    *(Action.READ_DELIVERY, Action.SIGN_CONTRACT),
)
_CONTEXT_LINES = 2


def sees(platform: Platform, actor: Actor, contract: Contract) -> bool:
    """Say whether `actor` may look at the contracts of a dataset, proposed ones included."""
    resources = (owned_by(platform, contract), Resource.of(contract))
    return any(
        isinstance(decide(actor, action, resource.sent("-", None), "look at contracts"), Permit)
        for resource in resources
        for action in _SHOWN
    )


def require_sight(platform: Platform, actor: Actor, contract: Contract) -> None:
    """Raise Refused unless `actor` may look at the contracts of the dataset."""
    if not sees(platform, actor, contract):
        decision = decide(
            actor, Action.READ_DELIVERY, owned_by(platform, contract), "look at contracts"
        )
        reason = decision.reason if isinstance(decision, Refusal) else t("This is not open to you")
        fix = decision.fix if isinstance(decision, Refusal) else None
        raise Refused(reason, fix=fix)


def contract_list(
    platform: Platform, actor: Actor, language: str, words: str, state: str, number: int
) -> ContractList:
    """Give the contracts that `actor` may look at and that hold every one of `words`."""
    names = Names(platform, language)
    everything = platform.registry.everything()
    lines = [
        _line(versions, names, language)
        for versions in _by_dataset(everything)
        if (stands := standing(versions)) and sees(platform, actor, stands.contract)
    ]
    wanted = fold(words).split()
    found = [
        line
        for line in lines
        if all(w in fold(f"{line.name} {line.dataset} {line.agency}") for w in wanted)
        and _is_in(line, state)
    ]
    found.sort(key=lambda line: (line.waiting is None, fold(line.name)))
    offset = (number - 1) * PAGE
    page = Page(tuple(found[offset : offset + PAGE]), len(found), offset, PAGE)
    return ContractList(
        lines=page.items,
        query=words,
        states=(
            Choice("waiting", t("Waiting for a decision"), state == "waiting"),
            Choice("active", t("Now in force"), state == "active"),
        ),
        pager=pager_of(page, with_query("/contracts", {"q": words, "state": state})),
        may_write=may_write(actor),
    )


def may_write(actor: Actor) -> bool:
    """Say whether `actor` may propose the contract of a dataset of his own agency."""
    own = Resource("dataset", "", agency=actor.agency)
    decision = decide(actor, Action.PROPOSE_CONTRACT, own, "write a contract")
    return isinstance(decision, Permit)


def contract_page(
    platform: Platform, actor: Actor, language: str, dataset: str
) -> ContractPage | None:
    """Give the page of a dataset's contract; None where none was ever registered."""
    versions = platform.registry.versions(dataset)
    stands = standing(versions)
    if stands is None:
        return None
    require_sight(platform, actor, stands.contract)
    names = Names(platform, language)
    lines = {each.hash: version_line(each, names) for each in versions}
    proposing = may_propose(platform, actor, stands.contract)
    contract = stands.contract
    return ContractPage(
        dataset=dataset,
        name=contract.name.in_language(language),
        description=contract.description.in_language(language),
        facts=_facts(contract, names),
        dataset_href=f"/datasets/{dataset}" if stands.state is ContractState.ACTIVE else None,
        active=_only(lines, versions, ContractState.ACTIVE),
        waiting=tuple(
            lines[each.hash]
            for each in reversed(versions)
            if each.state in (ContractState.PROPOSED, ContractState.APPROVED)
        ),
        before=tuple(
            lines[each.hash] for each in reversed(versions) if each.state is ContractState.RETIRED
        ),
        edit_href=f"/contracts/{dataset}/edit" if isinstance(proposing, Permit) else None,
        refused=proposing.reason if isinstance(proposing, Refusal) else None,
    )


def version_page(
    platform: Platform,
    actor: Actor,
    language: str,
    each: RegisteredContract,
    form: FormState | None = None,
) -> VersionPage:
    """Give the page of one version with what `actor` may decide about it."""
    require_sight(platform, actor, each.contract)
    names, path = Names(platform, language), f"/contracts/{each.dataset}"
    comparison = platform.registry.comparison(each.hash)
    waits = each.state in (ContractState.PROPOSED, ContractState.APPROVED)
    deciding = _deciding(actor, each)
    proposing = isinstance(may_propose(platform, actor, each.contract), Permit)
    text = text_of(platform, each.hash)
    active = active_of(platform, each.dataset)
    run = _last_run(platform, actor, each.hash)
    unsigned = is_unsigned(platform, each)
    return VersionPage(
        dataset=each.dataset,
        name=each.contract.name.in_language(language),
        page_href=path,
        line=version_line(each, names),
        compared=compared(comparison) if waits and comparison else None,
        is_first=waits and active is None,
        trial=trial_of(platform, actor, run, language) if run else None,
        text=tuple(text.splitlines()),
        changed=_changed(platform, active, each, text) if waits else (),
        action=f"{path}/{each.version}",
        may_approve=each.state is ContractState.PROPOSED and deciding is None and not unsigned,
        may_activate=each.state is ContractState.APPROVED and deciding is None,
        may_take_back=waits and (proposing or deciding is None),
        may_try=waits and active is not None and _may_try(platform, actor, each),
        edit_href=f"{path}/edit?from={each.hash}" if proposing else None,
        refused=deciding if waits else None,
        needs_signature=unsigned,
        returns=not proposing,
        may_sign=unsigned and may_sign(actor, each),
        form=form or FormState(),
    )


def version_line(each: RegisteredContract, names: Names) -> VersionLine:
    """Give a version with who brought it where it stands."""
    path = f"/contracts/{each.dataset}/{each.version}"
    return VersionLine(
        version=each.version,
        href=path,
        badge=STATES[each.state],
        steps=tuple(_steps(each, names)),
        hash=each.hash,
        download=f"{path}/contract.yaml",
    )


def _steps(each: RegisteredContract, names: Names) -> Iterator[tuple[Text, str | Text, datetime]]:
    yield t("Proposed"), names.person(each.proposed_by), each.proposed_at
    signed_at = each.signed_at or each.approved_at
    if each.signed_by is not None and signed_at is not None:
        yield t("Signed for data protection"), names.person(each.signed_by), signed_at
    if each.approved_at is not None:
        yield t("Approved"), names.person(each.approved_by), each.approved_at
    if each.activated_at is not None:
        yield t("Put into force"), names.person(each.approved_by), each.activated_at
    if each.retired_at is not None:
        was = t("Taken out of force") if each.activated_at else t("Proposal taken back")
        yield was, "", each.retired_at


def _deciding(actor: Actor, each: RegisteredContract) -> Text | None:
    """Say why `actor` may not decide about a version, None if he may."""
    if each.state is ContractState.PROPOSED and actor.id == each.proposed_by != PACK_ACTOR:
        return t("You proposed this contract, so someone else has to approve it.")
    proposal = Resource.of(each.contract).sent(each.proposed_by, None)
    decision = decide(actor, Action.APPROVE_CONTRACT, proposal, "approval of a contract")
    return decision.reason if isinstance(decision, Refusal) else None


def _may_try(platform: Platform, actor: Actor, each: RegisteredContract) -> bool:
    resource = owned_by(platform, each.contract)
    return isinstance(decide(actor, Action.TRY_CONTRACT, resource, "dry run"), Permit)


def _last_run(platform: Platform, actor: Actor, contract_hash: str) -> DryRun | None:
    try:
        return platform.deliveries.last_dry_run(actor, contract_hash)
    except Problem:
        return None


def _changed(
    platform: Platform, active: RegisteredContract | None, each: RegisteredContract, text: str
) -> tuple[TextLine, ...]:
    """Give the lines in which the text differs from that of the version in force."""
    if active is None or active.hash == each.hash:
        return ()
    before = text_of(platform, active.hash).splitlines()
    kinds = {"+": "added", "-": "removed", " ": "same", "@": "gap"}
    differing = difflib.unified_diff(before, text.splitlines(), lineterm="", n=_CONTEXT_LINES)
    return tuple(
        TextLine(kinds[line[0]], "…" if line[0] == "@" else line[1:])
        for line in list(differing)[2:]
        if line[:1] in kinds
    )


def _facts(contract: Contract, names: Names) -> tuple[tuple[Text, str | Text], ...]:
    return (
        (t("Agency"), names.agency(contract.agency)),
        (t("Dataset id"), contract.id),
        (t("Columns"), str(len(contract.columns))),
    )


def _only(
    lines: dict[str, VersionLine],
    versions: Sequence[RegisteredContract],
    state: ContractState,
) -> VersionLine | None:
    return next((lines[each.hash] for each in versions if each.state is state), None)


def _by_dataset(
    everything: Sequence[RegisteredContract],
) -> Iterator[tuple[RegisteredContract, ...]]:
    for _, versions in groupby(everything, key=lambda each: each.dataset):
        yield tuple(versions)


def _line(versions: tuple[RegisteredContract, ...], names: Names, language: str) -> ContractLine:
    stands = standing(versions) or versions[-1]
    waiting = [
        each for each in versions if each.state in (ContractState.PROPOSED, ContractState.APPROVED)
    ]
    badge = None
    if waiting and stands.state is ContractState.ACTIVE:
        badge = Badge(t("Version {version} waits", version=waiting[-1].version), Tone.BUSY)
    return ContractLine(
        href=f"/contracts/{stands.dataset}",
        name=stands.contract.name.in_language(language),
        dataset=stands.dataset,
        agency=names.agency(stands.contract.agency),
        version=stands.version,
        columns=len(stands.contract.columns),
        badge=STATES[stands.state],
        waiting=badge or (STATES[stands.state] if waiting else None),
        changed=stands.activated_at or stands.proposed_at,
    )


def _is_in(line: ContractLine, state: str) -> bool:
    match state:
        case "waiting":
            return line.waiting is not None
        case "active":
            return line.badge == STATES[ContractState.ACTIVE]
        case _:
            return True
