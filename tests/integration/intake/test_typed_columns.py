"""Typed cells turned into text side by side read as they do one by one."""

from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tinhdata.intake.cells import Percent, Value, row_text, written
from tinhdata.intake.typed_columns import texts

CELLS: st.SearchStrategy[Value] = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, 1, True, False, 1e15, 1e16, 0.1, 1e-7, float("nan"), ""]),
    st.floats(),
    st.integers(-3, 3),
    st.text("a1.,%", max_size=4),
    st.datetimes(datetime(1990, 1, 1), datetime(1990, 1, 3)),  # noqa: DTZ001 -- no zone in cells
    st.just(timedelta(hours=30)),
    st.just(time(8, 30)),
    st.sampled_from([Percent(0.5), Percent(0.125), written("1.5e-3"), written("12")]),
)
WHOLE = st.floats(-1e15, 1e15).map(lambda number: float(int(number)))
COLUMNS = st.one_of(
    st.lists(CELLS, min_size=5, max_size=5), st.lists(WHOLE, min_size=5, max_size=5)
)


@settings(max_examples=400, deadline=None)
@given(st.lists(COLUMNS, min_size=1, max_size=4), st.sets(st.integers(0, 5)))
def test_columns_read_as_rows_do(columns: list[list[Value]], commas: set[int]) -> None:
    rows = list(zip(*columns, strict=True))
    found = [
        list(cells) for cells in zip(*(c.to_pylist() for c in texts(rows, commas)), strict=True)
    ]
    assert found == [row_text(row, commas) for row in rows]
