"""A million rows pass within the memory that one check may take."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
MOST_MB = 650
"""It takes about 560."""


def run_big(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.integration.quality.big", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_million_rows_of_twelve_columns_are_checked_within_650_mb(tmp_path: Path) -> None:
    run_big("make", str(tmp_path), "1000000")
    told = run_big("check", str(tmp_path)).split()
    made, released, held, linked, peak = (int(number) for number in told)
    # Row 2000n + 1 repeats row 2000n - 1, and every 1000th row has a day that does not exist.
    assert (made, held, linked) == (1_000_000, 1_000, 499)
    assert released == made - held - linked
    assert peak < MOST_MB
