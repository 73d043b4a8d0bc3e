"""The warehouse's verbs: specs, lock, commits, releases, withdrawal, reading, sweeps."""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from tinhdata.access import Permit
from tinhdata.contracts.model import Contract, Relation, TableSpec
from tinhdata.db import Database, Tx
from tinhdata.journal import Event, Journal
from tinhdata.kernel import Clock, new_id, sha256_hex, t
from tinhdata.warehouse import keeping, rules, store
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.errors import (
    AlreadyWithdrawn,
    BaseMoved,
    NoRelease,
    ReleaseNotFound,
    StorePathUnfit,
)
from tinhdata.warehouse.events import EVENT_KINDS
from tinhdata.warehouse.files import writer_lock
from tinhdata.warehouse.model import (
    Change,
    ChangeCounts,
    ColumnStatistics,
    Committed,
    Damage,
    DataFile,
    Difference,
    Limits,
    Migration,
    NewRelease,
    Query,
    Release,
    ReleaseState,
    RowChangeKind,
    RowsPage,
    StagedFile,
    Swept,
    Withdrawal,
)
from tinhdata.warehouse.parquet import write_batches
from tinhdata.warehouse.reading import Reading, difference, require_door
from tinhdata.warehouse.tables import Tables
from tinhdata.warehouse.writing import Writing

_UNFIT = "#?*[]{}%"


