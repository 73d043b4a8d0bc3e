"""The page of a reading with several sheets or files: what is read, and where a held row stands."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.integration.deliveries.packing import Col, Set
from tests.integration.web.officers import Desk, officer_of
from tests.unit.intake.building_files import json_of, zip_of
from tinhdata.deliveries import Delivery, State

STATISTICS = "dan-so-dien-tich-mat-do"
LOG = Set(
    "nhat-ky-nhieu-phan",
    (
        Col("ma", "Mã số", key=1, required=True, options={"pattern": "M[0-9]+"}),
        Col("nam", "Năm", "integer", key=2, required=True),
    ),
    custom={"layout": {"partColumn": "nam"}},
)


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with officer_of(LOG, tmp_path_factory.mktemp("parts") / "store") as desk:
        yield desk


def state_of(officer: Desk, delivery: str) -> Delivery:
    actor = officer.platform.access.actor("canbo.taichinh")
    return officer.platform.deliveries.get(actor, delivery)


def book(path: Path, *names: str) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name in names:
        sheet = made.create_sheet(name)
        for row in (["Mã số"], ["M1"], [f"sai {name}"]):
            sheet.append(row)
    made.save(path)
    return path


def test_a_person_ticks_several_sheets_and_finds_a_held_row_in_its_sheet(
    officer: Desk, tmp_path: Path
) -> None:
    delivery = officer.deliver(LOG.id, book(tmp_path / "a.xlsx", "2021", "2022", "2023"))
    assert state_of(officer, delivery).state is State.CHOOSING
    page = officer.get(f"/deliveries/{delivery}/understood")
    assert page.count('type="checkbox" name="sheet"') == 3
    assert "lấy từ tên trang tính hoặc tên tệp" in page
    fields: dict[str, str | list[str]] = {"sheet": ["2021", "2023"], "again": "sheet"}
    answer = officer.post(f"/deliveries/{delivery}/reading", fields)
    officer.work()
    again = answer.headers["location"].rsplit("/", 1)[1]
    read = state_of(officer, again)
    assert read.rows.made == 4
    assert read.understanding is not None
    assert [part.name for part in read.understanding.parts] == ["2021", "2023"]
    held = officer.get(f"/deliveries/{again}/problems")
    assert "2023, dòng 3" in held
    assert "Dòng 3 (“2023”)" in held
    shown = officer.client.get(f"/api/v1/deliveries/{again}").json()
    assert shown["understanding"]["parts"][1] == {"name": "2023", "first_unit": 4, "units": 3}


def test_a_document_of_json_shows_its_fields_and_has_no_header_line(
    officer: Desk, tmp_path: Path
) -> None:
    path = json_of(tmp_path / "2024.json", {"data": [{"Mã số": "M1"}]})
    page = officer.get(f"/deliveries/{officer.deliver(LOG.id, path)}/understood")
    assert "tên các trường" in page
    assert "JSON" in page
    assert "2024" in page


def test_files_of_an_archive_that_are_no_table_are_a_question(
    officer: Desk, tmp_path: Path
) -> None:
    files = {"2025.csv": "Mã số\nM1\n", "2026.csv": "Mã số\nM2\n", "doc.txt": "Kính gửi\n"}
    delivery = officer.deliver(LOG.id, zip_of(tmp_path / "a.zip", files))
    assert state_of(officer, delivery).state is State.CHOOSING
    page = officer.get(f"/deliveries/{delivery}/understood")
    assert page.count(" checked") == 2
    assert "tệp nén gồm nhiều tệp" in page
    fields: dict[str, str | list[str]] = {"sheet": ["2025.csv", "2026.csv"]}
    officer.post(f"/deliveries/{delivery}/reading", fields)
    officer.work()
    assert state_of(officer, delivery).state is State.CHECKED


def test_the_form_takes_every_kind_of_file(officer: Desk) -> None:
    page = officer.get(f"/deliveries/new/{LOG.id}")
    for ending in (".xlsx", ".xls", ".ods", ".csv", ".json", ".ndjson", ".parquet", ".zip"):
        assert ending in page


def test_a_column_chosen_on_the_page_holds_for_the_next_sheet_whatever_it_is_called(
    officer: Desk, tmp_path: Path
) -> None:
    def sheet(name: str, code: str) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.worksheets[0])
        lines = made.create_sheet(name)
        for row in (["Ký hiệu lạ"], [code]):
            lines.append(row)
        made.save(tmp_path / f"{name}.xlsx")
        return tmp_path / f"{name}.xlsx"

    delivery = officer.deliver(LOG.id, sheet("2030", "M1"))
    assert state_of(officer, delivery).state is State.CHOOSING
    officer.post(f"/deliveries/{delivery}/reading", {"column.ma": "0"})
    officer.work()
    assert state_of(officer, delivery).state is State.CHECKED
    following = officer.deliver(LOG.id, sheet("2031", "M2"))
    assert state_of(officer, following).state is State.CHECKED
