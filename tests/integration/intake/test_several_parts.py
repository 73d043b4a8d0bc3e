"""Several sheets of a workbook and several files of an archive into one dataset."""

import json
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.intake.building import (
    INTEGER,
    MOMENT,
    NUMBER,
    Reading,
    column,
    contract_of,
    harvest,
    read_file,
    real_data,
)
from tests.unit.intake.building_files import json_of, ods_table, zip_of
from tinhdata.contracts import Contract, Layout, NumberForm
from tinhdata.intake import (
    FileKind,
    FileRefused,
    Question,
    ReadingChoice,
    choice_from_json,
    choice_to_json,
    read,
    understand,
    understanding_from_json,
    understanding_to_json,
)

HEADER = ["Tên xã", "Diện tích", "Ngày báo cáo"]
Rows: TypeAlias = Sequence[Sequence[str | float | None]]
CSV = "Tên xã,Diện tích,Ngày báo cáo\n{},1,2025-01-01\n"


def workbook(path: Path, **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def yearly(layout: Layout | None = None) -> Contract:
    return contract_of(
        [
            column("ten", "Tên xã", required=True),
            column("dien_tich", "Diện tích", NUMBER),
            column("nam", "Năm", INTEGER, required=True),
        ],
        layout or Layout(all_sheets=True, part_column="nam"),
    )


def years(path: Path) -> Path:
    sheets: dict[str, Rows] = {
        "2016": [["BÁO CÁO"], ["Tên xã", "Diện tích"], ["An Khánh", 1.5], ["Tổng", 1.5]],
        "2017": [["Tên xã", "Diện tích"], ["An Khánh", 2], ["Văn Lang", 3]],
        "Ghi chú": [["không có gì"]],
    }
    return workbook(path, **sheets)


def places(reading: Reading) -> list[tuple[str, int, int]]:
    return [(part.name, part.first_unit, part.units) for part in reading.staged.parts]


def reason_of(path: Path, contract: Contract | None = None) -> str:
    refusal = understand(path, path.name, contract or harvest()).refusal
    assert refusal is not None
    return refusal.reason


# --- sheets


def test_all_sheets_run_on_and_their_names_fill_a_column(tmp_path: Path) -> None:
    reading = read_file(years(tmp_path / "a.xlsx"), yearly())
    assert reading.column("nam") == ["2016", "2017", "2017"]
    assert reading.column("ten") == ["An Khánh", "An Khánh", "Văn Lang"]
    assert [row["_first"] for row in reading.rows] == [3, 6, 7]
    assert places(reading) == [("2016", 1, 4), ("2017", 5, 3)]
    account = reading.staged.account
    assert (account.units, account.title, account.header, account.total) == (7, 1, 2, 1)
    assert reading.staged.passed[0].first == 4
    assert any("Ghi chú" in str(note) for note in reading.understanding.notes)
    understanding = reading.understanding
    assert understanding_from_json(understanding_to_json(understanding)) == understanding


def test_more_sheets_than_are_looked_at_are_refused_and_none_is_passed_over(tmp_path: Path) -> None:
    rows: Rows = [["Tên xã", "Diện tích"], ["An Khánh", 1]]
    sheets = {str(1800 + at): rows for at in range(201)}
    assert reason_of(workbook(tmp_path / "a.xlsx", **sheets), yearly()) == "too-many-sheets"
    sheets.popitem()
    reading = read_file(workbook(tmp_path / "b.xlsx", **sheets), yearly())
    assert reading.staged.account.records == 200


def weighed() -> Contract:
    return contract_of(
        [
            column("ten", "Tên", required=True),
            replace(column("nang", "Nặng", NUMBER), unit="tấn"),
            column("so", "Số", NUMBER),
        ],
        Layout(all_sheets=True),
    )


@pytest.mark.parametrize("names", ["AB", "BA"])
def test_a_sheet_without_a_column_does_not_contradict_the_unit_of_another(
    tmp_path: Path, names: str
) -> None:
    sheets: dict[str, Rows] = {
        "A": [["Tên", "Nặng (nghìn tấn)"], ["a", 2]],
        "B": [["Tên", "Số"], ["b", 7]],
    }
    path = workbook(tmp_path / "a.xlsx", **{name: sheets[name] for name in names})
    reading = read_file(path, weighed())
    assert reading.staged.scales == {"nang": 1000}
    assert [each for each in reading.column("nang") if each] == ["2"]


def test_an_open_unit_of_a_later_sheet_is_the_one_that_is_shown(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "A": [["Tên", "Nặng (tấn)"], ["a", 2]],
        "B": [["Tên", "Nặng (USD)"], ["b", 7]],
    }
    seen = understand(workbook(tmp_path / "a.xlsx", **sheets), "a.xlsx", weighed())
    assert seen.questions == (Question.UNIT,)
    assert [(unit.unit, unit.factor) for unit in seen.units] == [("USD", None)]


def test_the_contract_may_name_the_sheets(tmp_path: Path) -> None:
    layout = Layout(sheets=("2017", "2018"), part_column="nam")
    reading = read_file(years(tmp_path / "a.xlsx"), yearly(layout))
    assert reading.column("nam") == ["2017", "2017"]
    assert any("2018" in str(note) for note in reading.understanding.notes)


def test_a_person_may_choose_several_sheets_that_fit(tmp_path: Path) -> None:
    rows: Rows = [HEADER, ["An Khánh", 1, "2025-01-01"]]
    path = workbook(tmp_path / "a.xlsx", T1=rows, T2=rows, T3=rows)
    assert understand(path, path.name, harvest()).questions == (Question.SHEET,)
    choice = ReadingChoice(sheets=("T3", "T1"))
    assert choice_from_json(choice_to_json(choice)) == choice
    reading = read_file(path, harvest(), choice)
    assert places(reading) == [("T1", 1, 2), ("T3", 3, 2)]
    gone = understand(path, path.name, harvest(), ReadingChoice(sheets=("T1", "T4")))
    assert gone.refusal is not None
    assert gone.refusal.reason == "no-such-sheet"


def test_a_column_that_the_file_has_is_not_filled(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {"2016": [["Tên xã", "Năm"], ["An Khánh", 2020]]}
    path = workbook(tmp_path / "a.xlsx", **sheets)
    assert read_file(path, yearly()).column("nam") == ["2020"]


def test_one_sheet_alone_fills_its_name_too_and_a_text_file_its_own(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", **{"2016": [["Tên xã"], ["An Khánh"]]})
    assert read_file(path, yearly()).column("nam") == ["2016"]
    text = tmp_path / "2018.csv"
    text.write_text("Tên xã,Diện tích\nAn Khánh,1\n")
    assert read_file(text, yearly()).column("nam") == ["2018"]


def test_a_choice_of_columns_counts_by_name_in_sheets_with_another_order(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        T1=[["Nơi", "Diện tích"], ["An Khánh", 1]],
        T2=[["Diện tích", "Nơi"], [2, "Văn Lang"]],
    )
    choice = ReadingChoice(sheets=("T1", "T2"), mapping={"ten": 0})
    assert read_file(path, harvest(), choice).column("ten") == ["An Khánh", "Văn Lang"]


def test_a_sheet_without_a_needed_column_asks_and_nothing_is_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", T1=[HEADER, ["A", 1, "2025-01-01"]], T2=[["Diện tích"], [2]]
    )
    understanding = understand(path, path.name, harvest(), ReadingChoice(sheets=("T1", "T2")))
    assert understanding.questions == (Question.MAPPING,)
    with pytest.raises(FileRefused):
        read(path, harvest(), understanding, tmp_path / "out")


def test_stored_numbers_of_one_sheet_are_written_as_the_texts_of_another(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", T1=[HEADER, ["A", 1.234, ""]], T2=[HEADER, ["B", "1.234,5", ""]]
    )
    reading = read_file(path, harvest(Layout(all_sheets=True)))
    assert reading.staged.number_forms == {"dien_tich": NumberForm.VIETNAMESE}
    assert reading.column("dien_tich") == ["1,234", "1.234,5"]


def test_the_years_of_real_stations_run_on_over_seven_sheets(tmp_path: Path) -> None:
    path = real_data("climate-stations-xls", "Thainguyen.xls")
    contract = contract_of(
        [
            column("nam", "Năm", INTEGER, required=True, position=1),
            column("thang_1", "Tháng 1", NUMBER, synonyms=("I",)),
            column("dai_luong", "Đại lượng", required=True),
        ],
        Layout(all_sheets=True, part_column="dai_luong"),
    )
    reading = read_file(path, contract, out=tmp_path / "out")
    names = ["TB", "Tx", "Tm", "R", "U", "Sh", "etd"]
    assert list(dict.fromkeys(reading.column("dai_luong"))) == names
    assert [part.name for part in reading.staged.parts] == names
    assert reading.staged.account.units == sum(part.units for part in reading.staged.parts)


# --- archives


def test_files_of_every_kind_in_one_archive_run_on(tmp_path: Path) -> None:
    row: list[str | float | None] = ["D", 4.0, "2025-01-01"]
    table = pa.table(dict(zip(HEADER, [["E"], [5.5], ["2025-01-01"]], strict=True)))
    pq.write_table(table, tmp_path / "e.parquet")
    path = zip_of(
        tmp_path / "a.zip",
        {
            "a.csv": CSV.format("A"),
            "thang/b.csv": CSV.format("B").encode("utf-16"),
            "c.xlsx": workbook(tmp_path / "c.xlsx", T=[HEADER, ["C", 3.5, "2025-01-01"]]),
            "d.ods": ods_table(tmp_path / "d.ods", HEADER, row),
            "e.parquet": tmp_path / "e.parquet",
            "f.json": json_of(tmp_path / "f.json", [dict(zip(HEADER, ["F", 6], strict=False))]),
            "g.jsonl": json.dumps({"Tên xã": "G"}) + "\n" + json.dumps({"Tên xã": "H"}) + "\n",
            "__MACOSX/._a.csv": b"\0\5\26\7",
            ".DS_Store": b"x",
        },
    )
    reading = read_file(path, harvest())
    assert reading.understanding.kind is FileKind.ZIP
    assert reading.column("ten") == ["A", "B", "C", "D", "E", "F", "G", "H"]
    assert reading.column("dien_tich")[:6] == ["1", "1", "3.5", "4", "5.5", "6"]
    assert [name for name, _first, _units in places(reading)] == [
        *("a.csv", "thang/b.csv", "c.xlsx", "d.ods", "e.parquet", "f.json", "g.jsonl"),
    ]
    assert any("__MACOSX" in str(note) for note in reading.understanding.notes)
    assert sum(units for _name, _first, units in places(reading)) == reading.staged.account.units
    understanding = reading.understanding
    assert understanding_from_json(understanding_to_json(understanding)) == understanding


def test_rejects_of_a_later_file_are_counted_over_the_whole_delivery(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "a.zip",
        {"a.csv": CSV.format("A"), "b.csv": CSV.format("B") + '"offen\n', "c.csv": CSV.format("C")},
    )
    reading = read_file(path, harvest())
    assert reading.column("ten") == ["A", "B", "C"]
    assert [each["_first"] for each in reading.rejects] == [5]
    assert places(reading) == [("a.csv", 1, 2), ("b.csv", 3, 3), ("c.csv", 6, 2)]


def test_the_names_of_files_fill_a_column_and_those_of_their_sheets_where_they_are_several(
    tmp_path: Path,
) -> None:
    book = [["Tên xã"], ["An Khánh"]]
    path = zip_of(
        tmp_path / "a.zip",
        {
            "so lieu/2015.csv": "Tên xã,Diện tích\nAn Khánh,1\n",
            "2016.xlsx": workbook(tmp_path / "x.xlsx", Sheet1=book),
            "moi.xlsx": workbook(tmp_path / "y.xlsx", **{"2017": book, "2018": book}),
        },
    )
    reading = read_file(path, yearly())
    assert reading.column("nam") == ["2015", "2016", "2017", "2018"]
    assert [name for name, _first, _units in places(reading)][-1] == "moi.xlsx: 2018"


def test_a_file_that_is_no_table_of_the_dataset_asks_what_to_read(tmp_path: Path) -> None:
    files: dict[str, str | bytes | Path] = {
        "a.csv": CSV.format("A"),
        "doc.txt": "Kính gửi\n",
        "b.pdf": b"%PDF-1.7",
    }
    path = zip_of(tmp_path / "a.zip", files)
    understanding = understand(path, path.name, harvest())
    assert understanding.questions == (Question.SHEET,)
    assert [(seen.name, seen.matched) for seen in understanding.sheets] == [
        *(("a.csv", 3), ("doc.txt", 0), ("b.pdf", 0)),
    ]
    with pytest.raises(FileRefused):
        read(path, harvest(), understanding, tmp_path / "out")
    chosen = read_file(path, harvest(), ReadingChoice(sheets=("a.csv",)), tmp_path / "chosen")
    assert chosen.column("ten") == ["A"]
    declared = read_file(path, harvest(Layout(all_sheets=True)), out=tmp_path / "declared")
    assert declared.column("ten") == ["A"]
    assert any("doc.txt" in str(note) for note in declared.understanding.notes)


def test_numbers_of_typed_and_plain_files_that_disagree_are_never_guessed(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "a.zip",
        {
            "a.json": json_of(tmp_path / "a.json", [{"Tên xã": "A", "Diện tích": 1.234}]),
            "b.csv": "Tên xã;Diện tích\nB;1.234,5\n",
        },
    )
    reading = read_file(path, harvest())
    assert reading.staged.number_forms == {}
    assert reading.column("dien_tich") == ["1.234", "1.234,5"]


def test_a_damaged_file_refuses_the_archive_by_its_name(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"a.csv": CSV.format("A"), "b.json": '[{"a": 1},'})
    refusal = understand(path, path.name, harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "broken-json"
    assert "b.json" in str(refusal.text)


def test_an_archive_inside_an_archive_is_refused(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "inner.zip", {"a.csv": CSV.format("A")})
    path = zip_of(tmp_path / "a.zip", {"a.csv": CSV.format("A"), "b.csv": inner})
    assert reason_of(path) == "nested-archive"


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "/etc/passwd", "a/../../b.csv", "C:\\x.csv", "..\\a.csv", "a\nb.csv", "x" * 300],
)
def test_names_that_point_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("x.csv")
        info.filename = name
        archive.writestr(info, CSV.format("A"))
    assert reason_of(path) == "unsafe-names"


