"""Keeping the store clean and whole: sweeps of what nobody names, checks of what is named."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from tinhdata.db import Database
from tinhdata.kernel import t
from tinhdata.warehouse import store
from tinhdata.warehouse.errors import FileLost, WriterBusy
from tinhdata.warehouse.files import sha256_of
from tinhdata.warehouse.model import Damage, DataFile, Release, ReleaseState, Swept
from tinhdata.warehouse.tables import Tables

Lock = Callable[[str, float], AbstractContextManager[None]]
_LOCK_WAIT = 1.0


def files_of(
    tables: Tables, release: Release, known: Mapping[str, DataFile]
) -> tuple[DataFile, ...]:
    """List the files of a release with their hashes; raises FileLost for one nobody recorded."""
    found = []
    for planned in tables.plan(release.dataset, release.snapshot_id):
        file = known.get(planned.path.name)
        if file is None:
            raise FileLost(
                t(
                    "The table of {dataset} names a file that no release brought.",
                    dataset=release.dataset,
                ),
                fix=t("Tell the operator: the store has to be checked against the backup."),
            )
        found.append(file)
    return tuple(found)


def sweep(tables: Tables, db: Database, lock: Lock, before: datetime) -> Swept:
    """Remove what no release names and what is older than `before`."""
    snapshots = files = size = 0
    for dataset in tables.datasets():
        try:
            with lock(dataset, _LOCK_WAIT):
                one = _sweep_one(tables, db, dataset, before)
        except WriterBusy:
            continue
        snapshots, files, size = snapshots + one.snapshots, files + one.files, size + one.bytes
    for path in _old_files(tables.root / "temporary", before):
        # What an engine that was killed had spilled; the rows of others are in it.
        size += path.stat().st_size
        path.unlink()
        files += 1
    return Swept(snapshots, files, size)


def _sweep_one(tables: Tables, db: Database, dataset: str, before: datetime) -> Swept:
    with db.read() as tx:
        releases = store.releases(tx, dataset)
        current = store.current(tx, dataset)
    # Withdrawn releases keep their files: purging them is a verb of its own that someone approves.
    keep = {release.snapshot_id for release in releases}
    head = None if current is None else current.snapshot_id
    snapshots = tables.forget(dataset, keep, head, before)
    reachable = tables.reachable(dataset)
    files = size = 0
    for path in _old_files(tables.folder(dataset), before):
        if path not in reachable:
            size += path.stat().st_size
            path.unlink()
            files += 1
    return Swept(snapshots, files, size)


def _old_files(folder: Path, before: datetime) -> Iterator[Path]:
    limit = before.timestamp()
    for parent, _folders, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            facts = path.stat()
            # A linked file keeps the time of its making; the change time says when it came here.
            if max(facts.st_mtime, facts.st_ctime) < limit:
                yield path


def verify(tables: Tables, db: Database) -> tuple[Damage, ...]:
    """Check each file of each served release against its recorded size and hash."""
    found: list[Damage] = []
    with db.read() as tx:
        datasets = store.datasets(tx)
    for dataset in datasets:
        with db.read() as tx:
            releases = store.releases(tx, dataset)
            known = store.known_files(tx, dataset)
        seen: dict[str, str | None] = {}
        for release in releases:
            if release.state is ReleaseState.WITHDRAWN:
                continue
            for file in files_of(tables, release, known):
                if file.name not in seen:
                    seen[file.name] = _damage(tables.folder(dataset) / "data" / file.name, file)
                if (what := seen[file.name]) is not None:
                    found.append(Damage(release.id, file.name, what))
    return tuple(found)


def _damage(path: Path, file: DataFile) -> str | None:
    if not path.is_file():
        return "missing"
    if path.stat().st_size != file.size or sha256_of(path) != file.sha256:
        return "altered"
    return None
