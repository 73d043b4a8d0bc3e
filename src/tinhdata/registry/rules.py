"""Decisions of the register: values in, the problem or None out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from tinhdata.contracts import (
    UNFINISHED,
    Comparison,
    Contract,
    LoadedContract,
    compare,
    is_newer,
    version_numbers,
)
from tinhdata.kernel import Problem, Text, t
from tinhdata.registry.errors import (
    ContractUnfit,
    ProposalOvertaken,
    SecondPersonMissing,
    SignatureMissing,
    VersionTaken,
    VersionTooLow,
    WrongState,
)
from tinhdata.registry.model import PACK_ACTOR, ContractState, RegisteredContract

_MOST_PLACES = 5

STATE_WORDS: Mapping[ContractState, Text] = MappingProxyType(
    {
        ContractState.PROPOSED: t("proposed"),
        ContractState.APPROVED: t("approved"),
        ContractState.ACTIVE: t("active"),
        ContractState.RETIRED: t("retired"),
    }
)
"""The states as words of a sentence."""


def refusal_of_version(
    new: Contract, taken: RegisteredContract | None, active: RegisteredContract | None
) -> Problem | None:
    """Say why `new` may not be proposed: its version is `taken`, or too low after the `active`."""
    if taken is not None:
        return VersionTaken(
            t(
                "Version {version} of {dataset} is registered with another content.",
                version=new.version,
                dataset=new.id,
            ),
            fix=t("Give the changed contract a higher version."),
        )
    if active is None:
        return None
    comparison = compare(active.contract, new)
    if is_newer(new, active.contract) and is_enough(comparison, new):
        return None
    return VersionTooLow(
        t(
            "{dataset} is at version {old}; {new} does not say how much changes.",
            dataset=new.id,
            old=active.version,
            new=new.version,
        ),
        fix=t("Write version {version} or a higher one.", version=_next_version(comparison)),
    )


def is_enough(comparison: Comparison, new: Contract) -> bool:
    """Say whether the version of `new` is at least the one that the changes call for."""
    return version_numbers(new.version) >= version_numbers(comparison.next_version)


def needs_signature(
    registered: RegisteredContract, before: Contract | None, comparison: Comparison | None
) -> bool:
    """Say whether the data protection officer has to sign a version before it is approved.

    That is where it loosens the protection of data, or brings columns with personal data that the
    version in force, `before`, does not have (Luật 91/2025/QH15: processing begins with an
    assessment). What a demo pack brings is simulated, so only the first counts there.
    """
    if comparison is not None and comparison.needs_signatures:
        return True
    if registered.proposed_by == PACK_ACTOR:
        return False
    return bool(_personal(registered.contract) - (_personal(before) if before else frozenset()))


def _personal(contract: Contract) -> frozenset[str]:
    return frozenset(column.id for column in contract.columns if column.personal is not None)


def refusal_to_sign(
    registered: RegisteredContract, actor_id: str, *, needs: bool
) -> Problem | None:
    """Say why `actor_id` may not sign: wrong state, own proposal, or nothing to be signed."""
    if problem := refusal_of_state(registered, ContractState.PROPOSED):
        return problem
    if not needs:
        return WrongState(
            t(
                "Version {version} of {dataset} needs no signature for data protection.",
                version=registered.version,
                dataset=registered.dataset,
            ),
            fix=t("An approver may decide about it as it is."),
        )
    if actor_id == registered.proposed_by:
        return SecondPersonMissing(
            t("You proposed this contract yourself."),
            fix=t("Ask another data protection officer to sign."),
        )
    return None


def refusal_to_approve(
    registered: RegisteredContract, actor_id: str, *, needs: bool
) -> Problem | None:
    """Say why `actor_id` may not approve: wrong state, own proposal, or a signature is missing.

    `needs` says whether the data protection officer has to have signed.
    """
    if problem := refusal_of_state(registered, ContractState.PROPOSED):
        return problem
    if actor_id == registered.proposed_by != PACK_ACTOR:
        return SecondPersonMissing(
            t("You proposed this contract yourself."), fix=t("Ask another approver.")
        )
    if not needs:
        return None
    if registered.signed_by is None:
        return SignatureMissing(
            t("The contract concerns personal data and is not signed for data protection."),
            fix=t("Have the data protection officer sign it first."),
        )
    if registered.signed_by in (actor_id, registered.proposed_by):
        return SecondPersonMissing(
            t("The signature for data protection comes from a third person."),
            fix=t("Ask another approver."),
        )
    return None


def refusal_of_state(registered: RegisteredContract, wanted: ContractState) -> Problem | None:
    """Say that the contract is not in the state `wanted`, None if it is."""
    if registered.state is wanted:
        return None
    return WrongState(
        t(
            "Version {version} of {dataset} is {state}.",
            version=registered.version,
            dataset=registered.dataset,
            state=STATE_WORDS[registered.state],
        ),
        fix=t("That is possible only while it is {state}.", state=STATE_WORDS[wanted]),
    )


def refusal_of_draft(loaded: LoadedContract) -> Problem | None:
    """Say where a draft still waits for a person to fill in what only a person knows."""
    places = [finding.where for finding in loaded.findings if finding.code == UNFINISHED]
    if not places:
        return None
    return ContractUnfit(
        t(
            "The contract is a draft: something is still to be filled in at {places}.",
            places=", ".join(places[:_MOST_PLACES]),
        ),
        fix=t("Fill in what the check names, then propose it again."),
    )


def refusal_of_agency(contract: Contract, is_known: bool) -> Problem | None:
    """Say that the owner is not registered."""
    if is_known:
        return None
    return ContractUnfit(
        t(
            "There is no agency {code}, which {dataset} names.",
            code=contract.agency,
            dataset=contract.id,
        ),
        fix=t("Register the agency first, or mend its code."),
    )


def references_of(contract: Contract) -> tuple[str, ...]:
    """Give the ids of the other datasets that `contract` refers to, each once."""
    named = (column.reference.dataset for column in contract.columns if column.reference)
    return tuple(dict.fromkeys(dataset for dataset in named if dataset != contract.id))


def refusal_of_references(contract: Contract, others: Iterable[Contract]) -> Problem | None:
    """Say which reference of `contract` leads to no column of `others` that names a row."""
    known = {other.id: other for other in (*others, contract)}
    for column in contract.columns:
        if column.reference is None:
            continue
        target = known.get(column.reference.dataset)
        if target is None or not is_referable(target, column.reference.column):
            return ContractUnfit(
                t(
                    "{column} of {dataset} refers to {target}, which is no registered key.",
                    column=column.name,
                    dataset=contract.id,
                    target=f"{column.reference.dataset}.{column.reference.column}",
                ),
                fix=t("Register that dataset first, or refer to its key or a unique column."),
            )
    return None


def refusal_of_dependants(contract: Contract, dependants: Iterable[Contract]) -> Problem | None:
    """Say which other dataset refers to a column that `contract` no longer offers."""
    for other in dependants:
        if other.id == contract.id:
            continue
        for column in other.columns:
            reference = column.reference
            if reference is None or reference.dataset != contract.id:
                continue
            if not is_referable(contract, reference.column):
                return ContractUnfit(
                    t(
                        "{dataset} refers to the column {column}, which would be no key any more.",
                        dataset=other.id,
                        column=reference.column,
                    ),
                    fix=t("Change that dataset first, or keep the column as a key."),
                )
    return None


def is_referable(contract: Contract, column: str) -> bool:
    """Say whether values of `column` name one row each."""
    if column not in contract.column_names:
        return False
    return contract.key == (column,) or contract.column(column).unique


def free_version(comparison: Comparison | None, new: Contract, taken: Iterable[str]) -> str | None:
    """Give the smallest version that says how much changes and is not `taken`.

    None where the version of `new` does already.
    """
    others = {version_numbers(version) for version in taken}
    if comparison is None:
        major, minor, patch = version_numbers(new.version)
    else:
        if is_enough(comparison, new) and version_numbers(new.version) > version_numbers(
            comparison.old_version
        ):
            major, minor, patch = version_numbers(new.version)
        else:
            major, minor, patch = version_numbers(_next_version(comparison))
    while (major, minor, patch) in others:
        patch += 1
    found = f"{major}.{minor}.{patch}"
    return None if found == new.version else found


def refusal_of_overtaken(
    seen: str | None, mark: str, newest: RegisteredContract | None
) -> Problem | None:
    """Say that the versions of a dataset are no longer as they were when writing began."""
    if seen is None or seen == mark or newest is None:
        return None
    return ProposalOvertaken(
        t(
            "Meanwhile version {version} of {dataset} became {state}.",
            version=newest.version,
            dataset=newest.dataset,
            state=STATE_WORDS[newest.state],
        ),
        fix=t("Read that version first; then propose yours again if it still holds."),
    )


def last_moved(versions: Iterable[RegisteredContract]) -> RegisteredContract | None:
    """Give the version that was brought into its state last."""

    def moved_at(each: RegisteredContract) -> datetime:
        return each.retired_at or each.activated_at or each.approved_at or each.proposed_at

    # Of a version and the one it retires in the same moment, the one that stands is meant.
    def order(each: RegisteredContract) -> tuple[datetime, bool, tuple[int, int, int]]:
        stands = each.state is not ContractState.RETIRED
        return moved_at(each), stands, version_numbers(each.version)

    return max(versions, key=order, default=None)


def _next_version(comparison: Comparison) -> str:
    if comparison.changes:
        return comparison.next_version
    major, minor, patch = version_numbers(comparison.old_version)
    return f"{major}.{minor}.{patch + 1}"
