"""The rows of the metadata database: releases, the files they brought, field ids, statistics."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from tinhdata.contracts.model import PeriodUnit, TableColumn
from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import JSON, JSONObject
from tinhdata.warehouse.model import (
    ChangeCounts,
    DataFile,
    Release,
    ReleaseKind,
    ReleaseState,
    TableShape,
    Withdrawal,
)

_release = sa.Table(
    "release",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("contract_hash", sa.Text, nullable=False),
    sa.Column("delivery_id", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.BigInteger, nullable=False),
    sa.Column("base_id", sa.Text, sa.ForeignKey("release.id")),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("base", sa.BigInteger, nullable=False),
    sa.Column("inserted", sa.BigInteger, nullable=False),
    sa.Column("deleted", sa.BigInteger, nullable=False),
    sa.Column("updated", sa.BigInteger, nullable=False),
    sa.Column("unchanged", sa.BigInteger, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("shape", sa.JSON, nullable=False),
    sa.Column("published_at", UTCDateTime, nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("withdrawn_at", UTCDateTime),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("legal_basis", sa.Text),
    sa.UniqueConstraint("dataset", "number"),
)
sa.Index(
    "uq_release_current",
    _release.c.dataset,
    unique=True,
    sqlite_where=_release.c.state == ReleaseState.CURRENT.value,
    postgresql_where=_release.c.state == ReleaseState.CURRENT.value,
)

_file = sa.Table(
    "release_file",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("release_id", sa.Text, sa.ForeignKey("release.id"), nullable=False, index=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("period", sa.Text),
    sa.Column("period_by", sa.Text),
)

_field = sa.Table(
    "table_field",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("column_id", sa.Text, primary_key=True),
    sa.Column("sql_type", sa.Text, primary_key=True),
    sa.Column("field_id", sa.Integer, nullable=False),
    sa.UniqueConstraint("dataset", "field_id"),
)

_statistics = sa.Table(
    "release_statistics",
    metadata,
    sa.Column("release_id", sa.Text, sa.ForeignKey("release.id"), primary_key=True),
    sa.Column("columns", sa.JSON, nullable=False),
)


def fields(tx: Tx, dataset: str) -> Mapping[tuple[str, str], int]:
    """Give every field id ever given in `dataset`, by column id and type."""
    rows = tx.execute(sa.select(_field).where(_field.c.dataset == dataset))
    return {(row.column_id, row.sql_type): row.field_id for row in rows}


def owners(tx: Tx, dataset: str) -> Mapping[int, str]:
    """Give, for every field id ever given in `dataset`, the stable id of its column."""
    return {number: column for (column, _), number in fields(tx, dataset).items()}


def add_fields(tx: Tx, dataset: str, new: Mapping[tuple[str, str], int]) -> None:
    """Keep newly given field ids."""
    if new:
        values = [
            {"dataset": dataset, "column_id": column, "sql_type": kind, "field_id": number}
            for (column, kind), number in new.items()
        ]
        tx.execute(sa.insert(_field), values)


def insert(tx: Tx, release: Release) -> None:
    """Keep a new release and the files it brought."""
    counts = release.counts
    tx.execute(
        sa.insert(_release).values(
            id=release.id,
            dataset=release.dataset,
            number=release.number,
            kind=release.kind.value,
            state=release.state.value,
            contract_hash=release.contract_hash,
            delivery_id=release.delivery_id,
            snapshot_id=release.snapshot_id,
            base_id=release.base_id,
            rows=release.rows,
            base=counts.base,
            inserted=counts.inserted,
            deleted=counts.deleted,
            updated=counts.updated,
            unchanged=counts.unchanged,
            content_hash=release.content_hash,
            shape=_shape_json(release.shape),
            published_at=release.published_at,
            published_by=release.published_by,
        )
    )
    if release.files:
        values = [
            {
                "dataset": release.dataset,
                "name": file.name,
                "release_id": release.id,
                "sha256": file.sha256,
                "size": file.size,
                "rows": file.rows,
                "period": file.period,
                "period_by": file.period_by,
            }
            for file in release.files
        ]
        tx.execute(sa.insert(_file), values)


def set_state(tx: Tx, release_id: str, state: ReleaseState) -> None:
    """Set where a release stands."""
    tx.execute(sa.update(_release).where(_release.c.id == release_id).values(state=state.value))


def set_withdrawn(tx: Tx, release_id: str, withdrawal: Withdrawal) -> None:
    """Mark a release as withdrawn."""
    tx.execute(
        sa.update(_release)
        .where(_release.c.id == release_id)
        .values(
            state=ReleaseState.WITHDRAWN.value,
            withdrawn_at=withdrawal.at,
            withdrawn_by=withdrawal.by,
            reason=withdrawal.reason,
            legal_basis=withdrawal.legal_basis,
        )
    )


def get(tx: Tx, release_id: str) -> Release | None:
    """Give a release by id."""
    found = _read(tx, _release.c.id == release_id, limit=1)
    return found[0] if found else None


def state(tx: Tx, release_id: str) -> ReleaseState | None:
    """Give where a release stands, None where there is none; all else of it never changes."""
    found = tx.execute(sa.select(_release.c.state).where(_release.c.id == release_id)).scalar()
    return None if found is None else ReleaseState(found)


def current_id(tx: Tx, dataset: str) -> str | None:
    """Give the id of the current release of `dataset`."""
    is_current = _release.c.state == ReleaseState.CURRENT.value
    query = sa.select(_release.c.id).where(_release.c.dataset == dataset, is_current)
    found = tx.execute(query).scalar()
    return None if found is None else str(found)


def hold(tx: Tx, dataset: str) -> None:
    """Let no other transaction change the releases of `dataset` until this one ends."""
    # SQLite's writing transactions exclude each other anyway, and it knows no FOR UPDATE.
    tx.execute(sa.select(_release.c.id).where(_release.c.dataset == dataset).with_for_update())


def current(tx: Tx, dataset: str) -> Release | None:
    """Give the current release of `dataset`."""
    is_current = _release.c.state == ReleaseState.CURRENT.value
    found = _read(tx, sa.and_(_release.c.dataset == dataset, is_current), limit=1)
    return found[0] if found else None


def releases(tx: Tx, dataset: str) -> tuple[Release, ...]:
    """Give every release of `dataset`, the newest first."""
    return _read(tx, _release.c.dataset == dataset)


def datasets(tx: Tx) -> tuple[str, ...]:
    """List the datasets that have releases."""
    rows = tx.execute(sa.select(_release.c.dataset).distinct().order_by(_release.c.dataset))
    return tuple(row.dataset for row in rows)


def last_number(tx: Tx, dataset: str) -> int:
    """Give the number of the newest release of `dataset`, 0 if it has none."""
    query = sa.select(sa.func.max(_release.c.number)).where(_release.c.dataset == dataset)
    return tx.execute(query).scalar() or 0


def known_files(tx: Tx, dataset: str) -> Mapping[str, DataFile]:
    """Give every file that a release of `dataset` ever brought, by name."""
    rows = tx.execute(sa.select(_file).where(_file.c.dataset == dataset))
    return {row.name: _data_file(row) for row in rows}


def statistics(tx: Tx, release_id: str) -> JSON:
    """Give the stored statistics of a release, None if they were not computed yet."""
    query = sa.select(_statistics.c.columns).where(_statistics.c.release_id == release_id)
    found: JSON = tx.execute(query).scalar()
    return found


def keep_statistics(tx: Tx, release_id: str, columns: Sequence[JSONObject]) -> None:
    """Keep the statistics of a release, unless another worker was faster."""
    with contextlib.suppress(sa.exc.IntegrityError), tx.begin_nested():
        tx.execute(sa.insert(_statistics).values(release_id=release_id, columns=list(columns)))


def _read(
    tx: Tx, condition: sa.ColumnElement[bool], limit: int | None = None
) -> tuple[Release, ...]:
    query = sa.select(_release).where(condition).order_by(_release.c.number.desc()).limit(limit)
    rows = tx.execute(query).all()
    files = _files(tx, [row.id for row in rows])
    return tuple(_from_row(row, files.get(row.id, ())) for row in rows)


def _files(tx: Tx, release_ids: Iterable[str]) -> Mapping[str, tuple[DataFile, ...]]:
    ids = list(release_ids)
    found: dict[str, list[DataFile]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        query = sa.select(_file).where(_file.c.release_id.in_(part)).order_by(_file.c.name)
        for row in tx.execute(query):
            found.setdefault(row.release_id, []).append(_data_file(row))
    return {release: tuple(files) for release, files in found.items()}


def _data_file(row: sa.Row[tuple[object, ...]]) -> DataFile:
    return DataFile(row.name, row.sha256, row.size, row.rows, row.period, row.period_by)


def _from_row(row: sa.Row[tuple[object, ...]], files: tuple[DataFile, ...]) -> Release:
    counts = ChangeCounts(row.base, row.inserted, row.deleted, row.updated, row.unchanged, row.rows)
    return Release(
        id=row.id,
        dataset=row.dataset,
        number=row.number,
        kind=ReleaseKind(row.kind),
        state=ReleaseState(row.state),
        contract_hash=row.contract_hash,
        delivery_id=row.delivery_id,
        snapshot_id=row.snapshot_id,
        base_id=row.base_id,
        rows=row.rows,
        counts=counts,
        content_hash=row.content_hash,
        shape=_shape(row.shape),
        published_at=row.published_at,
        published_by=row.published_by,
        files=files,
        withdrawal=_withdrawal(row.withdrawn_at, row),
    )


def _withdrawal(at: datetime | None, row: sa.Row[tuple[object, ...]]) -> Withdrawal | None:
    if at is None:
        return None
    return Withdrawal(at, row.withdrawn_by, row.reason, row.legal_basis)


def _shape_json(shape: TableShape) -> JSONObject:
    return {
        "columns": [[c.name, c.sql_type, c.field_id] for c in shape.columns],
        "key": list(shape.key),
        "period": shape.period,
        "unit": shape.unit.value,
    }


def _shape(value: Mapping[str, object]) -> TableShape:
    columns, key, period = value["columns"], value["key"], value["period"]
    if not isinstance(columns, list) or not isinstance(key, list):
        raise ValueError("not a stored table shape")
    return TableShape(
        tuple(TableColumn(str(name), str(kind), int(number)) for name, kind, number in columns),
        tuple(str(name) for name in key),
        None if period is None else str(period),
        PeriodUnit(str(value["unit"])),
    )