def test_links_and_names_that_occur_twice_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert reason_of(path) == "unsafe-names"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", CSV.format("A"))
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.csv", CSV.format("B"))
    assert reason_of(path) == "unsafe-names"


def test_bombs_and_floods_of_files_are_refused_before_they_unpack(tmp_path: Path) -> None:
    bomb = zip_of(tmp_path / "bomb.zip", {"a.csv": b"0" * (64 << 20)})
    assert bomb.stat().st_size < 100_000
    assert reason_of(bomb) == "too-large-inside"
    flood = zip_of(tmp_path / "flood.zip", {f"{at}.csv": "" for at in range(1_001)})
    assert reason_of(flood) == "too-many-files"


def test_an_archive_with_a_password_says_so(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"a.csv": CSV.format("A")})
    data = bytearray(path.read_bytes())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + at] |= 1
    path.write_bytes(data)
    assert reason_of(path) == "password"


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.97])
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, kept: float) -> None:
    path = zip_of(tmp_path / "a.zip", {"a.csv": CSV.format("A") * 50, "b.csv": CSV.format("B")})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    assert reason_of(path) == "damaged"


def test_an_archive_whose_bytes_were_spoilt_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"a.csv": "".join(CSV.format(at) for at in range(500))})
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)
    assert reason_of(path) == "damaged"


