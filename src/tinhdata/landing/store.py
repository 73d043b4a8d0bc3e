"""Which bytes are kept, and of which datasets they were deliveries."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.landing.model import Landed

_landed = sa.Table(
    "landed",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("first_seen", UTCDateTime, nullable=False),
)

_dataset = sa.Table(
    "landed_dataset",
    metadata,
    sa.Column("sha256", sa.Text, sa.ForeignKey("landed.sha256"), primary_key=True),
    sa.Column("dataset", sa.Text, primary_key=True),
)


def add(tx: Tx, landed: Landed, dataset: str, at: datetime) -> None:
    """Note that `landed` came for `dataset`; what is noted already stays as it is."""
    _insert_new(tx, _landed, {"sha256": landed.sha256, "size": landed.size, "first_seen": at})
    _insert_new(tx, _dataset, {"sha256": landed.sha256, "dataset": dataset})


def is_of(tx: Tx, sha256: str, dataset: str) -> bool:
    """Say whether the bytes came for `dataset`."""
    query = sa.select(_dataset.c.sha256).where(
        _dataset.c.sha256 == sha256, _dataset.c.dataset == dataset
    )
    return tx.execute(query).first() is not None


def each(tx: Tx) -> Iterator[Landed]:
    """Give all bytes that are noted, in the order of their hashes."""
    query = sa.select(_landed.c.sha256, _landed.c.size).order_by(_landed.c.sha256)
    for row in tx.execute(query).yield_per(1_000):
        yield Landed(row.sha256, row.size)


def _insert_new(tx: Tx, table: sa.Table, values: dict[str, object]) -> None:
    # A savepoint, not "on conflict": the same code on both engines, and two senders may race.
    try:
        with tx.begin_nested():
            tx.execute(sa.insert(table).values(values))
    except sa.exc.IntegrityError:
        return
