"""Which state follows which, what may be done, and what adds up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.deliveries.making import CRITICAL, appended, delivery
from tinhdata.contracts import DeliveryMode
from tinhdata.deliveries import Change, CountsDisagree, Kind, NotNow, Rows, State, Units, Verb
from tinhdata.deliveries.rules import (
    NEXT,
    WAITING_STATES,
    change_of,
    check_change,
    check_rows,
    check_units,
    is_judged_by_other_periods,
    possible,
    refuse_critical,
    require_possible,
    require_step,
    state_name,
    waits_for,
    was_being_published,
)
from tinhdata.edge.language import say
from tinhdata.warehouse import ChangeCounts

ENDED = {State.RETURNED, State.WITHDRAWN, State.SUPERSEDED}


def test_every_state_says_what_may_follow_and_has_a_name_in_both_languages() -> None:
    assert set(NEXT) == set(State)
    english = {say(state_name(state), "en") for state in State}
    vietnamese = {say(state_name(state), "vi") for state in State}
    assert len(english) == len(vietnamese) == len(State)
    assert english.isdisjoint(vietnamese)


def test_every_state_can_be_reached_from_received_and_only_ended_ones_are_final() -> None:
    reached = {State.RECEIVED}
    while more := {to for state in reached for to in NEXT[state]} - reached:
        reached |= more
    assert reached == set(State)
    assert {state for state in State if not NEXT[state]} == ENDED


@pytest.mark.parametrize("state", list(State))
def test_a_step_is_refused_unless_the_table_has_it(state: State) -> None:
    for to in State:
        if to in NEXT[state]:
            require_step(delivery("dlv_1", state), to)
        else:
            with pytest.raises(NotNow):
                require_step(delivery("dlv_1", state), to)


def test_what_was_published_ends_only_by_withdrawal() -> None:
    assert NEXT[State.RELEASED] == {State.WITHDRAWN}


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        (State.RECEIVED, {Verb.RETURN}),
        (State.CHECKING, set()),
        (State.CHOOSING, {Verb.CHOOSE, Verb.RETRY, Verb.RETURN}),
        (State.REFUSED, {Verb.CHOOSE, Verb.RETRY, Verb.RETURN}),
        (
            State.CHECKED,
            {
                *(Verb.CHOOSE, Verb.RETRY, Verb.MEND),
                *(Verb.RETURN_ITEMS, Verb.PUBLISH, Verb.RETURN),
            },
        ),
        (
            State.HELD,
            {
                *(Verb.CHOOSE, Verb.RETRY, Verb.MEND),
                *(Verb.RETURN_ITEMS, Verb.PUBLISH_HELD, Verb.RETURN),
            },
        ),
        (State.AWAITING, {Verb.RETURN_ITEMS, Verb.APPROVE, Verb.RETURN}),
        (State.PUBLISHING, set()),
        (State.RELEASED, {Verb.MEND, Verb.CORRECT, Verb.WAIVE, Verb.RETURN_ITEMS}),
        (State.WITHDRAWN, {Verb.RETURN_ITEMS}),
        (State.RETURNED, set()),
        (State.SUPERSEDED, set()),
        (State.FAILED, {Verb.RETRY, Verb.RETURN}),
    ],
)
def test_each_state_allows_exactly_its_verbs(state: State, verbs: set[Verb]) -> None:
    stands = delivery("dlv_1", state)
    assert possible(stands) == verbs
    for verb in Verb:
        if verb in verbs:
            require_possible(stands, verb)
        else:
            with pytest.raises(NotNow):
                require_possible(stands, verb)


def test_without_a_check_of_its_own_nothing_waits_that_could_be_mended() -> None:
    fresh = delivery("dlv_1", State.RELEASED, report=None)
    assert possible(fresh) == set()
    correction = delivery("dlv_2", State.CHECKED, kind=Kind.CORRECTION, report=None)
    assert possible(correction) == {Verb.RETRY, Verb.PUBLISH, Verb.RETURN}


def test_a_critical_failure_is_never_published() -> None:
    held = delivery("dlv_1", State.HELD, report=CRITICAL)
    assert Verb.PUBLISH_HELD not in possible(held)
    with pytest.raises(NotNow):
        refuse_critical(held)
    refuse_critical(delivery("dlv_1", State.HELD))


def test_a_delivery_waits_only_for_verbs_that_are_possible() -> None:
    for state in WAITING_STATES:
        one = delivery("dlv_1", state)
        assert waits_for(one) & possible(one), state
    correction = replace(delivery("dlv_1", State.CHECKED), kind=Kind.CORRECTION)
    assert waits_for(correction) == {Verb.PUBLISH}


def test_only_a_checked_and_decided_delivery_breaks_down_while_being_published() -> None:
    failed = delivery("dlv_1", State.FAILED)
    assert not was_being_published(failed)
    assert not was_being_published(replace(failed, decided_by="per_2"))
    assert not was_being_published(replace(failed, prepared_in="run_1"))
    assert was_being_published(replace(failed, decided_by="per_2", prepared_in="run_1"))


@pytest.mark.parametrize(
    ("key", "unique", "judged"),
    [
        (("tram", "ngay"), (), False),
        ((), (), False),
        (("tram",), (), True),
        (("tram", "ngay"), ("so",), True),
        (("tram", "ngay"), ("ngay",), False),
    ],
)
def test_other_periods_count_only_where_their_rows_could_clash(
    key: tuple[str, ...], unique: tuple[str, ...], judged: bool
) -> None:
    contract = appended(key=key, unique=unique)
    assert is_judged_by_other_periods(contract) is judged
    whole = replace(contract, mode=DeliveryMode.REPLACE, period=None)
    assert not is_judged_by_other_periods(whole)


COUNT = st.integers(0, 1_000_000)


@given(COUNT, COUNT, COUNT, COUNT, st.integers(-3, 3))
def test_units_agree_exactly_when_nothing_is_missing(
    structural: int, records: int, rejected: int, dropped: int, off: int
) -> None:
    total = structural + records + rejected + dropped
    units = Units(total + off, structural, records, rejected, dropped, records)
    if off == 0:
        check_units(units)
    else:
        with pytest.raises(CountsDisagree):
            check_units(units)


@given(COUNT, COUNT, COUNT, COUNT, st.integers(-2, 2), st.integers(-2, 2))
def test_rows_agree_exactly_when_each_record_is_in_one_place(
    released: int, quarantined: int, linked: int, waiting: int, off: int, lost: int
) -> None:
    total = released + quarantined + linked + waiting
    rows = Rows(total + off, released, quarantined, linked, waiting)
    if off == 0 and lost == 0:
        check_rows(rows, total)
    else:
        with pytest.raises(CountsDisagree):
            check_rows(rows, total + lost)


@given(COUNT, COUNT, COUNT, st.integers(-2, 2))
def test_a_change_adds_up_to_the_rows_of_the_release(
    base: int, inserted: int, deleted: int, off: int
) -> None:
    deleted = min(deleted, base)
    rows = base + inserted - deleted + off
    counts = ChangeCounts(base, inserted, deleted, 0, base - deleted, rows)
    if off == 0:
        assert change_of(counts) == Change(base, rows, inserted, deleted, 0, base - deleted)
        check_change(change_of(counts))
    else:
        with pytest.raises(CountsDisagree) as disagree:
            change_of(counts)
        assert str(base) in str(disagree.value.text)
