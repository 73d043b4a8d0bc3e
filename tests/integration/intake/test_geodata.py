"""GeoJSON, GeoPackage and Shapefile as rows with WKT, in whatever system they come."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.support.geodata import (
    BOX,
    Fields,
    Shapes,
    collection,
    in_system,
    layer_contract,
    pack,
    squares,
    text_column,
    write_layer,
    write_shapefile,
)
from tests.unit.intake.building import Reading, read_file
from tinhdata.contracts import GeometryType, LogicalType
from tinhdata.intake import (
    Account,
    FileKind,
    FileRefused,
    Question,
    ReadingChoice,
    Understanding,
    read,
    understand,
    understanding_from_json,
    understanding_to_json,
)
from tinhdata.vietnam import LegacyEncoding, are_inside, to_tcvn3

ROWS = ({"ma": "001", "ten": "Xã Một"}, {"ma": "002", "ten": "Xã Hai"}, {"ma": "003", "ten": None})
FIELDS: Fields = {name: [row[name] for row in ROWS] for name in ("ma", "ten")}
SHIFT = "Coordinates are turned into WGS 84 by “VN-2000 to WGS 84 (2)”."
HAND_MADE = (
    "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
)


def custom_prj(meridian: float, datum: str = "D_Vietnam_2000", shift: str = "") -> str:
    """Write a .prj as programs here do for a 3-degree zone that they know no code for."""
    return (
        f'PROJCS["VN2000_KTT_{meridian}",GEOGCS["GCS_{datum}",DATUM["{datum}",'
        f'SPHEROID["WGS_1984",6378137.0,298.257223563]{shift}],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",0.9999],'
        'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )


def text_file(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def said(understanding: Understanding) -> list[str]:
    return [str(note) for note in understanding.notes]


def wkt(reading: Reading) -> Shapes:
    return np.array([shapely.from_wkt(cell) for cell in reading.column("hinh")], dtype=object)


def farthest(reading: Reading, expected: Shapes) -> float:
    """Give how far a vertex lies from where it should, in degrees."""
    return max(
        float(shapely.hausdorff_distance(one, other))
        for one, other in zip(wkt(reading), expected, strict=True)
    )


def test_a_collection_is_read_feature_by_feature_with_the_digits_of_the_file(
    tmp_path: Path,
) -> None:
    text = (
        '{"type":"FeatureCollection","name":"x","features":['
        '{"type":"Feature","properties":{"ma":"01","ten":"Xã A","so":1.50},'
        '"geometry":{"type":"Point","coordinates":[105.8400,21.590000001]}},'
        '{"type":"Feature","id":7,"properties":{"ma":"02","so":12345678901234567890},'
        '"geometry":null}]}'
    )
    contract = layer_contract(
        GeometryType.POINT,
        columns=(
            text_column("ma", "Mã", required=True),
            text_column("so", "Số", LogicalType.NUMBER),
        ),
    )
    reading = read_file(text_file(tmp_path / "a.json", text), contract)
    assert reading.understanding.kind is FileKind.GEOJSON
    assert reading.understanding.crs == "EPSG:4326"
    assert reading.column("so") == ["1.50", "12345678901234567890"]
    assert reading.column("hinh") == ["POINT (105.8400 21.590000001)", None]
    assert reading.staged.account == Account(units=2, record_units=2, records=2)


@pytest.mark.parametrize("separator", ["", "\x1e"])
def test_a_feature_per_line_is_read_and_a_broken_line_costs_itself(
    tmp_path: Path, separator: str
) -> None:
    lines = [json.dumps(json.loads(collection(squares(3), ROWS))["features"][n]) for n in range(3)]
    lines.insert(1, '{"type":"Feature","properties":{')
    lines.insert(2, "")
    text = "\n".join(separator + line for line in lines) + "\n"
    reading = read_file(text_file(tmp_path / "a.geojsonl", text), layer_contract())
    assert reading.column("ma") == ["001", "002", "003"]
    assert [reject["code"] for reject in reading.rejects] == ["broken-json"]
    assert reading.staged.account == Account(
        units=5, record_units=3, rejected_units=1, blank=1, records=3
    )


def test_what_is_no_feature_and_what_has_no_sound_geometry_is_rejected_by_itself(
    tmp_path: Path,
) -> None:
    whole = json.loads(collection(squares(3), ROWS))
    whole["features"][0] = {"type": "Thing"}
    whole["features"][1]["geometry"] = {"type": "Polygon", "coordinates": [[[105.6, "x"]]]}
    whole["features"].append([1, 2])
    reading = read_file(text_file(tmp_path / "a.json", json.dumps(whole)), layer_contract())
    assert reading.column("ma") == ["003"]
    assert [reject["code"] for reject in reading.rejects] == [
        "no-feature",
        "bad-geometry",
        "no-feature",
    ]
    assert [reject["_first"] for reject in reading.rejects] == [1, 2, 4]


def test_heights_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    flat = squares(3)
    heights = shapely.force_3d(flat, 12.5)
    for path in (
        text_file(tmp_path / "a.json", collection(heights, ROWS)),
        write_layer(tmp_path / "a.gpkg", heights, FIELDS, crs="EPSG:4326"),
    ):
        reading = read_file(path, layer_contract())
        assert not any(shapely.has_z(wkt(reading)))
        assert any("The heights of 3 features" in note for note in said(reading.understanding))


@pytest.mark.parametrize("key", ["EPSG:9213", "EPSG:3405", "EPSG:4756", "EPSG:32648", "EPSG:4326"])
def test_a_geopackage_is_turned_into_degrees_whatever_its_system(tmp_path: Path, key: str) -> None:
    degrees = squares(3)
    path = write_layer(tmp_path / "a.gpkg", in_system(degrees, key), FIELDS, crs=key)
    reading = read_file(path, layer_contract())
    assert reading.understanding.kind is FileKind.GEOPACKAGE
    assert reading.understanding.crs == key
    assert reading.column("ten") == ["Xã Một", "Xã Hai", None]
    assert farthest(reading, degrees) < 2e-7
    is_ours = key not in ("EPSG:32648", "EPSG:4326")
    assert (SHIFT in said(reading.understanding)) == is_ours


def test_the_layers_of_a_geopackage_are_chosen_like_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(path, squares(3), FIELDS, crs="EPSG:4326", layer="hiện trạng")
    write_layer(
        path, squares(2), {"ma": ["8", "9"], "ten": ["a", "b"]}, crs="EPSG:4326", layer="quy hoạch"
    )
    contract = layer_contract()
    asked = understand(path, "a.gpkg", contract)
    assert asked.questions == (Question.SHEET,)
    assert [sheet.name for sheet in asked.sheets] == ["hiện trạng", "quy hoạch"]
    reading = read_file(path, contract, ReadingChoice(sheet="quy hoạch"))
    assert reading.column("ma") == ["8", "9"]


def test_layers_read_one_after_the_other_each_keep_their_own_system(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    one, other = squares(2), squares(2, lat=22.0)
    write_layer(path, in_system(one, "EPSG:9213"), {"ma": ["1", "2"]}, crs="EPSG:9213", layer="a")
    write_layer(path, in_system(other, "EPSG:3405"), {"ma": ["3", "4"]}, crs="EPSG:3405", layer="b")
    reading = read_file(path, layer_contract(), ReadingChoice(sheets=("a", "b")))
    assert reading.column("ma") == ["1", "2", "3", "4"]
    assert farthest(reading, np.concatenate((one, other))) < 2e-7


def test_a_shapefile_is_read_with_its_system_letters_and_digits(tmp_path: Path) -> None:
    fields = {**FIELDS, "dien_tich": [1.5, 20.25, 3.0]}
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, fields, crs="EPSG:9213")
    columns = (
        text_column("ma", "Mã", required=True),
        text_column("ten", "Tên"),
        text_column("dien_tich", "Diện tích", LogicalType.NUMBER),
    )
    reading = read_file(path, layer_contract(columns=columns))
    assert reading.understanding.kind is FileKind.SHAPEFILE
    assert reading.understanding.crs == "EPSG:9213"
    assert reading.column("ten") == ["Xã Một", "Xã Hai", None]
    assert [str(cell).rstrip("0") for cell in reading.column("dien_tich")] == ["1.5", "20.25", "3."]
    assert farthest(reading, squares(3)) < 2e-7


@pytest.mark.parametrize(
    ("prj", "noted"),
    [
        (custom_prj(106.5), None),
        (custom_prj(106.5, "D_VN_2000"), None),
        (custom_prj(106.5, shift=f",TOWGS84[{HAND_MADE}]"), "pasted by hand"),
        (custom_prj(106.5, "D_WGS_1984"), "calls its datum WGS 84"),
    ],
)
def test_a_custom_zone_of_esri_is_told_by_its_parameters(
    tmp_path: Path, prj: str, noted: str | None
) -> None:
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:9213", prj=prj)
    reading = read_file(path, layer_contract())
    assert reading.understanding.crs == "EPSG:9213"
    assert farthest(reading, squares(3)) < 2e-7
    notes = " ".join(said(reading.understanding))
    assert SHIFT in notes
    assert ("pasted by hand" in notes) == (noted == "pasted by hand")
    assert ("calls its datum WGS 84" in notes) == (noted == "calls its datum WGS 84")


def test_without_a_prj_a_person_says_the_system_and_only_fitting_ones_are_offered(
    tmp_path: Path,
) -> None:
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:9213", without=(".prj",))
    contract = layer_contract()
    asked = understand(path, path.name, contract)
    assert asked.questions == (Question.CRS,)
    assert asked.crs is None
    assert asked.crs_candidates[0].key == "EPSG:9213"
    assert asked.crs_candidates[0].meridian == "106°30′"
    assert all(each.inside > 50 for each in asked.crs_candidates)
    assert "EPSG:9205" not in {each.key for each in asked.crs_candidates}
    with pytest.raises(FileRefused, match="coordinate system"):
        read(path, contract, asked, tmp_path / "out")
    chosen = read_file(path, contract, ReadingChoice(crs="EPSG:9213"))
    assert farthest(chosen, squares(3)) < 2e-7
    assert any("was chosen by a person" in note for note in said(chosen.understanding))


def test_a_wrong_meridian_is_refused_with_the_one_that_fits(tmp_path: Path) -> None:
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:9213", prj=custom_prj(105.0))
    contract = layer_contract()
    refused = understand(path, path.name, contract)
    assert refused.refusal is not None
    assert refused.refusal.reason == "wrong-area"
    text, fix = str(refused.refusal.text), str(refused.refusal.fix)
    assert "3 of 3 features lie outside" in text
    assert "104." in text
    assert "106°30′" in fix
    assert "EPSG:9213" in fix
    assert refused.crs_candidates[0].key == "EPSG:9213"
    with pytest.raises(FileRefused):
        read(path, contract, refused, tmp_path / "out")
    chosen = read_file(path, contract, ReadingChoice(crs="EPSG:9213"))
    assert farthest(chosen, squares(3)) < 2e-7


def test_a_neighbouring_meridian_that_loses_some_features_is_pointed_out(tmp_path: Path) -> None:
    shapes = np.concatenate((squares(1, lon=105.45), squares(2, lon=106.0)))
    path = write_layer(tmp_path / "a.gpkg", in_system(shapes, "EPSG:9213"), FIELDS, crs="EPSG:9212")
    seen = understand(path, "a.gpkg", layer_contract())
    assert seen.is_ready
    assert any("VN-2000 / TM-3 106-30 (106°30′), 100 %" in note for note in said(seen))


def test_a_wrong_choice_is_refused_as_a_wrong_file_is(tmp_path: Path) -> None:
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:9213")
    refused = understand(path, path.name, layer_contract(), ReadingChoice(crs="EPSG:9218"))
    assert refused.refusal is not None
    assert refused.refusal.reason == "wrong-area"


@pytest.mark.parametrize("crs", ["EPSG:999999", "not a system", "+proj=pipeline", "x" * 5000])
def test_a_choice_that_is_no_system_asks_again(tmp_path: Path, crs: str) -> None:
    path = text_file(tmp_path / "a.json", collection(squares(3), ROWS))
    asked = understand(path, "a.json", layer_contract(), ReadingChoice(crs=crs))
    assert asked.questions == (Question.CRS,)


def test_x_and_y_in_the_order_of_surveyors_can_be_chosen(tmp_path: Path) -> None:
    turned = shapely.transform(in_system(squares(3), "EPSG:9213"), lambda points: points[:, ::-1])
    path = write_shapefile(tmp_path / "lop", turned, FIELDS, crs="EPSG:9213", without=(".prj",))
    contract = layer_contract()
    asked = understand(path, path.name, contract)
    assert asked.questions == (Question.CRS,)
    assert asked.crs_candidates[0].key == "EPSG:9213 yx"
    chosen = read_file(path, contract, ReadingChoice(crs="EPSG:9213 yx"))
    assert farthest(chosen, squares(3)) < 2e-7


def test_a_few_features_outside_are_for_the_rules_and_only_noted(tmp_path: Path) -> None:
    shapes = np.concatenate((squares(2), squares(1, lon=108.0)))
    path = text_file(tmp_path / "a.json", collection(shapes, ROWS))
    reading = read_file(path, layer_contract())
    assert "1 features lie outside of the area." in said(reading.understanding)
    inside = are_inside(shapely.get_coordinates(shapely.centroid(wkt(reading))), BOX)
    assert list(inside) == [True, True, False]


def test_projected_numbers_in_geojson_are_a_question(tmp_path: Path) -> None:
    shapes = in_system(squares(3), "EPSG:9213")
    path = text_file(tmp_path / "a.json", collection(shapes, ROWS))
    asked = understand(path, "a.json", layer_contract())
    assert asked.questions == (Question.CRS,)
    assert asked.crs_candidates[0].key == "EPSG:9213"
    assert (
        farthest(read_file(path, layer_contract(), ReadingChoice(crs="EPSG:9213")), squares(3))
        < 2e-7
    )


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:EPSG::9213", "EPSG:9213", "urn:ogc:def:crs:EPSG:6.9:9213"]
)
def test_the_crs_member_of_older_geojson_is_heeded(tmp_path: Path, name: str) -> None:
    member = {"type": "name", "properties": {"name": name}}
    shapes = in_system(squares(3), "EPSG:9213")
    path = text_file(tmp_path / "a.json", collection(shapes, ROWS, crs=member))
    reading = read_file(path, layer_contract())
    assert reading.understanding.crs == "EPSG:9213"
    assert farthest(reading, squares(3)) < 2e-7


def test_letters_of_an_old_font_in_a_dbf_are_turned(tmp_path: Path) -> None:
    names = ["Phường Phan Đình Phùng", "Xã Quyết Thắng", "Thị trấn Đình Cả"]
    old = [to_tcvn3(name) for name in names]
    path = write_shapefile(
        tmp_path / "lop",
        squares(3),
        {"ma": ["1", "2", "3"], "ten": old},
        crs="EPSG:4326",
        encoding="ISO-8859-1",
        without=(".cpg",),
    )
    reading = read_file(path, layer_contract())
    assert reading.column("ten") == names
    encoding = reading.understanding.encoding
    assert encoding is not None
    assert encoding.legacy is LegacyEncoding.TCVN3


def test_a_cell_that_its_dbf_cut_in_the_middle_of_a_letter_loses_only_that(tmp_path: Path) -> None:
    names = ["Xã Tân Thịnh", "Xã Yên Trạ", "ồ"]
    path = write_shapefile(
        tmp_path / "lop", squares(3), {"ma": ["1", "2", "3"], "ten": names}, crs="EPSG:4326"
    )
    table = tmp_path / "lop" / "lop.dbf"
    data = table.read_bytes()
    cut = "Xã Yên Trạ".encode()
    assert cut in data
    table.write_bytes(data.replace(cut, cut[:-1] + b" "))
    path = pack(tmp_path / "lop", path)
    reading = read_file(path, layer_contract())
    assert reading.column("ten")[1] == "Xã Yên Tr"
    assert any("cut off in the middle of a letter" in note for note in said(reading.understanding))


def test_several_shapefiles_in_one_archive_are_chosen_like_sheets(tmp_path: Path) -> None:
    folder = tmp_path / "lop"
    write_shapefile(folder, squares(3), FIELDS, crs="EPSG:4326", name="a")
    path = write_shapefile(
        folder, squares(2), {"ma": ["8", "9"], "ten": ["x", "y"]}, crs="EPSG:4326", name="b"
    )
    assert understand(path, "lop.zip", layer_contract()).questions == (Question.SHEET,)
    reading = read_file(path, layer_contract(), ReadingChoice(sheet="b"))
    assert reading.column("ma") == ["8", "9"]


@pytest.mark.parametrize("ending", [".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_parts_is_refused_with_advice(
    tmp_path: Path, ending: str
) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326", without=(ending,))
    refused = understand(path, "lop.zip", layer_contract()).refusal
    assert refused is not None
    assert refused.reason == "incomplete-shapefile"
    assert ending in str(refused.text)
    assert ".prj" in str(refused.fix)


@pytest.mark.parametrize("ending", [".shp", ".shx"])
def test_a_lone_part_of_a_shapefile_is_refused_with_advice(tmp_path: Path, ending: str) -> None:
    write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    refused = understand(tmp_path / "lop" / f"lop{ending}", "lop.shp", layer_contract()).refusal
    assert refused is not None
    assert refused.reason == "lone-shapefile-part"
    assert "ZIP" in str(refused.fix)


def test_parts_of_two_shapefiles_are_not_taken_for_one(tmp_path: Path) -> None:
    write_shapefile(tmp_path / "one", squares(3), FIELDS, crs="EPSG:4326")
    path = write_shapefile(
        tmp_path / "two", squares(2), {"ma": ["8", "9"], "ten": ["x", "y"]}, crs="EPSG:4326"
    )
    (tmp_path / "two" / "lop.dbf").write_bytes((tmp_path / "one" / "lop.dbf").read_bytes())
    refused = understand(pack(tmp_path / "two", path), "lop.zip", layer_contract()).refusal
    assert refused is not None
    assert refused.reason == "parts-differ"


def test_a_record_deleted_in_the_mapping_program_is_passed_over_and_counted(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    table = tmp_path / "lop" / "lop.dbf"
    data = bytearray(table.read_bytes())
    head, length = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    data[head + length] = ord("*")
    table.write_bytes(data)
    reading = read_file(pack(tmp_path / "lop", path), layer_contract())
    assert reading.column("ma") == ["001", "003"]
    assert reading.staged.account == Account(units=3, record_units=2, blank=1, records=2)
    assert farthest(reading, squares(3)[[0, 2]]) < 1e-9


def test_other_tables_beside_a_shapefile_are_named_and_not_read(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "lop", squares(3), FIELDS, crs="EPSG:4326")
    (tmp_path / "lop" / "ghi-chu.xlsx").write_bytes(b"x")
    (tmp_path / "lop" / "lop.sbn").write_bytes(b"x")
    reading = read_file(pack(tmp_path / "lop", path), layer_contract())
    assert "1 files of the archive are not read: ghi-chu.xlsx." in said(reading.understanding)


def test_layers_in_an_archive_run_on_each_in_its_own_system(tmp_path: Path) -> None:
    folder = tmp_path / "lop"
    folder.mkdir()
    text_file(folder / "a.geojson", collection(squares(3), ROWS))
    turned = in_system(squares(2, lat=22.0), "EPSG:9213")
    write_layer(folder / "b.gpkg", turned, {"ma": ["8", "9"], "ten": ["x", "y"]}, crs="EPSG:9213")
    reading = read_file(pack(folder, tmp_path / "lop.zip"), layer_contract())
    assert reading.understanding.kind is FileKind.ZIP
    assert reading.column("ma") == ["001", "002", "003", "8", "9"]
    assert farthest(reading, np.concatenate((squares(3), squares(2, lat=22.0)))) < 2e-7


def test_a_feature_without_a_geometry_is_a_row_all_the_same(tmp_path: Path) -> None:
    shapes = squares(3)
    shapes[1] = None
    for path in (
        write_layer(tmp_path / "a.gpkg", shapes, FIELDS, crs="EPSG:4326"),
        write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:4326"),
        text_file(tmp_path / "a.json", collection(shapes, ROWS)),
    ):
        reading = read_file(path, layer_contract())
        assert reading.column("ma") == ["001", "002", "003"]
        assert reading.column("hinh")[1] is None
        assert reading.column("hinh")[2] is not None


def test_attributes_that_look_like_totals_or_headers_are_rows_of_a_layer(tmp_path: Path) -> None:
    rows = (
        {"ma": "Tổng cộng", "ten": ""},
        {"ma": "ma", "ten": "ten"},
        {"ma": "Ghi chú:", "ten": ""},
    )
    path = text_file(tmp_path / "a.json", collection(squares(3), rows))
    reading = read_file(path, layer_contract())
    assert reading.column("ma") == ["Tổng cộng", "ma", "Ghi chú:"]


def test_a_layer_into_a_dataset_without_geometries_gives_its_attributes(tmp_path: Path) -> None:
    contract = layer_contract()
    plain = replace(contract, columns=contract.columns[:2])
    path = text_file(tmp_path / "a.json", collection(squares(3, lon=3), ROWS))
    reading = read_file(path, plain)
    assert reading.column("ma") == ["001", "002", "003"]
    assert reading.understanding.unmatched_headers == ((2, "geometry"),)


def test_wkt_in_a_csv_is_as_good_as_a_layer(tmp_path: Path) -> None:
    lines = ["Mã;Tên;Ranh giới", *(f"{n};Xã {n};{shape.wkt}" for n, shape in enumerate(squares(3)))]
    reading = read_file(text_file(tmp_path / "a.csv", "\n".join(lines)), layer_contract())
    assert reading.understanding.kind is FileKind.TEXT
    assert farthest(reading, squares(3)) == 0


def test_what_was_understood_of_a_layer_survives_being_stored(tmp_path: Path) -> None:
    shapes = in_system(squares(3), "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", shapes, FIELDS, crs="EPSG:9213", prj=custom_prj(105.0))
    for choice in (None, ReadingChoice(crs="EPSG:9213")):
        seen = understand(path, "lop.zip", layer_contract(), choice)
        assert understanding_from_json(understanding_to_json(seen)) == seen


def test_a_look_at_a_long_geometry_stays_short(tmp_path: Path) -> None:
    path = text_file(
        tmp_path / "a.json", collection(shapely.buffer(squares(3), 0.01, quad_segs=500), ROWS)
    )
    seen = understand(path, "a.json", layer_contract())
    assert max(len(cell) for row in seen.preview for cell in row if cell) < 400
