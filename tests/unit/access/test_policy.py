"""The whole policy, cell by cell: what this table says and what `decide` answers must agree."""

from itertools import product

import pytest

from tinhdata.access import (
    ANONYMOUS,
    PLATFORM,
    Action,
    Actor,
    ActorKind,
    Permit,
    Refusal,
    Resource,
    Role,
    SignInNeeded,
    decide,
    require,
    system_permit,
)
from tinhdata.contracts import AccessLevel
from tinhdata.kernel import Refused

OWN, OTHER, SUPPLIER = "agency-own", "agency-other", "agency-supplier"
OPEN, SHARED, PRIVATE = AccessLevel.OPEN, AccessLevel.SHARED, AccessLevel.PRIVATE
ON_DATASETS = tuple(a for a in Action if a not in {Action.MANAGE_PEOPLE, Action.OPERATE})

OFFICERS_WORK = {
    Action.READ_ROWS,
    Action.READ_QUARANTINE,
    Action.READ_RAW,
    Action.READ_DELIVERY,
    Action.DELIVER,
    Action.MEND,
    Action.RETURN,
    Action.PUBLISH,
    Action.PROPOSE_CONTRACT,
    Action.TRY_CONTRACT,
    Action.ANSWER,
}
APPROVERS_WORK = {
    Action.READ_ROWS,
    Action.READ_QUARANTINE,
    Action.READ_DELIVERY,
    Action.RETURN,
    Action.PUBLISH,
    Action.WAIVE,
    Action.APPROVE,
    Action.WITHDRAW,
    Action.APPROVE_CONTRACT,
    Action.TRY_CONTRACT,
    Action.ANSWER,
}
OPERATORS_WORK = {
    Action.READ_DELIVERY,
    Action.WITHDRAW,
    Action.PROPOSE_CONTRACT,
    Action.TRY_CONTRACT,
    Action.ANSWER,
    Action.MANAGE_PEOPLE,
    Action.OPERATE,
}
SUPPLIERS_WORK = {Action.DELIVER, Action.READ_DELIVERY}
KEYS_WORK = SUPPLIERS_WORK | {Action.PUBLISH_PULLED}
PROTECTORS_WORK = {Action.SIGN_CONTRACT}
OPEN_ROWS = {Action.READ_ROWS}


def person(agency: str | None, *roles: Role) -> Actor:
    return Actor("per_someone", "Someone", ActorKind.PERSON, frozenset(roles), agency)


def key(agency: str, *datasets: str) -> Actor:
    return Actor("key_abc", "Feed", ActorKind.SOURCE, frozenset(), agency, frozenset(datasets))


def dataset(level: AccessLevel, sender: str | None = OTHER) -> Resource:
    return Resource(
        "dataset",
        "dataset-one",
        OWN,
        level,
        columns=("id", "name", "number", "salary"),
        personal=frozenset({"name", "number"}),
        closed=frozenset({"salary"}),
        masks={"name": "first-letters", "number": "last-four", "id": "token"},
        suppliers=frozenset({SUPPLIER}),
    ).sent("per_sender", sender)


