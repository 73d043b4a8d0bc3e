"""Fills the page of what waits for a second person: deliveries and contracts."""

from collections.abc import Mapping

from tinhdata.access import Action, Actor, Refusal, Resource, decide
from tinhdata.bootstrap import Platform
from tinhdata.deliveries import Change, Delivery, State, Verb
from tinhdata.edge.proposals import is_unsigned
from tinhdata.kernel import Refused, Text, t
from tinhdata.registry import PACK_ACTOR, ContractState, RegisteredContract
from tinhdata.warehouse import ChangeCounts
from tinhdata.web.contexts.desk import Approval, Approvals
from tinhdata.web.contexts.shell import FormState
from tinhdata.web.filling.desk_words import Names
from tinhdata.web.filling.desk_work import contracts_waiting

_MOST = 100
_OWN = t("You sent this delivery or asked for publishing it, so someone else has to approve it.")


def approvals(
    platform: Platform,
    actor: Actor,
    language: str,
    forms: Mapping[str, FormState] | None = None,
) -> Approvals:
    """Give what waits, each with the reason where `actor` may not approve it.

    `forms` are those sent with something missing, by delivery or hash of the contract.
    """
    names, sent = Names(platform, language), forms or {}
    waiting = platform.deliveries.page(actor, states=(State.AWAITING,), limit=_MOST).items
    shown = [
        _delivery(platform, actor, each, names, language, sent.get(each.id, FormState()))
        for each in waiting
        if _concerns(platform, actor, each)
    ]
    contracts = [
        _contract(platform, actor, each, names, language, sent.get(each.hash, FormState()))
        for each in contracts_waiting(platform, actor)
    ]
    return Approvals((*shown, *contracts))


def _concerns(platform: Platform, actor: Actor, delivery: Delivery) -> bool:
    contract = platform.registry.by_hash(delivery.contract_hash).contract
    return actor.agency == contract.agency or actor.id == delivery.sender


def _delivery(
    platform: Platform,
    actor: Actor,
    delivery: Delivery,
    names: Names,
    language: str,
    form: FormState,
) -> Approval:
    may = platform.deliveries.may(actor, delivery)
    path = f"/deliveries/{delivery.id}"
    summary, left = _summary(platform, actor, delivery)
    return Approval(
        title=names.dataset(delivery),
        href=f"{path}/changes",
        kind=t("delivery of data"),
        sent_by=names.person(delivery.asked_by or delivery.sender),
        sent_at=delivery.changed_at,
        summary=summary,
        notes=(t("Rows left out, waiting in quarantine: {count}.", count=left),) if left else (),
        approve_action=f"{path}/approve",
        return_action=f"{path}/return" if Verb.RETURN in may else None,
        refused=None if Verb.APPROVE in may else _why_not(platform, actor, delivery),
        form=form,
    )


def _summary(
    platform: Platform, actor: Actor, delivery: Delivery
) -> tuple[tuple[tuple[Text, int], ...], int]:
    """Give what publishing changes and how many rows stay behind, mended rows taken along."""
    change: Change | ChangeCounts | None = delivery.change
    left = platform.quarantine.counts(delivery=delivery.id).open if delivery.report else 0
    if left and platform.quarantine.mended(delivery.id):
        try:
            change = platform.deliveries.changes(actor, delivery.id, limit=1).counts
            left -= len(platform.deliveries.mended(actor, delivery.id).passing)
        except Refused:
            change = delivery.change
    if change is None:
        return (), left
    summary = (
        (t("rows added"), change.inserted),
        (t("rows changed"), change.updated),
        (t("rows removed"), change.deleted),
    )
    return summary, left


def _why_not(platform: Platform, actor: Actor, delivery: Delivery) -> Text:
    if actor.id in (delivery.sender, delivery.asked_by):
        return _OWN
    contract = platform.registry.by_hash(delivery.contract_hash).contract
    resource = Resource.of(contract).sent(delivery.sender, delivery.sender_agency)
    decision = decide(actor, Action.APPROVE, resource, "approval of a delivery")
    return decision.reason if isinstance(decision, Refusal) else _OWN


def _why_not_contract(platform: Platform, each: RegisteredContract, *, own: bool) -> Text | None:
    if own:
        return t("You proposed this contract, so someone else has to approve it.")
    if is_unsigned(platform, each):
        return t("It concerns personal data; the data protection officer signs it first.")
    return None


def _contract(
    platform: Platform,
    actor: Actor,
    each: RegisteredContract,
    names: Names,
    language: str,
    form: FormState,
) -> Approval:
    compared = platform.registry.comparison(each.hash)
    proposed = each.state is ContractState.PROPOSED
    path = f"/approvals/contracts/{each.hash}"
    own = proposed and actor.id == each.proposed_by != PACK_ACTOR
    button = t("Approve and put into force") if proposed else t("Put into force")
    return Approval(
        title=each.contract.name.in_language(language),
        href=f"/contracts/{each.dataset}/{each.version}",
        look=t("Read the contract"),
        kind=t("contract, version {version}", version=each.version),
        sent_by=names.person(each.proposed_by),
        sent_at=each.proposed_at,
        summary=((t("columns"), len(each.contract.columns)),),
        notes=tuple(change.text for change in compared.changes) if compared else (),
        approve_action=f"{path}/approve",
        return_action=None,
        refused=_why_not_contract(platform, each, own=own),
        button=button,
        form=form,
    )
