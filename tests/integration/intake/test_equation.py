"""Every unit of a file is in exactly one place, however broken the file is."""

from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.intake.building import Reading, harvest, read_file
from tinhdata.intake import ReadingChoice

CELLS = st.sampled_from(
    [
        "An Khánh",
        "12",
        "1.234,5",
        "",
        " ",
        "Tổng cộng",
        "Ghi chú:",
        '"',
        'x"y',
        "Tên xã",
        "ﬁ",
        "a,b",
    ]
)
LINES = st.one_of(
    st.lists(CELLS, max_size=5).map(",".join),
    st.lists(CELLS.map(lambda cell: '"' + cell.replace('"', '""') + '"'), max_size=4).map(",".join),
    st.sampled_from(
        ["Tên xã,Diện tích,Ngày báo cáo", '"An\n Khánh",1,x', 'a,"b', "\x00", "\ufeff", ",,"]
    ),
)
BROKEN = st.sampled_from([b"", b"\xff", b"\xc3", b"\x00"])
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
CHOICE = ReadingChoice(
    encoding="utf-8",
    delimiter=",",
    first_header_row=1,
    header_rows=1,
    mapping={"ten": 0, "dien_tich": 1, "ngay": 2},
)


def count_units(data: bytes) -> int:
    """Count physical lines another way: by their ends."""
    ends = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return ends.count(b"\n") + (not ends.endswith(b"\n"))


def covered(reading: Reading) -> list[int]:
    """List the units of records and rejects."""
    spans = [(row["_first"], row["_last"]) for row in (*reading.rows, *reading.rejects)]
    return sorted(
        unit
        for first, last in spans
        if isinstance(first, int) and isinstance(last, int)
        for unit in range(first, last + 1)
    )


def check(reading: Reading, units: int) -> None:
    account = reading.staged.account
    assert account.units == units
    assert account.units == (
        account.structural + account.record_units + account.rejected_units + account.dropped_units
    )
    places = covered(reading)
    assert len(places) == len(set(places)) == account.record_units + account.rejected_units
    assert account.records == len(reading.rows)
    assert [row["_record"] for row in reading.rows] == list(range(1, account.records + 1))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(LINES, BROKEN, ENDS), max_size=25))
def test_every_line_of_a_broken_text_file_is_accounted_for(
    lines: list[tuple[str, bytes, bytes]],
) -> None:
    # Enough text that a few zero bytes do not make the file one of bytes.
    head = "Tên xã,Diện tích,Ngày báo cáo\n" + "An Khánh,1,2025-01-01\n" * 30
    data = head.encode() + b"".join(line.encode() + broken + end for line, broken, end in lines)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tep.csv"
        path.write_bytes(data)
        check(read_file(path, harvest(), CHOICE), count_units(data))


VALUES = st.one_of(
    st.none(),
    st.sampled_from(["An Khánh", "Tổng số", "Nguồn:", "", " ", "Tên xã", "=1+1", "#N/A"]),
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=5), max_size=15))
def test_every_row_of_a_broken_sheet_is_accounted_for(
    rows: list[list[str | int | float | None]],
) -> None:
    sheet = openpyxl.Workbook().active
    assert isinstance(sheet, Worksheet)
    sheet.append(["Tên xã", "Diện tích", "Ngày báo cáo"])
    for at, row in enumerate(rows, 2):
        for index, value in enumerate(row, 1):
            cell = sheet.cell(at, index, value)
            if value == "#N/A":
                cell.data_type = "e"
    used = [at for at, row in enumerate(rows, 2) if any(v not in {None, ""} for v in row)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tep.xlsx"
        assert sheet.parent is not None
        sheet.parent.save(path)
        check(read_file(path, harvest(), CHOICE), max(used, default=1))
