"""Units of measure in Vietnamese and English, what they are worth, and where they are found."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import (
    conversion,
    find_measure,
    fold,
    often_used,
    parse_measure,
    title_measures,
)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("Triệu đồng", "đồng", "1000000"),
        ("Triệu đồng", "tỷ đồng", "0.001"),
        ("Tỷ đồng", "triệu đồng", "1000"),
        ("nghìn tỷ đồng", "tỷ đồng", "1000"),
        ("Bill. Dongs", "triệu đồng", "1000"),
        ("In billions of dong", "tỷ đồng", "1"),
        ("trđ", "đồng", "1000000"),
        ("tr.đ", "triệu đồng", "1"),
        ("1.000đ", "đồng", "1000"),
        ("VNĐ", "đồng", "1"),
        ("nghìn tấn", "tấn", "1000"),
        ("1000 tấn", "tấn", "1000"),
        ("1.000 tấn", "kg", "1000000"),
        ("Thous. tons", "tấn", "1000"),
        ("tạ", "tấn", "0.1"),
        ("tấn", "tạ", "10"),
        ("g", "kg", "0.001"),
        ("Thous. heads", "con", "1000"),
        ("Thous. Heads", "nghìn con", "1"),
        ("Mill. heads", "nghìn con", "1000"),
        ("nghìn con", "con", "1000"),
        ("Thous. pers.", "người", "1000"),
        ("Nghìn người", "người", "1000"),
        ("Nghìn", "người", "1000"),
        ("Thous. ha", "ha", "1000"),
        ("km²", "ha", "100"),
        ("Km2", "m²", "1000000"),
        ("ha", "km2", "0.01"),
        ("GWh", "kWh", "1000000"),
        ("triệu kWh", "GWh", "1"),
        ("MW", "kW", "1000"),
        ("‰", "%", "0.1"),
        ("%", "phần trăm", "1"),
        ("tạ/ha", "tấn/ha", "0.1"),
        ("Person/km2", "người/km²", "1"),
        ("nghìn đồng/người/tháng", "đồng/người/tháng", "1000"),
        ("Mill. tons.km", "tấn.km", "1000000"),
        ("nghìn cuốn", "cuốn", "1000"),
        ("lít", "m³", "0.001"),
    ],
)
def test_what_one_unit_is_in_another(source: str, target: str, factor: str) -> None:
    one, other = parse_measure(source), parse_measure(target)
    assert one is not None
    assert other is not None
    assert conversion(one, other) == Decimal(factor)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("USD", "đồng"),
        ("tấn", "ha"),
        ("nghìn con", "người"),
        ("sào", "ha"),
        ("mẫu", "ha"),
        ("năm", "tháng"),
        ("tạ/ha", "tạ"),
        ("nghìn tỷ đồng/mg", "đồng/tấn"),
    ],
)
def test_what_cannot_surely_be_turned_has_no_factor(source: str, target: str) -> None:
    one, other = parse_measure(source), parse_measure(target)
    assert one is not None
    assert other is not None
    assert conversion(one, other) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1000", "(1)", "A", "2015", "Ha Noi = 100", "Hà Nội", "Điểm", "lần 2"),
        *("Tỷ lệ", "tỷ trọng", "Ngân hàng", "ngân sách", "Tổng số", "kg/quả táo", "x" * 500),
    ],
)
def test_what_only_looks_like_a_unit_is_none(text: str) -> None:
    assert parse_measure(text) is None


@pytest.mark.parametrize(
    ("header", "rest", "unit"),
    [
        ("2011 Area (Km2)", "2011 Area", "km2"),
        ("2011 Average population (Thous. pers.)", "2011 Average population", "thous. pers"),
        ("Diện tích, ha", "Diện tích", "ha"),
        ("Diện tích (ĐVT: ha)", "Diện tích", "ha"),
        ("Diện tích (ha) (*)", "Diện tích (*)", "ha"),
        ("Crude oil(Thous. tons)", "Crude oil", "thous. tons"),
        ("Total - Thous. persons", "Total", "thous. persons"),
        ("Năng suất [tạ/ha]", "Năng suất", "ta/ha"),
        ("Sản lượng / tấn", "Sản lượng", "tan"),
        ("Tỷ lệ che phủ (%)", "Tỷ lệ che phủ", "%"),
    ],
)
def test_a_header_gives_its_unit_away(header: str, rest: str, unit: str) -> None:
    found = find_measure(header)
    assert found is not None
    assert (found.rest, fold(found.measure.text)) == (rest, unit)


@pytest.mark.parametrize(
    "header",
    ["Cities, provincies", "Tên (nếu có)", "Năm", "ha", "Nam, nữ", "Số lượng (1)", "Phường/xã"],
)
def test_other_brackets_and_commas_are_no_units(header: str) -> None:
    assert find_measure(header) is None


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("Đơn vị tính: Triệu đồng", ["trieu dong"]),
        ("\u00a0\u00a0\u00a0Đơn vị: Triệu đồng.", ["trieu dong"]),
        ("ĐVT: ha", ["ha"]),
        ("ĐVT nghìn tấn", ["nghin tan"]),
        ("Unit: Thous. ha", ["thous. ha"]),
        ("(Triệu đồng)", ["trieu dong"]),
        ("Tỷ đồng - Billions of dongs", ["ty dong", "billions of dongs"]),
        ("Đơn vị tính: ha, tấn", ["ha", "tan"]),
        ("DIỆN TÍCH GIEO TRỒNG LÚA (nghìn ha)", ["nghin ha"]),
        ("Đơn vị: Sở Y tế", []),
        ("Spatial cost of living index (Ha Noi = 100)", []),
        ("BỘ TÀI CHÍNH", []),
        ("Con", []),
        ("Năm", []),
    ],
)
def test_a_line_above_the_table_names_units(line: str, units: list[str]) -> None:
    assert [fold(measure.text) for measure in title_measures(line)] == units


def test_units_that_are_offered_can_all_be_turned_into_ours() -> None:
    assert often_used("con") == ("nghìn con", "triệu con")
    assert often_used("triệu đồng") == ("đồng", "nghìn đồng", "tỷ đồng", "nghìn tỷ đồng")
    assert often_used("điểm") == ()


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading_of_units(text: str) -> None:
    parse_measure(text)
    find_measure(text)
    title_measures(text)
    often_used(text)
