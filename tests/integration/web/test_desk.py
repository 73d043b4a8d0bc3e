"""The officer's console on a real platform: the demo pack, real files, every form as it is sent."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import openpyxl
import pytest
from httpx import Client

from tests.data.expectations import PACK
from tests.integration.web.officers import DATA, Desk, sit_down
from tests.support.served import served
from tests.support.small_pack import FIRST
from tinhdata.access import ANONYMOUS
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.deliveries import Delivery, State
from tinhdata.settings import Settings

MINISTRY = "thu-tuc-bo-nganh-cong-bo"
STATISTICS = "dan-so-dien-tich-mat-do"
UNITS = "quy-mo-don-vi-hanh-chinh-cap-xa"
WEATHER = "nhiet-do-trung-binh-thang"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    store = tmp_path_factory.mktemp("desk") / "store"
    opened = open_platform(Settings(store=store, pack=PACK, demo=True, upload_limit_mb=2))
    install_pack(opened, only=FIRST)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(platform: Platform) -> Iterator[str]:
    with served(platform) as site:
        yield site


@pytest.fixture
def stranger(address: str) -> Iterator[Client]:
    with Client(base_url=address, headers={"Accept-Language": "vi"}, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def seated(platform: Platform, address: str) -> Iterator[Callable[[str], Desk]]:
    """Give a way to sign in as one of the demo's people; all desks are left at the end."""
    with ExitStack() as desks:

        def sit(login: str) -> Desk:
            desk = sit_down(platform, address, login)
            desks.callback(desk.client.close)
            return desk

        yield sit


@pytest.fixture(scope="module")
def officer(seated: Callable[[str], Desk]) -> Desk:
    return seated("canbo.vanphong")


@pytest.fixture(scope="module")
def approver(seated: Callable[[str], Desk]) -> Desk:
    return seated("duyet.vanphong")


@pytest.fixture(scope="module")
def operator(seated: Callable[[str], Desk]) -> Desk:
    return seated("vanhanh")


def state_of(desk: Desk, delivery: str) -> Delivery:
    actor = desk.platform.access.actor("vanhanh")
    return desk.platform.deliveries.get(actor, delivery)


# --- signing in


def test_a_page_of_the_console_asks_a_stranger_to_sign_in(stranger: Client) -> None:
    answer = stranger.get("/deliveries?state=held")
    assert answer.status_code in (303, 401)
    assert "/sign-in?back=%2Fdeliveries%3Fstate%3Dheld" in answer.text + str(answer.headers)


def test_signing_in_never_leads_to_another_host(stranger: Client) -> None:
    for back in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        page = stranger.get("/sign-in", params={"back": back}).text
        assert 'name="back" value="/desk"' in page


def test_a_wrong_password_keeps_the_name_and_does_not_say_which_was_wrong(
    stranger: Client,
) -> None:
    form = {"login": "canbo.khcn", "password": "không phải mật khẩu"}
    answer = stranger.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert 'value="canbo.khcn"' in answer.text
    assert "không phải mật khẩu" not in answer.text
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in answer.text


