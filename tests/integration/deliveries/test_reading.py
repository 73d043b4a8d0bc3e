"""What each person sees of deliveries, may do with them, and has to do."""

from collections.abc import Callable, Mapping

import pytest

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_CODE,
    BAD_DAY,
    BOTH,
    COLLEAGUE,
    GOOD,
    OFFICER,
    OPERATOR,
    STRANGER,
    Desk,
)
from tests.integration.deliveries.packing import CASES, CODES, ELSEWHERE
from tinhdata.access import ANONYMOUS, Actor, ActorKind
from tinhdata.deliveries import Delivery, NotNow, State, Verb
from tinhdata.kernel import Refused, new_id
from tinhdata.warehouse import RowChangeKind

KEY = Actor(new_id("key"), "may-do", ActorKind.SOURCE, frozenset(), "T01", frozenset({CODES}))
CELLS = {Verb.CHOOSE, Verb.RETRY, Verb.MEND}
NOBODY: Mapping[str, set[Verb]] = {
    STRANGER.name: set(),
    OPERATOR.name: set(),
    ANONYMOUS.name: set(),
}


@pytest.fixture
def checked(office: Desk) -> Delivery:
    office.codes()
    return office.cases(*GOOD, BAD_DAY)


def allowed(office: Desk, delivery: Delivery) -> dict[str, set[Verb]]:
    people = (OFFICER, COLLEAGUE, APPROVER, STRANGER, OPERATOR, ANONYMOUS)
    return {each.name: set(office.deliveries.may(each, delivery)) for each in people}


def test_each_role_may_do_its_own_with_a_checked_delivery(office: Desk, checked: Delivery) -> None:
    officer = CELLS | {Verb.RETURN_ITEMS, Verb.PUBLISH, Verb.RETURN}
    assert allowed(office, checked) == {
        OFFICER.name: officer,
        COLLEAGUE.name: officer,
        APPROVER.name: {Verb.RETURN_ITEMS, Verb.PUBLISH, Verb.RETURN},
        **NOBODY,
    }


def test_only_an_approver_may_confirm_or_publish_what_is_held(
    office: Desk, checked: Delivery
) -> None:
    awaiting = office.deliveries.publish(OFFICER, checked.id)
    found = allowed(office, awaiting)
    assert found[APPROVER.name] == {Verb.APPROVE, Verb.RETURN_ITEMS, Verb.RETURN}
    assert found[OFFICER.name] == found[COLLEAGUE.name] == {Verb.RETURN_ITEMS, Verb.RETURN}
    held = office.cases(BAD_DAY, BAD_CODE, GOOD[0])
    assert held.state is State.HELD
    found = allowed(office, held)
    assert Verb.PUBLISH_HELD in found[APPROVER.name]
    assert Verb.PUBLISH_HELD not in found[OFFICER.name] | found[STRANGER.name]


def test_after_publishing_officers_mend_and_approvers_waive(
    office: Desk, checked: Delivery
) -> None:
    published = office.published(checked)
    assert allowed(office, published) == {
        OFFICER.name: {Verb.MEND, Verb.CORRECT, Verb.RETURN_ITEMS},
        COLLEAGUE.name: {Verb.MEND, Verb.CORRECT, Verb.RETURN_ITEMS},
        APPROVER.name: {Verb.WAIVE, Verb.RETURN_ITEMS},
        **NOBODY,
    }


def test_what_may_be_done_is_what_the_verbs_take(office: Desk, checked: Delivery) -> None:
    """Whoever is refused a verb by `may` is refused by the verb too."""
    deliveries = office.deliveries
    verbs: Mapping[Verb, Callable[[Actor], object]] = {
        Verb.PUBLISH: lambda who: deliveries.publish(who, checked.id),
        Verb.RETURN: lambda who: deliveries.return_delivery(who, checked.id, "Sai"),
        Verb.RETURN_ITEMS: lambda who: deliveries.return_items(who, checked.id, [1], "Sai"),
        Verb.RETRY: lambda who: deliveries.retry(who, checked.id),
        Verb.MEND: lambda who: office.mend(checked, 1, "ma", "HS100", who),
    }
    for who in (OFFICER, APPROVER, STRANGER, OPERATOR, ANONYMOUS, KEY):
        for verb in set(verbs) - deliveries.may(who, checked):
            with pytest.raises(Refused):
                verbs[verb](who)
    assert office.get(checked.id).state is State.CHECKED


def test_everyone_finds_what_waits_for_him(office: Desk, checked: Delivery) -> None:
    def waiting(who: Actor) -> list[str]:
        return [each.id for each in office.deliveries.waiting_for(who)]

    assert waiting(OFFICER) == waiting(COLLEAGUE) == [checked.id]
    assert waiting(APPROVER) == waiting(STRANGER) == waiting(OPERATOR) == []
    office.deliveries.publish(OFFICER, checked.id)
    assert waiting(APPROVER) == waiting(BOTH) == [checked.id]
    assert waiting(OFFICER) == []
    unread = office.send(CASES, "Một,Hai,Ba,Bốn,Năm", *GOOD)
    held = office.cases(BAD_DAY, BAD_CODE, GOOD[0])
    assert waiting(OFFICER) == [held.id, unread.id]
    assert waiting(APPROVER) == [held.id, checked.id]
    assert waiting(ANONYMOUS) == []


