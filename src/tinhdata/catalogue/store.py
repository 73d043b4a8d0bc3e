"""Catalogue records in the metadata database."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from tinhdata.catalogue.model import DatabaseEntry, DatabaseKind, DatasetRecord, LastRelease
from tinhdata.catalogue.rules import Entry
from tinhdata.contracts.model import AccessLevel, Bilingual
from tinhdata.db import Tx, UTCDateTime, metadata

_databases = sa.Table(
    "catalogue_database",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.JSON, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("purpose", sa.JSON, nullable=False),
)

_records = sa.Table(
    "catalogue_record",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("name", sa.JSON, nullable=False),
    sa.Column("description", sa.JSON, nullable=False),
    sa.Column("sector", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("database", sa.Text),
    sa.Column("access_level", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("update_cycle", sa.Text),
    sa.Column("contract_hash", sa.Text, nullable=False),
    sa.Column("contract_version", sa.Text, nullable=False),
    sa.Column("texts", sa.JSON, nullable=False),
    sa.Column("release", sa.Text),
    sa.Column("release_number", sa.Integer),
    sa.Column("release_rows", sa.BigInteger),
    sa.Column("released_at", UTCDateTime),
)


def put_database(tx: Tx, entry: DatabaseEntry) -> None:
    """Write or replace an entry of the register of databases."""
    tx.execute(sa.delete(_databases).where(_databases.c.id == entry.id))
    tx.execute(
        sa.insert(_databases).values(
            id=entry.id,
            name=asdict(entry.name),
            kind=entry.kind.value,
            agency=entry.agency,
            purpose=asdict(entry.purpose),
        )
    )


def databases(tx: Tx) -> tuple[DatabaseEntry, ...]:
    """Read the register of databases."""
    return tuple(
        DatabaseEntry(
            row.id,
            Bilingual(**row.name),
            DatabaseKind(row.kind),
            row.agency,
            Bilingual(**row.purpose),
        )
        for row in tx.execute(sa.select(_databases).order_by(_databases.c.id))
    )


def put_record(tx: Tx, entry: Entry) -> None:
    """Write or replace what the catalogue says from a contract; the release part is kept."""
    record = entry.record
    values: dict[str, object] = {
        "name": asdict(record.name),
        "description": asdict(record.description),
        "sector": record.sector,
        "agency": record.agency,
        "database": record.database,
        "access_level": record.access_level.value,
        "simulated": record.simulated,
        "update_cycle": record.update_cycle,
        "contract_hash": record.contract_hash,
        "contract_version": record.contract_version,
        "texts": dict(entry.texts),
    }
    found = sa.update(_records).where(_records.c.dataset == record.dataset).values(**values)
    if tx.execute(found).rowcount == 0:
        tx.execute(sa.insert(_records).values(dataset=record.dataset, **values))


def drop_record(tx: Tx, dataset: str) -> None:
    """Take the record of a retired dataset out of the catalogue."""
    tx.execute(sa.delete(_records).where(_records.c.dataset == dataset))


def put_release(tx: Tx, dataset: str, release: LastRelease | None) -> None:
    """Write which release is current, or that there is none."""
    tx.execute(
        sa.update(_records)
        .where(_records.c.dataset == dataset)
        .values(
            release=release.id if release else None,
            release_number=release.number if release else None,
            release_rows=release.rows if release else None,
            released_at=release.at if release else None,
        )
    )


def entries(tx: Tx, *, dataset: str | None = None) -> tuple[Entry, ...]:
    """Read all records, or that of one dataset."""
    wanted = sa.select(_records).order_by(_records.c.dataset)
    if dataset is not None:
        wanted = wanted.where(_records.c.dataset == dataset)
    return tuple(
        Entry(
            DatasetRecord(
                dataset=row.dataset,
                name=Bilingual(**row.name),
                description=Bilingual(**row.description),
                sector=row.sector,
                agency=row.agency,
                database=row.database,
                access_level=AccessLevel(row.access_level),
                simulated=row.simulated,
                update_cycle=row.update_cycle,
                contract_hash=row.contract_hash,
                contract_version=row.contract_version,
                release=_release(
                    row.release, row.release_number, row.release_rows, row.released_at
                ),
            ),
            row.texts,
        )
        for row in tx.execute(wanted)
    )


def _release(release: str | None, number: int, rows: int, at: datetime) -> LastRelease | None:
    return None if release is None else LastRelease(release, number, rows, at)
