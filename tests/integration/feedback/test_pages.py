"""The pages of the closed loop: people without accounts, officers, and those who mean harm."""

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape

import pytest
from httpx import Response

from tests.integration.feedback.province import FORMS, GROUPS
from tests.integration.feedback.town import Town
from tinhdata.access import Role
from tinhdata.feedback import Kind, NewItem, State

_GOOD = {"title": "Tên gọi sai", "text": "Mã 02 phải là dân tộc Tày, xin sửa lại."}


def words(answer: Response) -> str:
    """Give the text of a page in one line."""
    body = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def send(town: Town, path: str, fields: Mapping[str, str] = _GOOD, status: int = 303) -> Response:
    answer = town.visitor().post(path, data=fields)
    assert answer.status_code == status, answer.text
    return answer


# -- what anyone tells


def test_a_cell_is_pointed_at_in_the_address_and_the_form_shows_what_stands_there(
    town: Town,
) -> None:
    path = f"/datasets/{GROUPS}/report?release=1&column=ten&k.ma=02"
    shown = town.visitor().get(path)
    assert "Bạn đang nói tới ô này của bản phát hành số 1" in words(shown)
    assert 'name="k.ma" type="text" value="02"' in shown.text
    sent = send(
        town,
        f"/datasets/{GROUPS}/report",
        {**_GOOD, "release": "1", "column": "ten", "k.ma": "02", "mail": "dan@example.vn"},
    )
    item = town.item(sent)
    assert (item.place.column, item.place.key, item.place.release) == ("ten", ("02",), 1)
    page = words(town.visitor().get(sent.headers["location"]))
    assert "hạn trả lời" in page
    assert "Nội dung sẽ hiện ở đây sau khi cơ quan tiếp nhận" in page
    for hidden in ("Tên gọi sai", "Mã 02 phải là", "dan@example.vn"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"column": "khong_co"}, "Ở đây không có cột khong_co"),
        ({"k.ma": "999"}, "Bản phát hành số 1 không có dòng này"),
        ({"k.ma": "x" * 400}, "Một dòng được xác định bằng đầy đủ khoá"),
    ],
)
def test_a_place_that_is_not_there_is_said_at_its_field_and_nothing_typed_is_lost(
    town: Town, fields: Mapping[str, str], said: str
) -> None:
    answer = send(town, f"/datasets/{GROUPS}/report", {**_GOOD, **fields}, 422)
    assert said in words(answer)
    assert _GOOD["text"] in unescape(answer.text)


