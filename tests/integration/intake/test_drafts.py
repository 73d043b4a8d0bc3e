"""A contract is drafted from every kind of file, and the file then passes through it."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt

from tests.support.drafts import REAL, deliver, drafted, finished
from tinhdata.contracts import DraftWishes, LogicalType
from tinhdata.intake import FileRefused

HEADERS = ("Mã xã", "Tên xã", "Diện tích (km²)", "Dân số", "Ngày thành lập", "Ghi chú")
ROWS = [
    (
        f"{number:05d}",
        f"Xã số {number}",
        f"{number},5",
        f"{number}.250",
        f"{1 + number % 28:02d}/07/2025",
        None if number % 4 else "..",
    )
    for number in range(1, 61)
]
RECORDS = [dict(zip(HEADERS, row, strict=True)) for row in ROWS]


def as_csv(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows((HEADERS, *(["" if c is None else c for c in row] for row in ROWS)))
    return path


def as_xlsx(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["UBND TỈNH VÍ DỤ"])
    sheet.append(["Danh sách xã của tỉnh ví dụ"])
    sheet.merge_cells("A2:F2")
    sheet.append([])
    sheet.append(list(HEADERS))
    for row in ROWS:
        sheet.append(list(row))
    sheet.append(["Tổng số", None, 1800])
    sheet.append(["Ghi chú: số liệu đến tháng 7"])
    book.save(path)
    return path


def as_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Xã")
    for at, row in enumerate((HEADERS, *ROWS)):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(at, column, cell)
    book.save(str(path))
    return path


def as_json(path: Path) -> Path:
    path.write_text(json.dumps({"data": RECORDS}, ensure_ascii=False), encoding="utf-8")
    return path


def as_lines(path: Path) -> Path:
    lines = (json.dumps(record, ensure_ascii=False) for record in RECORDS)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def as_parquet(path: Path) -> Path:
    columns = {name: [record[name] for record in RECORDS] for name in HEADERS}
    pq.write_table(pa.table(columns), path)
    return path


def as_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(as_csv(path.with_name("xa.csv")), "xa.csv")
    return path


def as_geojson(path: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": record,
            "geometry": {"type": "Point", "coordinates": [105.8 + at / 1000, 21.5]},
        }
        for at, record in enumerate(RECORDS)
    ]
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


MAKERS: dict[str, Callable[[Path], Path]] = {
    "xa.csv": as_csv,
    "xa-16.csv": lambda path: as_csv(path, "utf-16", "\t"),
    "xa-diem-phay.csv": lambda path: as_csv(path, "utf-8-sig", ";"),
    "xa.xlsx": as_xlsx,
    "xa.xls": as_xls,
    "xa.json": as_json,
    "xa.jsonl": as_lines,
    "xa.parquet": as_parquet,
    "xa.zip": as_zip,
    "xa.geojson": as_geojson,
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_draft_from_each_kind_of_file_declares_the_same_and_the_file_passes_it(
    name: str, tmp_path: Path
) -> None:
    path = MAKERS[name](tmp_path / name)
    written = drafted(path)
    loaded = finished(written)
    contract = loaded.contract
    own = [column for column in contract.columns if column.geometry is None]
    assert [column.label.vi for column in own] == [
        *("Mã xã", "Tên xã", "Diện tích", "Dân số", "Ngày thành lập", "Ghi chú"),
    ]
    assert [column.logical_type for column in own] == [
        LogicalType.STRING,
        LogicalType.STRING,
        LogicalType.NUMBER,
        LogicalType.INTEGER,
        LogicalType.DATE,
        LogicalType.STRING,
    ]
    assert contract.key == ("ma_xa",)
    assert contract.column("dien_tich").unit == "km²"
    assert contract.column("ma_xa").pattern == "[0-9]{5}"
    delivered = deliver(path, loaded, tmp_path)
    assert (delivered.result.made, delivered.result.released) == (60, 60), delivered.reasons
    first = delivered.rows()[0]
    assert (first["ma_xa"], first["dan_so"]) == ("00001", 1250)
    assert str(first["ngay_thanh_lap"]) == "2025-07-02"


def test_titles_totals_and_notes_of_a_workbook_are_no_rows(tmp_path: Path) -> None:
    written = drafted(as_xlsx(tmp_path / "xa.xlsx"))
    assert "Danh sách xã của tỉnh ví dụ" in written.yaml
    assert "60 bản ghi" in written.yaml
    assert "Tổng số" not in written.yaml


def test_the_same_file_gives_the_same_draft(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path / "xa.xlsx")
    assert drafted(path).yaml == drafted(path).yaml


def test_a_sheet_is_taken_as_wished_and_declared_only_where_needed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Một"
    second = book.create_sheet("Hai")
    for sheet, count in ((first, 30), (second, 20)):
        sheet.append(["Mã", "Tên"])
        for number in range(count):
            sheet.append([f"{sheet.title[0]}{number}", f"tên {number}"])
    path = tmp_path / "hai-trang.xlsx"
    book.save(path)
    assert finished(drafted(path)).contract.layout.sheet == "Một"
    wished = finished(drafted(path, DraftWishes(sheet="hai"))).contract
    assert wished.layout.sheet == "Hai"
    with pytest.raises(FileRefused, match="no sheet"):
        drafted(path, DraftWishes(sheet="Ba"))
    assert finished(drafted(as_xls(tmp_path / "xa.xls"))).contract.layout.sheet is None


def test_a_header_that_would_not_be_found_is_declared(tmp_path: Path) -> None:
    path = tmp_path / "hai-bang.csv"
    rows = "".join(f"{number},x{number}\n" for number in range(30))
    path.write_text(f"Báo cáo,\nMã,Tên\nMã,Tên\n{rows}", encoding="utf-8")
    loaded = finished(drafted(path))
    assert deliver(path, loaded, tmp_path).result.released == 30


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no bytes"),
        (b"\n\n ,, \n", "no data"),
        ("Mã,Tên\n".encode(), "no row"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x00\x01\x02" * 500, "no text"),
        (("a," * 600 + "a\n" + "1," * 600 + "1\n").encode(), "601 columns"),
    ],
)
def test_a_file_that_holds_no_table_is_refused_with_the_reason(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(FileRefused, match=reason):
        drafted(path)


def test_cells_with_the_signs_of_yaml_and_formulas_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Mã: {#}", "=cmd()", "&neo *neo", "- [x]"])
        for number in range(30):
            row = [f"K{number}", "!!python/object", '": }\n#', "${x} {y}"]
            writer.writerow(row)
    loaded = finished(drafted(path))
    assert deliver(path, loaded, tmp_path).result.released == 30


# One file at least of each real folder that holds tables or layers, and how many rows are not true.
FOLDERS = {
    "admin-units-old-to-new/convert_legacy_2025_simple.csv": 5,
    "admin-units-old-to-new/danhmuchanhchinh.gso.gov.vn_ward_2025-07-18.csv": 5,
    "admin-units-old-to-new/divided_district.csv": 5,
    "admin-units-old-to-new/s_legacy_2020-2025.csv": 5,
    "admin-units-old-to-new/sapnhap.bando.com.vn_province_2025-07-17.csv": 5,
    "admin-units-old-to-new/sapnhap.bando.com.vn_ward_2025-07-17.csv": 5,
    "air-sensor-nha-be/data-esp8266-12779556-2018-10-08.csv": 5,
    "climate-stations-xls/Thainguyen.xls": 5,
    "gso-statistics/Administrative Unit, Land and Climate/Water flow of some main rivers.csv": 5,
    "gso-statistics/Agriculture, Forestry and Fishery/Area of fired forest by province.csv": 5,
    "gso-statistics/Education/Number of school of general education as of 30 September"
    " by province.csv": 5,
    "gso-statistics/Health, Culture and Living Standard/Natural disaster damage.csv": 5,
    "gso-statistics/Industry/Main industrial products.csv": 5,
    "gso-statistics/Population and Employment/Area, population and population density"
    " by province.csv": 5,
    "gso-statistics/Trade, Price and Tourism/Outcome of tourism.csv": 5,
    "gso-statistics/Transport, Postal Services and Telecommunications/Volume of freight carried"
    " by province.csv": 5,
    "it-job-postings/ITViec_data.without-exp_skills.csv": 5,
    "mof-budget-xls/Final_2006.xls": 5,
    "mof-budget-xls/Final_2010.xls": 5,
    "mof-budget-xls/Plan_2004.xls": 5,
    "mof-budget-xls/Plan_2017.xls": 5,
    "papi-governance/PAPI_2011-2016.xlsx": 5,
    "tthc-catalogue/danh-sach-tthc-BoCongAn.xlsx": 5,
    "tthc-details/bo-tu-phap/1.001117.json": 5,
    "hydropower-plants/thuydien.geojson": 5,
    "transport-network/giaothong.geojson": 5,
    "thai-nguyen-communes-2025/thai-nguyen-communes-92.geojson": 5,
    # One of its fourteen polygons crosses itself.
    "protected-heritage-sites/heritage.geojson": 8,
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_real_file_passes_the_contract_that_was_drafted_from_it(
    name: str, tmp_path: Path
) -> None:
    path = REAL / name
    if not path.is_file():
        pytest.skip("the real files are not here")
    delivered = deliver(path, finished(drafted(path)), tmp_path)
    assert delivered.result.made > 0
    assert delivered.lost_percent < FOLDERS[name], delivered.reasons
