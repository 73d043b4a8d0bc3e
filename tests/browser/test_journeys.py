"""The officer's and the citizen's journey in a browser, over the platform as people start it.

An officer delivers a file, confirms how it was read, mends two cells, returns the rest and asks to
publish; her approver confirms; a citizen searches without diacritics, filters and downloads; a
corrected file follows and both versions are compared; a release is withdrawn and is served no more.
"""

import csv
import io
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.axe import looked_at
from tests.browser.desk import Window, window
from tests.data.expectations import PACK, REAL_FILES, Expectation, made_here, of_real_files
from tests.data.planting import Planted, plant
from tests.support.browser import chromium
from tests.support.server import Server, serve
from tinhdata.pack import load_pack

WAIT = 30_000
"""Milliseconds that a piece of work may take before the test gives up."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("served") / "store") as running:
        yield running


class Desk(Window):
    """An officer who delivers files."""

    def look(self, name: str) -> None:
        looked_at(self.page, f"journey-{name}-{self.shape}")

    def submit(self, action: str) -> None:
        """Send the form whose action ends in `action` by its main button."""
        form = self.page.locator(f"form[action$='{action}']").first
        form.locator("button.main, button").last.click()

    def deliver(self, dataset: str, path: Path) -> str:
        """Send a file and wait until its check is done; give the delivery's id."""
        self.open(f"/deliveries/new/{dataset}")
        self.page.set_input_files("input[type=file]", path)
        self.submit(f"/deliveries/new/{dataset}")
        self.page.wait_for_url(re.compile(r"/deliveries/dlv_\w+"), timeout=WAIT)
        found = re.search(r"dlv_\w+", self.page.url)
        assert found is not None
        self.page.wait_for_url(re.compile(rf"/deliveries/{found[0]}/\w+"), timeout=WAIT)
        return found[0]

    def confirm_reading(self) -> None:
        self.page.locator("form[action$='/reading'] button.main").click()
        self.page.wait_for_url(re.compile("/(problems|changes)"), timeout=WAIT)

    def wait_published(self, delivery: str) -> None:
        """Wait until the delivery is a release, and open its page."""
        until = time.monotonic() + WAIT / 1000
        while self.state_of(delivery) != "released":
            assert time.monotonic() < until, self.state_of(delivery)
            self.page.wait_for_timeout(100)
        self.open(f"/deliveries/{delivery}")


def people_of(dataset: str) -> tuple[str, str]:
    """Give the logins of the officer and the approver of the agency that owns `dataset`."""
    pack = load_pack(PACK, date(2026, 11, 23))
    agency = pack.dataset(dataset).contract.agency
    of = {next(iter(p.roles)).value: p.login for p in pack.people if p.agency == agency}
    return of["officer"], of["approver"]


@pytest.fixture(params=[1440, 360], ids=["wide", "phone"])
def desk(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Desk]:
    with window(browser, request.param, WAIT) as page:
        yield Desk(page, server, str(request.param))


FILE = Path(__file__).parents[1] / "data" / "quy-mo-cap-xa.csv"
DATASET = next(e.dataset for e in made_here() if e.path.name == FILE.name)


def variant(tmp_path: Path, name: str, cells: list[Planted]) -> Path:
    """Copy the file with other cells, so that each window delivers bytes of its own."""
    path = tmp_path / name
    plant(FILE, path, cells)
    return path


def item_at(desk: Desk, line: int) -> Locator:
    """Find the row that waits and stands at `line` of the file."""
    heading = desk.page.locator("h3", has_text=re.compile(rf"\b{line}$"))
    return desk.page.locator("article.item").filter(has=heading)


def mend(desk: Desk, line: int, column: str, value: str) -> None:
    cell = item_at(desk, line).locator(f"[name='cell.{column}']")
    cell.fill(value)
    item_at(desk, line).locator("form button").first.click()
    expect(item_at(desk, line).locator(".was")).to_be_visible()


