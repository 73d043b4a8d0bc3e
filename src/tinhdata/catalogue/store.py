"""Catalogue records in the metadata database, each with the mark of its last change.

A mark only grows: whoever reads what changed since a mark misses nothing. On SQLite, where writers
stand in a row, it is a number of ours; on PostgreSQL, where they run side by side, it is that of
the transaction, and what was not finished when one read is read again the next time.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from pydantic import TypeAdapter

from tinhdata.catalogue.analysing import line_of, terms_of
from tinhdata.catalogue.model import (
    Area,
    DatabaseEntry,
    DatabaseKind,
    DatasetRecord,
    ExternalEntry,
    LastRelease,
    Looked,
    Part,
    Place,
    Quality,
    Texts,
)
from tinhdata.contracts.model import AccessLevel, Bilingual
from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import JSON

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
    sa.Column("mark", sa.BigInteger, nullable=False, index=True),
    sa.Column("text_mark", sa.BigInteger, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
    sa.Column("name", sa.JSON, nullable=False),
    sa.Column("description", sa.JSON, nullable=False),
    sa.Column("sector", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False, index=True),
    sa.Column("database", sa.Text),
    sa.Column("access_level", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("update_cycle", sa.Text),
    sa.Column("contract_hash", sa.Text, nullable=False),
    sa.Column("contract_version", sa.Text, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("licence", sa.Text),
    sa.Column("areas", sa.JSON, nullable=False),
    sa.Column("parts", sa.Text, nullable=False),
    sa.Column("plain", sa.Text, nullable=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
    sa.Column("release", sa.Text),
    sa.Column("release_number", sa.Integer),
    sa.Column("release_rows", sa.BigInteger),
    sa.Column("released_at", UTCDateTime),
    sa.Column("confirmed_at", UTCDateTime),
    sa.Column("quality", sa.Text, nullable=False),
    sa.Column("held", sa.Text),
    sa.Column("registered_at", UTCDateTime),
    sa.Column("changed_at", UTCDateTime, index=True),
    sa.Column("external", sa.JSON(none_as_null=True)),
)

_checks = sa.Table(
    "catalogue_check",
    metadata,
    sa.Column("delivery", sa.Text, primary_key=True),
    sa.Column("quality", sa.Text, nullable=False),
    sa.Column("marked", sa.Boolean, nullable=False),
)

_looked = sa.Table(
    "catalogue_looked",
    metadata,
    sa.Column("dataset", sa.Text, primary_key=True),
    sa.Column("release", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("parts", sa.Text, nullable=False),
    sa.Column("plain", sa.Text, nullable=False),
    sa.Column("terms", sa.LargeBinary, nullable=False),
    sa.Column("first_year", sa.Integer),
    sa.Column("last_year", sa.Integer),
)


_EXTERNAL: TypeAdapter[ExternalEntry] = TypeAdapter(ExternalEntry)
_STEPS = 1_000
"""Steps of one in which weights are kept."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as kept, and the mark of the last change of its texts."""

    record: DatasetRecord
    text_mark: int
    in_force: bool


# -- the register of databases -----------------------------------------------------------------


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
    touch(tx, _records.c.database == entry.id)


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


# -- marks -------------------------------------------------------------------------------------


def horizon(tx: Tx) -> int:
    """Give the mark from which on another reader, later, has to look for changes."""
    if tx.dialect.name == "postgresql":
        snapshot = sa.func.txid_current_snapshot()
        return int(tx.execute(sa.select(sa.func.txid_snapshot_xmin(snapshot))).scalar_one())
    return _last_mark(tx) + 1


def _next_mark(tx: Tx) -> int:
    if tx.dialect.name == "postgresql":
        return int(tx.execute(sa.select(sa.func.txid_current())).scalar_one())
    return _last_mark(tx) + 1


def _last_mark(tx: Tx) -> int:
    return int(tx.execute(sa.select(sa.func.max(_records.c.mark))).scalar_one() or 0)


def touch(tx: Tx, which: sa.ColumnElement[bool]) -> None:
    """Have the words of some records read again: those of an agency or database were changed."""
    mark = _next_mark(tx)
    tx.execute(sa.update(_records).where(which).values(mark=mark, text_mark=mark))


def touch_agency(tx: Tx, code: str) -> None:
    """Have the words of an agency's records read again."""
    touch(tx, _records.c.agency == code)


# -- writing -----------------------------------------------------------------------------------


def put_record(tx: Tx, record: DatasetRecord, parts: Sequence[Part]) -> None:
    """Write or replace what the catalogue says from a contract; the release part is kept."""
    mark = _next_mark(tx)
    values: dict[str, object] = {
        "mark": mark,
        "text_mark": mark,
        "in_force": True,
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
        "tags": list(record.tags),
        "licence": record.licence,
        "areas": [area.value for area in record.areas],
        **_searched(parts),
        "changed_at": record.changed_at,
    }
    found = sa.update(_records).where(_records.c.dataset == record.dataset).values(**values)
    if tx.execute(found).rowcount == 0:
        values |= {
            "dataset": record.dataset,
            "registered_at": record.registered_at,
            "quality": Quality.NOT_MEASURED.value,
        }
        tx.execute(sa.insert(_records).values(**values))


