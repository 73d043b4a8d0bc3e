"""A layer in the console and on the portal: its system is asked, its shapes are told in words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.integration.deliveries.test_geodata import BOW_TIE, FIELDS, LAYER, ROWS
from tests.integration.web.officers import Desk, officer_of
from tests.support.geodata import collection, in_system, squares, write_shapefile
from tinhdata.deliveries import Delivery, State

STATISTICS = "dan-so-dien-tich-mat-do"
UNITS = "danh-muc-don-vi-hanh-chinh"


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with officer_of(LAYER, tmp_path_factory.mktemp("layers") / "store") as desk:
        yield desk


def state_of(officer: Desk, delivery: str) -> Delivery:
    actor = officer.platform.access.actor("canbo.taichinh")
    return officer.platform.deliveries.get(actor, delivery)


def layer_of(folder: Path, crs: str, without: tuple[str, ...] = ()) -> Path:
    shapes = in_system(squares(3), "EPSG:9213")
    return write_shapefile(folder / "lop", shapes, FIELDS, crs=crs, without=without)


def test_the_page_asks_for_the_system_and_reads_the_layer_by_the_one_chosen(
    officer: Desk, tmp_path: Path
) -> None:
    path = layer_of(tmp_path, "EPSG:9213", without=(".prj",))
    delivery = officer.deliver(LAYER.id, path)
    assert state_of(officer, delivery).state is State.CHOOSING
    page = officer.get(f"/deliveries/{delivery}/understood")
    assert "Vui lòng chọn hệ toạ độ của lớp bản đồ." in page
    assert "VN-2000 / TM-3 106-30, kinh tuyến trục 106°30′" in page
    answer = officer.post(f"/deliveries/{delivery}/reading", {"crs": "EPSG:9213", "again": "crs"})
    officer.work()
    read = state_of(officer, answer.headers["location"].rsplit("/", 1)[1])
    assert read.state is State.CHECKED
    page = officer.get(f"/deliveries/{read.id}/understood")
    assert "Hệ toạ độ VN-2000 / TM-3 106-30 (EPSG:9213) do người giao chọn." in page
    fields = {"crs": "EPSG:9213"}
    fields |= {f"column.{name}": str(at) for at, name in enumerate(("ma", "ten", "hinh"))}
    assert officer.post(f"/deliveries/{read.id}/reading", fields).status_code == 303
    assert state_of(officer, read.id).state is State.CHECKED


def test_a_wrong_meridian_is_refused_and_the_page_leads_to_the_choice(
    officer: Desk, tmp_path: Path
) -> None:
    delivery = officer.deliver(LAYER.id, layer_of(tmp_path, "EPSG:5897"))
    assert state_of(officer, delivery).state is State.REFUSED
    page = officer.get(f"/deliveries/{delivery}")
    assert "Hệ toạ độ hoặc kinh tuyến trục bị sai." in page
    assert f'href="/deliveries/{delivery}/understood"' in page
    shown = officer.client.get(f"/api/v1/deliveries/{delivery}").json()
    assert shown["state"] == "refused"
    assert shown["understanding"]["crs"] == "EPSG:5897"
    assert shown["understanding"]["crs_candidates"][0]["key"] == "EPSG:9213"
    officer.post(f"/deliveries/{delivery}/reading", {"crs": "EPSG:9213", "again": "crs"})
    officer.work()
    assert state_of(officer, delivery).state is State.CHECKED


def test_a_long_geometry_is_told_in_words_and_given_whole_in_files(
    officer: Desk, tmp_path: Path
) -> None:
    shapes = shapely.buffer(squares(3), 0.02, quad_segs=300)
    path = tmp_path / "a.geojson"
    path.write_text(collection(shapes, ROWS), "utf-8")
    delivery = officer.deliver(LAYER.id, path)
    actor = officer.platform.access.actor("canbo.taichinh")
    officer.platform.deliveries.publish(actor, delivery, "")
    officer.work()
    assert state_of(officer, delivery).state is State.RELEASED

    page = officer.get(f"/datasets/{LAYER.id}")
    assert re.search(r"nhiều đa giác, [\d.]+ đỉnh", page)
    assert "MULTIPOLYGON" not in page
    assert len(officer.get(f"/datasets/{LAYER.id}/dictionary")) < 100_000
    assert "hình học" in officer.get(f"/datasets/{LAYER.id}/dictionary")
    assert "GeoJSON" in officer.get(f"/datasets/{LAYER.id}/downloads")
    assert "f.hinh" not in page

    found = officer.get(f"/datasets/{LAYER.id}?q=105")
    assert "nhiều đa giác" not in found

    csv = officer.get(f"/datasets/{LAYER.id}/download.csv")
    assert csv.count("MULTIPOLYGON (((") == 3
    answer = officer.client.get(f"/datasets/{LAYER.id}/download.geojson")
    assert answer.headers["content-type"].startswith("application/geo+json")
    whole = json.loads(answer.text)
    assert whole["type"] == "FeatureCollection"
    assert whole["meta"]["dataset"] == LAYER.id
    assert [f["properties"] for f in whole["features"]] == ROWS
    back = [shapely.from_geojson(json.dumps(f["geometry"])) for f in whole["features"]]
    assert (shapely.hausdorff_distance(np.array(back), shapes) < 1e-6).all()
    assert officer.client.get(f"/datasets/{LAYER.id}/download.xlsx").status_code == 200


def test_a_long_bad_geometry_is_shown_in_words_where_it_waits(
    officer: Desk, tmp_path: Path
) -> None:
    shapes = squares(3)
    ring = shapely.get_coordinates(shapely.buffer(shapes[0], 0.02, quad_segs=300))
    ring[10], ring[700] = ring[700].copy(), ring[10].copy()
    shapes[0], shapes[1] = shapely.polygons(ring), BOW_TIE
    path = tmp_path / "a.geojson"
    path.write_text(collection(shapes, ROWS), "utf-8")
    delivery = officer.deliver(LAYER.id, path)
    page = officer.get(f"/deliveries/{delivery}/problems")
    assert "hình không hợp lệ: có cạnh tự cắt" in page
    assert len(page) < 60_000
    assert page.count('name="cell.hinh"') == 1  # the short one can be mended in its line


def test_rows_with_longitude_and_latitude_are_a_layer_and_others_are_none(officer: Desk) -> None:
    answer = officer.client.get(f"/api/v1/datasets/{UNITS}/rows.geojson")
    assert answer.status_code == 200
    whole = json.loads(answer.text)
    places = [f["geometry"] for f in whole["features"] if f["geometry"]]
    assert len(places) > 90
    assert all(105 < p["coordinates"][0] < 107 and 21 < p["coordinates"][1] < 23 for p in places)
    refused = officer.client.get(f"/api/v1/datasets/{STATISTICS}/rows.geojson")
    assert refused.status_code == 422
    assert refused.json()["code"] == "not-on-map"
