import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from tinhdata.vietnam import (
    WGS84,
    ZONES,
    ReferenceSystem,
    Unreadable,
    Way,
    Zone,
    fitting_zones,
    parse_reference_system,
    way_to_wgs84,
)

BOX = (105.4, 21.3, 106.3, 22.8)
SHIFT = "VN-2000 to WGS 84 (2)"
HAND_MADE = (
    "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
)
CUSTOM = (
    'PROJCS["KTT",GEOGCS["GCS",DATUM["{datum}",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",{easting}],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{meridian}],'
    'PARAMETER["Scale_Factor",{scale}],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def way(key: str) -> Way:
    found = way_to_wgs84(key)
    assert isinstance(found, Way)
    return found


def system(text: str) -> ReferenceSystem:
    found = parse_reference_system(text)
    assert isinstance(found, ReferenceSystem), found
    return found


def custom(
    meridian: float, *, datum: str = "D_VN_2000", scale: float = 0.9999, easting: float = 500_000
) -> str:
    return CUSTOM.format(datum=datum, meridian=meridian, scale=scale, easting=easting)


def test_the_point_that_the_surveyors_gave_lies_where_they_say() -> None:
    metres = way("EPSG:9213").metres(np.array([[105.848, 21.594]]))
    assert metres[0] == pytest.approx((432293.562, 2388857.289), abs=0.001)
    degrees = way("EPSG:9213").degrees(np.array([[432293.562, 2388857.289]]))
    assert degrees[0] == pytest.approx((105.848, 21.594), abs=1e-8)


def test_every_zone_of_the_table_is_what_the_epsg_dataset_says_it_is() -> None:
    for zone in ZONES:
        crs = CRS.from_epsg(zone.epsg)
        assert "VN-2000" in crs.name
        operation = crs.coordinate_operation
        values = {p.name: float(p.value) for p in operation.params} if operation else {}
        assert values.get("Longitude of natural origin") == zone.meridian
        assert values.get("Scale factor at natural origin") == zone.scale
        assert way(zone.key).shift == SHIFT


def test_no_zone_of_the_epsg_dataset_is_missing() -> None:
    from pyproj.database import query_crs_info

    known = {
        int(info.code)
        for info in query_crs_info("EPSG")
        if info.name.startswith("VN-2000") and int(info.code) != 4756
    }
    two_dimensional = {code for code in known if len(CRS.from_epsg(code).axis_info) == 2}
    projected = {code for code in two_dimensional if CRS.from_epsg(code).is_projected}
    assert projected == {zone.epsg for zone in ZONES if zone.meridian is not None}


@pytest.mark.parametrize("zone", ZONES, ids=lambda zone: zone.key)
@pytest.mark.parametrize("form", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_a_zone_is_known_again_in_each_way_of_writing_it(zone: Zone, form: str) -> None:
    found = system(CRS.from_epsg(zone.epsg).to_wkt(form))
    assert (found.key, found.zone) == (zone.key, zone)
    assert not found.hand_made
    assert not found.says_wgs84


@pytest.mark.parametrize("datum", ["D_VN_2000", "D_Vietnam_2000", "VN2000", "Viet_Nam_2000"])
def test_a_custom_zone_is_told_by_its_parameters(datum: str) -> None:
    assert system(custom(106.5, datum=datum)).key == "EPSG:9213"
    assert system(custom(107.75, datum=datum)).key == "EPSG:5899"


def test_the_parameters_pasted_by_hand_are_seen_and_lie_most_of_a_metre_off() -> None:
    text = (
        "+proj=tmerc +lat_0=0 +lon_0=106.5 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 "
        f"+towgs84={HAND_MADE} +units=m +no_defs"
    )
    found = system(text)
    assert found.key == "EPSG:9213"
    assert found.hand_made
    from pyproj import Transformer

    by_hand = Transformer.from_crs(text, WGS84, always_xy=True).transform(432293.562, 2388857.289)
    right = way("EPSG:9213").metres(np.array([by_hand]))[0]
    assert np.hypot(*(right - (432293.562, 2388857.289))) == pytest.approx(0.76, abs=0.02)


def test_a_zone_that_calls_its_datum_wgs84_is_read_as_ours_and_marked() -> None:
    found = system(custom(106.5, datum="D_WGS_1984"))
    assert found.key == "EPSG:9213"
    assert found.says_wgs84


def test_what_only_resembles_a_zone_is_not_taken_for_one() -> None:
    utm = system(custom(105, datum="D_WGS_1984", scale=0.9996))
    assert utm.zone is None
    assert way(utm.key).shift == ""
    for text in (custom(106.6), custom(106.5, easting=400_000), custom(106.5, scale=1.0)):
        found = parse_reference_system(text)
        assert isinstance(found, Unreadable) or found.zone is None
    krass = "+proj=tmerc +lat_0=0 +lon_0=105 +k=0.9999 +x_0=500000 +y_0=0 +ellps=krass"
    assert isinstance(parse_reference_system(krass), Unreadable)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("EPSG:4326", WGS84),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", WGS84),
        ("urn:ogc:def:crs:EPSG::3405", "EPSG:3405"),
        ("EPSG:3857", "EPSG:3857"),
        ("EPSG:32648", "EPSG:32648"),
    ],
)
def test_a_code_is_read_in_every_usual_form(text: str, key: str) -> None:
    assert system(text).key == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "không rõ",
        "EPSG:0",
        "EPSG:999999",
        "http://127.0.0.1:9/crs",
        "PROJCS[" * 2000,
        "(" * 300,
        "x" * 100_000,
        'LOCAL_CS["Undefined Cartesian SRS"]',
        "+proj=pipeline +step +proj=noop",
        "+init=/etc/passwd:1",
    ],
)
def test_what_is_no_system_is_answered_with_why(text: str) -> None:
    found = parse_reference_system(text)
    assert isinstance(found, Unreadable)
    assert found.reason.msgid


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(parse_reference_system(text), ReferenceSystem | Unreadable)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), st.floats(105.4, 106.3), st.floats(21.3, 22.8))
def test_there_and_back_is_the_same_place(zone: Zone, lon: float, lat: float) -> None:
    there = way(zone.key)
    back = there.degrees(there.metres(np.array([[lon, lat]])))[0]
    assert back == pytest.approx((lon, lat), abs=2e-8)


def test_the_zone_in_use_where_the_box_lies_is_offered_first() -> None:
    middle = np.array([[105.85, 22.0], [105.8, 21.6], [105.9, 22.4]])
    found = fitting_zones(way("EPSG:9213").metres(middle), BOX)
    assert found[0].zone.key == "EPSG:9213"
    assert found[0].zone.meridian_text == "106°30′"
    assert found[0].inside == 100
    assert "EPSG:9205" not in {each.zone.key for each in found}


def test_degrees_are_offered_for_degrees_only_and_nothing_for_what_lies_elsewhere() -> None:
    offered = fitting_zones(np.array([[105.85, 22.0]]), BOX)
    assert {each.zone.meridian for each in offered} == {None}
    assert fitting_zones(np.array([[2.35, 48.85]]), BOX) == ()
    assert fitting_zones(np.array([[np.nan, np.inf]]), BOX) == ()


def test_a_point_from_which_no_way_leads_becomes_infinite_and_raises_nothing() -> None:
    turned = way("EPSG:9213").degrees(np.array([[1e300, 1e300], [np.nan, 1.0]]))
    assert not np.isfinite(turned).any()
