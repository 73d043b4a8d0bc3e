"""Layers from their bytes to the release: systems, faults mended, what pages and files show."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.integration.deliveries.desk import OFFICER, Desk
from tests.integration.deliveries.packing import Col, Set
from tests.support.geodata import collection, in_system, squares, write_layer, write_shapefile
from tinhdata.deliveries import State
from tinhdata.intake import Question, ReadingChoice
from tinhdata.quality import ItemQuery, ItemState, Step

LAYER = Set(
    "lop-ban-do-thu",
    (
        Col("ma", "Mã số", key=1, required=True),
        Col("ten", "Tên gọi"),
        Col(
            "hinh",
            "Ranh giới",
            required=True,
            custom={
                "geometry": {
                    "types": ["MultiPolygon"],
                    "within": [105.4, 21.3, 106.3, 22.8],
                    "maxVertices": 5000,
                }
            },
        ),
    ),
)
FIELDS = {"ma": ["M1", "M2", "M3"], "ten": ["Xã Một", "Xã Hai", "Xã Ba"]}
ROWS = [{"ma": f"M{n}", "ten": f"Xã {n}"} for n in (1, 2, 3)]
BOW_TIE = shapely.from_wkt("POLYGON ((105.8 21.5, 105.9 21.6, 105.9 21.5, 105.8 21.6, 105.8 21.5))")


def lands(office: Desk) -> list[str]:
    return [str(wkt) for _ma, wkt in office.rows(LAYER.id, "ma", "hinh")]


def test_a_shapefile_in_vn2000_is_published_in_degrees(office: Desk, tmp_path: Path) -> None:
    office.registered(LAYER)
    path = write_shapefile(
        tmp_path / "lop", in_system(squares(3), "EPSG:9213"), FIELDS, crs="EPSG:9213"
    )
    delivery = office.send_bytes(LAYER.id, path.read_bytes(), name="lop.zip")
    assert delivery.state is State.CHECKED
    office.published(delivery)
    stored = np.array([shapely.from_wkt(wkt) for wkt in lands(office)])
    assert {shape.geom_type for shape in stored} == {"MultiPolygon"}
    assert shapely.equals_exact(
        shapely.normalize(shapely.get_geometry(stored, 0)), shapely.normalize(squares(3)), 2e-7
    ).all()
    office.assert_accounts()


def test_a_wrong_meridian_is_refused_and_the_choice_of_the_right_one_is_kept(
    office: Desk, tmp_path: Path
) -> None:
    office.registered(LAYER)
    path = write_layer(
        tmp_path / "a.gpkg", in_system(squares(3), "EPSG:9213"), FIELDS, crs="EPSG:5897"
    )
    refused = office.send_bytes(LAYER.id, path.read_bytes(), name="a.gpkg")
    assert refused.state is State.REFUSED
    assert "central meridian is wrong" in str(refused.problem)
    office.deliveries.choose(OFFICER, refused.id, ReadingChoice(crs="EPSG:9213"))
    checked = office.settled(refused.id)
    assert checked.state is State.CHECKED
    assert checked.understanding is not None
    assert checked.understanding.crs == "EPSG:9213"
    assert any("was chosen by a person" in str(note) for note in checked.understanding.notes)
    office.published(checked)
    assert len(lands(office)) == 3


def test_a_layer_without_a_system_waits_for_a_person(office: Desk, tmp_path: Path) -> None:
    office.registered(LAYER)
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:9213", without=(".prj",))
    waiting = office.send_bytes(LAYER.id, path.read_bytes(), name="lop.zip")
    assert waiting.state is State.CHOOSING
    assert waiting.understanding is not None
    assert waiting.understanding.questions == (Question.CRS,)


def test_a_bad_area_waits_is_mended_under_the_same_rules_and_published(office: Desk) -> None:
    office.registered(LAYER)
    shapes = squares(3)
    shapes[1] = BOW_TIE
    delivery = office.send_bytes(LAYER.id, collection(shapes, ROWS).encode(), name="a.geojson")
    assert (delivery.rows.waiting, delivery.rows.quarantined) == (2, 1)
    office.published(delivery)
    (item,) = office.items(delivery)
    (reason,) = item.reasons
    assert reason.rule == "valid-geometry:hinh"
    office.mend(delivery, item.item, "hinh", "POLYGON ((1 1, 2 1, 2 2, 1 1))")
    still = office.deliveries.mended(OFFICER, delivery.id)
    assert not still.passing
    assert {reason.rule for reason in still.failing[item.item]} == {"within:hinh"}
    office.mend(delivery, item.item, "hinh", squares(1)[0].wkt)
    correction = office.deliveries.correct(OFFICER, delivery.id)
    office.published(office.settled(correction.id))
    assert len(lands(office)) == 3
    assert office.states(delivery)[item.item] is ItemState.CORRECTED
    office.assert_accounts()


def test_a_csv_and_a_layer_of_the_same_places_give_the_same_rows(
    office: Desk, tmp_path: Path
) -> None:
    office.registered(LAYER)
    layer = write_layer(tmp_path / "a.gpkg", squares(3), FIELDS, crs="EPSG:4326")
    office.published(office.send_bytes(LAYER.id, layer.read_bytes(), name="a.gpkg"))
    first = lands(office)
    lines = [f'{m};{n};"{s.wkt}"' for m, n, s in zip(*FIELDS.values(), squares(3), strict=True)]
    table = office.send(LAYER.id, "Mã số;Tên gọi;Ranh giới", *lines)
    # Row by row the same, so there is nothing to publish.
    assert table.state is State.UNCHANGED
    assert table.rows.released == 3
    assert lands(office) == first


def test_what_was_changed_in_geometries_is_counted(office: Desk) -> None:
    office.registered(LAYER)
    text = collection(shapely.force_3d(squares(3), 7), ROWS)
    delivery = office.send_bytes(LAYER.id, text.encode(), name="a.geojson")
    assert delivery.report is not None
    changed = {(each.column, each.step): each.rows for each in delivery.report.standardised}
    assert changed == {("hinh", Step.GEOMETRY): 3}


def test_a_geometry_of_far_too_many_vertices_is_held_and_breaks_nothing(
    office: Desk, tmp_path: Path
) -> None:
    office.registered(LAYER)
    turn = np.linspace(0, 2 * np.pi, 100_001)
    ring = np.column_stack((105.8 + 0.1 * np.cos(turn), 22 + 0.1 * np.sin(turn)))
    ring[-1] = ring[0]
    shapes = squares(3)
    shapes[2] = shapely.polygons(ring)
    path = write_layer(tmp_path / "a.gpkg", shapes, FIELDS, crs="EPSG:4326")
    delivery = office.send_bytes(LAYER.id, path.read_bytes(), name="a.gpkg")
    assert (delivery.rows.waiting, delivery.rows.quarantined) == (2, 1)
    (item,) = office.items(delivery)
    assert [reason.rule for reason in item.reasons] == ["vertices:hinh"]
    assert item.reasons[0].text.params["count"] == 100_001
    office.published(delivery)
    assert len(lands(office)) == 2


def test_mends_that_a_workbook_could_not_hold_whole_are_no_mends(
    office: Desk, tmp_path: Path
) -> None:
    office.registered(LAYER)
    shapes = squares(3)
    ring = shapely.get_coordinates(shapely.buffer(shapes[0], 0.05, quad_segs=1000))
    ring[10], ring[2000] = ring[2000].copy(), ring[10].copy()
    shapes[1] = shapely.polygons(ring)
    delivery = office.send_bytes(LAYER.id, collection(shapes, ROWS).encode(), name="a.geojson")
    (item,) = office.items(delivery)
    assert len(item.cells["hinh"] or "") > 32_767
    path = tmp_path / "mend.xlsx"
    office.deliveries.export(OFFICER, delivery.id, ItemQuery(), path, str, "vi")
    assert office.deliveries.upload_mends(OFFICER, delivery.id, path) == 0


@pytest.mark.parametrize("members", [{}, {"crs": {"type": "link", "properties": {"href": "x"}}}])
def test_the_bytes_of_a_layer_are_what_is_kept(office: Desk, members: dict[str, object]) -> None:
    office.registered(LAYER)
    text = collection(squares(3), ROWS, **members)
    delivery = office.send_bytes(LAYER.id, text.encode(), name="a.json")
    assert delivery.size == len(text.encode())
    assert json.loads(text)["type"] == "FeatureCollection"
    assert (delivery.state is State.CHECKED) == (members == {})
