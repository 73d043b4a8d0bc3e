"""Dry runs in the metadata database: which contract on which rows, and what came out."""

import sqlalchemy as sa
from pydantic import TypeAdapter

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.deliveries.dry_run import DryRun, DryRunState, Outcome
from tinhdata.deliveries.errors import NoSuchDelivery
from tinhdata.kernel import Text, t

_runs = sa.Table(
    "dry_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("contract_hash", sa.Text, nullable=False, index=True),
    sa.Column("contract", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", UTCDateTime, nullable=False),
    sa.Column("delivery", sa.Text),
    sa.Column("release", sa.Text),
    sa.Column("work", sa.Text),
    sa.Column("finished_at", UTCDateTime),
    sa.Column("problem", sa.JSON(none_as_null=True)),
    sa.Column("outcome", sa.JSON(none_as_null=True)),
)
_SHOWN = [column for column in _runs.c if column is not _runs.c.contract]
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


def add(tx: Tx, run: DryRun, contract: bytes) -> None:
    """Write a new dry run with the canonical bytes of its contract, which no one has to propose."""
    tx.execute(sa.insert(_runs).values({**_row(run), "contract": contract}))


def finish(tx: Tx, run: DryRun) -> None:
    """Write how a dry run ended."""
    tx.execute(sa.update(_runs).where(_runs.c.id == run.id).values(_row(run)))


def get(tx: Tx, run_id: str) -> DryRun:
    """Read a dry run; raises NoSuchDelivery."""
    row = tx.execute(sa.select(*_SHOWN).where(_runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NoSuchDelivery(t("There is no dry run {run}.", run=run_id))
    return _run(row)


def contract_of(tx: Tx, run_id: str) -> bytes:
    """Give the canonical bytes of the contract that is tried out."""
    query = sa.select(_runs.c.contract).where(_runs.c.id == run_id)
    return bytes(tx.execute(query).scalar_one())


def newest(tx: Tx, contract_hash: str) -> DryRun | None:
    """Read the last dry run of a contract."""
    query = sa.select(*_SHOWN).where(_runs.c.contract_hash == contract_hash)
    row = tx.execute(query.order_by(_runs.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def _row(run: DryRun) -> dict[str, object]:
    return {
        "id": run.id,
        "dataset": run.dataset,
        "version": run.version,
        "contract_hash": run.contract_hash,
        "state": run.state.value,
        "asked_by": run.asked_by,
        "asked_at": run.asked_at,
        "delivery": run.delivery,
        "release": run.release,
        "work": run.work,
        "finished_at": run.finished_at,
        "problem": run.problem.to_json() if run.problem else None,
        "outcome": _OUTCOME.dump_python(run.outcome, mode="json") if run.outcome else None,
    }


def _run(row: sa.Row[tuple[object, ...]]) -> DryRun:
    values = dict(row._mapping)
    outcome = values["outcome"]
    return DryRun(
        **{
            **values,
            "state": DryRunState(values["state"]),
            "problem": Text.from_json(values["problem"]) if values["problem"] else None,
            "outcome": None if outcome is None else _OUTCOME.validate_python(outcome),
        }
    )
