"""Geometries of a column: WKT as it comes -> WKT as it is stored, and what is wrong with it.

Pure values in and out; the engine calls it for many cells at once under the name `read_geometry`.
Nothing is mended but what loses nothing: heights fall away, coordinates are rounded to 7 decimals
(about a centimetre), a single polygon becomes a set of one where only sets are taken.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import shapely
from duckdb import func
from numpy.typing import NDArray

from tinhdata.contracts.model import Contract, GeometrySpec, GeometryType
from tinhdata.kernel import quote_literal

FUNCTION = "read_geometry"
DECIMALS = 7
ENGINE = f"GEOS {shapely.geos_version_string}"

Shapes: TypeAlias = "NDArray[np.object_]"

_SYSTEM = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;", re.IGNORECASE)
_PLAIN = re.compile(r"\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\s*(GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE|"
    r"TRIANGLE|TIN|POLYHEDRALSURFACE|LINEARRING)\b",
    re.IGNORECASE,
)
_WGS84 = "4326"
_LARGEST = 1e9
"""Coordinates beyond this are no place on Earth in any unit; no validity is worked out for them."""

_SINGLE_OF = {
    GeometryType.MULTI_POINT: GeometryType.POINT,
    GeometryType.MULTI_LINE_STRING: GeometryType.LINE_STRING,
    GeometryType.MULTI_POLYGON: GeometryType.POLYGON,
}
_MULTI_OF = {single: multi for multi, single in _SINGLE_OF.items()}
_SET_OF: Mapping[GeometryType, Callable[[list[shapely.Geometry]], shapely.Geometry]] = {
    GeometryType.POINT: shapely.multipoints,
    GeometryType.LINE_STRING: shapely.multilinestrings,
    GeometryType.POLYGON: shapely.multipolygons,
}
_RESULT = pa.struct(
    [
        ("wkt", pa.string()),
        ("kind", pa.string()),
        ("vertices", pa.int64()),
        ("fault", pa.string()),
        ("west", pa.float64()),
        ("south", pa.float64()),
        ("east", pa.float64()),
        ("north", pa.float64()),
    ]
)


class GeometryFault(StrEnum):
    """Why a geometry cannot be stored, or that it is stored though it is not valid."""

    UNREADABLE = "unreadable"
    SYSTEM = "system"
    """It names another coordinate system than WGS 84."""
    ENDLESS = "endless"
    """A coordinate is no finite number."""
    KIND = "kind"
    """It is of a kind that the column does not take."""
    VERTICES = "vertices"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class GeometryRead:
    """One geometry as it was read; `wkt` is None where it cannot be stored."""

    wkt: str | None
    kind: str | None
    vertices: int | None
    fault: GeometryFault | None
    box: tuple[float, float, float, float] | None = None
    shape: shapely.Geometry | None = None


def geometry_sql(spec: GeometrySpec, text: str) -> str:
    """Write the call that reads the column `text` as geometries of `spec`."""
    kinds = quote_literal(" ".join(spec.types))
    return f"{FUNCTION}({text}, {kinds}, {int(spec.max_vertices)})"


def register(db: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make `read_geometry` known to `db` where a column of `contract` holds geometries."""
    if not any(column.geometry is not None for column in contract.columns):
        return
    db.create_function(
        FUNCTION,
        _many,
        ["VARCHAR", "VARCHAR", "BIGINT"],
        "STRUCT(wkt VARCHAR, kind VARCHAR, vertices BIGINT, fault VARCHAR, west DOUBLE, "
        "south DOUBLE, east DOUBLE, north DOUBLE)",
        type=func.ARROW,
        null_handling=func.SPECIAL,
    )


def read_one(text: str, spec: GeometrySpec) -> GeometryRead:
    """Read one geometry, as the check does."""
    return read_many((text,), frozenset(spec.types), spec.max_vertices)[0]


def _many(texts: pa.Array, kinds: pa.Array, most: pa.Array) -> pa.Array:
    if not len(texts):
        return pa.array([], _RESULT)
    wanted = frozenset(GeometryType(kind) for kind in kinds[0].as_py().split())
    values = texts.to_pylist()
    found = iter(read_many([text for text in values if text is not None], wanted, most[0].as_py()))
    rows = [None if text is None else next(found) for text in values]
    return pa.array([None if row is None else _as_row(row) for row in rows], _RESULT)


