"""A large delivery stays within its memory from bytes to release."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = 1_000_000
MOST_MIB = 1024


def test_a_million_rows_of_twelve_columns_become_a_release_within_one_gigabyte(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.support.big_delivery", str(tmp_path), str(ROWS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["state"] == "released"
    assert (found["made"], found["quarantined"]) == (ROWS, ROWS // 1000)
    assert found["released"] == ROWS - ROWS // 1000
    assert found["peak_mib"] < MOST_MIB