def test_empty_archives_are_empty(tmp_path: Path) -> None:
    assert reason_of(zip_of(tmp_path / "a.zip", {})) == "empty"
    assert reason_of(zip_of(tmp_path / "b.zip", {"__MACOSX/x": "", "c/": ""})) == "empty"
    assert (
        reason_of(zip_of(tmp_path / "c.zip", {"a.csv": "", "b.pdf": b"%PDF-1.7"})) == "not-a-table"
    )


def test_days_of_a_real_sensor_in_one_archive_are_one_delivery(tmp_path: Path) -> None:
    folder = real_data("air-sensor-nha-be")
    days = sorted(folder.glob("*.csv"))[:3]
    contract = contract_of(
        [
            column("thoi_diem", "Thời điểm", MOMENT, synonyms=("Time",), required=True),
            column("pm10", "Bụi PM10", NUMBER, synonyms=("SDS_P1",)),
            column("tep", "Tệp"),
        ],
        Layout(part_column="tep"),
    )
    path = zip_of(tmp_path / "a.zip", {day.name: day for day in days})
    reading = read_file(path, contract)
    lines = sum(len(day.read_text().splitlines()) for day in days)
    assert reading.staged.account.units == lines
    assert list(dict.fromkeys(reading.column("tep"))) == [day.stem for day in days]
