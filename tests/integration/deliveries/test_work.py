"""What becomes of a delivery when the work on it breaks down, is repeated, or is cut off."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_DAY,
    GOOD,
    HEADER,
    OFFICER,
    OPERATOR,
    STRANGER,
    Desk,
)
from tests.integration.deliveries.packing import CASES, READINGS
from tinhdata.db import Tx
from tinhdata.deliveries import Delivery, Hooks, State, Verb
from tinhdata.kernel import Refused
from tinhdata.warehouse import Release

SO_DO = "Trạm,Ngày đo,Giá trị"


def received(office: Desk) -> Delivery:
    data = ("\n".join((HEADER, *GOOD, BAD_DAY)) + "\n").encode()
    return office.deliveries.receive(OFFICER, CASES, [data], "tep.csv").delivery


class Accident:
    """Something outside that fails the first `times` times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, _tx: Tx, _dataset: str, _release: Release | None) -> None:
        if self.times > 0:
            self.times -= 1
            raise OSError("the disk is away")


def test_a_check_that_breaks_down_is_tried_again_by_itself(office: Desk) -> None:
    delivery = received(office)
    staging = office.store / "staging"
    staging.write_text("in the way")
    office.platform.work.run_until_idle("tests")
    assert office.get(delivery.id).state is State.CHECKING
    staging.unlink()
    office.clock.move(timedelta(minutes=6))
    assert office.settled(delivery.id).state is State.CHECKED


def test_a_check_given_up_is_shown_as_failed_and_goes_on_when_asked(office: Desk) -> None:
    delivery = received(office)
    staging = office.store / "staging"
    staging.write_text("in the way")
    office.tried_out()
    failed = office.get(delivery.id)
    assert failed.state is State.FAILED
    assert failed.problem is not None
    assert "FileExistsError" in str(failed.problem) or "NotADirectory" in str(failed.problem)
    assert office.deliveries.may(OPERATOR, failed) == {Verb.RETRY}
    assert [each.id for each in office.deliveries.waiting_for(OPERATOR)] == [delivery.id]
    assert office.deliveries.may(OFFICER, failed) == {Verb.RETRY, Verb.RETURN}
    with pytest.raises(Refused):
        office.deliveries.retry(STRANGER, delivery.id)
    staging.unlink()
    again = office.deliveries.retry(OPERATOR, delivery.id)
    assert (again.id, again.state) == (delivery.id, State.RECEIVED)
    checked = office.settled(delivery.id)
    assert (checked.state, checked.problem) == (State.CHECKED, None)


def test_bytes_that_were_lost_fail_the_check_and_coming_back_mend_it(
    office: Desk, tmp_path: Path
) -> None:
    delivery = received(office)
    away = tmp_path / "away"
    shutil.move(office.store / "landing", away)
    office.tried_out()
    assert office.get(delivery.id).state is State.FAILED
    shutil.rmtree(office.store / "landing", ignore_errors=True)
    shutil.move(away, office.store / "landing")
    office.deliveries.retry(OFFICER, delivery.id)
    assert office.settled(delivery.id).state is State.CHECKED


def test_a_crash_between_commit_and_transaction_publishes_once_in_the_end(office: Desk) -> None:
    office.published(office.send(READINGS, SO_DO, "T1,01/01/2026,1"), OFFICER)
    accident = Accident(times=2)
    shaky = office.hooked(Hooks(on_release=(accident,)))
    second = shaky.send(READINGS, SO_DO, "T1,01/02/2026,2")
    shaky.deliveries.publish(OFFICER, second.id)
    shaky.platform.work.run_until_idle("tests")
    assert office.get(second.id).state is State.PUBLISHING
    assert len(office.rows(READINGS)) == 1
    shaky.tried_out()
    assert accident.times == 0
    assert office.get(second.id).state is State.RELEASED
    assert len(office.rows(READINGS)) == 2
    assert list(office.numbers(READINGS)) == [2, 1]


