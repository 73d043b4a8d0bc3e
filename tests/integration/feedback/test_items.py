"""What people report and ask reaches the agency, is answered in its time, and is counted."""

from datetime import date, timedelta

import pytest

from tests.integration.feedback.province import FORMS, GROUPS, Province
from tinhdata.access import Role
from tinhdata.feedback import (
    Item,
    ItemClosed,
    ItemInvalid,
    ItemUnknown,
    Kind,
    NewItem,
    Place,
    State,
    TooManyItems,
)
from tinhdata.kernel import Problem, Refused


def submit(province: Province, new: NewItem, sender: str = "ai-do") -> Item:
    with province.platform.db.transaction() as tx:
        return province.platform.feedback.submit(tx, "anonymous", new, sender)


def report(mail: str = "") -> NewItem:
    return NewItem(
        Kind.REPORT,
        "Tên gọi sai",
        "Mã 02 phải là dân tộc Tày, không phải 12.000.",
        (GROUPS,),
        Place("ten", ("02",), 1),
        mail=mail,
    )


def test_a_report_waits_for_the_owner_and_its_answer_is_a_fact_with_its_time(
    province: Province,
) -> None:
    feedback, db = province.platform.feedback, province.platform.db
    item = submit(province, report("nguoidan@example.vn"))
    officer = province.person(Role.OFFICER)
    assert item.agency == officer.agency
    assert item.due == date(2026, 12, 2)
    assert [each.id for each in feedback.waiting_for(officer)] == [item.id]
    province.clock.move(timedelta(hours=30))
    with db.transaction() as tx:
        assert feedback.take_up(tx, officer, item.id).is_public
    province.clock.move(timedelta(hours=18))
    with db.transaction() as tx:
        done = feedback.answer(tx, officer, item.id, "Đã sửa trong bản phát hành số 2.")
    assert feedback.waiting_for(officer) == ()
    (fact,) = province.events("feedback.answered")
    assert (fact["seconds"], fact["in_time"], fact["outcome"]) == (48 * 3600, True, "done")
    assert feedback.get(item.id) == done
    assert feedback.counts(agency=officer.agency).median_hours == 48.0
    province.work()
    (mail,) = province.box.mails
    assert mail["To"] == "nguoidan@example.vn"
    assert "Đã sửa trong bản phát hành số 2." in mail.get_content()
    assert f"https://dulieu.example/feedback/{item.id}" in mail.get_content()


def test_an_answer_after_the_last_day_is_late(province: Province) -> None:
    feedback, officer = province.platform.feedback, province.person(Role.OFFICER)
    item = submit(province, report())
    province.clock.move(timedelta(days=10))
    assert feedback.get(item.id).is_late(date(2026, 12, 3))
    with province.platform.db.transaction() as tx:
        feedback.answer(tx, officer, item.id, "Xin lỗi vì trả lời muộn.")
    (fact,) = province.events("feedback.answered")
    assert fact["in_time"] is False


def test_only_people_of_the_agency_and_the_operator_answer(province: Province) -> None:
    item = submit(province, report())
    other = province.person(Role.OFFICER, FORMS)
    assert other.agency != item.agency
    with province.platform.db.transaction() as tx, pytest.raises(Refused):
        province.platform.feedback.take_up(tx, other, item.id)
    with province.platform.db.transaction() as tx:
        province.platform.feedback.take_up(tx, province.operator(), item.id)
        with pytest.raises(ItemClosed):
            province.platform.feedback.take_up(tx, province.operator(), item.id)


def test_a_request_goes_to_the_operator_who_gives_it_to_an_agency(province: Province) -> None:
    feedback = province.platform.feedback
    wish = NewItem(Kind.REQUEST, "Giá đất từng thôn", "Cần bảng giá đất theo thôn, từ 2020.")
    item = submit(province, wish)
    officer = province.person(Role.OFFICER)
    assert feedback.waiting_for(officer) == ()
    assert [each.id for each in feedback.waiting_for(province.operator())] == [item.id]
    with province.platform.db.transaction() as tx:
        feedback.assign(tx, province.operator(), item.id, str(officer.agency))
    assert [each.id for each in feedback.waiting_for(officer)] == [item.id]


def test_a_request_is_declined_only_on_a_legal_basis(province: Province) -> None:
    feedback, operator = province.platform.feedback, province.operator()
    item = submit(province, NewItem(Kind.REQUEST, "Danh sách hộ", "Cần tên từng chủ hộ trong xã."))
    with province.platform.db.transaction() as tx:
        with pytest.raises(ItemInvalid) as refused:
            feedback.answer(tx, operator, item.id, "Không được.", refused=True)
        assert refused.value.where == "legal_basis"
        basis = "Luật Bảo vệ dữ liệu cá nhân"
        done = feedback.answer(
            tx, operator, item.id, "Có dữ liệu cá nhân.", refused=True, legal_basis=basis
        )
    assert (done.state, done.is_public) == (State.REFUSED, False)
    assert done.answer is not None
    assert done.answer.legal_basis == basis


def test_a_voter_counts_once_and_only_for_what_is_public(province: Province) -> None:
    feedback = province.platform.feedback
    item = submit(province, NewItem(Kind.REQUEST, "Trạm y tế", "Cần giờ mở cửa các trạm y tế."))
    with province.platform.db.transaction() as tx, pytest.raises(ItemUnknown):
        feedback.vote(tx, item.id, "a")
    with province.platform.db.transaction() as tx:
        feedback.take_up(tx, province.operator(), item.id)
    for voter in ("a", "b", "a"):
        with province.platform.db.transaction() as tx:
            feedback.vote(tx, item.id, voter)
    assert feedback.get(item.id).votes == 2


@pytest.mark.parametrize(
    ("new", "where"),
    [
        (NewItem(Kind.REPORT, "Sai", "Xã này sai số liệu rồi.", (GROUPS,)), "title"),
        (NewItem(Kind.REPORT, "Số liệu sai", "Sai", (GROUPS,)), "text"),
        (NewItem(Kind.REPORT, "Số liệu sai", "\u202e" * 30, (GROUPS,)), "text"),
        (NewItem(Kind.REPORT, "Số liệu sai", "Không nói của bộ nào."), "datasets"),
        (NewItem(Kind.REPORT, "Số liệu sai", "Bộ dữ liệu này không có.", ("x",)), "datasets"),
        (NewItem(Kind.REUSE, "Bản đồ", "Bản đồ mật độ dân số.", url="javascript:1"), "url"),
        (
            NewItem(Kind.QUESTION, "Hỏi thêm", "Bao giờ có số mới?", (GROUPS,), mail="a b"),
            "address",
        ),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(
    province: Province, new: NewItem, where: str
) -> None:
    with pytest.raises(Problem) as refused:
        submit(province, new)
    assert refused.value.where == where
    assert province.events("feedback.received") == []


def test_one_visitor_sends_so_much_a_day_and_others_still_can(province: Province) -> None:
    for _ in range(20):
        submit(province, report())
    with pytest.raises(TooManyItems):
        submit(province, report())
    submit(province, report(), "nguoi-khac")
    province.clock.move(timedelta(days=1, seconds=1))
    submit(province, report())


def test_the_journal_holds_no_word_of_what_people_wrote(province: Province) -> None:
    submit(province, report("nguoidan@example.vn"))
    with province.platform.db.read() as tx:
        told = repr(province.platform.journal.read(tx, limit=100_000))
    assert "feedback.received" in told
    for word in ("Tên gọi sai", "12.000", "nguoidan", "ai-do"):
        assert word not in told
