"""The officer's main way on SQLite and PostgreSQL: sent, mended, published, corrected later."""

from decimal import Decimal

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_CODE,
    BAD_DAY,
    GOOD,
    OFFICER,
    OPEN_ITEMS,
    Desk,
)
from tests.integration.deliveries.packing import CASES, READINGS
from tinhdata.deliveries import Mended, Rows, State
from tinhdata.quality import ItemState
from tinhdata.warehouse import ReleaseState, RowChangeKind

SO_DO = "Trạm,Ngày đo,Giá trị"


def test_two_cells_are_mended_published_along_and_the_rest_is_returned(any_office: Desk) -> None:
    office = any_office
    office.codes()
    late = "HS007,Người bảy,A,hôm qua,70"
    delivery = office.cases(*GOOD, BAD_DAY, BAD_CODE, late)
    assert delivery.state is State.CHECKED
    assert delivery.rows == Rows(made=6, quarantined=3, waiting=3)
    day, code, rest = (office.item_at(delivery, line) for line in (5, 6, 7))
    assert office.deliveries.mended(OFFICER, delivery.id) == Mended()

    assert office.mend(delivery, day, "ngay_nop", "28/02/2026") == 1
    assert office.mend(delivery, day, "ngay_nop", "28/02/2026") == 0
    assert office.mend(delivery, code, "khu_vuc", "B") == 1
    assert office.mend(delivery, rest, "so_tien", "71") == 1
    mended = office.deliveries.mended(OFFICER, delivery.id)
    assert set(mended.passing) == {day, code}
    assert list(mended.failing) == [rest]
    assert mended.failing[rest][0].columns == ("ngay_nop",)

    would = office.deliveries.changes(APPROVER, delivery.id)
    assert would.counts.inserted == 5
    released = office.published(delivery)
    assert released.state is State.RELEASED
    assert released.rows == Rows(made=6, released=3, quarantined=3)
    assert office.states(released) == {
        day: ItemState.CORRECTED,
        code: ItemState.CORRECTED,
        rest: ItemState.OPEN,
    }
    (decided,) = [item for item in office.items(released) if item.item == day]
    assert decided.decision is not None
    assert decided.decision.release == released.release
    rows = {str(row[0]): row for row in office.rows(CASES)}
    assert len(rows) == 5
    assert str(rows["HS004"][3]) == "2026-02-28"
    assert rows["HS005"][2] == "B"
    assert rows["HS005"][4] == Decimal("5000.00")

    assert office.deliveries.return_items(OFFICER, released.id, (), "Thiếu ngày nộp") == 1
    assert office.states(released)[rest] is ItemState.RETURNED
    assert office.deliveries.return_items(OFFICER, released.id, (), "Thiếu ngày nộp") == 0


def test_a_corrected_file_a_week_later_makes_a_second_release_to_compare(any_office: Desk) -> None:
    office = any_office
    office.codes()
    first = office.published(office.cases(*GOOD, BAD_DAY))
    assert office.open_items(first) == [1]
    mended = BAD_DAY.replace("31/02", "28/02")
    second = office.published(office.cases(GOOD[0].replace("1000", "1500"), GOOD[1], mended))
    assert office.numbers(CASES) == {1: ReleaseState.SUPERSEDED, 2: ReleaseState.CURRENT}
    assert second.change is not None
    change = second.change
    assert (change.base, change.rows) == (3, 3)
    assert (change.inserted, change.deleted, change.updated, change.unchanged) == (1, 1, 1, 1)
    # The row came again with its key, so nobody has to mend the old one any more.
    (item,) = office.items(first)
    assert item.state is ItemState.SUPERSEDED
    assert item.decision is not None
    assert item.decision.successor == second.id
    assert item.decision.release == second.release


def test_periods_are_replaced_and_others_stay(any_office: Desk) -> None:
    office = any_office
    january = office.send(READINGS, SO_DO, "T1,01/01/2026,1", "T2,02/01/2026,2", "T3,03/01/2026,x")
    assert office.published(january, OFFICER).periods == ("2026-01",)
    february = office.send(READINGS, SO_DO, "T1,01/02/2026,3")
    assert office.published(february, OFFICER).state is State.RELEASED
    again = office.send(READINGS, SO_DO, "T1,01/01/2026,9", "T3,03/01/2026,4")
    assert again.change is not None
    assert (again.change.base, again.change.rows) == (3, 3)
    office.published(again, OFFICER)
    assert [row[2] for row in office.rows(READINGS)] == [Decimal(9), Decimal(3), Decimal(4)]
    assert office.items(january, OPEN_ITEMS) == ()


def test_a_correction_after_publishing_is_a_child_that_a_second_person_publishes(
    any_office: Desk,
) -> None:
    office = any_office
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY, BAD_CODE))
    day, code = office.open_items(parent)
    office.mend(parent, day, "ngay_nop", "28/02/2026")
    office.mend(parent, code, "nguoi_nop", "Người khác")  # the wrong code stays wrong
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    assert child.state is State.CHECKED
    assert child.parent == parent.id
    assert child.items == (day,)
    assert child.rows == Rows(made=1, waiting=1)
    (row,) = office.deliveries.changes(APPROVER, child.id).rows
    assert row.kind is RowChangeKind.INSERTED

    assert office.deliveries.publish(OFFICER, child.id).state is State.AWAITING
    assert office.deliveries.approve(APPROVER, child.id).state is State.PUBLISHING
    assert office.settled(child.id).state is State.RELEASED
    assert office.states(parent) == {day: ItemState.CORRECTED, code: ItemState.OPEN}
    assert office.current(CASES).delivery_id == child.id
    assert len(office.rows(CASES)) == 4
    assert office.get(parent.id).rows == parent.rows
