"""Wide tables and units in files that nobody here wrote, and in hostile ones."""

import io
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.unit.intake.building import (
    INTEGER,
    NUMBER,
    Reading,
    column,
    contract_of,
    read_file,
    real_data,
)
from tinhdata.contracts import Column, Contract, HeaderWord, Layout, Marks, Unpivot
from tinhdata.intake import FileRefused, Question, ReadingChoice, read, template, understand

MARKS = Marks("tinh_trang", (("Prel.", "sơ bộ"), ("Pre.", "sơ bộ"), ("(*)", "có ghi chú")))
YEAR = replace(column("nam", "Năm", INTEGER), minimum=1900, maximum=2100, marks=MARKS)
PROVINCE = column(
    "tinh", "Tỉnh", synonyms=("Cities, provincies", "Cities, provinces"), required=True
)
GSO = "gso-statistics"
TOTALS = ("WHOLE COUNTRY",)


def wide(
    *columns: Column, headers: tuple[str, ...] = ("{nam}",), words: tuple[HeaderWord, ...] = ()
) -> Contract:
    """Declare a wide table whose values stand in the last of `columns`."""
    values = (("", columns[-1].name),)
    layout = Layout(totals=TOTALS, unpivot=Unpivot(headers, values, words))
    contract = contract_of((*columns, column("tinh_trang", "Tình trạng")), layout)
    return replace(contract, key=(columns[0].name,), missing_values=("..",))


def read_real(tmp_path: Path, contract: Contract, *parts: str) -> Reading:
    return read_file(real_data(*parts), contract, out=tmp_path / "staged")


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "bang.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


VALUE = column("gia_tri", "Giá trị", NUMBER)


def test_health_establishments_by_year_and_kind(tmp_path: Path) -> None:
    contract = wide(PROVINCE, YEAR, column("loai", "Loại"), VALUE, headers=("{nam} {loai}",))
    reading = read_real(
        tmp_path,
        contract,
        GSO,
        "Health, Culture and Living Standard",
        "Number of health establishments under provincial departments of health by province.csv",
    )
    account = reading.staged.account
    assert (account.records, account.spread, account.empty) == (70, 4200, 493)
    assert len(reading.rows) == account.made == 3707
    cells = {(r["tinh"], r["nam"], r["loai"]): r["gia_tri"] for r in reading.rows}
    assert cells["Red River Delta", "2005", "Hospital"] == "173"
    assert cells["Ca Mau", "2016", "Medical service unit"] == "94"
    assert {row["_first"] for row in reading.rows if row["tinh"] == "Red River Delta"} == {5}


@pytest.mark.parametrize(
    ("folder", "name", "records", "columns", "last"),
    [
        (
            "Population and Employment",
            "Labour force at 15 years of age and above by province.csv",
            69,
            11,
            "Prel. 2016",
        ),
        ("Health, Culture and Living Standard", "Poverty rate by province.csv", 69, 8, "Pre. 2016"),
        (
            "Trade, Price and Tourism",
            "Number of supermarkets as of annual December 31st by province.csv",
            69,
            9,
            "2016",
        ),
    ],
)
def test_tables_by_year_of_the_statistics_office(
    tmp_path: Path, folder: str, name: str, records: int, columns: int, last: str
) -> None:
    reading = read_real(tmp_path, wide(PROVINCE, YEAR, VALUE), GSO, folder, name)
    account = reading.staged.account
    assert abs(account.records - records) <= 2
    assert account.spread == account.records * columns
    assert len(reading.rows) == account.made
    assert reading.understanding.wide[-1].places == (("nam", last),)


def test_months_in_words_are_numbers_of_months(tmp_path: Path) -> None:
    month = replace(column("thang", "Tháng", INTEGER), minimum=1, maximum=12)
    names = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sep", "Oct", "Nov")
    words = tuple(HeaderWord("thang", word, str(at)) for at, word in enumerate((*names, "Dec"), 1))
    columns = (
        column("tram", "Trạm", synonyms=("Cities, provincies",)),
        column("nam", "Năm", INTEGER, synonyms=("Year",)),
        month,
        VALUE,
    )
    contract = wide(*columns, headers=("{thang}",), words=words)
    reading = read_real(
        tmp_path,
        contract,
        GSO,
        "Administrative Unit, Land and Climate",
        "Monthly rainfall at some stations.csv",
    )
    assert len(reading.understanding.wide) == 12
    found = {(r["tram"], r["nam"], r["thang"]): r["gia_tri"] for r in reading.rows}
    assert (found["Son La", "2016", "1"], found["Son La", "2016", "12"]) == ("100.8", "1.9")


