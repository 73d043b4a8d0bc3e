"""Bad rows go out as a workbook and come back with mends; other programs open it, too."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell as SheetCell
from openpyxl.worksheet.worksheet import Worksheet

from tests.integration.quality.builders import DATE, INTEGER, column, contract
from tests.integration.quality.test_quarantine import deliver, permit
from tinhdata.access import Action
from tinhdata.contracts.model import Bilingual
from tinhdata.db import Database
from tinhdata.edge.language import say
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock, Text
from tinhdata.quality import CellMend, ItemQuery, MendsUnreadable, Quarantine

CONTRACT = contract(
    [
        replace(column("ma"), label=Bilingual("Mã", "Code")),
        replace(column("so", INTEGER, minimum=0), label=Bilingual("Số", "Number")),
        replace(column("ngay", DATE), label=Bilingual("Ngày", "Day")),
    ],
    ("ma",),
)
ROWS = (("00123", "x", "31/02/2025"), ("=1+1", "-5", "2025-01-01"), ("c", "1", None))


def vietnamese(text: Text) -> str:
    return say(text, "vi")


class Desk:
    """A delivery with two bad rows, its quarantine and the workbook made of them."""

    def __init__(self, database: Database, folder: Path) -> None:
        clock = FixedClock(datetime(2026, 11, 23, tzinfo=UTC))
        self.quarantine = Quarantine(folder / "q", database, Journal(clock, b"k" * 32), clock)
        self.delivery, _, _ = deliver(self.quarantine, database, folder, ROWS, of=CONTRACT)
        self.path = folder / "bad.xlsx"
        self.rows = self.export(self.path)

    def export(self, path: Path, query: ItemQuery = ItemQuery()) -> int:  # noqa: B008  # frozen
        reader = permit(Action.READ_QUARANTINE)
        return self.quarantine.export(
            reader, CONTRACT, self.delivery, query, path, vietnamese, "vi"
        )

    def read(self, path: Path) -> tuple[CellMend, ...]:
        reader = permit(Action.READ_QUARANTINE)
        found = self.quarantine.read_mends(reader, CONTRACT, self.delivery, path)
        return found.mends


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


def sheet_of(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return book, sheet


def put(sheet: Worksheet, place: str, value: object) -> None:
    cell = sheet[place]
    assert isinstance(cell, SheetCell)
    cell.value = value  # type: ignore[assignment]  # openpyxl takes any cell value


def test_the_workbook_shows_cells_reasons_and_colours_what_is_wrong(desk: Desk) -> None:
    book, sheet = sheet_of(desk.path)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert desk.rows == 2
    assert rows[0] == ["Mã dòng", "Mã", "Số", "Ngày", "Cần sửa gì", "Nguyên văn dòng"]
    assert rows[1][:4] == [f"{desk.delivery}:1", "00123", "x", "31/02/2025"]
    assert rows[1][4] == (
        "Dòng 2, cột Số: “x” không phải là số. "
        "Ghi số vào ô, hoặc để trống nếu không có số liệu.\n"
        "Dòng 2, cột Ngày: “31/02/2025” không có trong lịch. Sửa ngày hoặc để trống."
    )
    assert rows[2][1] == "=1+1"
    assert sheet["B3"].data_type == "s"  # a text, never a formula
    colours = [sheet.cell(2, place).fill.start_color.rgb for place in (2, 3, 4)]
    assert colours == ["00000000", "FFF9DEDC", "FFF9DEDC"]
    assert book.worksheets[1].sheet_state == "hidden"


def test_only_changed_cells_become_mends_in_any_order_of_rows(desk: Desk) -> None:
    book, sheet = sheet_of(desk.path)
    put(sheet, "C2", 12)
    put(sheet, "D2", date(2025, 2, 28))
    put(sheet, "C3", None)
    sheet.move_range("A2:F2", rows=3)
    book.save(desk.path)
    assert set(desk.read(desk.path)) == {
        CellMend(1, "so", "12"),
        CellMend(1, "ngay", "2025-02-28"),
        CellMend(2, "so", None),
    }


def test_an_untouched_workbook_and_one_with_rows_left_out_change_nothing(desk: Desk) -> None:
    assert desk.read(desk.path) == ()
    book, sheet = sheet_of(desk.path)
    sheet.delete_rows(2)
    book.save(desk.path)
    assert desk.read(desk.path) == ()


def test_mends_made_since_are_shown_in_the_next_workbook(desk: Desk) -> None:
    mends = [CellMend(1, "so", "5")]
    desk.quarantine.mend(permit(Action.MEND), CONTRACT, desk.delivery, mends, "per_1")
    desk.export(desk.path)
    assert sheet_of(desk.path)[1]["C2"].value == "5"
    assert desk.read(desk.path) == ()


def test_a_workbook_holds_only_the_items_asked_for(desk: Desk, tmp_path: Path) -> None:
    assert desk.export(tmp_path / "few.xlsx", ItemQuery(rule="minimum:so")) == 1


def test_strange_row_ids_are_named_and_nothing_is_read(desk: Desk) -> None:
    for wrong in (f"{desk.delivery}:9", "dlv_khac:1", "xin chào", None):
        book, sheet = sheet_of(desk.path)
        put(sheet, "A3", wrong)
        book.save(desk.path)
        with pytest.raises(MendsUnreadable) as caught:
            desk.read(desk.path)
        assert caught.value.where == "3"


def test_a_row_that_stands_twice_is_refused(desk: Desk) -> None:
    book, sheet = sheet_of(desk.path)
    put(sheet, "A3", f"{desk.delivery}:1")
    book.save(desk.path)
    with pytest.raises(MendsUnreadable, match="twice"):
        desk.read(desk.path)


def test_a_workbook_of_another_kind_or_delivery_is_refused(desk: Desk, tmp_path: Path) -> None:
    plain = openpyxl.Workbook()
    plain.save(tmp_path / "plain.xlsx")
    with pytest.raises(MendsUnreadable, match="hidden sheet"):
        desk.read(tmp_path / "plain.xlsx")
    (tmp_path / "text.xlsx").write_text("không phải Excel")
    with pytest.raises(MendsUnreadable, match="no workbook"):
        desk.read(tmp_path / "text.xlsx")
    book, _ = sheet_of(desk.path)
    put_about(book, 2, "dlv_khac")
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(MendsUnreadable, match="dlv_khac"):
        desk.read(tmp_path / "other.xlsx")


def put_about(book: openpyxl.Workbook, row: int, value: str) -> None:
    about = book["_tinhdata"]
    assert isinstance(about, Worksheet)
    put(about, f"A{row}", value)


def test_columns_inserted_into_the_sheet_are_noticed(desk: Desk) -> None:
    book, sheet = sheet_of(desk.path)
    sheet.insert_cols(2)
    book.save(desk.path)
    with pytest.raises(MendsUnreadable, match="columns"):
        desk.read(desk.path)
