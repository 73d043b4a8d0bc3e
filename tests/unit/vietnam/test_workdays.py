from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import OutsideWorkCalendar, WorkCalendar

# Holidays of 2025 as announced: 2 May free against Saturday 26 April worked.
CALENDAR = WorkCalendar(
    date(2025, 1, 1),
    date(2025, 12, 31),
    holidays=frozenset(
        [date(2025, 1, 1), *(date(2025, 1, 27) + timedelta(days=n) for n in range(5)),
         date(2025, 4, 7), date(2025, 4, 30), date(2025, 5, 1), date(2025, 5, 2),
         date(2025, 9, 1), date(2025, 9, 2)]
    ),
    swapped_in=frozenset([date(2025, 4, 26)]),
)  # fmt: skip
days = st.dates(date(2025, 3, 1), date(2025, 9, 30))


def test_weekends_and_holidays_are_free_and_swapped_days_are_worked() -> None:
    assert CALENDAR.is_working_day(date(2025, 4, 29))
    assert CALENDAR.is_working_day(date(2025, 4, 26))
    assert not CALENDAR.is_working_day(date(2025, 4, 27))
    assert not CALENDAR.is_working_day(date(2025, 5, 2))


def test_a_limit_begins_on_the_day_after_and_passes_over_the_holidays() -> None:
    assert CALENDAR.add(date(2025, 4, 28), 3) == date(2025, 5, 6)
    assert CALENDAR.add(date(2025, 5, 6), -3) == date(2025, 4, 28)
    assert CALENDAR.add(date(2025, 5, 1), 0) == date(2025, 5, 5)
    assert CALENDAR.between(date(2025, 4, 28), date(2025, 5, 6)) == 3


def test_a_limit_in_calendar_days_that_ends_on_a_free_day_ends_with_the_next_working_day() -> None:
    assert CALENDAR.due(date(2025, 4, 20), 10) == date(2025, 5, 5)
    assert CALENDAR.due(date(2025, 4, 14), 7) == date(2025, 4, 21)


def test_days_whose_holidays_are_unknown_are_refused() -> None:
    with pytest.raises(OutsideWorkCalendar, match="2026-01-01") as refused:
        CALENDAR.add(date(2025, 12, 30), 5)
    assert refused.value.fix is not None


@given(days, st.integers(-30, 30))
def test_counting_forth_is_counting_back(day: date, count: int) -> None:
    start = CALENDAR.next_working_day(day)
    end = CALENDAR.add(start, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.between(start, end) == count
    assert CALENDAR.add(end, -count) == start
