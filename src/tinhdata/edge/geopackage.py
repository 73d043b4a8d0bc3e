"""Rows as a GeoPackage (OGC 12-128r19, version 1.3): one table of features in an SQLite file.

Written with SQLite alone, so that the same rows give the same bytes. Moments are in UTC there, as
the standard asks; in all other files they are in the time of Việt Nam.
"""

import sqlite3
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from tinhdata.contracts import Column, LogicalType
from tinhdata.edge.geojson import geometries
from tinhdata.edge.places import Coordinates, Placing
from tinhdata.edge.plain import Columns
from tinhdata.kernel import quote_identifier
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.warehouse import Value

MEDIA_TYPE = "application/geopackage+sqlite3"
_APPLICATION_ID = 0x47504B47  # "GPKG"
_VERSION = 10300
_WGS84 = 4326
_TYPES: Mapping[LogicalType, str] = {
    LogicalType.STRING: "TEXT",
    LogicalType.INTEGER: "INTEGER",
    LogicalType.NUMBER: "REAL",
    LogicalType.BOOLEAN: "BOOLEAN",
    LogicalType.DATE: "DATE",
    LogicalType.TIMESTAMP: "DATETIME",
}
_SYSTEMS = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL,
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents (table_name), column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys (srs_id),
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name)
);
"""
_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4326"]]'
)


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What the file says about its one layer."""

    table: str
    title: str
    description: str
    changed_at: datetime


def write_geopackage(
    path: Path,
    facts: LayerFacts,
    columns: Sequence[Column],
    batches: Iterable[Columns],
    placing: Placing,
    coordinates: Mapping[str, Coordinates],
) -> None:
    """Write all rows into the new file `path`; rows without a place have no geometry."""
    kept = [at for at, column in enumerate(columns) if column.name != placing.shape]
    own = _Names.beside(columns[at].name for at in kept)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID:d}")
        db.execute(f"PRAGMA user_version = {_VERSION:d}")
        db.execute("BEGIN")
        for statement in filter(str.strip, _SYSTEMS.split(";")):
            db.execute(statement)
        db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", _systems())
        table = quote_identifier(facts.table)
        made = ", ".join(
            f"{quote_identifier(columns[at].name)} {_TYPES[columns[at].logical_type]}"
            for at in kept
        )
        db.execute(
            f"CREATE TABLE {table} ({quote_identifier(own.id)} INTEGER PRIMARY KEY AUTOINCREMENT "
            f"NOT NULL, {quote_identifier(own.geometry)} GEOMETRY{', ' if made else ''}{made})"
        )
        places = ", ".join("?" * (len(kept) + 1))
        insert = f"INSERT INTO {table} VALUES (NULL, {places})"  # noqa: S608 - quoted by the kernel
        box = np.array([np.inf, np.inf, -np.inf, -np.inf])
        for batch in batches:
            shapes = geometries(columns, batch, placing, coordinates)
            box = _grown(box, shapes)
            values = [list(map(_value, batch[at])) for at in kept]
            db.executemany(insert, zip(_blobs(shapes), *values, strict=True))
        _describe(db, facts, own.geometry, box)
        db.execute("COMMIT")


@dataclass(frozen=True, slots=True)
class _Names:
    """What the two columns are called that the file has besides those of the rows."""

    id: str
    geometry: str

    @classmethod
    def beside(cls, taken: Iterable[str]) -> "_Names":
        there = {name.lower() for name in taken}
        return cls(*("_" * (name in there) + name for name in ("fid", "geom")))


def _systems() -> "list[tuple[str, int, str, int, str]]":
    """Give the three systems that every GeoPackage has (requirement 11); no other is used here."""
    return [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84", _WGS84, "EPSG", _WGS84, _WGS84_WKT),
    ]


def _describe(
    db: sqlite3.Connection, facts: LayerFacts, geometry: str, box: NDArray[np.float64]
) -> None:
    ends = [float(end) if np.isfinite(end) else None for end in box]
    changed = facts.changed_at.astimezone(UTC)
    db.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (facts.table, facts.title, facts.description, _moment(changed), *ends, _WGS84),
    )
    db.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', ?, 0, 0)",
        (facts.table, geometry, _WGS84),
    )


def _grown(box: NDArray[np.float64], shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    ends = shapely.total_bounds(shapes)
    if np.isnan(ends).any():
        return box
    return np.array([*np.minimum(box[:2], ends[:2]), *np.maximum(box[2:], ends[2:])])


_HEAD = struct.pack("<2sBBi", b"GP", 0, 0b0000_0001, _WGS84)
"""Version 1, little-endian, without an envelope (clause 2.1.3)."""


def _blobs(shapes: NDArray[np.object_]) -> "list[bytes | None]":
    written = shapely.to_wkb(shapes, byte_order=1)
    return [None if wkb is None else _HEAD + bytes(wkb) for wkb in written]


def _value(value: Value) -> str | int | float | None:
    match value:
        case bool():
            return int(value)
        case Decimal():
            return float(value)
        case datetime():
            local = value if value.tzinfo else value.replace(tzinfo=VIETNAM_TIME)
            return _moment(local.astimezone(UTC))
        case date():
            return value.isoformat()
        case _:
            return value


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
