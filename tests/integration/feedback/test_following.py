"""From a form to the mail upon a release, over a real mail server; and back out of it."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from httpx import Client, Response

from tests.integration.feedback.province import GROUPS, Province
from tests.integration.feedback.test_follows import changed, publish
from tests.support.served import served
from tinhdata.access import Role

_PATH = f"/datasets/{GROUPS}/follow"


@pytest.fixture
def browser(province: Province) -> Iterator[Client]:
    with (
        served(province.platform) as site,
        Client(base_url=site, headers={"Accept-Language": "vi"}, timeout=60) as client,
    ):
        yield client


def link_in(text: str, verb: str) -> str:
    found = re.search(rf"https://dulieu\.example(/follows/\S+/{verb}\?token=[\w-]+)", text)
    assert found is not None, text
    return found[1]


def hidden(page: Response) -> dict[str, str]:
    """Give the hidden fields of the first form that follows by mail."""
    form = page.text[page.text.index('name="channel" value="mail"') :].partition("</form>")[0]
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in fields}


def test_from_the_filter_of_a_page_to_the_mail_about_its_rows_and_out_again(
    province: Province, browser: Client
) -> None:
    asked = browser.get(f"{_PATH}?f.ma.is=01&sort=ten&q=Kinh")
    assert hidden(asked) == {"f.ma.is": "01", "q": "Kinh"}
    fields = {**hidden(asked), "channel": "mail", "mail": "dan@example.vn"}
    told = browser.post(_PATH, data=fields)
    assert told.status_code == 201
    assert "token=" not in told.text
    province.work()
    (question,) = province.box.mails
    confirm = link_in(question.get_content(), "confirm")

    # Mail scanners open links: that alone confirms nothing.
    assert "Đồng ý nhận thư" in browser.get(confirm).text
    publish(province, changed(2))
    assert len(province.box.mails) == 1
    assert browser.post(confirm).status_code == 200

    publish(province, changed(2, 3))
    assert len(province.box.mails) == 1, "no row of the filter changed"
    publish(province, changed(1, 2))
    mail = province.box.mails[-1]
    assert len(province.box.mails) == 2
    assert "Bộ lọc của bạn hiện có 1 dòng" in mail.get_content()
    assert f"https://dulieu.example/datasets/{GROUPS}?f.ma.is=01&q=Kinh" in mail.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    stop = link_in(mail["List-Unsubscribe"], "stop")
    assert "Dừng gửi" in browser.get(stop).text
    # As a mail program does it: no cookie, no form of ours.
    gone = browser.post(stop, data={"List-Unsubscribe": "One-Click"})
    assert gone.status_code == 200
    assert browser.get(stop).status_code == 404
    publish(province, changed(1, 3))
    assert len(province.box.mails) == 2


def test_a_webhook_gets_its_secret_once_and_hears_of_release_and_withdrawal(
    province: Province, browser: Client
) -> None:
    begun = browser.post(_PATH, data={"channel": "webhook", "webhook": province.hook.address})
    assert "whsec_" in begun.text
    release = publish(province, changed(1))
    approver = province.person(Role.APPROVER)
    province.platform.deliveries.withdraw(approver, release, "Nhầm tệp", "Luật Dữ liệu, Điều 13")
    province.work()
    kinds = [json.loads(posted.body)["type"] for posted in province.hook.posted]
    assert kinds == ["release", "withdrawal"]
    feed = browser.get(f"/feeds/dataset/{GROUPS}.atom").text
    assert "Thu hồi dữ liệu" in feed


def test_confirming_twice_for_the_same_rows_sends_one_mail(
    province: Province, browser: Client
) -> None:
    for address in ("dan@example.vn", "Dan@example.vn"):
        browser.post(_PATH, data={"channel": "mail", "mail": address})
        province.work()
        browser.post(link_in(province.box.mails[-1].get_content(), "confirm"))
    assert province.platform.feedback.follows.of_dataset(GROUPS) == 1
    before = len(province.box.mails)
    publish(province, changed(1))
    assert len(province.box.mails) == before + 1


def test_one_address_is_asked_a_few_times_and_no_more(province: Province, browser: Client) -> None:
    answers = [
        browser.post(_PATH, data={"channel": "mail", "mail": "nan-nhan@example.vn"})
        for _ in range(5)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 429]
    province.work()
    assert len(province.box.mails) == 3


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"channel": "mail", "mail": "không phải thư"}, 422, 'id="f-mail-wrong"'),
        ({"channel": "webhook", "webhook": "file:///etc/passwd"}, 422, 'id="f-webhook-wrong"'),
        ({"channel": "webhook", "webhook": "http://10.0.0.8/x"}, 422, "mạng nội bộ"),
        ({"channel": "webhook", "webhook": "http://["}, 422, 'id="f-webhook-wrong"'),
        ({"channel": "webhook", "webhook": "http://[::1]:9/x"}, 422, "mạng nội bộ"),
        ({"channel": "khong-co"}, 422, "Chưa chọn cách nhận tin"),
        ({"channel": "mail", "mail": "a@b.vn", "website": "x"}, 422, "không dành cho người dùng"),
        ({"channel": "mail", "mail": "a@b.vn", "f.khong_co": "1"}, 400, "khong_co"),
    ],
)
def test_what_cannot_be_followed_is_said(
    province: Province, browser: Client, fields: dict[str, str], status: int, said: str
) -> None:
    answer = browser.post(_PATH, data=fields)
    assert answer.status_code == status
    assert said in answer.text
    province.work()
    assert province.box.mails == []


def test_a_wrong_token_opens_nothing(province: Province, browser: Client) -> None:
    browser.post(_PATH, data={"channel": "mail", "mail": "dan@example.vn"})
    province.work()
    confirm = link_in(province.box.mails[0].get_content(), "confirm").partition("?")[0]
    for token in ("", "x" * 32, "%00", "ữ"):
        for path in (confirm, confirm.replace("confirm", "stop")):
            assert browser.get(path, params={"token": token}).status_code in (400, 404, 422)
            assert browser.post(path, params={"token": token}).status_code in (400, 404, 422)
    assert province.platform.feedback.follows.of_dataset(GROUPS) == 0
