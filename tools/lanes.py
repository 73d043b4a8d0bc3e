"""Runs the tests in lanes side by side, one process each: `lanes.py PATHS PATHS ...`.

Each argument is one lane, its paths joined by commas. Lines are shown as they come, with the number
of their lane; what failed is named once more at the very end. The code is not 0 if a lane failed.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NOISE = ("nanobind: ", " - leaked ", " - ... skipped remainder", "See https://nanobind.")
"""What a library says of its own bookkeeping when Python ends; it would bury the last lines."""


@dataclass
class Lane:
    """One process of pytest: what it runs and how it ended."""

    number: int
    paths: Sequence[str]
    code: int = 1
    failed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Run pytest over the paths, pass its lines on, keep the names of what failed."""
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not soak", "--durations=5"]
        started = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and paths
            [*command, *self.paths],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            for line in process.stdout or ():
                self._pass_on(line)
        self.code = process.returncode
        took = time.monotonic() - started
        self._say(f"{', '.join(self.paths)}: code {self.code}, {took:.0f} s\n")

    def _pass_on(self, line: str) -> None:
        if line.startswith(_NOISE):
            return
        if line.startswith(("FAILED ", "ERROR ")):
            self.failed.append(line)
        self._say(line)

    def _say(self, line: str) -> None:
        sys.stdout.write(f"[{self.number}] {line}")
        sys.stdout.flush()


def main() -> int:
    """Run every lane and wait for all of them."""
    lanes = [Lane(number, paths.split(",")) for number, paths in enumerate(sys.argv[1:], start=1)]
    threads = [threading.Thread(target=lane.run) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lane in lanes:
        sys.stdout.writelines(f"failed in lane {lane.number}: {line}" for line in lane.failed)
    return max((lane.code for lane in lanes), default=1)


if __name__ == "__main__":
    sys.exit(main())
