"""Layers of GeoPackages and Shapefiles, read by GDAL in a process of its own, which may die of it.

GDAL is a large library in C++; a crafted file can end the process that reads it. It may open local
files of three formats and nothing else: all other drivers are taken away before it starts.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypedDict

import pyarrow.parquet as pq

from tinhdata.intake.errors import FileRefused
from tinhdata.intake.trial import require_loadable
from tinhdata.kernel import sha256_hex, t

_ROWS = 5_000
_MOST_OUTPUT = 4 << 30

_OTHER_DRIVERS = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,"
    "Elasticsearch,FlatGeobuf,GDALG,GML,GPSBabel,GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,"
    "JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,MVT,MapInfo File,MapML,MiraMonVector,NGW,"
    "OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,"
    "PLSCENES,PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
"""The drivers of GDAL 3.12 that are taken away; one that is new is found and taken away, too."""

_ONLY_THREE = """
import os
is_again = "TINHDATA_AGAIN" in os.environ
if not is_again:
    os.environ["OGR_SKIP"] = sys.argv[6]
os.environ.update(GDAL_NUM_THREADS="1", OGR_GPKG_NUM_THREADS="1", PROJ_NETWORK="OFF",
    CPL_VSIL_CURL_ALLOWED_EXTENSIONS="none")
import pyogrio
others = set(pyogrio.list_drivers()) - {"GPKG", "ESRI Shapefile", "GeoJSON"}
if others and not is_again:
    os.environ["OGR_SKIP"] += "," + ",".join(sorted(others))
    os.environ["TINHDATA_AGAIN"] = "1"
    os.execv(sys.executable, sys.orig_argv)
if others:
    sys.exit(4)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]), int(sys.argv[5])))
import json, warnings
import pyarrow
pyarrow.set_memory_pool(pyarrow.system_memory_pool())
import pyarrow.compute
import pyarrow.parquet
"""

_LIST = (
    _ONLY_THREE
    + """
if sys.argv[1].endswith(".gpkg"):
    import sqlite3
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro&immutable=1", uri=True)
    if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        sys.exit(3)
    db.close()
found = []
for name, kind in pyogrio.list_layers(sys.argv[1]):
    if kind is None:
        continue
    info = pyogrio.read_info(sys.argv[1], layer=name, force_feature_count=True)
    found.append({"name": str(name), "kind": str(kind), "crs": info["crs"] or "",
        "fields": [str(field) for field in info["fields"]], "features": int(info["features"]),
        "numeric": [str(kind)[:3] in ("int", "flo") for kind in info["dtypes"]]})
with open(sys.argv[4], "w", encoding="utf-8") as out:
    json.dump(found, out)
"""
)

_DUMP = (
    _ONLY_THREE
    + """
def number(value):
    from decimal import Decimal
    whole = value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else format(Decimal(repr(value)), "f")
def text(column):
    kind, types = column.type, pyarrow.types
    if types.is_binary(kind) or types.is_large_binary(kind):
        write = bytes.hex
    elif types.is_floating(kind):
        write = number
    elif types.is_timestamp(kind):
        write = lambda moment: moment.isoformat(" ")
    else:
        return column.cast(pyarrow.string())
    values = (None if value is None else write(value) for value in column.to_pylist())
    return pyarrow.array(values, pyarrow.string())
layer, fields = sys.argv[7], json.loads(sys.argv[8])
names = ["_fid", "_wkb"] + [f"f{at}" for at in range(len(fields))]
kinds = [pyarrow.int64(), pyarrow.binary()] + [pyarrow.string()] * len(fields)
schema = pyarrow.schema(list(zip(names, kinds)))
with pyogrio.raw.open_arrow(sys.argv[1], layer=layer, columns=fields, return_fids=True,
        batch_size=int(sys.argv[9]), use_pyarrow=True) as (meta, reader):
    shapes, ids = meta["geometry_name"] or "wkb_geometry", meta["fid_column"] or "OGC_FID"
    with pyarrow.parquet.ParquetWriter(sys.argv[4], schema, compression="lz4") as out:
        for batch in reader:
            columns = [batch.column(ids).cast(pyarrow.int64())]
            columns.append(batch.column(shapes).cast(pyarrow.binary()))
            columns += [text(batch.column(field)) for field in fields]
            out.write_batch(pyarrow.record_batch(columns, schema=schema))
"""
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as GDAL describes it; `crs` is empty where the file names none."""

    name: str
    kind: str
    crs: str
    fields: tuple[str, ...]
    features: int
    numeric: tuple[bool, ...] = ()
    """Which of the fields the file types as numbers."""


class LayerRow(NamedTuple):
    """A feature as GDAL gives it: its number there, its shape as WKB, its attributes as text."""

    number: int
    wkb: bytes | None
    cells: tuple[str | None, ...]


def layers_of(path: Path, work: Path) -> tuple[Layer, ...]:
    """List the layers with geometries of the file at `path`; `work` is a folder of its own.

    Raises FileRefused where GDAL cannot read the file, or dies of it.
    """
    out = work / "layers.json"
    if not out.exists():
        _run(path, _LIST, out)
    return tuple(_layer(each) for each in json.loads(out.read_text("utf-8")))


def dump(path: Path, layer: Layer, work: Path) -> Path:
    """Write the features of `layer` of the file at `path` into a Parquet file in `work`.

    Raises FileRefused where GDAL cannot read them all.
    """
    out = work / f"{sha256_hex(layer.name.encode())}.parquet"
    if not out.exists():
        _run(path, _DUMP, out, layer.name, json.dumps(layer.fields), str(_ROWS))
    return out


def rows_of(dumped: Path) -> Iterator[LayerRow]:
    """Give the features in a file that `dump` wrote."""
    with pq.ParquetFile(dumped) as file:
        for batch in file.iter_batches(_ROWS):
            columns = [column.to_pylist() for column in batch.columns]
            for number, wkb, *cells in zip(*columns, strict=True):
                yield LayerRow(number, wkb, tuple(cells))


def damaged_layer() -> FileRefused:
    """Say that a file of features cannot be read to its end."""
    return FileRefused(
        "damaged",
        t("The file of geodata is damaged: it cannot be read to its end."),
        t("Export the layer again from the mapping program and send that file."),
    )


def _run(path: Path, program: str, out: Path, *more: str) -> None:
    part = out.with_suffix(".part")
    arguments = (str(part), str(_MOST_OUTPUT), _OTHER_DRIVERS, *more)
    require_loadable(path, program, *arguments, otherwise=damaged_layer)
    part.replace(out)


class _Told(TypedDict):
    name: str
    kind: str
    crs: str
    fields: list[str]
    features: int
    numeric: list[bool]


def _layer(told: _Told) -> Layer:
    return Layer(
        told["name"],
        told["kind"],
        told["crs"],
        tuple(told["fields"]),
        told["features"],
        tuple(told["numeric"]),
    )
