"""Real layers that nobody here drew, read and judged, with what a person counted in them.

They run where the real data lies beside the project (or TINHDATA_REAL_DATA says where).
"""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from tests.integration.intake.test_geodata import custom_prj
from tests.support.geodata import (
    BOX,
    Fields,
    Shapes,
    in_system,
    layer_contract,
    text_column,
    write_layer,
    write_shapefile,
)
from tests.unit.intake.building import real_data
from tinhdata.contracts import Contract, GeometryType, LogicalType
from tinhdata.contracts.model import TableColumn, TableSpec, sql_type
from tinhdata.intake import Question, ReadingChoice, Staged, Understanding, read, understand
from tinhdata.quality import CheckContext, CheckResult, check, compile_checks
from tinhdata.quality.held import stored_items

VIETNAM = (102.0, 8.0, 110.0, 23.5)
NUMBER = LogicalType.NUMBER
COMMUNES = ("thai-nguyen-communes-2025", "thai-nguyen-communes-92.geojson")


def judged(
    path: Path, of: Contract, out: Path, choice: ReadingChoice | None = None
) -> tuple[Understanding, Staged, CheckResult]:
    """Understand, read and check the file at `path`."""
    understanding = understand(path, path.name, of, choice)
    assert understanding.is_ready, (understanding.refusal, understanding.questions)
    staged = read(path, of, understanding, out / "staged")
    assert staged.account.is_balanced
    columns = tuple(TableColumn(c.name, sql_type(c), n) for n, c in enumerate(of.columns, 10))
    context = CheckContext(
        delivery="dlv_1",
        number_forms=staged.number_forms,
        date_orders=staged.date_orders,
        rejects=staged.rejects.path,
    )
    spec = TableSpec(of.id, columns, ())
    result = check(compile_checks(of, "0" * 64), staged.rows.path, spec, context, out / "checked")
    assert result.made == staged.account.records
    return understanding, staged, result


def released(result: CheckResult) -> list[Mapping[str, object]]:
    return [row for file in result.good for row in pq.read_table(file.path).to_pylist()]


def held(result: CheckResult, of: Contract) -> Counter[str]:
    if result.quarantine is None:
        return Counter()
    items = stored_items(pq.read_table(result.quarantine.path), of)
    return Counter(reason.rule for item in items for reason in item.reasons)


def communes() -> Contract:
    return layer_contract(
        columns=(
            text_column("ma", "Mã xã", required=True, synonyms=("code",)),
            text_column("ten", "Tên xã", synonyms=("fullName",)),
            text_column("dien_tich", "Diện tích", NUMBER, synonyms=("areaKm2",)),
        ),
        required=True,
    )