def test_a_page_shows_only_what_the_reader_may_read(office: Desk, checked: Delivery) -> None:
    other = office.send(ELSEWHERE, "Mã,Tên", "1,một", by=STRANGER)
    deliveries = office.deliveries

    def page(who: Actor) -> set[str]:
        found = deliveries.page(who)
        assert found.total == len(found.items)
        return {each.id for each in found.items}

    codes = {each.id for each in deliveries.page(OFFICER, dataset=CODES).items}
    assert page(OFFICER) == page(APPROVER) == {checked.id, *codes}
    assert page(STRANGER) == {other.id}
    assert page(OPERATOR) == {checked.id, other.id, *codes}
    assert page(KEY) == codes
    assert page(ANONYMOUS) == set()
    assert deliveries.page(STRANGER, dataset=CASES).total == 0
    for reader in (STRANGER, ANONYMOUS, KEY):
        for read in (deliveries.get, deliveries.history, deliveries.children):
            with pytest.raises(Refused):
                read(reader, checked.id)


def test_pages_are_cut_newest_first_and_filtered_by_state(office: Desk) -> None:
    sent = [
        office.send(CODES, "Mã khu vực,Tên khu vực", *[f"K{n},Khu" for n in range(size)])
        for size in range(1, 6)
    ]
    newest_first = [each.id for each in reversed(sent)]
    first = office.deliveries.page(OFFICER, limit=2)
    assert [each.id for each in first.items] == newest_first[:2]
    assert (first.total, first.has_next) == (5, True)
    last = office.deliveries.page(OFFICER, offset=4, limit=2)
    assert [each.id for each in last.items] == newest_first[4:]
    office.published(sent[-1])
    gone = office.deliveries.page(OFFICER, states=[State.SUPERSEDED])
    assert [each.id for each in gone.items] == newest_first[1:]


def test_waiting_rows_are_for_those_who_may_see_them(office: Desk, checked: Delivery) -> None:
    (item,) = office.items(checked)
    assert item.cells["nguoi_nop"] == "Người bốn"
    assert office.items(checked, by=APPROVER)[0].item == item.item
    assert [share.items for share in office.deliveries.shares(OFFICER, checked.id)] == [1]
    for who in (STRANGER, OPERATOR, ANONYMOUS):
        with pytest.raises(Refused):
            office.items(checked, by=who)
        with pytest.raises(Refused):
            office.deliveries.shares(who, checked.id)
        with pytest.raises(Refused):
            office.deliveries.mended(who, checked.id)


def test_changes_are_shown_row_by_row_until_the_delivery_is_settled(
    office: Desk, checked: Delivery
) -> None:
    office.published(checked)
    second = office.cases(GOOD[0].replace("1000", "1500"), GOOD[1], "HS009,Chín,A,01/02/2026,9")
    found = office.deliveries.changes(OFFICER, second.id)
    assert [row.kind for row in found.rows].count(RowChangeKind.UPDATED) == 1
    inserted = office.deliveries.changes(OFFICER, second.id, RowChangeKind.INSERTED)
    assert len(inserted.rows) == 1
    assert "Chín" in str(inserted.rows)
    masked = office.deliveries.changes(APPROVER, second.id, RowChangeKind.INSERTED)
    assert "HS009" in str(masked.rows)
    assert "Chín" not in str(masked.rows)
    with pytest.raises(Refused):
        office.deliveries.changes(STRANGER, second.id)
    office.published(second)
    with pytest.raises(NotNow):
        office.deliveries.changes(OFFICER, second.id)


def test_an_officer_finds_the_datasets_of_his_agency_to_deliver_to(office: Desk) -> None:
    def datasets(who: Actor) -> list[str]:
        return [each.dataset for each in office.deliveries.deliverable(who)]

    assert datasets(STRANGER) == [ELSEWHERE]
    assert ELSEWHERE not in datasets(OFFICER)
    assert len(datasets(OFFICER)) == 4
    assert datasets(KEY) == [CODES]
    assert datasets(APPROVER) == datasets(OPERATOR) == datasets(ANONYMOUS) == []


def test_mended_rows_that_pass_are_kept_when_all_others_are_returned(
    office: Desk,
) -> None:
    office.codes()
    delivery = office.cases(*GOOD, BAD_DAY, BAD_CODE)
    office.mend(delivery, 1, "ngay_nop", "28/02/2026")
    assert office.deliveries.return_items(OFFICER, delivery.id, (), "Hỏi lại") == 1
    assert office.open_items(delivery) == [1]
    office.published(delivery)
    assert len(office.rows(CASES)) == 4