def test_livestock_in_thousands_with_poultry_in_millions_is_asked(tmp_path: Path) -> None:
    contract = wide(
        column("muc", "Mục", synonyms=("Items",)),
        column("nam", "Năm", INTEGER, synonyms=("Year",)),
        column("loai", "Vật nuôi"),
        column("so_con", "Số con", INTEGER, unit="con"),
        headers=("{loai}",),
    )
    path = real_data(
        GSO,
        "Agriculture, Forestry and Fishery",
        "Livestock population as of annual 1st October.csv",
    )
    seen = understand(path, path.name, contract)
    assert [each.header for each in seen.wide][-1] == "Poultry (Mill. heads)"
    assert seen.questions == (Question.UNIT,)
    with pytest.raises(FileRefused) as refused:
        read(path, contract, seen, tmp_path / "staged")
    assert refused.value.reason == "choose-unit"


TAX = "Tổng thu NSNN trên địa bàn"
TAXES = f"{TAX} tỉnh, thành phố"
SHARE = "Tỷ lệ phân chia nguồn thu giữa NSTW và NSĐP"
SHARES = "Tỷ lệ (%) phân chia nguồn thu giữa NSTW và NSĐP"


@pytest.mark.parametrize(
    ("name", "own", "factor"),
    [
        ("Plan_2009.xls", "tỷ đồng", "0.001"),
        ("Final_2006.xls", "đồng", "1000000"),
        ("Plan_2007.xls", "triệu đồng", "1"),
    ],
)
def test_the_unit_line_of_the_budget_is_found(name: str, own: str, factor: str) -> None:
    contract = contract_of(
        [
            column("tinh", "Tỉnh, thành phố", synonyms=("Tên tỉnh, thành phố",), required=True),
            column("thu", f"{TAX} từng tỉnh, thành phố", NUMBER, synonyms=(TAXES,), unit=own),
            column("ty_le", SHARE, NUMBER, synonyms=(SHARES,), unit="%"),
        ]
    )
    path = real_data("mof-budget-xls", name)
    seen = understand(path, name, contract)
    (unit,) = [unit for unit in seen.units if unit.column == "thu"]
    assert (unit.unit, unit.factor) == ("Triệu đồng", Decimal(factor))
    assert [unit.factor for unit in seen.units if unit.column == "ty_le"] in ([], [Decimal(1)])


def test_a_unit_in_two_languages_is_one_unit(tmp_path: Path) -> None:
    contract = contract_of(
        [column("muc", "Chỉ tiêu"), column("so", "Dự toán", NUMBER, unit="triệu đồng")]
    )
    lines = (";Tỷ đồng - In billions of dongs", "Chỉ tiêu;Dự toán", "Thu;1,5")
    seen = understand(written(tmp_path, *lines), "a.csv", contract)
    assert [unit.factor for unit in seen.units] == [Decimal(1000)]


def test_two_lines_that_name_different_multiples_are_asked(tmp_path: Path) -> None:
    contract = contract_of(
        [column("muc", "Chỉ tiêu"), column("so", "Dự toán", NUMBER, unit="triệu đồng")]
    )
    lines = ("Đơn vị: tỷ đồng;", "(Triệu đồng);", "Chỉ tiêu;Dự toán", "Thu;1,5")
    seen = understand(written(tmp_path, *lines), "a.csv", contract)
    assert seen.questions == (Question.UNIT,)


def test_a_unit_above_is_not_for_columns_that_have_their_own_or_measure_other_things(
    tmp_path: Path,
) -> None:
    contract = contract_of(
        [
            column("muc", "Chỉ tiêu"),
            column("thu", "Thu", NUMBER, unit="đồng"),
            column("chi", "Chi", NUMBER, unit="đồng"),
            column("ho", "Số hộ", INTEGER, unit="hộ"),
            column("tre", "Trẻ em", INTEGER, unit="người"),
        ]
    )
    head = "Chỉ tiêu;Thu;Chi (tỷ đồng);Số hộ;Trẻ em"
    lines = ("Đơn vị tính: nghìn đồng, nghìn người", head, "A;1;2;3;4")
    seen = understand(written(tmp_path, *lines), "a.csv", contract)
    assert dict(seen.scales) == {
        "thu": Decimal(1000),
        "chi": Decimal(10**9),
        "tre": Decimal(1000),
    }


