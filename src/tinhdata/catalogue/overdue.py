"""Whether a dataset is updated as often as its contract says. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tinhdata.kernel.clock import local_day

_CYCLE = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?"
)
"""An ISO 8601 duration in whole numbers."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the next update is due and how many days it is overdue; None: nothing is promised."""

    due: date | None
    days_late: int = 0

    @property
    def is_late(self) -> bool:
        """Say whether the day on which it was due has passed."""
        return self.days_late > 0


def freshness(last: datetime | None, cycle: str | None, today: date) -> Freshness:
    """Measure the last update against the `cycle` of the contract (ISO 8601, such as P1M).

    An update is due on the day one cycle after the last one, and late from the day after. Cycles
    shorter than a day are measured in days too.
    """
    due = None if last is None or cycle is None else _after(local_day(last), cycle)
    if due is None:
        return Freshness(None)
    return Freshness(due, max(0, (today - due).days))


def _after(day: date, cycle: str) -> date | None:
    found = _CYCLE.fullmatch(cycle)
    if found is None or not any(found.groups()):
        return None
    said = {name: int(value or 0) for name, value in found.groupdict().items()}
    months = day.month - 1 + said["months"]
    year, month = day.year + said["years"] + months // 12, months % 12 + 1
    if year > date.max.year - 1:
        return None
    moved = date(year, month, min(day.day, monthrange(year, month)[1]))
    rest = timedelta(
        weeks=said["weeks"], days=said["days"], hours=said["hours"], minutes=said["minutes"]
    )
    return moved + timedelta(days=max(rest.days, 1) if rest else 0)
