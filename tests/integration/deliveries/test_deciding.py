"""Who decides that rows become public, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_CODE,
    BAD_DAY,
    BOTH,
    COLLEAGUE,
    GOOD,
    HEADER,
    OFFICER,
    OPERATOR,
    STRANGER,
    Desk,
)
from tests.integration.deliveries.packing import (
    CASES,
    CASES_SET,
    CODES,
    READINGS,
    READINGS_SET,
    Col,
)
from tinhdata.access import Actor
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Hooks, NotNow, ReasonMissing, Rows, State, Verb
from tinhdata.kernel import Refused, Text
from tinhdata.quality import ItemState
from tinhdata.warehouse import StagedFile

SO_DO = "Trạm,Ngày đo,Giá trị"
MOSTLY_BAD = (GOOD[0], BAD_DAY, BAD_DAY.replace("HS004", "HS014"), BAD_CODE)
"""Three of four rows fail, more than the contract of cases takes."""


@pytest.fixture
def checked(office: Desk) -> Delivery:
    office.codes()
    return office.cases(*GOOD, BAD_DAY)


# --- the second person


def test_an_officer_asks_and_an_approver_confirms(office: Desk, checked: Delivery) -> None:
    asked = office.deliveries.publish(OFFICER, checked.id, "Số liệu tháng 1")
    assert (asked.state, asked.asked_by) == (State.AWAITING, OFFICER.id)
    assert office.settled(asked.id).state is State.AWAITING
    assert office.numbers(CASES) == {}
    approved = office.deliveries.approve(APPROVER, checked.id, "Đã xem")
    assert (approved.state, approved.decided_by) == (State.PUBLISHING, APPROVER.id)
    assert office.settled(checked.id).state is State.RELEASED
    assert office.current(CASES).published_by == APPROVER.id
    steps = office.deliveries.history(OFFICER, checked.id)
    assert [step.state for step in steps][-3:] == [
        State.AWAITING,
        State.PUBLISHING,
        State.RELEASED,
    ]
    assert [str(step.text) for step in steps if step.text] == ["Số liệu tháng 1", "Đã xem"]


def test_an_approver_who_did_not_send_it_publishes_at_once(office: Desk, checked: Delivery) -> None:
    assert office.deliveries.publish(APPROVER, checked.id).state is State.PUBLISHING
    assert office.settled(checked.id).state is State.RELEASED


def test_who_sent_it_cannot_confirm_it_himself(office: Desk) -> None:
    office.codes()
    own = office.cases(*GOOD, by=BOTH)
    assert office.deliveries.publish(BOTH, own.id).state is State.AWAITING
    with pytest.raises(Refused):
        office.deliveries.approve(BOTH, own.id)
    assert Verb.APPROVE not in office.deliveries.may(BOTH, office.get(own.id))
    assert Verb.APPROVE in office.deliveries.may(APPROVER, office.get(own.id))


def test_who_asked_for_publishing_cannot_confirm_it_himself(
    office: Desk, checked: Delivery
) -> None:
    # An officer asks, is made an approver, and may still not be the second person.
    office.deliveries.publish(COLLEAGUE, checked.id)
    promoted = replace(COLLEAGUE, roles=BOTH.roles)
    with pytest.raises(Refused):
        office.deliveries.approve(promoted, checked.id)
    assert Verb.APPROVE not in office.deliveries.may(promoted, office.get(checked.id))
    assert office.get(checked.id).state is State.AWAITING


@pytest.mark.parametrize("who", [COLLEAGUE, STRANGER, OPERATOR], ids=lambda who: who.name)
def test_others_confirm_nothing(office: Desk, checked: Delivery, who: Actor) -> None:
    office.deliveries.publish(OFFICER, checked.id)
    with pytest.raises(Refused):
        office.deliveries.approve(who, checked.id)


def test_a_dataset_without_a_second_person_is_published_by_its_officer(office: Desk) -> None:
    sent = office.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A")
    assert office.deliveries.publish(OFFICER, sent.id).state is State.PUBLISHING
    assert office.settled(sent.id).state is State.RELEASED
    with pytest.raises(NotNow):
        office.deliveries.publish(OFFICER, sent.id)


def test_publishing_twice_publishes_once(office: Desk, checked: Delivery) -> None:
    office.deliveries.publish(APPROVER, checked.id)
    with pytest.raises(NotNow):
        office.deliveries.publish(APPROVER, checked.id)
    with pytest.raises(NotNow):
        office.deliveries.approve(APPROVER, checked.id)
    office.settled(checked.id)
    assert len(office.numbers(CASES)) == 1


def test_what_an_approver_looks_at_does_not_change_under_him(
    office: Desk, checked: Delivery
) -> None:
    office.deliveries.publish(OFFICER, checked.id)
    with pytest.raises(NotNow):
        office.mend(checked, 1, "ngay_nop", "01/02/2026")
    assert office.deliveries.changes(APPROVER, checked.id).counts.inserted == 3


# --- held


def test_a_held_delivery_leaves_the_last_release_current(office: Desk, checked: Delivery) -> None:
    office.published(checked)
    held = office.cases(*MOSTLY_BAD)
    assert held.state is State.HELD
    assert held.problem is not None
    assert office.current(CASES).delivery_id == checked.id
    with pytest.raises(Refused):
        office.deliveries.publish(OFFICER, held.id, "Gấp")
    with pytest.raises(ReasonMissing):
        office.deliveries.publish(APPROVER, held.id, "  ")
    assert office.current(CASES).delivery_id == checked.id


def test_an_approver_publishes_what_is_held_with_a_reason(office: Desk) -> None:
    office.codes()
    held = office.cases(*MOSTLY_BAD)
    assert office.deliveries.changes(APPROVER, held.id).counts.inserted == 1
    published = office.published(held, APPROVER, "Chỉ còn một hồ sơ trong tháng")
    assert published.state is State.RELEASED
    assert published.rows == Rows(made=4, released=1, quarantined=3)


def test_the_sender_of_a_held_delivery_does_not_publish_it(office: Desk) -> None:
    office.codes()
    held = office.cases(*MOSTLY_BAD, by=BOTH)
    assert held.state is State.HELD
    with pytest.raises(Refused):
        office.deliveries.publish(BOTH, held.id, "Gấp")


def test_what_fails_a_rule_that_nothing_may_fail_is_never_published(office: Desk) -> None:
    office.codes()
    held = office.cases()
    assert held.state is State.HELD
    with pytest.raises(NotNow) as never:
        office.deliveries.publish(APPROVER, held.id, "Gấp")
    assert never.value.text == held.problem
    assert Verb.PUBLISH_HELD not in office.deliveries.may(APPROVER, held)


def test_mending_a_held_delivery_is_taken_along_when_it_is_published(office: Desk) -> None:
    office.codes()
    held = office.cases(*MOSTLY_BAD)
    office.mend(held, office.item_at(held, 3), "ngay_nop", "28/02/2026")
    published = office.published(held, APPROVER, "Đã sửa")
    assert published.state is State.RELEASED
    assert [row[0] for row in office.rows(CASES)] == ["HS001", "HS004"]


def test_others_may_hold_a_release_back_and_it_can_still_be_mended(office: Desk) -> None:
    office.codes()
    seen: list[tuple[str, int]] = []
    allow: list[bool] = []

    def refuse(contract: Contract, files: Sequence[StagedFile]) -> Sequence[Text]:
        seen.append((contract.id, sum(file.rows for file in files)))
        return () if allow else (Text("Too many personal numbers."),)

    strict = office.hooked(Hooks(before_release=(refuse,)))
    delivery = strict.cases(*GOOD, BAD_DAY)
    held = strict.published(delivery)
    assert held.state is State.HELD
    assert str(held.problem) == "Too many personal numbers."
    assert seen == [(CASES, 3)]
    assert office.numbers(CASES) == {}
    # What was prepared is still there to be looked at, mended and published.
    assert strict.deliveries.changes(APPROVER, held.id).counts.inserted == 3
    strict.mend(held, 1, "ngay_nop", "28/02/2026")
    assert strict.deliveries.mended(OFFICER, held.id).passing == (1,)
    allow.append(True)
    published = strict.published(held, APPROVER, "Đã xem lại")
    assert published.id == delivery.id
    assert published.state is State.RELEASED
    assert seen[-1] == (CASES, 4)


# --- sent back


def test_a_returned_delivery_takes_all_its_waiting_rows_back(
    office: Desk, checked: Delivery
) -> None:
    with pytest.raises(ReasonMissing):
        office.deliveries.return_delivery(APPROVER, checked.id, " ")
    returned = office.deliveries.return_delivery(APPROVER, checked.id, "Sai biểu mẫu")
    assert returned.state is State.RETURNED
    assert office.states(returned) == {1: ItemState.RETURNED}
    assert office.deliveries.may(APPROVER, returned) == frozenset()
    again = office.cases(*GOOD, BAD_DAY)
    assert again.id != checked.id
    assert again.sha256 == checked.sha256


def test_a_delivery_that_was_published_cannot_be_returned(office: Desk, checked: Delivery) -> None:
    office.published(checked)
    with pytest.raises(NotNow):
        office.deliveries.return_delivery(APPROVER, checked.id, "Sai biểu mẫu")
    assert office.open_items(checked) == [1]


def test_single_rows_are_returned_with_a_reason_and_the_moment_is_kept(
    office: Desk, checked: Delivery
) -> None:
    with pytest.raises(ReasonMissing):
        office.deliveries.return_items(OFFICER, checked.id, [1], "")
    office.clock.move(office.clock.now() - checked.received_at)
    before = office.clock.now()
    assert office.deliveries.return_items(OFFICER, checked.id, [1], "Hỏi lại xã") == 1
    step = office.deliveries.history(OFFICER, checked.id)[-1]
    assert step.at >= before
    assert step.text is not None
    assert step.text.params["reason"] == "Hỏi lại xã"
    assert office.get(checked.id).changed_at == checked.changed_at
    assert office.published(checked).state is State.RELEASED


# --- the world moved on


def test_older_deliveries_that_wait_give_way_to_what_is_published(office: Desk) -> None:
    office.codes()
    older = office.cases(GOOD[0], BAD_DAY, GOOD[1])
    unread = office.send(CASES, "Cột một,Cột hai,Cột ba,Cột bốn,Cột năm", *GOOD)
    assert unread.state is State.CHOOSING
    newer = office.published(office.cases(*GOOD))
    for each in (older, unread):
        assert office.get(each.id).state is State.SUPERSEDED
    assert office.states(older) == {1: ItemState.SUPERSEDED}
    assert office.get(newer.id).state is State.RELEASED


def test_a_newer_delivery_keeps_waiting_and_so_do_its_rows(office: Desk) -> None:
    office.codes()
    older = office.cases(*GOOD, BAD_DAY.replace("31/02", "28/02"))
    newer = office.cases(*GOOD, BAD_DAY)
    office.published(older)
    assert office.get(newer.id).state is State.CHECKED
    # The same key is in the release, but the row that waits is the newer word.
    assert office.states(newer) == {1: ItemState.OPEN}


def test_deliveries_of_other_periods_keep_waiting(office: Desk) -> None:
    january = office.send(READINGS, SO_DO, "T1,01/01/2026,1", "T2,01/01/2026,x")
    nothing_good = office.send(READINGS, SO_DO, "T1,01/03/2026,x")
    unread = office.send(READINGS, "Một,Hai,Ba", "T1,01/04/2026,1")
    assert unread.state is State.CHOOSING
    february = office.send(READINGS, SO_DO, "T1,01/02/2026,1")
    assert office.published(february, OFFICER).state is State.RELEASED
    assert office.get(january.id).state is State.CHECKED
    assert office.get(nothing_good.id).state is nothing_good.state
    assert office.get(unread.id).state is State.CHOOSING


def test_a_contract_that_changed_meanwhile_has_the_file_checked_again(
    office: Desk, checked: Delivery
) -> None:
    office.deliveries.publish(OFFICER, checked.id)
    stricter = replace(
        CASES_SET,
        version="1.1.0",
        columns=(*CASES_SET.columns, Col("ghi_chu", "Ghi chú")),
    )
    new_hash = office.registered(stricter)
    office.deliveries.approve(APPROVER, checked.id)
    office.settled(checked.id)
    old = office.get(checked.id)
    assert old.state is State.SUPERSEDED
    assert office.numbers(CASES) == {}
    (fresh,) = office.deliveries.page(OFFICER, dataset=CASES, states=[State.CHECKED]).items
    assert fresh.contract_hash == new_hash
    assert (fresh.sha256, fresh.sender) == (checked.sha256, OFFICER.id)
    assert office.published(fresh).state is State.RELEASED
    # The same bytes under another contract were a delivery of their own from the beginning.
    assert office.send(CASES, HEADER, *GOOD, BAD_DAY).id == fresh.id


def test_months_sent_together_are_published_one_after_the_other_with_their_mends(
    office: Desk,
) -> None:
    months = [
        office.send(READINGS, SO_DO, f"T1,01/0{n}/2026,{n}", f"T2,01/0{n}/2026,x") for n in (1, 2)
    ]
    for each in months:
        office.mend(each, 1, "gia_tri", "9")
    for each in months:
        assert office.published(each, OFFICER).state is State.RELEASED
    assert len(office.rows(READINGS)) == 4


def test_where_rows_of_other_months_count_a_delivery_is_checked_again_when_another_came_first(
    office: Desk,
) -> None:
    station, day, value = READINGS_SET.columns
    once = (station, replace(day, key=0), value)
    office.registered(replace(READINGS_SET, version="2.0.0", columns=once))
    first = office.send(READINGS, SO_DO, "T1,01/01/2026,1")
    second = office.send(READINGS, SO_DO, "T1,01/02/2026,2", "T2,01/02/2026,2")
    assert second.rows.waiting == 2
    office.published(first, OFFICER)
    assert office.published(second, OFFICER).state is State.SUPERSEDED
    (fresh,) = office.deliveries.page(OFFICER, dataset=READINGS, states=[State.CHECKED]).items
    assert (fresh.rows.waiting, fresh.rows.quarantined) == (1, 1)
    assert fresh.change is not None
    assert (fresh.change.base, fresh.change.inserted, fresh.change.rows) == (1, 1, 2)
    assert office.published(fresh, OFFICER).state is State.RELEASED
    assert len(office.rows(READINGS)) == 2


def test_a_file_that_refers_to_withdrawn_data_is_checked_again(office: Desk) -> None:
    codes = office.codes()
    waiting = office.cases(*GOOD)
    assert codes.release is not None
    office.deliveries.withdraw(APPROVER, codes.release, "Nhầm danh mục", "Điều 5")
    assert office.published(waiting).state is State.SUPERSEDED
    (fresh,) = office.deliveries.page(OFFICER, dataset=CASES, states=[State.CHECKED]).items
    assert "reference:khu_vuc" not in fresh.pinned


def test_a_dataset_without_a_contract_in_force_publishes_nothing(
    office: Desk, checked: Delivery
) -> None:
    with office.platform.db.transaction() as tx:
        office.platform.registry.retire(tx, "pack", checked.contract_hash)
    refused = office.published(checked)
    assert refused.state is State.REFUSED
    assert office.numbers(CASES) == {}