def test_a_thousand_lines_of_a_hundred_years_take_well_below_two_seconds(tmp_path: Path) -> None:
    years = ";".join(str(1950 + at) for at in range(100))
    lines = [f"T{line};" + ";".join(str(line + at) for at in range(100)) for line in range(1_000)]
    path = written(tmp_path, f"Tỉnh;{years}", *lines)
    contract = wide(PROVINCE, YEAR, VALUE)
    begun = time.process_time()
    staged = read(path, contract, understand(path, "a.csv", contract), tmp_path / "staged")
    assert (staged.account.made, staged.rows.rows) == (100_000, 100_000)
    assert time.process_time() - begun < 10  # far above what it takes, for slow machines


def test_ten_thousand_columns_are_read_and_repeated_years_are_said_briefly(tmp_path: Path) -> None:
    years = ";".join(str(1900 + at % 200) for at in range(10_000))
    lines = [f"T{line};" + ";".join("1" for _ in range(10_000)) for line in range(3)]
    reading = read_file(written(tmp_path, f"Tỉnh;{years}", *lines), wide(PROVINCE, YEAR, VALUE))
    assert reading.staged.account.made == len(reading.rows) == 30_000
    assert 1 <= len(reading.understanding.notes) <= 5


def test_columns_left_out_by_choice_give_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "Tỉnh;2015;2016;2017", "An;1;2;3", "Bình;4;5;6")
    reading = read_file(path, wide(PROVINCE, YEAR, VALUE), ReadingChoice(left_out=(1, 3)))
    assert reading.column("gia_tri") == ["2", "5"]
    assert reading.understanding.left_out == ((1, "2015"), (3, "2017"))
    every = understand(
        path, "a.csv", wide(PROVINCE, YEAR, VALUE), ReadingChoice(left_out=(1, 2, 3))
    )
    assert not every.wide


def test_a_sheet_with_a_year_merged_above_two_kinds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Tỉnh", 2015, None, "Prel. 2016", None),
        (None, "Xã", "Phường", "Xã", "Phường"),
        ("An", 1.5, 2, None, 4),
        ("Bình", 5, None, 7, 8),
    ):
        sheet.append(row)
    for cells in ("A1:A2", "B1:C1", "D1:E1"):
        sheet.merge_cells(cells)
    path = tmp_path / "bang.xlsx"
    book.save(path)
    contract = wide(PROVINCE, YEAR, column("loai", "Loại"), VALUE, headers=("{nam} {loai}",))
    reading = read_file(path, contract)
    assert [(r["_first"], r["tinh"], r["nam"], r["loai"], r["gia_tri"]) for r in reading.rows] == [
        (3, "An", "2015", "Xã", "1.5"),
        (3, "An", "2015", "Phường", "2"),
        (3, "An", "Prel. 2016", "Phường", "4"),
        (4, "Bình", "2015", "Xã", "5"),
        (4, "Bình", "Prel. 2016", "Xã", "7"),
        (4, "Bình", "Prel. 2016", "Phường", "8"),
    ]
    assert (reading.staged.account.spread, reading.staged.account.empty) == (8, 2)


def test_the_template_of_a_wide_dataset_is_long_and_read_as_such(tmp_path: Path) -> None:
    contract = wide(PROVINCE, YEAR, column("so_con", "Số con", INTEGER, unit="con"))
    book = openpyxl.load_workbook(io.BytesIO(template(contract, {}, "vi")))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:4] == ["Tỉnh", "Năm", "Số con (con)", "Tình trạng"]
    sheet["A3"], sheet["B3"], sheet["C3"], sheet["D3"] = "An", 2016, 12, "sơ bộ"
    path = tmp_path / "mau.xlsx"
    book.save(path)
    reading = read_file(path, contract)
    assert reading.understanding.wide == ()
    assert reading.staged.account.spread is None
    assert [row["so_con"] for row in reading.rows] == ["12"]
