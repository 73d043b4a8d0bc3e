"""A release that was published by mistake is served nowhere any more."""

from decimal import Decimal

import pytest

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_DAY,
    GOOD,
    OFFICER,
    OPERATOR,
    STRANGER,
    Desk,
)
from tests.integration.deliveries.packing import CASES, READINGS
from tinhdata.access import Action, Actor, system_permit
from tinhdata.deliveries import Delivery, Hooks, LaterReleases, NotNow, ReasonMissing, State, Verb
from tinhdata.kernel import Refused
from tinhdata.quality import ItemState
from tinhdata.warehouse import (
    AlreadyWithdrawn,
    Query,
    Release,
    ReleaseNotFound,
    ReleaseState,
    ReleaseWithdrawn,
)

SO_DO = "Trạm,Ngày đo,Giá trị"
WHY, BASIS = "Nhầm tệp của tháng trước", "Điều 5 Quy chế"
WITHDRAWN, CURRENT, SUPERSEDED = (
    ReleaseState.WITHDRAWN,
    ReleaseState.CURRENT,
    ReleaseState.SUPERSEDED,
)


def readings(office: Desk, *lines: str) -> Delivery:
    return office.published(office.send(READINGS, SO_DO, *lines), OFFICER)


def release_of(delivery: Delivery) -> str:
    assert delivery.release is not None
    return delivery.release


def test_the_release_before_is_current_again_and_the_withdrawn_one_closed(office: Desk) -> None:
    office.codes()
    first = office.published(office.cases(*GOOD))
    second = office.published(office.cases(GOOD[0]))
    gone = office.deliveries.withdraw(APPROVER, release_of(second), WHY, BASIS)
    assert [release.number for release in gone] == [2]
    assert office.numbers(CASES) == {1: CURRENT, 2: WITHDRAWN}
    assert office.get(second.id).state is State.WITHDRAWN
    assert office.get(first.id).state is State.RELEASED
    permit = system_permit(Action.READ_ROWS, CASES, "test")
    with pytest.raises(ReleaseWithdrawn):
        office.platform.warehouse.read(permit, release_of(second), Query())
    withdrawn = office.platform.warehouse.get(release_of(second)).withdrawal
    assert withdrawn is not None
    assert (withdrawn.reason, withdrawn.legal_basis) == (WHY, BASIS)


def test_the_first_release_withdrawn_leaves_nothing_published(office: Desk) -> None:
    told: list[Release | None] = []
    office.codes()
    hooked = office.hooked(Hooks(on_release=(lambda _tx, _dataset, release: told.append(release),)))
    only = hooked.published(hooked.cases(*GOOD))
    hooked.deliveries.withdraw(APPROVER, release_of(only), WHY, BASIS)
    assert office.platform.warehouse.current(CASES) is None
    assert [release and release.number for release in told] == [1, None]


def test_the_same_bytes_come_again_as_a_new_delivery(office: Desk) -> None:
    office.codes()
    first = office.published(office.cases(*GOOD))
    office.deliveries.withdraw(APPROVER, release_of(first), WHY, BASIS)
    again = office.published(office.cases(*GOOD))
    assert again.id != first.id
    assert again.sha256 == first.sha256
    assert office.numbers(CASES) == {1: WITHDRAWN, 2: CURRENT}


def test_an_append_after_a_withdrawal_does_not_bring_the_rows_back(office: Desk) -> None:
    readings(office, "T1,01/01/2026,1")
    february = readings_after(office, "T1,01/02/2026,2")
    office.deliveries.withdraw(APPROVER, release_of(february), WHY, BASIS)
    march = readings_after(office, "T1,01/03/2026,3")
    assert [row[2] for row in office.rows(READINGS)] == [Decimal(1), Decimal(3)]
    assert office.get(march.id).state is State.RELEASED


def readings_after(office: Desk, *lines: str) -> Delivery:
    delivery = readings(office, *lines)
    assert delivery.state is State.RELEASED
    return delivery


def test_later_releases_that_hold_its_rows_are_named_and_go_only_if_asked_for(
    office: Desk,
) -> None:
    chain = [readings_after(office, f"T1,01/0{month}/2026,{month}") for month in (1, 2, 3)]
    with pytest.raises(LaterReleases) as later:
        office.deliveries.withdraw(APPROVER, release_of(chain[1]), WHY, BASIS)
    assert later.value.text.params == {"numbers": "3", "number": 2}
    assert office.numbers(READINGS)[2] is SUPERSEDED
    gone = office.deliveries.withdraw(APPROVER, release_of(chain[1]), WHY, BASIS, with_later=True)
    assert [release.number for release in gone] == [3, 2]
    assert office.numbers(READINGS) == {1: CURRENT, 2: WITHDRAWN, 3: WITHDRAWN}
    assert [office.get(each.id).state for each in chain] == [
        State.RELEASED,
        State.WITHDRAWN,
        State.WITHDRAWN,
    ]
    assert len(office.rows(READINGS)) == 1


