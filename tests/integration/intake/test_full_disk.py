"""A disk that is full says nothing of a file: it is never refused as damaged for that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.geodata import squares, write_layer, write_shapefile
from tests.unit.intake.building_files import zip_of
from tinhdata.intake import FileRefused, NoRoom
from tinhdata.intake.errors import full_disk_told
from tinhdata.intake.shapefile import shapefiles_in, take_out
from tinhdata.intake.trial import require_loadable

ROOT = Path(__file__).parents[3]
_SMALL_DISK = ("unshare", "--map-root-user", "--mount", "sh", "-c")
_READ = """
import sys
from pathlib import Path
from tests.support.geodata import layer_contract
from tests.unit.intake.building import harvest
from tinhdata.intake import FileRefused, NoRoom, read, understand
path, kind, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
contract = harvest() if kind == "table" else layer_contract()
try:
    found = understand(path, path.name, contract)
    if found.refusal is not None:
        print(found.refusal.reason)
        sys.exit()
    read(path, contract, found, out)
    print("read")
except NoRoom:
    print("no room")
except FileRefused as refused:
    print(refused.reason)
"""


def on_small_disk(folder: Path, size: str, path: Path, kind: str, out: Path) -> str:
    """Say what becomes of `path` where `folder` is a disk of `size`; skips where none can be."""
    folder.mkdir()
    mount = f'mount -t tmpfs -o size={size} none "{folder}" && exec "$0" "$@"'
    try:
        subprocess.run([*_SMALL_DISK, mount, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("small disks cannot be made on this machine")
    done = subprocess.run(
        [*_SMALL_DISK, mount, sys.executable, "-c", _READ, str(path), kind, str(out)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


def table(rows: int) -> str:
    return "Tên xã,Diện tích,Ngày báo cáo\n" + "".join(
        f"Xã {at * 7919 % 99_991},{at * 31 % 1009},2025-03-01\n" for at in range(rows)
    )


def test_unpacking_on_a_full_disk_is_no_damaged_archive(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"a.csv": table(100_000)})
    assert on_small_disk(tmp_path / "s", "1m", path, "table", tmp_path / "o") == "no room"
    assert on_small_disk(tmp_path / "l", "64m", path, "table", tmp_path / "p") == "read"


def test_rows_that_no_longer_fit_on_the_disk_are_no_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table(200_000), encoding="utf-8")
    disk = tmp_path / "s"
    assert on_small_disk(disk, "300k", path, "table", disk / "out") == "no room"


@pytest.mark.parametrize(("ending", "size"), [(".gpkg", "200k"), (".zip", "500k"), (".zip", "1m")])
def test_a_layer_that_does_not_fit_on_the_disk_is_not_damaged(
    tmp_path: Path, ending: str, size: str
) -> None:
    count = 8_000
    fields = {"ma": [f"{at}" for at in range(count)], "ten": ["Xã"] * count}
    if ending == ".gpkg":
        path = write_layer(tmp_path / "a.gpkg", squares(count), fields, crs="EPSG:4326")
    else:
        path = write_shapefile(tmp_path / "a", squares(count), fields, crs="EPSG:4326")
    disk = tmp_path / "s"
    assert on_small_disk(disk, size, path, "layer", tmp_path / "o") == "no room"


def test_a_trial_that_finds_the_disk_full_tells_so(tmp_path: Path) -> None:
    with pytest.raises(NoRoom):
        require_loadable(tmp_path, "open('/dev/full', 'wb', 0).write(b'x')")
    with pytest.raises(FileRefused):
        require_loadable(tmp_path, "open('/nowhere/x', 'wb', 0).write(b'x')")


def test_a_part_that_cannot_be_written_is_told_from_one_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    packed = write_shapefile(tmp_path / "a", squares(3), {"ma": ["1", "2", "3"]}, crs="EPSG:4326")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "layer.shp").symlink_to("/dev/full")
    (parts,) = shapefiles_in(packed)
    with pytest.raises(NoRoom), full_disk_told():
        take_out(packed, parts, folder)
    packed.write_bytes(packed.read_bytes()[:-400])
    with pytest.raises(FileRefused), full_disk_told():
        take_out(packed, parts, tmp_path / "other")
