from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.vietnam.real_data import real_rows, units_of_the_pack
from tinhdata.vietnam import (
    Found,
    FoundBy,
    NeedsPerson,
    PlaceName,
    Predecessor,
    Unit,
    UnitAnswer,
    UnitIndex,
    UnitKind,
    UnitTableProblem,
    Unreadable,
    parse_place,
    parse_predecessors,
    split_address,
    units_from_rows,
)

UNITS = units_of_the_pack()
INDEX = UnitIndex(UNITS)
BEFORE = date(2024, 12, 31)


def found(answer: UnitAnswer) -> str:
    assert isinstance(answer, Found), answer
    return answer.unit.name


def candidates(answer: UnitAnswer) -> set[str]:
    assert isinstance(answer, NeedsPerson), answer
    return {unit.name for unit in answer.candidates}


def test_the_table_of_the_pack_is_read() -> None:
    assert len(UNITS) == 92
    unit = next(unit for unit in UNITS if unit.code == "05467")
    assert unit.name == "Phường Gia Sàng"
    assert unit.predecessors[0] == Predecessor("05461", "Phường Gia Sàng", is_partly=True)
    assert unit.effective_from == date(2025, 7, 1)
    assert unit.province == "Thái Nguyên"
    assert unit.place == PlaceName(UnitKind.WARD, "Gia Sàng")


@pytest.mark.parametrize(
    ("written", "kind", "name"),
    [
        ("Xã Nông Thượng", UnitKind.COMMUNE, "Nông Thượng"),
        ("X. Dương Quang", UnitKind.COMMUNE, "Dương Quang"),
        ("P.Hoàng Văn Thụ", UnitKind.WARD, "Hoàng Văn Thụ"),
        ("P Quang Trung", UnitKind.WARD, "Quang Trung"),
        ("P.12", UnitKind.WARD, "12"),
        ("p3", UnitKind.WARD, "3"),
        ("TT Chợ Rã", UnitKind.TOWNSHIP, "Chợ Rã"),
        ("TT.Chợ Rã", UnitKind.TOWNSHIP, "Chợ Rã"),
        ("TP. Bắc Kạn", UnitKind.CITY, "Bắc Kạn"),
        ("TX Phổ Yên", UnitKind.TOWN, "Phổ Yên"),
        ("thị  xã Phổ Yên", UnitKind.TOWN, "Phổ Yên"),
        ("H. Ba Bể", UnitKind.DISTRICT, "Ba Bể"),
        ("TỈNH BẮC KẠN", UnitKind.PROVINCE, "BẮC KẠN"),
        ("phuong Duc Xuan", UnitKind.WARD, "Duc Xuan"),
        ("Phương Viên", None, "Phương Viên"),
        ("Phú Bình", None, "Phú Bình"),
        ("Thái Nguyên", None, "Thái Nguyên"),
    ],
)
def test_the_word_for_the_kind_is_told_from_the_name(
    written: str, kind: UnitKind | None, name: str
) -> None:
    assert parse_place(written) == PlaceName(kind, name)


def test_an_address_is_split_at_commas_or_at_its_words() -> None:
    expected = (
        PlaceName(UnitKind.COMMUNE, "Nông Thượng"),
        PlaceName(UnitKind.TOWN, "Phổ Yên"),
        PlaceName(UnitKind.PROVINCE, "Bắc Kạn"),
    )
    assert split_address("xã Nông Thượng, thị xã Phổ Yên, tỉnh Bắc Kạn.") == expected
    assert split_address("xã Nông Thượng thị xã Phổ Yên tỉnh Bắc Kạn") == expected
    assert split_address("xã Nông Thượng - thị xã Phổ Yên - tỉnh Bắc Kạn") == expected
    assert split_address(" , ;") == ()


@pytest.mark.parametrize(
    ("address", "unit"),
    [
        ("xã Nông Thượng, thành phố Bắc Kạn, tỉnh Bắc Kạn", "Phường Bắc Kạn"),
        ("X. Dương Quang, TP Bắc Kạn", "Xã Phong Quang"),
        ("xa nong thuong, thanh pho bac kan, tinh bac kan", "Phường Bắc Kạn"),
        ("xã Nông Thượng thành phố Bắc Kạn tỉnh Bắc Kạn", "Phường Bắc Kạn"),
        ("Số 5, tổ 3, P.Hoàng Văn Thụ, TP.Thái Nguyên, T.Thái Nguyên", "Phường Phan Đình Phùng"),
        ("Thôn Nà Pài, xã Phúc Lộc, huyện Ba Bể, tỉnh Thái Nguyên, Việt Nam", "Xã Phúc Lộc"),
        ("Trụ sở UBND xã Phúc Lộc", "Xã Phúc Lộc"),
        ("Xã Hoà Mục, huyện Chợ Mới, Bắc Kạn", "Xã Tân Kỳ"),
        ("Xã Sĩ Bình, Huyện Bạch Thông, Bắc Kạn", "Xã Vĩnh Thông"),
        ("xã Tân Thịnh, huyện Định Hóa", "Xã Phượng Tiến"),
        ("Đức Xuân, Bắc Kạn", "Phường Đức Xuân"),
        ("Ba Bể, Thái Nguyên", "Xã Ba Bể"),
        ("Phường Ba Hàng, thị xã Phổ Yên, Thái Nguyên, Việt Nam", "Phường Phổ Yên"),
        ("Phường Hương Sơn, Thái Nguyên", "Phường Gia Sàng"),
        ("thị trấn Hương Sơn, H. Phú Bình", "Xã Phú Bình"),
    ],
)
def test_old_and_new_addresses_lead_to_the_unit_of_today(address: str, unit: str) -> None:
    assert found(INDEX.by_address(address)) == unit


