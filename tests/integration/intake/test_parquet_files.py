"""Parquet: every type becomes text that checking reads back; crafted files end nothing."""

import datetime
import random
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.intake.building import (
    DATE,
    MOMENT,
    NUMBER,
    column,
    contract_of,
    harvest,
    read_file,
)
from tinhdata.contracts import NumberForm
from tinhdata.intake import FileKind, understand
from tinhdata.intake.cells import cell_text
from tinhdata.intake.lines import Fault
from tinhdata.intake.parquet_cells import cells_of

DAY = datetime.date(2025, 3, 1)
UTC = datetime.UTC
BIG = "98765432109876543210.123"
NOON = datetime.datetime(2025, 3, 1, 18, 30, tzinfo=UTC)


def parquet_of(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def harvest_file(path: Path, rows: int = 3) -> Path:
    return parquet_of(
        path,
        **{
            "Tên xã": [f"Xã {at}" for at in range(rows)],
            "Diện tích": [at + 0.125 for at in range(rows)],
            "Ngày báo cáo": [DAY] * rows,
        },
    )


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    reading = read_file(harvest_file(tmp_path / "a.parquet"), harvest())
    assert reading.understanding.kind is FileKind.PARQUET
    assert reading.staged.account.units == reading.staged.account.records == 3
    assert [reading.rows[0][name] for name in ("_first", "ten", "dien_tich", "ngay")] == [
        *(1, "Xã 0", "0.125", "2025-03-01"),
    ]
    assert reading.staged.number_forms == {"dien_tich": NumberForm.ENGLISH}


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (pa.array([Decimal("1.50")], pa.decimal128(10, 2)), "1.50"),
        (pa.array([Decimal("-0.00000001")], pa.decimal128(20, 8)), "-0.00000001"),
        (pa.array([Decimal("98765432109876543210.123")], pa.decimal256(50, 3)), BIG),
        (pa.array([0.1], pa.float32()), "0.1"),
        (pa.array([1e-9]), "0.000000001"),
        (pa.array([3.0]), "3"),
        (pa.array([2**63], pa.uint64()), "9223372036854775808"),
        (pa.array([True]), "true"),
        (pa.array([DAY]), "2025-03-01"),
        (pa.array([NOON.replace(tzinfo=None)], pa.timestamp("ns")), "2025-03-01 18:30:00"),
        (pa.array([NOON], pa.timestamp("us", "UTC")), "2025-03-02 01:30:00"),
        (pa.array([NOON], pa.timestamp("ms", "Asia/Tokyo")), "2025-03-02 01:30:00"),
        (pa.array([1_500], pa.timestamp("ms")), "1970-01-01 00:00:01.5"),
        (pa.array([datetime.datetime(2025, 3, 1, tzinfo=UTC)], pa.timestamp("s")), "2025-03-01"),
        (pa.array([datetime.time(8, 30)]), "08:30:00"),
        (pa.array([datetime.timedelta(hours=30)]), "30:00:00"),
        (pa.array([5_400_000_000_001], pa.duration("ns")), "1:30:00"),
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array(["x"], pa.large_string()), "x"),
        (pa.array(["Xã".encode()]), "Xã"),
        (pa.array([b"1234567890123456"], pa.uuid()), "31323334-3536-3738-3930-313233343536"),
        (pa.nulls(1), ""),
    ],
)
def test_every_type_has_its_text(array: pa.Array, text: str) -> None:
    cell = cells_of(array)[0]
    assert not isinstance(cell, Fault)
    assert cell_text(cell) == text


