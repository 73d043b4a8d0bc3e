from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.contracts.drafts import Cells, drafted, seen, written
from tinhdata.contracts import (
    Classification,
    Column,
    DraftWishes,
    KnownKey,
    LogicalType,
    NumberForm,
    Personal,
    Reference,
    Severity,
    draft_of_table,
    load_contract,
    write_draft,
)

CODES = [f"{number:05d}" for number in range(1, 41)]


def only(header: str, *cells: str | None, is_typed: bool = False) -> Column:
    """Give the column drafted for `cells`, which a code beside it makes into rows."""
    keys = [f"K{number}" for number in range(len(cells))]
    return drafted({"Khoá": keys, header: cells}, is_typed=is_typed).columns[1]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mã đơn vị hành chính", "ma_don_vi_hanh_chinh"),
        ("Đường", "duong"),
        ("2005", "nam_2005"),
        ("3 tháng", "so_3_thang"),
        ("Order", "cot_order"),
        ("Thời gian/Time", "thoi_gian_time"),
        ("newProvinceCode", "new_province_code"),
        ("***", "cot"),
    ],
)
def test_a_header_becomes_an_ascii_name_that_is_no_reserved_word(header: str, name: str) -> None:
    assert only(header, "a", "b").name == name


def test_equal_headers_get_names_and_positions_of_their_own() -> None:
    cells = {"Khoá": ["1", "2"], "Tổng": ["a", "b"], "Tổng ": ["c", "d"]}
    first, second = drafted(cells).columns[1:]
    assert (first.name, first.position) == ("tong", 1)
    assert (second.name, second.position) == ("tong_2", 2)


def test_the_unit_of_a_header_is_taken_off_and_the_whole_header_stays_a_synonym() -> None:
    column = only("Diện tích (km²)", "1,5", "2,25")
    assert (column.label.vi, column.unit, column.synonyms) == (
        "Diện tích",
        "km²",
        ("Diện tích (km²)",),
    )
    assert only("Giá trị (ước tính)", "1", "2").label.vi == "Giá trị (ước tính)"


def test_the_unit_of_the_table_is_not_that_of_a_share() -> None:
    shares = [str(number * 2.5) for number in range(40)]
    sums = [str(number * 1_234_567) for number in range(40)]
    table = seen({"Mã": CODES, "Tổng thu": sums, "Tỷ lệ phân chia": shares})
    yaml_text = write_draft(
        draft_of_table(replace(table, unit="Triệu đồng"), DraftWishes()), str
    ).yaml
    contract = load_contract(yaml_text.encode(), "draft.yaml").contract
    assert contract.column("tong_thu").unit == "Triệu đồng"
    share = contract.column("ty_le_phan_chia")
    assert (share.semantic_type, share.unit) == ("percent", "%")


def test_units_stay_in_labels_that_were_equal_without_them() -> None:
    cells: dict[str, Cells] = {
        "Khoá": ["a", "b"],
        "Giá trị (triệu đồng)": ["1", "2"],
        "Giá trị (%)": ["3", "4"],
    }
    labels = [column.label.vi for column in drafted(cells).columns[1:]]
    assert labels == ["Giá trị (triệu đồng)", "Giá trị (%)"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "22", "-3"), LogicalType.INTEGER),
        (("1,5", "2"), LogicalType.NUMBER),
        (("1.234.567", "25.000"), LogicalType.INTEGER),
        (("00099", "00100"), LogicalType.STRING),
        (("1.015027", "2.001234"), LogicalType.STRING),
        (("có", "không"), LogicalType.BOOLEAN),
        (("31/12/2025", "01/02/2026"), LogicalType.DATE),
        (("2025-12-31",), LogicalType.DATE),
        (("01/11/2025 08:30", "25/11/2025 09:00"), LogicalType.TIMESTAMP),
        (("an", "bình"), LogicalType.STRING),
        (("12345678901234567", "22345678901234567"), LogicalType.STRING),
    ],
)
def test_values_decide_the_type(cells: tuple[str, ...], kind: LogicalType) -> None:
    assert only("Cột", *cells).logical_type is kind


def test_decimals_and_the_form_of_numbers_are_as_seen() -> None:
    column = only("Diện tích", "1.234,5", "2,25")
    assert (column.decimals, column.number_form) == (2, NumberForm.VIETNAMESE)
    # A fraction that a workbook stores comes with a dot among texts with commas.
    typed = only("Diện tích", "12.5", "1.234,5", is_typed=True)
    assert (typed.logical_type, typed.number_form) == (LogicalType.NUMBER, NumberForm.VIETNAMESE)


def test_few_marked_thousands_among_whole_numbers_are_thousands() -> None:
    column = only("Dân số", "102136", "54000", "61234", "30,509")
    assert column.number_form is NumberForm.ENGLISH
    assert column.logical_type is LogicalType.INTEGER


