"""When a pull is due, and from when a source counts as silent."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhdata.sources.cycles import duration, next_due, silent_from
from tinhdata.sources.model import Daily, Every

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@given(late=st.timedeltas(timedelta(0), timedelta(days=40)), minutes=st.integers(1, 44_640))
@settings(max_examples=100)
def test_a_missed_rhythm_goes_on_from_where_it_was_and_lies_ahead(
    late: timedelta, minutes: int
) -> None:
    due = NOW - late
    found = next_due(Every(minutes), due, NOW)
    assert timedelta(0) < found - NOW <= timedelta(minutes=minutes)
    assert (found - due) % timedelta(minutes=minutes) == timedelta(0)


def test_daily_is_meant_in_the_time_of_viet_nam() -> None:
    found = next_due(Daily(2, 30), None, NOW)
    assert found.astimezone(UTC) == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    later = next_due(Daily(2, 30), found, found)
    assert later - found == timedelta(days=1)


@pytest.mark.parametrize(
    ("cycle", "grace", "expected"),
    [
        ("P1D", "PT6H", timedelta(hours=30)),
        ("P1D", None, timedelta(hours=28.8)),
        ("PT5M", None, timedelta(minutes=65)),
        ("PT5M", "PT10M", timedelta(minutes=15)),
    ],
)
def test_a_source_is_silent_after_its_cycle_and_the_grace(
    cycle: str, grace: str | None, expected: timedelta
) -> None:
    found = silent_from(NOW, cycle, grace)
    assert found is not None
    assert found - NOW == expected


def test_a_month_is_one_of_the_calendar() -> None:
    last_of_january = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)
    found = silent_from(last_of_january, "P1M", "PT0S")
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 2, 28, 3, 0, tzinfo=UTC)


def test_without_a_cycle_nothing_is_silent() -> None:
    assert silent_from(NOW, None, None) is None


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P1X", "P-1D", "P1DT", "P1.5D"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert duration(text) is None
