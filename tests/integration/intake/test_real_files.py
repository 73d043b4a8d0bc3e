"""Real files that nobody here wrote, with what a person counted and read in them.

They run where the real data lies beside the project (or TINHDATA_REAL_DATA says where).
"""

from pathlib import Path

import pytest

from tests.unit.intake.building import (
    INTEGER,
    MOMENT,
    NUMBER,
    Reading,
    column,
    contract_of,
    read_file,
    real_data,
)
from tinhdata.contracts import Contract, Layout, NumberForm
from tinhdata.intake import Account, Question, understand
from tinhdata.vietnam import DateOrder, LegacyEncoding, nfc

MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def climate(sheet: str | None) -> Contract:
    months = [
        column(f"thang_{at}", f"Tháng {at}", NUMBER, synonyms=(month,))
        for at, month in enumerate(MONTHS, 1)
    ]
    year = column("nam", "Năm", INTEGER, required=True, position=1)
    mean = column("trung_binh", "Trung bình năm", NUMBER, synonyms=("Năm",), position=2)
    return contract_of([year, *months, mean], Layout(sheet=sheet))


def procedures() -> Contract:
    return contract_of(
        [
            column("ma", "Mã thủ tục", synonyms=("Mã số",), required=True),
            column("ten", "Tên thủ tục", synonyms=("Tên",), required=True),
            column("ban_hanh", "Cơ quan ban hành"),
            column("thuc_hien", "Cơ quan thực hiện"),
            column("linh_vuc", "Lĩnh vực"),
        ]
    )


def units() -> Contract:
    return contract_of(
        [
            column("ma", "Mã", required=True),
            column("ten", "Tên đơn vị", synonyms=("tenhc",)),
            column("dien_tich", "Diện tích", NUMBER, synonyms=("dientichkm2",)),
            column("dan_so", "Dân số", INTEGER, synonyms=("dansonguoi",)),
            column("kinh_do", "Kinh độ", NUMBER, synonyms=("kinhdo",)),
            column("truoc", "Trước sáp nhập", synonyms=("truocsapnhap",)),
        ]
    )


def reading_of(tmp_path: Path, contract: Contract, *parts: str) -> Reading:
    return read_file(real_data(*parts), contract, out=tmp_path / "staged")


def test_the_climate_of_thai_nguyen_in_an_old_encoding_is_read_whole(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, climate("TB"), "climate-stations-xls", "Thainguyen.xls")
    assert reading.understanding.cell_encoding is LegacyEncoding.TCVN3
    assert reading.understanding.match_percent == 100
    assert reading.staged.account == Account(
        units=60, title=3, header=1, blank=1, record_units=55, records=55
    )
    first, last = reading.rows[0], reading.rows[-1]
    assert (first["_first"], first["nam"], first["thang_1"], first["thang_12"]) == (
        6,
        "1961",
        "15.2",
        "18.1",
    )
    assert (last["_last"], last["nam"], last["thang_7"], last["trung_binh"]) == (
        60,
        "2015",
        "29.3",
        "24.525000000000002",
    )


def test_seven_sheets_of_one_form_ask_which_one_is_delivered() -> None:
    path = real_data("climate-stations-xls", "Thainguyen.xls")
    understanding = understand(path, path.name, climate(None))
    assert understanding.questions == (Question.SHEET,)
    assert [seen.name for seen in understanding.sheets] == [
        *("TB", "Tx", "Tm", "R", "U", "Sh", "etd"),
    ]


@pytest.mark.parametrize("station", ["Bacgiang", "Lang", "Langson", "Tuyenquang"])
def test_the_sheets_of_every_station_fit_the_same_contract(tmp_path: Path, station: str) -> None:
    reading = reading_of(tmp_path, climate("TX"), "climate-stations-xls", f"{station}.xls")
    years = [year for year in reading.column("nam") if str(year).isdigit()]
    assert years == [str(year) for year in range(int(str(years[0])), 2016)]