class Warehouse:
    """Tables and releases below the folder `root`, under Iceberg's catalog database `catalog_uri`.

    `token_key` keys the tokens of masked columns; without it such columns are hidden.
    """

    def __init__(
        self,
        root: Path,
        catalog_uri: str,
        db: Database,
        journal: Journal,
        clock: Clock,
        limits: Limits | None = None,
        token_key: bytes = b"",
    ) -> None:
        root = root.absolute()
        _require_plain(root)
        limits = limits or Limits()
        self._root = root
        self._db = db
        self._journal = journal
        self._clock = clock
        self._token_key = token_key
        self._held = threading.local()
        journal.declare(EVENT_KINDS)
        self._tables = Tables(root, catalog_uri)
        self._engine = Engine(root / "temporary", (root / "tables",), limits)
        self._writing = Writing(self._tables, db, limits)
        self._reading = Reading(self._tables, self._engine, db, token_key)

    def close(self) -> None:
        """Close readers and catalog."""
        self._engine.close()
        self._tables.close()

    # -- writing

    def spec(self, contract: Contract, *, keep: bool = True) -> TableSpec:
        """Give the stored table of `contract`: SQL types and field ids, the same for ever.

        Without `keep` new columns get ids only for now: enough to try a contract out.
        """
        return self._writing.spec(contract) if keep else self._writing.trial(contract).spec

    @contextmanager
    def lock(self, dataset: str, wait: float = 60.0) -> Iterator[None]:
        """Be the only writer of `dataset`, across threads and processes; raises WriterBusy."""
        with writer_lock(self._root / "locks" / f"{dataset}.lock", wait, dataset):
            held = self._mine()
            held.add(dataset)
            try:
                yield
            finally:
                held.discard(dataset)

    def commit(
        self, contract: Contract, base: Release | None, change: Change, files: Sequence[StagedFile]
    ) -> Committed:
        """Make an Iceberg snapshot of `base` changed by `files`; no one reads it before `record`.

        `base` is the current release. The staged files stay where they are and can be committed
        again after a crash. Raises BaseMoved, FileLost, ColumnTypeChanged, CountsWrong.
        """
        self._require_lock(contract.id)
        self._require_current(contract.id, self.current(contract.id), base.id if base else None)
        return self._writing.commit(contract, base, change, files)

    def preview(
        self, contract: Contract, base: Release | None, change: Change, files: Sequence[StagedFile]
    ) -> ChangeCounts:
        """Count by key what the change would do to `base`."""
        return self._writing.counts(contract, base, change, files)

    def preview_rows(
        self,
        permit: Permit,
        contract: Contract,
        base: Release | None,
        change: Change,
        files: Sequence[StagedFile],
        kind: RowChangeKind | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Difference:
        """Give a page of the rows that the change would insert, delete or update.

        The counts are of the rows looked at: those that go and those that come.
        """
        require_door(permit, contract.id)
        sides = self._writing.changed_sides(contract, base, change, files, permit)
        return difference(sides, self._writing.run, self._token_key, kind, offset, limit)

    def record(self, tx: Tx, new: NewRelease) -> Release:
        """Make a committed snapshot the current release, within the caller's transaction.

        Raises BaseMoved if another release came in between, CountsWrong if counts do not add up.
        """
        made = new.committed
        rules.require_counts(new.counts, made.rows)
        store.hold(tx, made.dataset)
        current = store.current(tx, made.dataset)
        self._require_current(made.dataset, current, made.base)
        if current is not None:
            store.set_state(tx, current.id, ReleaseState.SUPERSEDED)
        release = Release(
            id=new_id("rel"),
            dataset=made.dataset,
            number=store.last_number(tx, made.dataset) + 1,
            kind=new.kind,
            state=ReleaseState.CURRENT,
            contract_hash=new.contract_hash,
            delivery_id=new.delivery_id,
            snapshot_id=made.snapshot_id,
            base_id=made.base,
            rows=made.rows,
            counts=new.counts,
            content_hash=made.content_hash,
            shape=made.shape,
            published_at=self._clock.now(),
            published_by=new.published_by,
            files=made.files,
        )
        store.insert(tx, release)
        self._journal.append(tx, _published(release))
        self._say_migrated(tx, current, release, new.published_by)
        return release

    def withdraw(
        self, tx: Tx, release_id: str, actor_id: str, reason: str, legal_basis: str
    ) -> Release | None:
        """Serve a release no more, and give the one that is current now, if any.

        Withdrawing an older release changes nothing else. Raises ReleaseNotFound, AlreadyWithdrawn.
        """
        store.hold(tx, self._found(store.get(tx, release_id), release_id).dataset)
        release = self._found(store.get(tx, release_id), release_id)
        if release.state is ReleaseState.WITHDRAWN:
            raise AlreadyWithdrawn(
                t(
                    "Release {number} of {dataset} was already withdrawn.",
                    number=release.number,
                    dataset=release.dataset,
                ),
                fix=t("Nothing needs to be done; its page shows reason and legal basis."),
            )
        withdrawal = Withdrawal(self._clock.now(), actor_id, reason, legal_basis)
        store.set_withdrawn(tx, release_id, withdrawal)
        now = store.current(tx, release.dataset)
        if release.state is ReleaseState.CURRENT:
            now = rules.current_after_withdrawal(store.releases(tx, release.dataset), release)
            if now is not None:
                store.set_state(tx, now.id, ReleaseState.CURRENT)
                now = store.get(tx, now.id)
        self._journal.append(tx, _withdrawn(release, withdrawal, now))
        if release.state is ReleaseState.CURRENT:
            self._say_migrated(tx, release, now, actor_id)
        return now

    def _say_migrated(
        self, tx: Tx, before: Release | None, now: Release | None, actor_id: str
    ) -> None:
        """Write that readers now see the table under another contract than before, if they do.

        Putting a contract into force migrates nothing: a release is immutable and is read under
        the contract it was made by. The table moves with the next release, whose kept rows are read
        by field id, and back with a withdrawal.
        """
        if before is None or now is None or before.contract_hash == now.contract_hash:
            return
        changed = rules.migration(before.shape, now.shape, store.owners(tx, now.dataset))
        self._journal.append(tx, _migrated(before, now, changed, actor_id))

    # -- releases

    def current(self, dataset: str) -> Release | None:
        """Give the current release of `dataset`, None before the first one."""
        with self._db.read() as tx:
            return store.current(tx, dataset)

    def get(self, release_id: str) -> Release:
        """Give a release, withdrawn or not; raises ReleaseNotFound."""
        with self._db.read() as tx:
            return self._found(store.get(tx, release_id), release_id)

    def releases(self, dataset: str) -> tuple[Release, ...]:
        """Give every release of `dataset`, the newest first, withdrawn ones included."""
        with self._db.read() as tx:
            return store.releases(tx, dataset)

    def as_of(self, dataset: str, moment: datetime) -> Release:
        """Give the release that was current at `moment`; raises NoRelease, ReleaseWithdrawn."""
        release = rules.current_at(self.releases(dataset), moment)
        if release is None:
            raise NoRelease(
                t("{dataset} had no release at that moment.", dataset=dataset),
                fix=t("Choose a later moment; the list of releases shows when the first one came."),
            )
        return rules.require_served(release)

    # -- reading

    def relation(self, permit: Permit, release_id: str) -> Relation:
        """Give the rows of a release as a table expression, as the permit shows them."""
        return self._reading.relation(permit, self._served(release_id))

    def relation_under(self, permit: Permit, release_id: str, contract: Contract) -> Relation:
        """Give the rows of a release as `contract` names and types them, for the platform itself.

        Columns are the same by their stable id; one that the release does not have is empty.
        """
        table = self._writing.trial(contract)
        served = self._served(release_id)
        return self._reading.relation_under(permit, served, table.shape, table.owners)

    def read(self, permit: Permit, release_id: str, query: Query) -> RowsPage:
        """Give a page of rows and their exact count."""
        return self._reading.read(permit, self._served(release_id), query)

    def schema(self, permit: Permit, release_id: str, query: Query) -> pa.Schema:
        """Give the Arrow schema of what `stream` gives."""
        return self._reading.schema(permit, self._served(release_id), query)

    def stream(
        self, permit: Permit, release_id: str, query: Query
    ) -> Generator[pa.RecordBatch, None, None]:
        """Give all rows of a query in Arrow batches, in constant memory; close it to stop early.

        Offset and limit of the query do not count.
        """
        return self._reading.stream(permit, self._served(release_id), query)

    def write_parquet(self, permit: Permit, release_id: str, query: Query, path: Path) -> int:
        """Write all rows of a query to `path` as one Parquet file; give how many there were."""
        release = self._served(release_id)
        schema = self._reading.schema(permit, release, query)
        with closing(self._reading.stream(permit, release, query)) as batches:
            return write_batches(path, schema, batches, release)

    def diff(
        self,
        permit: Permit,
        old_id: str,
        new_id: str,
        kind: RowChangeKind | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> Difference:
        """Give counts and a page of what differs between two releases of one dataset, by key."""
        old, new = self._served(old_id), self._served(new_id)
        return self._reading.diff(permit, old, new, kind, offset, limit)

    def statistics(self, permit: Permit, release_id: str) -> tuple[ColumnStatistics, ...]:
        """Give what each column of a release holds; computed once and kept."""
        return self._reading.statistics(permit, self._served(release_id))

    # -- keeping

    def files(self, release_id: str) -> tuple[DataFile, ...]:
        """List every file of a release, those of earlier releases that it still holds included."""
        release = self.get(release_id)
        with self._db.read() as tx:
            known = store.known_files(tx, release.dataset)
        return keeping.files_of(self._tables, release, known)

    def sweep(self, grace: timedelta) -> Swept:
        """Remove snapshots that no release names and files that nothing names, older than `grace`.

        A dataset whose lock is held is left for the next sweep.
        """
        return keeping.sweep(self._tables, self._db, self.lock, self._clock.now() - grace)

    def verify(self) -> tuple[Damage, ...]:
        """Read every file of every release that is served; give those missing or altered."""
        return keeping.verify(self._tables, self._db)

    def _served(self, release_id: str) -> Release:
        return rules.require_served(self.get(release_id))

    def _found(self, release: Release | None, release_id: str) -> Release:
        if release is None:
            raise ReleaseNotFound(
                t("There is no release {release}.", release=release_id),
                fix=t("Choose one from the dataset's list of releases."),
            )
        return release

    def _require_current(self, dataset: str, current: Release | None, base: str | None) -> None:
        if (current and current.id) != base:
            raise BaseMoved(
                t(
                    "{dataset} has another current release than this change was made for.",
                    dataset=dataset,
                ),
                fix=t("Have the delivery checked again, then publish it."),
            )

    def _mine(self) -> set[str]:
        if not hasattr(self._held, "datasets"):
            self._held.datasets = set()
        held: set[str] = self._held.datasets
        return held

    def _require_lock(self, dataset: str) -> None:
        if dataset not in self._mine():
            raise RuntimeError("a commit happens within the dataset's lock")


def _require_plain(root: Path) -> None:
    if any(letter in str(root) for letter in _UNFIT):
        raise StorePathUnfit(
            t(
                "The store's folder {folder} holds one of the characters {letters}.",
                folder=str(root),
                letters=_UNFIT,
            ),
            fix=t("Choose a folder whose path has none of them; blanks and accents are fine."),
        )


def _published(release: Release) -> Event:
    counts = release.counts
    return Event(
        kind="release.published",
        actor=release.published_by,
        subject=release.id,
        data={
            "dataset": release.dataset,
            "number": release.number,
            "kind": release.kind.value,
            "contract": release.contract_hash,
            "delivery": release.delivery_id,
            "rows": release.rows,
            "base": counts.base,
            "inserted": counts.inserted,
            "deleted": counts.deleted,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "content": release.content_hash,
            "files": [file.sha256 for file in release.files],
        },
    )


def _migrated(before: Release, now: Release, changed: Migration, actor_id: str) -> Event:
    return Event(
        kind="release.migrated",
        actor=actor_id,
        subject=now.id,
        data={
            "dataset": now.dataset,
            "number": now.number,
            "before": before.contract_hash,
            "now": now.contract_hash,
            "added": changed.added,
            "dropped": changed.dropped,
            "renamed": changed.renamed,
            "retyped": changed.retyped,
        },
    )


def _withdrawn(release: Release, withdrawal: Withdrawal, now: Release | None) -> Event:
    # Reason and legal basis are free text: their hashes prove what the tombstone says.
    return Event(
        kind="release.withdrawn",
        actor=withdrawal.by,
        subject=release.id,
        data={
            "dataset": release.dataset,
            "number": release.number,
            "content": release.content_hash,
            "reason": sha256_hex(withdrawal.reason.encode()),
            "legal_basis": sha256_hex(withdrawal.legal_basis.encode()),
            "current": None if now is None else now.id,
        },
    )
