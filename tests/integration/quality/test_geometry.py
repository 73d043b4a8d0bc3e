"""Columns of geometries: what is stored, what is counted as changed, what waits and why."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.quality.builders import column, contract, good_rows, run
from tinhdata.contracts import Contract, GeometrySpec, GeometryType
from tinhdata.kernel import Text
from tinhdata.quality import CheckContext, CheckResult, Reason, RuleKind, Step, compile_checks
from tinhdata.quality.geometry import read_many, read_one
from tinhdata.quality.held import stored_items

BOX = (105.4, 21.3, 106.3, 22.8)
AREAS = (GeometryType.POLYGON, GeometryType.MULTI_POLYGON)
SQUARE = "POLYGON ((105.8 21.5, 105.9 21.5, 105.9 21.6, 105.8 21.6, 105.8 21.5))"
BOW_TIE = "POLYGON ((105.8 21.5, 105.9 21.6, 105.9 21.5, 105.8 21.6, 105.8 21.5))"


def layer(*types: GeometryType, most: int = 1000, required: bool = False) -> Contract:
    shape = replace(
        column("ranh_gioi", label="Ranh giới", required=required),
        geometry=GeometrySpec(types or AREAS, BOX, most),
        filterable=False,
    )
    return contract((column("ma", required=True), shape), key=("ma",))


def checked(folder: Path, of: Contract, *cells: str | None) -> CheckResult:
    return run(folder, of, [(f"M{at}", cell) for at, cell in enumerate(cells)])


def reasons(result: CheckResult, of: Contract) -> list[list[Reason]]:
    assert result.quarantine is not None
    items = stored_items(pq.read_table(result.quarantine.path), of)
    return [list(item.reasons) for item in items]


def only_reason(result: CheckResult, of: Contract) -> Reason:
    ((reason,),) = reasons(result, of)
    return reason


def test_a_geometry_is_stored_flat_and_rounded_and_the_change_is_counted(tmp_path: Path) -> None:
    of = layer(GeometryType.POINT)
    written = ("POINT Z (105.84812345678 21.5000000004 12.5)", "POINT (105.8 21.5)")
    result = checked(tmp_path, of, *written)
    stored = [row["ranh_gioi"] for row in good_rows(result)]
    assert stored == ["POINT (105.8481235 21.5)", "POINT (105.8 21.5)"]
    changed = {(each.column, each.step): each.rows for each in result.standardised}
    assert changed == {("ranh_gioi", Step.GEOMETRY): 1}


def test_a_single_area_becomes_a_set_where_only_sets_are_taken(tmp_path: Path) -> None:
    result = checked(tmp_path, layer(GeometryType.MULTI_POLYGON), SQUARE)
    (row,) = good_rows(result)
    assert row["ranh_gioi"] == SQUARE.replace("POLYGON ((", "MULTIPOLYGON (((") + ")"


def test_a_set_of_one_becomes_single_where_only_single_ones_are_taken(tmp_path: Path) -> None:
    of = layer(GeometryType.POINT)
    result = checked(tmp_path, of, "MULTIPOINT ((105.8 21.5))", "MULTIPOINT (105.8 21.5, 106 22)")
    assert [row["ranh_gioi"] for row in good_rows(result)] == ["POINT (105.8 21.5)"]
    assert only_reason(result, of).rule == "geometry-kind:ranh_gioi"


@pytest.mark.parametrize(
    "empty", ["POLYGON EMPTY", "multipolygon z empty", "MULTIPOLYGON (EMPTY)", "", None]
)
def test_an_empty_geometry_is_missing_and_no_fault(tmp_path: Path, empty: str | None) -> None:
    assert [row["ranh_gioi"] for row in good_rows(checked(tmp_path, layer(), empty))] == [None]
    needed = layer(required=True)
    reason = only_reason(checked(tmp_path / "needed", needed, empty), needed)
    assert reason.rule == "required:ranh_gioi"


@pytest.mark.parametrize(
    ("cell", "rule", "said"),
    [
        ("hình vuông", "type", "is no geometry in WKT"),
        ("POLYGON ((105.8 21.5, 105.9 21.5, 105.9 21.6))", "type", "is no geometry in WKT"),
        ("POLYGON ((105.8 21.5, nan 21.5, 105.9 21.6, 105.8 21.5))", "type", "is no number"),
        ("SRID=3405;POLYGON ((1 1, 2 1, 2 2, 1 1))", "type", "another coordinate system"),
        ("POINT (105.8 21.5)", "geometry-kind", "of the kind {kind}"),
        ("GEOMETRYCOLLECTION (POINT (105.8 21.5))", "geometry-kind", "of the kind {kind}"),
        (BOW_TIE, "valid-geometry", "is not valid"),
        (SQUARE.replace("105", "107"), "within", "outside the area"),
        (
            "POLYGON ((21.5 105.8, 21.6 105.8, 21.6 105.9, 21.5 105.8))",
            "within",
            "are swapped",
        ),
        ("POLYGON ((4e5 2e6, 5e5 2e6, 5e5 3e6, 4e5 2e6))", "within", "are no degrees"),
        ("POLYGON ((1e300 1, 2e300 1, 2e300 2, 1e300 1))", "within", "are no degrees"),
    ],
)
def test_each_fault_of_a_geometry_is_told_apart(
    tmp_path: Path, cell: str, rule: str, said: str
) -> None:
    of = layer()
    result = checked(tmp_path, of, cell, SQUARE)
    assert (result.released, result.quarantined) == (1, 1)
    reason = only_reason(result, of)
    assert reason.rule == f"{rule}:ranh_gioi"
    assert said in reason.text.msgid


def test_where_an_area_crosses_itself_is_said(tmp_path: Path) -> None:
    of = layer()
    reason = only_reason(checked(tmp_path, of, BOW_TIE), of)
    assert reason.text.params["fault"] == Text("a line of it crosses itself")
    assert reason.text.params["place"] == "105.85 21.55"


def test_a_geometry_with_too_many_vertices_is_held_and_cannot_be_waived(tmp_path: Path) -> None:
    of = layer(most=4)
    waived = CheckContext(delivery="dlv_1", waived=frozenset({1}))
    result = run(tmp_path, of, [("A", SQUARE)], waived)
    assert result.released == 0
    measured = result.rule("vertices:ranh_gioi")
    assert (measured.failed, measured.applicable) == (1, 1)


def test_an_invalid_area_can_be_waived_and_is_then_stored_as_it_is(tmp_path: Path) -> None:
    of = layer()
    waived = CheckContext(delivery="dlv_1", waived=frozenset({1}))
    result = run(tmp_path, of, [("A", BOW_TIE)], waived)
    (row,) = good_rows(result)
    assert row["ranh_gioi"] == BOW_TIE
    assert row["_warnings"] == "valid-geometry:ranh_gioi"


def test_a_collection_nested_without_end_is_refused_and_not_followed(tmp_path: Path) -> None:
    nested = "GEOMETRYCOLLECTION (" * 200_000 + "POINT (1 1)" + ")" * 200_000
    result = checked(tmp_path, layer(), nested, "GEOMETRYCOLLECTION(" * 50_000, "((((" * 50_000)
    assert result.quarantined == 3


def test_a_thin_area_that_rounding_would_break_stays_valid(tmp_path: Path) -> None:
    thin = "POLYGON ((105.8 21.5, 105.9 21.50000004, 105.9 21.50000024, 105.8 21.5))"
    broken = "POLYGON ((105.8 21.5, 105.81 21.50000006, 105.82 21.50000004, 105.8 21.5))"
    of = layer()
    result = checked(tmp_path, of, thin, broken)
    for row in good_rows(result):
        assert shapely.from_wkt(str(row["ranh_gioi"])).is_valid


def test_the_statements_and_the_engine_say_how_geometries_were_read(tmp_path: Path) -> None:
    result = checked(tmp_path, layer(), SQUARE)
    assert "read_geometry(_text_1, 'Polygon MultiPolygon', 1000)" in result.sql
    assert result.engine.startswith("DuckDB ")
    assert f"GEOS {shapely.geos_version_string}" in result.engine


def test_a_check_without_geometries_names_no_other_engine(tmp_path: Path) -> None:
    assert "GEOS" not in run(tmp_path, contract((column("ma"),)), [("A",)]).engine


def test_the_same_rows_give_the_same_files_whatever_ran_before(tmp_path: Path) -> None:
    cells = (
        SQUARE,
        BOW_TIE,
        None,
        "POLYGON ((105.8 21.5, 105.9 21.5, 105.9 21.60000001, 105.8 21.5))",
    )
    one, two = (checked(tmp_path / name, layer(), *cells) for name in ("one", "two"))
    assert one.sql_hash == two.sql_hash
    assert one.good[0].path.read_bytes() == two.good[0].path.read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(105.4, 106.3), st.floats(21.3, 22.8)), min_size=2, max_size=12))
def test_what_is_stored_reads_back_as_itself(points: list[tuple[float, float]]) -> None:
    spec = GeometrySpec((GeometryType.LINE_STRING,), BOX)
    written = shapely.linestrings(points).wkt
    once = read_one(written, spec)
    if once.wkt is not None:
        again = read_one(once.wkt, spec)
        assert (again.wkt, again.fault) == (once.wkt, once.fault)
        assert once.shape is not None
        moved = shapely.get_coordinates(once.shape) - np.array(points)
        assert np.abs(moved).max() <= 0.6e-7


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="POINTLYGMUSER()0123456789.,-+eZ ;=\n", max_size=60))
def test_any_text_is_either_read_or_refused(text: str) -> None:
    wanted = frozenset(GeometryType)
    (read,) = read_many((text,), wanted, 100)
    assert (read.wkt is None) == (read.fault is not None and read.fault != "invalid")


def test_ten_thousand_areas_are_checked_in_a_few_seconds(tmp_path: Path) -> None:
    turn = np.linspace(0, 2 * np.pi, 30)[:-1]
    ring = np.column_stack((np.cos(turn), np.sin(turn))) * 0.004
    centres = np.random.default_rng(7).uniform((105.5, 21.4), (106.2, 22.7), (10_000, 2))
    cells = shapely.to_wkt(shapely.polygons(centres[:, None, :] + ring[None, :, :]))
    started = time.monotonic()
    result = checked(tmp_path, layer(), *cells)
    assert result.released == 10_000
    assert time.monotonic() - started < 10


def test_every_rule_of_a_geometry_has_its_own_kind() -> None:
    of = layer()
    from_plan = {
        RuleKind.TYPE,
        RuleKind.GEOMETRY_KIND,
        RuleKind.VERTICES,
        RuleKind.WITHIN,
        RuleKind.VALID_GEOMETRY,
    }
    plan = compile_checks(of, "0" * 64)
    assert {rule.kind for rule in plan.rules if rule.columns == ("ranh_gioi",)} == from_plan