def retire_record(tx: Tx, dataset: str, at: datetime) -> None:
    """Take the record of a retired dataset out of the catalogue; that it was there is kept."""
    _update(tx, dataset, in_force=False, changed_at=at)


def put_external(tx: Tx, record: DatasetRecord, parts: Sequence[Part]) -> None:
    """Write or replace what is known of a dataset of another portal."""
    entry = record.external
    if entry is None:
        raise ValueError("a record of another portal's dataset has its entry")
    put_record(tx, record, parts)
    said = {
        **asdict(entry),
        "changed_at": entry.changed_at.isoformat(),
        "tags": list(entry.tags),
        "formats": list(entry.formats),
    }
    _update(tx, record.dataset, external=said)


def put_release(
    tx: Tx, dataset: str, release: LastRelease | None, delivery: str | None, at: datetime
) -> None:
    """Write which release is current and how its delivery was checked, or that there is none."""
    quality = None if delivery is None else check(tx, delivery)
    _update(
        tx,
        dataset,
        release=release.id if release else None,
        release_number=release.number if release else None,
        release_rows=release.rows if release else None,
        released_at=release.at if release else None,
        confirmed_at=None,
        quality=(quality or Quality.NOT_MEASURED).value,
        changed_at=at,
    )
    # What was read in rows that are served no more must not be found any more either.
    newest = release.number if release else 0
    unread = sa.delete(_looked).where(_looked.c.dataset == dataset, _looked.c.number > newest)
    if tx.execute(unread).rowcount:
        touch(tx, _records.c.dataset == dataset)


def put_check(tx: Tx, delivery: str, quality: Quality, marked: bool) -> None:
    """Keep how a delivery was checked, for whenever it is behind the current release.

    `marked` says whether any of its rows was published in spite of a rule.
    """
    tx.execute(sa.delete(_checks).where(_checks.c.delivery == delivery))
    tx.execute(sa.insert(_checks).values(delivery=delivery, quality=quality.value, marked=marked))


def is_marked(tx: Tx, delivery: str) -> bool:
    """Say whether any row of a delivery was published in spite of a rule."""
    found = tx.execute(sa.select(_checks.c.marked).where(_checks.c.delivery == delivery))
    return bool(found.scalar_one_or_none())


def check(tx: Tx, delivery: str) -> Quality | None:
    """Read how a delivery was checked."""
    found = tx.execute(sa.select(_checks.c.quality).where(_checks.c.delivery == delivery))
    row = found.one_or_none()
    return None if row is None else Quality(row.quality)


def held(tx: Tx, dataset: str) -> str | None:
    """Give the newest delivery of a dataset, if it is held."""
    found = tx.execute(sa.select(_records.c.held).where(_records.c.dataset == dataset))
    return found.scalar_one_or_none()


def put_held(tx: Tx, dataset: str, delivery: str | None, at: datetime) -> None:
    """Write that the newest delivery is held, or that it is not."""
    _update(tx, dataset, held=delivery, changed_at=at)


def put_confirmed(tx: Tx, dataset: str, at: datetime) -> None:
    """Write when the rows of the current release were last said to be still valid."""
    _update(tx, dataset, confirmed_at=at, changed_at=at)


def put_looked(tx: Tx, looked: Looked) -> bool:
    """Write what was read in the rows of a release, if it still is the current one; say if so."""
    current = tx.execute(
        sa.select(_records.c.release).where(_records.c.dataset == looked.dataset).with_for_update()
    ).scalar_one_or_none()
    if current != looked.release:
        return False
    first, last = looked.years or (None, None)
    tx.execute(sa.delete(_looked).where(_looked.c.dataset == looked.dataset))
    tx.execute(
        sa.insert(_looked).values(
            dataset=looked.dataset,
            release=looked.release,
            number=looked.number,
            **_searched(looked.parts),
            first_year=first,
            last_year=last,
        )
    )
    touch(tx, _records.c.dataset == looked.dataset)
    return True


def _update(tx: Tx, dataset: str, **values: object) -> None:
    marked = {**values, "mark": _next_mark(tx)}
    tx.execute(sa.update(_records).where(_records.c.dataset == dataset).values(**marked))


# -- reading -----------------------------------------------------------------------------------

_HEAVY = (_records.c.parts, _records.c.plain, _records.c.terms)
_LIGHT = tuple(column for column in _records.c if column not in _HEAVY)
_WITH_YEARS = _records.outerjoin(_looked, _records.c.dataset == _looked.c.dataset)
_FACTS = sa.select(*_LIGHT, _looked.c.first_year, _looked.c.last_year).select_from(_WITH_YEARS)


def changed_since(tx: Tx, mark: int) -> Iterator[Stored]:
    """Read the records that changed at `mark` or after it, retired ones too, without texts."""
    wanted = _FACTS.where(_records.c.mark >= mark).execution_options(yield_per=2_000)
    for row in tx.execute(wanted).mappings():
        yield _stored(row)


