"""Values of a database as text: exact, and never to be taken for something else."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhdata.contracts import NumberForm
from tinhdata.sources.values import mark_of, text_of, value_of, write_rows
from tinhdata.vietnam import Number, parse_number
from tinhdata.vietnam import NumberForm as Form


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (7, "7"),
        (Decimal("1.230"), "1.230"),
        (1e22, "10000000000000000000000"),
        (float("nan"), ""),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 8, 30), "2026-01-05 08:30:00"),  # noqa: DTZ001 - as databases give it
        (datetime(2026, 1, 5, 20, 0, tzinfo=UTC), "2026-01-06 03:00:00"),
        (b"\x01\xff", "01ff"),
        ({"a": ["ă", 1]}, '{"a": ["ă", 1]}'),
    ],
)
def test_a_value_is_written_plainly(value: object, text: str) -> None:
    assert text_of(value) == text


def test_a_decimal_has_the_sign_that_its_contract_declares() -> None:
    assert text_of(Decimal("1.234"), NumberForm.VIETNAMESE) == "1,234"


@given(st.decimals(-(10**12), 10**12, places=3))
@settings(max_examples=100)
def test_a_number_that_was_written_is_read_back_exactly(value: Decimal) -> None:
    for form, reading in (
        (NumberForm.AUTO, Form.ENGLISH),
        (NumberForm.VIETNAMESE, Form.VIETNAMESE),
    ):
        found = parse_number(text_of(value, form), reading)
        assert isinstance(found, Number)
        assert found.value == value


@pytest.mark.parametrize(
    "value",
    [7, Decimal("1.5"), date(2026, 1, 5), datetime(2026, 1, 5, 8, tzinfo=UTC), "abc"],
)
def test_a_mark_keeps_value_and_type(value: object) -> None:
    kept = mark_of(value)
    assert kept is not None
    assert value_of(kept) == value


def test_each_group_has_a_digest_of_its_own_rows() -> None:
    def content(*rows: tuple[str, tuple[object, ...]]) -> dict[str, str]:
        *_, spooled = write_rows(io.BytesIO(), ("a", "b"), rows, (NumberForm.AUTO,) * 2)
        return spooled.content

    first = content(("x", (1, "một")), ("y", (2, "hai")))
    second = content(("x", (1, "một")), ("y", (2, "hai nữa")))
    assert first["x"] == second["x"]
    assert first["y"] != second["y"]


def test_only_columns_of_numbers_count_as_numeric() -> None:
    rows: list[tuple[str, tuple[object, ...]]] = [("", (1, "1", None)), ("", (None, 2, 3))]
    *_, spooled = write_rows(io.BytesIO(), ("a", "b", "c"), rows, (NumberForm.AUTO,) * 3)
    assert spooled.numeric == {0, 2}
