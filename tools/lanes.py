"""Runs the tests in lanes side by side, one process each: `lanes.py PATHS PATHS ...`.

Each argument is one lane, its paths joined by commas. Lines are shown as they come, with the number
of their lane; the code is not 0 if one lane failed.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run_lane(number: int, paths: Sequence[str], codes: dict[int, int]) -> None:
    """Run pytest over `paths`, pass its lines on and note its code under `number`."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not soak", "--durations=5", *paths]
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and paths
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process:
        for line in process.stdout or ():
            sys.stdout.write(f"[{number}] {line}")
            sys.stdout.flush()
    codes[number] = process.returncode
    took = time.monotonic() - started
    sys.stdout.write(f"[{number}] {', '.join(paths)}: code {process.returncode}, {took:.0f} s\n")


def main() -> int:
    """Run every lane and wait for all of them."""
    codes: dict[int, int] = {}
    lanes = [
        threading.Thread(target=run_lane, args=(number, paths.split(","), codes))
        for number, paths in enumerate(sys.argv[1:], start=1)
    ]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    return max(codes.values(), default=1)


if __name__ == "__main__":
    sys.exit(main())