def test_sign_in_is_paused_after_many_wrong_tries(stranger: Client) -> None:
    form = {"login": "duyet.khcn", "password": "sai mật khẩu nhiều lần"}
    statuses = [stranger.post("/sign-in", data=form).status_code for _ in range(7)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_another_site_cannot_sign_someone_in(stranger: Client) -> None:
    form = {"login": "canbo.khcn", "password": "x"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert stranger.post("/sign-in", data=form, headers=headers).status_code == 403


def test_a_form_without_its_token_changes_nothing(officer: Desk) -> None:
    before = officer.platform.deliveries.page(officer.platform.access.actor("vanhanh")).total
    with (DATA / "tthc-banner.xlsx").open("rb") as file:
        answer = officer.client.post(f"/deliveries/new/{MINISTRY}", files={"file": file})
    assert answer.status_code == 403
    actor = officer.platform.access.actor("vanhanh")
    assert officer.platform.deliveries.page(actor).total == before


def test_signing_out_ends_the_session(platform: Platform, seated: Callable[[str], Desk]) -> None:
    desk = seated("canbo.noivu")
    assert desk.post("/sign-out").status_code == 303
    assert desk.client.get("/desk").status_code in (303, 401)


# --- sending


def test_only_datasets_of_ones_own_agency_can_be_delivered_to(officer: Desk) -> None:
    page = officer.get("/deliveries/new")
    assert f"/deliveries/new/{MINISTRY}" in page
    assert f"/deliveries/new/{WEATHER}" not in page
    officer.get(f"/deliveries/new/{WEATHER}", 403)


def test_datasets_are_found_without_diacritics(officer: Desk) -> None:
    assert f"/deliveries/new/{MINISTRY}" in officer.get("/deliveries/new?q=THU+TUC+bo")
    assert f"/deliveries/new/{MINISTRY}" not in officer.get("/deliveries/new?q=nhiet+do")


def test_the_template_is_a_workbook(officer: Desk) -> None:
    answer = officer.client.get(f"/deliveries/new/{MINISTRY}/template.xlsx")
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]


def test_no_file_an_empty_one_and_one_too_large_are_refused_at_the_field(
    officer: Desk, tmp_path: Path
) -> None:
    path = f"/deliveries/new/{MINISTRY}"
    assert "Hãy chọn tệp trước." in officer.post(path).text
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert officer.post(path, file=empty).status_code == 422
    large = tmp_path / "large.csv"
    large.write_bytes(b"a;b\n" * (1 << 20))
    answer = officer.post(path, file=large)
    assert answer.status_code in (413, 422)
    assert "2 MB" in answer.text


def test_a_file_that_is_no_table_is_refused_with_what_to_do(officer: Desk, tmp_path: Path) -> None:
    letter = tmp_path / "cong-van.docx"
    letter.write_bytes(b"%PDF-1.7\n" + b"\0" * 200)
    delivery = officer.deliver(MINISTRY, letter)
    page = officer.get(f"/deliveries/{delivery}")
    assert "Chưa đọc được" in page
    assert f"/deliveries/new/{MINISTRY}" in page


# --- the journey


def test_an_officer_mends_asks_and_an_approver_publishes(officer: Desk, approver: Desk) -> None:
    delivery = officer.deliver(MINISTRY, DATA / "tthc-banner.xlsx")
    path = f"/deliveries/{delivery}"
    ready = officer.client.get(f"{path}/progress")
    assert ready.headers["HX-Redirect"] == f"{path}/understood"

    understood = officer.get(f"{path}/understood")
    assert "Tệp Excel" in understood or "tệp Excel (.xlsx)" in understood
    fields = dict(re.findall(r'<select name="(column\.\w+)".*?value="(\d+)" selected', understood))
    answer = officer.post(f"{path}/reading", fields)
    assert answer.headers["location"] == f"{path}/problems"

    problems = officer.follow(answer)
    assert re.findall(r"<b>(\d+)</b><span>dòng (đọc được|đạt|cần sửa)", problems) == [
        ("40", "đọc được"),
        ("34", "đạt"),
        ("6", "cần sửa"),
    ]
    assert "Dòng 16, cột Tên: ô để trống" in problems
    assert "Trùng khoá nhưng nội dung khác nhau" in problems

    item = _item_at(problems, "Dòng 16")
    saved = officer.post(f"{path}/items/{item}", {"cell.ten": "Đăng ký việc thử nghiệm số 14"})
    assert "Đã lưu 1 ô." in officer.follow(saved)
    checked = officer.follow(officer.post(f"{path}/recheck"))
    assert "1 dòng đã sửa nay đều đạt." in checked
    assert "Nay đã đạt" in checked

    changes = officer.get(f"{path}/changes")
    assert "bản mới sẽ có 35 dòng" in changes
    assert "Đăng ký việc thử nghiệm số 14" in changes
    page = officer.follow(officer.post(f"{path}/publish", {"at": "changes"}))
    assert "Chờ duyệt" in page
    assert officer.post(f"{path}/approve").status_code == 403

    assert delivery in approver.get("/desk")
    assert f"{path}/approve" in approver.get("/approvals")
    assert approver.post(f"{path}/approve", {"at": "approvals"}).status_code == 303
    approver.work()
    assert state_of(officer, delivery).state is State.RELEASED
    release = officer.platform.warehouse.current(MINISTRY)
    assert release is not None
    assert (release.number, release.rows) == (2, 35)
    assert "Bản phát hành số 2" in officer.get(path)
    assert f"{path}/withdraw" in approver.get(path)


def test_the_same_file_again_is_the_same_delivery(officer: Desk) -> None:
    answer = officer.post(f"/deliveries/new/{MINISTRY}", file=DATA / "tthc-banner.xlsx")
    assert "Tệp này đã được gửi trước đó" in officer.follow(answer)


def test_mended_rows_of_a_published_file_become_a_correction(officer: Desk) -> None:
    page = officer.get(f"/quarantine?dataset={MINISTRY}")
    ref = _ticked_at(page, "Dòng 33")
    parent, number = ref.rsplit("-", 1)
    mended = {"cell.co_quan_ban_hanh": "Bộ Tư pháp"}
    officer.post(f"/deliveries/{parent}/items/{number}?among=1", mended)
    answer = officer.post("/quarantine/decide", {"do": "recheck", "item": ref})
    child = answer.headers["location"]
    assert "đính chính riêng" in officer.follow(answer)
    officer.work()
    assert "Các dòng đã sửa" in officer.get(child)
    assert state_of(officer, child.rsplit("/", 1)[1]).state is State.CHECKED


def test_returning_rows_needs_a_reason_and_keeps_the_page(officer: Desk) -> None:
    page = officer.get(f"/quarantine?dataset={MINISTRY}")
    ref = _ticked_at(page, "Dòng 21")
    again = officer.post("/quarantine/decide", {"do": "return", "item": ref})
    assert again.status_code == 422
    assert "Hãy nêu" in again.text or "lý do" in again.text.lower()
    reason = {"do": "return", "item": ref, "reason": "Xin cho biết dòng nào đúng."}
    assert "Đã trả lại đơn vị 1 dòng." in officer.follow(officer.post("/quarantine/decide", reason))
    returned = officer.get(f"/quarantine?dataset={MINISTRY}&state=returned")
    assert "Xin cho biết dòng nào đúng." in returned


def test_accepting_a_row_as_it_is_needs_a_legal_basis(officer: Desk, approver: Desk) -> None:
    ref = _ticked_at(approver.get(f"/quarantine?dataset={MINISTRY}"), "Dòng 6")
    form = {"do": "waive", "item": ref, "reason": "Bộ đã xác nhận bằng văn bản."}
    again = approver.post("/quarantine/decide", form)
    assert again.status_code == 422
    assert "Hãy nêu văn bản làm căn cứ." in again.text
    assert "Bộ đã xác nhận bằng văn bản." in again.text
    done = approver.post("/quarantine/decide", {**form, "legal_basis": "Luật Dữ liệu"})
    approver.follow(done)
    approver.work()
    child = done.headers["location"].rsplit("/", 1)[1]
    assert state_of(officer, child).state is State.RELEASED


def test_an_approver_withdraws_a_release_with_its_reason(officer: Desk, approver: Desk) -> None:
    actor = officer.platform.access.actor("vanhanh")
    states = (State.RELEASED,)
    newest = officer.platform.deliveries.page(actor, dataset=MINISTRY, states=states).items[0]
    path = f"/deliveries/{newest.id}"
    assert approver.post(f"{path}/withdraw", {"why": "Công bố nhầm."}).status_code == 422
    form = {"why": "Công bố nhầm.", "legal_basis": "Luật Dữ liệu", "with_later": "1"}
    assert "Đã thu hồi" in approver.follow(approver.post(f"{path}/withdraw", form))
    assert state_of(officer, newest.id).state is State.WITHDRAWN


# --- reading another way, mending in Excel, returning


def test_another_choice_of_columns_checks_the_file_anew(
    platform: Platform, seated: Callable[[str], Desk]
) -> None:
    desk = seated("canbo.taichinh")
    delivery = desk.deliver(STATISTICS, DATA / "thong-ke.csv")
    page = desk.get(f"/deliveries/{delivery}/understood")
    fields = dict(re.findall(r'<select name="(column\.\w+)".*?value="(\d+)" selected', page))
    fields["column.mat_do_2016"] = ""
    answer = desk.post(f"/deliveries/{delivery}/reading", fields)
    other = answer.headers["location"].rsplit("/", 1)[1]
    assert other != delivery
    desk.work()
    understanding = state_of(desk, other).understanding
    assert understanding is not None
    assert "mat_do_2016" in understanding.unmatched_columns


def test_rows_mended_in_excel_come_back(seated: Callable[[str], Desk], tmp_path: Path) -> None:
    desk = seated("canbo.nnmt")
    delivery = desk.deliver(WEATHER, DATA / "khi-tuong-tcvn3.xls")
    answer = desk.client.get(f"/deliveries/{delivery}/rows-to-mend.xlsx")
    workbook = tmp_path / "sua.xlsx"
    workbook.write_bytes(answer.content)
    book = openpyxl.load_workbook(workbook)
    sheet = book.worksheets[0]
    header = [str(cell.value) for cell in sheet[1]]
    column = header.index("Tháng 7") + 1
    sheet.cell(row=2, column=column).value = "28,4"
    book.save(workbook)
    back = desk.post(f"/deliveries/{delivery}/mended", file=workbook)
    assert "Đã lưu 1 ô." in desk.follow(back)
    wrong = desk.post(f"/deliveries/{delivery}/mended", file=DATA / "tthc-banner.xlsx")
    assert wrong.status_code == 422
    assert 'id="corrected-wrong"' in wrong.text


def test_a_delivery_is_returned_only_with_a_reason(
    platform: Platform, seated: Callable[[str], Desk]
) -> None:
    desk = seated("canbo.noivu")
    delivery = desk.deliver(UNITS, DATA / "quy-mo-cap-xa.csv")
    path = f"/deliveries/{delivery}"
    again = desk.post(f"{path}/return", {"at": "problems", "reason": " "})
    assert again.status_code == 422
    assert 'id="f-reason-wrong"' in again.text
    page = desk.follow(desk.post(f"{path}/return", {"reason": "Tệp thiếu một xã."}))
    assert "Tệp thiếu một xã." in page
    assert state_of(desk, delivery).state is State.RETURNED


def test_htmx_gets_only_the_row_and_the_count(
    platform: Platform, seated: Callable[[str], Desk]
) -> None:
    desk = seated("canbo.nnmt")
    actor = platform.access.actor("vanhanh")
    waiting = platform.deliveries.page(actor, dataset=WEATHER, states=(State.CHECKED,)).items[0]
    page = desk.get(f"/deliveries/{waiting.id}/problems")
    number = _item_at(page, "Dòng 12")
    answer = desk.client.post(
        f"/deliveries/{waiting.id}/items/{number}",
        data={"csrf": desk.csrf, "cell.thang_1": "15,9"},
        headers={"HX-Request": "true"},
    )
    assert "<html" not in answer.text
    assert f'id="item-{number}"' in answer.text
    assert 'id="mended" hx-swap-oob="true"' in answer.text


# --- who sees what


def test_an_officer_of_another_agency_may_not_look(
    platform: Platform, seated: Callable[[str], Desk]
) -> None:
    desk = seated("canbo.noivu")
    actor = platform.access.actor("vanhanh")
    other = platform.deliveries.page(actor, dataset=MINISTRY).items[0]
    for below in ("", "/problems", "/changes", "/understood", "/rows-to-mend.xlsx"):
        assert desk.client.get(f"/deliveries/{other.id}{below}").status_code == 403
    assert other.id not in desk.get("/deliveries")


def test_the_list_narrows_to_a_dataset_and_a_state(officer: Desk) -> None:
    page = officer.get(f"/deliveries?dataset={MINISTRY}&state=refused")
    assert "cong-van.docx" in page
    assert "tthc-banner.xlsx" not in page


def test_only_the_operator_manages_people(officer: Desk, operator: Desk) -> None:
    officer.get("/people", 403)
    form = {
        "name": "Phạm Thu (thử nghiệm)",
        "login": "thu.thu",
        "password": "một câu dài dễ nhớ",
        "role": "officer",
    }
    again = operator.post("/people", form)
    assert again.status_code == 422
    assert 'value="thu.thu"' in again.text
    assert "một câu dài" not in again.text
    agency = officer.platform.access.agencies()[1].code
    assert "thu.thu" in operator.follow(operator.post("/people", {**form, "agency": agency}))
    assert operator.post("/people", {**form, "agency": agency}).status_code == 409
    person = officer.platform.access.actor("thu.thu")
    path = f"/people/{person.id}"
    assert "Đã lưu vai trò." in operator.follow(
        operator.post(f"{path}/roles", {"role": "approver"})
    )
    assert operator.post(f"{path}/password", {"new": "ngắn"}).status_code == 422
    assert "Đã đóng tài khoản." in operator.follow(operator.post(f"{path}/close"))
    own = officer.platform.access.actor("vanhanh").id
    assert operator.post(f"/people/{own}/close").status_code == 422


def test_a_source_key_is_shown_once_and_can_be_ended(officer: Desk, operator: Desk) -> None:
    agency = officer.platform.registry.active(WEATHER).contract.agency
    form = {"name": "Máy đo thử", "agency": agency, "days": "30", "dataset": [WEATHER]}
    issued = operator.post("/people/keys", form)
    assert issued.status_code == 200
    assert "no-store" in issued.headers["cache-control"]
    (key,) = officer.platform.access.source_keys()
    assert key.id in issued.text
    page = operator.get("/people")
    assert "Máy đo thử" in page
    secret = re.search(r"<p><code>([^<]+)</code></p>", issued.text)
    assert secret is not None
    assert secret.group(1) not in page
    assert officer.platform.access.actor_of_key(secret.group(1)) is not None
    operator.post(f"/people/keys/{key.id}/end")
    assert officer.platform.access.actor_of_key(secret.group(1)) is None


@pytest.mark.parametrize(
    "wrong", [{"days": "9" * 25}, {"days": "9" * 5000}, {"days": "0"}, {"dataset": ["khong-co"]}]
)
def test_a_key_for_too_long_or_for_no_dataset_is_not_issued(
    operator: Desk, wrong: dict[str, str | list[str]]
) -> None:
    before = operator.platform.access.source_keys()
    agency = operator.platform.registry.active(WEATHER).contract.agency
    form = {"name": "Máy đo thử", "agency": agency, "days": "30", "dataset": [WEATHER]}
    assert operator.post("/people/keys", {**form, **wrong}).status_code == 422
    assert operator.platform.access.source_keys() == before


@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000, "-1", "²", "x"])
def test_a_page_number_that_no_list_has_breaks_nothing(
    officer: Desk, operator: Desk, number: str
) -> None:
    for path in ("/deliveries", "/quarantine", "/datasets", f"/datasets/{MINISTRY}/releases"):
        officer.get(f"{path}?page={number}")
    operator.get(f"/people?page={number}")
    ticked = {"item": f"dlv_x-{number}", "do": "return", "reason": "Đề nghị xem lại."}
    assert officer.post("/quarantine/decide", ticked).status_code in (404, 422)
    assert officer.post(f"/deliveries/dlv_x/items/{number}").status_code in (404, 422)


