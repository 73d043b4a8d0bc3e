"""What was worked out from the metadata, kept for as long as nothing happens.

Whatever changes what anyone may read is journalled in its own transaction, so one look at the
journal's head says whether an earlier answer still stands.
"""

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from tinhdata.db import Database
from tinhdata.journal import store

_MOST = 2_000
T = TypeVar("T")


class Standing:
    """Answers by their question, all forgotten with the next event."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._guard = threading.Lock()
        self._head = -1
        self._known: dict[Hashable, object] = {}

    def remembered(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Give the answer to `question`, working it out unless it stands already.

        Only for what follows from journalled facts; problems that `answer` raises are not kept.
        """
        with self._db.read() as tx:
            head = store.head_sequence(tx)
        with self._guard:
            if head != self._head or len(self._known) >= _MOST:
                self._known.clear()
                self._head = head
            elif question in self._known:
                return cast("T", self._known[question])
        found = answer()
        with self._guard:
            # An event in between may or may not be in the answer; the next look forgets it.
            if self._head == head:
                self._known[question] = found
        return found
