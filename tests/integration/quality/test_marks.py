"""Marks are cut off cells and say elsewhere what they mean; units are multiplied exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.intake.building import INTEGER, NUMBER, TEXT, column, contract_of
from tinhdata.contracts import Column, Contract, LogicalType, Marks
from tinhdata.quality.model import Writing
from tinhdata.quality.standardise import column_sql, layers, name

MARKS = Marks(
    "ghi_chu",
    (("Prel.", "sơ bộ"), ("(*)", "có ghi chú"), ("²", "ước tính"), ("e", "ước"), ("Sơ bộ", "sb")),
)


def run(
    columns: Sequence[Column], cells: Sequence[str | None], scale: str | None = None
) -> tuple[object, ...]:
    """Give the values that the columns have for one row of raw cells."""
    contract: Contract = contract_of(columns)
    writing = [Writing(scale=Decimal(scale) if scale and at == 0 else None) for at in range(9)]
    writing = writing[: len(columns)]
    compiled = [
        column_sql(contract, each, at, writing[at]) for at, each in enumerate(contract.columns)
    ]
    raw = ", ".join(f"CAST(? AS VARCHAR) AS {name('raw', at)}" for at in range(len(columns)))
    query = f"SELECT true AS _dirty, {raw}"
    for layer in layers(contract, writing):
        made = ", ".join(
            f"{getattr(c, layer)} AS {name(layer, at)}" for at, c in enumerate(compiled)
        )
        query = f"SELECT *, {made} FROM ({query})"
    values = ", ".join(c.value for c in compiled)
    with duckdb.connect() as engine:
        return tuple(engine.execute(f"SELECT {values} FROM ({query})", list(cells)).fetchall()[0])


def marked(kind: LogicalType, cell: str | None, note: str | None = None) -> tuple[object, ...]:
    first = replace(column("gia_tri", "Giá trị", kind), marks=MARKS)
    return run((first, column("ghi_chu", "Ghi chú")), (cell, note))


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [
        ("2016", 2016, None),
        ("Prel. 2016", 2016, "sơ bộ"),
        ("prel.2016", 2016, "sơ bộ"),
        ("2016 (*)", 2016, "có ghi chú"),
        ("Prel. 2016(*)", 2016, "sơ bộ; có ghi chú"),
        ("(*)2016(*)", 2016, "có ghi chú"),
        ("2016²", 2016, "ước tính"),
        ("12e", 12, "ước"),
        ("SƠ BỘ 2016", 2016, "sb"),
        ("(*)", None, "có ghi chú"),
        ("Prel. (*)", None, "sơ bộ; có ghi chú"),
        (None, None, None),
        ("Pre. 2016", None, None),
    ],
)
def test_a_mark_is_cut_off_at_both_ends(
    cell: str | None, value: int | None, note: str | None
) -> None:
    assert marked(INTEGER, cell) == (value, note)


@pytest.mark.parametrize(
    ("cell", "value", "note"),
    [
        ("eo biển", "eo biển", None),
        ("cà phê", "cà phê", None),
        ("e xã Đồng Hỷ", "xã Đồng Hỷ", "ước"),
        ("Đường số 1 (*)", "Đường số 1", "có ghi chú"),
        ("Prel.iminary", "iminary", "sơ bộ"),
    ],
)
def test_a_mark_of_letters_ends_where_letters_go_on(
    cell: str, value: str, note: str | None
) -> None:
    assert marked(TEXT, cell) == (value, note)


def test_what_a_person_wrote_in_the_column_of_meanings_stays() -> None:
    assert marked(INTEGER, "Prel. 2016", "chính thức") == (2016, "chính thức")


def test_the_default_stands_where_no_mark_is() -> None:
    marks = replace(MARKS, default="chính thức")
    columns = (replace(column("nam", "Năm", INTEGER), marks=marks), column("ghi_chu", "Ghi chú"))
    assert run(columns, ("2015", None)) == (2015, "chính thức")
    assert run(columns, ("Prel. 2015", None)) == (2015, "sơ bộ")


SCALED: Mapping[str, tuple[LogicalType, int | None, str, str, object]] = {
    "thousands become whole": (INTEGER, None, "4516.8", "1000", 4516800),
    "what is left of one is refused": (INTEGER, None, "0.0005", "1000", None),
    "noise of a spreadsheet is none": (INTEGER, None, "17.078000000000003", "1000", 17078),
    "small units keep their places": (NUMBER, 3, "1234", "0.001", Decimal("1.234")),
    "too many places are refused": (NUMBER, 2, "1234", "0.001", None),
    "a fraction becomes hectares": (NUMBER, 2, "-1.5", "100", Decimal("-150.00")),
    "large amounts stay exact": (NUMBER, 0, "999999999999.123", "1000", Decimal(999999999999123)),
    "floats are multiplied, too": (NUMBER, None, "0.1", "1000", 100.0),
    "what is no number stays none": (INTEGER, None, "x", "1000", None),
}


@pytest.mark.parametrize("case", SCALED)
def test_units_are_multiplied_exactly(case: str) -> None:
    kind, decimals, cell, scale, value = SCALED[case]
    columns = (replace(column("so", "Số", kind), decimals=decimals),)
    assert run(columns, (cell,), scale) == (value,)


@settings(max_examples=60)
@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=4),
    st.sampled_from(["1000", "1000000", "100", "10", "0.1", "0.001"]),
)
def test_scaling_agrees_with_decimal_arithmetic(number: Decimal, scale: str) -> None:
    columns = (replace(column("so", "Số", NUMBER), decimals=9),)
    (found,) = run(columns, (format(number, "f"),), scale)
    exact = number * Decimal(scale)
    assert found == exact if abs(exact) < 10**9 else found in (exact, None)