def test_changing_the_password_needs_the_present_one(
    platform: Platform, seated: Callable[[str], Desk]
) -> None:
    desk = seated("canbo.khcn")
    form = {"old": "không đúng", "new": "một mật khẩu mới dài"}
    again = desk.post("/account/password", form)
    assert again.status_code == 422
    assert "một mật khẩu mới" not in again.text
    assert 'id="f-old-wrong"' in again.text


def test_every_page_of_the_console_is_complete_in_english(officer: Desk) -> None:
    officer.client.cookies.set("language", "en")
    try:
        for path in ("/desk", "/deliveries", "/deliveries/new", "/quarantine", "/account"):
            assert '<html lang="en">' in officer.get(path)
    finally:
        officer.client.cookies.delete("language")
    assert officer.platform.deliveries.deliverable(ANONYMOUS) == ()


def _item_at(page: str, place: str) -> str:
    """Give the number of the row whose heading is `place`."""
    found = re.search(rf'id="item-(\d+)">(?:(?!<article).)*?<h3>{place}</h3>', page, re.DOTALL)
    assert found is not None
    return found.group(1)


def _ticked_at(page: str, place: str) -> str:
    """Give the value of the box beside the row whose heading is `place`."""
    found = re.search(
        rf'name="item" value="([^"]+)"(?:(?!<article).)*?<h3>{place}</h3>', page, re.DOTALL
    )
    assert found is not None, place
    return found.group(1)