# Who -> what he may do to a dataset of OWN, by its access level.
ALLOWED: dict[str, tuple[Actor, set[Action], set[Action]]] = {
    "anonymous": (ANONYMOUS, OPEN_ROWS, set()),
    "person without role": (person(OWN), OPEN_ROWS, set()),
    "person without agency": (person(None), OPEN_ROWS, set()),
    "officer of the owner": (person(OWN, Role.OFFICER), OFFICERS_WORK, OFFICERS_WORK),
    "officer of another": (person(OTHER, Role.OFFICER), OPEN_ROWS, set()),
    "officer of a supplier": (
        person(SUPPLIER, Role.OFFICER),
        OPEN_ROWS | SUPPLIERS_WORK,
        SUPPLIERS_WORK,
    ),
    "protector of the owner": (
        person(OWN, Role.PROTECTOR),
        OPEN_ROWS | PROTECTORS_WORK,
        PROTECTORS_WORK,
    ),
    "protector for all agencies": (
        person(None, Role.PROTECTOR),
        OPEN_ROWS | PROTECTORS_WORK,
        PROTECTORS_WORK,
    ),
    "protector of another": (person(OTHER, Role.PROTECTOR), OPEN_ROWS, set()),
    "approver of the owner": (person(OWN, Role.APPROVER), APPROVERS_WORK, APPROVERS_WORK),
    "approver of another": (person(OTHER, Role.APPROVER), OPEN_ROWS, set()),
    "approver of a supplier": (person(SUPPLIER, Role.APPROVER), OPEN_ROWS, set()),
    "operator": (person(None, Role.OPERATOR), OPEN_ROWS | OPERATORS_WORK, OPERATORS_WORK),
    "operator of the owner": (
        person(OWN, Role.OPERATOR),
        OPEN_ROWS | OPERATORS_WORK,
        OPERATORS_WORK,
    ),
    "officer and operator": (
        person(OWN, Role.OFFICER, Role.OPERATOR),
        OFFICERS_WORK | OPERATORS_WORK,
        OFFICERS_WORK | OPERATORS_WORK,
    ),
    "key for the dataset": (key(OWN, "dataset-one"), KEYS_WORK, KEYS_WORK),
    "key of a supplier": (key(SUPPLIER, "dataset-one"), KEYS_WORK, KEYS_WORK),
    "key of another agency": (key(OTHER, "dataset-one"), set(), set()),
    "key for another dataset": (key(OWN, "dataset-two"), set(), set()),
    "the platform": (Actor("system", "", ActorKind.SYSTEM), set(), set()),
}


@pytest.mark.parametrize(
    ("who", "action", "level"), list(product(ALLOWED, ON_DATASETS, (OPEN, SHARED, PRIVATE)))
)
def test_the_policy_allows_exactly_what_is_written_here(
    who: str, action: Action, level: AccessLevel
) -> None:
    actor, if_open, if_closed = ALLOWED[who]
    expected = action in (if_open if level is OPEN else if_closed)
    decision = decide(actor, action, dataset(level), "test")
    assert isinstance(decision, Permit) is expected
    assert str(decision.reason)
    assert decision.rule
    assert decision.actor_id == actor.id
    assert (decision.action, decision.dataset) == (action, "dataset-one")


@pytest.mark.parametrize(
    ("who", "action"), list(product(ALLOWED, [Action.MANAGE_PEOPLE, Action.OPERATE]))
)
def test_only_operators_run_the_platform(who: str, action: Action) -> None:
    actor, _, allowed = ALLOWED[who]
    decision = decide(actor, action, PLATFORM, "test")
    assert isinstance(decision, Permit) is (action in allowed)


@pytest.mark.parametrize(
    "action",
    [Action.MEND, Action.RETURN, Action.PUBLISH, Action.READ_QUARANTINE, Action.READ_RAW],
)
def test_a_supplier_works_on_its_own_deliveries_only(action: Action) -> None:
    officer = person(SUPPLIER, Role.OFFICER)
    assert isinstance(decide(officer, action, dataset(PRIVATE, SUPPLIER), "test"), Permit)
    refusal = decide(officer, action, dataset(PRIVATE, OWN), "test")
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "other-sender"


@pytest.mark.parametrize("action", [Action.APPROVE, Action.APPROVE_CONTRACT])
def test_nobody_approves_what_he_sent_himself(action: Action) -> None:
    approver = person(OWN, Role.OFFICER, Role.APPROVER)
    resource = dataset(OPEN)
    assert isinstance(decide(approver, action, resource, "test"), Permit)
    for sender in (approver.id, None):
        own = Resource("delivery", resource.id, OWN, OPEN, sent_by=sender)
        refusal = decide(approver, action, own, "test")
        assert isinstance(refusal, Refusal)
        assert refusal.rule == "second-person"


