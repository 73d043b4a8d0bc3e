import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.edge.contracts import AREA, COUNT, DAY, MOMENT, NAME, OPEN, YEAR
from tinhdata.contracts import Column
from tinhdata.edge.plain import csv_lines, json_page, json_text, plain
from tinhdata.edge.showing import shown
from tinhdata.warehouse import Value


@pytest.mark.parametrize(
    ("value", "column", "vi", "en"),
    [
        (None, NAME, None, None),
        ("Đại Từ", NAME, "Đại Từ", "Đại Từ"),
        (1234567, COUNT, "1.234.567", "1,234,567"),
        (2025, YEAR, "2025", "2025"),
        (Decimal("1234.50"), AREA, "1.234,50", "1,234.50"),
        (Decimal("123456789012345.67"), AREA, "123.456.789.012.345,67", "123,456,789,012,345.67"),
        (-0.5, AREA, "-0,50", "-0.50"),
        (date(2025, 7, 1), DAY, "01/07/2025", "01 Jul 2025"),
        (
            datetime.fromisoformat("2018-10-08T09:01"),
            MOMENT,
            "08/10/2018 09:01",
            "08 Oct 2018 09:01",
        ),
        (
            datetime.fromisoformat("2018-10-08T09:01:07"),
            MOMENT,
            "08/10/2018 09:01:07",
            "08 Oct 2018 09:01:07",
        ),
        (True, OPEN, "có", "yes"),
        ("••••1234", COUNT, "••••1234", "••••1234"),
    ],
)
def test_values_are_written_as_readers_expect(
    value: Value, column: Column, vi: str | None, en: str | None
) -> None:
    assert (shown(value, column, "vi"), shown(value, column, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, "true"),
        (12, "12"),
        (Decimal("0.10"), "0.10"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
        (0.1, "0.1"),
        (date(2025, 7, 1), "2025-07-01"),
        (datetime.fromisoformat("2025-07-01T08:30"), "2025-07-01T08:30:00"),
        ("=1+1", "=1+1"),
    ],
)
def test_programs_get_exact_plain_values(value: Value, expected: str | None) -> None:
    assert plain(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_reads_back_the_same(value: float) -> None:
    written = plain(value)
    assert written is not None
    assert float(written) == value
    assert "e" not in written.lower()
    assert json.loads(json_text(value)) == value


@given(st.lists(st.tuples(st.text(), st.none() | st.integers() | st.text()), max_size=5))
def test_json_rows_read_back_the_same(rows: list[tuple[Value, ...]]) -> None:
    read = json.loads(json_page({"a": 1}, ["x", "ý"], rows))
    assert read == {"a": 1, "rows": [{"x": x, "ý": y} for x, y in rows]}


def test_csv_follows_rfc_4180_and_keeps_text_as_it_is() -> None:
    batches: list[list[list[Value]]] = [[['a "b", c'], [None]], [["=cmd()\nx"], [1]]]
    pieces = list(csv_lines(["tên", "số"], batches, bom=True))
    assert pieces == [
        b"\xef\xbb\xbf" + "tên,số\r\n".encode(),
        b'"a ""b"", c",\r\n',
        b'"=cmd()\nx",1\r\n',
    ]
    assert next(csv_lines(["a"], [], bom=False)) == b"a\r\n"
