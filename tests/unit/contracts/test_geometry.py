import pytest

from tests.unit.contracts.samples import VALID, findings
from tinhdata.contracts import (
    Contract,
    GeometrySpec,
    GeometryType,
    Verdict,
    compare,
    geometry_brief,
    load_contract,
)

CUSTOM = (
    "{property: geometry, value: {types: [Polygon, MultiPolygon], within: [105.4, 21, 106, 22]}}"
)
COLUMN = f"""\
      - id: ranh_gioi
        name: ranh_gioi
        businessName: Ranh giới
        logicalType: string
        physicalType: geometry
        classification: internal
        customProperties:
          - {CUSTOM}
"""
LAYER = VALID.replace("slaProperties:", f"{COLUMN}slaProperties:", 1)


def contract(text: str) -> Contract:
    return load_contract(text.encode(), "layer.yaml").contract


def test_a_column_of_geometries_is_read_with_its_kinds_and_its_box() -> None:
    column = contract(LAYER).column("ranh_gioi")
    assert column.geometry == GeometrySpec(
        (GeometryType.POLYGON, GeometryType.MULTI_POLYGON), (105.4, 21.0, 106.0, 22.0)
    )
    assert not column.filterable
    assert findings(LAYER.encode()) == ()


def test_a_contract_may_bound_vertices_and_allow_filtering() -> None:
    text = LAYER.replace(
        "22]}}", "22], maxVertices: 500}}\n          - {property: filterable, value: true}"
    )
    column = contract(text).column("ranh_gioi")
    assert column.geometry is not None
    assert column.geometry.max_vertices == 500
    assert column.filterable


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("        physicalType: geometry\n", "", "geometry"),
        (
            "string\n        physicalType: geometry",
            "number\n        physicalType: geometry",
            "geometry",
        ),
        (
            f"          - {CUSTOM}\n",
            "          - {property: filterable, value: false}\n",
            "geometry",
        ),
        ("within: [105.4, 21, 106, 22]", "within: [106, 21, 105.4, 22]", "geometry"),
        ("within: [105.4, 21, 106, 22]", "within: [21, 105.4, 22, 106]", "geometry"),
        ("within: [105.4, 21, 106, 22]", "within: [105.4, 21, 106]", "vocabulary"),
        (", within: [105.4, 21, 106, 22]", "", "vocabulary"),
        ("types: [Polygon, MultiPolygon]", "types: [Circle]", "vocabulary"),
        ("types: [Polygon, MultiPolygon]", "types: []", "vocabulary"),
        ("22]}}", "22], maxVertices: 0}}", "vocabulary"),
        (
            "        physicalType: geometry\n",
            "        physicalType: geometry\n        unique: true\n",
            "geometry",
        ),
        (
            "        physicalType: geometry\n",
            "        physicalType: geometry\n        logicalTypeOptions: {maxLength: 10}\n",
            "geometry",
        ),
    ],
)
def test_a_geometry_that_is_declared_wrongly_is_found(old: str, new: str, code: str) -> None:
    assert LAYER.count(old) >= 1
    assert code in {finding.code for finding in findings(LAYER.replace(old, new, 1).encode())}


def _kinds(old: str, new: str) -> dict[str, tuple[Verdict, Verdict]]:
    found = compare(contract(old), contract(new))
    return {change.kind: (change.consumer, change.producer) for change in found.changes}


def test_narrowing_binds_who_delivers_and_widening_concerns_who_reads() -> None:
    narrow = LAYER.replace("[105.4, 21, 106, 22]", "[105.5, 21, 106, 22]")
    fewer = LAYER.replace("[Polygon, MultiPolygon]", "[Polygon]")
    for tight in (narrow, fewer):
        assert _kinds(LAYER, tight)["geometry-tightened"] == (Verdict.OK, Verdict.BREAK)
        assert _kinds(tight, LAYER)["geometry-widened"] == (Verdict.WARN, Verdict.OK)
    plain = LAYER.replace("        physicalType: geometry\n", "").replace(
        f"          - {CUSTOM}\n", "          - {property: filterable, value: false}\n"
    )
    assert _kinds(plain, LAYER)["geometry-changed"] == (Verdict.BREAK, Verdict.BREAK)
    assert _kinds(LAYER, LAYER) == {}


@pytest.mark.parametrize(
    ("wkt", "said"),
    [
        ("POINT (105.84 21.59)", "point 105.84 21.59"),
        ("SRID=4326;point z (105.84  21.59 3)", "point 105.84 21.59 3"),
        ("POLYGON ((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))", "polygon, 8 vertices"),
        (
            "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((0 0, 1 0, 1 1, 0 0)))",
            "several polygons, 8 vertices",
        ),
        ("LINESTRING(0 0,1 1)", "line, 2 vertices"),
    ],
)
def test_a_geometry_is_told_in_a_few_words(wkt: str, said: str) -> None:
    brief = geometry_brief(wkt)
    assert brief is not None
    assert str(brief) == said


@pytest.mark.parametrize("text", ["", "hình vuông", "GEOMETRYCOLLECTION (POINT (1 1))", "POINT"])
def test_what_is_no_geometry_has_no_brief(text: str) -> None:
    assert geometry_brief(text) is None
