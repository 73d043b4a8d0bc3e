"""What is published is what was looked at, and it is looked at only by who may."""

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
from tests.integration.deliveries.packing import CASES, Col, Set, contract_text
from tinhdata.access import ANONYMOUS, Actor
from tinhdata.contracts import load_contract
from tinhdata.deliveries import Delivery, State
from tinhdata.kernel import Refused

OPEN_NOW = Set(
    "cong-khai-thu",
    (Col("ma", "Mã", key=1, required=True), Col("ten", "Tên")),
    custom={"accessLevel": "open", "licence": "CC-BY-4.0"},
)
"""Data that is open for everyone once it is published."""


def opened(office: Desk) -> None:
    text = contract_text(OPEN_NOW)
    public = text.replace("classification: internal", "classification: public")
    loaded = load_contract(public.encode(), "contract.yaml")
    with office.platform.db.transaction() as tx:
        office.platform.registry.propose(tx, "pack", loaded)
        office.platform.registry.approve(tx, "pack", loaded.hash)
        office.platform.registry.activate(tx, "pack", loaded.hash)


@pytest.mark.parametrize("reader", [ANONYMOUS, STRANGER], ids=["anonymous", "stranger"])
def test_open_data_is_shown_to_others_only_once_it_is_published(
    office: Desk, reader: Actor
) -> None:
    opened(office)
    waiting = office.send(OPEN_NOW.id, "Mã,Tên", "A,Khu A", "B,Khu B")
    assert office.deliveries.changes(OFFICER, waiting.id).total == 2
    with pytest.raises(Refused):
        office.deliveries.changes(reader, waiting.id)


@pytest.fixture
def correction(office: Desk) -> Delivery:
    """A checked correction of one row of a published delivery."""
    office.codes()
    parent = office.published(office.cases(*GOOD, BAD_DAY))
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    return office.settled(office.deliveries.correct(OFFICER, parent.id).id)


def test_a_cell_mended_after_a_correction_was_checked_is_not_published_unseen(
    office: Desk, correction: Delivery
) -> None:
    assert correction.parent is not None
    parent = office.get(correction.parent)
    assert office.deliveries.publish(OFFICER, correction.id).state is State.AWAITING
    office.mend(parent, 1, "nguoi_nop", "Người khác")
    office.deliveries.approve(APPROVER, correction.id)
    refused = office.settled(correction.id)
    assert refused.state is State.REFUSED
    assert len(office.rows(CASES)) == 3
    assert office.open_items(parent) == [1]

    again = office.settled(office.deliveries.retry(OFFICER, refused.id).id)
    assert office.published(again).state is State.RELEASED
    assert ("HS004", "Người khác") in office.rows(CASES, "ma", "nguoi_nop")


def test_a_correction_whose_checked_rows_were_lost_is_checked_again_first(
    office: Desk, correction: Delivery
) -> None:
    for file in (office.store / "staging" / correction.id).rglob("*.parquet"):
        file.unlink()
    refused = office.published(correction)
    assert refused.state is State.REFUSED
    again = office.settled(office.deliveries.retry(OFFICER, refused.id).id)
    assert office.published(again).state is State.RELEASED


def test_lines_of_a_file_are_shown_only_to_those_who_may_open_it(office: Desk) -> None:
    office.codes()
    sent = office.cases(*GOOD, "Tổng số,,,,6000")
    mine, theirs = (office.deliveries.get(each, sent.id) for each in (OFFICER, OPERATOR))
    for text in ("Người một", "Tổng số"):
        assert text in repr(mine)
        assert text not in repr(theirs)
    assert theirs.state is mine.state
    assert theirs.rows == mine.rows
    (listed,) = office.deliveries.page(OPERATOR, dataset=CASES).items
    assert listed == theirs
