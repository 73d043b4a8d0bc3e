"""Files of geodata that lie, are cut off, or try to break who reads them: refused or accounted."""

import json
import random
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.support.geodata import (
    collection,
    layer_contract,
    pack,
    squares,
    write_layer,
    write_shapefile,
)
from tests.unit.intake.building import read_file
from tinhdata.intake import FileRefused, ReadingChoice, read, understand
from tinhdata.intake.layers import layers_of

FIELDS = {"ma": ["1", "2", "3"], "ten": ["a", "b", "c"]}
ROWS = [{"ma": str(n)} for n in range(3)]


def text_file(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def reason(path: Path) -> str | None:
    refusal = understand(path, path.name, layer_contract()).refusal
    return None if refusal is None else refusal.reason


def refused_or_whole(path: Path, units: int, out: Path) -> None:
    """Demand that `path` is refused, or that each of its features is accounted for."""
    contract = layer_contract()
    understanding = understand(path, path.name, contract)
    if not understanding.is_ready:
        return
    try:
        staged = read(path, contract, understanding, out)
    except FileRefused:
        return
    assert staged.account.is_balanced
    assert staged.account.units == units


@pytest.mark.parametrize("keep", [100, 5_000, 40_000, -100])
def test_a_geopackage_that_is_cut_off_is_refused(tmp_path: Path, keep: int) -> None:
    whole = write_layer(tmp_path / "a.gpkg", squares(3), FIELDS, crs="EPSG:4326").read_bytes()
    path = tmp_path / "cut.gpkg"
    path.write_bytes(whole[:keep])
    assert reason(path) == "damaged"


def test_a_geopackage_with_damaged_pages_is_refused_or_wholly_accounted_for(tmp_path: Path) -> None:
    whole = write_layer(tmp_path / "a.gpkg", squares(3), FIELDS, crs="EPSG:4326").read_bytes()
    chance = random.Random(5)
    for number in range(3):
        data = bytearray(whole)
        for _ in range(200):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.gpkg"
        path.write_bytes(data)
        refused_or_whole(path, 3, tmp_path / f"out{number}")


def test_a_database_that_only_calls_itself_a_geopackage_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA application_id = 1196444487")
        db.execute("CREATE TABLE t (ma TEXT)")
    db.close()
    assert reason(path) in ("damaged", "empty")


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc</SrcDataSource></OGRVRTLayer>',
        "WFS:http://127.0.0.1:9/",
        '{"type":"FeatureCollection","features":"/vsicurl/http://127.0.0.1:9/x"}',
    ],
)
def test_gdal_opens_no_other_format_whatever_a_file_calls_itself(tmp_path: Path, text: str) -> None:
    path = text_file(tmp_path / "layer.gpkg", text)
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(FileRefused):
        layers_of(path, work)


