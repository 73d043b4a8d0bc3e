import threading
from datetime import UTC, datetime, timedelta

import pytest

from tinhdata.db import Database
from tinhdata.kernel import FixedClock, JSONObject
from tinhdata.work import WorkContext, WorkQueue, store
from tinhdata.work.model import Schedule

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Scheduled:
    """A process with one schedule: what it did is in `done`."""

    def __init__(self, database: Database, clock: FixedClock, every: timedelta = HOUR) -> None:
        self.done: list[JSONObject] = []
        self.queue = WorkQueue(database, clock)
        self.queue.register("pull", self._pull)
        self.queue.schedule("pull", every, {"source": "a"})

    def _pull(self, context: WorkContext, args: JSONObject) -> None:
        self.done.append(args)

    def run(self) -> int:
        return self.queue.run_until_idle("w")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


def test_a_schedule_fires_at_once_and_then_in_its_rhythm(
    database: Database, clock: FixedClock
) -> None:
    process = Scheduled(database, clock)
    assert process.run() == 1
    assert process.run() == 0
    clock.move(timedelta(minutes=59))
    assert process.run() == 0
    clock.move(timedelta(minutes=1))
    assert process.run() == 1
    assert process.done == [{"source": "a"}] * 2


def test_a_restart_neither_repeats_nor_shifts_a_schedule(
    database: Database, clock: FixedClock
) -> None:
    assert Scheduled(database, clock).run() == 1
    clock.move(timedelta(minutes=30))
    assert Scheduled(database, clock).run() == 0
    clock.move(timedelta(minutes=30))
    assert Scheduled(database, clock).run() == 1


def test_what_was_missed_while_nothing_ran_is_done_once(
    database: Database, clock: FixedClock
) -> None:
    Scheduled(database, clock).run()
    clock.move(timedelta(hours=10, minutes=20))
    process = Scheduled(database, clock)
    assert process.run() == 1
    clock.move(timedelta(minutes=39))
    assert process.run() == 0
    clock.move(timedelta(minutes=1))
    assert process.run() == 1


def test_many_processes_fire_a_schedule_once(database: Database, clock: FixedClock) -> None:
    processes = [Scheduled(database, clock) for _ in range(4)]
    for _ in range(3):
        workers = [threading.Thread(target=process.run) for process in processes]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        clock.move(HOUR)
    assert sum(len(process.done) for process in processes) == 3


def test_of_two_that_saw_the_same_moment_only_one_moves_the_schedule(
    database: Database,
) -> None:
    schedule = Schedule("pull", "default", HOUR, {})
    with database.transaction() as tx:
        due = store.keep_schedule(tx, schedule, START)
        assert store.move_schedule(tx, schedule, due, START + HOUR)
    with database.transaction() as tx:
        assert not store.move_schedule(tx, schedule, due, START + HOUR)
        assert store.keep_schedule(tx, schedule, START) == START + HOUR


def test_a_shorter_rhythm_counts_from_now(database: Database, clock: FixedClock) -> None:
    Scheduled(database, clock, every=timedelta(days=30)).run()
    process = Scheduled(database, clock, every=HOUR)
    assert process.run() == 0
    clock.move(HOUR)
    assert process.run() == 1


def test_a_moment_that_finds_the_last_run_unfinished_is_left_out(
    database: Database, clock: FixedClock
) -> None:
    queue = WorkQueue(database, clock, lease=timedelta(days=1))
    other = WorkQueue(database, clock, lease=timedelta(days=1))
    found: list[bool] = []

    def long(context: WorkContext, args: JSONObject) -> None:
        clock.move(HOUR)
        found.append(other.run_once("other"))

    for process in (queue, other):
        process.register("pull", long)
        process.schedule("pull", HOUR)
    assert queue.run_once("w")
    assert found == [False]
    assert not queue.run_once("w")
    clock.move(HOUR)
    assert queue.run_once("w")


def test_a_schedule_needs_a_registered_verb_and_a_positive_interval(
    database: Database, clock: FixedClock
) -> None:
    queue = WorkQueue(database, clock)
    with pytest.raises(ValueError, match="nobody registered"):
        queue.schedule("pull", HOUR)
    queue.register("pull", lambda context, args: None)
    with pytest.raises(ValueError, match="positive"):
        queue.schedule("pull", timedelta(0))
    queue.schedule("pull", HOUR)
    with pytest.raises(ValueError, match="already"):
        queue.schedule("pull", HOUR)