def test_an_older_full_release_is_withdrawn_without_the_later_ones(office: Desk) -> None:
    office.codes()
    first = office.published(office.cases(*GOOD))
    second = office.published(office.cases(*GOOD, "HS009,Chín,A,01/02/2026,9"))
    office.deliveries.withdraw(APPROVER, release_of(first), WHY, BASIS)
    assert office.numbers(CASES) == {1: WITHDRAWN, 2: CURRENT}
    office.deliveries.withdraw(APPROVER, release_of(second), WHY, BASIS)
    assert office.platform.warehouse.current(CASES) is None


def test_a_correction_goes_with_the_release_that_it_was_added_to(office: Desk) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY))
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    child = office.published(office.settled(office.deliveries.correct(OFFICER, parent.id).id))
    with pytest.raises(LaterReleases):
        office.deliveries.withdraw(APPROVER, release_of(parent), WHY, BASIS)
    office.deliveries.withdraw(APPROVER, release_of(child), WHY, BASIS)
    assert office.get(parent.id).state is State.RELEASED
    assert len(office.rows(CASES)) == 3


def test_rows_of_a_withdrawn_delivery_are_not_corrected_any_more_but_can_be_returned(
    office: Desk,
) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY))
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    checked = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    fresh = office.deliveries.correct(OFFICER, parent.id)
    office.deliveries.withdraw(APPROVER, release_of(parent), WHY, BASIS)
    withdrawn = office.get(parent.id)
    assert office.settled(fresh.id).state is State.REFUSED
    assert office.published(checked).state is State.REFUSED
    with pytest.raises(NotNow):
        office.deliveries.correct(OFFICER, parent.id)
    assert office.deliveries.may(OFFICER, withdrawn) == {Verb.RETURN_ITEMS}
    assert office.deliveries.return_items(OFFICER, parent.id, (), WHY) == 1
    assert office.states(parent) == {1: ItemState.RETURNED}


def test_a_waiting_row_is_still_overtaken_when_the_file_comes_again(office: Desk) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY))
    office.deliveries.withdraw(APPROVER, release_of(parent), WHY, BASIS)
    again = office.published(office.cases(*GOOD, BAD_DAY))
    assert office.states(parent) == {1: ItemState.SUPERSEDED}
    assert office.states(again) == {1: ItemState.OPEN}


def test_a_withdrawn_release_is_no_yardstick_for_the_next_one(office: Desk) -> None:
    readings(office, "T1,01/01/2026,1")
    mistake = readings_after(office, *[f"T{n},01/02/2026,{n}" for n in range(1, 60)])
    office.deliveries.withdraw(APPROVER, release_of(mistake), WHY, BASIS)
    assert office.current(READINGS).number == 1
    assert office.current(READINGS).rows == 1


@pytest.mark.parametrize("who", [OFFICER, STRANGER], ids=lambda each: each.name)
def test_officers_withdraw_nothing(office: Desk, who: Actor) -> None:
    only = readings(office, "T1,01/01/2026,1")
    with pytest.raises(Refused):
        office.deliveries.withdraw(who, release_of(only), WHY, BASIS)
    assert office.numbers(READINGS) == {1: CURRENT}


def test_an_operator_withdraws_in_an_emergency(office: Desk) -> None:
    only = readings(office, "T1,01/01/2026,1")
    office.deliveries.withdraw(OPERATOR, release_of(only), WHY, BASIS)
    assert office.numbers(READINGS) == {1: WITHDRAWN}


def test_withdrawing_needs_reason_basis_and_a_release_that_is_served(office: Desk) -> None:
    only = readings(office, "T1,01/01/2026,1")
    for reason, basis in (("", BASIS), (WHY, "")):
        with pytest.raises(ReasonMissing):
            office.deliveries.withdraw(APPROVER, release_of(only), reason, basis)
    with pytest.raises(ReleaseNotFound):
        office.deliveries.withdraw(APPROVER, "rel_khong_co", WHY, BASIS)
    office.deliveries.withdraw(APPROVER, release_of(only), WHY, BASIS)
    with pytest.raises(AlreadyWithdrawn):
        office.deliveries.withdraw(APPROVER, release_of(only), WHY, BASIS)
