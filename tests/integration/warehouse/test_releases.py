from datetime import date, timedelta
from decimal import Decimal

import pytest
from pyiceberg.catalog.sql import SqlCatalog

from tests.integration.warehouse.builders import (
    AMOUNT,
    CODE,
    CONTRACT_HASH,
    COUNT,
    DAILY,
    DAY,
    NAME,
    START,
    Desk,
    column,
    contract,
    permit,
)
from tinhdata.contracts import LogicalType, Period, PeriodUnit
from tinhdata.kernel import new_id
from tinhdata.warehouse import (
    AlreadyWithdrawn,
    BaseMoved,
    Change,
    ChangeCounts,
    ColumnTypeChanged,
    CountsWrong,
    FileLost,
    NewRelease,
    NoRelease,
    Query,
    ReleaseKind,
    ReleaseNotFound,
    ReleaseState,
    ReleaseWithdrawn,
    StagedFile,
)

PLAIN = contract()
A = ("a", "An", Decimal("1.50"), date(2025, 1, 1))
B = ("b", "Bình", Decimal("2.00"), date(2025, 1, 2))
C = ("c", None, None, None)
MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


def test_a_first_release_holds_exactly_the_rows_handed_in(here: Desk) -> None:
    release = here.replace(PLAIN, B, A, C)
    assert here.rows(release) == [A, B, C]
    assert (release.number, release.rows, release.state) == (1, 3, ReleaseState.CURRENT)
    assert release.counts == ChangeCounts(0, 3, 0, 0, 0, 3)
    assert here.warehouse.current(PLAIN.id) == release


def test_a_replacement_counts_what_it_changed_by_key(here: Desk) -> None:
    first = here.replace(PLAIN, A, B, C)
    second = here.replace(PLAIN, A, ("b", "Bính", B[2], B[3]), ("d", "Dũng", None, None))
    assert second.counts == ChangeCounts(3, 1, 1, 1, 1, 3)
    assert [row[0] for row in here.rows(second)] == ["a", "b", "d"]
    assert [row[0] for row in here.rows(first)] == ["a", "b", "c"]
    assert here.warehouse.get(first.id).state is ReleaseState.SUPERSEDED


def test_a_release_without_rows_is_a_release(here: Desk) -> None:
    first = here.replace(PLAIN)
    assert (first.rows, first.files, here.rows(first)) == (0, (), [])
    here.replace(PLAIN, A)
    third = here.replace(PLAIN)
    assert third.counts == ChangeCounts(1, 0, 1, 0, 0, 0)
    assert here.rows(third) == []
    assert here.rows(here.replace(PLAIN, B)) == [B]


def test_a_period_delivered_again_replaces_only_that_period(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1), ("y", MONDAY, 2))
    here.append(DAILY, "2025-03-04", ("x", TUESDAY, 3))
    third = here.append(DAILY, "2025-03-03", ("x", MONDAY, 10))
    assert here.rows(third) == [("x", MONDAY, 10), ("x", TUESDAY, 3)]
    assert third.counts == ChangeCounts(3, 0, 1, 1, 1, 2)
    assert len(third.files) == 1
    assert len(here.warehouse.files(third.id)) == 2


def test_rows_of_other_periods_stay_when_a_file_holds_several(here: Desk) -> None:
    by_value = contract(CODE, DAY, COUNT, key=("code", "day"))
    here.replace(by_value, ("x", MONDAY, 1), ("x", TUESDAY, 2), ("y", TUESDAY, 3))
    files = [here.stage(DAILY, [("z", TUESDAY, 9)], "2025-03-04")]
    change = Change.append(frozenset({"2025-03-04"}))
    release = here.publish(DAILY, change, files)
    assert here.rows(release) == [("x", MONDAY, 1), ("z", TUESDAY, 9)]
    assert release.counts == ChangeCounts(3, 1, 2, 0, 1, 2)


