"""Counting working days over a calendar that is handed in. The holidays are facts of a pack."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tinhdata.kernel import Problem, t


class OutsideWorkCalendar(Problem):
    """A day was asked for that the work calendar does not cover."""

    code = "outside-work-calendar"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days from `first_day` to `last_day`, for which the holidays are known.

    Saturdays and Sundays are free (Quyết định 188/1999/QĐ-TTg: a week of 40 hours), and so are
    `holidays`, with the days given in lieu; `swapped_in` are free days that are worked instead, as
    each year's decision on Tết may order.
    """

    first_day: date
    last_day: date
    holidays: frozenset[date] = field(default=frozenset())
    swapped_in: frozenset[date] = field(default=frozenset())

    def is_working_day(self, day: date) -> bool:
        """Say whether `day` is worked.

        Raises OutsideWorkCalendar for a day whose holidays are unknown.
        """
        if not self.first_day <= day <= self.last_day:
            raise OutsideWorkCalendar(
                t(
                    "The holidays of {day} are not known: the work calendar covers {first} to "
                    "{last}.",
                    day=day.isoformat(),
                    first=self.first_day.isoformat(),
                    last=self.last_day.isoformat(),
                ),
                fix=t("Add the holidays of that year to the pack."),
            )
        if day in self.swapped_in:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """Give `day` itself if it is worked, else the first working day after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add(self, day: date, count: int) -> date:
        """Give the working day that is `count` working days after `day`; before, if negative.

        The day itself is not counted, as a time limit begins on the day after the event (Bộ luật
        Dân sự 2015, Điều 147). With 0 the answer is `day` or the next working day.
        """
        if count == 0:
            return self.next_working_day(day)
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`; negative if `end` is earlier.

        So `between(day, add(day, n)) == n`.
        """
        if end < start:
            return -self.between(end, start)
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    def due(self, received: date, days: int) -> date:
        """Give the last day of a limit of `days` calendar days after `received`.

        If that day is free, the limit ends with the next working day (Bộ luật Dân sự 2015, Điều
        148). For limits in working days use `add`.
        """
        return self.next_working_day(received + timedelta(days=days))