def test_the_same_name_means_the_new_unit_without_a_district_and_the_old_one_with_it() -> None:
    today = INDEX.by_address("phường Gia Sàng, tỉnh Thái Nguyên")
    assert found(today) == "Phường Gia Sàng"
    former = INDEX.by_address("phường Gia Sàng, TP. Thái Nguyên, tỉnh Thái Nguyên")
    assert candidates(former) == {"Phường Gia Sàng", "Phường Phan Đình Phùng"}
    assert isinstance(former, NeedsPerson)
    assert str(former.reason) == (
        "Phường Gia Sàng was split between Phường Phan Đình Phùng, Phường Gia Sàng. "
        "Decide by village or road."
    )


def test_a_former_unit_of_which_only_a_part_is_in_the_table_needs_a_person() -> None:
    answer = INDEX.by_address("Xã Thượng Quan, huyện Ngân Sơn, Bắc Kạn")
    assert candidates(answer) == {"Xã Thượng Quan"}
    assert found(INDEX.by_address("Xã Thượng Quan, tỉnh Thái Nguyên")) == "Xã Thượng Quan"


def test_a_name_of_several_former_units_needs_a_person_and_says_what_to_add() -> None:
    answer = INDEX.by_name("Tân Thịnh")
    assert candidates(answer) == {"Phường Phan Đình Phùng", "Xã Phượng Tiến"}
    assert isinstance(answer, NeedsPerson)
    assert "any of 2 former units" in str(answer.reason)


@pytest.mark.parametrize(
    "address",
    [
        "xã Đông La, huyện Hoài Đức, Hà Nội",
        "Xã Tân Lập, Hà Nội",
        "Xã Tân Lập, TP Hà Nội, Việt Nam",
        "Phường Ba Đình, thành phố Hà Nội",
        "xã Phúc Lộc, huyện Ba Bể, tỉnh Cao Bằng",
        "Phường Ba Hàng, huyện Đồng Hỷ, Thái Nguyên",
        "Thái Nguyên",
        "Số 5 đường Hoàng Gia",
        "",
    ],
)
def test_addresses_elsewhere_and_addresses_without_a_commune_are_not_guessed(address: str) -> None:
    assert isinstance(INDEX.by_address(address), Unreadable)


@pytest.mark.parametrize(
    "name", ["Xã Phúc Lộc", "phuc loc", "PHÚC LỘC", "xa  Phuc Loc", "Phu\u0301c Lô\u0323c"]
)
def test_a_unit_is_found_by_its_name_however_it_is_typed(name: str) -> None:
    answer = INDEX.by_name(name)
    assert found(answer) == "Xã Phúc Lộc"
    assert isinstance(answer, Found)
    assert answer.by is FoundBy.NAME


def test_the_day_a_name_was_written_decides_between_today_and_before() -> None:
    assert found(INDEX.by_name("Trung Thành")) == "Phường Trung Thành"
    assert len(candidates(INDEX.by_name("Trung Thành", BEFORE))) == 2
    assert isinstance(INDEX.by_name("Nông Thượng", date(2026, 1, 1)), Unreadable)
    assert found(INDEX.by_name("Nông Thượng", BEFORE)) == "Phường Bắc Kạn"


def test_codes_were_handed_on_so_the_day_decides_what_they_mean() -> None:
    assert found(INDEX.by_code("05467")) == "Phường Gia Sàng"
    assert candidates(INDEX.by_code("05467", BEFORE)) == {"Phường Gia Sàng", "Phường Tích Lương"}
    assert candidates(INDEX.by_code("05461")) == {"Phường Gia Sàng", "Phường Phan Đình Phùng"}
    assert isinstance(INDEX.by_code("05461", date(2026, 1, 1)), Unreadable)


@pytest.mark.parametrize("code", ["01840", "1840", "1840.0", " 01840 "])
def test_zeros_that_excel_dropped_from_a_code_are_put_back(code: str) -> None:
    assert found(INDEX.by_code(code)) == "Phường Đức Xuân"