@pytest.mark.parametrize(
    ("path", "fields", "at"),
    [
        (f"/datasets/{GROUPS}/ask", {"title": "Hỏi", "text": "Bao giờ có số mới?"}, "f-title"),
        (f"/datasets/{GROUPS}/ask", {**_GOOD, "text": "Ngắn"}, "f-text"),
        (f"/datasets/{GROUPS}/ask", {**_GOOD, "text": "x" * 6000}, "f-text"),
        (f"/datasets/{GROUPS}/ask", {**_GOOD, "mail": "a b@c"}, "f-mail"),
        (f"/datasets/{GROUPS}/ask", {**_GOOD, "author": "x" * 101}, "f-author"),
        ("/requests", {**_GOOD, "agency": "H00"}, "f-agency"),
        ("/reuses", {**_GOOD, "url": "javascript:alert(1)"}, "f-url"),
        ("/reuses", {**_GOOD, "url": "https://a.vn", "datasets": "khong-co"}, "f-datasets"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    town: Town, path: str, fields: Mapping[str, str], at: str
) -> None:
    answer = town.visitor().post(path, data=fields)
    assert answer.status_code in (404, 422)
    assert f'id="{at}-wrong"' in answer.text
    assert fields["text"] in unescape(answer.text)


def test_a_program_that_fills_in_every_field_sends_nothing(town: Town) -> None:
    before = town.province.platform.feedback.counts().received
    answer = send(
        town, f"/datasets/{GROUPS}/ask", {**_GOOD, "website": "https://ban-hang.example"}, 422
    )
    assert "không dành cho người dùng" in words(answer)
    assert "ban-hang" not in answer.text
    assert town.province.platform.feedback.counts().received == before


def test_a_visitor_who_sends_too_much_is_told_when_to_come_again(town: Town) -> None:
    visitor = town.visitor()
    for _ in range(20):
        assert visitor.post("/requests", data=_GOOD).status_code == 303
    refused = visitor.post("/requests", data=_GOOD)
    assert refused.status_code == 429
    assert "Bạn đã gửi 20 ý kiến trong một ngày" in words(refused)
    assert _GOOD["text"] in unescape(refused.text)
    send(town, "/requests")


def test_a_form_that_another_site_sends_does_nothing(town: Town) -> None:
    before = town.province.platform.feedback.counts().received
    for headers in ({"Origin": "https://xau.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = town.visitor().post("/requests", data=_GOOD, headers=headers)
        assert answer.status_code == 403
    officer = town.officer()
    assert officer.client.post("/requests", data=_GOOD).status_code == 403
    assert town.province.platform.feedback.counts().received == before
    assert officer.post("/requests", **_GOOD).status_code == 303


def test_what_people_write_is_never_taken_for_markup(town: Town) -> None:
    evil = '<script>alert(1)</script> "><img src=x onerror=alert(2)>'
    fields = {**_GOOD, "title": f"Sai {evil}", "text": f"Xem {evil}\n\nvà", "author": evil[:90]}
    item = town.item(send(town, f"/datasets/{GROUPS}/report", fields))
    officer = town.officer()
    officer.post(f"/feedback/{item.id}/answer", do="answer", answer=f"Rồi {evil}")
    for path in (f"/feedback/{item.id}", f"/datasets/{GROUPS}/discussion"):
        page = town.visitor().get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


# -- what everyone reads


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_in_both_languages(town: Town, language: str) -> None:
    item = town.item(send(town, f"/datasets/{GROUPS}/ask"))
    below = ("discussion", "report", "report?column=ten", "ask", "follow", "follow?q=tay")
    paths = [f"/datasets/{GROUPS}/{each}" for each in below]
    paths += [
        "/requests",
        "/requests/new?q=gia+dat",
        "/reuses",
        "/reuses/new",
        f"/feedback/{item.id}",
    ]
    visitor = town.visitor()
    for path in paths:
        answer = visitor.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
    assert "gia dat" in visitor.get("/requests/new?q=gia+dat").text


def test_a_discussion_shows_only_what_was_taken_up_and_never_a_mail_address(town: Town) -> None:
    ask = f"/datasets/{FORMS}/ask"
    first = send(town, ask, {**_GOOD, "title": "Câu hỏi đã mở", "mail": "kin@example.vn"})
    send(town, ask, {**_GOOD, "title": "Câu hỏi còn đóng", "author": "Trần Thị Bình"})
    town.officer(FORMS).post(f"{first.headers['location']}/take-up")
    page = words(town.visitor().get(f"/datasets/{FORMS}/discussion"))
    assert "Câu hỏi đã mở" in page
    assert "Có 1 ý kiến đã gửi, chưa công khai." in page
    for hidden in ("Câu hỏi còn đóng", "Trần Thị Bình", "kin@example.vn"):
        assert hidden not in page
    assert "Trao đổi 1" in words(town.visitor().get(f"/datasets/{FORMS}/dictionary"))


def test_requests_are_listed_by_votes_and_an_address_counts_once(town: Town) -> None:
    few = town.public(NewItem(Kind.REQUEST, "Ít người cần", "Dữ liệu mà ít người cần tới."))
    many = town.public(NewItem(Kind.REQUEST, "Nhiều người cần", "Dữ liệu mà nhiều người cần."))
    visitor = town.visitor()
    for _ in range(3):
        voted = visitor.post(f"/feedback/{many.id}/vote", data={"back": "/requests"})
        assert (voted.status_code, voted.headers["location"]) == (303, "/requests")
    assert town.item(many.id).votes == 1
    page = words(town.visitor().get("/requests"))
    assert page.index("Nhiều người cần") < page.index("Ít người cần")
    newest = words(town.visitor().get("/requests?sort=new&state=open"))
    assert few.title in newest
    away = town.visitor().post(f"/feedback/{many.id}/vote", data={"back": "//xau.example"})
    assert away.headers["location"] == f"/feedback/{many.id}"


def test_a_reuse_is_shown_once_it_was_accepted(town: Town) -> None:
    fields = {
        "title": "Bản đồ các dân tộc",
        "text": "Bản đồ tương tác, cập nhật theo bản phát hành.",
        "url": "https://bando.example/dan-toc",
        "datasets": f"https://dulieu.example/datasets/{GROUPS}?q=tay {FORMS}",
    }
    item = town.item(send(town, "/reuses", fields))
    assert item.datasets == (GROUPS, FORMS)
    assert "Bản đồ các dân tộc" not in town.visitor().get("/reuses").text
    town.officer().post(f"/feedback/{item.id}/answer", do="answer", answer="Cảm ơn bạn.")
    gallery = town.visitor().get(f"/reuses?dataset={FORMS}").text
    assert 'rel="nofollow ugc noopener noreferrer" href="https://bando.example/dan-toc"' in gallery


# -- what officers do


def test_an_item_waits_in_the_officers_work_until_it_is_answered_in_time(town: Town) -> None:
    sent = send(town, f"/datasets/{GROUPS}/report", {**_GOOD, "mail": "dan@example.vn"})
    item, officer = town.item(sent), town.officer()
    work = words(officer.client.get("/desk"))
    assert "Có người báo lỗi: Tên gọi sai" in work
    assert "còn 7 ngày làm việc" in work
    assert "Tên gọi sai" in words(officer.client.get("/desk/feedback?kind=report"))
    assert "Mã 02 phải là" in words(officer.client.get(f"/feedback/{item.id}"))
    empty = officer.post(f"/feedback/{item.id}/answer", do="answer", answer=" ")
    assert (empty.status_code, 'id="f-answer-wrong"' in empty.text) == (422, True)
    assert officer.post(f"/feedback/{item.id}/take-up").status_code == 303
    done = officer.post(f"/feedback/{item.id}/answer", do="answer", answer="Đã sửa, cảm ơn bạn.")
    assert done.status_code == 303
    page = words(town.visitor().get(f"/feedback/{item.id}"))
    assert "Đã sửa, cảm ơn bạn." in page
    assert "Trả lời đúng hạn" in page
    assert item.id not in officer.client.get("/desk").text
    town.province.work()
    assert town.province.box.mails[-1]["To"] == "dan@example.vn"
    again = officer.post(f"/feedback/{item.id}/answer", do="answer", answer="Lần nữa.")
    assert again.status_code == 409
    feed = town.visitor().get(f"/feeds/dataset/{GROUPS}.atom").text
    assert f"/feedback/{item.id}" in feed
    assert "Đã sửa, cảm ơn bạn." in feed


def test_a_request_is_declined_with_reason_and_basis_and_its_words_stay_hidden(town: Town) -> None:
    item = town.item(send(town, "/requests", {**_GOOD, "title": "Danh sách chủ hộ"}))
    operator = town.operator()
    path = f"/feedback/{item.id}/answer"
    bare = operator.post(path, do="decline", reason="Có dữ liệu cá nhân.")
    assert (bare.status_code, 'id="f-legal_basis-wrong"' in bare.text) == (422, True)
    assert "Có dữ liệu cá nhân." in bare.text
    law = "Luật Bảo vệ dữ liệu cá nhân, Điều 9"
    operator.post(path, do="decline", reason="Có dữ liệu cá nhân.", legal_basis=law)
    page = words(town.visitor().get(f"/feedback/{item.id}"))
    assert "Có dữ liệu cá nhân." in page
    assert law in page
    assert "Danh sách chủ hộ" not in page
    assert town.item(item.id).state is State.REFUSED


def test_the_operator_passes_a_request_on_and_the_agency_finds_it(town: Town) -> None:
    item = town.item(send(town, "/requests", {**_GOOD, "title": "Giờ mở cửa trạm y tế"}))
    agency = town.province.person(Role.OFFICER).agency
    unknown = town.operator().post(f"/feedback/{item.id}/assign", agency="H00")
    assert unknown.status_code == 404
    town.operator().post(f"/feedback/{item.id}/assign", agency=str(agency))
    assert "Giờ mở cửa trạm y tế" in words(town.officer().client.get("/desk"))


def test_an_officer_of_another_agency_neither_reads_nor_answers(town: Town) -> None:
    item = town.item(send(town, f"/datasets/{GROUPS}/report"))
    other = town.officer(FORMS)
    page = other.client.get(f"/feedback/{item.id}").text
    assert _GOOD["text"] not in unescape(page)
    assert f"/feedback/{item.id}/answer" not in page
    for verb in ("take-up", "answer", "assign"):
        tried = other.post(f"/feedback/{item.id}/{verb}", answer="Xong.", agency="H55.01")
        assert tried.status_code in (403, 404), verb
    assert item.id not in other.client.get("/desk/feedback").text
    assert town.item(item.id).state is State.WAITING


def test_who_may_not_answer_does_not_read_what_waits_either(town: Town) -> None:
    item = town.item(send(town, f"/datasets/{GROUPS}/report"))
    other = town.protector()
    for path in ("/desk", "/desk/feedback"):
        page = other.get(path)
        assert page.status_code == 200
        assert item.id not in page.text
    assert item.id in town.officer().client.get("/desk/feedback").text


def test_what_was_said_of_a_dataset_goes_with_it_when_it_becomes_private(town: Town) -> None:
    item = town.item(send(town, f"/datasets/{FORMS}/report"))
    officer, visitor = town.officer(FORMS), town.visitor()
    officer.post(f"/feedback/{item.id}/take-up")
    listed = f"/api/v1/feedback?dataset={FORMS}"
    assert item.id in visitor.get(listed).text
    assert visitor.get(f"/feedback/{item.id}").status_code == 200
    town.province.make_private(FORMS)
    assert visitor.get(listed).json()["total"] == 0
    for path in (f"/feedback/{item.id}", f"/api/v1/feedback/{item.id}"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert FORMS not in answer.text
    assert officer.client.get(f"/feedback/{item.id}").status_code == 200


def test_nobody_answers_without_an_account(town: Town) -> None:
    item = town.item(send(town, f"/datasets/{GROUPS}/report"))
    visitor = town.visitor()
    assert visitor.get("/desk/feedback").status_code == 401
    for verb in ("take-up", "answer", "assign"):
        assert visitor.post(f"/feedback/{item.id}/{verb}").status_code == 401
    assert visitor.get("/feedback/fbk_khong-co").status_code == 404


def test_a_late_answer_is_marked_while_it_waits(town: Town) -> None:
    sent = send(town, f"/datasets/{GROUPS}/report")
    town.province.clock.move(timedelta(days=12))
    page = words(town.visitor().get(sent.headers["location"]))
    assert re.search(r"quá hạn \d+ ngày làm việc", page)


def test_a_form_of_megabytes_is_refused_and_nothing_of_it_is_kept(town: Town) -> None:
    before = town.province.platform.feedback.counts().received
    answer = send(town, "/requests", {**_GOOD, "text": "x" * 2_000_000}, 413)
    assert len(answer.text) < 20_000
    assert town.province.platform.feedback.counts().received == before


def test_how_fast_requests_are_answered_is_public(town: Town) -> None:
    item = town.item(send(town, "/requests"))
    town.province.clock.move(timedelta(hours=3))
    operator = town.operator()
    operator.post(f"/feedback/{item.id}/answer", do="answer", answer="Có ở cổng rồi.")
    counts = town.province.platform.feedback.counts(kinds=(Kind.REQUEST,))
    page = words(town.visitor().get("/requests"))
    assert f"Đã trả lời {counts.answered} Trả lời đúng hạn" in page
    assert "Một nửa được trả lời trong" in page
