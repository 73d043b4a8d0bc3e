"""The Excel template: what it says, what it helps with, and that it is understood when filled."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.geodata import layer_contract
from tests.unit.intake.building import (
    DATE,
    INTEGER,
    MOMENT,
    NUMBER,
    Reading,
    column,
    contract_of,
    read_file,
)
from tinhdata.contracts import Contract, GeometryType, Layout
from tinhdata.intake import template, understand
from tinhdata.kernel import Text


def dataset() -> Contract:
    year = column("nam", "Năm", INTEGER, required=True, position=1)
    return contract_of(
        [
            replace(column("ma", "Mã xã", required=True), max_length=5),
            replace(year, minimum=1900, maximum=2100),
            replace(column("dien_tich", "Diện tích", NUMBER, unit="ha"), minimum=Decimal(0)),
            column("ngay", "Ngày báo cáo", DATE),
            column("luc", "Lúc gửi", MOMENT),
            replace(column("loai", "Loại"), allowed=("Lúa", "Ngô")),
            replace(column("nam_2", "Năm", INTEGER), position=2),
        ]
    )


COMMUNES = [(f"{code:05d}", f"Xã số {code}") for code in range(5_000, 5_092)]


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def data_sheet(book: openpyxl.Workbook) -> Worksheet:
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def filled(tmp_path: Path, contract: Contract, language: str) -> Reading:
    book = opened(template(contract, {"ma": COMMUNES}, language))
    sheet = data_sheet(book)
    for at, value in enumerate(["05012", 2024, 12.5, "31/12/2024", None, "Lúa", 2025], 1):
        sheet.cell(3, at, value)
    path = tmp_path / "mau.xlsx"
    book.save(path)
    return read_file(path, contract)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filled_template_is_understood_whole(tmp_path: Path, language: str) -> None:
    reading = filled(tmp_path, dataset(), language)
    assert reading.understanding.match_percent == 100
    assert reading.understanding.questions == ()
    assert reading.rows == [
        {
            "_record": 1,
            "_first": 3,
            "_last": 3,
            "ma": "05012",
            "nam": "2024",
            "dien_tich": "12.5",
            "ngay": "31/12/2024",
            "luc": None,
            "loai": "Lúa",
            "nam_2": "2025",
        }
    ]
    assert (reading.staged.account.title, reading.staged.account.header) == (1, 1)


def test_a_template_is_understood_though_the_contract_declares_another_layout(
    tmp_path: Path,
) -> None:
    layout = Layout(sheet="TX", first_header_row=5, header_rows=3)
    reading = filled(tmp_path, replace(dataset(), layout=layout), "vi")
    assert reading.column("ma") == ["05012"]


def test_the_template_of_another_dataset_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    path.write_bytes(template(replace(dataset(), id="bo-khac"), {}, "vi"))
    notes = [str(note) for note in understand(path, "mau.xlsx", dataset()).notes]
    assert "This is the template of the dataset bo-khac." in notes


def test_a_column_of_geometries_says_how_they_are_written(tmp_path: Path) -> None:
    contract = layer_contract(GeometryType.MULTI_POLYGON)
    book = opened(template(contract, {}, "vi"))
    notes = "\n".join(str(value) for row in book.worksheets[1].values for value in row)
    assert "longitude first" in notes
    wkt = "MULTIPOLYGON (((105.85 22.05, 105.86 22.05, 105.86 22.06, 105.85 22.05)))"
    assert wkt in notes
    for at, value in enumerate(["001", "Xã Một", wkt], 1):
        data_sheet(book).cell(3, at, value)
    book.save(tmp_path / "mau.xlsx")
    assert read_file(tmp_path / "mau.xlsx", contract).column("hinh") == [wkt]


def test_an_empty_template_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    path.write_bytes(template(dataset(), {"ma": COMMUNES}, "vi"))
    assert read_file(path, dataset()).rows == []


def test_long_code_lists_stand_on_a_hidden_sheet_and_short_ones_in_the_rule() -> None:
    book = opened(template(dataset(), {"ma": COMMUNES}, "vi"))
    rules = {
        str(rule.sqref).partition(":")[0]: rule
        for rule in data_sheet(book).data_validations.dataValidation
    }
    assert rules["A3"].formula1 == "_lists!$A$1:$A$92"
    assert book["_lists"].sheet_state == "hidden"
    assert [cell.value for cell in book["_lists"]["A"]][:2] == ["05000", "05001"]
    assert rules["F3"].formula1 == '"Lúa,Ngô"'


def test_numbers_dates_and_lengths_are_checked_while_typing() -> None:
    rules = {
        str(rule.sqref).partition(":")[0]: rule
        for rule in data_sheet(
            opened(template(dataset(), {}, "vi"))
        ).data_validations.dataValidation
    }
    assert (rules["A3"].type, rules["A3"].formula2) == ("textLength", "5")
    assert (rules["B3"].type, rules["B3"].formula1, rules["B3"].formula2) == (
        "whole",
        "1900",
        "2100",
    )
    assert (rules["C3"].type, rules["C3"].formula1) == ("decimal", "0.0")
    assert rules["D3"].type == "date"
    assert "2100" in str(rules["B3"].error)


def test_codes_are_kept_as_text_and_the_header_stays_in_sight() -> None:
    sheet = data_sheet(opened(template(dataset(), {}, "vi")))
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.freeze_panes == "A3"
    assert sheet["C2"].value == "Diện tích (ha)"


def test_our_own_words_are_translated_by_the_caller() -> None:
    def translated(text: Text) -> str:
        return f"vi {text.msgid}"[:30]

    book = opened(template(dataset(), {}, "vi", translated))
    assert book.sheetnames[:2] == ["vi Data", "vi Notes"]
    notes = book["vi Notes"]
    assert [cell.value for cell in notes[2]][:2] == ["Mã xã", "vi yes"]
