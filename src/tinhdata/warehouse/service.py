"""The warehouse's verbs: specs, lock, commits, releases, withdrawal, reading, sweeps."""

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from tinhdata.access import Permit
from tinhdata.contracts.model import Contract, Relation, TableSpec
from tinhdata.db import Database, Tx
from tinhdata.journal import Journal
from tinhdata.kernel import Clock, new_id, t
from tinhdata.warehouse import events, keeping, rules, store
from tinhdata.warehouse.asking import Answer, Desk, Question
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.errors import (
    AlreadyWithdrawn,
    BaseMoved,
    NoRelease,
    ReleaseNotFound,
    WriterBusy,
)
from tinhdata.warehouse.files import writer_lock
from tinhdata.warehouse.model import (
    PAGE_LIMIT,
    Change,
    ChangeCounts,
    ColumnStatistics,
    Committed,
    Damage,
    DataFile,
    Difference,
    GroupQuery,
    Groups,
    Limits,
    NewRelease,
    Pace,
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
from tinhdata.warehouse.pieces import Buffer, SheetPiece
from tinhdata.warehouse.reading import Reading, difference, require_door
from tinhdata.warehouse.records import Records, RecordsQuery
from tinhdata.warehouse.row_texts import TextForm
from tinhdata.warehouse.serving import Serving, Wanted, Wishes
from tinhdata.warehouse.sheet_texts import SheetForm
from tinhdata.warehouse.tables import PlannedFile, Tables
from tinhdata.warehouse.writing import Writing

_RELEASES_KNOWN = 512


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
        rules.require_plain(root)
        limits = limits or Limits()
        self._root = root
        self._db = db
        self._journal = journal
        self._clock = clock
        self._token_key = token_key
        self._held = threading.local()
        self._known: dict[str, Release] = {}
        journal.declare(events.EVENT_KINDS)
        self._tables = Tables(root, catalog_uri)
        cache = root / "cache"
        self._engine = Engine(root / "temporary", (root / "tables", cache), limits)
        self._writing = Writing(self._tables, db, limits)
        self._serving = Serving(cache, root / "temporary", self._engine, limits)
        self._reading = Reading(self._tables, self._engine, self._serving, db, token_key)
        self._desk = Desk(limits.questions)

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

    def newer_rows(
        self, contract: Contract, base: Release, files: Sequence[StagedFile], delivery: str
    ) -> int:
        """Count the rows of `base` that came after `delivery` and have a key of its `files`."""
        return self._writing.newer_rows(contract, base, files, delivery)

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
        self._journal.append(tx, events.published(release))
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
        self._journal.append(tx, events.withdrawn(release, withdrawal, now))
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
        self._journal.append(tx, events.migrated(before, now, changed, actor_id))

    # -- releases

    def current(self, dataset: str) -> Release | None:
        """Give the current release of `dataset`, None before the first one."""
        with self._db.read() as tx:
            release_id = store.current_id(tx, dataset)
            if release_id is None:
                return None
            known = self._known.get(release_id)
            return self._remembered(known or store.get(tx, release_id), ReleaseState.CURRENT)

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

    def groups(self, permit: Permit, release_id: str, asked: GroupQuery) -> Groups:
        """Give a page of groups of rows with their counts, sums and other measures."""
        return self._reading.groups(permit, self._served(release_id), asked)

    def records(self, permit: Permit, release_id: str, asked: RecordsQuery) -> Records:
        """Give a page of rows by their number, with conditions of which some may hold."""
        return self._reading.records(permit, self._served(release_id), asked)

    def stream_records(
        self, permit: Permit, release_id: str, asked: RecordsQuery
    ) -> Generator[pa.RecordBatch, None, None]:
        """Give the rows of a query by number in Arrow batches; close it to stop early."""
        return self._reading.stream_records(permit, self._served(release_id), asked)

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

    def ask(
        self,
        question: Question,
        tables: Mapping[str, tuple[Permit, str]],
        most_rows: int = PAGE_LIMIT,
    ) -> Answer:
        """Answer a question over releases: `tables` gives permit and release id by name.

        Raises what reading raises, and SqlUnfit, SqlTooLarge, ReadTooLong, ReadAbandoned.
        """
        sources = {
            name: self._reading.source(permit, self._served(release_id))
            for name, (permit, release_id) in tables.items()
        }
        return self._desk.answer(question, sources, most_rows)

    def texts(
        self, permit: Permit, release_id: str, query: Query, form: TextForm
    ) -> Generator[Buffer, None, None]:
        """Give all rows of a query as text, in constant memory; of CSV the header comes first.

        Each piece is whole lines. Close it to stop early; offset and limit do not count.
        """
        return self._reading.texts(permit, self._served(release_id), query, form)

    def sheet(
        self, permit: Permit, release_id: str, query: Query, form: SheetForm
    ) -> Generator[SheetPiece, None, None]:
        """Give all rows of a query as XML of a worksheet, in constant memory."""
        return self._reading.sheet(permit, self._served(release_id), query, form)

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

    def busy_readers(self, pace: Pace) -> int:
        """Say how many readers give quick, or slow, answers just now."""
        return self._engine.busy(pace)

    # -- keeping

    def is_cache_due(self, release: Release) -> bool:
        """Say whether `release` is large enough for a serving cache."""
        return self._serving.is_due(release)

    def has_cache(self, release: Release) -> bool:
        """Say whether the serving cache of `release` is ready."""
        return self._serving.is_ready(release)

    def on_missing_cache(self, wanted: Wanted) -> None:
        """Have `wanted` told, at most once a minute for each, of releases read without theirs."""
        self._serving.wanted = wanted

    def prepare(self, release_id: str, wishes: Wishes) -> None:
        """Make the serving cache of a release and work out its statistics, where either lacks.

        Doing it again changes nothing. Raises WriterBusy where another worker is at it.
        """
        release = self._served(release_id)
        # Readers feel the cache; statistics that are not there yet are worked out when asked for.
        if self._serving.is_due(release):
            planned = self._tables.plan(release.dataset, release.snapshot_id)
            with self._db.read() as tx:
                known = store.known_files(tx, release.dataset)
            self._serving.make(
                release, [(file.path, _facts(file, known)) for file in planned], wishes
            )
        self._reading.prepare(release, self._writing.run)

    def tidy_caches(self, grace: timedelta) -> int:
        """Drop the caches of releases withdrawn, or current no more for longer than `grace`."""
        before = self._clock.now() - grace
        dropped = 0
        for dataset in self._serving.datasets():
            keep = rules.releases_to_serve(self.releases(dataset), before)
            with suppress(WriterBusy):
                dropped += self._serving.tidy(dataset, keep)
        return dropped

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
        with self._db.read() as tx:
            known = self._known.get(release_id)
            state = None if known is None else store.state(tx, release_id)
            if state is None or state is ReleaseState.WITHDRAWN:
                return rules.require_served(self._found(store.get(tx, release_id), release_id))
            return self._found(self._remembered(known, state), release_id)

    def _remembered(self, release: Release | None, state: ReleaseState) -> Release | None:
        """Keep `release`, of which nothing ever changes but its state, and give it with `state`."""
        if release is None:
            return None
        if len(self._known) >= _RELEASES_KNOWN:
            self._known.clear()
        self._known[release.id] = release
        return release if release.state is state else replace(release, state=state)

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


def _facts(file: PlannedFile, known: Mapping[str, DataFile]) -> DataFile:
    # A file rewritten by an earlier version may be unknown; its period then is, too.
    return known.get(file.path.name) or DataFile(file.path.name, "", 0, file.rows)