def test_a_shapefile_that_is_cut_off_loses_single_shapes_and_says_so(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    shp = tmp_path / "lop" / "lop.shp"
    shp.write_bytes(shp.read_bytes()[:-40])
    pack(tmp_path / "lop", path)
    reading = read_file(path, layer_contract())
    assert reading.column("ma") == ["1", "2"]
    assert [reject["code"] for reject in reading.rejects] == ["broken-shape"]


@pytest.mark.parametrize("lie", [0x7FFFFFFF, -1, 0, 2, 1 << 20])
def test_a_record_that_lies_about_its_length_breaks_no_other(tmp_path: Path, lie: int) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    shp, shx = tmp_path / "lop" / "lop.shp", tmp_path / "lop" / "lop.shx"
    index, data = bytearray(shx.read_bytes()), bytearray(shp.read_bytes())
    start = struct.unpack_from(">i", index, 108)[0] * 2
    struct.pack_into(">i", data, start + 4, lie)
    shp.write_bytes(data)
    reading = read_file(pack(tmp_path / "lop", path), layer_contract())
    assert reading.column("ma") == ["1", "3"]
    assert [reject["_first"] for reject in reading.rejects] == [2]
    struct.pack_into(">i", index, 112, lie)
    shx.write_bytes(index)
    refused_or_whole(pack(tmp_path / "lop", path), 3, tmp_path / "out")


def test_a_shape_that_claims_a_billion_points_breaks_no_other(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    shp, shx = tmp_path / "lop" / "lop.shp", tmp_path / "lop" / "lop.shx"
    data = bytearray(shp.read_bytes())
    start = struct.unpack_from(">i", shx.read_bytes(), 108)[0] * 2
    struct.pack_into("<ii", data, start + 8 + 36, 1 << 29, 1 << 30)
    shp.write_bytes(data)
    reading = read_file(pack(tmp_path / "lop", path), layer_contract())
    assert reading.column("ma") == ["1", "3"]
    assert [reject["code"] for reject in reading.rejects] == ["broken-shape"]


def test_a_table_that_claims_more_records_than_it_has_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    table = tmp_path / "lop" / "lop.dbf"
    data = bytearray(table.read_bytes())
    struct.pack_into("<I", data, 4, 2_000_000_000)
    table.write_bytes(data)
    assert reason(pack(tmp_path / "lop", path)) == "damaged"


@pytest.mark.parametrize("ending", ["dbf", "shx", "shp"])
def test_a_part_of_noise_is_refused_or_wholly_accounted_for(tmp_path: Path, ending: str) -> None:
    chance = random.Random(11)
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    part = tmp_path / "lop" / f"lop.{ending}"
    whole = part.read_bytes()
    for number in range(2):
        data = bytearray(whole)
        for _ in range(20):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        part.write_bytes(data)
        refused_or_whole(pack(tmp_path / "lop", path), 3, tmp_path / f"out{number}")
    part.write_bytes(chance.randbytes(500))
    refused_or_whole(pack(tmp_path / "lop", path), 3, tmp_path / "noise")


def test_an_archive_that_would_unpack_to_a_flood_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in ("shp", "shx", "dbf"):
            with archive.open(f"lop.{ending}", "w", force_zip64=True) as part:
                for _ in range(40):
                    part.write(bytes(1 << 20))
    assert reason(path) == "too-large-inside"


def test_parts_are_never_written_where_an_archive_says(tmp_path: Path) -> None:
    write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    path = tmp_path / "out.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted((tmp_path / "lop").iterdir()):
            archive.write(part, f"../../{tmp_path.name}/ra_ngoai/{part.name}")
    assert read_file(path, layer_contract()).column("ma") == ["1", "2", "3"]
    assert not (tmp_path / "ra_ngoai").exists()


@pytest.mark.parametrize(
    "place",
    ["[NaN, 21.5]", "[1e400, 21.5]", "[105.6]", '["105.6", "21.5"]', "[null, 1]", "{}", "7"],
)
def test_a_position_that_is_none_is_a_matter_of_its_feature_alone(
    tmp_path: Path, place: str
) -> None:
    text = collection(squares(3), ROWS)
    first = json.dumps({"type": "Point", "coordinates": "HERE"}).replace('"HERE"', place)
    feature = f'{{"type":"Feature","properties":{{"ma":"x"}},"geometry":{first}}}, '
    path = text_file(
        tmp_path / "a.json", text.replace('"features": [', f'"features": [{feature}', 1)
    )
    reading = read_file(path, layer_contract())
    assert reading.column("ma")[-3:] == ["0", "1", "2"]
    assert reading.staged.account.units == 4


def test_a_collection_five_thousand_deep_is_refused(tmp_path: Path) -> None:
    deep = '{"type":"GeometryCollection","geometries":[' * 5_000 + "]}" * 5_000
    feature = f'{{"type":"Feature","properties":{{"ma":"x"}},"geometry":{deep}}}'
    path = text_file(tmp_path / "a.json", f'{{"type":"FeatureCollection","features":[{feature}]}}')
    assert reason(path) == "too-deep"
    lines = text_file(tmp_path / "a.jsonl", f"{feature}\n{json.dumps(_feature())}\n")
    reading = read_file(lines, layer_contract())
    assert reading.column("ma") == ["y"]
    assert reading.staged.account.rejected_units == 1


def test_collections_a_few_deep_reach_the_rules_and_deeper_ones_do_not(tmp_path: Path) -> None:
    rows = []
    for depth in (1, 2, 30):
        inner = '{"type":"GeometryCollection","geometries":[' * depth
        text = f'{inner}{{"type":"Point","coordinates":[105.6,21.5]}}{"]}" * depth}'
        rows.append({**_feature(), "geometry": json.loads(text)})
    path = text_file(
        tmp_path / "a.json", json.dumps({"type": "FeatureCollection", "features": rows})
    )
    reading = read_file(path, layer_contract())
    assert len(reading.rows) == 2
    assert [reject["code"] for reject in reading.rejects] == ["bad-geometry"]


def _feature() -> dict[str, object]:
    point = {"type": "Point", "coordinates": [105.6, 21.5]}
    return {"type": "Feature", "properties": {"ma": "y"}, "geometry": point}


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/x", "type": "proj4"}},
        {"type": "name", "properties": {"name": "/vsicurl/http://127.0.0.1:9/x"}},
        {"type": "name", "properties": {"name": "http://127.0.0.1:9/x"}},
        {"type": "name", "properties": {"name": "PROJCS[" * 3_000}},
        {"type": "name", "properties": {"name": "EPSG:99999999999999999999"}},
        {"type": "name", "properties": {"name": 4326}},
        {"type": "name"},
        "EPSG:9213",
        [],
        7,
    ],
)
def test_a_crs_member_that_names_nothing_known_is_a_question(tmp_path: Path, crs: object) -> None:
    path = text_file(tmp_path / "a.json", collection(squares(3), ROWS, crs=crs))
    asked = understand(path, "a.json", layer_contract())
    assert [str(question) for question in asked.questions] == ["crs"]
    assert read_file(path, layer_contract(), ReadingChoice(crs="EPSG:4326")).column("ma")


