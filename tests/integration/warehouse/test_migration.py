"""A table under the next version of its contract: old rows are read by field id, nothing mixes."""

from collections.abc import Mapping
from datetime import date, datetime

import duckdb
import pytest

from tests.integration.warehouse.builders import (
    AMOUNT,
    BY_DAY,
    CODE,
    COUNT,
    DAILY,
    DAY,
    NAME,
    Desk,
    column,
    contract,
    permit,
)
from tinhdata.contracts import Contract, LogicalType
from tinhdata.warehouse import (
    CellChange,
    Change,
    ChangeCounts,
    ColumnTypeChanged,
    Release,
    RowChangeKind,
    StagedFile,
)

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)
NEXT = contract(
    column("total", LogicalType.INTEGER, id_=COUNT.id),
    column("note"),
    column("ma", id_=CODE.id),
    column("day", LogicalType.DATE, id_=DAY.id),
    key=("ma", "day"),
    period=BY_DAY,
)
"""DAILY with two columns renamed, one added, and another order."""


def with_amount(kind: LogicalType, decimals: int | None = None) -> Contract:
    """Give DAILY with its count in another type."""
    counted = column("total", kind, id_=COUNT.id, decimals=decimals)
    return contract(CODE, DAY, counted, key=DAILY.key, period=BY_DAY)


def last_event(here: Desk) -> Mapping[str, object]:
    with here.db.read() as tx:
        *_, last = here.journal.read(tx)
    assert last.kind == "release.migrated"
    return last.data


def names(release: Release) -> list[str]:
    return [c.name for c in release.shape.columns[3:]]


def differences(here: Desk, old: Release, new: Release) -> list[tuple[RowChangeKind, object]]:
    found = here.warehouse.diff(permit(new.dataset), old.id, new.id)
    return [(row.kind, row.cells) for row in found.rows]


def test_rows_that_stay_have_their_values_under_the_new_names_and_none_in_new_columns(
    here: Desk,
) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    second = here.append(NEXT, "2025-03-04", (2, "mới", "x", TUESDAY))
    assert names(second) == ["total", "note", "ma", "day"]
    assert here.rows(second) == [(1, None, "x", MONDAY), (2, "mới", "x", TUESDAY)]
    assert here.rows(first) == [("x", MONDAY, 1)]
    assert names(first) == ["code", "day", "count"]


def test_a_renamed_column_is_the_same_column_in_a_comparison(here: Desk) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1), ("y", MONDAY, 2))
    second = here.append(NEXT, "2025-03-03", (1, None, "x", MONDAY), (5, None, "y", MONDAY))
    assert second.counts == ChangeCounts(2, 0, 0, 1, 1, 2)
    assert differences(here, first, second) == [
        (RowChangeKind.UPDATED, (CellChange("total", 2, 5),))
    ]


def test_a_dropped_column_is_gone_from_now_on_and_stays_in_the_release_before(here: Desk) -> None:
    plain = contract(CODE, NAME, AMOUNT, DAY)
    first = here.replace(plain, ("x", "tên", None, MONDAY))
    without = contract(CODE, DAY)
    here.hash_of_next = "b" * 64
    second = here.replace(without, ("x", MONDAY))
    assert names(second) == ["code", "day"]
    assert here.rows(first) == [("x", "tên", None, MONDAY)]
    assert last_event(here)["dropped"] == 2


def test_withdrawing_the_first_release_under_a_contract_gives_back_the_names_before(
    here: Desk,
) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    second = here.append(NEXT, "2025-03-04", (2, "mới", "x", TUESDAY))
    now = here.withdraw(second)
    assert now is not None
    assert (now.id, names(now)) == (first.id, ["code", "day", "count"])
    assert here.rows(now) == [("x", MONDAY, 1)]
    again = here.append(NEXT, "2025-03-04", (3, None, "x", TUESDAY))
    assert here.rows(again) == [(1, None, "x", MONDAY), (3, None, "x", TUESDAY)]


