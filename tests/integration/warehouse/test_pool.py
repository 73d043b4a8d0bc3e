"""The readers of one process: who came first is served first."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tinhdata.warehouse.pool import Pool, PoolLimits
from tinhdata.warehouse.sql import Statement

ONE = PoolLimits(
    memory_mb=100, threads=1, readers=1, waiting=8, wait_seconds=30.0, read_seconds=30.0
)
SOME_ROWS = Statement("SELECT i FROM range(1000) r(i)")


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    made = Pool(tmp_path, (tmp_path,), ONE)
    yield made
    made.close()


def test_whoever_comes_later_does_not_overtake_those_who_wait(pool: Pool) -> None:
    served: list[int] = []

    def ask(number: int) -> None:
        pool.rows(SOME_ROWS)
        served.append(number)

    holding = pool.batches(SOME_ROWS)
    next(holding)
    waiting = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in waiting:
        thread.start()
        time.sleep(0.15)  # so that they come one after the other
    holding.close()
    ask(4)
    for thread in waiting:
        thread.join()
    assert served == [0, 1, 2, 3, 4]


def test_the_schema_of_an_answer_costs_no_answer(pool: Pool) -> None:
    # Worked out, this takes longer than any test may.
    dear = "SELECT sum(a.i * b.i) AS s FROM range(1000000) a(i), range(1000000) b(i)"
    began = time.monotonic()
    assert pool.schema(Statement(dear)).names == ["s"]
    assert time.monotonic() - began < 5
