"""The time, handed in so that rules and tests never read the machine's clock."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

VIETNAM_TIME = timezone(timedelta(hours=7), "ICT")
"""Việt Nam keeps UTC+7 all year (Quyết định 134/2002/QĐ-TTg), so a fixed offset is exact."""


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Give the present moment in UTC, with its time zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """Give the moment the clock was set to."""
        return self._moment

    def move(self, by: timedelta) -> None:
        """Move the clock by `by`."""
        self._moment += by


def local_day(moment: datetime) -> date:
    """Give the calendar day of `moment` in Việt Nam."""
    return moment.astimezone(VIETNAM_TIME).date()
