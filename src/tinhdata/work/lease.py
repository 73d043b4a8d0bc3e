"""Holding a piece of work while a handler runs: renewed in the background, shown to the handler."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tinhdata.db import Database, Tx
from tinhdata.kernel import Clock, Progress
from tinhdata.work import store
from tinhdata.work.errors import LeaseLost
from tinhdata.work.model import Claim, WorkItem

_log = structlog.get_logger(__name__)
_REPORT_SECONDS = 0.3


class WorkContext:
    """What a handler gets besides its arguments: its piece, and the way to say how far it is.

    A handler passes `report` on to whatever takes long. None of these verbs may be called inside an
    open transaction of the same thread, except `guard`, which is made for that.
    """

    def __init__(self, db: Database, clock: Clock, claim: Claim, lease: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._claim = claim
        self._lease = lease
        self._lost = threading.Event()
        self._reported_at = 0.0
        self._stage: str | None = None

    @property
    def item(self) -> WorkItem:
        """Give the piece of work being done."""
        return self._claim.item

    @property
    def is_lost(self) -> bool:
        """Say whether another worker has taken the piece over, as far as is known."""
        return self._lost.is_set()

    def report(self, progress: Progress) -> None:
        """Show `progress`; a few times a second reach the database. Raises LeaseLost."""
        self._stop_if_lost()
        moment = time.monotonic()
        if progress.stage == self._stage and moment - self._reported_at < _REPORT_SECONDS:
            return
        self._stage, self._reported_at = progress.stage, moment
        with self._db.transaction() as tx:
            held = store.put_progress(tx, self._claim, progress, self._until())
        self._note(held)

    def heartbeat(self) -> None:
        """Hold the piece for another lease; raises LeaseLost. Happens by itself meanwhile too."""
        with self._db.transaction() as tx:
            held = store.extend(tx, self._claim, self._until())
        self._note(held)

    def guard(self, tx: Tx) -> None:
        """Make `tx` valid only while this worker holds the piece; raises LeaseLost.

        The row stays locked until `tx` ends, so nobody can take the piece over in between.
        """
        self._note(store.extend(tx, self._claim, self._until()))

    @contextmanager
    def kept_alive(self) -> Iterator[None]:
        """Renew the lease from a thread of its own until the block ends."""
        stop = threading.Event()
        thread = threading.Thread(
            target=self._beat, args=(stop,), name=f"lease-{self.item.id}", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _beat(self, stop: threading.Event) -> None:
        while not stop.wait(self._lease.total_seconds() / 3):
            try:
                self.heartbeat()
            except LeaseLost:
                return
            except SQLAlchemyError as error:
                # The next beat may succeed; until then the fence protects the piece.
                _log.warning("work.heartbeat_failed", item=self.item.id, kind=type(error).__name__)

    def _until(self) -> datetime:
        return self._clock.now() + self._lease

    def _note(self, held: bool) -> None:
        if not held:
            self._lost.set()
        self._stop_if_lost()

    def _stop_if_lost(self) -> None:
        if self._lost.is_set():
            raise LeaseLost(self.item.id)