def test_personal_and_closed_columns_are_left_out_for_everyone_outside() -> None:
    outside = ANONYMOUS, person(OTHER, Role.OFFICER), person(OWN), person(None, Role.OPERATOR)
    for actor in outside:
        permit = require(actor, Action.READ_ROWS, dataset(OPEN), "test")
        assert permit.columns == frozenset({"id"})
        assert permit.masks == {"id": "token"}


def test_the_officer_sees_whole_rows_and_the_approver_masked_ones() -> None:
    officer = require(person(OWN, Role.OFFICER), Action.READ_ROWS, dataset(PRIVATE), "test")
    approver = require(person(OWN, Role.APPROVER), Action.READ_ROWS, dataset(PRIVATE), "test")
    assert officer.columns is approver.columns is None
    assert officer.masks == {}
    assert approver.masks == {"name": "first-letters", "number": "last-four", "id": "token"}


def test_when_several_rules_allow_the_strictest_masks_win() -> None:
    both = person(OWN, Role.OFFICER, Role.APPROVER)
    permit = require(both, Action.READ_ROWS, dataset(OPEN), "test")
    assert permit.masks == {"name": "first-letters", "number": "last-four", "id": "token"}
    # Who mends rows as an officer sees what he mends, though he also approves.
    held = require(both, Action.READ_QUARANTINE, dataset(OPEN), "test")
    assert held.masks == {}
    approver = person(OWN, Role.APPROVER)
    masked = require(approver, Action.READ_QUARANTINE, dataset(OPEN), "test")
    assert masked.masks == {"name": "first-letters", "number": "last-four", "id": "token"}


def test_an_open_dataset_of_personal_columns_only_shows_outsiders_nothing() -> None:
    resource = Resource("dataset", "d", OWN, OPEN, ("name",), frozenset({"name"}))
    refusal = decide(ANONYMOUS, Action.READ_ROWS, resource, "test")
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "no-column"


def test_a_decision_needs_a_purpose() -> None:
    refusal = decide(ANONYMOUS, Action.READ_ROWS, dataset(OPEN), " ")
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "purpose"
    with pytest.raises(ValueError, match="purpose"):
        system_permit(Action.READ_ROWS, "d", "")


def test_the_refusal_says_what_is_missing() -> None:
    def rule(actor: Actor, action: Action, level: AccessLevel = SHARED) -> str:
        decision = decide(actor, action, dataset(level), "test")
        assert isinstance(decision, Refusal)
        return decision.rule

    assert rule(ANONYMOUS, Action.READ_ROWS) == "sign-in"
    assert rule(ANONYMOUS, Action.DELIVER) == "sign-in"
    assert rule(person(OTHER, Role.OFFICER), Action.READ_ROWS) == "not-open"
    assert rule(person(OTHER, Role.OFFICER), Action.DELIVER) == "other-agency"
    assert rule(person(OWN, Role.OFFICER), Action.APPROVE) == "role"
    assert rule(key(OWN, "dataset-two"), Action.DELIVER) == "key-dataset"
    assert rule(key(OWN, "dataset-one"), Action.READ_ROWS, OPEN) == "key-action"


def test_requiring_raises_with_the_reason_and_asks_to_sign_in_where_that_helps() -> None:
    with pytest.raises(SignInNeeded) as sign_in:
        require(ANONYMOUS, Action.READ_ROWS, dataset(SHARED), "test")
    assert sign_in.value.fix is not None
    with pytest.raises(Refused) as refused:
        require(person(OTHER, Role.OFFICER), Action.READ_ROWS, dataset(SHARED), "test")
    assert not isinstance(refused.value, SignInNeeded)
    assert OWN in str(refused.value)


def test_the_platforms_own_work_sees_everything_and_says_what_for() -> None:
    permit = system_permit(Action.READ_ROWS, "dataset-one", "reference check")
    assert (permit.columns, dict(permit.masks), permit.row_filter) == (None, {}, None)
    assert (permit.actor_id, permit.purpose) == ("system", "reference check")
    assert system_permit(Action.READ_ROWS, "d", "load", "pack").actor_id == "pack"