def test_the_form_of_dates_is_kept_where_it_is_not_the_international_one() -> None:
    assert only("Ngày", "31/12/2025", "01/02/2026").date_formats == ("%d/%m/%Y",)
    assert only("Ngày", "2025-12-31").date_formats == ()
    moment = only("Lúc", "2018/10/08 09:21:52")
    assert moment.date_formats == ("%Y/%m/%d %H:%M:%S",)
    assert moment.minimum == datetime(2010, 1, 1)  # noqa: DTZ001 - bounds have no zone


def test_ranges_leave_room_outward() -> None:
    assert (only("Giá", "12", "380").minimum, only("Giá", "12", "380").maximum) == (0, 1000)
    below = only("Độ cao", "-12,5", "3,5")
    assert (below.minimum, below.maximum) == (Decimal(-20), Decimal(10))
    assert only("Ngày cấp", "31/12/2025").minimum == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("header", "cells", "semantic"),
    [
        ("Năm", ("2019", "2020"), "year"),
        ("Tháng", ("1", "12"), "month"),
        ("Tỷ lệ (%)", ("12", "99"), "percent"),
        ("Vĩ độ", ("21.5936", "22.1"), "latitude"),
        ("Kinh độ", ("105.8445", "106.1"), "longitude"),
        ("Kinh phí (triệu đồng)", ("120", "3400"), "money"),
        ("STT", ("1", "2"), "numeric-code"),
        ("Số hộ nghèo", ("12", "0"), "count"),
        ("Mã thủ tục", ("1.015027", "2.001234"), "procedure-code"),
        ("Mã số thuế", ("0100109106", "0100109106"), "tax-code"),
        ("Thư điện tử", ("vanthu@example.vn",), "email"),
        ("Trang thông tin", ("https://example.vn/a",), "url"),
    ],
)
def test_the_meaning_is_found_where_all_values_fit(
    header: str, cells: tuple[str, ...], semantic: str
) -> None:
    assert only(header, *cells).semantic_type == semantic


def test_a_column_called_so_whose_values_do_not_fit_gets_no_meaning() -> None:
    assert only("Năm", "19", "20").semantic_type != "year"
    assert only("Tỷ lệ (%)", "112", "99").semantic_type is None
    assert only("Mã số thuế", "0100109107", "0100109108").semantic_type is None


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Số CCCD", ("019190001234", "019190001235")),
        ("Điện thoại", ("0912345678", "0912345679")),
        ("Điện thoại", ("0912 345 678", "0912.345.679")),
        ("Họ và tên", ("Nguyễn Thị Hoà", "Ma Văn Tư")),
        ("Ngày sinh", ("01/02/1990", "03/04/1985")),
        ("Cán bộ phụ trách", ("Trần Văn An", "Lê Thị Bình")),
        ("Ghi", ("Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường")),
    ],
)
def test_what_is_about_persons_is_personal_masked_and_restricted(
    header: str, cells: tuple[str, ...]
) -> None:
    column = only(header, *cells)
    assert column.personal is Personal.BASIC
    assert column.mask
    assert column.classification is Classification.RESTRICTED


def test_no_value_of_a_person_stands_in_the_draft() -> None:
    persons = ["Nguyễn Văn An", "Trần Thị Bình"] * 30
    cells: dict[str, Cells] = {
        "Mã": [f"H{number}" for number in range(60)],
        "Họ và tên": persons,
        "Tuổi": ["30"] * 58 + ["Phạm Văn Dũng"] * 2,
        "Dân tộc": ["Tày", "Kinh"] * 30,
    }
    text = written(cells).yaml
    for value in ("Nguyễn", "Trần", "Phạm", "Tày"):
        assert value not in text
    sensitive = drafted(cells).column("dan_toc")
    assert sensitive.personal is Personal.SENSITIVE


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Thụ lý", ("Nguyễn Văn An", "Trần Thị Bình")),
        ("Thụ lý", ("NGUYỄN VĂN AN", "TRẦN THỊ BÌNH")),
        ("Thu ly", ("Nguyen Van An", "tran thi binh")),
        ("Thụ lý", ("Ông Nguyễn Văn An", "Bà Trần Thị Bình")),
        ("Người ký", ("Y Bhăm Niê", "H'Hen Niê")),
        ("Thẻ BHYT", ("DN4190190123456", "HC4190190123457")),
        ("Thẻ", ("DN 4 19 0190123456", "HC 4 19 0190123457")),
        ("Liên hệ", ("0912 345 678", "0987.654.321")),
        ("Xe", ("20A-123.45", "20-B1 543.21")),
    ],
)
def test_no_list_of_values_names_persons_whatever_their_column_is_called(
    header: str, values: tuple[str, str]
) -> None:
    text = written({"Mã": [f"H{number}" for number in range(40)], header: values * 20}).yaml
    assert [value for value in values if value in text] == []


