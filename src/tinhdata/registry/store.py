"""The table of contract versions: canonical bytes, hash, state, and who did what when."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from tinhdata.contracts import Contract, LoadedContract, restore_contract, version_numbers
from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.registry.model import ContractState, RegisteredContract

versions = sa.Table(
    "contract_version",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("canonical", sa.LargeBinary, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_at", UTCDateTime, nullable=False),
    sa.Column("approved_by", sa.Text),
    sa.Column("approved_at", UTCDateTime),
    sa.Column("signed_by", sa.Text),
    sa.Column("activated_at", UTCDateTime),
    sa.Column("retired_at", UTCDateTime),
    sa.UniqueConstraint("dataset", "version"),
)
texts = sa.Table(
    "contract_text",
    metadata,
    sa.Column("hash", sa.Text, sa.ForeignKey("contract_version.hash"), primary_key=True),
    sa.Column("text", sa.LargeBinary, nullable=False),
)
"""The bytes of the file that a version was proposed from: its order and comments, for editing."""

signatures = sa.Table(
    "contract_signature",
    metadata,
    sa.Column("hash", sa.Text, sa.ForeignKey("contract_version.hash"), primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)
"""Who signed a version for data protection. What was approved before this table was has none here;
`contract_version.signed_by` names the signer then."""

sa.Index(
    "uq_contract_version_active",
    versions.c.dataset,
    unique=True,
    sqlite_where=versions.c.state == ContractState.ACTIVE.value,
    postgresql_where=versions.c.state == ContractState.ACTIVE.value,
)

_SHOWN = [
    *(column for column in versions.c if column is not versions.c.canonical),
    signatures.c.by.label("signature_by"),
    signatures.c.at.label("signature_at"),
]
_FROM = versions.outerjoin(signatures, signatures.c.hash == versions.c.hash)


_datasets = sa.Table("contract_dataset", metadata, sa.Column("dataset", sa.Text, primary_key=True))
"""One row for each dataset, to be locked while its versions change."""


def add(tx: Tx, loaded: LoadedContract, source: str, by: str, at: datetime) -> None:
    """Add a proposed version."""
    tx.execute(
        sa.insert(versions).values(
            hash=loaded.hash,
            dataset=loaded.contract.id,
            version=loaded.contract.version,
            state=ContractState.PROPOSED.value,
            canonical=loaded.canonical,
            source=source,
            proposed_by=by,
            proposed_at=at,
        )
    )


def move(tx: Tx, contract_hash: str, state: ContractState, **values: str | datetime | None) -> None:
    """Put the version into `state` and write down who and when."""
    tx.execute(
        sa.update(versions)
        .where(versions.c.hash == contract_hash)
        .values(state=state.value, **values)
    )


def sign(tx: Tx, contract_hash: str, by: str, at: datetime) -> None:
    """Write down who signed the version for data protection."""
    tx.execute(sa.insert(signatures).values(hash=contract_hash, by=by, at=at))


def by_hash(tx: Tx, contract_hash: str) -> RegisteredContract | None:
    """Give the version with `contract_hash`."""
    return _one(_select(tx, versions.c.hash == contract_hash))


def by_version(tx: Tx, dataset: str, version: str) -> RegisteredContract | None:
    """Give `version` of `dataset`."""
    return _one(_select(tx, versions.c.dataset == dataset, versions.c.version == version))


def active(tx: Tx, dataset: str) -> RegisteredContract | None:
    """Give the active version of `dataset`."""
    return _one(
        _select(tx, versions.c.dataset == dataset, versions.c.state == ContractState.ACTIVE.value)
    )


def in_states(tx: Tx, *states: ContractState) -> tuple[RegisteredContract, ...]:
    """Give the versions in `states`, by dataset, lower versions first."""
    return _select(tx, versions.c.state.in_([state.value for state in states]))


def of_dataset(tx: Tx, dataset: str) -> tuple[RegisteredContract, ...]:
    """Give every version of `dataset`, lower versions first."""
    return _select(tx, versions.c.dataset == dataset)


def lock_dataset(tx: Tx, dataset: str) -> None:
    """Have other transactions wait that change versions of `dataset`, of its first one, too."""
    try:
        with tx.begin_nested():
            tx.execute(sa.insert(_datasets).values(dataset=dataset))
    except sa.exc.IntegrityError:
        # Writing the row locks it on PostgreSQL, where transactions run side by side.
        tx.execute(sa.update(_datasets).where(_datasets.c.dataset == dataset), {"dataset": dataset})


def canonical(tx: Tx, contract_hash: str) -> bytes:
    """Give the canonical bytes; raises NoResultFound."""
    query = sa.select(versions.c.canonical).where(versions.c.hash == contract_hash)
    return bytes(tx.execute(query).scalar_one())


def keep_text(tx: Tx, contract_hash: str, text: bytes) -> None:
    """Keep the file that a version was proposed from."""
    tx.execute(sa.insert(texts).values(hash=contract_hash, text=text))


def text(tx: Tx, contract_hash: str) -> bytes | None:
    """Give the file that a version was proposed from, None where it was not kept."""
    found = tx.execute(sa.select(texts.c.text).where(texts.c.hash == contract_hash)).scalar()
    return None if found is None else bytes(found)


def states(tx: Tx, dataset: str) -> tuple[tuple[str, str], ...]:
    """Give hash and state of every version of `dataset`, by hash."""
    query = sa.select(versions.c.hash, versions.c.state).where(versions.c.dataset == dataset)
    return tuple((row.hash, row.state) for row in tx.execute(query.order_by(versions.c.hash)))


def _select(tx: Tx, *conditions: sa.ColumnElement[bool]) -> tuple[RegisteredContract, ...]:
    rows = tx.execute(sa.select(*_SHOWN).select_from(_FROM).where(*conditions)).all()
    found = (_registered(tx, row) for row in rows)
    return tuple(sorted(found, key=lambda r: (r.dataset, version_numbers(r.version))))


def _one(found: Iterable[RegisteredContract]) -> RegisteredContract | None:
    return next(iter(found), None)


def _registered(tx: Tx, row: sa.Row[tuple[object, ...]]) -> RegisteredContract:
    return RegisteredContract(
        contract=_contract(tx, row.hash),
        hash=row.hash,
        state=ContractState(row.state),
        source=row.source,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        signed_by=row.signature_by or row.signed_by,
        signed_at=row.signature_at,
        activated_at=row.activated_at,
        retired_at=row.retired_at,
    )


_read: dict[str, Contract] = {}
"""Contracts by hash. A hash never names another contract, so nothing here grows old."""


def _contract(tx: Tx, contract_hash: str) -> Contract:
    found = _read.get(contract_hash)
    if found is None:
        found = _read[contract_hash] = restore_contract(canonical(tx, contract_hash)).contract
    return found
