"""The closed loop for programs: what is taken, what is shown, who may."""

import pytest
from httpx import Client

from tests.integration.feedback.province import FORMS, GROUPS
from tests.integration.feedback.town import Officer, Town
from tinhdata.kernel import JSON

_API = "/api/v1/feedback"
_REPORT = {
    "kind": "report",
    "title": "Tên gọi sai",
    "text": "Mã 02 phải là dân tộc Tày.",
    "datasets": [GROUPS],
    "place": {"column": "ten", "key": {"ma": "02"}},
    "mail": "dan@example.vn",
}


def signed(officer: Officer) -> Client:
    """Give the client with its token in the header."""
    officer.client.headers["X-CSRF-Token"] = officer.csrf
    return officer.client


def test_a_program_reports_a_cell_and_reads_the_answer(town: Town) -> None:
    visitor = town.visitor()
    sent = visitor.post(_API, json=_REPORT)
    assert sent.status_code == 201, sent.text
    item = sent.json()
    assert item["place"] == {"column": "ten", "key": ["02"], "release": 1}
    assert (item["state"], item["due"] is None) == ("waiting", False)
    assert "mail" not in item
    seen = town.visitor().get(f"{_API}/{item['id']}").json()
    assert (seen["title"], seen["text"], seen["place"]) == (None, None, None)
    assert item["id"] not in visitor.get(_API, params={"dataset": GROUPS}).text

    officer = signed(town.officer())
    assert officer.get(f"{_API}/{item['id']}").json()["title"] == "Tên gọi sai"
    assert officer.post(f"{_API}/{item['id']}/take-up").status_code == 200
    done = officer.post(f"{_API}/{item['id']}/answer", json={"text": "Đã sửa."})
    assert done.json()["answer"]["text"] == "Đã sửa."
    listed = visitor.get(_API, params={"dataset": GROUPS, "state": "done"}).json()
    assert item["id"] in [each["id"] for each in listed["items"]]
    assert "dan@example.vn" not in str(listed)


def test_refused_and_waiting_items_are_in_no_list(town: Town) -> None:
    visitor = town.visitor()
    new = {"kind": "request", "title": "Tên chủ hộ", "text": "Cần tên từng chủ hộ trong xã."}
    item = visitor.post(_API, json=new).json()["id"]
    operator = signed(town.operator())
    bare = operator.post(f"{_API}/{item}/answer", json={"text": "Không.", "declined": True})
    assert (bare.status_code, bare.json()["where"]) == (422, "legal_basis")
    gone = {"text": "Có dữ liệu cá nhân.", "declined": True, "legal_basis": "Điều 9"}
    assert operator.post(f"{_API}/{item}/answer", json=gone).json()["state"] == "refused"
    for state in ("refused", "waiting"):
        assert visitor.get(_API, params={"state": state}).json()["total"] == 0
    seen = visitor.get(f"{_API}/{item}").json()
    assert (seen["title"], seen["answer"]["legal_basis"]) == (None, "Điều 9")


def test_a_vote_counts_once_for_each_address(town: Town) -> None:
    new = {"kind": "request", "title": "Trạm y tế", "text": "Cần giờ mở cửa các trạm y tế."}
    item = town.visitor().post(_API, json=new).json()["id"]
    assert town.visitor().post(f"{_API}/{item}/vote").status_code == 404
    signed(town.operator()).post(f"{_API}/{item}/take-up")
    first, second = town.visitor(), town.visitor()
    votes = [each.post(f"{_API}/{item}/vote").json()["votes"] for each in (first, first, second)]
    assert votes == [1, 1, 2]


@pytest.mark.parametrize(
    ("changed", "status", "where"),
    [
        ({"title": "x" * 30_000}, 422, "body.title"),
        ({"text": "x" * 6_000}, 422, "text"),
        ({"kind": "khong-co"}, 422, "body.kind"),
        ({"datasets": ["khong-co"]}, 404, None),
        ({"datasets": []}, 422, "place"),
        ({"place": {"column": "khong_co"}}, 422, "column"),
        ({"place": {"key": {"ma": "x"}}}, 422, "key"),
        ({"place": {"release": 99}}, 404, None),
        ({"agency": "H00"}, 404, None),
        ({"mail": "a b"}, 422, "address"),
        ({"url": "https://a.vn"}, 422, "url"),
        ({"kind": "reuse", "place": None, "url": "http://["}, 422, "url"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    town: Town, changed: dict[str, JSON], status: int, where: str | None
) -> None:
    answer = town.visitor().post(_API, json={**_REPORT, **changed})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert where is None or answer.json()["where"] == where


def test_only_the_agency_concerned_answers_and_no_other_site_writes(town: Town) -> None:
    item = town.visitor().post(_API, json=_REPORT).json()["id"]
    other, visitor = signed(town.officer(FORMS)), town.visitor()
    for client, status in ((other, 403), (visitor, 401)):
        for verb, body in (("take-up", None), ("answer", {"text": "Xong."})):
            tried = client.post(f"{_API}/{item}/{verb}", json=body)
            assert tried.status_code == status, tried.text
    assert other.get(f"{_API}/{item}").json()["title"] is None
    elsewhere = visitor.post(_API, json=_REPORT, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    officer = town.officer()
    assert officer.client.post(_API, json=_REPORT).status_code == 403


def test_a_follow_is_begun_confirmed_and_ended(town: Town) -> None:
    follows, visitor = "/api/v1/follows", town.visitor()
    new = {"dataset": GROUPS, "channel": "mail", "recipient": "dan@example.vn"}
    begun = visitor.post(follows, json={**new, "filter": "f.ma.is=01"}).json()
    assert (begun["state"], begun["token"], begun["secret"]) == ("unconfirmed", None, None)
    assert begun["rows"] == f"/datasets/{GROUPS}?f.ma.is=01"
    town.province.work()
    mail = town.province.box.mails[-1].get_content()
    token = mail.partition("token=")[2].split()[0]
    path = f"{follows}/{begun['id']}"
    wrong = visitor.post(f"{path}/confirm", json={"token": "x" * 32})
    assert wrong.status_code == 404
    right = visitor.post(f"{path}/confirm", json={"token": token}).json()
    assert right["state"] == "active"
    assert visitor.post(f"{path}/stop", json={"token": token}).json()["state"] == "ended"
    assert visitor.post(f"{path}/stop", json={"token": token}).status_code == 404

    hook = {**new, "channel": "webhook", "recipient": "https://nhan.example/hook"}
    made = visitor.post(follows, json=hook).json()
    assert made["secret"].startswith("whsec_")
    assert (
        visitor.post(f"{follows}/{made['id']}/stop", json={"token": made["token"]}).json()["state"]
        == "ended"
    )


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"dataset": "khong-co"}, 404),
        ({"channel": "sms"}, 422),
        ({"recipient": "http://ten:mk@host/"}, 422),
        ({"recipient": "http://["}, 422),
        ({"recipient": "https://a\u2100b.vn/"}, 422),
        ({"recipient": "https://nhan.example:99999/"}, 422),
        ({"filter": "f.khong_co=1"}, 400),
        ({"filter": "q=" + "x" * 1_500}, 400),
    ],
)
def test_a_follow_that_does_not_fit_is_refused(
    town: Town, changed: dict[str, JSON], status: int
) -> None:
    new: dict[str, JSON] = {
        "dataset": GROUPS,
        "channel": "webhook",
        "recipient": "https://nhan.example/hook",
    }
    answer = town.visitor().post("/api/v1/follows", json={**new, **changed})
    assert answer.status_code == status, answer.text
