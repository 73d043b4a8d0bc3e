from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.contracts import TableColumn
from tinhdata.warehouse import (
    Change,
    ChangeCounts,
    ColumnTypeChanged,
    CountsWrong,
    DataFile,
    Release,
    ReleaseKind,
    ReleaseState,
    TableShape,
    Withdrawal,
)
from tinhdata.warehouse.rules import (
    content_hash,
    current_after_withdrawal,
    current_at,
    dropped_whole,
    refuse_lost_columns,
    require_counts,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
SHAPE = TableShape((TableColumn("code", "VARCHAR", 4),), ("code",))


def release(
    number: int, state: ReleaseState = ReleaseState.SUPERSEDED, withdrawn_on: int | None = None
) -> Release:
    withdrawal = None
    if withdrawn_on is not None:
        state = ReleaseState.WITHDRAWN
        withdrawal = Withdrawal(START + timedelta(days=withdrawn_on), "per_x", "", "")
    return Release(
        f"rel_{number}", "bo-thu", number, ReleaseKind.DELIVERY, state, "a" * 64, "dlv_x", number,
        None, 0, ChangeCounts(0, 0, 0, 0, 0, 0), "", SHAPE, START + timedelta(days=number),
        "per_x", (), withdrawal,
    )  # fmt: skip


def test_the_newest_release_before_a_withdrawn_one_that_still_stands_is_current() -> None:
    last = release(4, ReleaseState.CURRENT)
    older = [release(1), release(2), release(3, withdrawn_on=4), last]
    found = current_after_withdrawal(older, last)
    assert found is not None
    assert found.number == 2


def test_after_the_only_release_is_withdrawn_none_is_current() -> None:
    only = release(1, ReleaseState.CURRENT)
    assert current_after_withdrawal([only], only) is None


@pytest.mark.parametrize(
    ("day", "number"), [(0, None), (1, 1), (2, 2), (2.5, 2), (4, 1), (5, 5), (9, 5)]
)
def test_the_release_of_a_moment_follows_publishing_and_withdrawing(
    day: float, number: int | None
) -> None:
    releases = [release(1), release(2, withdrawn_on=3), release(5, ReleaseState.CURRENT)]
    found = current_at(releases, START + timedelta(days=day))
    assert (found and found.number) == number


def file(period: str | None, period_by: str | None) -> DataFile:
    return DataFile("x.parquet", "", 0, 1, period, period_by)


MARCH = Change.append(frozenset({"2025-03"}))


@pytest.mark.parametrize(
    ("change", "held", "dropped"),
    [
        (Change.replace(), file("2025-03", "5/month"), True),
        (Change.replace(), file(None, None), True),
        (Change.add(), file("2025-03", "5/month"), False),
        (MARCH, file("2025-03", "5/month"), True),
        (MARCH, file("2025-04", "5/month"), False),
        (MARCH, file("2025-03", "5/day"), None),
        (MARCH, file(None, None), None),
        (Change.append(frozenset()), file(None, None), False),
    ],
)
def test_a_change_drops_the_files_of_its_periods(
    change: Change, held: DataFile, dropped: bool | None
) -> None:
    assert dropped_whole(change, held, "5/month") is dropped


def test_a_column_of_a_new_type_beside_old_rows_is_refused_but_new_columns_are_fine() -> None:
    before = TableShape((TableColumn("code", "VARCHAR", 4), TableColumn("n", "BIGINT", 5)), ())
    wider = TableShape((*before.columns, TableColumn("more", "VARCHAR", 6)), ())
    refuse_lost_columns(before, wider)
    refuse_lost_columns(before, TableShape((TableColumn("renamed", "BIGINT", 5),), ()))
    retyped = TableShape((TableColumn("code", "VARCHAR", 4), TableColumn("n", "DOUBLE", 7)), ())
    with pytest.raises(ColumnTypeChanged):
        refuse_lost_columns(before, retyped)


amounts = st.integers(min_value=0, max_value=50)


@given(amounts, amounts, amounts, amounts)
def test_only_counts_that_add_up_pass(
    inserted: int, deleted: int, updated: int, unchanged: int
) -> None:
    base = deleted + updated + unchanged
    rows = base + inserted - deleted
    require_counts(ChangeCounts(base, inserted, deleted, updated, unchanged, rows), rows)
    for wrong in (
        ChangeCounts(base + 1, inserted, deleted, updated, unchanged, rows),
        ChangeCounts(base, inserted + 1, deleted, updated, unchanged, rows),
        ChangeCounts(base, inserted, deleted, updated + 1, unchanged, rows),
        ChangeCounts(base, inserted, deleted, updated, unchanged, rows + 1),
    ):
        with pytest.raises(CountsWrong):
            require_counts(wrong, rows)


def test_the_hash_of_a_release_does_not_depend_on_the_order_of_its_files() -> None:
    one, two = DataFile("a", "1" * 64, 1, 1), DataFile("b", "2" * 64, 1, 1)
    assert content_hash([one, two]) == content_hash([two, one]) != content_hash([one])