def rows_of(desk: Desk, dataset: str, query: str = "") -> list[dict[str, str]]:
    """Download rows as a citizen does, as CSV."""
    answer = desk.page.request.get(f"{desk.server.address}/datasets/{dataset}/download.csv?{query}")
    assert answer.ok, answer.status
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))


def test_from_a_file_on_a_desk_to_a_citizen_and_back(desk: Desk, tmp_path: Path) -> None:
    officer, approver = people_of(DATASET)
    mark = f"Trụ sở {desk.shape}"
    first = variant(tmp_path, "dot-1.csv", [Planted(2, 10, mark)])

    # She signs in and finds her dataset; its template is there for who has no file yet.
    desk.sign_in(officer)
    desk.look("my-work")
    desk.open("/deliveries/new")
    desk.look("choose")
    with desk.page.expect_download() as download:
        desk.page.locator(f"a[href$='/{DATASET}/template.xlsx']").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")

    # She drops the file and sees how it was read.
    desk.open(f"/deliveries/new/{DATASET}")
    desk.look("send")
    delivery = desk.deliver(DATASET, first)
    expect(desk.page.locator("table.matches")).to_be_visible()
    desk.look("understood")
    desk.confirm_reading()

    # What is wrong stands there cell by cell; two cells are mended, the rest goes back.
    expect(desk.page.locator("article.item")).to_have_count(7)
    desk.look("problems")
    mend(desk, 17, "dien_tich", "18,5")
    mend(desk, 22, "dan_so", "9021")
    desk.page.locator("form[action$='/recheck'] button").click()
    desk.page.wait_for_url(re.compile("checked=1"))
    desk.look("rechecked")
    returning = desk.page.locator("form[action$='/return-rows']")
    desk.page.locator("details", has=returning).locator("summary").click()
    returning.locator("[name=rows_reason]").fill("Đề nghị đơn vị xem lại số liệu gốc.")
    returning.locator("button").click()
    desk.page.wait_for_url(re.compile("/problems"))

    # She sees what publishing changes and asks for it; her approver confirms.
    desk.open(f"/deliveries/{delivery}/changes")
    desk.look("changes")
    desk.page.locator("form[action$='/publish'] button").click()
    desk.page.wait_for_url(re.compile(rf"/deliveries/{delivery}"))
    desk.sign_in(approver)
    desk.open("/approvals")
    desk.look("approvals")
    desk.page.locator("form[action$='/approve'] button").first.click()
    desk.wait_published(delivery)
    desk.look("published")

    # A citizen finds the dataset without diacritics, filters and downloads exactly that.
    desk.page.context.clear_cookies()
    desk.open("/datasets?q=dien+tich+dan+so+cap+xa")
    desk.look("search")
    desk.page.locator(f"a[href*='/datasets/{DATASET}']").first.click()
    desk.look("dataset")
    assert len(rows_of(desk, DATASET)) == 45
    desk.open(f"/datasets/{DATASET}?q=thu+nghiem+16")
    expect(desk.page.locator("#rows tbody tr")).to_have_count(1)
    mended = rows_of(desk, DATASET, "f.ma=0015")
    assert [(row["dien_tich"], row["ten"]) for row in mended] == [("18.5", "Thử Nghiệm 15")]
    for tab in ("dictionary", "quality", "releases", "downloads"):
        desk.open(f"/datasets/{DATASET}/{tab}")
        desk.look(f"dataset-{tab}")

    # A week later a corrected file comes; both versions are seen and compared.
    second = variant(tmp_path, "dot-2.csv", [Planted(2, 10, f"{mark} mới"), Planted(3, 9, "31000")])
    desk.sign_in(officer)
    corrected = desk.deliver(DATASET, second)
    desk.confirm_reading()
    desk.open(f"/deliveries/{corrected}/changes")
    desk.page.locator("form[action$='/publish'] button").click()
    desk.page.wait_for_url(re.compile(rf"/deliveries/{corrected}"))
    desk.sign_in(approver)
    desk.open("/approvals")
    desk.page.locator("form[action$='/approve'] button").first.click()
    desk.wait_published(corrected)
    desk.open(f"/datasets/{DATASET}/releases")
    desk.page.locator("a[href*='/diff']").first.click()
    expect(desk.page.get_by_text(f"{mark} mới").first).to_be_visible()
    desk.look("diff")

    # It was a mistake: the release is withdrawn and is served nowhere any more.
    desk.open(f"/datasets/{DATASET}/releases")
    desk.page.locator("details", has=desk.page.locator("form[action$='/withdraw']")).locator(
        "summary"
    ).click()
    withdrawing = desk.page.locator("form[action$='/withdraw']")
    number = re.search(r"/releases/(\d+)/withdraw", withdrawing.get_attribute("action") or "")
    assert number is not None
    withdrawing.locator("[name=reason]").fill("Nhầm đợt số liệu.")
    withdrawing.locator("[name=legal_basis]").fill("Luật Dữ liệu, Điều 13")
    withdrawing.locator("button").click()
    desk.page.wait_for_url(re.compile("/releases"))
    desk.page.context.clear_cookies()
    desk.open(f"/datasets/{DATASET}/releases/{number[1]}")
    desk.look("tombstone")
    gone = desk.page.request.get(
        f"{desk.server.address}/datasets/{DATASET}/download.csv?release={number[1]}"
    )
    assert gone.status == 410
    assert rows_of(desk, DATASET, "f.ma=0001")[0]["tru_so"] == mark