def test_cells_that_cannot_be_told_reject_their_rows(tmp_path: Path) -> None:
    path = parquet_of(
        tmp_path / "a.parquet",
        ten=["a", "b\0", "c", "d"],
        so=[1.5, 2.5, float("nan"), 4.5],
        khac=pa.array([b"x", b"x", b"x", b"\xff"]),
    )
    contract = contract_of([column("ten", "Tên"), column("so", "Số", NUMBER)])
    reading = read_file(path, contract)
    assert reading.column("ten") == ["a", "d"]  # what is no column of the dataset holds nobody up
    assert reading.staged.reject_counts == {"zero-byte": 1, "not-a-number": 1}


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_moment_beyond_the_calendar_rejects_its_row_and_no_other(
    tmp_path: Path, unit: str
) -> None:
    last = 2**63 - 1
    beyond = [last, last - 1] if unit == "ns" else [last, -last]
    kind = pa.timestamp(unit, "UTC")
    path = parquet_of(
        tmp_path / "a.parquet",
        luc=pa.array([0, *beyond, None], kind),
        ten=["a", "b", "c", "d"],
    )
    contract = contract_of([column("ten", "Tên"), column("luc", "Lúc", MOMENT)])
    reading = read_file(path, contract)
    assert reading.column("luc") == ["1970-01-01 07:00:00", None]
    assert [(row["_first"], row["code"]) for row in reading.rejects] == [
        (2, "not-a-moment"),
        (3, "not-a-moment"),
    ]


def test_moments_end_in_the_time_of_vietnam(tmp_path: Path) -> None:
    path = parquet_of(
        tmp_path / "a.parquet", luc=pa.array([NOON], pa.timestamp("us", "UTC")), ngay=[DAY]
    )
    contract = contract_of([column("luc", "Lúc", MOMENT), column("ngay", "Ngày", DATE)])
    assert read_file(path, contract).column("luc") == ["2025-03-02 01:30:00"]


@pytest.mark.parametrize("nested", [[[1, 2]], [{"a": 1}]])
def test_nested_columns_are_refused_with_advice(tmp_path: Path, nested: list[object]) -> None:
    path = parquet_of(tmp_path / "a.parquet", ten=["x"], them=nested)
    refusal = understand(path, path.name, harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "nested-column"
    assert "them" in str(refusal.text)


def test_a_table_without_rows_is_empty(tmp_path: Path) -> None:
    path = parquet_of(tmp_path / "a.parquet", ten=pa.array([], pa.string()))
    refusal = understand(path, path.name, harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "empty"


def test_one_text_that_stands_in_millions_of_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000_000, pa.int32()), ["x" * 10_000])
    pq.write_table(pa.table({"Tên xã": repeated}), path, compression="zstd")
    assert path.stat().st_size < 200_000  # and twenty gigabytes of text
    refusal = understand(path, path.name, harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


@pytest.mark.parametrize("kept", [4, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, kept: float) -> None:
    path = harvest_file(tmp_path / "a.parquet", 2_000)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept if kept >= 1 else len(data) * kept)])
    refusal = understand(path, path.name, harvest()).refusal
    assert refusal is not None
    assert refusal.reason == "damaged"


@pytest.mark.parametrize("seed", range(12))
def test_a_file_with_spoilt_bytes_is_refused_or_read_and_never_ends_the_process(
    tmp_path: Path, seed: int
) -> None:
    path = harvest_file(tmp_path / "a.parquet", 500)
    data = bytearray(path.read_bytes())
    dice = random.Random(seed)  # no secret
    for _ in range(dice.choice([1, 4, 30])):
        data[dice.randrange(4, len(data) - 8)] = dice.randrange(256)
    path.write_bytes(data)
    understanding = understand(path, path.name, harvest())
    if understanding.is_ready:
        read_file(path, harvest())  # which asserts that every unit is accounted for
    else:
        assert understanding.refusal is not None


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | st.sampled_from(["An Khánh", "Tổng cộng", "Ghi chú:", "", "a\0b"]),
            st.none() | st.floats(),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_row_of_any_table_is_accounted_for(
    rows: list[tuple[str | None, float | None]],
) -> None:
    with TemporaryDirectory() as folder:
        path = parquet_of(
            Path(folder) / "a.parquet",
            **{
                "Tên xã": pa.array([name for name, _ in rows], pa.string()),
                "Diện tích": pa.array([area for _, area in rows], pa.float64()),
                "Ngày báo cáo": pa.array([DAY] * len(rows)),
            },
        )
        reading = read_file(path, harvest())
    assert reading.staged.account.units == len(rows)
    assert reading.staged.account.records == len(reading.rows)