def test_a_list_of_places_stays_a_list() -> None:
    assert only("Địa phương", *["Hà Nội", "Cao Bằng"] * 20).allowed == ("Cao Bằng", "Hà Nội")


def test_numbers_of_health_cards_are_personal_and_known_as_such() -> None:
    column = only("Thẻ BHYT", *[f"DN41901901234{number:02d}" for number in range(40)])
    assert (column.semantic_type, column.personal) == ("health-card-number", Personal.BASIC)


def test_words_for_no_value_are_declared_where_they_stand() -> None:
    cells: dict[str, Cells] = {
        "Khoá": ["1", "2", "3"],
        "Dân số": ["12", "..", "Đang cập nhật"],
        "Diện tích": ["..", "1,5", "2,5"],
    }
    contract = drafted(cells)
    assert contract.missing_values == ("..",)
    assert contract.column("dan_so").missing_values == ("Đang cập nhật",)
    assert contract.column("dan_so").logical_type is LogicalType.INTEGER
    assert not contract.column("dan_so").required


def test_odd_values_are_counted_and_shown_where_they_repeat() -> None:
    cells: dict[str, Cells] = {
        "Khoá": [str(number) for number in range(200)],
        "Giá": [str(number) for number in range(197)] + ["liên hệ", "liên hệ", "19 xã"],
    }
    text = written(cells).yaml
    assert "# 3 cells do not fit the type, such as “liên hệ”." in text
    assert "19 xã" not in text


def test_a_column_with_many_odd_values_stays_text() -> None:
    cells = [str(number) for number in range(40)] + ["a", "b"]
    assert only("Giá", *cells).logical_type is LogicalType.STRING


def test_few_values_that_come_again_are_a_list() -> None:
    column = only("Loại", *(["xã", "phường"] * 10))
    assert column.allowed == ("phường", "xã")
    assert only("Tên", *(f"thôn {number}" for number in range(20))).allowed == ()


def test_codes_of_one_length_get_a_pattern_and_texts_room_to_grow() -> None:
    assert only("Mã hộ", *CODES).pattern == "[0-9]{5}"
    assert only("Ghi chú", "ngắn", "một câu dài hơn").max_length == 30


def test_what_is_never_empty_is_required_and_what_never_repeats_as_code_is_unique() -> None:
    cells: dict[str, Cells] = {"Tên": [f"thôn {c}" for c in CODES], "Mã": CODES, "Ghi": [None] * 40}
    contract = drafted(cells)
    assert contract.column("ma").unique
    assert contract.column("ten").required
    assert not contract.column("ghi").required


def test_a_running_number_may_be_missing_and_only_what_is_called_a_code_is_unique() -> None:
    rows = range(1, 26)
    contract = drafted(
        {
            "STT": [str(number) for number in rows],
            "Mã điểm": [f"DB{number:03}" for number in rows],
            "Mã số cấp phép": [f"GP{number:03}" for number in rows],
            "Lô hàng": [f"L{number:03}" for number in rows],
        }
    )
    assert not contract.column("stt").required
    assert contract.column("ma_so_cap_phep").unique
    assert not contract.column("lo_hang").unique


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"STT": ["1", "2", "3"], "Tên": ["a", "b", "c"]}, ("ten",)),
        ({"Tên": ["a", "b"], "Mã xã": ["x", "y"]}, ("ma_xa",)),
        ({"Xã": ["a", "a", "b"], "Năm": ["2019", "2020", "2019"]}, ("xa", "nam")),
        ({"STT": ["1", "2"], "Diện tích": ["1,5", "2,5"], "Loại": ["a", "a"]}, ("stt",)),
    ],
)  # fmt: skip
def test_the_smallest_key_of_codes_names_and_times_wins(
    cells: dict[str, Cells], key: tuple[str, ...]
) -> None:
    assert drafted(cells).key == key


def test_rows_that_are_equal_in_every_column_do_not_spoil_a_key() -> None:
    assert drafted({"Mã": ["x", "y", "x"], "Tên": ["a", "b", "a"]}).key == ("ma",)


def test_values_that_stand_in_a_known_list_refer_to_it() -> None:
    known = [
        KnownKey("danh-muc-lon", "ma", "Mã", frozenset(CODES) | {"99999"}),
        KnownKey("danh-muc-khac", "ma", "Mã", frozenset({"1", "2"})),
    ]
    column = drafted({"Tên": [f"t{c}" for c in CODES], "Mã xã": CODES}, known).column("ma_xa")
    assert column.reference == Reference("danh-muc-lon", "ma")
    assert column.semantic_type == "commune-code"


