"""Quarantine files that no batch names: left by a check that was cut off, swept after a day."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tinhdata.db import Database
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock
from tinhdata.quality import Batch, KeptFile, Quarantine

DAY = timedelta(days=1)


class Keeper:
    """A quarantine whose clock stands where the files' own times are."""

    def __init__(self, database: Database, folder: Path) -> None:
        clock = FixedClock(datetime.now(UTC))
        self.root = folder / "quarantine"
        self._made = folder / "made.parquet"
        self._database = database
        self.quarantine = Quarantine(self.root, database, Journal(clock, b"k" * 32), clock)

    def keep(self, content: bytes, delivery: str, *, age: timedelta = 2 * DAY) -> KeptFile:
        self._made.write_bytes(content)
        kept = self.quarantine.keep(self._made, delivery)
        moment = (datetime.now(UTC) - age).timestamp()
        os.utime(self.root / kept.path, (moment, moment))
        return kept

    def record(self, kept: KeptFile, delivery: str) -> None:
        batch = Batch(delivery, "bang-thu", "0" * 64, 1, 0, 0, 1, 0, kept)
        with self._database.transaction() as tx:
            self.quarantine.record(tx, batch, "system:worker")

    def files(self) -> set[str]:
        return {path.relative_to(self.root).as_posix() for path in self.root.glob("*/*")}


@pytest.fixture
def keeper(database: Database, tmp_path: Path) -> Keeper:
    return Keeper(database, tmp_path)


def test_only_a_file_that_nothing_names_is_swept(keeper: Keeper) -> None:
    named, left = keeper.keep(b"named", "dlv_1"), keeper.keep(b"left", "dlv_1")
    keeper.record(named, "dlv_1")
    assert keeper.quarantine.sweep(DAY) == 1
    assert keeper.files() == {named.path}
    assert left.path not in keeper.files()


def test_half_a_file_of_a_dead_process_is_swept(keeper: Keeper) -> None:
    kept = keeper.keep(b"whole", "dlv_1", age=timedelta())
    half = keeper.root / "dlv_1" / ".half.4711"
    half.write_bytes(b"ha")
    os.utime(half, (0, 0))
    assert keeper.quarantine.sweep(DAY) == 1
    assert keeper.files() == {kept.path}


def test_a_file_that_is_kept_again_is_young_again(keeper: Keeper) -> None:
    first = keeper.keep(b"same", "dlv_1")
    made = keeper.root.parent / "again.parquet"
    made.write_bytes(b"same")
    assert keeper.quarantine.keep(made, "dlv_1") == first
    assert keeper.quarantine.sweep(DAY) == 0
    assert keeper.files() == {first.path}
