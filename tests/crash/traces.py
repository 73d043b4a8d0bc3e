"""What lies in a store as it was left, read without opening the platform and without changing it.

The databases are looked at in copies: opening one would already recover it.
"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Traces:
    """How much of everything there is; a release is seen by readers only with its row."""

    partial_files: int
    partial_bytes: int
    """What of a file had come when its taking in was cut off."""
    landed_files: int
    landed: int
    """Rows about landed bytes."""
    deliveries: int
    checked: int
    """Deliveries that were checked, whatever came after."""
    decided: int
    """Deliveries that somebody decided to publish."""
    held_files: int
    batches: int
    mends: int
    decisions: int
    snapshots: int
    """Iceberg snapshots of the dataset."""
    releases: int
    withdrawn: int

    def since(self, before: "Traces") -> dict[str, int]:
        """Give what there is more of, or less, than `before`."""
        grown = {
            name: getattr(self, name) - getattr(before, name) for name in self.__dataclass_fields__
        }
        return {name: more for name, more in grown.items() if more}


NOTHING = Traces(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def traces(store: Path, dataset: str, scratch: Path) -> Traces:
    """Count what lies in `store`; `scratch` is a folder for copies."""
    if not _has_tables(store / "tinhdata.db", scratch):
        return NOTHING
    partial = list((store / "landing" / "incoming").glob("*"))
    with _copy(store / "tinhdata.db", scratch) as database:

        def count(table: str, where: str = "1", *values: str) -> int:
            query = f"SELECT count(*) FROM {table} WHERE {where}"
            return int(database.execute(query, values).fetchone()[0])

        return Traces(
            partial_files=len(partial),
            partial_bytes=sum(path.stat().st_size for path in partial),
            landed_files=sum(1 for _ in (store / "landing").glob("??/??/*")),
            landed=count("landed"),
            deliveries=count("delivery", "dataset = ?", dataset),
            checked=count(
                "delivery", "dataset = ? AND state NOT IN ('received', 'checking')", dataset
            ),
            decided=count("delivery", "dataset = ? AND decided_by IS NOT NULL", dataset),
            held_files=sum(1 for _ in (store / "quarantine").glob("*/*.parquet")),
            batches=count("quarantine_batch"),
            mends=count("quarantine_mend"),
            decisions=count("quarantine_decision"),
            snapshots=_snapshots(store, dataset, scratch),
            releases=count("release", "dataset = ?", dataset),
            withdrawn=count("release", "dataset = ? AND state = 'withdrawn'", dataset),
        )


def files_named(store: Path, scratch: Path) -> tuple[frozenset[str], ...]:
    """Give the files that the metadata names: landed, held, of releases (paths in the store)."""
    with _copy(store / "tinhdata.db", scratch) as database:
        landed = database.execute("SELECT sha256 FROM landed").fetchall()
        held = database.execute("SELECT path FROM quarantine_batch WHERE path NOT NULL").fetchall()
        parts = database.execute("SELECT dataset, name FROM release_file").fetchall()
    return (
        frozenset(f"landing/{sha[:2]}/{sha[2:4]}/{sha}" for (sha,) in landed),
        frozenset(f"quarantine/{path}" for (path,) in held),
        frozenset(f"warehouse/tables/{dataset}/data/{name}" for dataset, name in parts),
    )


def files_there(store: Path) -> frozenset[str]:
    """Give the files of rows and bytes that lie in the store."""
    places = ("landing/??/??/*", "landing/incoming/*", "quarantine/*/*")
    return frozenset(
        path.relative_to(store).as_posix()
        for place in (*places, "warehouse/tables/*/data/*")
        for path in store.glob(place)
    )


def _has_tables(database: Path, scratch: Path) -> bool:
    if not database.exists():
        return False
    with _copy(database, scratch) as copy:
        return bool(copy.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])


def _snapshots(store: Path, dataset: str, scratch: Path) -> int:
    if not _has_tables(store / "iceberg.db", scratch):
        return 0
    with _copy(store / "iceberg.db", scratch) as database:
        query = "SELECT metadata_location FROM iceberg_tables WHERE table_name = ?"
        row = database.execute(query, (dataset,)).fetchone()
    if row is None:
        return 0
    table = json.loads(Path(str(row[0]).removeprefix("file://")).read_text())
    return len(table.get("snapshots", ()))


@contextmanager
def _copy(database: Path, scratch: Path) -> Iterator[sqlite3.Connection]:
    target = scratch / database.name
    for ending in ("", "-wal", "-journal"):
        source = database.with_name(database.name + ending)
        target.with_name(target.name + ending).unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target.with_name(target.name + ending))
    with closing(sqlite3.connect(target)) as connection:
        yield connection
