"""A delivery that brings the rows of the current release again confirms it and makes no other."""

from datetime import timedelta

from tests.integration.deliveries.desk import APPROVER, BAD_CODE, GOOD, HEADER, OFFICER, Desk
from tests.integration.deliveries.packing import CASES, CODES, CODES_SET, READINGS, Col
from tinhdata.deliveries import Delivery, State
from tinhdata.warehouse import ReleaseState

CODE_LINES = ("Mã khu vực,Tên khu vực", "A,Khu A", "B,Khu B")
OTHER_BYTES = ("Mã khu vực;Tên khu vực", "B;Khu B", "A;  Khu A ")
"""The same rows in another order, with other separators and a stray blank."""
READING_HEADER = "Trạm,Ngày đo,Giá trị"


def codes(office: Desk) -> Delivery:
    return office.published(office.send(CODES, *CODE_LINES))


def test_the_same_rows_in_another_file_confirm_the_release(any_office: Desk) -> None:
    first = codes(any_office)
    any_office.clock.move(timedelta(days=40))
    again = any_office.send(CODES, *OTHER_BYTES)
    assert again.state is State.UNCHANGED
    assert again.release == first.release
    assert (again.rows.made, again.rows.released, again.rows.waiting) == (2, 2, 0)
    assert any_office.numbers(CODES) == {1: ReleaseState.CURRENT}
    assert any_office.journal_kinds().count("delivery.confirmed") == 1
    assert any_office.journal_kinds().count("delivery.released") == 1
    confirmed = any_office.deliveries.confirmations()
    assert confirmed == {first.release: any_office.clock.now()}


def test_what_confirms_a_release_leaves_no_prepared_files(office: Desk) -> None:
    codes(office)
    again = office.send(CODES, *OTHER_BYTES)
    assert not (office.store / "staging" / again.id).exists()


def test_the_bytes_that_confirmed_a_release_are_the_same_delivery_when_they_come_again(
    office: Desk,
) -> None:
    codes(office)
    again = office.send(CODES, *OTHER_BYTES)
    assert office.send(CODES, *OTHER_BYTES).id == again.id


def test_a_row_that_differs_or_is_missing_is_news(office: Desk) -> None:
    codes(office)
    assert office.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A").state is State.CHECKED
    other = office.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A", "B,Khu Bê")
    assert other.state is State.CHECKED


def test_rows_that_wait_are_news(office: Desk) -> None:
    office.codes()
    office.published(office.cases(*GOOD))
    assert office.send(CASES, HEADER, *reversed(GOOD)).state is State.UNCHANGED
    assert office.cases(*GOOD, BAD_CODE).state is State.CHECKED


def test_rows_under_a_new_contract_are_news(office: Desk) -> None:
    codes(office)
    wider = (*CODES_SET.columns, Col("ghi_chu", "Ghi chú"))
    office.registered(type(CODES_SET)(CODES, wider, version="1.1.0"))
    assert office.send(CODES, *OTHER_BYTES).state is State.CHECKED


def test_a_period_that_comes_again_unchanged_is_nothing_new(office: Desk) -> None:
    january = (READING_HEADER, "T1,01/01/2026,1", "T1,02/01/2026,2")
    office.published(office.send(READINGS, *january))
    february = office.published(office.send(READINGS, READING_HEADER, "T1,01/02/2026,3"))
    again = office.send(READINGS, READING_HEADER, "T1,2/1/2026,2", "T1,1/1/2026,1")
    assert again.state is State.UNCHANGED
    assert again.release == february.release
    assert len(office.numbers(READINGS)) == 2


def test_an_older_file_that_waits_ends_when_a_newer_one_confirms_the_release(
    office: Desk,
) -> None:
    codes(office)
    older = office.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A")
    office.send(CODES, *OTHER_BYTES)
    assert office.get(older.id).state is State.SUPERSEDED
    assert [row[0] for row in office.rows(CODES, "ma")] == ["A", "B"]


def test_what_was_published_meanwhile_makes_a_checked_delivery_nothing_new(office: Desk) -> None:
    codes(office)
    # Checked against the first release, and both bring the same rows.
    one = office.send(CODES, *CODE_LINES, "C,Khu C")
    two = office.send(CODES, "Mã khu vực;Tên khu vực", "C;Khu C", "A;Khu A", "B;Khu B")
    assert {one.state, two.state} == {State.CHECKED}
    office.deliveries.publish(APPROVER, one.id)
    office.deliveries.publish(APPROVER, two.id)
    office.platform.work.run_until_idle("tests")
    assert office.get(one.id).state is State.RELEASED
    assert office.get(two.id).state is State.UNCHANGED
    assert len(office.numbers(CODES)) == 2


def test_withdrawing_a_release_ends_what_confirmed_it_so_that_it_can_come_again(
    office: Desk,
) -> None:
    first = codes(office)
    again = office.send(CODES, *OTHER_BYTES)
    assert first.release is not None
    office.deliveries.withdraw(APPROVER, first.release, "nhầm", "Điều 13")
    assert office.get(again.id).state is State.WITHDRAWN
    third = office.send(CODES, *OTHER_BYTES)
    assert third.id != again.id
    assert office.published(third, by=OFFICER).state is State.RELEASED
    assert office.deliveries.confirmations() == {}
