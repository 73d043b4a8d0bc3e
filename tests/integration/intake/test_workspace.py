"""What is unpacked does not stay, also where the process that unpacked it was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.geodata import squares, write_layer
from tests.unit.intake.building_files import zip_of

_UNPACK = """
import sys
from pathlib import Path
from tinhdata.intake.archive import unpacked
with unpacked(Path(sys.argv[1])) as archive:
    print(archive.members[0].path.parent, flush=True)
    sys.stdin.read()
"""
_OPEN_LAYERS = """
import sys
from pathlib import Path
from tinhdata.intake.geo_book import GeoBook
from tinhdata.intake.model import FileKind
with GeoBook(Path(sys.argv[1]), FileKind.GEOPACKAGE, "hinh") as book:
    print(book.size(book.names()[0]), flush=True)
    sys.stdin.read()
"""


def unpacking(
    archive: Path, folder: Path, program: str = _UNPACK
) -> tuple["subprocess.Popen[str]", Path]:
    """Have another process unpack `archive` below `folder`, and wait until it did."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(archive)],
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


def test_what_was_made_of_layers_goes_too_when_its_process_was_killed(tmp_path: Path) -> None:
    layers = write_layer(tmp_path / "a.gpkg", squares(3), {"ma": ["1", "2", "3"]}, crs="EPSG:4326")
    archive = zip_of(tmp_path / "a.zip", {"a.csv": "Tên\nA\n"})
    folder = tmp_path / "tmp"
    folder.mkdir()
    killed, _ = unpacking(layers, folder, _OPEN_LAYERS)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert list(folder.rglob("*.parquet"))
    other, _ = unpacking(archive, folder)
    assert not list(folder.rglob("*.parquet"))
    other.communicate("")
    assert list(folder.iterdir()) == []
