"""Moments of a rhythm and of a cycle: when a pull is due, and until when data is expected. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.sources.model import Every, Rhythm

_DURATION = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?"
    r"(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?",
    re.ASCII,
)
_LEAST_GRACE = timedelta(hours=1)
_GRACE_PART = 5


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration in whole numbers: months of the calendar and an exact rest."""

    months: int
    rest: timedelta

    def after(self, moment: datetime) -> datetime:
        """Give the moment so much later; the last day of a month stays within its month."""
        local = moment.astimezone(VIETNAM_TIME)
        years, month = divmod(local.month - 1 + self.months, 12)
        year = min(local.year + years, 9998)
        day = min(local.day, monthrange(year, month + 1)[1])
        return local.replace(year=year, month=month + 1, day=day) + self.rest


def duration(text: str) -> Duration | None:
    """Read an ISO 8601 duration such as P1M or PT15M; None where it is none."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()) or text.endswith("T"):
        return None
    said = {name: int(value or 0) for name, value in found.groupdict().items()}
    rest = timedelta(
        weeks=said["weeks"],
        days=said["days"],
        hours=said["hours"],
        minutes=said["minutes"],
        seconds=said["seconds"],
    )
    return Duration(said["years"] * 12 + said["months"], rest)


def next_due(rhythm: Rhythm, due: datetime | None, now: datetime) -> datetime:
    """Give the first moment of `rhythm` after `now`; missed ones are not made up for.

    `due` is the moment that was due last: a rhythm of minutes goes on from there.
    """
    if isinstance(rhythm, Every):
        step = timedelta(minutes=rhythm.minutes)
        if due is None:
            return now + step
        return due if due > now else due + step * ((now - due) // step + 1)
    local = now.astimezone(VIETNAM_TIME)
    today = local.replace(hour=rhythm.hour, minute=rhythm.minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


def silent_from(last: datetime, cycle: str | None, grace: str | None) -> datetime | None:
    """Give the moment from which a source that brought nothing since `last` counts as silent.

    That is one cycle and the grace after it; without a grace of its own, a fifth of the cycle and
    an hour at least. None where no cycle is expected.
    """
    expected = None if cycle is None else duration(cycle)
    if expected is None:
        return None
    end = expected.after(last)
    allowed = None if grace is None else duration(grace)
    if allowed is not None:
        return allowed.after(end)
    return end + max((end - last) / _GRACE_PART, _LEAST_GRACE)