def test_values_of_which_most_are_known_are_only_remarked_upon() -> None:
    known = [KnownKey("danh-muc", "ma", "Mã", frozenset(CODES[:30]))]
    cells: dict[str, Cells] = {"Tên": [f"t{c}" for c in CODES], "Mã xã": CODES}
    assert drafted(cells, known).column("ma_xa").reference is None
    assert "danh-muc.ma, but 10 do not" in written(cells, known).yaml


def test_a_table_with_a_column_per_year_is_drafted_long() -> None:
    cells: dict[str, Cells] = {
        "Tỉnh": ["A", "B"],
        "2014": ["1", "2"],
        "2015": ["3", ".."],
        "Prel. 2016": ["4", "5"],
    }
    contract = drafted(cells)
    assert contract.key == ("tinh", "nam")
    unpivot = contract.layout.unpivot
    assert unpivot is not None
    assert unpivot.headers == ("{nam}",)
    marks = contract.column("nam").marks
    assert marks is not None
    assert marks.values == (("Prel.", "sơ bộ"),)
    assert contract.missing_values == ("..",)


def test_a_table_with_a_column_per_year_and_measure_gives_each_measure_a_column() -> None:
    cells: dict[str, Cells] = {
        "Tỉnh": ["A", "B"],
        "2014 Area (Km2)": ["1,5", "2,5"],
        "2014 Population": ["10", "20"],
        "2015 Area (Km2)": ["1,5", "2,5"],
        "2015 Population": ["11", "21"],
    }
    contract = drafted(cells)
    assert contract.column_names == ("tinh", "nam", "area", "population")
    assert contract.column("area").unit == "Km2"
    unpivot = contract.layout.unpivot
    assert unpivot is not None
    assert dict(unpivot.values) == {"Area": "area", "Population": "population"}


def test_an_english_label_is_given_only_to_english_headers() -> None:
    assert only("Population density", "1", "2").label.en == "Population density"
    assert only("dientich", "1", "2").label.en is None
    assert only("Dân số", "1", "2").label.en is None


def test_geometries_become_a_geometry_column_with_their_box() -> None:
    shapes = ["POINT (105.81 21.55)", "POINT (106.02 22.04)"]
    column = only("Vị trí", *shapes)
    assert column.geometry is not None
    assert column.geometry.within == (105.7, 21.4, 106.2, 22.2)
    # Plane coordinates are no degrees: the column stays text for a person to look at.
    assert only("Vị trí", "POINT (428000 2390000)", "POINT (1 1)").geometry is None


def test_the_check_lists_what_only_a_person_knows() -> None:
    draft = written({"Mã": CODES})
    assert {finding.code for finding in draft.findings} == {"unfinished"}
    assert all(finding.severity is Severity.WARNING for finding in draft.findings)
    said = " ".join(str(finding.text) for finding in draft.findings)
    for place in ("domain", "purpose", "url", "agency", "access level"):
        assert place in said


def test_no_legal_fact_is_made_up() -> None:
    draft = written({"Mã": CODES})
    document = yaml.safe_load(draft.yaml)
    (basis,) = document["description"]["authoritativeDefinitions"]
    assert basis["url"] == "urn:can-dien"
    assert basis["description"].startswith("CẦN ĐIỀN")


def test_a_title_names_the_dataset_and_wishes_win() -> None:
    cells: dict[str, Cells] = {"Mã": CODES}
    assert drafted(cells, title="Danh sách trạm y tế năm nay").id == "danh-sach-tram-y-te-nam-nay"
    table = draft_of_table(seen(cells), DraftWishes("tram-y-te", "A99.1", "linh-vuc"))
    contract = load_contract(write_draft(table, str).yaml.encode(), "d.yaml").contract
    assert (contract.id, contract.agency, contract.sector) == ("tram-y-te", "A99.1", "linh-vuc")


def test_a_title_that_says_simulated_declares_it() -> None:
    assert drafted({"Mã": CODES}, title="Danh sách mô phỏng").simulated


HOSTILE = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(list(":#,[]{}&*!|>'\"%@`-?\n\t\\")),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(HOSTILE, min_size=1, max_size=5),
    st.lists(st.lists(HOSTILE, min_size=5, max_size=5), min_size=1, max_size=12),
)
def test_any_headers_and_cells_give_a_draft_that_loads(
    headers: list[str], rows: list[list[str]]
) -> None:
    table = seen({})
    columns = [
        seen({header or "x": [row[at] for row in rows]}).columns[0]
        for at, header in enumerate(headers)
    ]
    table = type(table)("tệp # lạ: .csv", tuple(columns), title=headers[0])
    first = write_draft(draft_of_table(table, DraftWishes()), str)
    again = write_draft(draft_of_table(table, DraftWishes()), str)
    assert first.yaml == again.yaml
    assert {finding.code for finding in first.findings} == {"unfinished"}