def commune_layer() -> tuple[Shapes, Fields]:
    features = json.loads(real_data(*COMMUNES).read_text("utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    fields = {
        name: [feature["properties"][key] for feature in features]
        for name, key in (("ma", "code"), ("ten", "fullName"), ("dien_tich", "areaKm2"))
    }
    return np.array(shapes, dtype=object), fields


def same_places(rows: list[Mapping[str, object]], shapes: Shapes) -> bool:
    """Say whether stored areas lie where the drawn ones do, to a few centimetres."""
    stored = np.array([shapely.from_wkt(str(row["hinh"])) for row in rows], dtype=object)
    return bool((shapely.hausdorff_distance(stored, shapes) < 3e-7).all())


def test_the_92_communes_are_all_released_in_a_few_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    understanding, _staged, result = judged(real_data(*COMMUNES), communes(), tmp_path)
    assert time.monotonic() - started < 30
    assert understanding.crs == "EPSG:4326"
    assert (result.made, result.released, result.quarantined) == (92, 92, 0)
    rows = released(result)
    first = rows[0]
    assert (first["ma"], first["ten"]) == ("01840", "Phường Đức Xuân")
    assert str(first["dien_tich"]) == "34.46"
    assert str(first["hinh"]).startswith("MULTIPOLYGON (((105.8")
    vertices = sum(str(row["hinh"]).count(",") + 1 for row in rows)
    assert vertices == 177_094


@pytest.mark.parametrize("form", ["gpkg", "prj", "esri", "no prj"])
def test_the_communes_in_vn2000_come_out_where_they_lie(tmp_path: Path, form: str) -> None:
    shapes, fields = commune_layer()
    metres = in_system(shapes, "EPSG:9213")
    choice = None
    if form == "gpkg":
        path = write_layer(tmp_path / "a.gpkg", metres, fields, crs="EPSG:9213", layer="xa")
        centres = shapely.centroid(metres)
        write_layer(path, centres, {"ten_tam": fields["ten"]}, crs="EPSG:9213", layer="tam")
    else:
        path = write_shapefile(
            tmp_path / "lop",
            metres,
            fields,
            crs="EPSG:9213",
            prj=custom_prj(106.5) if form == "esri" else None,
            without=(".prj",) if form == "no prj" else (),
        )
    if form == "no prj":
        asked = understand(path, "lop.zip", communes())
        assert asked.questions == (Question.CRS,)
        assert asked.crs_candidates[0].key == "EPSG:9213"
        choice = ReadingChoice(crs="EPSG:9213")
    understanding, _staged, result = judged(path, communes(), tmp_path, choice)
    assert understanding.crs == "EPSG:9213"
    assert result.released >= 91
    by_code = {str(code): shape for code, shape in zip(fields["ma"], shapes, strict=True)}
    rows = released(result)
    assert same_places(rows, np.array([by_code[str(row["ma"])] for row in rows], dtype=object))


def test_the_communes_with_the_meridian_of_another_province_are_refused(tmp_path: Path) -> None:
    shapes, fields = commune_layer()
    metres = in_system(shapes, "EPSG:9213")
    path = write_shapefile(tmp_path / "lop", metres, fields, crs="EPSG:9213", prj=custom_prj(105.0))
    refused = understand(path, "lop.zip", communes())
    assert refused.refusal is not None
    assert refused.refusal.reason == "wrong-area"
    assert refused.crs_candidates[0].key == "EPSG:9213"


def test_hydropower_plants_are_points_with_their_attributes(tmp_path: Path) -> None:
    columns = (
        text_column("ma", "Mã", required=True, synonyms=("map_id",)),
        text_column("ten", "Tên nhà máy", synonyms=("Name",), missing_values=("Không biết",)),
        text_column("cong_suat", "Công suất", NUMBER, synonyms=("CSuat_MW",)),
        text_column("nguon", "Nguồn", synonyms=("Nguon",)),
    )
    of = layer_contract(GeometryType.POINT, columns=columns, box=VIETNAM, required=True)
    _seen, _staged, result = judged(
        real_data("hydropower-plants", "thuydien.geojson"), of, tmp_path
    )
    assert (result.made, result.quarantined) == (197, held(result, of).total())
    assert result.released >= 190
    row = next(row for row in released(result) if row["ma"] == "td_6")
    assert (row["ten"], str(row["cong_suat"])) == ("Hoa Thám", "5.8")
    assert str(row["hinh"]).startswith("POINT (106.1")
    assert not any("\r" in str(row["nguon"]) for row in released(result))


def test_roads_and_railways_keep_their_lines_and_repeated_ids_are_found(tmp_path: Path) -> None:
    columns = (
        text_column("gid", "Số hiệu", LogicalType.INTEGER, required=True),
        text_column("ten", "Tên tuyến"),
        text_column("loai", "Loại đường", synonyms=("loai_duong",)),
        text_column("chieu_dai", "Chiều dài", NUMBER),
    )
    of = layer_contract(GeometryType.MULTI_LINE_STRING, columns=columns, box=VIETNAM)
    _seen, _staged, result = judged(
        real_data("transport-network", "giaothong.geojson"), of, tmp_path
    )
    assert result.made == 458
    assert set(held(result, of)) <= {"key"}
    assert result.released >= 440
    row = next(row for row in released(result) if row["gid"] == 1)
    assert (row["ten"], row["loai"]) == ("Mương Mán - Phan Thiết", "Đường thứ cấp")
    assert str(row["chieu_dai"]) == "12015.934977"
    assert str(row["hinh"]).startswith("MULTILINESTRING ((1")


def test_of_the_protected_sites_the_one_that_crosses_itself_waits(tmp_path: Path) -> None:
    columns = (
        text_column("ten", "Tên", required=True, synonyms=("Ten",)),
        text_column("kieu", "Kiểu bảo tồn", required=True, synonyms=("Kieu_BT",)),
    )
    of = layer_contract(GeometryType.MULTI_POLYGON, columns=columns, box=VIETNAM)
    of = replace(of, key=("ten", "kieu"))
    _seen, _staged, result = judged(
        real_data("protected-heritage-sites", "heritage.geojson"), of, tmp_path
    )
    assert result.made == 14
    assert held(result, of) == Counter({"valid-geometry:hinh": 1})
    assert result.released == 13
    assert "Cù Lao Chàm - Hội An" in {row["ten"] for row in released(result)}


def test_a_national_layer_into_a_dataset_of_the_province_is_refused(tmp_path: Path) -> None:
    of = layer_contract(GeometryType.MULTI_LINE_STRING, columns=(text_column("gid", "Số hiệu"),))
    path = real_data("transport-network", "giaothong.geojson")
    refused = understand(path, path.name, of).refusal
    assert refused is not None
    assert "of 458 features lie outside" in str(refused.text)
    assert BOX[0] < BOX[2]
    assert tmp_path.exists()
