"""What a delivery of a million rows of twelve columns takes, from bytes to release.

Prints seconds per step and the peak of resident memory; the limit of the issue is 1 GB.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SIZES = (200, 20_000, 1_000_000)


def main() -> None:
    """Measure each size in a process of its own and print one line for each."""
    for rows in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "tests.support.big_delivery", folder, str(rows)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        seconds = found["seconds"]
        sys.stdout.write(
            f"{rows:>9} rows: receive {seconds['receive']:.2f} s, check {seconds['check']:.2f} s, "
            f"publish {seconds['publish']:.2f} s, peak {found['peak_mib']} MiB, "
            f"released {found['released']}\n"
        )


if __name__ == "__main__":
    main()