def published_through_the_pages(desk: Desk, expected: Expectation) -> None:
    officer, approver = people_of(expected.dataset)
    desk.sign_in(officer)
    delivery = desk.deliver(expected.dataset, expected.path)
    sheet = desk.page.locator("select[name=sheet]")
    if expected.sheet and sheet.count() and sheet.input_value() != expected.sheet:
        sheet.select_option(expected.sheet)
        desk.page.locator("button[name=again][value=sheet]").click()
        desk.page.wait_for_url(re.compile(r"/deliveries/dlv_\w+/\w+"), timeout=WAIT)
        found = re.search(r"dlv_\w+", desk.page.url)
        assert found is not None
        delivery = found[0]
    desk.confirm_reading()
    desk.open(f"/deliveries/{delivery}/changes")
    desk.page.locator("form[action$='/publish'] button").click()
    desk.page.wait_for_url(re.compile(rf"/deliveries/{delivery}$"))
    desk.sign_in(approver)
    desk.open("/approvals")
    waiting = desk.page.locator(f"form[action$='/{delivery}/approve'] button")
    if waiting.count():
        waiting.click()
    desk.wait_published(delivery)


FILES = [
    *(pytest.param(each, id=f"made-{each.name}") for each in made_here()),
    *(
        pytest.param(
            each,
            id=f"real-{each.dataset}",
            marks=pytest.mark.skipif(
                not each.path.is_file(), reason=f"the real files are not at {REAL_FILES}"
            ),
        )
        for each in of_real_files()
    ),
]


@pytest.mark.parametrize("desk", [1440], indirect=True, ids=["wide"])
@pytest.mark.parametrize("expected", FILES)
def test_a_file_goes_through_the_pages_and_its_cells_are_read_by_a_citizen(
    desk: Desk, expected: Expectation
) -> None:
    published_through_the_pages(desk, expected)
    desk.page.context.clear_cookies()
    rows = rows_of(desk, expected.dataset)
    assert len(rows) >= expected.made - len(expected.quarantined)
    for cell in expected.cells:
        (row,) = [
            row
            for row in rows
            if all(
                row[name].replace(" ", "T") == value.replace(" ", "T")
                for name, value in cell.key.items()
            )
        ]
        found = row[cell.column]
        if cell.value is None:
            assert found == ""
        elif re.fullmatch(r"-?\d+(\.\d+)?", cell.value):
            assert float(found) == float(cell.value)
        else:
            assert found == cell.value