def _as_row(read: GeometryRead) -> dict[str, str | int | float | None]:
    west, south, east, north = read.box or (None, None, None, None)
    return {
        "wkt": read.wkt,
        "kind": read.kind,
        "vertices": read.vertices,
        "fault": read.fault,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def read_many(
    texts: Sequence[str], wanted: frozenset[GeometryType], most: int
) -> list[GeometryRead]:
    """Read `texts` as geometries of the `wanted` kinds with at most `most` vertices each."""
    with np.errstate(all="ignore"):  # what is no number is found below, and is no warning
        return _read_many(texts, wanted, most)


def _read_many(
    texts: Sequence[str], wanted: frozenset[GeometryType], most: int
) -> list[GeometryRead]:
    opened = [_opened(text) for text in texts]
    shapes = shapely.from_wkt(np.array([one.wkt for one in opened], object), on_invalid="ignore")
    faults = [one.fault for one in opened]
    _fault(faults, shapely.is_missing(shapes), GeometryFault.UNREADABLE)
    counts = shapely.get_num_coordinates(shapes)
    _fault(faults, counts > most, GeometryFault.VERTICES)
    _fault(faults, _are_endless(shapes), GeometryFault.ENDLESS)
    kinds = [
        one.kind if shape is None else shape.geom_type
        for one, shape in zip(opened, shapes, strict=True)
    ]
    sound = np.array([at for at, fault in enumerate(faults) if fault is None], dtype=np.int64)
    flat = shapely.force_2d(shapes[sound])
    for place, at in enumerate(sound):
        fitted = _fitted(flat[place], wanted)
        if fitted is None:
            faults[at] = GeometryFault.KIND
        flat[place] = fitted
    stored, is_valid = _rounded(flat)
    wkt = shapely.to_wkt(stored, rounding_precision=DECIMALS, trim=True)
    boxes = shapely.bounds(stored)
    read = [
        GeometryRead(None, kind, int(count) if count else None, fault)
        for kind, count, fault in zip(kinds, counts, faults, strict=True)
    ]
    for place, at in enumerate(sound):
        if stored[place] is not None:
            west, south, east, north = map(float, boxes[place])
            fault = None if is_valid[place] else GeometryFault.INVALID
            read[at] = GeometryRead(
                wkt[place],
                stored[place].geom_type,
                int(counts[at]),
                fault,
                (west, south, east, north),
                stored[place],
            )
    return read


class _Opened(NamedTuple):
    """WKT that may be handed to the reader, or why it may not."""

    wkt: str | None
    fault: GeometryFault | None = None
    kind: str | None = None


def _opened(text: str) -> _Opened:
    """Look at the beginning of `text`. Collections nest without end; none reaches the reader."""
    if (system := _SYSTEM.match(text)) is not None:
        if system[1] != _WGS84:
            return _Opened(None, GeometryFault.SYSTEM)
        text = text[system.end() :]
    if _PLAIN.match(text):
        return _Opened(text)
    if (other := _OTHER.match(text)) is not None:
        return _Opened(None, GeometryFault.KIND, other[1].upper())
    return _Opened(None, GeometryFault.UNREADABLE)


def _fault(
    faults: list[GeometryFault | None], where: NDArray[np.bool_], fault: GeometryFault
) -> None:
    for at in np.flatnonzero(where):
        faults[at] = faults[at] or fault


def _are_endless(shapes: Shapes) -> NDArray[np.bool_]:
    """Say which of `shapes` have a coordinate that is no finite number, or none at all."""
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    endless = np.zeros(len(shapes), dtype=np.bool_)
    endless[owners[~np.isfinite(points).all(axis=1)]] = True
    empty: NDArray[np.bool_] = shapely.is_empty(shapes)
    return endless | empty


def _fitted(shape: shapely.Geometry, wanted: frozenset[GeometryType]) -> shapely.Geometry | None:
    """Give `shape` as a kind that is wanted, None where that would lose something."""
    kind = shape.geom_type
    if kind in wanted:
        return shape
    if _MULTI_OF.get(kind) in wanted:
        return _SET_OF[kind]([shape])
    if _SINGLE_OF.get(kind) in wanted and shapely.get_num_geometries(shape) == 1:
        return shapely.get_geometry(shape, 0)
    return None


def _rounded(shapes: Shapes) -> tuple[Shapes, NDArray[np.bool_]]:
    """Give `shapes` with rounded coordinates, and which of them are valid.

    Where rounding alone makes a thin shape cross itself, its vertices are snapped so that it stays
    valid.
    """
    rounded = shapely.transform(shapes, lambda points: np.round(points, DECIMALS) + 0.0)
    bounds = np.abs(shapely.bounds(rounded))
    sane = (np.nan_to_num(bounds, nan=np.inf) < _LARGEST).all(axis=1)
    is_valid = ~sane
    is_valid[sane] = shapely.is_valid(rounded[sane])
    for at in np.flatnonzero(~is_valid):
        if shapes[at] is not None and shapely.is_valid(shapes[at]):
            snapped = shapely.set_precision(shapes[at], 10**-DECIMALS)
            if not snapped.is_empty and snapped.geom_type == shapes[at].geom_type:
                rounded[at], is_valid[at] = snapped, True
    return rounded, is_valid


def invalid_reason(shape: shapely.Geometry) -> tuple[str, str]:
    """Give GEOS's words for what is wrong with `shape` and the place, as `lon lat`."""
    words, _, place = str(shapely.is_valid_reason(shape)).partition("[")
    return words.strip(), place.rstrip("] ")
