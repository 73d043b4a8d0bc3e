import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from tests.integration.warehouse.builders import DAILY, Desk, contract, desk
from tests.integration.warehouse.worker import ROWS
from tinhdata.warehouse import Query, Sort, WriterBusy

ROOT = Path(__file__).parents[3]


@contextmanager
def worker(folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.integration.warehouse.worker", str(folder), name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def acknowledged(process: subprocess.Popen[str], least: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(least)]


def every_row(here: Desk) -> list[tuple[date, str]]:
    release = here.warehouse.current(DAILY.id)
    assert release is not None
    query = Query(columns=("day", "code"), sort=(Sort("day"), Sort("code")), limit=10_000)
    return [(day, str(code)) for day, code in here.rows(release, query) if isinstance(day, date)]


def check_whole(here: Desk, lines: list[str]) -> None:
    """Each acknowledged release is there, each day has the rows of exactly one writer, once."""
    numbers = [release.number for release in here.warehouse.releases(DAILY.id)]
    assert numbers == list(range(len(numbers), 0, -1))
    days: dict[date, list[str]] = {}
    for day, code in every_row(here):
        days.setdefault(day, []).append(code)
    for codes in days.values():
        writer = codes[0][0]
        assert codes == [f"{writer}{number:03}" for number in range(ROWS)]
    for line in lines:
        number, written, writer = line.split()
        assert int(number) in numbers
        assert days[date.fromisoformat(written)][0] == f"{writer}000"
    assert len(days) == len(numbers)
    assert here.warehouse.verify() == ()


def test_nothing_acknowledged_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    lines: list[str] = []
    seeded = random.Random(20260105)
    for _ in range(6):
        with worker(tmp_path, "a") as process:
            lines += acknowledged(process, 2)
            time.sleep(seeded.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
            assert process.stdout is not None
            # A line that was cut off in the middle was not acknowledged.
            lines += [line.strip() for line in process.stdout if line.endswith("\n")]
    with desk(tmp_path) as here:
        check_whole(here, lines)
        here.append(DAILY, "2030-01-01", ("z", date(2030, 1, 1), 1))
        assert every_row(here)[-1] == (date(2030, 1, 1), "z")
        assert len(every_row(here)) == len(here.warehouse.releases(DAILY.id)[1:]) * ROWS + 1


def test_two_processes_write_to_one_dataset_in_turns(tmp_path: Path) -> None:
    with desk(tmp_path):
        pass
    with worker(tmp_path, "a") as first, worker(tmp_path, "b") as second:
        lines = acknowledged(first, 5) + acknowledged(second, 5)
    with desk(tmp_path) as here:
        check_whole(here, [line for line in lines if line])


def test_a_dataset_has_one_writer_at_a_time_and_others_wait(here: Desk) -> None:
    busy = contract(dataset="bo-khac")
    with here.warehouse.lock(busy.id):
        found: list[Exception] = []

        def second() -> None:
            try:
                with here.warehouse.lock(busy.id, wait=0.1):
                    pass
            except WriterBusy as error:
                found.append(error)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        assert len(found) == 1
        with here.warehouse.lock(DAILY.id, wait=0.1):
            pass
    with here.warehouse.lock(busy.id, wait=0.1):
        pass


def test_the_lock_of_a_killed_writer_is_free_at_once(tmp_path: Path) -> None:
    with desk(tmp_path) as here, worker(tmp_path, "a") as process:
        acknowledged(process, 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with here.warehouse.lock(DAILY.id, wait=0.2):
            pass


def test_waiting_for_a_writer_has_an_end(here: Desk) -> None:
    with (
        here.warehouse.lock(DAILY.id),
        pytest.raises(WriterBusy),
        here.warehouse.lock(DAILY.id, wait=0.05),
    ):
        pass
