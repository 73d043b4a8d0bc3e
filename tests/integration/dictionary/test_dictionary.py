"""The dictionary as people meet it: drafted, published, searched, replaced by an official list."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.cli.running import Shell
from tests.support.office import office, person, send, settled
from tests.support.served import served
from tinhdata.access import ANONYMOUS, Role
from tinhdata.bootstrap import Platform
from tinhdata.deliveries import State
from tinhdata.dictionary import NoSuchElement

ELEMENTS = "tu-dien-du-lieu-dung-chung"
LINKS = "anh-xa-cot-du-lieu"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with office(tmp_path_factory.mktemp("dictionary") / "store", datasets={LINKS}) as opened:
        yield opened


def test_every_column_of_the_pack_is_linked_to_an_element(platform: Platform) -> None:
    covered = platform.dictionary.coverage(ANONYMOUS)
    assert covered.unlinked == ()
    assert covered.total.columns == covered.total.linked > 30
    assert covered.total.official == 0


def test_an_element_says_which_columns_hold_it(platform: Platform) -> None:
    elements = platform.dictionary.elements(ANONYMOUS)
    uses = platform.dictionary.uses(ANONYMOUS)
    assert {element.code for element in elements} >= set(uses)
    agency = next(each for each in elements if each.name == "Mã cơ quan")
    assert {at.dataset for at in uses[agency.code]} >= {"danh-muc-co-quan", ELEMENTS}
    with pytest.raises(NoSuchElement):
        platform.dictionary.element(ANONYMOUS, "khong-co")


def test_the_pages_and_the_interface_show_the_same(platform: Platform) -> None:
    with served(platform) as site, httpx.Client(base_url=site) as client:
        listed = client.get("/api/v1/dictionary/elements", params={"q": "ma co quan"}).json()
        code = next(each["code"] for each in listed["items"] if each["name"] == "Mã cơ quan")
        page = client.get("/dictionary", params={"q": "MÃ CƠ QUAN"}).text
        assert f"/dictionary/elements/{code}" in page
        one = client.get(f"/dictionary/elements/{code}")
        assert "Định nghĩa nghiệp vụ" in one.text
        assert "Chưa chính thức" in one.text
        assert client.get("/dictionary/elements/khong-co").status_code == 404
        covered = client.get("/api/v1/dictionary/coverage").json()
        assert covered["total"]["columns"] == covered["total"]["linked"]
        assert "Từ điển phủ đến đâu" in client.get("/dictionary/coverage").text


def test_an_official_list_is_imported_by_delivering_it(platform: Platform, tmp_path: Path) -> None:
    sample = platform.settings.pack / "samples" / f"{ELEMENTS}.csv"
    rows = list(csv.DictReader(io.StringIO(sample.read_text("utf-8-sig"))))
    for row in rows:
        if row["Tên chuẩn"] == "Mã cơ quan":
            row |= {"Chính thức": "có", "Nguồn": "Danh mục thử"}
    official = tmp_path / "danh-muc-chinh-thuc.csv"
    with official.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    officer = person(platform, ELEMENTS, Role.OFFICER)
    sent = send(platform, officer, ELEMENTS, official).delivery
    assert settled(platform, officer, sent.id).state is State.CHECKED
    platform.deliveries.publish(officer, sent.id)
    platform.deliveries.approve(person(platform, ELEMENTS, Role.APPROVER), sent.id)
    assert settled(platform, officer, sent.id).state is State.RELEASED

    element = next(
        each for each in platform.dictionary.elements(ANONYMOUS) if each.name == "Mã cơ quan"
    )
    assert (element.is_official, element.source) == (True, "Danh mục thử")
    assert platform.dictionary.coverage(ANONYMOUS).total.official >= 2


def test_a_draft_after_that_keeps_what_is_official(platform: Platform) -> None:
    again = platform.dictionary.draft(ANONYMOUS, str, "Thử", str)
    assert {element for element in again.elements if element.is_official} == {
        element for element in platform.dictionary.elements(ANONYMOUS) if element.is_official
    }


def test_the_command_line_tells_coverage(platform: Platform) -> None:
    settings = platform.settings
    told = Shell(settings.store, {"TINHDATA_PACK": str(settings.pack)}).json("dictionary coverage")
    assert told.code == 0, told.err
    assert told.document["columns"] == told.document["linked"]
