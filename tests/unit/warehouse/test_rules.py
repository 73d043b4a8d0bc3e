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
from tinhdata.warehouse.model import Migration
from tinhdata.warehouse.rules import (
    carried,
    content_hash,
    current_after_withdrawal,
    current_at,
    dropped_whole,
    migration,
    refuse_lost_columns,
    require_counts,
    widens,
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


OWNERS = {4: "c-code", 5: "c-n", 6: "c-more", 7: "c-n", 8: "c-n", 9: "c-other"}


def shape(*columns: tuple[str, str, int]) -> TableShape:
    return TableShape(tuple(TableColumn(*column) for column in columns), ())


BEFORE = shape(("code", "VARCHAR", 4), ("n", "BIGINT", 5))


def test_a_column_of_a_new_type_beside_old_rows_is_refused_but_new_columns_are_fine() -> None:
    refuse_lost_columns(BEFORE, shape(*ROWS, ("more", "VARCHAR", 6)), OWNERS)
    refuse_lost_columns(BEFORE, shape(("renamed", "BIGINT", 5)), OWNERS)
    refuse_lost_columns(BEFORE, shape(("code", "VARCHAR", 4), ("n", "DOUBLE", 7)), OWNERS)
    with pytest.raises(ColumnTypeChanged, match="renamed is now VARCHAR, not BIGINT"):
        refuse_lost_columns(BEFORE, shape(("renamed", "VARCHAR", 8)), OWNERS)
    # Another id under the same name is another column: nothing of the old one was promised.
    refuse_lost_columns(BEFORE, shape(("n", "VARCHAR", 9)), OWNERS)


ROWS = (("code", "VARCHAR", 4), ("n", "BIGINT", 5))


def test_a_wider_type_is_read_from_the_field_that_the_column_had() -> None:
    now = shape(("code", "VARCHAR", 4), ("total", "DOUBLE", 7), ("other", "DOUBLE", 9))
    assert [c.field_id for c in carried(now, BEFORE, OWNERS)] == [4, 5, 9]
    assert [c.name for c in carried(now, BEFORE, OWNERS)] == ["code", "total", "other"]
    assert carried(now, now, OWNERS) == now.columns


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        ("BIGINT", "DOUBLE", True),
        ("BIGINT", "DECIMAL(18,2)", True),
        ("DECIMAL(18,2)", "DECIMAL(18,3)", True),
        ("DATE", "TIMESTAMP", True),
        ("DECIMAL(18,3)", "DECIMAL(18,2)", False),
        ("DOUBLE", "BIGINT", False),
        ("BIGINT", "VARCHAR", False),
        ("TIMESTAMP", "DATE", False),
    ],
)
def test_only_a_type_that_keeps_every_value_is_wider(old: str, new: str, fits: bool) -> None:
    assert widens(old, new) is fits


def test_a_migration_counts_columns_by_their_id() -> None:
    now = shape(("ma", "VARCHAR", 4), ("total", "DOUBLE", 7), ("more", "VARCHAR", 6))
    assert migration(BEFORE, now, OWNERS) == Migration(added=1, dropped=0, renamed=2, retyped=1)
    gone = shape(("code", "VARCHAR", 4))
    assert migration(BEFORE, gone, OWNERS) == Migration(added=0, dropped=1, renamed=0, retyped=0)


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
