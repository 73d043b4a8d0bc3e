"""Where the real files of others are, for the tests that read them; they are not in the project."""

import csv
import os
from pathlib import Path

import pytest

from tinhdata.vietnam import Unit, units_from_rows

ROOT = Path(__file__).parents[3]


def real_file(name: str) -> Path:
    """Give a real file by its name below the folder, or skip the test with the reason."""
    folder = Path(os.environ.get("TINHDATA_REAL_DATA", ROOT.parent / "shared" / "real-data"))
    if not (folder / name).exists():
        pytest.skip(f"the real file {name} is not here; set TINHDATA_REAL_DATA to its folder")
    return folder / name


def real_rows(name: str) -> list[dict[str, str]]:
    with real_file(name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def units_of_the_pack() -> tuple[Unit, ...]:
    table = ROOT / "packs" / "thai-nguyen" / "units.csv"
    with table.open(encoding="utf-8-sig", newline="") as lines:
        return units_from_rows(csv.DictReader(lines), province_code="19", province="Thái Nguyên")
