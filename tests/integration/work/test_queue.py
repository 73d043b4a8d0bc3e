import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from tinhdata.db import Database, Tx
from tinhdata.kernel import FixedClock, JSONObject, Problem, Progress, t
from tinhdata.work import LeaseLost, WorkContext, WorkItem, WorkNotFound, WorkQueue, WorkState

START = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=15)
NOTHING: JSONObject = {}


class Wrong(Problem):
    code = "wrong"


class Busy(Problem):
    code = "busy"


class Recorder:
    """A handler that remembers, and fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.done: list[JSONObject] = []
        self.failures = list(failures)

    def __call__(self, context: WorkContext, args: JSONObject) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(args)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def queue(database: Database, clock: FixedClock) -> WorkQueue:
    return WorkQueue(database, clock, lease=LEASE)


def enqueue(
    database: Database, queue: WorkQueue, key: str = "k", args: JSONObject = NOTHING
) -> str:
    with database.transaction() as tx:
        return queue.enqueue(tx, "do", args, key)


def test_work_is_done_with_its_arguments(database: Database, queue: WorkQueue) -> None:
    handler = Recorder()
    queue.register("do", handler)
    item = enqueue(database, queue, args={"delivery": "dlv_1", "rows": [1, 2]})
    assert queue.status(item).state is WorkState.WAITING
    assert queue.run_once("w")
    assert handler.done == [{"delivery": "dlv_1", "rows": [1, 2]}]
    status = queue.status(item)
    assert (status.state, status.attempts, status.error) == (WorkState.DONE, 1, None)
    assert status.is_finished
    assert not queue.run_once("w")


def test_work_of_a_transaction_rolled_back_is_never_done(
    database: Database, queue: WorkQueue
) -> None:
    handler = Recorder()
    queue.register("do", handler)
    with suppress(RuntimeError), database.transaction() as tx:
        queue.enqueue(tx, "do", {}, "k")
        raise RuntimeError
    assert not queue.run_once("w")
    assert handler.done == []


def test_the_same_key_means_the_same_work_until_it_is_finished(
    database: Database, queue: WorkQueue
) -> None:
    handler = Recorder()
    queue.register("do", handler)
    first = enqueue(database, queue)
    assert enqueue(database, queue) == first
    assert enqueue(database, queue, key="other") != first
    assert queue.run_until_idle("w") == 2
    again = enqueue(database, queue)
    assert again != first
    found = queue.latest("do", "k")
    assert found is not None
    assert found.id == again


def test_many_callers_with_the_same_key_get_one_piece(database: Database, queue: WorkQueue) -> None:
    handler = Recorder()
    queue.register("do", handler)
    given: list[str] = []
    callers = [
        threading.Thread(target=lambda: given.append(enqueue(database, queue))) for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(given) == 8
    assert len(set(given)) == 1
    assert queue.run_until_idle("w") == 1


def test_an_accident_is_tried_again_after_a_growing_wait(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    handler = Recorder(OSError("079012345678"), OSError())
    queue.register("do", handler)
    item = enqueue(database, queue)
    assert queue.run_once("w")
    status = queue.status(item)
    assert (status.state, status.attempts) == (WorkState.WAITING, 1)
    assert "079012345678" not in str(status.error)
    assert not queue.run_once("w")
    clock.move(timedelta(seconds=1))
    assert queue.run_once("w")
    clock.move(timedelta(seconds=1))
    assert not queue.run_once("w")
    clock.move(timedelta(seconds=1))
    assert queue.run_once("w")
    status = queue.status(item)
    assert (status.state, status.attempts, status.error) == (WorkState.DONE, 3, None)


def test_a_problem_ends_the_work_at_once_and_its_text_is_kept(
    database: Database, queue: WorkQueue
) -> None:
    given_up: list[WorkItem] = []
    queue.register(
        "do",
        Recorder(Wrong(t("The file {name} is empty.", name="a.csv"))),
        on_exhausted=lambda tx, item: given_up.append(item),
    )
    item = enqueue(database, queue)
    assert queue.run_until_idle("w") == 1
    status = queue.status(item)
    assert status.state is WorkState.FAILED
    assert str(status.error) == "The file a.csv is empty."
    assert [(i.id, i.attempts, str(i.error)) for i in given_up] == [
        (item, 1, "The file a.csv is empty.")
    ]


def test_a_problem_that_passes_with_time_is_tried_again(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    handler = Recorder(Busy(t("Someone else writes.")))
    queue.register("do", handler, retry_on=(Busy,))
    item = enqueue(database, queue)
    queue.run_once("w")
    clock.move(timedelta(seconds=1))
    queue.run_once("w")
    assert queue.status(item).state is WorkState.DONE


def test_giving_up_and_what_follows_from_it_are_one_transaction(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    def tell(tx: Tx, item: WorkItem) -> None:
        queue.enqueue(tx, "tell", {"about": item.id}, item.id)

    told = Recorder()
    queue.register("do", Recorder(*[OSError()] * 2), 2, on_exhausted=tell)
    queue.register("tell", told)
    item = enqueue(database, queue)
    queue.run_once("w")
    clock.move(timedelta(seconds=1))
    queue.run_until_idle("w")
    assert queue.status(item).state is WorkState.FAILED
    assert told.done == [{"about": item}]


def test_when_the_hook_fails_the_work_is_not_given_up(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    calls: list[str] = []

    def stumble(tx: Tx, item: WorkItem) -> None:
        calls.append(item.id)
        if len(calls) == 1:
            raise OSError

    queue.register("do", Recorder(Wrong(t("No."))), on_exhausted=stumble)
    item = enqueue(database, queue)
    with pytest.raises(OSError):  # noqa: PT011  # the hook's own, without words
        queue.run_once("w")
    assert queue.status(item).state is WorkState.RUNNING
    clock.move(LEASE)
    queue.run_until_idle("w")
    assert queue.status(item).state is WorkState.DONE


def test_work_may_be_put_off(database: Database, queue: WorkQueue, clock: FixedClock) -> None:
    queue.register("do", Recorder())
    with database.transaction() as tx:
        queue.enqueue(tx, "do", {}, "k", not_before=START + timedelta(hours=1))
    assert not queue.run_once("w")
    clock.move(timedelta(hours=1))
    assert queue.run_once("w")


def test_work_is_done_in_the_order_in_which_it_became_due(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    handler = Recorder()
    queue.register("do", handler)
    for number in range(5):
        enqueue(database, queue, key=str(number), args={"n": number})
        clock.move(timedelta(milliseconds=1))
    queue.run_until_idle("w")
    assert [args["n"] for args in handler.done] == [0, 1, 2, 3, 4]


def test_a_worker_leaves_verbs_that_it_does_not_know(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    queue.register("do", Recorder())
    enqueue(database, queue)
    other = WorkQueue(database, clock)
    other.register("something else", Recorder())
    assert not other.run_once("w")
    assert queue.run_once("w")


def test_progress_is_seen_from_outside(database: Database, queue: WorkQueue) -> None:
    seen: list[Progress | None] = []

    def handler(context: WorkContext, args: JSONObject) -> None:
        context.report(Progress("reading", 10, 100))
        seen.append(queue.status(context.item.id).progress)
        context.report(Progress("reading", 11, 100))
        seen.append(queue.status(context.item.id).progress)
        context.report(Progress("checking", 1, 100))
        seen.append(queue.status(context.item.id).progress)

    queue.register("do", handler)
    enqueue(database, queue)
    queue.run_once("w")
    # Within a stage only a few reports a second are written.
    assert seen == [
        Progress("reading", 10, 100),
        Progress("reading", 10, 100),
        Progress("checking", 1, 100),
    ]


def test_a_piece_whose_lease_ran_out_is_taken_over_and_its_old_holder_stopped(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    outcome: list[str] = []
    other = WorkQueue(database, clock, lease=LEASE)
    other.register("do", lambda context, args: outcome.append("other did it"))

    def slow(context: WorkContext, args: JSONObject) -> None:
        clock.move(LEASE)
        assert other.run_once("other")
        for verb in (context.heartbeat, lambda: context.report(Progress("late"))):
            with suppress(LeaseLost):
                verb()
                outcome.append("the old holder went on")
        with suppress(LeaseLost), database.transaction() as tx:
            context.guard(tx)
            outcome.append("the old holder wrote")

    queue.register("do", slow)
    item = enqueue(database, queue)
    queue.run_once("w")
    assert outcome == ["other did it"]
    status = queue.status(item)
    assert (status.state, status.attempts, status.progress) == (WorkState.DONE, 2, None)


def test_an_old_holder_cannot_finish_what_another_is_doing(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    states: list[WorkState] = []
    other = WorkQueue(database, clock, lease=LEASE)

    def old(context: WorkContext, args: JSONObject) -> None:
        # The lease runs out, the other takes over, and in the middle of that we come back.
        clock.move(LEASE)
        other.run_once("other")

    def new(context: WorkContext, args: JSONObject) -> None:
        states.append(queue.status(context.item.id).state)

    queue.register("do", old)
    other.register("do", new)
    item = enqueue(database, queue)
    queue.run_once("w")
    assert states == [WorkState.RUNNING]
    assert queue.status(item).attempts == 2


def test_an_old_holder_that_fails_does_not_disturb_the_new_one(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    other = WorkQueue(database, clock, lease=LEASE)
    began, go_on = threading.Event(), threading.Event()

    def new(context: WorkContext, args: JSONObject) -> None:
        began.set()
        go_on.wait(10)
        context.report(Progress("still mine"))

    other.register("do", new)
    worker = threading.Thread(target=other.run_once, args=("other",))

    def old(context: WorkContext, args: JSONObject) -> None:
        clock.move(LEASE)
        worker.start()
        assert began.wait(10)
        raise Wrong(t("No."))

    queue.register("do", old)
    item = enqueue(database, queue)
    queue.run_once("w")
    assert queue.status(item).state is WorkState.RUNNING
    go_on.set()
    worker.join()
    status = queue.status(item)
    assert (status.state, status.progress) == (WorkState.DONE, Progress("still mine"))


def test_a_piece_that_ends_the_program_each_time_is_given_up(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    # Another process took the piece twice and vanished: its claims are all that is left.
    lost = WorkQueue(database, clock, lease=LEASE)

    def vanish(context: WorkContext, args: JSONObject) -> None:
        clock.move(LEASE)
        raise LeaseLost

    lost.register("do", vanish, 2)
    given_up: list[WorkItem] = []
    handler = Recorder()
    queue.register("do", handler, 2, on_exhausted=lambda tx, item: given_up.append(item))
    item = enqueue(database, queue)
    assert lost.run_once("w")
    assert lost.run_once("w")
    assert not queue.run_once("w")
    assert handler.done == []
    status = queue.status(item)
    assert (status.state, status.attempts) == (WorkState.FAILED, 2)
    assert str(status.error) == "The program ended 2 times in the middle of this work."
    assert [i.attempts for i in given_up] == [2]


def test_when_the_program_is_asked_to_end_the_work_goes_on_elsewhere_at_once(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    def interrupted(context: WorkContext, args: JSONObject) -> None:
        raise KeyboardInterrupt

    queue.register("do", interrupted)
    item = enqueue(database, queue)
    with pytest.raises(KeyboardInterrupt):
        queue.run_once("w")
    assert queue.status(item).attempts == 0
    other = WorkQueue(database, clock)
    other.register("do", Recorder())
    assert other.run_once("other")
    assert queue.status(item).state is WorkState.DONE


def test_a_handler_that_panics_ends_no_worker_and_is_given_up_after_some_tries(
    database: Database, queue: WorkQueue
) -> None:
    class Panic(BaseException):
        """What a library written in Rust raises."""

    def panics(context: WorkContext, args: JSONObject) -> None:
        raise Panic

    queue.register("do", panics, max_attempts=1)
    item = enqueue(database, queue)
    assert queue.run_once("w")
    assert queue.status(item).state is WorkState.FAILED


def test_a_verb_nobody_registered_and_an_unknown_piece_are_refused(
    database: Database, queue: WorkQueue
) -> None:
    with pytest.raises(ValueError, match="nobody registered"), database.transaction() as tx:
        queue.enqueue(tx, "undone", {}, "k")
    with pytest.raises(WorkNotFound, match="wrk_none"):
        queue.status("wrk_none")
    assert queue.latest("do", "k") is None


def test_done_work_is_forgotten_in_time_and_failed_work_is_not(
    database: Database, queue: WorkQueue, clock: FixedClock
) -> None:
    queue.register("do", Recorder(Wrong(t("No."))))
    failed = enqueue(database, queue, key="failed")
    queue.run_until_idle("w")
    done = enqueue(database, queue, key="done")
    queue.run_until_idle("w")
    assert queue.sweep(timedelta(days=1)) == 0
    clock.move(timedelta(days=2))
    waiting = enqueue(database, queue, key="waiting")
    assert queue.sweep(timedelta(days=1)) == 1
    with pytest.raises(WorkNotFound):
        queue.status(done)
    assert queue.status(failed).state is WorkState.FAILED
    assert queue.status(waiting).state is WorkState.WAITING
    assert queue.counts() == {
        WorkState.WAITING: 1, WorkState.RUNNING: 0, WorkState.DONE: 0, WorkState.FAILED: 1,
    }  # fmt: skip
