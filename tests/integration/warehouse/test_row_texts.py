"""Lines that the engine writes, against the same lines written value by value in Python."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.row_lines import Row, everything, written
from tinhdata.contracts.model import TableColumn
from tinhdata.edge.plain import json_text, plain
from tinhdata.warehouse.row_texts import TextForm, text_lines
from tinhdata.warehouse.sheet_texts import SheetForm, column_letters, sheet_rows

COLUMNS = (
    TableColumn("chữ", "VARCHAR", 1),
    TableColumn("số", "BIGINT", 2),
    TableColumn('thực "x"', "DOUBLE", 3),
    TableColumn("tiền", "DECIMAL(18,4)", 4),
    TableColumn("đúng", "BOOLEAN", 5),
    TableColumn("ngày", "DATE", 6),
    TableColumn("lúc", "TIMESTAMP", 7),
)
MOMENTS = st.datetimes()
ROWS = st.lists(
    st.tuples(
        st.none() | st.text() | st.text(alphabet='",\r\n\t\\ab<&>_x0041\x00\x1f\ufffe '),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(),
        st.none() | st.decimals(-(10**13), 10**13, places=4),
        st.none() | st.booleans(),
        st.none() | st.dates(),
        st.none() | MOMENTS | MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    ),
    max_size=8,
)


def as_csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def as_json(rows: Sequence[Row]) -> list[str]:
    names = [json.dumps(column.name, ensure_ascii=False) for column in COLUMNS]
    return [
        "{" + ",".join(f"{n}:{json_text(v)}" for n, v in zip(names, row, strict=True)) + "}"
        for row in rows
    ]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_csv_and_json_are_what_python_writes(rows: list[Row]) -> None:
    source = everything(rows, COLUMNS)
    lines = [line for line, _ in written(text_lines(source, COLUMNS, TextForm.CSV))]
    assert "".join(lines) == as_csv(rows)
    lines = [line for line, _ in written(text_lines(source, COLUMNS, TextForm.JSON))]
    assert lines == [",\n" + line for line in as_json(rows)]
    lines = [line for line, _ in written(text_lines(source, COLUMNS, TextForm.JSONL))]
    assert lines == [line + "\n" for line in as_json(rows)]


@pytest.mark.parametrize(
    "value",
    [1e16, -1.5e16, 1.2345678901234567e22, 1e100, 5e-324, 1.5e-7, -1e-5, 0.0001, -0.0, 1e15, 0.1],
)
def test_numbers_are_spelled_out(value: float) -> None:
    column = COLUMNS[2]
    ((line, _),) = written(text_lines(everything([(value,)], [column]), [column], TextForm.CSV))
    assert line == f"{plain(value)}\r\n"
    assert "e" not in line


def test_a_row_of_one_empty_cell_is_still_a_row() -> None:
    column = COLUMNS[0]
    rows: list[Row] = [("",), (None,), ("a",)]
    lines = written(text_lines(everything(rows, [column]), [column], TextForm.CSV))
    assert [line for line, _ in lines] == ['""\r\n', '""\r\n', "a\r\n"]


SHEET = SheetForm(date=1, moment=2, text=3)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_rows_of_a_sheet_are_whole_xml_with_every_cell(rows: list[Row]) -> None:
    found = written(sheet_rows(everything(rows, COLUMNS), COLUMNS, SHEET))
    for number, ((line, odd), row) in enumerate(zip(found, rows, strict=True)):
        element = ElementTree.fromstring(line)
        assert odd is None
        assert element.get("r") == str(number + 2)
        filled = [
            f"{column_letters(at)}{number + 2}"
            for at, value in enumerate(row)
            if value is not None and not (isinstance(value, float) and plain(value) == "")
        ]
        assert [cell.get("r") for cell in element] == filled


def test_what_excel_cannot_keep_as_a_number_is_text() -> None:
    rows: list[Row] = [
        (
            "=1+1",
            10**15 - 1,
            0.5,
            Decimal("12.5000"),
            True,
            date(1900, 3, 1),
            datetime.fromisoformat("2025-07-01T12:00"),
        ),
        (
            "<a>",
            10**15,
            1e300,
            Decimal("12345678901234.5678"),
            False,
            date(1900, 2, 28),
            datetime.fromisoformat("1890-01-02T03:04:05"),
        ),
    ]
    cells = [
        [
            (cell.get("s"), cell.get("t"), "".join(cell.itertext()))
            for cell in ElementTree.fromstring(line)
        ]
        for line, _ in written(sheet_rows(everything(rows, COLUMNS), COLUMNS, SHEET))
    ]
    assert cells == [
        [
            ("3", "inlineStr", "=1+1"),
            (None, None, "999999999999999"),
            (None, None, "0.5"),
            (None, None, "12.5000"),
            (None, "b", "1"),
            ("1", None, "61"),
            ("2", None, "45839.5"),
        ],
        [
            ("3", "inlineStr", "<a>"),
            ("3", "inlineStr", "1000000000000000"),
            (None, None, "1e+300"),
            ("3", "inlineStr", "12345678901234.5678"),
            (None, "b", "0"),
            ("3", "inlineStr", "28/02/1900"),
            ("3", "inlineStr", "02/01/1890 03:04:05"),
        ],
    ]


def test_the_first_text_that_no_cell_can_hold_is_named() -> None:
    columns = (TableColumn("a", "VARCHAR", 1), TableColumn("b", "VARCHAR", 2))
    shape = "MULTIPOLYGON (((" + ", ".join(["105.8 21.6"] * 4000) + ")))"
    rows: list[Row] = [("x", "đ" * 32_767), ("x", "đ" * 32_768), (shape, "y")]
    found = written(sheet_rows(everything(rows, columns), columns, SHEET))
    assert [odd for _, odd in found] == [None, "3:1:32768", f"4:0:{len(shape)}"]
    form = SheetForm(1, 2, 3, frozenset({"a"}), {"MULTIPOLYGON": ("vùng, ", " đỉnh")})
    found = written(sheet_rows(everything(rows, columns), columns, form))
    assert [odd for _, odd in found] == [None, "3:1:32768", None]
    assert "<t>vùng, 4000 đỉnh</t>" in found[2][0]


def test_columns_are_named_as_sheets_name_them() -> None:
    assert [column_letters(at) for at in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
