"""What rested on a withdrawn release waits again; what is older never goes over what is newer."""

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_DAY,
    GOOD,
    OFFICER,
    TOO_MUCH,
    Desk,
)
from tests.integration.deliveries.packing import CASES
from tinhdata.db import Tx
from tinhdata.deliveries import Delivery, Hooks, OnRelease, State
from tinhdata.quality import ItemState
from tinhdata.warehouse import Release

WHY, BASIS = "Nhầm tệp", "Điều 5 Quy chế"


def withdraw(office: Desk, delivery: Delivery) -> None:
    assert delivery.release is not None
    office.deliveries.withdraw(APPROVER, delivery.release, WHY, BASIS)


def test_corrected_rows_are_open_again_and_can_be_corrected_anew(office: Desk) -> None:
    office.codes()
    first = office.published(office.cases(*GOOD, BAD_DAY))
    (item,) = office.open_items(first)
    office.mend(first, item, "ngay_nop", "30/01/2026")
    child = office.published(office.settled(office.deliveries.correct(OFFICER, first.id).id))
    assert office.states(first) == {item: ItemState.CORRECTED}
    withdraw(office, child)
    assert office.states(first) == {item: ItemState.OPEN}
    again = office.published(office.settled(office.deliveries.correct(OFFICER, first.id).id))
    assert again.state is State.RELEASED
    assert office.states(first) == {item: ItemState.CORRECTED}
    assert len(office.rows(CASES)) == len(GOOD) + 1
    assert office.platform.quarantine.faults(first.id) == ()


def test_waived_rows_are_open_again(office: Desk) -> None:
    office.codes()
    first = office.published(office.cases(*GOOD, TOO_MUCH))
    (item,) = office.open_items(first)
    child = office.settled(office.deliveries.waive(APPROVER, first.id, [item], WHY, BASIS).id)
    assert office.states(first) == {item: ItemState.WAIVED}
    withdraw(office, child)
    assert office.states(first) == {item: ItemState.OPEN}


def test_rows_that_a_withdrawn_release_had_overtaken_are_open_again(office: Desk) -> None:
    office.codes()
    first = office.published(office.cases(*GOOD, BAD_DAY))
    (item,) = office.open_items(first)
    second = office.published(office.cases(*GOOD, BAD_DAY.replace("31/02", "28/02")))
    assert office.states(first) == {item: ItemState.SUPERSEDED}
    withdraw(office, second)
    assert office.states(first) == {item: ItemState.OPEN}
    with office.platform.db.read() as tx:
        kinds = [entry.kind for entry in office.platform.journal.read(tx, subject=first.id)]
    assert "quarantine.reopened" in kinds


def fails_once() -> OnRelease:
    """Give a hook that has an accident the first time it is called."""
    left = [OSError("the disk is away")]

    def hook(_tx: Tx, _dataset: str, _release: Release | None) -> None:
        if left:
            raise left.pop()

    return hook


def test_an_older_delivery_is_not_published_over_a_newer_one(office: Desk) -> None:
    office.codes()
    shaky = office.hooked(Hooks(on_release=(fails_once(),)))
    older, newer = shaky.cases(*GOOD), shaky.cases(GOOD[0])
    # The older one's turn ends in an accident, so the newer one comes first.
    shaky.deliveries.publish(APPROVER, older.id)
    shaky.platform.work.run_once("tests")
    shaky.deliveries.publish(APPROVER, newer.id)
    shaky.tried_out()
    assert office.get(newer.id).state is State.RELEASED
    assert office.get(older.id).state is State.SUPERSEDED
    assert office.current(CASES).delivery_id == newer.id
    assert len(office.numbers(CASES)) == 1
