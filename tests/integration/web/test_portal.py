"""The open portal over the demo pack: every page answers, every number is that of the platform."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from httpx import Client

from tests.data.expectations import PACK
from tests.support.office import office, person, send, settled
from tests.support.served import served
from tinhdata.access import ANONYMOUS, Role
from tinhdata.bootstrap import Platform, demo_accounts
from tinhdata.deliveries import State
from tinhdata.edge.visits import SESSION_COOKIE
from tinhdata.web.filling.freshness import freshness

SENSOR = "quan-trac-bui-khong-khi"
AGENCIES = "danh-muc-co-quan"
SIZES = "quy-mo-don-vi-hanh-chinh-cap-xa"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with office(tmp_path_factory.mktemp("portal") / "store") as opened:
        yield opened


@pytest.fixture(scope="module")
def site(platform: Platform) -> Iterator[Client]:
    headers = {"Accept-Language": "vi"}
    with served(platform) as address, Client(base_url=address, headers=headers) as client:
        yield client


def words(html: str) -> str:
    """Give the text of a page in one line."""
    body = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


PAGES = [
    "/",
    "/datasets",
    "/agencies",
    "/agencies/H55.07",
    "/databases",
    "/developers",
    f"/datasets/{SENSOR}",
    f"/datasets/{SENSOR}/dictionary",
    f"/datasets/{SENSOR}/quality",
    f"/datasets/{SENSOR}/releases",
    f"/datasets/{SENSOR}/downloads",
    f"/datasets/{SENSOR}/diff",
]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_both_languages(site: Client, path: str, language: str) -> None:
    answer = site.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text


BUDGET = 100 * 1024
LOADED = re.compile(r'(?:href|src)="(/static/[0-9a-f]+/[^"#]+\.(?:css|js|svg))')


def carried(site: Client, path: str) -> int:
    """Count the bytes of the body that come over the line for `path`."""
    with site.stream("GET", path) as answer:
        assert answer.status_code == 200
        return len(b"".join(answer.iter_raw()))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_comes_with_all_it_needs_in_100_kb(site: Client, path: str) -> None:
    files = set(LOADED.findall(site.get(path).text))
    assert len(files) > 6
    assert carried(site, path) + sum(carried(site, file) for file in files) <= BUDGET


def test_the_first_page_counts_what_the_catalogue_holds(site: Client, platform: Platform) -> None:
    records = platform.catalogue.records(ANONYMOUS)
    rows = sum(record.release.rows for record in records if record.release)
    said = words(site.get("/").text)
    assert f"{len(records)} bộ dữ liệu đã công bố" in said
    assert f"{rows:,} dòng đã công bố".replace(",", ".") in said


def test_search_needs_no_diacritics_and_narrows(site: Client) -> None:
    said = words(site.get("/datasets?q=bui+khong+khi").text)
    assert "1 bộ dữ liệu khớp với “bui khong khi”" in said
    assert "Quan trắc bụi" in said
    assert "0 bộ dữ liệu" in words(site.get("/datasets?freshness=late").text)
    assert "5 bộ dữ liệu" in words(site.get("/datasets?origin=simulated").text)


def test_a_search_says_which_word_no_dataset_has(site: Client) -> None:
    said = words(site.get("/datasets?q=zzzz+bui").text)
    assert "Không bộ dữ liệu nào có “zzzz”; kết quả theo các từ còn lại." in said
    assert "Quan trắc bụi" in said


def test_the_table_is_filtered_sorted_and_paged_by_the_address(
    site: Client, platform: Platform
) -> None:
    path = f"/datasets/{SENSOR}?f.pm25.from=30&sort=-pm25"
    html = site.get(path).text
    assert "1–25 trong 73" in words(html)
    assert 'aria-sort="descending"' in html
    shown = re.findall(r'data-label="Bụi PM2,5" class="right">([\d,.]+)<', html)
    values = [float(value.replace(".", "").replace(",", ".")) for value in shown]
    assert len(values) == 25
    assert values == sorted(values, reverse=True)
    assert min(values) >= 30
    assert "51–73 trong 73" in words(site.get(f"{path}&page=3").text)


def test_a_download_is_exactly_what_is_filtered(site: Client) -> None:
    answer = site.get(f"/datasets/{SENSOR}/download.csv?f.pm25.from=30&bom=1")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) == 74
    for form in ("xlsx", "json", "parquet"):
        assert site.get(f"/datasets/{SENSOR}/download.{form}").status_code == 200


def test_a_filter_that_does_not_fit_is_refused_with_words(site: Client) -> None:
    answer = site.get(f"/datasets/{SENSOR}?f.khong_co=1")
    assert answer.status_code == 400
    assert "khong_co" in words(answer.text)


def test_an_unknown_dataset_is_not_found(site: Client) -> None:
    assert site.get("/datasets/khong-co").status_code == 404
    assert site.get("/agencies/H99").status_code == 404


def test_what_the_address_says_is_never_markup(site: Client) -> None:
    html = site.get("/datasets?q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in html
    html = site.get("/", headers={"Cookie": "tinhdata_notice=PHNjcmlwdD4"}).text
    assert "PHNjcmlwdD4" not in html


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_choice_of_language_leads_nowhere_else(site: Client, back: str) -> None:
    answer = site.get("/language/en", params={"back": back})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    site.cookies.clear()


def test_the_choice_of_language_is_remembered(site: Client) -> None:
    answer = site.get("/language/en", params={"back": "/datasets?q=bui"})
    assert answer.headers["location"] == "/datasets?q=bui"
    assert '<html lang="en">' in site.get("/").text
    site.cookies.clear()


def test_the_contract_is_served_as_it_was_registered(site: Client) -> None:
    answer = site.get(f"/datasets/{AGENCIES}/contract.yaml")
    assert answer.status_code == 200
    assert f"id: {AGENCIES}" in answer.text


def test_a_second_release_is_compared_read_as_of_and_withdrawn(
    site: Client, platform: Platform, tmp_path: Path
) -> None:
    officer = person(platform, SIZES, Role.OFFICER)
    approver = person(platform, SIZES, Role.APPROVER)
    lines = (PACK / "samples" / f"{SIZES}.csv").read_text(encoding="utf-8").splitlines()
    kept = tmp_path / "moi.csv"
    kept.write_text("\n".join(lines[:-2]) + "\n", encoding="utf-8")
    before = platform.catalogue.record(SIZES, ANONYMOUS).release
    assert before is not None
    sent = send(platform, officer, SIZES, kept).delivery
    checked = settled(platform, officer, sent.id)
    assert checked.state is State.CHECKED
    platform.deliveries.publish(officer, sent.id)
    platform.deliveries.approve(approver, sent.id)
    assert settled(platform, officer, sent.id).state is State.RELEASED

    said = words(site.get(f"/datasets/{SIZES}/diff").text)
    assert f"{before.rows - 2} dòng giữ nguyên" in said
    assert "2 dòng bỏ" in said
    older = words(site.get(f"/datasets/{SIZES}?release=1").text)
    assert "đã có bản mới hơn" in older
    moment = before.at.isoformat()
    as_of = words(site.get(f"/datasets/{SIZES}", params={"as_of": moment}).text)
    assert f"trong {before.rows}" in as_of

    sign_in(site, platform, approver.id)
    page = site.get(f"/datasets/{SIZES}/releases").text
    action = f"/datasets/{SIZES}/releases/2/withdraw"
    assert f'action="{action}"' in page
    token = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    form = {"csrf": token, "reason": "Công bố nhầm", "legal_basis": ""}
    assert site.post(action, data=form).status_code == 422
    assert site.post(action, data={**form, "csrf": "x", "legal_basis": "Điều 1"}).status_code == 403
    done = site.post(action, data={**form, "legal_basis": "Luật Dữ liệu, Điều 13"})
    assert done.status_code == 303
    assert "Đã thu hồi bản phát hành số 2" in words(site.get(done.headers["location"]).text)
    site.cookies.clear()

    gone = site.get(f"/datasets/{SIZES}?release=2")
    assert gone.headers["location"] == f"/datasets/{SIZES}/releases/2"
    tombstone = site.get(gone.headers["location"])
    assert tombstone.status_code == 410
    assert "Công bố nhầm" in words(tombstone.text)
    assert site.get(f"/datasets/{SIZES}/download.csv?release=2").status_code == 410
    assert f"trong {before.rows}" in words(site.get(f"/datasets/{SIZES}").text)


def sign_in(site: Client, platform: Platform, person_id: str) -> None:
    login = platform.access.person(person_id).login
    password = next(each.password for each in demo_accounts(platform) if each.login == login)
    token = platform.access.sign_in(login, password, "127.0.0.1")
    site.cookies.set(SESSION_COOKIE, token.value)


def test_an_officer_sees_measures_rules_and_the_rows_behind_them(
    site: Client, platform: Platform
) -> None:
    officer = person(platform, SENSOR, Role.OFFICER)
    sign_in(site, platform, officer.id)
    html = site.get(f"/datasets/{SENSOR}/quality").text
    assert "Đúng" in words(html)
    release = platform.warehouse.current(SENSOR)
    assert release is not None
    report = platform.deliveries.get(officer, release.delivery_id).report
    assert report is not None
    for measure in report.measures:
        if measure.is_measured:
            assert f"{measure.numerator} trong {measure.denominator}" in words(html)
    failed = next(rule for rule in report.rules if rule.failed)
    rule = site.get(f"/datasets/{SENSOR}/quality", params={"rule": failed.rule})
    assert rule.status_code == 200
    assert failed.expression in unescape(rule.text)
    site.cookies.clear()


def test_a_citizen_sees_the_same_measures_but_not_the_rows_that_failed(
    site: Client, platform: Platform
) -> None:
    release = platform.warehouse.current(SENSOR)
    assert release is not None
    report = platform.deliveries.report_behind(ANONYMOUS, release.id)
    assert report is not None
    said = words(site.get(f"/datasets/{SENSOR}/quality").text)
    for measure in report.measures:
        if measure.is_measured:
            assert f"{measure.numerator} trong {measure.denominator}" in said
    failed = next(rule for rule in report.rules if rule.failed and "pm10" in rule.rule)
    rule = site.get(f"/datasets/{SENSOR}/quality", params={"rule": failed.rule}).text
    assert "Nội dung các dòng này không công khai" in rule
    assert failed.expression in unescape(rule)
    assert "1999" not in words(rule)
    assert site.get(f"/datasets/{SENSOR}/quality?rule=none").status_code == 404


@pytest.mark.parametrize(
    ("last", "cycle", "today", "late"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), "P1M", date(2026, 2, 28), 0),
        (datetime(2026, 1, 31, tzinfo=UTC), "P1M", date(2026, 3, 1), 1),
        (datetime(2026, 1, 1, tzinfo=UTC), "P1D", date(2026, 1, 5), 3),
        (datetime(2026, 1, 1, tzinfo=UTC), "PT1H", date(2026, 1, 2), 0),
        (datetime(2024, 2, 29, tzinfo=UTC), "P1Y", date(2025, 2, 28), 0),
        (datetime(2026, 1, 1, tzinfo=UTC), "P2W", date(2026, 1, 16), 1),
        (datetime(2026, 1, 1, tzinfo=UTC), None, date(2030, 1, 1), 0),
        (datetime(2026, 1, 1, tzinfo=UTC), "nonsense", date(2030, 1, 1), 0),
    ],
)
def test_lateness_is_counted_from_the_day_after_the_cycle(
    last: datetime, cycle: str | None, today: date, late: int
) -> None:
    assert freshness(last, cycle, today).days_late == late
