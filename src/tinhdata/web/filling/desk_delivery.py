"""Fills the page of one delivery: where it stands, what happened, where every row went."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tinhdata.access import Action, Actor, Permit, Resource, decide
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Kind, State, Step, Verb
from tinhdata.edge.language import number, size_text
from tinhdata.kernel import Text, t
from tinhdata.warehouse import ReleaseState
from tinhdata.web.contexts.desk import DeliveryPage, Moment, Work
from tinhdata.web.contexts.shell import Choice, FormState
from tinhdata.web.filling.addresses import dataset_path, with_query
from tinhdata.web.filling.desk_wide import row_facts
from tinhdata.web.filling.desk_wizard import step_of, steps
from tinhdata.web.filling.desk_words import (
    Names,
    file_name,
    items_held,
    state_badge,
)
from tinhdata.web.filling.desk_work import next_href, release_name

WORKING = frozenset({State.RECEIVED, State.CHECKING, State.PUBLISHING})
"""States that pass by themselves; the page asks again until they have."""

_STAGES: Mapping[str, Text] = MappingProxyType(
    {"reading": t("The file is being read"), "check": t("Each row is being checked")}
)
_MOMENTS: Mapping[State, Text] = MappingProxyType(
    {
        State.RECEIVED: t("File received"),
        State.CHECKING: t("The check began"),
        State.CHOOSING: t("Waits for columns to be confirmed"),
        State.REFUSED: t("The file could not be read"),
        State.CHECKED: t("Every row was checked"),
        State.HELD: t("Held after the check"),
        State.AWAITING: t("Publishing was asked for"),
        State.PUBLISHING: t("Publishing began"),
        State.RELEASED: t("Data published"),
        State.UNCHANGED: t("Nothing new; the release is confirmed"),
        State.RETURNED: t("Returned to the sender"),
        State.WITHDRAWN: t("The release was withdrawn"),
        State.SUPERSEDED: t("A newer file took its place"),
        State.FAILED: t("Work on it stopped"),
    }
)
_TONES: Mapping[State, str] = MappingProxyType(
    {
        State.RELEASED: "good",
        State.UNCHANGED: "good",
        State.RETURNED: "late",
        State.HELD: "late",
        State.REFUSED: "late",
        State.FAILED: "late",
        State.WITHDRAWN: "late",
    }
)


def delivery_page(
    platform: Platform,
    actor: Actor,
    delivery: Delivery,
    language: str,
    *,
    form: FormState | None = None,
    withdraw_later: bool = False,
) -> DeliveryPage:
    """Give the page of `delivery` with what `actor` may do there."""
    contract = platform.registry.by_hash(delivery.contract_hash).contract
    names, path = Names(platform, language), f"/deliveries/{delivery.id}"
    may = platform.deliveries.may(actor, delivery)
    sentence, fix = _sentence(platform, delivery)
    history = platform.deliveries.history(actor, delivery.id)
    return DeliveryPage(
        steps=steps(step_of(delivery), contract.id, delivery.id),
        id=delivery.id,
        dataset=contract.name.in_language(language),
        dataset_href=dataset_path(contract.id),
        filename=file_name(delivery),
        badge=state_badge(delivery),
        sentence=sentence,
        fix=fix,
        work=work_of(platform, delivery),
        equation=_equation(delivery),
        facts=tuple(_facts(platform, delivery, contract, names, language)),
        moments=tuple(_moment(step, names) for step in reversed(history)),
        actions=tuple(_actions(platform, delivery, may)),
        retry_action=f"{path}/retry" if _may_retry(delivery, may) else None,
        return_action=f"{path}/return" if _may_return(delivery, may) else None,
        withdraw_action=f"{path}/withdraw" if _may_withdraw(platform, actor, delivery) else None,
        withdraw_later=withdraw_later,
        form=form or FormState(),
    )


def work_of(platform: Platform, delivery: Delivery) -> Work | None:
    """Say how far the work on a delivery has come; None where none runs."""
    if delivery.state not in WORKING:
        return None
    status = platform.work.status(delivery.work) if delivery.work else None
    progress = status.progress if status else None
    if delivery.state is State.PUBLISHING:
        stage = t("The release is being written")
    else:
        stage = _STAGES.get(progress.stage if progress else "", t("The file waits to be read"))
    return Work(
        stage=stage,
        done=progress.done if progress else 0,
        total=progress.total if progress else 0,
        refresh=f"/deliveries/{delivery.id}/progress",
        in_rows=progress is not None and progress.stage == "reading",
    )


_SAID: Mapping[State, tuple[Text, Text | None]] = MappingProxyType(
    {
        State.CHOOSING: (
            t("The platform needs your word on sheet or columns before it reads the file."),
            None,
        ),
        State.HELD: (
            t("The delivery is held."),
            t("The last release stays published. See the rows, mend the file or return it."),
        ),
        State.REFUSED: (
            t("The file could not be read."),
            t("Mend the file and send it again."),
        ),
        State.AWAITING: (
            t("Publishing was asked for."),
            t("An approver of the agency looks at it next."),
        ),
        State.RETURNED: (
            t("The delivery was returned to the sender."),
            t("The sender mends the file and delivers it again."),
        ),
        State.WITHDRAWN: (
            t("The release with these rows was withdrawn and is served nowhere."),
            None,
        ),
        State.SUPERSEDED: (t("A newer file was published while this one waited."), None),
        State.FAILED: (
            t("The work on it stopped."),
            t("Nothing is lost. Check it again; if it stops once more, ask the operator."),
        ),
    }
)


def _sentence(platform: Platform, delivery: Delivery) -> tuple[Text, Text | None]:
    """Say where a delivery stands and what comes next."""
    if delivery.state is State.CHECKED:
        return _checked(items_held(delivery))
    if delivery.state is State.RELEASED:
        release = release_name(platform, delivery)
        return t("The rows are published: {release}.", release=release or "–"), None
    if delivery.state is State.UNCHANGED:
        release = release_name(platform, delivery)
        return (
            t("Nothing is new: the rows are those of {release}.", release=release or "–"),
            t("It stays as it is, and counts as up to date from now on."),
        )
    text, fix = _SAID.get(delivery.state, (t("The platform is working on it."), None))
    refusal = delivery.understanding.refusal if delivery.understanding else None
    if delivery.state is State.REFUSED and refusal is not None:
        return refusal.text, refusal.fix
    return delivery.problem or text, fix


def _checked(held: int) -> tuple[Text, Text]:
    if not held:
        return t("Every row is fine."), t("See what publishing changes, then publish.")
    fix = t("Mend them here or in Excel, or go on with the rows that are fine.")
    return t("Rows that wait to be mended: {count}.", count=held), fix


def _equation(delivery: Delivery) -> tuple[tuple[Text, int], ...]:
    rows = delivery.rows
    if not rows.made or delivery.state in WORKING - {State.PUBLISHING}:
        return ()
    parts = [
        (t("rows read"), rows.made),
        (t("rows published"), rows.released),
        (t("fine, not yet published"), rows.waiting),
        (t("rows held"), rows.quarantined),
        (t("repeated rows"), rows.linked),
    ]
    return tuple(part for at, part in enumerate(parts) if part[1] or at in (0, 3))


def _facts(
    platform: Platform, delivery: Delivery, contract: Contract, names: Names, language: str
) -> Iterator[tuple[Text, str | Text]]:
    yield t("Sent by"), names.person(delivery.sender)
    if delivery.size:
        yield t("Size"), size_text(delivery.size, language)
    if delivery.units is not None:
        yield t("Lines in the file"), number(delivery.units.units, language)
        yield from row_facts(delivery, language)
    if delivery.periods:
        yield t("Periods"), ", ".join(delivery.periods)
    if delivery.note:
        yield t("Note"), delivery.note
    if delivery.legal_basis:
        yield t("Legal basis"), delivery.legal_basis
    yield t("Contract"), t("version {version}", version=contract.version)
    if delivery.sha256:
        yield t("Fingerprint (SHA-256)"), f"{delivery.sha256[:16]}…"
    if (release := release_name(platform, delivery)) is not None:
        yield t("Release"), release


def _moment(step: Step, names: Names) -> Moment:
    return Moment(
        at=step.at,
        text=_MOMENTS[step.state],
        who=names.person(step.actor),
        tone=_TONES.get(step.state, "calm"),
        note=step.text,
    )


def _actions(platform: Platform, delivery: Delivery, may: frozenset[Verb]) -> Iterator[Choice]:
    path = f"/deliveries/{delivery.id}"
    match delivery.state:
        case State.CHOOSING if Verb.CHOOSE in may:
            yield _link(t("Confirm sheet and columns"), f"{path}/understood")
        case State.CHECKED | State.HELD:
            yield from _to_decide(delivery, path)
        case State.AWAITING:
            yield _link(t("See what changes"), f"{path}/changes")
        case State.RELEASED | State.UNCHANGED:
            yield _link(t("Open the dataset"), dataset_path(delivery.dataset))
        case State.REFUSED | State.RETURNED | State.SUPERSEDED | State.WITHDRAWN:
            seen = delivery.understanding
            if Verb.CHOOSE in may and seen is not None and seen.crs_candidates:
                yield _link(t("Choose the coordinate system"), f"{path}/understood")
            if delivery.kind is Kind.DELIVERY:
                yield _link(t("Send another file"), f"/deliveries/new/{delivery.dataset}")
    if delivery.state is State.RELEASED and (count := _open(platform, delivery)):
        href = with_query("/quarantine", {"delivery": delivery.id})
        yield _link(t("Rows in quarantine: {count}", count=count), href)
    if delivery.kind is Kind.CORRECTION and delivery.parent:
        yield _link(t("The file they come from"), f"/deliveries/{delivery.parent}")


def _to_decide(delivery: Delivery, path: str) -> Iterator[Choice]:
    label = t("See what changes")
    if delivery.state is State.HELD:
        label = t("See why")
    elif items_held(delivery):
        label = t("See the rows to mend")
    yield _link(label, next_href(delivery))
    if delivery.kind is Kind.DELIVERY:
        yield _link(t("How the file was read"), f"{path}/understood")


def _link(label: Text, href: str) -> Choice:
    return Choice("", label, href=href)


def _open(platform: Platform, delivery: Delivery) -> int:
    return platform.quarantine.counts(delivery=delivery.id).open


def _may_return(delivery: Delivery, may: frozenset[Verb]) -> bool:
    return Verb.RETURN in may and delivery.state not in WORKING


def _may_retry(delivery: Delivery, may: frozenset[Verb]) -> bool:
    return Verb.RETRY in may and delivery.state in (State.FAILED, State.REFUSED, State.HELD)


def _may_withdraw(platform: Platform, actor: Actor, delivery: Delivery) -> bool:
    if delivery.release is None or delivery.state is not State.RELEASED:
        return False
    release = platform.warehouse.get(delivery.release)
    if release.state is ReleaseState.WITHDRAWN:
        return False
    contract = platform.registry.by_hash(release.contract_hash).contract
    decision = decide(actor, Action.WITHDRAW, Resource.of(contract), "withdrawal of a release")
    return isinstance(decision, Permit)


def ready_href(delivery: Delivery) -> str:
    """Give where to go once the work on a delivery is done.

    What the platform found out by itself is shown for confirmation first.
    """
    asked = delivery.choice is None and delivery.kind is Kind.DELIVERY
    if delivery.state in (State.CHECKED, State.HELD) and asked:
        return f"/deliveries/{delivery.id}/understood"
    if delivery.state in (State.CHOOSING, State.CHECKED, State.HELD):
        return next_href(delivery)
    return f"/deliveries/{delivery.id}"
