"""Runs all tests in pieces, several side by side: `lanes.py AT_ONCE PATHS PATHS ...`.

Each of PATHS is one piece, its folders joined by commas, and a process of its own; all tests that
no piece names are one more, the first. A lane that is free takes the next piece, so name the
longest first and the shortest last.
Lines are shown as they come, with the number of their piece; what failed is named once more at the
very end. The code is not 0 if a piece failed.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NOISE = ("nanobind: ", " - leaked ", " - ... skipped remainder", "See https://nanobind.")
"""What a library says of its own bookkeeping when Python ends; it would bury the last lines."""
_writing = threading.Lock()


@dataclass
class Piece:
    """One process of pytest: what it runs and how it ended."""

    number: int
    arguments: Sequence[str]
    code: int = 1
    failed: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Run pytest, pass its lines on, keep the names of what failed."""
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not soak", "--durations=3"]
        started = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter and paths
            [*command, *self.arguments],
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
        self._say(f"{' '.join(self.arguments)}: code {self.code}, {took:.0f} s\n")

    def _pass_on(self, line: str) -> None:
        if line.startswith(_NOISE):
            return
        if line.startswith(("FAILED ", "ERROR ")):
            self.failed.append(line)
        self._say(line)

    def _say(self, line: str) -> None:
        with _writing:
            sys.stdout.write(f"[{self.number}] {line}")
            sys.stdout.flush()


def pieces(named: Sequence[str]) -> list[Piece]:
    """Give a piece for each of `named`, and one for all that none of them names."""
    folders = [paths.split(",") for paths in named]
    missing = [path for paths in folders for path in paths if not (ROOT / path).exists()]
    if missing:
        sys.exit(f"there are no tests at {', '.join(missing)}")
    rest = ["tests", *(f"--ignore={path}" for paths in folders for path in paths)]
    return [Piece(number, each) for number, each in enumerate([rest, *folders], start=1)]


def main() -> int:
    """Run every piece and wait for all of them."""
    at_once, *named = sys.argv[1:]
    every = pieces(named)
    with ThreadPoolExecutor(int(at_once)) as lanes:
        list(lanes.map(Piece.run, every))
    for piece in every:
        sys.stdout.writelines(f"failed in piece {piece.number}: {line}" for line in piece.failed)
    return max(piece.code for piece in every)


if __name__ == "__main__":
    sys.exit(main())