@pytest.mark.parametrize("code", ["99999", "x", "", "01840a", "١٢"])
def test_unknown_codes_are_refused(code: str) -> None:
    assert isinstance(INDEX.by_code(code), Unreadable)


def test_every_unit_is_found_by_its_own_code_and_full_name() -> None:
    for unit in UNITS:
        assert found(INDEX.by_code(unit.code)) == unit.name
        by_name = INDEX.by_address(f"{unit.name}, tỉnh {unit.province}")
        assert isinstance(by_name, Found)
        assert by_name.unit == unit


def test_every_former_unit_leads_to_its_own_unit_or_to_a_person() -> None:
    homes = defaultdict(set)
    split = set()
    for unit in UNITS:
        for former in unit.predecessors:
            homes[former.code].add(unit.code)
            split |= {former.code} if former.is_partly else set()
    for code, home in homes.items():
        answer = INDEX.by_code(code, BEFORE)
        if code in split:
            assert isinstance(answer, NeedsPerson)
            assert {unit.code for unit in answer.candidates} == home
        else:
            assert isinstance(answer, Found)
            assert {answer.unit.code} == home


def test_a_unit_that_is_no_more_is_not_found_after_its_last_day() -> None:
    ended = replace(UNITS[0], effective_to=date(2030, 6, 30))
    index = UnitIndex([ended])
    assert found(index.by_name(ended.name, date(2030, 6, 30))) == ended.name
    assert isinstance(index.by_name(ended.name, date(2030, 7, 1)), Unreadable)


def test_the_district_of_a_predecessor_is_used_where_the_table_knows_it() -> None:
    def unit(code: str, district: str) -> Unit:
        return Unit(
            code=code, name=f"Xã Mới {code}", province_code="99", province="Tỉnh Mới",
            former_province="Tỉnh Cũ", former_districts=("Huyện Đông", "Huyện Tây"),
            predecessors=(Predecessor("9" + code, "Xã Quang Minh", district=district),),
            effective_from=date(2025, 7, 1),
        )  # fmt: skip

    index = UnitIndex([unit("01", "Huyện Đông"), unit("02", "Huyện Tây")])
    assert found(index.by_address("xã Quang Minh, huyện Tây, Tỉnh Cũ")) == "Xã Mới 02"
    assert len(candidates(index.by_name("Quang Minh"))) == 2


@given(st.text(max_size=40))
def test_no_text_makes_the_search_fail(text: str) -> None:
    for answer in (INDEX.by_address(text), INDEX.by_name(text), INDEX.by_code(text)):
        assert isinstance(answer, Found | NeedsPerson | Unreadable)


def test_a_wrong_table_is_refused_with_the_row_and_the_reason() -> None:
    row = {
        "code": "1", "name": "Xã A", "former_province": "B", "former_districts": "C; D",
        "predecessors": "01840 Phường Đức Xuân*", "effective_from": "2025-07-01",
    }  # fmt: skip
    assert units_from_rows([row])[0].former_districts == ("C", "D")
    with pytest.raises(UnitTableProblem, match="row 2: A day"):
        units_from_rows([row, {**row, "effective_from": "2025-13-01"}])
    with pytest.raises(UnitTableProblem, match="no column former_districts"):
        units_from_rows([{key: row[key] for key in row if key != "former_districts"}])
    with pytest.raises(UnitTableProblem, match="a code, a name"):
        parse_predecessors("Phường Đức Xuân")


def test_the_real_table_of_old_and_new_units_is_followed_without_one_wrong_answer() -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for row in real_rows("admin-units-old-to-new/convert_legacy_2025_simple.csv"):
        if row["newProvinceCode"] == "19" and row["ward"]:
            address = f"{row['ward']}, {row['district']}, {row['province']}"
            expected[address].add(row["newWardCode"])
    assert len(expected) == 280
    answers = {address: INDEX.by_address(address) for address in expected}
    for address, answer in answers.items():
        assert isinstance(answer, Found | NeedsPerson)
        units = {answer.unit} if isinstance(answer, Found) else set(answer.candidates)
        assert {unit.code for unit in units} == expected[address]
    assert sum(isinstance(answer, NeedsPerson) for answer in answers.values()) == 5


def test_addresses_as_people_typed_them_are_found_or_left_to_a_person() -> None:
    rows = [
        row
        for row in real_rows("admin-units-old-to-new/s_legacy_2020-2025.csv")
        if row["province"] in {"Thái Nguyên", "Bắc Kạn"}
    ]
    answers = [
        INDEX.by_address(f"{row['ward']}, {row['district']}, {row['province']}") for row in rows
    ]
    assert len(answers) == 304
    # The rest are communes merged before 2025, which the table of 2025 does not name.
    assert sum(isinstance(answer, Found) for answer in answers) >= 293
