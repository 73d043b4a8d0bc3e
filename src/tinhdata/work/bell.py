"""Wakes waiting workers of the same process the moment work is committed."""

import threading


class Bell:
    """A bell that counts, so that a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """Give how often the bell has rung."""
        return self._rung

    def ring(self) -> None:
        """Wake everyone who waits."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Wait until the bell has rung more than `seen` times, at most `seconds`."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung > seen, timeout=seconds)
