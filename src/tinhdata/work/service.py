"""The durable queue: work is enqueued with the business row and done once, whatever crashes.

Steps are begun at least once, so handlers are idempotent; the row of the thing worked on is the
truth, not the piece of work.
"""

import os
import socket
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

import structlog

from tinhdata.db import Database, Tx, after_commit
from tinhdata.kernel import Clock, JSONObject, Problem, Text, new_id
from tinhdata.work import rules, store
from tinhdata.work.bell import Bell
from tinhdata.work.errors import LeaseLost, WorkNotFound
from tinhdata.work.lease import WorkContext
from tinhdata.work.model import (
    Claim,
    ExhaustedHook,
    Schedule,
    Trial,
    WorkItem,
    WorkState,
    WorkStatus,
)

_log = structlog.get_logger(__name__)
_NOTHING: JSONObject = MappingProxyType({})

Handler: TypeAlias = Callable[[WorkContext, JSONObject], None]
"""Does one piece of work; raises a Problem to give it up, anything else to be tried again."""


class WorkQueue:
    """Work that survives crashes. Any number of processes and threads may share one database.

    `lease` is how long a vanished worker's piece stays untouched, `poll` how often other processes'
    work is looked for, `backoff` the wait before the second attempt.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        lease: timedelta = timedelta(seconds=15),
        poll: timedelta = timedelta(seconds=0.3),
        backoff: timedelta = timedelta(seconds=1),
    ) -> None:
        self._db = db
        self._clock = clock
        self._lease = lease
        self._poll = poll
        self._backoff = backoff
        self._handlers: dict[str, Handler] = {}
        self._trials: dict[str, Trial] = {}
        self._schedules: list[Schedule] = []
        self._next_schedule: datetime | None = None
        self._bell = Bell()

    def register(
        self,
        verb: str,
        handler: Handler,
        max_attempts: int = 5,
        *,
        retry_on: tuple[type[Problem], ...] = (),
        on_exhausted: ExhaustedHook | None = None,
    ) -> None:
        """Say who does `verb`.

        A handler that raises a Problem is not tried again, unless the Problem is one of `retry_on`;
        any other exception is tried again with growing waits, `max_attempts` times in all. When a
        piece is given up, `on_exhausted(tx, item)` is called in that same transaction.
        """
        if verb in self._handlers:
            raise ValueError(f"{verb} has a handler already")
        if max_attempts < 1:
            raise ValueError("work is tried at least once")
        self._handlers[verb] = handler
        self._trials[verb] = Trial(max_attempts, retry_on, on_exhausted)

    def enqueue(
        self,
        tx: Tx,
        verb: str,
        args: JSONObject,
        key: str,
        *,
        not_before: datetime | None = None,
    ) -> str:
        """Have `verb` done with `args` once `tx` is committed; give the id of the piece.

        While a piece with the same verb and key is unfinished, that one is meant and its id given.
        """
        self._known(verb)
        now = self._clock.now()
        item = WorkItem(new_id("wrk"), verb, key, args, attempts=0)
        given = store.add(tx, item, not_before or now, now)
        after_commit(tx, self._bell.ring)
        return given

    def schedule(
        self, verb: str, every: timedelta, args: JSONObject = _NOTHING, key: str = "default"
    ) -> None:
        """Have `verb` done each `every`, the first time at once; one process does it, once.

        The rhythm is kept over restarts. A moment that finds the last run unfinished is left out.
        """
        self._known(verb)
        if every <= timedelta(0):
            raise ValueError("a schedule has a positive interval")
        if any(s.verb == verb and s.key == key for s in self._schedules):
            raise ValueError(f"{verb} {key} is scheduled already")
        self._schedules.append(Schedule(verb, key, every, args))
        self._next_schedule = None

    def run_once(self, worker: str) -> bool:
        """Do one piece that is due, as `worker`; say whether there was one."""
        self._fire_schedules()
        claim = self._claim(worker)
        if claim is None:
            return False
        self._do(claim)
        return True

    def run_until_idle(self, worker: str) -> int:
        """Do pieces until none is due; give how many were done."""
        done = 0
        while self.run_once(worker):
            done += 1
        return done

    def run_forever(self, stop: threading.Event, worker: str | None = None) -> None:
        """Do pieces until `stop` is set; the piece in hand is finished first."""
        name = worker or f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        while not stop.is_set():
            seen = self._bell.rung
            try:
                found = self.run_once(name)
            except Exception as error:  # the outermost edge of a worker
                # The database may be away for a while, a hook may fail; a worker outlives that.
                _log.error("work.worker_failed", **_described(error))
                found = False
            if not found:
                self._bell.wait(seen, self._poll.total_seconds())

    def status(self, item: str) -> WorkStatus:
        """Give where the piece `item` stands; raises WorkNotFound."""
        with self._db.read() as tx:
            found = store.status(tx, item)
        if found is None:
            raise WorkNotFound(item)
        return found

    def latest(self, verb: str, key: str) -> WorkStatus | None:
        """Give where the newest piece with `verb` and `key` stands, None if there never was one."""
        with self._db.read() as tx:
            return store.latest(tx, verb, key)

    def counts(self) -> Mapping[WorkState, int]:
        """Give how many pieces are in each state."""
        with self._db.read() as tx:
            return store.counts(tx)

    def sweep(self, older_than: timedelta) -> int:
        """Forget pieces done longer ago than `older_than`; failed ones stay. Give how many."""
        with self._db.transaction() as tx:
            return store.sweep(tx, self._clock.now() - older_than)

    def _known(self, verb: str) -> None:
        if verb not in self._handlers:
            raise ValueError(f"nobody registered the verb {verb!r}")

    def _claim(self, worker: str) -> Claim | None:
        verbs = tuple(self._handlers)
        with self._db.read() as tx:
            # A look costs no write lock, and mostly there is nothing to do.
            if not store.has_due(tx, verbs, self._clock.now()):
                return None
        while True:
            now = self._clock.now()
            with self._db.transaction() as tx:
                claim = store.claim(tx, verbs, worker, now, now + self._lease)
                if claim is None or self._may_begin(claim):
                    return claim
                # The attempt that was just counted is not begun.
                tried = replace(claim.item, attempts=claim.item.attempts - 1)
                self._give_up(tx, replace(claim, item=tried), rules.lost_reason(tried.attempts))

    def _may_begin(self, claim: Claim) -> bool:
        return claim.item.attempts <= self._trials[claim.item.verb].max_attempts

    def _do(self, claim: Claim) -> None:
        context = WorkContext(self._db, self._clock, claim, self._lease)
        try:
            with context.kept_alive():
                self._handlers[claim.item.verb](context, claim.item.args)
        except LeaseLost:
            _log.warning("work.lease_lost", item=claim.item.id, verb=claim.item.verb)
        except (KeyboardInterrupt, SystemExit):
            # The program is ending; somebody shall go on at once, and nothing has failed.
            with self._db.transaction() as tx:
                store.put_back(tx, claim, None, self._clock.now(), claim.item.attempts - 1)
            raise
        except BaseException as error:
            # The outermost edge of a handler. A library written in Rust panics with what is no
            # Exception; put back uncounted, that piece would end one worker after the other.
            self._failed(claim, error)
        else:
            with self._db.transaction() as tx:
                held = store.finish(tx, claim, WorkState.DONE, None, self._clock.now())
            if not held:
                _log.warning("work.lease_lost", item=claim.item.id, verb=claim.item.verb)

    def _failed(self, claim: Claim, error: BaseException) -> None:
        item = claim.item
        if not isinstance(error, Problem):
            _log.error("work.failed", item=item.id, verb=item.verb, **_described(error))
        with self._db.transaction() as tx:
            if rules.is_worth_another_try(error, item.attempts, self._trials[item.verb]):
                due = self._clock.now() + rules.retry_delay(item.attempts, self._backoff)
                store.put_back(tx, claim, rules.reason(error), due, item.attempts)
            else:
                self._give_up(tx, claim, rules.reason(error))

    def _give_up(self, tx: Tx, claim: Claim, error: Text) -> None:
        if not store.finish(tx, claim, WorkState.FAILED, error, self._clock.now()):
            return
        item = claim.item
        hook = self._trials[item.verb].on_exhausted
        if hook is not None:
            hook(tx, replace(item, error=error))

    def _fire_schedules(self) -> None:
        now = self._clock.now()
        if not self._schedules or (self._next_schedule is not None and now < self._next_schedule):
            return
        upcoming = []
        with self._db.transaction() as tx:
            for schedule in self._schedules:
                due = store.keep_schedule(tx, schedule, now)
                following = rules.next_due(due, schedule.every, now)
                if due <= now and store.move_schedule(tx, schedule, due, following):
                    self.enqueue(tx, schedule.verb, schedule.args, f"schedule:{schedule.key}")
                upcoming.append(following)
        self._next_schedule = min(upcoming)


def _described(error: BaseException) -> dict[str, str]:
    # Kind and frames only: an exception's own words may hold values of cells.
    frames = "".join(traceback.format_tb(error.__traceback__))
    return {"kind": type(error).__name__, "frames": frames}
