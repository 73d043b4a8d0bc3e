"""Two people, one delivery, the same moment: one of them is told that the other was faster."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

from tests.integration.deliveries.desk import APPROVER, BAD_CODE, BAD_DAY, GOOD, OFFICER, Desk
from tests.integration.deliveries.packing import CASES, READINGS
from tinhdata.deliveries import State
from tinhdata.kernel import Problem
from tinhdata.quality import ItemState

SO_DO = "Trạm,Ngày đo,Giá trị"


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all of them in threads that start together; give results, or what was raised."""
    start = threading.Barrier(len(deeds))
    found: list[object] = [None] * len(deeds)

    def do(place: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            found[place] = deed()
        except Exception as error:  # whatever it is, the test looks at it
            found[place] = error

    threads = [threading.Thread(target=do, args=(n, deed)) for n, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def raised(found: Sequence[object]) -> list[Exception]:
    return [each for each in found if isinstance(each, Exception)]


def test_publishing_and_returning_at_once_ends_in_one_of_them(any_office: Desk) -> None:
    office = any_office
    office.codes()
    for number in range(3):
        delivery = office.cases(*GOOD, f"HS01{number},Mười,A,31/02/2026,1")
        found = at_once(
            partial(office.deliveries.publish, APPROVER, delivery.id),
            partial(office.deliveries.return_delivery, OFFICER, delivery.id, "Sai"),
        )
        (lost,) = raised(found)
        assert isinstance(lost, Problem)
        assert lost.code == "not-now"
        settled = office.settled(delivery.id)
        assert settled.state in (State.RELEASED, State.RETURNED)
        expected = ItemState.OPEN if settled.state is State.RELEASED else ItemState.RETURNED
        assert office.states(settled) == {1: expected}


def test_rows_returned_twice_at_once_are_returned_once(any_office: Desk) -> None:
    office = any_office
    office.codes()
    delivery = office.cases(*GOOD, BAD_DAY, BAD_CODE)

    def give_back() -> int:
        return office.deliveries.return_items(OFFICER, delivery.id, (), "Hỏi lại")

    found = at_once(give_back, give_back, give_back)
    counts = [each for each in found if isinstance(each, int)]
    assert sum(counts) == 2
    assert all(isinstance(each, Problem) for each in raised(found)), found
    assert set(office.states(delivery).values()) == {ItemState.RETURNED}


def test_two_workers_publish_each_delivery_once(any_office: Desk) -> None:
    office = any_office
    sent = [office.send(READINGS, SO_DO, f"T1,01/0{month}/2026,{month}") for month in (1, 2, 3)]
    for each in sent:
        office.deliveries.publish(OFFICER, each.id)
    work = office.platform.work
    at_once(lambda: work.run_until_idle("one"), lambda: work.run_until_idle("two"))
    assert {office.settled(each.id).state for each in sent} == {State.RELEASED}
    assert len(office.rows(READINGS)) == 3
    assert len(office.numbers(READINGS)) == 3


def test_a_release_and_a_withdrawal_at_once_leave_a_clear_state(any_office: Desk) -> None:
    office = any_office
    office.codes()
    first = office.published(office.cases(*GOOD))
    second = office.cases(*GOOD, "HS011,Mười một,B,01/02/2026,1")
    office.deliveries.publish(APPROVER, second.id)
    assert first.release is not None
    release = first.release
    found = at_once(
        lambda: office.platform.work.run_until_idle("one"),
        lambda: office.deliveries.withdraw(APPROVER, release, "Nhầm", "Điều 5"),
    )
    assert raised(found) == []
    assert office.settled(second.id).state is State.RELEASED
    assert office.current(CASES).delivery_id == second.id
    assert office.get(first.id).state is State.WITHDRAWN


def test_rows_are_returned_or_overtaken_while_a_newer_delivery_is_published(
    any_office: Desk,
) -> None:
    office = any_office
    office.codes()
    for number in range(3):
        older = office.cases(*GOOD, BAD_DAY, BAD_CODE)
        newer = office.cases(*GOOD, f"HS02{number},Người hai mươi,A,10/01/2026,1")
        office.deliveries.publish(APPROVER, newer.id)
        found = at_once(
            partial(office.deliveries.return_items, OFFICER, older.id, [1], "Hỏi lại"),
            partial(office.platform.work.run_until_idle, "one"),
        )
        assert all(isinstance(each, Problem) for each in raised(found)), found
        assert office.settled(newer.id).state is State.RELEASED
        states = office.states(older)
        assert states[1] in (ItemState.RETURNED, ItemState.SUPERSEDED)
        assert states[2] is ItemState.SUPERSEDED


def test_a_row_is_corrected_or_returned_but_not_both(any_office: Desk) -> None:
    office = any_office
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY))
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    office.deliveries.publish(APPROVER, child.id)
    found = at_once(
        partial(office.deliveries.return_items, OFFICER, parent.id, [1], "Hỏi lại"),
        partial(office.platform.work.run_until_idle, "one"),
    )
    assert all(isinstance(each, Problem) for each in raised(found)), found
    office.tried_out()
    settled = office.get(child.id)
    if office.states(parent)[1] is ItemState.CORRECTED:
        assert settled.state is State.RELEASED
        assert len(office.rows(CASES)) == 4
    else:
        assert office.states(parent)[1] is ItemState.RETURNED
        assert settled.state in (State.REFUSED, State.FAILED)
        assert len(office.rows(CASES)) == 3