@pytest.mark.parametrize(
    ("ministry", "count", "first", "last"),
    [
        ("BoCongAn", 339, "1.015027", "1.000178"),
        ("BoTaiChinh", 706, "1.115155", "1.000005"),
        ("BoTuPhap", 271, "1.014966", "1.000094"),
        ("NganhangNhanuocVietNam", 261, "1.115133", "1.000107"),
    ],
)
def test_catalogues_of_procedures_are_read_below_their_banner(
    tmp_path: Path, ministry: str, count: int, first: str, last: str
) -> None:
    name = f"danh-sach-tthc-{ministry}.xlsx"
    reading = reading_of(tmp_path, procedures(), "tthc-catalogue", name)
    assert reading.staged.account == Account(
        units=count + 2, title=1, header=1, record_units=count, records=count
    )
    assert (reading.rows[0]["ma"], reading.rows[-1]["ma"]) == (first, last)
    assert reading.rejects == []


def test_a_statistics_table_has_its_title_and_declared_totals_set_apart(tmp_path: Path) -> None:
    contract = contract_of(
        [
            column("dia_phuong", "Địa phương", synonyms=("Cities, provinces",), required=True),
            column("nam_2015", "Năm 2015", INTEGER, synonyms=("2015",)),
            column("nam_2016", "Năm 2016", INTEGER, synonyms=("Prel. 2016",)),
        ],
        Layout(totals=("whole country", "red river delta")),
    )
    name = "Number of farms by province.csv"
    folder = "Agriculture, Forestry and Fishery"
    reading = reading_of(tmp_path, contract, "gso-statistics", folder, name)
    assert reading.understanding.delimiter == ";"
    account = reading.staged.account
    assert (account.units, account.title, account.blank, account.header) == (74, 1, 1, 1)
    assert (account.total, account.records, account.rejected_units) == (2, 69, 0)
    assert reading.rows[0] == {
        "_record": 1,
        "_first": 6,
        "_last": 6,
        "dia_phuong": "Ha Noi",
        "nam_2015": "2137",
        "nam_2016": "3189",
    }
    assert [reading.rows[-1][name] for name in ("_last", "dia_phuong", "nam_2016")] == [
        74,
        "Ca Mau",
        "95",
    ]
    by_name = {row["dia_phuong"]: row for row in reading.rows}
    assert by_name["Ha Tay"]["nam_2016"] == ".."


def test_the_air_sensor_with_24_names_and_22_values_is_filled(tmp_path: Path) -> None:
    contract = contract_of(
        [
            column("thoi_diem", "Thời điểm", MOMENT, synonyms=("Time",), required=True),
            column("pm10", "Bụi PM10", NUMBER, synonyms=("SDS_P1",)),
            column("pm25", "Bụi PM2.5", NUMBER, synonyms=("SDS_P2",)),
            column("nhiet_do", "Nhiệt độ", NUMBER, synonyms=("Temp",)),
            column("do_am", "Độ ẩm", NUMBER, synonyms=("Humidity",)),
            column("hpm", "HPM", NUMBER, synonyms=("HPM_P2",)),
        ]
    )
    name = "data-esp8266-12779556-2018-10-08.csv"
    reading = reading_of(tmp_path, contract, "air-sensor-nha-be", name)
    assert reading.understanding.least_cells == 22
    assert reading.staged.account == Account(units=346, header=1, record_units=345, records=345)
    cells = [reading.rows[0][name] for name in ("thoi_diem", "pm10", "pm25", "nhiet_do", "hpm")]
    assert cells == ["2018/10/08 09:21:52", "31.52", "27.22", None, None]
    cells = [reading.rows[-1][name] for name in ("thoi_diem", "pm10", "pm25", "nhiet_do")]
    assert cells == ["2018/10/08 23:59:55", "50.30", "36.42", "27.60"]
    assert reading.staged.number_forms["pm10"] is NumberForm.ENGLISH


def test_job_postings_keep_their_free_text(tmp_path: Path) -> None:
    contract = contract_of(
        [
            column("ten", "Tên việc làm", synonyms=("job_names",), required=True),
            column("cong_ty", "Công ty", synonyms=("company_names",)),
            column("luong", "Lương", synonyms=("salaries",)),
            column("ngay_dang", "Ngày đăng", MOMENT, synonyms=("post_dates_formatted",)),
        ]
    )
    name = "ITViec_data.without-exp_skills.csv"
    reading = reading_of(tmp_path, contract, "it-job-postings", name)
    assert reading.staged.account == Account(units=1160, header=1, record_units=1159, records=1159)
    assert reading.rows[0]["luong"] == "Up to 40m vnd"
    assert reading.column("luong").count("You'll love it") == 744
    assert reading.staged.date_orders == {"ngay_dang": DateOrder.DAY_FIRST}
    assert reading.rows[-1]["ngay_dang"] == "02/12/2025 19:47"


