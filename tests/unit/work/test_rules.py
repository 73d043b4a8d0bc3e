from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.kernel import Problem, t
from tinhdata.work.model import Trial
from tinhdata.work.rules import (
    LONGEST_DELAY,
    is_worth_another_try,
    next_due,
    reason,
    retry_delay,
)

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Wrong(Problem):
    code = "wrong"


class Busy(Problem):
    code = "busy"


def test_waits_between_attempts_double_up_to_five_minutes() -> None:
    assert [retry_delay(n, SECOND).total_seconds() for n in (1, 2, 3, 4, 9, 10)] == [
        1, 2, 4, 8, 256, 300,
    ]  # fmt: skip
    assert retry_delay(10_000, SECOND) == LONGEST_DELAY


def test_an_accident_is_tried_again_until_the_attempts_are_used_up() -> None:
    trial = Trial(3, (), None)
    assert is_worth_another_try(OSError(), 1, trial)
    assert is_worth_another_try(OSError(), 2, trial)
    assert not is_worth_another_try(OSError(), 3, trial)


def test_a_problem_is_not_tried_again_unless_it_passes_with_time() -> None:
    trial = Trial(3, (Busy,), None)
    assert not is_worth_another_try(Wrong(t("The file is empty.")), 1, trial)
    assert is_worth_another_try(Busy(t("Someone else writes.")), 1, trial)
    assert not is_worth_another_try(Busy(t("Someone else writes.")), 3, trial)


def test_what_is_kept_of_an_accident_holds_none_of_its_words() -> None:
    assert "079" not in str(reason(ValueError("not a number: 079012345678")))
    assert str(reason(Wrong(t("The file is empty.")))) == "The file is empty."


@given(
    st.integers(min_value=0, max_value=10_000_000),
    st.integers(min_value=1, max_value=100_000),
)
def test_a_schedule_keeps_its_rhythm_and_makes_up_for_nothing(passed: int, every: int) -> None:
    now, rhythm = MOMENT + timedelta(seconds=passed), timedelta(seconds=every)
    following = next_due(MOMENT, rhythm, now)
    assert now < following <= now + rhythm
    assert (following - MOMENT) % rhythm == timedelta(0)


@pytest.mark.parametrize("ahead", [1, 3600])
def test_a_moment_still_to_come_stays(ahead: int) -> None:
    due = MOMENT + timedelta(seconds=ahead)
    assert next_due(due, SECOND, MOMENT) == due
