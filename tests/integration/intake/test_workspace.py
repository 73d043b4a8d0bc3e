"""What is unpacked does not stay, also where the process that unpacked it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.unit.intake.building_files import zip_of

_UNPACK = """
import sys
from pathlib import Path
from tinhdata.intake.archive import unpacked
with unpacked(Path(sys.argv[1])) as archive:
    print(archive.members[0].path.parent, flush=True)
    sys.stdin.read()
"""


def unpacking(archive: Path, folder: Path) -> tuple["subprocess.Popen[str]", Path]:
    """Have another process unpack `archive` below `folder`, and wait until it did."""
    process = subprocess.Popen(
        [sys.executable, "-c", _UNPACK, str(archive)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_left_goes_and_what_a_living_one_uses_stays(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", {"a.csv": "Tên\nA\n"})
    folder = tmp_path / "tmp"
    folder.mkdir()
    killed, left = unpacking(archive, folder)
    assert (left / "0000").is_file()
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert (left / "0000").is_file()

    living, used = unpacking(archive, folder)
    assert not left.exists()
    last, other = unpacking(archive, folder)
    assert used.exists()
    assert other != used
    for process in (living, last):
        process.communicate("")
        assert process.returncode == 0
    assert list(folder.iterdir()) == []