def test_the_new_communes_are_read_with_cells_of_several_lines(tmp_path: Path) -> None:
    name = "sapnhap.bando.com.vn_ward_2025-07-17.csv"
    reading = reading_of(tmp_path, units(), "admin-units-old-to-new", name)
    account = reading.staged.account
    assert (account.units, account.header, account.records) == (3334, 1, 3321)
    assert (account.record_units, account.rejected_units) == (3333, 0)
    assert reading.column("dan_so").count("đang cập nhật") == 66
    first = reading.rows[0]
    assert [first[name] for name in ("ma", "ten", "dien_tich", "dan_so", "kinh_do")] == [
        *("0002", "An Khánh", "28.69", "102136", "105.708"),
    ]
    assert nfc(str(reading.rows[-1]["ten"])) == "Vĩnh Trạch"


def test_the_new_provinces_have_numbers_in_two_forms_by_column(tmp_path: Path) -> None:
    contract = contract_of(
        [column("ten", "Tên", synonyms=("tentinh",), required=True), *units().columns[2:5]]
    )
    name = "sapnhap.bando.com.vn_province_2025-07-17.csv"
    reading = reading_of(tmp_path, contract, "admin-units-old-to-new", name)
    assert (reading.staged.account.units, reading.staged.account.records) == (36, 34)
    assert reading.staged.number_forms == {
        "dien_tich": NumberForm.VIETNAMESE,
        "dan_so": NumberForm.VIETNAMESE,
        "kinh_do": NumberForm.ENGLISH,
    }
    assert reading.rows[0]["dien_tich"] == "3.359,80"


def test_ten_thousand_old_communes_keep_their_codes_as_written(tmp_path: Path) -> None:
    contract = contract_of(
        [
            column("xa_cu", "Xã cũ", synonyms=("ward",), required=True),
            column("ma_cu", "Mã cũ", synonyms=("wardCode",)),
            column("ma_moi", "Mã mới", synonyms=("newWardCode",)),
        ]
    )
    name = "convert_legacy_2025_simple.csv"
    reading = reading_of(tmp_path, contract, "admin-units-old-to-new", name)
    assert reading.staged.account == Account(
        units=10603, header=1, record_units=10602, records=10602
    )
    first = reading.rows[0]
    assert (first["xa_cu"], first["ma_cu"], first["ma_moi"]) == ("Phường Phúc Xá", "1.0", "00097")
    assert reading.column("xa_cu").count(None) == 5


def test_leading_zeros_survive_in_the_list_of_the_statistics_office(tmp_path: Path) -> None:
    contract = contract_of(
        [
            column("ma", "Mã", required=True),
            column("ten", "Tên"),
            column("ma_tinh", "Mã tỉnh", synonyms=("Mã TP",)),
        ]
    )
    name = "danhmuchanhchinh.gso.gov.vn_ward_2025-07-18.csv"
    reading = reading_of(tmp_path, contract, "admin-units-old-to-new", name)
    assert reading.staged.account.records == 10_035
    assert reading.rows[0] | {"_record": 1} == {
        "_record": 1,
        "_first": 2,
        "_last": 2,
        "ma": "00001",
        "ten": "Phường Phúc Xá",
        "ma_tinh": "01",
    }


def test_budget_tables_have_titles_units_and_foot_notes_set_apart(tmp_path: Path) -> None:
    contract = contract_of(
        [
            column("stt", "STT"),
            column("chi_tieu", "Chỉ tiêu", required=True),
            column("quyet_toan", "Quyết toán năm 2014", NUMBER),
        ],
        Layout(sheet="M05+"),
    )
    reading = reading_of(tmp_path, contract, "mof-budget-xls", "Final_2014.xls")
    header = reading.understanding.header
    assert header is not None
    assert (header.first_row, header.rows) == (10, 2)
    account = reading.staged.account
    assert (account.units, account.title, account.blank) == (23, 6, 3)
    assert (account.total, account.note, account.records) == (1, 3, 8)
    assert reading.rows[0]["quyet_toan"] == "46499.2"
