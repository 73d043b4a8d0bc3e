"""Rows as GeoJSON (RFC 7946): a feature per row, the other columns as its properties."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import TypeAlias

import numpy as np
import shapely

from tinhdata.contracts import Column
from tinhdata.edge.errors import NotOnMap
from tinhdata.edge.plain import Columns, json_text
from tinhdata.kernel import JSON, t
from tinhdata.warehouse import Value

MEDIA_TYPE = "application/geo+json"
_LONGITUDE, _LATITUDE = "longitude", "latitude"

Places: TypeAlias = "tuple[int, ...]"
"""Which column holds the geometry, or which two hold longitude and latitude."""


def is_on_map(columns: Sequence[Column]) -> bool:
    """Say whether rows of `columns` have a place: a geometry, or longitude and latitude."""
    return bool(_places(columns))


def geojson_lines(
    meta: Mapping[str, JSON], columns: Sequence[Column], batches: Iterable[Columns]
) -> Iterator[bytes]:
    """Write one collection: `meta` beside its features; a piece per batch.

    The first column of geometries is the geometry; others stay properties as WKT. Raises NotOnMap
    where the rows have no place.
    """
    places = _places(columns)
    if not places:
        raise NotOnMap(
            t("The rows have no place on a map."),
            fix=t("Download them as CSV, JSON or Parquet instead."),
        )
    is_shape = columns[places[0]].geometry is not None
    hidden = set(places) if is_shape else set()
    names = [encode_basestring(column.name) for column in columns]
    kept = [at for at in range(len(columns)) if at not in hidden]
    head = json.dumps(meta, ensure_ascii=False)
    yield f'{{"type":"FeatureCollection","meta":{head},"features":['.encode()
    separator = "\n"
    for batch in batches:
        shapes = _shapes(batch[places[0]]) if is_shape else _points(*(batch[at] for at in places))
        rows = zip(*batch, strict=True)
        lines = [_feature(shape, row, names, kept) for shape, row in zip(shapes, rows, strict=True)]
        if lines:
            yield (separator + ",\n".join(lines)).encode()
            separator = ",\n"
    yield b"\n]}\n"


def _feature(shape: str, row: Sequence[Value], names: Sequence[str], kept: Sequence[int]) -> str:
    properties = ",".join(f"{names[at]}:{json_text(row[at])}" for at in kept)
    return f'{{"type":"Feature","geometry":{shape},"properties":{{{properties}}}}}'


def _places(columns: Sequence[Column]) -> Places:
    for at, column in enumerate(columns):
        if column.geometry is not None:
            return (at,)
    kinds = {column.semantic_type: at for at, column in reversed(list(enumerate(columns)))}
    if _LONGITUDE in kinds and _LATITUDE in kinds:
        return (kinds[_LONGITUDE], kinds[_LATITUDE])
    return ()


def _shapes(values: Sequence[Value]) -> list[str]:
    """Give geometries; what a mask left of one is none."""
    texts = [value if isinstance(value, str) else None for value in values]
    read = shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore")
    written = shapely.to_geojson(read)
    return ["null" if text is None else str(text) for text in written]


def _points(longitudes: Sequence[Value], latitudes: Sequence[Value]) -> list[str]:
    return [
        "null"
        if isinstance(lon, str | None) or isinstance(lat, str | None)
        else f'{{"type":"Point","coordinates":[{json_text(lon)},{json_text(lat)}]}}'
        for lon, lat in zip(longitudes, latitudes, strict=True)
    ]
