import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.integration.warehouse.builders import DAILY, Desk, contract, desk
from tinhdata.db import Database
from tinhdata.journal import Journal
from tinhdata.kernel import SystemClock
from tinhdata.warehouse import (
    Change,
    Damage,
    FileLost,
    Limits,
    ReadersBusy,
    ReadTooLong,
    StorePathUnfit,
    Warehouse,
)
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.sql import Statement

ROOT = Path(__file__).parents[3]
PLAIN = contract()
A, B = ("a", None, None, None), ("b", None, None, None)
MONDAY = date(2025, 3, 3)


def data_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("data/*.parquet"))


def age(folder: Path, here: Desk) -> None:
    """Move the clock so that all there is counts as old."""
    here.clock.move(timedelta(days=3650))


def test_a_sweep_removes_what_crashed_commits_left_and_nothing_else(
    here: Desk, tmp_path: Path
) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    second = here.append(DAILY, "2025-03-04", ("x", date(2025, 3, 4), 2))
    change = Change.append(frozenset({"2025-03-05"}))
    here.commit(DAILY, change, [here.stage(DAILY, [("lost", date(2025, 3, 5), 0)], "2025-03-05")])
    assert len(data_files(tmp_path)) == 3
    age(tmp_path, here)
    swept = here.warehouse.sweep(timedelta(days=1))
    assert swept.snapshots == 1
    assert swept.files >= 3  # its data, manifest and manifest list
    assert len(data_files(tmp_path)) == 2
    assert here.rows(first) == [("x", MONDAY, 1)]
    assert len(here.rows(second)) == 2
    assert here.warehouse.verify() == ()
    assert here.warehouse.sweep(timedelta(days=1)).snapshots == 0


def test_a_sweep_spares_what_is_younger_than_its_grace(here: Desk, tmp_path: Path) -> None:
    here.replace(PLAIN, A)
    here.commit(PLAIN, Change.replace(), [here.stage(PLAIN, [B])])
    here.clock.move(timedelta(days=-3650))
    swept = here.warehouse.sweep(timedelta(days=1))
    assert (swept.snapshots, swept.files) == (0, 0)
    assert len(data_files(tmp_path)) == 2


def test_every_release_can_still_be_read_after_a_sweep(here: Desk, tmp_path: Path) -> None:
    releases = [here.replace(PLAIN, (f"{n}", None, None, None)) for n in range(4)]
    withdrawn = here.replace(PLAIN, B)
    here.withdraw(withdrawn)
    age(tmp_path, here)
    here.warehouse.sweep(timedelta(days=1))
    here.warehouse.close()
    with desk(tmp_path) as again:
        for number, release in enumerate(releases):
            assert [row[0] for row in again.rows(release)] == [str(number)]
        assert again.rows(again.replace(PLAIN, A)) == [A]


def test_a_sweep_leaves_a_dataset_that_is_being_written(here: Desk, tmp_path: Path) -> None:
    here.replace(PLAIN, A)
    here.commit(PLAIN, Change.replace(), [here.stage(PLAIN, [B])])
    age(tmp_path, here)
    with here.warehouse.lock(PLAIN.id):
        assert here.warehouse.sweep(timedelta(days=1)).snapshots == 0


def test_missing_and_altered_files_are_found_and_never_served(here: Desk, tmp_path: Path) -> None:
    first, second = here.replace(PLAIN, A), here.replace(PLAIN, B)
    assert here.warehouse.verify() == ()
    by_name = {path.name: path for path in data_files(tmp_path)}
    by_name[first.files[0].name].unlink()
    path = by_name[second.files[0].name]
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1] + b"x")
    assert set(here.warehouse.verify()) == {
        Damage(first.id, first.files[0].name, "missing"),
        Damage(second.id, second.files[0].name, "altered"),
    }
    with pytest.raises(FileLost):
        here.rows(first)


def test_all_files_of_a_release_are_listed_with_their_hashes(here: Desk) -> None:
    one = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    two = here.append(DAILY, "2025-03-04", ("x", date(2025, 3, 4), 2))
    assert set(here.warehouse.files(two.id)) == {*one.files, *two.files}
    assert [file.period for file in two.files] == ["2025-03-04"]


def test_every_file_of_a_release_is_forced_to_disk(tmp_path: Path) -> None:
    watcher = "tests.integration.warehouse.watcher"
    command = [sys.executable, "-m", watcher, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    synced = set(done.stdout.splitlines())
    tables = [path for path in tmp_path.rglob("tables/**/*") if path.is_file()]
    assert len(tables) >= 5  # data, manifest, manifest list, metadata
    assert {str(path) for path in tables} <= synced
    assert {str(path.parent) for path in tables} <= synced


ENDLESS = Statement("SELECT count(*) FROM range(1000000) a, range(1000000) b")


def test_a_read_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "temporary", (tmp_path,), Limits(read_seconds=0.2))
    with pytest.raises(ReadTooLong):
        engine.rows(ENDLESS)
    assert engine.rows(Statement("SELECT 1")) == [(1,)]
    engine.close()


def test_who_finds_no_free_reader_is_told_to_come_back(tmp_path: Path) -> None:
    limits = Limits(slow_readers=1, wait_seconds=0.05)
    engine = Engine(tmp_path / "temporary", (tmp_path,), limits)
    stream = engine.batches(Statement("SELECT * FROM range(100000)"))
    next(stream)
    with pytest.raises(ReadersBusy):
        engine.rows(Statement("SELECT 1"))
    list(stream)
    assert engine.rows(Statement("SELECT 1")) == [(1,)]
    engine.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_readers_reach_nothing_but_the_tables(tmp_path: Path, statement: str) -> None:
    engine = Engine(tmp_path / "temporary", (tmp_path,), Limits())
    with pytest.raises(duckdb.Error):
        engine.rows(Statement(statement))
    engine.close()


def test_a_store_below_a_folder_with_pattern_characters_is_refused(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'm.db'}")
    journal = Journal(SystemClock(), b"k" * 32)
    with pytest.raises(StorePathUnfit):
        Warehouse(tmp_path / "a*b", "sqlite://", db, journal, SystemClock())
    db.close()
