"""Datasets that are not open: named and explained, or not even named; their rows stay closed."""

from collections.abc import Iterator

import pytest
from httpx import Client

from tests.support.office import person
from tests.support.served import served
from tests.support.small_pack import small_pack
from tinhdata.access import Role
from tinhdata.bootstrap import Platform, demo_accounts, install_pack, open_platform
from tinhdata.edge.visits import SESSION_COOKIE
from tinhdata.settings import Settings

SHARED = "danh-muc-ma-thu-tuc"
PRIVATE = "quy-mo-don-vi-hanh-chinh-cap-xa"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("closed")
    pack = folder / "pack"
    small_pack(pack)
    for dataset, level in ((SHARED, "shared"), (PRIVATE, "private")):
        path = next((pack / "contracts").rglob(f"{dataset}.yaml"))
        text = path.read_text(encoding="utf-8")
        closed = text.replace(
            "{property: accessLevel, value: open}", f"{{property: accessLevel, value: {level}}}"
        )
        assert closed != text
        path.write_text(closed, encoding="utf-8")
    platform = open_platform(Settings(store=folder / "store", pack=pack, demo=True))
    install_pack(platform)
    yield platform
    platform.close()


@pytest.fixture
def site(platform: Platform) -> Iterator[Client]:
    headers = {"Accept-Language": "vi"}
    with served(platform) as address, Client(base_url=address, headers=headers) as client:
        yield client


def sign_in(site: Client, platform: Platform, dataset: str) -> None:
    login = platform.access.person(person(platform, dataset, Role.OFFICER).id).login
    password = next(each.password for each in demo_accounts(platform) if each.login == login)
    token = platform.access.sign_in(login, password, "127.0.0.1")
    site.cookies.set(SESSION_COOKIE, token.value)


def test_a_shared_dataset_is_named_and_says_why_its_rows_are_closed(
    site: Client, platform: Platform
) -> None:
    release = platform.warehouse.current(SHARED)
    assert release is not None
    html = site.get(f"/datasets/{SHARED}").text
    assert "Dữ liệu này không mở" in html
    assert "<td" not in html
    assert f"/datasets/{SHARED}/download" not in html.replace("/downloads", "")
    for form in ("csv", "xlsx", "json", "parquet"):
        assert site.get(f"/datasets/{SHARED}/download.{form}").status_code == 401
    assert site.get(f"/datasets/{SHARED}/diff?old=1&new=1").status_code == 401


def test_the_dictionary_of_closed_rows_shows_no_value_of_them(site: Client) -> None:
    html = site.get(f"/datasets/{SHARED}/dictionary").text
    assert "Ví dụ" in html
    assert html.count('data-label="Ví dụ">–</td>') == html.count('data-label="Ví dụ"')


def test_the_officer_of_the_agency_reads_the_rows(site: Client, platform: Platform) -> None:
    sign_in(site, platform, SHARED)
    answer = site.get(f"/datasets/{SHARED}")
    assert "Dữ liệu này không mở" not in answer.text
    assert "<td" in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert site.get(f"/datasets/{SHARED}/download.csv").status_code == 200


def test_a_private_dataset_is_not_even_named_to_strangers(site: Client, platform: Platform) -> None:
    for below in ("", "/dictionary", "/quality", "/releases", "/releases/1", "/diff", "/downloads",
                  "/download.csv", "/contract.yaml"):  # fmt: skip
        assert site.get(f"/datasets/{PRIVATE}{below}").status_code == 404
    assert PRIVATE not in site.get("/datasets").text
    sign_in(site, platform, SHARED)
    answer = site.get(f"/datasets/{PRIVATE}")
    assert answer.status_code == 200
    assert "Dữ liệu này không mở" in answer.text


@pytest.mark.parametrize("view", ["", "/chart", "/map"])
def test_no_view_and_no_frame_shows_closed_rows_to_strangers(
    view: str, site: Client, platform: Platform
) -> None:
    for base in ("", "/embed"):
        html = site.get(f"{base}/datasets/{SHARED}{view}").text
        assert "Dữ liệu này không mở" in html
        assert "<td" not in html
        assert site.get(f"{base}/datasets/{PRIVATE}{view}").status_code == 404
    sign_in(site, platform, SHARED)
    assert "Dữ liệu này không mở" not in site.get(f"/datasets/{SHARED}{view}").text
    frame = site.get(f"/embed/datasets/{SHARED}{view}").text
    assert "Dữ liệu này không mở" in frame
    assert "<td" not in frame