def test_the_journal_says_when_readers_see_another_table(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    here.hash_of_next = "b" * 64
    second = here.append(NEXT, "2025-03-04", (2, "mới", "x", TUESDAY))
    said = last_event(here)
    counted = {name: said[name] for name in ("added", "dropped", "renamed", "retyped")}
    assert counted == {"added": 1, "dropped": 0, "renamed": 2, "retyped": 0}
    assert (said["before"], said["now"]) == ("a" * 64, "b" * 64)
    here.withdraw(second)
    assert last_event(here)["now"] == "a" * 64


@pytest.mark.parametrize("after", [with_amount(LogicalType.NUMBER), with_amount(
    LogicalType.NUMBER, 2)], ids=["double", "decimal"])  # fmt: skip
def test_whole_numbers_that_stay_are_cast_where_the_type_grew(here: Desk, after: Contract) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    files = [here.stage(after, [("x", TUESDAY, 2.5)], "2025-03-04")]
    change = Change.append(frozenset({"2025-03-04"}))
    assert here.warehouse.preview(
        after, here.warehouse.current(DAILY.id), change, files
    ) == ChangeCounts(1, 1, 0, 0, 1, 2)
    second = here.publish(after, change, files)
    assert [float(str(row[2])) for row in here.rows(second)] == [1.0, 2.5]
    # Each file of the new release holds the one field of today, whoever reads it.
    (kept,) = [file for file in second.files if file.period == "2025-03-03"]
    path = here.warehouse_folder / "tables" / second.dataset / "data" / kept.name
    field_id = second.shape.column("total").field_id
    found = duckdb.execute(
        "SELECT field_id FROM parquet_schema(?) WHERE name = 'total'", [str(path)]
    ).fetchall()
    assert found == [(field_id,)]


def test_a_period_is_replaced_though_its_column_changed_its_type(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1), ("y", MONDAY, 7))
    moments = contract(
        CODE, column("day", LogicalType.TIMESTAMP, id_=DAY.id), COUNT, key=DAILY.key, period=BY_DAY
    )
    at_ten = datetime.fromisoformat("2025-03-03T10:00")
    second = here.append(moments, "2025-03-03", ("x", at_ten, 1))
    assert here.rows(second) == [("x", at_ten, 1)]
    assert second.counts.base == 2


def test_a_comparison_across_a_wider_type_calls_equal_values_unchanged(here: Desk) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    after = with_amount(LogicalType.NUMBER, 2)
    second = here.append(after, "2025-03-03", ("x", MONDAY, 1))
    assert second.counts == ChangeCounts(1, 0, 0, 0, 1, 1)
    assert differences(here, first, second) == []


def test_a_type_that_does_not_hold_the_old_values_is_refused_before_anything_is_written(
    here: Desk,
) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    texts = with_amount(LogicalType.STRING)
    files = [here.stage(texts, [("x", TUESDAY, "hai")], "2025-03-04")]
    change = Change.append(frozenset({"2025-03-04"}))
    with pytest.raises(ColumnTypeChanged) as refused:
        here.warehouse.preview(texts, first, change, files)
    assert "new id" in str(refused.value.fix)
    # With an id of its own the column is new, and rows that stay are empty in it, as declared.
    declared = contract(
        CODE, DAY, column("total", id_="c-total-text"), key=DAILY.key, period=BY_DAY
    )
    second = here.publish(declared, change, _as(here, declared))
    assert here.rows(second) == [("x", MONDAY, None), ("x", TUESDAY, "hai")]


def test_a_value_too_large_for_the_wider_type_is_refused(here: Desk) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 9 * 10**17))
    after = with_amount(LogicalType.NUMBER, 2)
    files = [here.stage(after, [("x", MONDAY, 1)], "2025-03-03")]
    with pytest.raises(ColumnTypeChanged, match="does not fit the type"):
        here.warehouse.preview(after, first, Change.append(frozenset({"2025-03-03"})), files)


def _as(here: Desk, declared: Contract) -> list[StagedFile]:
    return [here.stage(declared, [("x", TUESDAY, "hai")], "2025-03-04")]
