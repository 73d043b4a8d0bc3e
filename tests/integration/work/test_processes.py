import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.work.worker import build
from tinhdata.db import Database
from tinhdata.kernel import SystemClock
from tinhdata.work import WorkQueue, WorkState

ROOT = Path(__file__).parents[3]
PIECES = 200


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@contextmanager
def worker(url: str, log: Path, lease: float) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.integration.work.worker", url, str(log), str(lease)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def threads(queue: WorkQueue, number: int) -> Iterator[None]:
    stop = threading.Event()
    workers = [threading.Thread(target=queue.run_forever, args=(stop,)) for _ in range(number)]
    for thread in workers:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in workers:
            thread.join()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def lines(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def began(log: Path) -> bool:
    return any(line[0] == "began" for line in lines(log))


def enqueue_long(
    database: Database, queue: WorkQueue, seconds: float, *, silent: bool = False
) -> str:
    with database.transaction() as tx:
        return queue.enqueue(tx, "long", {"seconds": seconds, "silent": silent}, "k")


def test_threads_and_processes_together_do_each_piece_once(
    database: Database, database_url: str, log: Path
) -> None:
    own, queue = build(database_url, log, timedelta(seconds=30))
    for n in range(PIECES):
        with database.transaction() as tx:
            queue.enqueue(tx, "quick", {"n": n}, str(n))
    with (
        worker(database_url, log, 30) as one,
        worker(database_url, log, 30) as two,
    ):
        # The second half comes once both processes are known to take part.
        wait_for(lambda: {one.pid, two.pid} <= {int(line[-1]) for line in lines(log)})
        for n in range(PIECES, 2 * PIECES):
            with database.transaction() as tx:
                queue.enqueue(tx, "quick", {"n": n}, str(n))
        with threads(queue, 3):
            wait_for(lambda: queue.counts()[WorkState.DONE] == 2 * PIECES)
    done = Counter(line[1] for line in lines(log))
    assert done == {str(n): 1 for n in range(2 * PIECES)}
    assert queue.counts()[WorkState.DONE] == 2 * PIECES
    own.close()


def test_when_a_worker_is_killed_another_takes_over_after_the_lease(
    database: Database, database_url: str, log: Path
) -> None:
    own, queue = build(database_url, log, timedelta(seconds=2))
    item = enqueue_long(database, queue, 0.5)
    with worker(database_url, log, 2) as process:
        wait_for(lambda: began(log))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert queue.status(item).state is WorkState.RUNNING
    assert not queue.run_once("too early")
    with threads(queue, 1):
        wait_for(lambda: queue.status(item).is_finished)
    status = queue.status(item)
    assert (status.state, status.attempts) == (WorkState.DONE, 2)
    assert [line[0] for line in lines(log)] == ["began", "began", "finished"]
    own.close()


def test_a_worker_that_was_frozen_past_its_lease_finds_its_work_taken(
    database: Database, database_url: str, log: Path
) -> None:
    own, queue = build(database_url, log, timedelta(seconds=2))
    item = enqueue_long(database, queue, 1)
    with worker(database_url, log, 2) as process:
        wait_for(lambda: began(log))
        os.kill(process.pid, signal.SIGSTOP)
        with threads(queue, 1):
            wait_for(lambda: queue.status(item).is_finished)
        finished = queue.status(item)
        os.kill(process.pid, signal.SIGCONT)
        wait_for(lambda: ["lost", str(process.pid)] in lines(log))
    assert queue.status(item) == finished
    assert finished.attempts == 2
    own.close()


def test_a_long_handler_keeps_its_lease_by_heartbeats(
    database: Database, database_url: str, log: Path
) -> None:
    own, queue = build(database_url, log, timedelta(seconds=2))
    # A report would renew the lease as well, so there is none here.
    item = enqueue_long(database, queue, 5, silent=True)
    with worker(database_url, log, 2), threads(queue, 1):
        wait_for(lambda: queue.status(item).is_finished)
    assert queue.status(item).attempts == 1
    assert [line[0] for line in lines(log)] == ["began", "finished"]
    own.close()


def test_work_begins_the_moment_it_is_committed_in_the_same_process(
    database: Database,
) -> None:
    # With so long a poll only the bell can wake the worker.
    queue = WorkQueue(database, SystemClock(), poll=timedelta(minutes=10))
    queue.register("ring", lambda context, args: None)
    stop = threading.Event()
    thread = threading.Thread(target=queue.run_forever, args=(stop,))
    thread.start()
    time.sleep(0.3)
    with database.transaction() as tx:
        item = queue.enqueue(tx, "ring", {}, "k")
    wait_for(lambda: queue.status(item).is_finished, seconds=5)
    stop.set()
    with database.transaction() as tx:
        queue.enqueue(tx, "ring", {}, "wake to see that it is over")
    thread.join()