def test_a_file_of_unknown_periods_is_left_alone_where_none_is_replaced(here: Desk) -> None:
    here.replace(contract(CODE, DAY, COUNT, key=("code", "day")), ("x", MONDAY, 1))
    release = here.append(DAILY, "2025-03-04", ("x", TUESDAY, 2))
    assert len(release.files) == 1
    assert here.rows(release) == [("x", MONDAY, 1), ("x", TUESDAY, 2)]


def test_changing_how_periods_are_formed_drops_the_right_rows(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    here.append(DAILY, "2025-03-04", ("x", TUESDAY, 2))
    april = date(2025, 4, 1)
    here.append(DAILY, "2025-04-01", ("x", april, 3))
    monthly = contract(
        CODE, DAY, COUNT, key=("code", "day"), period=Period("day", PeriodUnit.MONTH)
    )
    release = here.append(monthly, "2025-03", ("x", MONDAY, 7))
    assert here.rows(release) == [("x", MONDAY, 7), ("x", april, 3)]


def test_a_correction_only_adds(here: Desk) -> None:
    here.replace(PLAIN, A)
    files = [here.stage(PLAIN, [B])]
    release = here.publish(PLAIN, Change.add(), files, ReleaseKind.CORRECTION)
    assert here.rows(release) == [A, B]
    assert release.counts == ChangeCounts(1, 1, 0, 0, 1, 2)
    assert release.kind is ReleaseKind.CORRECTION


def test_rows_of_a_crashed_commit_never_enter_a_later_release(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    lost = here.stage(DAILY, [("lost", TUESDAY, 0)], "2025-03-04")
    here.commit(DAILY, Change.append(frozenset({"2025-03-04"})), [lost])
    wednesday = date(2025, 3, 5)
    release = here.append(DAILY, "2025-03-05", ("x", wednesday, 3))
    assert here.rows(release) == [("x", MONDAY, 1), ("x", wednesday, 3)]


def test_the_first_release_is_clean_after_a_crashed_first_commit(here: Desk) -> None:
    here.commit(PLAIN, Change.replace(), [here.stage(PLAIN, [A])])
    files = [here.stage(PLAIN, [B])]
    assert here.rows(here.publish(PLAIN, Change.add(), files)) == [B]


def test_the_same_staged_file_can_be_committed_again_after_a_crash(here: Desk) -> None:
    files = [here.stage(PLAIN, [A])]
    here.commit(PLAIN, Change.replace(), files)
    assert here.rows(here.publish(PLAIN, Change.replace(), files)) == [A]


def test_rows_of_a_withdrawn_release_never_enter_a_later_one(here: Desk) -> None:
    first = here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    mistake = here.append(DAILY, "2025-03-04", ("wrong", TUESDAY, 2))
    now = here.withdraw(mistake)
    assert now is not None
    assert now.id == first.id
    wednesday = date(2025, 3, 5)
    release = here.append(DAILY, "2025-03-05", ("x", wednesday, 3))
    assert here.rows(release) == [("x", MONDAY, 1), ("x", wednesday, 3)]
    assert (release.number, release.base_id) == (3, first.id)


def test_a_withdrawn_release_is_served_by_no_door(here: Desk) -> None:
    first = here.replace(PLAIN, A)
    here.clock.move(timedelta(days=1))
    second = here.replace(PLAIN, B)
    here.clock.move(timedelta(days=1))
    here.withdraw(second)
    allowed = permit(PLAIN.id)
    warehouse = here.warehouse
    with pytest.raises(ReleaseWithdrawn):
        warehouse.read(allowed, second.id, Query())
    with pytest.raises(ReleaseWithdrawn):
        warehouse.relation(allowed, second.id)
    with pytest.raises(ReleaseWithdrawn):
        warehouse.stream(allowed, second.id, Query())
    with pytest.raises(ReleaseWithdrawn):
        warehouse.diff(allowed, first.id, second.id)
    with pytest.raises(ReleaseWithdrawn):
        warehouse.statistics(allowed, second.id)
    with pytest.raises(ReleaseWithdrawn):
        warehouse.as_of(PLAIN.id, START + timedelta(days=1, hours=1))
    tombstone = warehouse.get(second.id).withdrawal
    assert tombstone is not None
    assert (tombstone.reason, tombstone.legal_basis) == ("Nhầm tệp", "Điều 5")
    assert warehouse.as_of(PLAIN.id, START + timedelta(days=2)).id == first.id


def test_withdrawing_an_older_release_leaves_the_current_one(here: Desk) -> None:
    first = here.replace(PLAIN, A)
    second = here.replace(PLAIN, B)
    now = here.withdraw(first)
    assert now is not None
    assert now.id == second.id
    assert here.withdraw(second) is None
    assert here.warehouse.current(PLAIN.id) is None
    assert here.rows(here.replace(PLAIN, C)) == [C]


def test_a_release_is_withdrawn_only_once(here: Desk) -> None:
    release = here.replace(PLAIN, A)
    here.withdraw(release)
    with pytest.raises(AlreadyWithdrawn):
        here.withdraw(release)


def test_as_of_gives_the_release_of_that_moment(here: Desk) -> None:
    first = here.replace(PLAIN, A)
    here.clock.move(timedelta(days=2))
    second = here.replace(PLAIN, B)
    assert here.warehouse.as_of(PLAIN.id, START + timedelta(days=1)).id == first.id
    assert here.warehouse.as_of(PLAIN.id, START + timedelta(days=3)).id == second.id
    with pytest.raises(NoRelease):
        here.warehouse.as_of(PLAIN.id, START - timedelta(days=1))


def test_an_unknown_release_is_a_clear_problem(here: Desk) -> None:
    with pytest.raises(ReleaseNotFound, match="rel_none"):
        here.warehouse.get("rel_none")


def test_a_change_made_for_an_older_base_is_refused(here: Desk) -> None:
    first = here.replace(PLAIN, A)
    here.replace(PLAIN, B)
    files = [here.stage(PLAIN, [C])]
    with here.warehouse.lock(PLAIN.id), pytest.raises(BaseMoved):
        here.warehouse.commit(PLAIN, first, Change.add(), files)


def test_a_snapshot_is_not_recorded_over_a_release_that_came_between(here: Desk) -> None:
    made = here.commit(PLAIN, Change.replace(), [here.stage(PLAIN, [A])])
    here.replace(PLAIN, B)
    counts = ChangeCounts(0, 1, 0, 0, 0, 1)
    new = NewRelease(made, CONTRACT_HASH, new_id("dlv"), counts, "system:worker")
    with here.db.transaction() as tx, pytest.raises(BaseMoved):
        here.warehouse.record(tx, new)


def test_counts_that_do_not_add_up_are_never_recorded(here: Desk) -> None:
    made = here.commit(PLAIN, Change.replace(), [here.stage(PLAIN, [A, B])])
    counts = ChangeCounts(0, 1, 0, 0, 0, 1)
    new = NewRelease(made, CONTRACT_HASH, new_id("dlv"), counts, "system:worker")
    with here.db.transaction() as tx, pytest.raises(CountsWrong):
        here.warehouse.record(tx, new)
    assert here.warehouse.current(PLAIN.id) is None


def test_a_file_with_other_rows_than_announced_is_refused(here: Desk) -> None:
    staged = here.stage(PLAIN, [A, B])
    with pytest.raises(CountsWrong, match="3 rows were handed in, but 2 are stored"):
        here.commit(PLAIN, Change.replace(), [StagedFile(staged.path, 3)])


def test_a_staged_file_that_is_gone_is_a_clear_problem(here: Desk) -> None:
    staged = here.stage(PLAIN, [A])
    staged.path.unlink()
    with pytest.raises(FileLost):
        here.commit(PLAIN, Change.replace(), [staged])


def test_a_commit_without_the_lock_is_a_defect(here: Desk) -> None:
    with pytest.raises(RuntimeError, match="lock"):
        here.warehouse.commit(PLAIN, None, Change.replace(), [here.stage(PLAIN, [A])])


def test_field_ids_stay_with_the_column_over_renames_and_returns(here: Desk) -> None:
    before = {c.name: c.field_id for c in here.warehouse.spec(PLAIN).columns}
    assert [before[name] for name in ("_delivery", "_record", "_warnings")] == [1, 2, 3]
    renamed = contract(CODE, column("full_name", id_=NAME.id), column("extra"))
    spec = {c.name: c.field_id for c in here.warehouse.spec(renamed).columns}
    assert spec["full_name"] == before["name"]
    assert spec["extra"] == max(before.values()) + 1
    again = {c.name: c.field_id for c in here.warehouse.spec(PLAIN).columns}
    assert again == before


def test_a_renamed_column_keeps_its_values_and_counts_as_unchanged(here: Desk) -> None:
    daily = DAILY
    here.append(daily, "2025-03-03", ("x", MONDAY, 1))
    renamed = contract(
        CODE,
        DAY,
        column("total", LogicalType.INTEGER, id_=COUNT.id),
        column("note"),
        key=("code", "day"),
        period=daily.period,
    )
    second = here.append(renamed, "2025-03-04", ("x", TUESDAY, 2, "mới"))
    assert here.rows(second) == [("x", MONDAY, 1, None), ("x", TUESDAY, 2, "mới")]
    third = here.append(renamed, "2025-03-03", ("x", MONDAY, 1, None))
    assert third.counts == ChangeCounts(2, 0, 0, 0, 2, 2)


def test_two_columns_may_swap_their_names(here: Desk) -> None:
    here.replace(contract(CODE, column("a"), column("b")), ("x", "1", "2"))
    swapped = contract(CODE, column("b", id_="c-a"), column("a", id_="c-b"))
    release = here.publish(swapped, Change.add(), [here.stage(swapped, [("y", "3", "4")])])
    assert here.rows(release) == [("x", "1", "2"), ("y", "3", "4")]
    assert [c.name for c in release.shape.columns[3:]] == ["code", "b", "a"]


def test_a_column_of_a_new_type_replaces_but_never_mixes(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    as_text = contract(
        CODE, DAY, column("count", id_=COUNT.id), key=("code", "day"), period=DAILY.period
    )
    files = [here.stage(as_text, [("x", TUESDAY, "hai")], "2025-03-04")]
    with pytest.raises(ColumnTypeChanged, match="count"):
        here.commit(as_text, Change.append(frozenset({"2025-03-04"})), files)
    release = here.publish(as_text, Change.replace(), files)
    assert here.rows(release) == [("x", TUESDAY, "hai")]


def test_each_release_and_withdrawal_stands_in_the_journal(here: Desk) -> None:
    release = here.replace(PLAIN, A)
    here.withdraw(release)
    with here.db.read() as tx:
        published, withdrawn = here.journal.read(tx)
        here.journal.verify(tx)
    assert published.kind == "release.published"
    assert published.data["files"] == [release.files[0].sha256]
    assert published.data["content"] == release.content_hash
    assert withdrawn.kind == "release.withdrawn"
    assert "Nhầm tệp" not in str(withdrawn)
    assert AMOUNT.name not in str(published)


def test_many_appends_and_replacements_do_not_slow_the_table_down(here: Desk) -> None:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(60)]
    for number, day in enumerate(days):
        release = here.append(DAILY, day.isoformat(), ("x", day, number))
    release = here.append(DAILY, "2025-01-03", ("x", days[2], 100))
    assert [row[2] for row in here.rows(release)] == [0, 1, 100, *range(3, 60)]
    table = SqlCatalog("tinhdata", uri=f"sqlite:///{here.folder.parent / 'iceberg.db'}").load_table(
        ("data", DAILY.id)
    )
    snapshot = table.snapshot_by_id(release.snapshot_id)
    assert snapshot is not None
    assert len(snapshot.manifests(table.io)) < 45
    table.catalog.engine.dispose()  # type: ignore[attr-defined]  # of the SQL catalog
