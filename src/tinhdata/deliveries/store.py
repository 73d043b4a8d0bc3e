"""The rows of deliveries and their histories in the metadata database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.deliveries import rules
from tinhdata.deliveries.errors import NoSuchDelivery, NotNow
from tinhdata.deliveries.model import (
    Change,
    CheckReport,
    Delivery,
    Kind,
    PreparedFile,
    Rows,
    State,
    Step,
    Units,
)
from tinhdata.intake import (
    choice_from_json,
    choice_to_json,
    understanding_from_json,
    understanding_to_json,
)
from tinhdata.kernel import JSON, Page, Text, t

_deliveries = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("contract_hash", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("sender_agency", sa.Text),
    sa.Column("received_at", UTCDateTime, nullable=False),
    sa.Column("changed_at", UTCDateTime, nullable=False),
    sa.Column("sha256", sa.Text),
    sa.Column("filename", sa.Text),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("parent", sa.Text, sa.ForeignKey("delivery.id")),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("choice", sa.JSON(none_as_null=True)),
    sa.Column("understanding", sa.JSON(none_as_null=True)),
    sa.Column("units", sa.JSON(none_as_null=True)),
    sa.Column("rows", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("change", sa.JSON(none_as_null=True)),
    sa.Column("report", sa.JSON(none_as_null=True)),
    sa.Column("pinned", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("periods", sa.JSON(none_as_null=True), nullable=False),
    sa.Column("prepared_in", sa.Text),
    sa.Column("prepared", sa.JSON, nullable=False),
    sa.Column("problem", sa.JSON(none_as_null=True)),
    sa.Column("release", sa.Text),
    sa.Column("items", sa.JSON, nullable=False),
    sa.Column("waives", sa.Boolean, nullable=False),
    sa.Column("legal_basis", sa.Text),
    sa.Column("asked_by", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("work", sa.Text),
    sa.Index(None, "dataset", "id"),
)

_steps = sa.Table(
    "delivery_step",
    metadata,
    sa.Column("delivery", sa.Text, sa.ForeignKey("delivery.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("text", sa.JSON(none_as_null=True)),
)


_datasets = sa.Table("delivery_dataset", metadata, sa.Column("dataset", sa.Text, primary_key=True))


def hold(tx: Tx, dataset: str) -> None:
    """Let no one else receive for `dataset` until `tx` ends."""
    try:
        with tx.begin_nested():
            tx.execute(sa.insert(_datasets).values(dataset=dataset))
    except sa.exc.IntegrityError:
        # Writing the row locks it, on PostgreSQL too, where transactions run side by side.
        tx.execute(sa.update(_datasets).where(_datasets.c.dataset == dataset), {"dataset": dataset})


def datasets(tx: Tx) -> tuple[str, ...]:
    """Give the datasets that something was delivered for."""
    rows = tx.execute(sa.select(_datasets.c.dataset).order_by(_datasets.c.dataset))
    return tuple(row.dataset for row in rows)


def add(tx: Tx, delivery: Delivery, text: Text | None = None, by: str | None = None) -> None:
    """Write a new delivery and the first line of its history, made by `by` or the sender."""
    tx.execute(sa.insert(_deliveries).values(_row(delivery)))
    add_step(tx, delivery, by or delivery.sender, text)


def save(tx: Tx, delivery: Delivery, *, expected: State) -> None:
    """Write what changed, if the delivery still is in the state `expected`.

    Raises NotNow where another verb was faster; the caller's transaction then leaves no trace.
    """
    statement = (
        sa.update(_deliveries)
        .where(_deliveries.c.id == delivery.id, _deliveries.c.state == expected.value)
        .values(_row(delivery))
    )
    if tx.execute(statement).rowcount != 1:
        raise NotNow(
            t("Delivery {delivery} was changed by someone else just now.", delivery=delivery.id),
            fix=t("Reload the page and look at its present state."),
        )


def add_step(tx: Tx, delivery: Delivery, actor: str, text: Text | None) -> None:
    """Append a line to the history of `delivery`."""
    count = sa.select(sa.func.count()).where(_steps.c.delivery == delivery.id).scalar_subquery()
    tx.execute(
        sa.insert(_steps).values(
            delivery=delivery.id,
            number=count,
            state=delivery.state.value,
            at=delivery.changed_at,
            actor=actor,
            text=text.to_json() if text else None,
        )
    )


def get(tx: Tx, delivery_id: str) -> Delivery:
    """Read one delivery; raises NoSuchDelivery."""
    row = tx.execute(sa.select(_deliveries).where(_deliveries.c.id == delivery_id)).one_or_none()
    if row is None:
        raise NoSuchDelivery(t("There is no delivery {delivery}.", delivery=delivery_id))
    return _delivery(row)


def lock(tx: Tx, delivery_id: str) -> Delivery:
    """Read one delivery and let no one else change it until `tx` ends; raises NoSuchDelivery."""
    # On SQLite a writing transaction is alone anyway, and FOR UPDATE is left out there.
    tx.execute(sa.select(_deliveries.c.id).where(_deliveries.c.id == delivery_id).with_for_update())
    return get(tx, delivery_id)


def history(tx: Tx, delivery_id: str) -> tuple[Step, ...]:
    """Read the history of a delivery, oldest first."""
    rows = tx.execute(
        sa.select(_steps).where(_steps.c.delivery == delivery_id).order_by(_steps.c.number)
    )
    return tuple(
        Step(State(r.state), r.at, r.actor, Text.from_json(r.text) if r.text else None)
        for r in rows
    )


def of_dataset(tx: Tx, dataset: str, limit: int = 200) -> tuple[Delivery, ...]:
    """Read the newest deliveries of a dataset, newest first, without what was found in them.

    Understanding and report are most of a delivery, and reading them takes milliseconds each.
    """
    heavy = (_deliveries.c.understanding, _deliveries.c.report)
    light = [column for column in _deliveries.c if column not in heavy]
    nothing = [sa.null().label(column.name) for column in heavy]
    rows = tx.execute(
        sa.select(*light, *nothing)
        .where(_deliveries.c.dataset == dataset)
        .order_by(_deliveries.c.id.desc())
        .limit(limit)
    )
    return tuple(_delivery(row) for row in rows)


def page(
    tx: Tx,
    *,
    datasets: Sequence[str] | None,
    states: Sequence[State] = (),
    offset: int = 0,
    limit: int = 50,
) -> Page[Delivery]:
    """Read deliveries of `datasets` (None: of all), newest first."""
    wanted = sa.select(_deliveries)
    if datasets is not None:
        wanted = wanted.where(_deliveries.c.dataset.in_(datasets))
    if states:
        wanted = wanted.where(_deliveries.c.state.in_([state.value for state in states]))
    total = tx.execute(sa.select(sa.func.count()).select_from(wanted.subquery())).scalar_one()
    rows = tx.execute(wanted.order_by(_deliveries.c.id.desc()).offset(offset).limit(limit))
    return Page(tuple(_delivery(row) for row in rows), total, offset, limit)


def waiting_before(tx: Tx, dataset: str, delivery_id: str) -> tuple[Delivery, ...]:
    """Read older deliveries of the dataset that wait for a person, and keep others off them."""
    states = (State.CHOOSING, State.CHECKED, State.HELD, State.AWAITING)
    rows = tx.execute(
        sa.select(_deliveries)
        .where(
            _deliveries.c.dataset == dataset,
            _deliveries.c.id < delivery_id,
            _deliveries.c.state.in_([state.value for state in states]),
        )
        .with_for_update()
    )
    return tuple(_delivery(row) for row in rows)


def children(tx: Tx, parent: str) -> tuple[Delivery, ...]:
    """Read the corrections of rows of `parent`, oldest first."""
    rows = tx.execute(
        sa.select(_deliveries).where(_deliveries.c.parent == parent).order_by(_deliveries.c.id)
    )
    return tuple(_delivery(row) for row in rows)


def unfinished(tx: Tx) -> frozenset[str]:
    """Give the ids of deliveries whose prepared files are still needed."""
    ended = (
        *(State.RELEASED, State.UNCHANGED),
        *(State.RETURNED, State.WITHDRAWN, State.SUPERSEDED),
    )
    rows = tx.execute(
        sa.select(_deliveries.c.id).where(
            _deliveries.c.state.not_in([state.value for state in ended])
        )
    )
    return frozenset(row.id for row in rows)


def with_release(tx: Tx, release: str) -> tuple[Delivery, ...]:
    """Read the deliveries that ended in `release`, or that confirmed it."""
    rows = tx.execute(sa.select(_deliveries).where(_deliveries.c.release == release))
    return tuple(_delivery(row) for row in rows)


def confirmations(tx: Tx) -> Mapping[str, datetime]:
    """Give by release when a delivery with the same rows confirmed it last."""
    last = sa.func.max(_deliveries.c.changed_at)
    rows = tx.execute(
        sa.select(_deliveries.c.release, sa.type_coerce(last, UTCDateTime).label("at"))
        .where(_deliveries.c.state == State.UNCHANGED.value)
        .group_by(_deliveries.c.release)
    )
    return {row.release: row.at for row in rows}


def moved(delivery: Delivery, to: State, now: datetime) -> Delivery:
    """Give `delivery` in the state `to`; raises NotNow where `to` cannot follow."""
    rules.require_step(delivery, to)
    return replace(delivery, state=to, changed_at=now)


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "dataset": delivery.dataset,
        "kind": delivery.kind.value,
        "state": delivery.state.value,
        "contract_hash": delivery.contract_hash,
        "sender": delivery.sender,
        "sender_agency": delivery.sender_agency,
        "received_at": delivery.received_at,
        "changed_at": delivery.changed_at,
        "sha256": delivery.sha256,
        "filename": delivery.filename,
        "size": delivery.size,
        "parent": delivery.parent,
        "source": delivery.source,
        "note": delivery.note,
        "choice": None if delivery.choice is None else choice_to_json(delivery.choice),
        "understanding": (
            None
            if delivery.understanding is None
            else understanding_to_json(delivery.understanding)
        ),
        "units": asdict(delivery.units) if delivery.units else None,
        "rows": asdict(delivery.rows),
        "change": asdict(delivery.change) if delivery.change else None,
        "report": None
        if delivery.report is None
        else _REPORT.dump_python(delivery.report, mode="json"),
        "pinned": dict(delivery.pinned),
        "periods": list(delivery.periods),
        "prepared_in": delivery.prepared_in,
        "prepared": [asdict(file) for file in delivery.prepared],
        "problem": delivery.problem.to_json() if delivery.problem else None,
        "release": delivery.release,
        "items": list(delivery.items),
        "waives": delivery.waives,
        "legal_basis": delivery.legal_basis,
        "asked_by": delivery.asked_by,
        "decided_by": delivery.decided_by,
        "work": delivery.work,
    }


def _delivery(row: sa.Row[tuple[object, ...]]) -> Delivery:
    values = dict(row._mapping)
    return Delivery(
        **{
            **values,
            "kind": Kind(values["kind"]),
            "state": State(values["state"]),
            "units": _counts(Units, values["units"]),
            "rows": _counts(Rows, values["rows"]) or Rows(),
            "change": _counts(Change, values["change"]),
            "choice": _read(choice_from_json, values["choice"]),
            "understanding": _read(understanding_from_json, values["understanding"]),
            "report": _read(_REPORT.validate_python, values["report"]),
            "items": tuple(values["items"]),
            "periods": tuple(values["periods"]),
            "prepared": tuple(PreparedFile(**file) for file in values["prepared"]),
            "problem": Text.from_json(values["problem"]) if values["problem"] else None,
        }
    )


C = TypeVar("C", Units, Rows, Change)


def _counts(kind: type[C], stored: Mapping[str, int] | None) -> C | None:
    return None if stored is None else kind(**stored)


M = TypeVar("M")

_REPORT: TypeAdapter[CheckReport] = TypeAdapter(CheckReport)


def _read(reader: Callable[[JSON], M], stored: JSON) -> M | None:
    return None if stored is None else reader(stored)
