"""The machine's clock, moved ahead: a restart then comes after every lease, a sweep after days."""

from datetime import datetime, timedelta

from tinhdata.kernel import SystemClock


class MovedClock:
    """The machine's clock, ahead by what it was moved."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        """Give the present moment in UTC, moved."""
        return SystemClock().now() + self._ahead

    def move(self, by: timedelta) -> None:
        """Move the clock ahead by `by`."""
        self._ahead += by
