"""The tables of quarantine: one row per batch, per decision and per mend. Cells stay in files."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import sqlalchemy as sa

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import t
from tinhdata.quality.errors import DecisionImpossible, QuarantineUnknown
from tinhdata.quality.holding import (
    STATE_NAMES,
    Batch,
    CellMend,
    Decision,
    ItemState,
    KeptFile,
    Mend,
    QuarantineCounts,
)
from tinhdata.quality.places import FilePart

_batches = sa.Table(
    "quarantine_batch",
    metadata,
    sa.Column("delivery", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False, index=True),
    sa.Column("contract_hash", sa.Text, nullable=False),
    sa.Column("made", sa.BigInteger, nullable=False),
    sa.Column("released", sa.BigInteger, nullable=False),
    sa.Column("linked", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("path", sa.Text),
    sa.Column("sha256", sa.Text),
    sa.Column("recorded_at", UTCDateTime, nullable=False),
)
_decisions = sa.Table(
    "quarantine_decision",
    metadata,
    sa.Column("delivery", sa.Text, sa.ForeignKey(_batches.c.delivery), primary_key=True),
    sa.Column("item", sa.BigInteger, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("release", sa.Text, index=True),
    sa.Column("successor", sa.Text),
    sa.Column("reason", sa.Text),
)
_mends = sa.Table(
    "quarantine_mend",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("delivery", sa.Text, sa.ForeignKey(_batches.c.delivery), nullable=False),
    sa.Column("item", sa.BigInteger, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("old_value", sa.Text),
    sa.Column("new_value", sa.Text),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Index("ix_quarantine_mend_item", "delivery", "item"),
)
_undone = sa.Table(
    "quarantine_undone",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("delivery", sa.Text, sa.ForeignKey(_batches.c.delivery), nullable=False),
    sa.Column("item", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("release", sa.Text, nullable=False),
    sa.Column("successor", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("undone_by", sa.Text, nullable=False),
    sa.Column("undone_at", UTCDateTime, nullable=False),
)
"""Decisions that fell with their release; the items they were about are open again."""

_file_parts = sa.Table(
    "quarantine_part",
    metadata,
    sa.Column("delivery", sa.Text, sa.ForeignKey(_batches.c.delivery), primary_key=True),
    sa.Column("first_unit", sa.BigInteger, primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)
"""The sheets or files of a delivery that has several."""

_CHUNK = 500


def add_batch(tx: Tx, batch: Batch, at: datetime) -> bool:
    """Write `batch` unless it stands there already; say whether it was written.

    Raises ValueError where the delivery has another batch: what waits is never exchanged.
    """
    row = tx.execute(sa.select(_batches).where(_of(_batches, batch.delivery))).first()
    if row is not None:
        known = replace(_batch(row), recorded_at=batch.recorded_at)
        if replace(known, parts=parts_of(tx, batch.delivery)) != batch:
            raise ValueError(f"{batch.delivery} has another batch in quarantine already")
        return False
    tx.execute(
        sa.insert(_batches).values(
            delivery=batch.delivery,
            dataset=batch.dataset,
            contract_hash=batch.contract_hash,
            made=batch.made,
            released=batch.released,
            linked=batch.linked,
            rows=batch.rows,
            units=batch.units,
            path=batch.file.path if batch.file else None,
            sha256=batch.file.sha256 if batch.file else None,
            recorded_at=at,
        )
    )
    if batch.parts:
        rows = [{"delivery": batch.delivery, **asdict(part)} for part in batch.parts]
        tx.execute(sa.insert(_file_parts), rows)
    return True


def parts_of(tx: Tx, delivery: str) -> tuple[FilePart, ...]:
    """Read the sheets or files of a delivery, in order; none where it is one table."""
    query = (
        sa.select(_file_parts).where(_of(_file_parts, delivery)).order_by(_file_parts.c.first_unit)
    )
    rows = tx.execute(query).mappings()
    return tuple(FilePart(row["name"], row["first_unit"], row["units"]) for row in rows)


def find_batch(tx: Tx, delivery: str) -> Batch:
    """Read the batch of `delivery`; raises QuarantineUnknown."""
    row = tx.execute(sa.select(_batches).where(_of(_batches, delivery))).first()
    if row is None:
        raise QuarantineUnknown(
            t("Nothing of the delivery {delivery} is in quarantine.", delivery=delivery)
        )
    return replace(_batch(row), parts=parts_of(tx, delivery))


def batches(tx: Tx, dataset: str | None, *, only_open: bool) -> tuple[Batch, ...]:
    """Read batches of `dataset` (None: of all), newest first; optionally those with open items."""
    query = sa.select(_batches).order_by(_batches.c.recorded_at.desc(), _batches.c.delivery.desc())
    if dataset is not None:
        query = query.where(_batches.c.dataset == dataset)
    if only_open:
        decided = (
            sa.select(sa.func.count())
            .where(_decisions.c.delivery == _batches.c.delivery)
            .scalar_subquery()
        )
        query = query.where(_batches.c.rows + _batches.c.units > decided)
    return tuple(_batch(row) for row in tx.execute(query))


def kept_paths(tx: Tx) -> frozenset[str]:
    """Give the paths of all files that batches name."""
    query = sa.select(_batches.c.path).where(_batches.c.path.is_not(None))
    return frozenset(str(path) for (path,) in tx.execute(query))


def counts(tx: Tx, *, delivery: str | None = None, dataset: str | None = None) -> QuarantineCounts:
    """Count the items of a delivery, of a dataset, or of everything, by state."""
    chosen: list[sa.ColumnElement[bool]] = []
    if delivery is not None:
        chosen.append(_batches.c.delivery == delivery)
    if dataset is not None:
        chosen.append(_batches.c.dataset == dataset)
    held = sa.select(sa.func.coalesce(sa.func.sum(_batches.c.rows + _batches.c.units), 0))
    total = int(tx.execute(held.where(*chosen)).scalar_one())
    decided = (
        sa.select(_decisions.c.state, sa.func.count())
        .join(_batches, _batches.c.delivery == _decisions.c.delivery)
        .where(*chosen)
        .group_by(_decisions.c.state)
    )
    found = {str(state): int(number) for state, number in tx.execute(decided)}
    return QuarantineCounts(open=total - sum(found.values()), **found)


def decided_items(tx: Tx, delivery: str) -> dict[int, ItemState]:
    """Give the state of every decided item of a delivery."""
    query = sa.select(_decisions.c.item, _decisions.c.state).where(_of(_decisions, delivery))
    return {int(item): ItemState(state) for item, state in tx.execute(query)}


def decisions_of(tx: Tx, delivery: str, items: Sequence[int]) -> dict[int, Decision]:
    """Give the decisions on `items` of a delivery."""
    found: dict[int, Decision] = {}
    for part in _parts(items):
        query = sa.select(_decisions).where(_of(_decisions, delivery), _decisions.c.item.in_(part))
        for row in tx.execute(query):
            found[row.item] = Decision(
                item=row.item,
                state=ItemState(row.state),
                actor=row.actor,
                at=row.at,
                release=row.release,
                successor=row.successor,
                reason=row.reason,
            )
    return found


def decide(tx: Tx, delivery: str, decisions: Sequence[Decision]) -> None:
    """Write decisions; raises DecisionImpossible where an item has one already."""
    _hold(tx, delivery)
    items = [decision.item for decision in decisions]
    if taken := decisions_of(tx, delivery, items):
        item = min(taken)
        decision = taken[item]
        raise DecisionImpossible(
            t("Item {item} is {state} already.", item=item, state=STATE_NAMES[decision.state]),
            fix=t("Reload the page; someone else may have decided it just now."),
        )
    _insert_decisions(tx, delivery, decisions)


def decide_open(tx: Tx, delivery: str, decisions: Iterable[Decision]) -> int:
    """Write those of `decisions` whose items are still open; give how many that were."""
    _hold(tx, delivery)
    taken = decided_items(tx, delivery)
    fresh = [decision for decision in decisions if decision.item not in taken]
    _insert_decisions(tx, delivery, fresh)
    return len(fresh)


def undo(tx: Tx, release: str, actor: str, at: datetime) -> dict[str, int]:
    """Put aside every decision that rests on `release`; give how many, by delivery."""
    of_release = _decisions.c.release == release
    by_delivery = (
        sa.select(_decisions.c.delivery, sa.func.count())
        .where(of_release)
        .group_by(_decisions.c.delivery)
        .order_by(_decisions.c.delivery)
    )
    found = {str(delivery): int(items) for delivery, items in tx.execute(by_delivery)}
    if not found:
        return {}
    kept = list(_decisions.c)
    moved = sa.select(*kept, sa.literal(actor), sa.literal(at, UTCDateTime)).where(of_release)
    names = [*(column.name for column in kept), "undone_by", "undone_at"]
    tx.execute(sa.insert(_undone).from_select(names, moved))
    tx.execute(sa.delete(_decisions).where(of_release))
    return found


def _hold(tx: Tx, delivery: str) -> None:
    """Let no one else decide about items of `delivery` until `tx` ends."""
    # On SQLite a writing transaction is alone anyway, and FOR UPDATE is left out there.
    tx.execute(
        sa.select(_batches.c.delivery).where(_batches.c.delivery == delivery).with_for_update()
    )


def _insert_decisions(tx: Tx, delivery: str, decisions: Sequence[Decision]) -> None:
    if not decisions:
        return
    tx.execute(
        sa.insert(_decisions),
        [
            {
                "delivery": delivery,
                "item": decision.item,
                "state": str(decision.state),
                "actor": decision.actor,
                "at": decision.at,
                "release": decision.release,
                "successor": decision.successor,
                "reason": decision.reason,
            }
            for decision in decisions
        ],
    )


def add_mends(
    tx: Tx, delivery: str, mends: Iterable[tuple[CellMend, str | None]], author: str, at: datetime
) -> None:
    """Write mends, each with the value that the cell had before."""
    rows = [
        {
            "delivery": delivery,
            "item": mend.item,
            "column": mend.column,
            "old_value": old,
            "new_value": mend.new_value,
            "author": author,
            "at": at,
        }
        for mend, old in mends
    ]
    if rows:
        tx.execute(sa.insert(_mends), rows)


def latest_mends(tx: Tx, delivery: str, items: Sequence[int]) -> dict[int, dict[str, Mend]]:
    """Give the mend that counts for each mended cell of `items`."""
    found: dict[int, dict[str, Mend]] = {}
    for mend in mend_history(tx, delivery, items):
        found.setdefault(mend.item, {})[mend.column] = mend
    return found


def mend_history(tx: Tx, delivery: str, items: Sequence[int]) -> tuple[Mend, ...]:
    """Give every mend of `items`, oldest first."""
    found: list[Mend] = []
    for part in _parts(items):
        query = (
            sa.select(_mends)
            .where(_of(_mends, delivery), _mends.c.item.in_(part))
            .order_by(_mends.c.number)
        )
        found += [
            Mend(row.item, row.column, row.old_value, row.new_value, row.author, row.at)
            for row in tx.execute(query)
        ]
    return tuple(found)


def mended_items(tx: Tx, delivery: str) -> tuple[int, ...]:
    """Give the items of a delivery that have a mend, in their order."""
    query = sa.select(_mends.c.item).where(_of(_mends, delivery)).distinct().order_by(_mends.c.item)
    return tuple(int(item) for (item,) in tx.execute(query))


def decisions_without_release(tx: Tx, delivery: str) -> int:
    """Count corrected and waived items that name no release; there must be none."""
    needs = _decisions.c.state.in_([str(ItemState.CORRECTED), str(ItemState.WAIVED)])
    query = sa.select(sa.func.count()).where(
        _of(_decisions, delivery), needs, _decisions.c.release.is_(None)
    )
    return int(tx.execute(query).scalar_one())


def _batch(row: sa.Row[tuple[object, ...]]) -> Batch:
    values = row._mapping
    path, sha256 = values["path"], values["sha256"]
    return Batch(
        delivery=values["delivery"],
        dataset=values["dataset"],
        contract_hash=values["contract_hash"],
        made=values["made"],
        released=values["released"],
        linked=values["linked"],
        rows=values["rows"],
        units=values["units"],
        file=KeptFile(path, sha256) if path and sha256 else None,
        recorded_at=values["recorded_at"],
    )


def _of(table: sa.Table, delivery: str) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = table.c.delivery == delivery
    return found


def _parts(items: Sequence[int]) -> Iterable[Sequence[int]]:
    # Engines limit how many values one statement may carry.
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
