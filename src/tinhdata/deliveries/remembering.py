"""How files of one source with one header were read last time, as a person had chosen it.

Remembered per dataset, origin (a source key, a pulled source, or the sending agency) and
fingerprint of the header, so nothing passes from one agency to another. A later choice replaces it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa

from tinhdata.contracts import Contract
from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.deliveries.model import Delivery, State, Step
from tinhdata.intake import (
    Question,
    ReadingChoice,
    Understanding,
    UnitPlace,
    choice_from_json,
    choice_to_json,
    understand,
)
from tinhdata.kernel import sha256_hex, t
from tinhdata.vietnam import match_key

_PEOPLE = frozenset({"upload", "cli"})
_NOBODY = frozenset({"pack", "correction", "form"})
"""Where no person chose how a file is read: the platform made it, or the rows of it, itself."""

_readings = sa.Table(
    "delivery_reading",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("read_as", sa.Text, nullable=False),
    sa.Column("choice", sa.JSON, nullable=False),
    sa.Column("delivery", sa.Text, nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.Column("chosen_at", UTCDateTime, nullable=False),
)
_recalled = sa.Table(
    "delivery_recalled",
    metadata,
    sa.Column("delivery", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("read_as", sa.Text, nullable=False),
    sa.Column("choice", sa.JSON, nullable=False),
    sa.Column("from_delivery", sa.Text, nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.Column("chosen_at", UTCDateTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A choice that holds for later files: what was chosen, for which header, by whom and when.

    `fingerprint` is that of the header which the platform finds by itself, `read_as` that of the
    header which is read by the choice. `delivery` is the one for which it was chosen.
    """

    fingerprint: str
    read_as: str
    choice: ReadingChoice
    delivery: str
    chosen_by: str
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: what was understood, what was recalled, and what is to be remembered.

    `found` is the fingerprint of the header that the platform finds by itself.
    """

    understanding: Understanding
    recalled: Remembered | None = None
    found: str | None = None


Known: TypeAlias = Callable[[str], Remembered | None]
"""Gives what is remembered for a fingerprint."""


def fingerprint(understanding: Understanding) -> str | None:
    """Give the fingerprint of the header and of what lies around it; None without a header."""
    tables = [(table, table.header) for table in understanding.tables]
    if understanding.refusal is not None or any(header is None for _table, header in tables):
        return None
    names = [
        [*(match_key(name) for name in header.names), *_around(table)]
        for table, header in tables
        if header is not None
    ]
    # Which of several sheets was meant says nothing of a workbook with other sheets.
    if Question.SHEET in understanding.questions:
        names.append([sheet.name for sheet in understanding.sheets])
    return sha256_hex(json.dumps(names, separators=(",", ":")).encode())


def _around(table: Understanding) -> Iterator[str]:
    """Give what a file says beside its header that a choice would overrule.

    A coordinate system, a unit or letters chosen for one file say nothing of one that has others.
    """
    if table.crs:
        yield table.crs
    for unit in table.units:
        if unit.place is UnitPlace.TITLE:
            yield f"{unit.column}: {match_key(unit.unit)}"
    letters = table.encoding
    if letters is not None and (letters.legacy or not letters.name.startswith("utf")):
        yield "old letters"


def origin_of(delivery: Delivery) -> str | None:
    """Say from where a delivery comes, for what is remembered; None where nothing shall be."""
    if delivery.source in _NOBODY:
        return None
    if delivery.source in _PEOPLE:
        return f"agency:{delivery.sender_agency}" if delivery.sender_agency else None
    sender = delivery.sender if delivery.source == "api" else delivery.source
    return f"source:{sender}:{delivery.sender_agency or ''}"


def read_as_before(path: Path, delivery: Delivery, contract: Contract, known: Known) -> Reading:
    """Understand the file of `delivery`: as chosen, as remembered for its header, or by itself.

    What is remembered is used only where it still fits; else a note says so.
    """
    filename = delivery.filename or ""
    by_itself = understand(path, filename, contract)
    found = fingerprint(by_itself)
    if delivery.choice is not None:
        return Reading(understand(path, filename, contract, delivery.choice), None, found)
    remembered = known(found) if found else None
    if remembered is None:
        return Reading(by_itself, None, found)
    again = understand(path, filename, contract, remembered.choice)
    if again.is_ready and fingerprint(again) == remembered.read_as:
        overruled = _overruled(path, filename, contract, remembered.choice)
        if overruled <= _units_above(by_itself):
            return Reading(again, remembered, found)
    return Reading(_with_note(by_itself), None, found)


def _overruled(
    path: Path, filename: str, contract: Contract, choice: ReadingChoice
) -> set[tuple[str, str]]:
    """Give the units above the table that `choice` overrules.

    One that is seen only for a column that was chosen, too, is in no fingerprint.
    """
    if not (choice.units and choice.mapping):
        return set()
    named = understand(path, filename, contract, replace(choice, units={}))
    return {(column, unit) for column, unit in _units_above(named) if column in choice.units}


def _units_above(understanding: Understanding) -> set[tuple[str, str]]:
    """Give the columns whose units stand in lines above the table, with these."""
    return {
        (unit.column, unit.unit)
        for table in understanding.tables
        for unit in table.units
        if unit.place is UnitPlace.TITLE
    }


def _with_note(understanding: Understanding) -> Understanding:
    note = t("The way in which such a file was read last time does not fit this one any more.")
    return replace(understanding, notes=(*understanding.notes, note))


def recall(tx: Tx, delivery: Delivery, found: str) -> Remembered | None:
    """Give what is remembered for files of the origin of `delivery` with this header."""
    where = _where(delivery, found)
    if where is None:
        return None
    row = tx.execute(sa.select(_readings).where(where)).one_or_none()
    return None if row is None else _remembered(row, row.delivery)


def remember(
    tx: Tx, delivery: Delivery, reading: Reading, steps: Sequence[Step]
) -> Remembered | None:
    """Keep how `delivery` was read by choice; give what changed, None where nothing did.

    The empty choice means that the platform shall find all by itself again: it is not kept, and
    what was kept before is gone.
    """
    choice, read_as = delivery.choice, fingerprint(reading.understanding)
    where = None if reading.found is None else _where(delivery, reading.found)
    if choice is None or where is None or reading.found is None or read_as is None:
        return None
    before = recall(tx, delivery, reading.found)
    if before is not None and before.choice == choice:
        return None
    if before is None and choice == ReadingChoice():
        return None
    tx.execute(sa.delete(_readings).where(where))
    by = next((step for step in reversed(steps) if step.state is State.RECEIVED), None)
    kept = Remembered(
        reading.found,
        read_as,
        choice,
        delivery.id,
        by.actor if by and not by.actor.startswith("system:") else delivery.sender,
        by.at if by else delivery.received_at,
    )
    if choice != ReadingChoice():
        tx.execute(
            sa.insert(_readings).values(
                dataset=delivery.dataset, origin=origin_of(delivery), **_values(kept)
            )
        )
    return kept


def note_recalled(tx: Tx, delivery: Delivery, recalled: Remembered | None) -> None:
    """Write that `delivery` was read as `recalled` says, or that it was not (any more)."""
    tx.execute(sa.delete(_recalled).where(_recalled.c.delivery == delivery.id))
    if recalled is not None:
        values = {**_values(recalled), "delivery": delivery.id, "from_delivery": recalled.delivery}
        tx.execute(sa.insert(_recalled).values(values))


def recalled_for(tx: Tx, delivery_id: str) -> Remembered | None:
    """Give how the file of a delivery was read from memory; None where it was not."""
    row = tx.execute(sa.select(_recalled).where(_recalled.c.delivery == delivery_id)).one_or_none()
    return None if row is None else _remembered(row, row.from_delivery)


def forget(tx: Tx, delivery: Delivery) -> int:
    """Forget what `delivery` taught and what it was read by; give how many headers that were."""
    origin = origin_of(delivery)
    recalled = recalled_for(tx, delivery.id)
    own = _readings.c.delivery == delivery.id
    if recalled is not None:
        own = sa.or_(own, _readings.c.fingerprint == recalled.fingerprint)
    gone = tx.execute(
        sa.delete(_readings).where(
            _readings.c.dataset == delivery.dataset, _readings.c.origin == origin, own
        )
    )
    return gone.rowcount


def _where(delivery: Delivery, found: str) -> sa.ColumnElement[bool] | None:
    origin = origin_of(delivery)
    if origin is None:
        return None
    return sa.and_(
        _readings.c.dataset == delivery.dataset,
        _readings.c.origin == origin,
        _readings.c.fingerprint == found,
    )


def _values(remembered: Remembered) -> dict[str, object]:
    return {
        "fingerprint": remembered.fingerprint,
        "read_as": remembered.read_as,
        "choice": choice_to_json(remembered.choice),
        "delivery": remembered.delivery,
        "chosen_by": remembered.chosen_by,
        "chosen_at": remembered.chosen_at,
    }


def _remembered(row: sa.Row[tuple[object, ...]], delivery: str) -> Remembered:
    return Remembered(
        fingerprint=row.fingerprint,
        read_as=row.read_as,
        choice=choice_from_json(row.choice),
        delivery=delivery,
        chosen_by=row.chosen_by,
        chosen_at=row.chosen_at,
    )
