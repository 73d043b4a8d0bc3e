"""Whoever waits for an answer, and whether he has gone: slow work is stopped when nobody waits.

The edge says who waits; what works slowly asks. In between nothing has to hand it on, since the
caller travels with the context of the request, also into the thread that answers it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Caller:
    """Someone who waits for one answer."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._gone = False
        self._stops: list[Callable[[], None]] = []

    @property
    def is_gone(self) -> bool:
        """Say whether nobody waits any more."""
        return self._gone

    def hang_up(self) -> None:
        """Say that nobody waits any more; what works for this caller is told to stop."""
        with self._guard:
            self._gone = True
            # Within the guard: work that has just ended must not be told any more.
            for stop in self._stops:
                stop()

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have `stop` called as soon as the caller goes while the block runs."""
        with self._guard:
            self._stops.append(stop)
            if self._gone:
                stop()
        try:
            yield
        finally:
            with self._guard:
                self._stops.remove(stop)


_NOBODY = Caller()
_current: ContextVar[Caller] = ContextVar("caller", default=_NOBODY)


def caller() -> Caller:
    """Give who waits for what is done here; work without a caller has one that never goes."""
    return _current.get()


@contextmanager
def calling(who: Caller) -> Iterator[None]:
    """Do what follows, also in threads started from here by a request, for `who`."""
    token = _current.set(who)
    try:
        yield
    finally:
        _current.reset(token)
