"""The Iceberg side: catalog, schema, the branch, one snapshot per change, planned file lists.

Owns everything that speaks pyiceberg. Knows snapshots and files, not releases.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.manifest import DataFile as IcebergFile
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.table.refs import MAIN_BRANCH, SnapshotRefType
from pyiceberg.table.update import (
    AddSchemaUpdate,
    AssertTableUUID,
    RemoveSnapshotRefUpdate,
    SetCurrentSchemaUpdate,
    SetSnapshotRefUpdate,
    TableUpdate,
)
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IcebergType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)

from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import t
from tinhdata.warehouse.errors import FileLost, TableNotPlain
from tinhdata.warehouse.files import local_path, make_folder, writer_lock
from tinhdata.warehouse.rules import SYSTEM_FIELDS

NAMESPACE = "data"
_TRIES = 4
_LISTS = 40
_PLANS_KEPT = 512
_TYPES: dict[str, Callable[[], IcebergType]] = {
    "VARCHAR": StringType,
    "BIGINT": LongType,
    "DOUBLE": DoubleType,
    "BOOLEAN": BooleanType,
    "DATE": DateType,
    "TIMESTAMP": TimestampType,
}
_PROPERTIES = {
    # Retrying is ours: the library's own would build on whatever stands at the branch by then.
    "commit.retry.num-retries": "0",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of a snapshot and its rows by Iceberg's metadata."""

    path: Path
    rows: int


class Tables:
    """The Iceberg tables below `root`, one per dataset, under the catalog database `uri`."""

    def __init__(self, root: Path, uri: str) -> None:
        self.root = root
        make_folder(root / "tables")
        # Two processes that start together would both create the catalog's tables.
        with writer_lock(root / "locks" / "_catalog.lock", 60, "catalog"):
            self._catalog = SqlCatalog(
                "tinhdata",
                **{
                    "uri": _patient(uri),
                    "warehouse": f"file://{root / 'tables'}",
                    "py-io-impl": "tinhdata.warehouse.files.FsyncFileIO",
                },
            )
            self._catalog.create_namespace_if_not_exists(NAMESPACE)
        self._plans: OrderedDict[tuple[str, int], tuple[PlannedFile, ...]] = OrderedDict()
        self._guard = Lock()

    def folder(self, dataset: str) -> Path:
        """Give the folder of a dataset's table."""
        return self.root / "tables" / dataset

    def datasets(self) -> tuple[str, ...]:
        """List the datasets that have a table."""
        return tuple(str(name[-1]) for name in self._catalog.list_tables(NAMESPACE))

    def plan(self, dataset: str, snapshot_id: int) -> tuple[PlannedFile, ...]:
        """List the files of a snapshot, always in the same order; raises TableNotPlain."""
        key = (dataset, snapshot_id)
        with self._guard:
            if key in self._plans:
                self._plans.move_to_end(key)
                return self._plans[key]
        planned = tuple(
            sorted(
                (
                    PlannedFile(local_path(file.file_path), file.record_count)
                    for file in _files_of(self._load(dataset), snapshot_id)
                ),
                key=lambda file: file.path.name,
            )
        )
        with self._guard:
            self._plans[key] = planned
            while len(self._plans) > _PLANS_KEPT:
                self._plans.popitem(last=False)
        return planned

    def commit(
        self,
        dataset: str,
        columns: Sequence[TableColumn],
        base: int | None,
        drop: Collection[Path],
        add: Sequence[Path],
    ) -> int:
        """Make one snapshot: the files of snapshot `base` (None: none) less `drop`, plus `add`.

        The branch is set back to `base` first, so that nothing of a crashed commit or a withdrawn
        release is carried along. Gives the snapshot's id. The caller holds the writer's lock.
        """
        for attempt in range(_TRIES):
            try:
                return self._commit_once(dataset, columns, base, drop, add)
            except CommitFailedException:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(0.05 * 2**attempt)
        raise AssertionError("the loop returns or raises")

    def _commit_once(
        self,
        dataset: str,
        columns: Sequence[TableColumn],
        base: int | None,
        drop: Collection[Path],
        add: Sequence[Path],
    ) -> int:
        table = self._load_or_create(dataset)
        files = [] if base is None else _files_of(table, base)
        dropped, kept = _split(files, drop)
        if base is None or _wants_new_list(table, base, kept):
            return _overwrite(self._prepare(table, columns, None), [], kept, add)
        return _overwrite(self._prepare(table, columns, base), dropped, [], add)

    def forget(
        self, dataset: str, keep: Collection[int], head: int | None, before: datetime
    ) -> int:
        """Set the branch to `head`; drop snapshots older than `before` that are not in `keep`."""
        table = self._load(dataset)
        table = self._prepare(table, None, head)
        limit = int(before.timestamp() * 1000)
        gone = [
            snapshot.snapshot_id
            for snapshot in table.metadata.snapshots
            if snapshot.snapshot_id not in keep and snapshot.timestamp_ms < limit
        ]
        if gone:
            table.maintenance.expire_snapshots().by_ids(gone).commit()
        return len(gone)

    def reachable(self, dataset: str) -> frozenset[Path]:
        """List every file that the table's metadata, of now or of its log, still names."""
        table = self._load(dataset)
        names = {table.metadata_location}
        names.update(entry.metadata_file for entry in table.metadata.metadata_log)
        for snapshot in table.metadata.snapshots:
            names.add(snapshot.manifest_list)
            for manifest in snapshot.manifests(table.io):
                names.add(manifest.manifest_path)
                names.update(
                    entry.data_file.file_path
                    for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)
                )
        return frozenset(local_path(name) for name in names)

    def close(self) -> None:
        """Close the connections to the catalog."""
        self._catalog.engine.dispose()

    def _load(self, dataset: str) -> Table:
        return self._catalog.load_table((NAMESPACE, dataset))

    def _load_or_create(self, dataset: str) -> Table:
        try:
            return self._load(dataset)
        except NoSuchTableError:
            # Creation numbers fields anew from 1 on, so it starts with the system columns alone.
            with suppress(TableAlreadyExistsError):
                self._catalog.create_table(
                    (NAMESPACE, dataset),
                    _schema(SYSTEM_FIELDS, 0),
                    location=f"file://{self.folder(dataset)}",
                    properties=_PROPERTIES,
                )
            return self._load(dataset)

    def _prepare(
        self, table: Table, columns: Sequence[TableColumn] | None, base: int | None
    ) -> Table:
        """Give the table with `columns` as its schema and its branch at `base`."""
        updates: list[TableUpdate] = []
        if columns is not None:
            updates += _schema_updates(table, columns)
        updates += _branch_updates(table, base)
        if updates:
            same_table = (AssertTableUUID(uuid=table.metadata.table_uuid),)
            self._catalog.commit_table(table, same_table, tuple(updates))
            table.refresh()
        return table