def test_a_million_vertices_are_refused_in_geojson_and_held_in_a_geopackage(tmp_path: Path) -> None:
    turn = np.linspace(0, 2 * np.pi, 1_000_001)
    ring = np.column_stack((105.8 + 0.1 * np.cos(turn), 22 + 0.1 * np.sin(turn)))
    ring[-1] = ring[0]
    shapes = np.array([shapely.polygons(ring)], dtype=object)
    path = text_file(tmp_path / "a.json", collection(shapes, ROWS[:1]))
    assert reason(path) == "long-line"
    layer = write_layer(tmp_path / "a.gpkg", shapes, {"ma": ["1"]}, crs="EPSG:4326")
    assert len(read_file(layer, layer_contract()).rows) == 1


def test_curves_are_rejected_and_break_no_other_feature(tmp_path: Path) -> None:
    import sqlite3

    path = write_layer(tmp_path / "a.gpkg", squares(3), FIELDS, crs="EPSG:4326", layer="lop")
    curve = struct.pack("<BII", 1, 8, 3) + struct.pack("<6d", 105.6, 21.5, 105.7, 21.6, 105.8, 21.5)
    with sqlite3.connect(path) as db:
        for name in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name[0]}"')
        (old,) = db.execute("SELECT geom FROM lop WHERE ma = '2'").fetchone()
        db.execute("UPDATE lop SET geom = ? WHERE ma = '2'", (old[:40] + curve,))
    db.close()
    reading = read_file(path, layer_contract())
    assert reading.staged.account.units == 3
    assert {"1", "3"} <= set(map(str, reading.column("ma")))
    assert [reject["code"] for reject in reading.rejects] == ["unreadable-geometry"]
