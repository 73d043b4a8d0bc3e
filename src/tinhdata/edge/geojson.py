"""Rows as GeoJSON (RFC 7946): a feature per row, the other columns as its properties."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring

import numpy as np
import shapely
from numpy.typing import NDArray

from tinhdata.contracts import Column
from tinhdata.edge.errors import NotOnMap
from tinhdata.edge.places import Coordinates, Placing
from tinhdata.edge.plain import Columns, json_text
from tinhdata.kernel import JSON, t
from tinhdata.warehouse import Value

MEDIA_TYPE = "application/geo+json"


def not_on_map() -> NotOnMap:
    """Say that rows have no place."""
    return NotOnMap(
        t("The rows have no place on a map."),
        fix=t("Download them as CSV, JSON or Parquet instead."),
    )


def geojson_lines(
    meta: Mapping[str, JSON],
    columns: Sequence[Column],
    batches: Iterable[Columns],
    placing: Placing,
    coordinates: Mapping[str, Coordinates],
) -> Iterator[bytes]:
    """Write one collection: `meta` beside its features; a piece per batch.

    `coordinates` says where codes lie. The geometry is no property; others stay ones as WKT.
    """
    names = [encode_basestring(column.name) for column in columns]
    kept = [at for at, column in enumerate(columns) if column.name != placing.shape]
    head = json.dumps(meta, ensure_ascii=False)
    yield f'{{"type":"FeatureCollection","meta":{head},"features":['.encode()
    separator = "\n"
    for batch in batches:
        shapes = _shapes(columns, batch, placing, coordinates)
        rows = zip(*batch, strict=True)
        lines = [_feature(shape, row, names, kept) for shape, row in zip(shapes, rows, strict=True)]
        if lines:
            yield (separator + ",\n".join(lines)).encode()
            separator = ",\n"
    yield b"\n]}\n"


def geometries(
    columns: Sequence[Column],
    batch: Columns,
    placing: Placing,
    coordinates: Mapping[str, Coordinates],
) -> NDArray[np.object_]:
    """Give the geometry of each row of `batch`; what a mask left of one is none."""
    if placing.shape is not None:
        texts = [
            value if isinstance(value, str) else None
            for value in _of(columns, batch, placing.shape)
        ]
        read: NDArray[np.object_] = shapely.from_wkt(
            np.array(texts, dtype=object), on_invalid="ignore"
        )
        return read
    found = np.full(len(batch[0]) if batch else 0, None, dtype=object)
    for at, place in enumerate(_places(columns, batch, placing, coordinates)):
        if place is not None:
            found[at] = shapely.Point(*(float(str(end)) for end in place))
    return found


def _feature(shape: str, row: Sequence[Value], names: Sequence[str], kept: Sequence[int]) -> str:
    properties = ",".join(f"{names[at]}:{json_text(row[at])}" for at in kept)
    return f'{{"type":"Feature","geometry":{shape},"properties":{{{properties}}}}}'


def _shapes(
    columns: Sequence[Column],
    batch: Columns,
    placing: Placing,
    coordinates: Mapping[str, Coordinates],
) -> list[str]:
    if placing.shape is not None:
        written = shapely.to_geojson(geometries(columns, batch, placing, coordinates))
        return ["null" if text is None else str(text) for text in written]
    return [
        "null"
        if place is None
        else f'{{"type":"Point","coordinates":[{json_text(place[0])},{json_text(place[1])}]}}'
        for place in _places(columns, batch, placing, coordinates)
    ]


def _places(
    columns: Sequence[Column],
    batch: Columns,
    placing: Placing,
    coordinates: Mapping[str, Coordinates],
) -> "list[tuple[Value, Value] | None]":
    """Give longitude and latitude of each row with every digit; None for rows without a place."""
    if placing.code is not None:
        return [coordinates.get(str(code)) for code in _of(columns, batch, placing.code)]
    longitudes = _of(columns, batch, placing.longitude or "")
    latitudes = _of(columns, batch, placing.latitude or "")
    return [
        None if isinstance(lon, str | None) or isinstance(lat, str | None) else (lon, lat)
        for lon, lat in zip(longitudes, latitudes, strict=True)
    ]


def _of(columns: Sequence[Column], batch: Columns, name: str) -> Sequence[Value]:
    return next(
        values for column, values in zip(columns, batch, strict=True) if column.name == name
    )
