"""Layers for tests: written by GDAL as GeoPackage and Shapefile, by hand as GeoJSON."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from tinhdata.contracts import Contract, GeometrySpec, GeometryType, LogicalType
from tinhdata.contracts.model import AccessLevel, Bilingual, Column, Importance
from tinhdata.vietnam import Unreadable, way_to_wgs84

BOX = (105.4, 21.3, 106.3, 22.8)
AREAS = (GeometryType.POLYGON, GeometryType.MULTI_POLYGON)
Shapes = NDArray[np.object_]
Fields = Mapping[str, Sequence[str | float | None]]


def layer_contract(
    *types: GeometryType,
    columns: Sequence[Column] = (),
    box: tuple[float, float, float, float] = BOX,
    required: bool = False,
) -> Contract:
    """Give a contract with a key `ma`, a name `ten`, `columns` and the geometry `hinh`."""
    own = columns or (text_column("ma", "Mã", required=True), text_column("ten", "Tên"))
    shape = Column(
        id="hinh",
        name="hinh",
        label=Bilingual("Ranh giới"),
        logical_type=LogicalType.STRING,
        required=required,
        geometry=GeometrySpec(types or AREAS, box),
        filterable=False,
    )
    return Contract(
        id="lop-thu",
        version="1.0.0",
        name=Bilingual("Lớp thử"),
        description=Bilingual("Lớp để thử"),
        sector="thu",
        agency="H00.1",
        table="lop_thu",
        columns=(*own, shape),
        key=(own[0].name,),
        access_level=AccessLevel.OPEN,
        importance=Importance.ORDINARY,
        data_layer="reference",
        legal_basis=(),
    )


def text_column(
    name: str,
    label: str,
    logical_type: LogicalType = LogicalType.STRING,
    *,
    required: bool = False,
    synonyms: tuple[str, ...] = (),
    missing_values: tuple[str, ...] = (),
) -> Column:
    return Column(
        id=name,
        name=name,
        label=Bilingual(label),
        logical_type=logical_type,
        required=required,
        synonyms=synonyms,
        missing_values=missing_values,
    )


def squares(count: int, *, lon: float = 105.6, lat: float = 21.5) -> Shapes:
    """Give `count` small squares in a row, in degrees."""
    corners = [
        shapely.box(lon + 0.01 * n, lat, lon + 0.01 * n + 0.008, lat + 0.008) for n in range(count)
    ]
    return np.array(corners, dtype=object)


def in_system(shapes: Shapes, key: str) -> Shapes:
    """Give `shapes`, in degrees, in the coordinates of the system `key`."""
    way = way_to_wgs84(key)
    assert not isinstance(way, Unreadable)
    turned: Shapes = shapely.transform(shapes, way.metres)
    return turned


def write_layer(
    path: Path,
    shapes: Shapes,
    fields: Fields,
    *,
    crs: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
) -> Path:
    """Write a layer by the ending of `path`; a GeoPackage that is there gets one more."""
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    kind = "Unknown" if path.suffix == ".gpkg" or len(kinds) != 1 else kinds.pop()
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(shapes),
        [np.array(values, dtype=_dtype(values)) for values in fields.values()],
        list(fields),
        geometry_type=kind,
        crs=crs,
        layer=layer,
        append=path.exists(),
        encoding=encoding,
        driver="GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile",
    )
    return path


def _dtype(values: Sequence[str | float | None]) -> type:
    return float if all(isinstance(value, float) for value in values) else object


def write_shapefile(
    folder: Path,
    shapes: Shapes,
    fields: Fields,
    *,
    crs: str | None = None,
    prj: str | None = None,
    name: str = "lop",
    encoding: str = "UTF-8",
    without: Sequence[str] = (),
) -> Path:
    """Write a Shapefile and pack it into a ZIP; `prj` replaces the .prj, `without` leaves out."""
    folder.mkdir(parents=True, exist_ok=True)
    write_layer(folder / f"{name}.shp", shapes, fields, crs=crs, encoding=encoding)
    if prj is not None:
        (folder / f"{name}.prj").write_text(prj, "utf-8")
    return pack(folder, folder.parent / f"{folder.name}.zip", without)


def pack(folder: Path, target: Path, without: Sequence[str] = ()) -> Path:
    """Pack the files of `folder` but for the endings `without`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if path.suffix not in without:
                archive.write(path, path.name)
    return target


def collection(shapes: Shapes, rows: Sequence[Mapping[str, object]], **members: object) -> str:
    """Write GeoJSON with `rows` as properties; `members` stand beside the features."""
    features = [
        {"type": "Feature", "properties": dict(row), "geometry": shape_json(shape)}
        for shape, row in zip(shapes, rows, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", **members, "features": features})


def shape_json(shape: shapely.Geometry | None) -> object:
    """Give a geometry as GeoJSON has it."""
    return None if shape is None else json.loads(shapely.to_geojson(shape))