def test_publishing_given_up_goes_on_where_it_was_decided(office: Desk) -> None:
    office.codes()
    accident = Accident(times=5)
    shaky = office.hooked(Hooks(on_release=(accident,)))
    delivery = shaky.cases(*GOOD, BAD_DAY)
    shaky.mend(delivery, 1, "ngay_nop", "28/02/2026")
    shaky.deliveries.publish(APPROVER, delivery.id)
    shaky.tried_out()
    failed = office.get(delivery.id)
    assert failed.state is State.FAILED
    assert office.numbers(CASES) == {}
    assert office.open_items(delivery) == [1]
    again = shaky.deliveries.retry(OPERATOR, delivery.id)
    assert (again.id, again.state, again.decided_by) == (
        delivery.id,
        State.PUBLISHING,
        APPROVER.id,
    )
    assert shaky.settled(delivery.id).state is State.RELEASED
    assert len(office.rows(CASES)) == 4


def test_prepared_rows_that_were_lost_are_made_again_from_the_bytes(office: Desk) -> None:
    office.codes()
    delivery = office.cases(*GOOD)
    shutil.rmtree(office.store / "staging")
    assert office.published(delivery).state is State.SUPERSEDED
    (fresh,) = office.deliveries.page(OFFICER, states=[State.CHECKED]).items
    assert fresh.sha256 == delivery.sha256
    assert office.published(fresh).state is State.RELEASED


@pytest.mark.parametrize("again", ["delivery.check", "delivery.release"])
def test_work_that_is_done_and_comes_again_changes_nothing(office: Desk, again: str) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY))
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    child = office.published(office.settled(office.deliveries.correct(OFFICER, parent.id).id))
    waiting = office.cases(*GOOD)
    before = _all_there_is(office)
    for each in (parent, child, waiting):
        with office.platform.db.transaction() as tx:
            office.platform.work.enqueue(tx, again, {"delivery": each.id}, f"again:{each.id}")
    office.platform.work.run_until_idle("tests")
    assert _all_there_is(office) == before
    assert office.published(waiting).state is State.RELEASED


def _all_there_is(office: Desk) -> object:
    return (
        office.deliveries.page(OPERATOR, limit=100).items,
        office.numbers(CASES),
        office.rows(CASES),
        office.journal_kinds(),
    )


def test_a_waiver_whose_check_broke_down_is_checked_when_it_goes_on(office: Desk) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, "HS006,Sáu,A,09/01/2026,9000000"))
    child = office.deliveries.waive(APPROVER, parent.id, [1], "Đã đối chiếu", "Điều 12")
    staging = office.store / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    staging.write_text("in the way")
    office.tried_out()
    assert office.get(child.id).state is State.FAILED
    staging.unlink()
    assert office.deliveries.retry(OPERATOR, child.id).state is State.RECEIVED
    released = office.settled(child.id)
    assert released.state is State.RELEASED
    assert released.rows.released == 1


def test_nothing_prepared_is_left_of_a_settled_delivery(office: Desk) -> None:
    office.codes()
    delivery = office.cases(*GOOD, BAD_DAY)
    folder = office.store / "staging" / delivery.id
    assert len(list(folder.iterdir())) == 1
    office.mend(delivery, 1, "ngay_nop", "28/02/2026")
    office.deliveries.mended(OFFICER, delivery.id)
    office.deliveries.changes(OFFICER, delivery.id)
    assert len(list(folder.iterdir())) == 1
    office.published(delivery)
    assert not folder.exists()


def test_a_sweep_keeps_what_still_waits(office: Desk) -> None:
    office.codes()
    waiting = office.cases(*GOOD)
    stray = office.store / "staging" / "dlv_gone" / "run_1"
    stray.mkdir(parents=True)
    office.clock.move(timedelta(days=2))
    assert office.deliveries.sweep(timedelta(days=1)) == 1
    assert not stray.parent.exists()
    assert office.published(waiting).state is State.RELEASED
