"""Every kind of file from its bytes to the release, and sheets and files that run on."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.deliveries.desk import OFFICER, Desk
from tests.integration.deliveries.packing import Col, Set
from tests.unit.intake.building_files import json_of, ods_table, zip_of
from tinhdata.deliveries import State
from tinhdata.intake import Part, Question, ReadingChoice
from tinhdata.quality import ItemKind

LOG = Set(
    "nhat-ky-thu",
    (
        Col("ma", "Mã số", key=1, required=True, options={"pattern": "M[0-9]+"}),
        Col("nam", "Năm", "integer", key=2, required=True),
        Col("so", "Số đo", "number", custom={"decimals": 3}),
        Col("ngay", "Ngày ghi", "date"),
        Col("luc", "Lúc ghi", "timestamp"),
    ),
    custom={"layout": {"sheets": "all", "partColumn": "nam"}},
)
HEADER = ["Mã số", "Năm", "Số đo", "Ngày ghi", "Lúc ghi"]
NIGHT = datetime(2025, 3, 1, 18, 30, tzinfo=UTC)
ROWS = [
    ["M1", 2024, 1.234, "2025-03-01", "2025-03-02 01:30:00"],
    ["M2", 2024, None, None, None],
]
KEPT = [
    ("M1", 2024, Decimal("1.234"), date(2025, 3, 1), datetime(2025, 3, 2, 1, 30)),  # noqa: DTZ001
    ("M2", 2024, None, None, None),
]
"""The same rows as they are stored: moments in the time of Việt Nam, without a zone."""


def in_json(path: Path) -> Path:
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    rows[0]["Lúc ghi"] = NIGHT.isoformat()
    return json_of(path, {"success": True, "result": {"records": rows}})


def in_lines(path: Path) -> Path:
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def in_ods(path: Path) -> Path:
    return ods_table(path, HEADER, *ROWS)  # type: ignore[arg-type]  # cells of mixed rows


def in_parquet(path: Path) -> Path:
    table = pa.table(
        {
            "Mã số": ["M1", "M2"],
            "Năm": [2024, 2024],
            "Số đo": pa.array([Decimal("1.234"), None], pa.decimal128(9, 3)),
            "Ngày ghi": pa.array([date(2025, 3, 1), None]),
            "Lúc ghi": pa.array([NIGHT, None], pa.timestamp("us", "UTC")),
        }
    )
    pq.write_table(table, path)
    return path


def in_archive(path: Path) -> Path:
    head = dict(zip(HEADER, ROWS[0], strict=True))
    second = f"{','.join(HEADER)}\nM2,2024,,,\n"
    first = json.dumps([head], ensure_ascii=False)
    return zip_of(path, {"mot.json": first, "hai.csv": second, "__MACOSX/._hai.csv": b"\0\5"})


@pytest.fixture
def desk(office: Desk) -> Desk:
    office.registered(LOG)
    return office


@pytest.mark.parametrize("write", [in_json, in_lines, in_ods, in_parquet, in_archive])
def test_every_kind_of_file_gives_the_same_release(
    desk: Desk, tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    path = write(tmp_path / "tep")
    delivery = desk.send_bytes(LOG.id, path.read_bytes(), name=path.name)
    assert delivery.state is State.CHECKED
    assert desk.published(delivery, by=OFFICER).state is State.RELEASED
    assert list(desk.rows(LOG.id)) == KEPT


SHARES = Set(
    "ty-le-thu",
    (
        Col("ma", "Mã số", key=1, required=True),
        Col("ty_le", "Tỷ lệ hộ nghèo", "number", custom={"decimals": 2, "unit": "%"}),
        Col("he_so", "Hệ số", "number", custom={"decimals": 2}),
    ),
)


def test_a_cell_shown_as_a_percentage_is_released_as_that_and_held_where_none_is_meant(
    office: Desk, tmp_path: Path
) -> None:
    office.registered(SHARES)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Mã số", "Tỷ lệ hộ nghèo", "Hệ số"], ["A", 0.25, 0.5], ["B", 0.125, 0.25]):
        sheet.append(row)
    for cell in ("B2", "B3", "C3"):
        sheet[cell].number_format = "0.0%"
    book.save(tmp_path / "a.xlsx")
    delivery = office.send_bytes(SHARES.id, (tmp_path / "a.xlsx").read_bytes(), name="a.xlsx")
    (held,) = office.open_items(delivery)
    item = office.items(delivery)[0]
    assert "“25%” is a percentage, the column is not" in str(item.reasons[0].text)
    office.mend(delivery, held, "he_so", "0.25")
    office.published(delivery, by=OFFICER)
    assert ("A", Decimal(25), Decimal("0.5")) in list(office.rows(SHARES.id))


def yearly_book(path: Path, bad: str = "M3") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, codes in (("2023", ["M1"]), ("2024", ["M1", bad]), ("Ghi chú", [])):
        sheet = book.create_sheet(name)
        for row in (["Mã số", "Số đo"], *([code, 1.5] for code in codes)) if codes else (["x"],):
            sheet.append(row)
    book.save(path)
    return path.read_bytes()


def test_sheets_of_years_are_one_release_and_a_bad_row_is_found_in_its_sheet(
    desk: Desk, tmp_path: Path
) -> None:
    data = yearly_book(tmp_path / "a.xlsx", bad="sai")
    delivery = desk.send_bytes(LOG.id, data, name="a.xlsx")
    assert delivery.understanding is not None
    assert delivery.understanding.parts == (Part("2023", 1, 2), Part("2024", 3, 3))
    (item,) = desk.items(delivery)
    assert (item.first, item.part, str(item.place)) == (5, "2024", "3 (“2024”)")
    assert "Line 3 (“2024”)" in str(item.reasons[0].text)
    desk.published(delivery, by=OFFICER)
    assert [row[:2] for row in desk.rows(LOG.id)] == [("M1", 2023), ("M1", 2024)]


def test_a_mended_row_of_a_sheet_still_says_where_it_stands(desk: Desk, tmp_path: Path) -> None:
    data = yearly_book(tmp_path / "a.xlsx", bad="sai")
    delivery = desk.published(desk.send_bytes(LOG.id, data, name="a.xlsx"), by=OFFICER)
    (item,) = desk.open_items(delivery)
    desk.mend(delivery, item, "ma", "vẫn sai")
    mended = desk.deliveries.mended(OFFICER, delivery.id)
    assert "Line 3 (“2024”)" in str(mended.failing[item][0].text)


def test_a_file_that_fits_nothing_waits_for_a_persons_choice(office: Desk) -> None:
    office.registered(Set("hai-cot-thu", (Col("ma", "Mã số", key=1, required=True),)))
    files = {"a.csv": "Mã số\nA\n", "b.csv": "Mã số\nB\n", "doc.txt": "Kính gửi\n"}
    path = zip_of(office.store / "a.zip", files)
    delivery = office.send_bytes("hai-cot-thu", path.read_bytes(), name="a.zip")
    assert delivery.state is State.CHOOSING
    assert delivery.understanding is not None
    assert delivery.understanding.questions == (Question.SHEET,)
    choice = ReadingChoice(sheets=("a.csv", "b.csv"))
    office.deliveries.choose(OFFICER, delivery.id, choice)
    settled = office.settled(delivery.id)
    assert settled.state is State.CHECKED
    office.published(settled, by=OFFICER)
    assert list(office.rows("hai-cot-thu")) == [("A",), ("B",)]


def test_a_broken_line_of_json_waits_with_its_place_and_its_text(desk: Desk) -> None:
    good = json.dumps(dict(zip(HEADER, ROWS[0], strict=True)), ensure_ascii=False)
    delivery = desk.send(LOG.id, good, '{"Mã số": "M9",}', good.replace("M1", "M7"), name="a.jsonl")
    (item,) = desk.items(delivery)
    assert (item.kind, item.first) == (ItemKind.UNIT, 2)
    assert item.raw == '{"Mã số": "M9",}'
    assert delivery.units is not None
    assert (delivery.units.records, delivery.units.rejected) == (2, 1)


BROKEN_LIST = '[{"Mã số": "M1"},'.encode()


@pytest.mark.parametrize("data", [BROKEN_LIST, b"PAR1broken", b"PK\x03\x04broken", b"[" * 9_999])
def test_what_cannot_be_read_is_refused_with_a_reason(desk: Desk, data: bytes) -> None:
    delivery = desk.send_bytes(LOG.id, data, name="tep")
    assert delivery.state is State.REFUSED
    assert delivery.problem is not None