def texts_by_id(tx: Tx, datasets: Iterable[str]) -> dict[str, Texts]:
    """Read the texts of some datasets: those of the contract, then those of its rows."""
    columns = (_records.c.plain, _records.c.parts, _looked.c.plain, _looked.c.parts)
    wanted = (
        sa.select(_records.c.dataset, *columns)
        .select_from(_WITH_YEARS)
        .where(_records.c.dataset.in_(list(datasets)))
    )
    return {
        dataset: Texts(plain, parts) + Texts(read_plain or "", read or "")
        for dataset, plain, parts, read_plain, read in tx.execute(wanted)
    }


def texts_of(parts: Iterable[Part]) -> Texts:
    """Give parts as they are looked through."""
    lines = [(line_of(part.text), _packed_part(part)) for part in parts]
    return Texts("\n".join(line for line, _ in lines), "\n".join(packed for _, packed in lines))


def part_of(packed: str) -> Part:
    """Give the part that a line of `Texts.packed` holds."""
    place, text, vi, en = json.loads(packed)
    return Part(Place(place), text, Bilingual(vi, en))


def _searched(parts: Sequence[Part]) -> dict[str, object]:
    """Give the columns that hold texts: as they are, without diacritics, and as weighed words."""
    texts = texts_of(parts)
    return {
        "parts": texts.packed,
        "plain": texts.plain,
        "terms": _packed(terms_of(parts)),
    }


def _packed_part(part: Part) -> str:
    said = [part.place.value, part.text, part.label.vi, part.label.en]
    # JSON writes a line break as two letters, so a line holds one part whatever it says.
    return json.dumps(said, ensure_ascii=False)


def listed(
    tx: Tx, *, private: bool, since: datetime | None, offset: int, limit: int
) -> tuple[tuple[DatasetRecord, ...], int]:
    """Read records in force by id, changed at `since` or later, and how many there are in all."""
    holds = [_records.c.in_force, _records.c.external.is_(None)]
    if not private:
        holds.append(_records.c.access_level != AccessLevel.PRIVATE.value)
    if since is not None:
        holds.append(_records.c.changed_at >= since)
    total = tx.execute(sa.select(sa.func.count()).select_from(_records).where(*holds))
    page = _FACTS.where(*holds).order_by(_records.c.dataset).offset(offset).limit(limit)
    found = tuple(_stored(row).record for row in tx.execute(page).mappings())
    return found, int(total.scalar_one())


def record(tx: Tx, dataset: str) -> DatasetRecord | None:
    """Read one record in force."""
    row = (
        tx.execute(_FACTS.where(_records.c.dataset == dataset, _records.c.in_force))
        .mappings()
        .one_or_none()
    )
    return None if row is None else _stored(row).record


def _stored(row: sa.RowMapping) -> Stored:
    years = None if row["first_year"] is None else (row["first_year"], row["last_year"])
    record_ = DatasetRecord(
        dataset=row["dataset"],
        name=Bilingual(**row["name"]),
        description=Bilingual(**row["description"]),
        sector=row["sector"],
        agency=row["agency"],
        database=row["database"],
        access_level=AccessLevel(row["access_level"]),
        simulated=row["simulated"],
        update_cycle=row["update_cycle"],
        contract_hash=row["contract_hash"],
        contract_version=row["contract_version"],
        release=_release(
            row["release"], row["release_number"], row["release_rows"], row["released_at"]
        ),
        tags=tuple(row["tags"]),
        licence=row["licence"],
        areas=tuple(map(Area, row["areas"])),
        quality=Quality.DELIVERY_HELD if row["held"] else Quality(row["quality"]),
        years=years,
        registered_at=row["registered_at"],
        changed_at=row["changed_at"],
        confirmed_at=row["confirmed_at"],
        external=_external(row["external"]),
    )
    return Stored(record_, row["text_mark"], row["in_force"])


def _external(said: Mapping[str, JSON] | None) -> ExternalEntry | None:
    return None if said is None else _EXTERNAL.validate_python(said)


def _release(release: str | None, number: int, rows: int, at: datetime) -> LastRelease | None:
    return None if release is None else LastRelease(release, number, rows, at)


def terms_by_id(tx: Tx, datasets: Iterable[str]) -> dict[str, dict[str, float]]:
    """Read the weighed words of some datasets: those of the contract and of its rows."""
    wanted = (
        sa.select(_records.c.dataset, _records.c.terms, _looked.c.terms)
        .select_from(_WITH_YEARS)
        .where(_records.c.dataset.in_(list(datasets)))
    )
    found = {}
    for dataset, said, read in tx.execute(wanted):
        found[dataset] = _unpacked(said)
        for term, weight in (_unpacked(read) if read else {}).items():
            found[dataset][term] = found[dataset].get(term, 0.0) + weight
    return found


def _packed(terms: Mapping[str, float]) -> bytes:
    whole = {term: round(weight * _STEPS) for term, weight in terms.items()}
    return zlib.compress(json.dumps(whole, ensure_ascii=False).encode(), 1)


def _unpacked(stored: bytes) -> dict[str, float]:
    whole: dict[str, int] = json.loads(zlib.decompress(stored))
    return {term: steps / _STEPS for term, steps in whole.items()}