def _patient(uri: str) -> str:
    """Let a connection to an SQLite catalog wait for another one's commit."""
    url = sa.make_url(uri)
    if url.get_backend_name() != "sqlite":
        return uri
    if url.database:
        make_folder(Path(url.database).absolute().parent)
    return url.update_query_dict({"timeout": "30"}).render_as_string(hide_password=False)


def _schema(columns: Sequence[TableColumn], schema_id: int) -> Schema:
    fields = [NestedField(c.field_id, c.name, _type(c.sql_type), required=False) for c in columns]
    return Schema(*fields, schema_id=schema_id)


def _type(sql_type: str) -> IcebergType:
    name, _, arguments = sql_type.partition("(")
    if name == "DECIMAL":
        precision, scale = arguments.rstrip(")").split(",")
        return DecimalType(int(precision), int(scale))
    return _TYPES[name]()


def _schema_updates(table: Table, columns: Sequence[TableColumn]) -> list[TableUpdate]:
    wanted = _schema(columns, 0)
    if wanted.fields == table.schema().fields:
        return []
    for known in table.metadata.schemas:
        if known.fields == wanted.fields:
            return [SetCurrentSchemaUpdate(schema_id=known.schema_id)]
    number = max(schema.schema_id for schema in table.metadata.schemas) + 1
    return [
        AddSchemaUpdate(schema_=_schema(columns, number)),
        SetCurrentSchemaUpdate(schema_id=number),
    ]


def _branch_updates(table: Table, base: int | None) -> list[TableUpdate]:
    head = table.metadata.snapshot_by_name(MAIN_BRANCH)
    if (head.snapshot_id if head else None) == base:
        return []
    if base is None:
        return [RemoveSnapshotRefUpdate(ref_name=MAIN_BRANCH)]
    return [
        SetSnapshotRefUpdate(
            ref_name=MAIN_BRANCH,
            type=SnapshotRefType.BRANCH,
            snapshot_id=base,
            max_ref_age_ms=None,
            max_snapshot_age_ms=None,
            min_snapshots_to_keep=None,
        )
    ]


def _overwrite(
    table: Table, drop: Sequence[IcebergFile], keep: Sequence[IcebergFile], add: Sequence[Path]
) -> int:
    """Add one snapshot over the branch as it stands: less `drop`, plus `keep` and `add`."""
    with table.transaction() as transaction:
        locations = iter([f"file://{path}" for path in add])
        added = parquet_files_to_data_files(table.io, transaction.table_metadata, locations)
        with transaction.update_snapshot().overwrite() as snapshot:
            for file in drop:
                snapshot.delete_data_file(file)
            for file in (*keep, *added):
                snapshot.append_data_file(file)
            number = snapshot.snapshot_id
    return number


def _split(
    files: Sequence[IcebergFile], drop: Collection[Path]
) -> tuple[list[IcebergFile], list[IcebergFile]]:
    """Divide the files of the base into those to drop and those to keep; raises FileLost."""
    dropped: list[IcebergFile] = []
    kept: list[IcebergFile] = []
    for file in files:
        (dropped if local_path(file.file_path) in drop else kept).append(file)
    if len(dropped) != len(drop):
        raise FileLost(t("A file to be replaced is not part of the last release."))
    return dropped, kept


def _wants_new_list(table: Table, base: int, kept: Sequence[IcebergFile]) -> bool:
    """Say whether a snapshot should list its files anew instead of adding to its base's lists.

    Lists of files long gone would else be carried along and read for ever.
    """
    snapshot = table.snapshot_by_id(base)
    return not kept or snapshot is None or len(snapshot.manifests(table.io)) > _LISTS


def _files_of(table: Table, snapshot_id: int) -> list[IcebergFile]:
    tasks = list(table.scan(snapshot_id=snapshot_id).plan_files())
    if any(task.delete_files for task in tasks):
        raise TableNotPlain(
            t(
                "Snapshot {snapshot} holds delete files; rows would be read that are deleted.",
                snapshot=str(snapshot_id),
            ),
            fix=t("Only this program may write into the tables. Tell the operator."),
        )
    return [task.file for task in tasks]
