"""Deliveries that change rows by their key: what they overwrite, what waits, what is overtaken."""

from dataclasses import replace

import pytest

from tests.integration.deliveries.desk import APPROVER, OFFICER, Desk
from tests.integration.deliveries.packing import LIST, LIST_SET, Col
from tinhdata.deliveries import Change, Delivery, Hooks, Kind, State
from tinhdata.quality import ItemState

HEADER = "Mã số,Tên gọi,Số lượng,Ngày ghi"
BY_KEY = replace(
    LIST_SET,
    version="2.0.0",
    custom={"delivery": {"mode": "upsert"}, "contact": "thu@example.vn"},
)
BADGED = replace(
    BY_KEY,
    version="3.0.0",
    columns=(*BY_KEY.columns, Col("the", "Số thẻ", unique=True)),
)


@pytest.fixture
def keyed(office: Desk) -> Desk:
    office.registered(BY_KEY)
    return office.hooked(Hooks())


def send(office: Desk, *lines: str) -> Delivery:
    return office.send(LIST, HEADER, *lines)


def published(office: Desk, *lines: str) -> Delivery:
    return office.published(send(office, *lines), by=OFFICER)


def names(office: Desk) -> dict[object, object]:
    return {row[0]: row[1] for row in office.rows(LIST, "ma", "ten")}


def test_a_delivery_adds_and_changes_rows_and_all_others_stay(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,", "M2,Hai,2,", "M3,Ba,3,")
    second = send(keyed, "M2,Hai mới,2,", "M4,Bốn,4,", "M3,Ba,3,")
    assert second.change == Change(3, 4, 1, 0, 1, 2)
    keyed.published(second, by=OFFICER)
    assert names(keyed) == {"M1": "Một", "M2": "Hai mới", "M3": "Ba", "M4": "Bốn"}


def test_the_same_rows_again_change_nothing(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,", "M2,Hai,2,")
    assert send(keyed, "M2,Hai,2,").state is State.UNCHANGED
    assert keyed.numbers(LIST).keys() == {1}


def test_sending_an_older_file_again_brings_its_rows_back(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,")
    published(keyed, "M1,Khác,1,")
    published(keyed, "M1,Một,1,")
    assert names(keyed) == {"M1": "Một"}


def test_a_row_that_waits_leaves_the_old_one_published_until_it_is_mended(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,", "M2,Hai,2,")
    second = published(keyed, "M1,Một mới,nhiều,", "M3,Ba,3,")
    assert names(keyed) == {"M1": "Một", "M2": "Hai", "M3": "Ba"}
    item = keyed.item_at(second, 2)
    keyed.mend(second, item, "so", "9")
    child = keyed.deliveries.correct(OFFICER, second.id)
    child = keyed.settled(child.id)
    assert child.kind is Kind.CORRECTION
    assert child.change == Change(3, 3, 0, 0, 1, 2)
    keyed.published(child, by=OFFICER)
    assert names(keyed)["M1"] == "Một mới"
    assert keyed.states(second) == {item: ItemState.CORRECTED}


def test_a_mended_row_never_overwrites_what_came_with_it_or_later(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,")
    second = published(keyed, "M2,Hai,2,", "sai,Ba,3,")
    item = keyed.item_at(second, 3)
    keyed.mend(second, item, "ma", "M2")
    looked = keyed.deliveries.mended(OFFICER, second.id)
    assert looked.passing == ()
    assert list(looked.failing) == [item]
    keyed.mend(second, item, "ma", "M1")
    assert keyed.deliveries.mended(OFFICER, second.id).passing == (item,)


def test_a_waiting_row_is_overtaken_by_a_later_one_with_its_key(keyed: Desk) -> None:
    first = published(keyed, "M1,Một,1,", "M2,Hai,nhiều,")
    item = keyed.item_at(first, 3)
    published(keyed, "M2,Hai,2,")
    assert keyed.states(first) == {item: ItemState.SUPERSEDED}


def test_an_older_delivery_is_looked_at_again_before_it_overwrites_newer_rows(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,", "M2,Hai,2,")
    older = send(keyed, "M1,Cũ,1,", "M3,Ba,3,")
    published(keyed, "M1,Mới,1,")
    ended = keyed.published(older, by=OFFICER)
    assert ended.state is State.SUPERSEDED
    assert names(keyed) == {"M1": "Mới", "M2": "Hai"}
    (again,) = [
        each
        for each in keyed.deliveries.page(OFFICER, limit=10).items
        if each.state is State.CHECKED
    ]
    assert again.change == Change(2, 3, 1, 0, 1, 1)


def test_an_older_delivery_of_other_keys_is_published_as_it_was_checked(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,")
    older = send(keyed, "M3,Ba,3,")
    published(keyed, "M1,Mới,1,")
    assert keyed.published(older, by=OFFICER).state is State.RELEASED
    assert names(keyed) == {"M1": "Mới", "M3": "Ba"}


def test_a_unique_value_may_move_to_another_key_only_if_its_old_row_lets_it_go(
    office: Desk,
) -> None:
    office.registered(BADGED)
    office = office.hooked(Hooks())
    header = f"{HEADER},Số thẻ"
    office.published(office.send(LIST, header, "M1,Một,1,,T1", "M2,Hai,2,,T2"), by=OFFICER)
    moved = office.send(LIST, header, "M1,Một,1,,T9", "M3,Ba,3,,T1")
    assert moved.rows.quarantined == 0
    taken = office.send(LIST, header, "M3,Ba,3,,T2")
    assert taken.rows.quarantined == 1
    # The row that would let the value go waits itself, so the value is still taken.
    chained = office.send(LIST, header, "M1,Một,nhiều,,T9", "M3,Ba,3,,T1")
    assert chained.rows.quarantined == 2


def test_withdrawing_a_release_brings_the_rows_back_that_it_changed(keyed: Desk) -> None:
    published(keyed, "M1,Một,1,", "M2,Hai,2,")
    published(keyed, "M1,Nhầm,1,", "M5,Nhầm,5,")
    release = keyed.current(LIST)
    keyed.deliveries.withdraw(APPROVER, release.id, "Nhầm tệp", "Điều 5")
    assert names(keyed) == {"M1": "Một", "M2": "Hai"}
    published(keyed, "M2,Hai mới,2,")
    assert names(keyed) == {"M1": "Một", "M2": "Hai mới"}
