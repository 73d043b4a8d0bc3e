"""Rows that wait after publishing: mended, waived, returned, or overtaken by newer ones."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.integration.deliveries.desk import (
    ALL_ITEMS,
    APPROVER,
    BAD_CODE,
    BAD_DAY,
    BOTH,
    COLLEAGUE,
    GOOD,
    OFFICER,
    OPERATOR,
    STRANGER,
    TOO_MUCH,
    Desk,
)
from tests.integration.deliveries.packing import CASES, CASES_SET, CODES, READINGS, Col
from tinhdata.access import Actor
from tinhdata.deliveries import (
    Delivery,
    Kind,
    NothingToDo,
    NotNow,
    ReasonMissing,
    Rows,
    State,
    Verb,
)
from tinhdata.edge.language import say
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import Problem, Refused, Text
from tinhdata.quality import (
    CellMend,
    DecisionImpossible,
    ItemState,
    MendsUnreadable,
    QuarantineUnknown,
)
from tinhdata.warehouse import ReleaseKind

SO_DO = "Trạm,Ngày đo,Giá trị"


def vietnamese(text: Text) -> str:
    return say(text, "vi")


@pytest.fixture
def parent(office: Desk) -> Delivery:
    """A published delivery with three rows that wait: a wrong day, code, and amount."""
    office.codes()
    published = office.published(office.cases(*GOOD, BAD_DAY, BAD_CODE, TOO_MUCH))
    assert office.open_items(published) == [1, 2, 3]
    return published


# --- corrections


def test_a_correction_that_still_fails_publishes_nothing_and_its_rows_keep_waiting(
    office: Desk, parent: Delivery
) -> None:
    office.mend(parent, 1, "ngay_nop", "30/02/2026")
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    assert child.state is State.REFUSED
    assert child.problem is not None
    assert office.open_items(parent) == [1, 2, 3]
    assert len(office.numbers(CASES)) == 1
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    again = office.settled(office.deliveries.retry(OFFICER, child.id).id)
    assert (again.id, again.state) == (child.id, State.CHECKED)
    assert office.published(again).state is State.RELEASED
    assert office.states(parent)[1] is ItemState.CORRECTED


def test_a_row_that_was_not_mended_passes_once_what_it_refers_to_is_there(
    office: Desk, parent: Delivery
) -> None:
    more = ("Mã khu vực,Tên khu vực", "A,Khu A", "B,Khu B", "Z,Khu Z")
    office.published(office.send(CODES, *more))
    child = office.settled(office.deliveries.correct(OFFICER, parent.id, [2]).id)
    assert child.state is State.CHECKED
    assert office.published(child).state is State.RELEASED
    assert office.states(parent)[2] is ItemState.CORRECTED


def test_a_mended_row_may_not_bring_a_key_that_is_published(office: Desk, parent: Delivery) -> None:
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    office.mend(parent, 1, "ma", "HS001")
    mended = office.deliveries.mended(OFFICER, parent.id)
    assert mended.passing == ()
    assert "HS001" in vietnamese(mended.failing[1][0].text)
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    assert child.state is State.REFUSED


def test_two_corrections_of_the_same_row_publish_it_once(office: Desk, parent: Delivery) -> None:
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    children = [office.deliveries.correct(OFFICER, parent.id) for _ in range(2)]
    checked = [office.settled(child.id) for child in children]
    assert [child.state for child in checked] == [State.CHECKED, State.CHECKED]
    assert office.published(checked[1]).state is State.RELEASED
    refused = office.published(checked[0])
    assert refused.state is State.REFUSED
    assert refused.problem is not None
    assert len(office.rows(CASES)) == 4
    with pytest.raises(NothingToDo):
        office.deliveries.correct(OFFICER, parent.id, [1])


def test_a_correction_approved_before_other_data_came_is_not_published_blindly(
    office: Desk, parent: Delivery
) -> None:
    office.mend(parent, 2, "khu_vuc", "B")
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    office.published(office.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A"))
    refused = office.published(child)
    assert refused.state is State.REFUSED
    assert office.states(parent)[2] is ItemState.OPEN


def test_what_does_not_wait_cannot_be_corrected(office: Desk, parent: Delivery) -> None:
    with pytest.raises(NothingToDo):
        office.deliveries.correct(OFFICER, parent.id)
    office.deliveries.return_items(OFFICER, parent.id, [1], "Hỏi lại")
    for item in (1, 99):
        with pytest.raises(NothingToDo):
            office.deliveries.correct(OFFICER, parent.id, [item])
    with pytest.raises(DecisionImpossible):
        office.mend(parent, 1, "ngay_nop", "28/02/2026")
    waiting = office.cases(GOOD[0], BAD_DAY, GOOD[1], GOOD[2], BAD_CODE)
    office.mend(waiting, 1, "ngay_nop", "28/02/2026")
    with pytest.raises(NotNow):
        office.deliveries.correct(OFFICER, waiting.id)


def test_a_correction_has_no_file_that_could_be_read_another_way(
    office: Desk, parent: Delivery
) -> None:
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    with pytest.raises(NotNow):
        office.deliveries.choose(OFFICER, child.id, ReadingChoice())
    for look in (office.deliveries.shares, office.deliveries.mended):
        with pytest.raises(NothingToDo):
            look(OFFICER, child.id)


def test_a_correction_under_an_older_contract_says_why_it_cannot_be_published(
    office: Desk, parent: Delivery
) -> None:
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    checked = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    office.registered(
        replace(CASES_SET, version="1.1.0", columns=(*CASES_SET.columns, Col("ghi_chu", "Ghi chú")))
    )
    assert office.published(checked).state is State.REFUSED
    late = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    assert late.state is State.REFUSED
    assert late.problem == office.get(checked.id).problem
    assert "Hợp đồng" in vietnamese(late.problem or Text(""))


def test_a_returned_correction_leaves_its_rows_waiting(office: Desk, parent: Delivery) -> None:
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    office.deliveries.return_delivery(APPROVER, child.id, "Chưa rõ nguồn")
    assert office.open_items(parent) == [1, 2, 3]
    assert office.deliveries.children(OFFICER, parent.id) == (office.get(child.id),)


def test_a_full_delivery_ends_corrections_that_still_wait(office: Desk, parent: Delivery) -> None:
    office.mend(parent, 1, "ngay_nop", "28/02/2026")
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    newer = office.published(office.cases(*GOOD, "HS009,Người chín,A,09/01/2026,1"))
    ended = office.get(child.id)
    assert ended.state is State.SUPERSEDED
    assert office.deliveries.history(OFFICER, child.id)[-1].text == Text(
        "Delivery {next} took its place.", {"next": newer.id}
    )
    # The keys did not come again, so these rows still wait.
    assert office.open_items(parent) == [1, 2, 3]


def test_a_mended_row_of_a_period_that_held_nothing_good_is_published_beside(
    office: Desk,
) -> None:
    first = office.send(READINGS, SO_DO, "T1,01/01/2026,1", "T1,01/02/2026,2")
    office.published(first, OFFICER)
    # All that this file says about February fails, so February stays as it is.
    second = office.send(READINGS, SO_DO, "T1,01/01/2026,5", "T2,01/02/2026,x")
    assert second.periods == ("2026-01",)
    office.mend(second, 1, "gia_tri", "7")
    assert office.deliveries.mended(OFFICER, second.id).passing == (1,)
    published = office.published(second, OFFICER)
    assert published.state is State.RELEASED
    found = [(row[0], int(str(row[2]).split(".")[0])) for row in office.rows(READINGS)]
    assert sorted(found) == [("T1", 2), ("T1", 5), ("T2", 7)]


def test_mended_rows_alone_make_a_release_of_an_appended_dataset(office: Desk) -> None:
    sent = office.send(READINGS, SO_DO, "T1,01/01/2026,x")
    office.mend(sent, 1, "gia_tri", "7")
    published = office.published(sent, APPROVER, "Đã sửa")
    assert published.state is State.RELEASED
    assert published.periods == ("2026-01",)
    assert len(office.rows(READINGS)) == 1


def test_a_line_that_never_was_a_row_is_filled_in_and_published(office: Desk) -> None:
    office.codes()
    broken = 'HS008,Người "tám",A,10/01/2026,1,2,3,4,5'
    parent = office.published(office.cases(*GOOD, broken))
    (unit,) = office.items(parent)
    assert unit.kind.value == "unit"
    cells = {"ma": "HS008", "nguoi_nop": "Người tám", "khu_vuc": "A", "ngay_nop": "10/01/2026"}
    mends = [CellMend(unit.item, column, value) for column, value in cells.items()]
    assert office.deliveries.mend(OFFICER, parent.id, mends) == 4
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    assert office.published(child).state is State.RELEASED
    assert "HS008" in [row[0] for row in office.rows(CASES)]
    assert office.states(parent) == {unit.item: ItemState.CORRECTED}


# --- waivers


def test_an_approver_waives_a_rule_and_the_row_is_published_as_it_came(
    office: Desk, parent: Delivery
) -> None:
    child = office.deliveries.waive(
        APPROVER, parent.id, [3], "Đã đối chiếu hồ sơ gốc", "Điều 12 Luật Dữ liệu"
    )
    released = office.settled(child.id)
    assert released.state is State.RELEASED
    assert (released.kind, released.waives) == (Kind.CORRECTION, True)
    assert released.legal_basis == "Điều 12 Luật Dữ liệu"
    assert released.rows == Rows(made=1, released=1)
    (item,) = [item for item in office.items(parent) if item.item == 3]
    assert item.decision is not None
    assert (item.state, item.decision.release) == (ItemState.WAIVED, released.release)
    assert item.decision.actor == APPROVER.id
    assert item.decision.reason == "Đã đối chiếu hồ sơ gốc"
    release = office.current(CASES)
    assert (release.kind, release.published_by) == (ReleaseKind.CORRECTION, APPROVER.id)
    (warned,) = [row for row in office.rows(CASES) if row[0] == "HS006"]
    assert int(str(warned[4]).split(".")[0]) == 9_000_000


@pytest.mark.parametrize("items", [[1], [1, 3], [99]])
def test_cells_that_cannot_be_stored_are_refused_before_anything_is_done(
    office: Desk, parent: Delivery, items: list[int]
) -> None:
    with pytest.raises(Problem) as refused:
        office.deliveries.waive(APPROVER, parent.id, items, "Gấp", "Điều 12")
    assert isinstance(refused.value, DecisionImpossible | QuarantineUnknown)
    assert office.deliveries.children(APPROVER, parent.id) == ()
    assert office.open_items(parent) == [1, 2, 3]


def test_a_value_that_its_reference_does_not_know_can_be_waived(
    office: Desk, parent: Delivery
) -> None:
    child = office.deliveries.waive(APPROVER, parent.id, [2, 3], "Đã đối chiếu", "Điều 12")
    assert office.settled(child.id).state is State.RELEASED
    assert office.states(parent) == {
        1: ItemState.OPEN,
        2: ItemState.WAIVED,
        3: ItemState.WAIVED,
    }


def test_a_line_that_never_was_a_row_is_not_waived(office: Desk) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, "HS008,x,A,10/01/2026,1,2,3,4"))
    with pytest.raises(DecisionImpossible):
        office.deliveries.waive(APPROVER, parent.id, [1], "Gấp", "Điều 12")
    assert office.open_items(parent) == [1]


@pytest.mark.parametrize("who", [OFFICER, COLLEAGUE, STRANGER, OPERATOR], ids=lambda a: a.name)
def test_only_an_approver_waives(office: Desk, parent: Delivery, who: Actor) -> None:
    with pytest.raises(Refused):
        office.deliveries.waive(who, parent.id, [3], "Gấp", "Điều 12")


def test_who_sent_the_rows_does_not_waive_their_rules(office: Desk) -> None:
    office.codes()
    parent = office.published(office.cases(*GOOD, TOO_MUCH, by=BOTH))
    with pytest.raises(Refused):
        office.deliveries.waive(BOTH, parent.id, [1], "Gấp", "Điều 12")
    assert Verb.WAIVE not in office.deliveries.may(BOTH, parent)
    assert Verb.WAIVE in office.deliveries.may(APPROVER, parent)


def test_a_waiver_needs_reason_legal_basis_and_rows(office: Desk, parent: Delivery) -> None:
    for reason, basis in (("", "Điều 12"), ("Gấp", " ")):
        with pytest.raises(ReasonMissing):
            office.deliveries.waive(APPROVER, parent.id, [3], reason, basis)
    with pytest.raises(NothingToDo):
        office.deliveries.waive(APPROVER, parent.id, [], "Gấp", "Điều 12")
    assert office.deliveries.children(APPROVER, parent.id) == ()


def test_nothing_is_waived_before_it_is_published(office: Desk) -> None:
    office.codes()
    waiting = office.cases(*GOOD, TOO_MUCH)
    with pytest.raises(NotNow):
        office.deliveries.waive(APPROVER, waiting.id, [1], "Gấp", "Điều 12")


# --- what came again


def test_rows_whose_key_comes_again_are_superseded_even_if_they_fail_again(
    office: Desk, parent: Delivery
) -> None:
    second = office.published(office.cases(*GOOD, BAD_DAY, TOO_MUCH.replace("9000000", "6")))
    assert office.states(parent) == {
        1: ItemState.SUPERSEDED,
        2: ItemState.OPEN,
        3: ItemState.SUPERSEDED,
    }
    assert office.states(second) == {1: ItemState.OPEN}


# --- workbooks


def test_a_workbook_with_the_bad_rows_comes_back_mended(
    office: Desk, parent: Delivery, tmp_path: Path
) -> None:
    path = tmp_path / "dong-cho.xlsx"
    say_: Callable[[Text], str] = vietnamese
    assert office.deliveries.export(OFFICER, parent.id, ALL_ITEMS, path, say_) == 3
    assert office.deliveries.upload_mends(OFFICER, parent.id, path) == 0
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == "31/02/2026"]
    cell.value = "28/02/2026"
    book.save(path)
    assert office.deliveries.upload_mends(OFFICER, parent.id, path) == 1
    assert office.deliveries.mended(OFFICER, parent.id).passing == (1,)
    (mend,) = office.deliveries.mends_of(OFFICER, parent.id, 1)
    assert (mend.old_value, mend.new_value) == ("31/02/2026", "28/02/2026")
    assert mend.author == OFFICER.id
    with pytest.raises(Refused):
        office.deliveries.upload_mends(APPROVER, parent.id, path)
    other = office.published(office.cases(*GOOD, BAD_CODE))
    with pytest.raises(MendsUnreadable):
        office.deliveries.upload_mends(OFFICER, other.id, path)
