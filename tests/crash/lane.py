"""The driver as a test sees it: a process that is asked and answers."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.orders import ORDERS, OUTCOMES, Order, Outcome

ROOT = Path(__file__).parents[2]


class Driver:
    """A running driver; one order at a time."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def ask(self, order: Order) -> Outcome:
        """Have `order` done; raises RuntimeError if the driver itself broke down."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(ORDERS.dump_json(order) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the driver ended with {self._process.wait()}")
        return OUTCOMES.validate_json(line)


@contextmanager
def driver(folder: Path) -> Iterator[Driver]:
    """Start a driver that keeps its stores and its log below `folder`, and end it."""
    command = [sys.executable, "-m", "tests.crash.driver", str(folder)]
    with (
        (folder / "log.txt").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        yield Driver(process)
        assert process.stdin is not None
        process.stdin.close()
