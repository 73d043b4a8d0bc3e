"""The open portal over the demo pack, in a browser: clean to axe, and nothing overflows."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.browser.test_look import AXE, PICTURES, RULES
from tests.support.browser import chromium
from tests.support.office import office
from tests.support.served import served

SENSOR = "/datasets/quan-trac-bui-khong-khi"
WIDE = "/datasets/dan-so-dien-tich-mat-do"
UNITS = "/datasets/danh-muc-don-vi-hanh-chinh"
PAGES = {
    "home": "/",
    "datasets": "/datasets",
    "search": "/datasets?q=bui&origin=simulated",
    "nothing-found": "/datasets?q=zzzz+bui",
    "agencies": "/agencies",
    "agency": "/agencies/H55.07",
    "databases": "/databases",
    "developers": "/developers",
    "registers": "/registers",
    "register": "/registers/datasets",
    "terms": "/terms",
    "statistics": "/statistics",
    "rows": WIDE,
    "filtered": f"{SENSOR}?f.pm25.from=30&sort=-pm25",
    "no-rows": f"{WIDE}?q=khongcogi",
    "chart": f"{SENSOR}/chart",
    "map": f"{UNITS}/map",
    "frame": f"/embed{UNITS}/map",
    "dictionary": f"{SENSOR}/dictionary",
    "quality": f"{SENSOR}/quality",
    "releases": f"{SENSOR}/releases",
    "downloads": f"{SENSOR}/downloads",
    "diff": f"{SENSOR}/diff",
    "not-found": "/datasets/khong-co",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with office(tmp_path_factory.mktemp("portal") / "store") as platform, served(platform) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_clean_and_fits(name: str, width: int, address: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.on(
        "request", lambda asked: None if asked.url.startswith(address) else said.append(asked.url)
    )
    page.goto(f"{address}{PAGES[name]}")
    page.evaluate("document.fonts.ready")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"portal-{name}-{width}.png", full_page=True)
    page.evaluate(AXE)
    found = page.evaluate(
        "async rules => (await axe.run(document, {runOnly: rules})).violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.target + ' ' + n.failureSummary).join(' | '))",
        RULES,
    )
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert found == []
    assert wider <= 0
    assert said == []


def test_a_search_and_a_filter_work_without_scripts(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(address)
    page.fill('.search.big input[name="q"]', "mat do dan so")
    page.press('.search.big input[name="q"]', "Enter")
    page.click(".list a")
    page.fill('.filters input[name="q"]', "thai nguyen")
    page.press('.filters input[name="q"]', "Enter")
    assert page.locator(".rows-table tbody tr").count() == 1
    context.close()


@pytest.mark.parametrize("name", ["home", "search", "rows", "quality", "diff"])
def test_a_page_at_twice_its_size_needs_no_sideways_scrolling(
    name: str, address: str, browser: Browser
) -> None:
    # A browser at 200 % shows half as many CSS pixels, each made of two by two.
    context = browser.new_context(
        viewport={"width": 640, "height": 400}, device_scale_factor=2, locale="vi-VN"
    )
    page = context.new_page()
    page.goto(f"{address}{PAGES[name]}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()


@contextmanager
def _another_site(frames: Sequence[str]) -> Iterator[str]:
    """Serve a page with these frames from another origin."""
    body = "".join(f'<iframe src="{each}" width="600" height="700"></iframe>' for each in frames)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 204)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode() if found else b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_page_of_another_site_shows_a_frame_of_ours_and_no_other_page(
    address: str, browser: Browser
) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    frames = (f"{address}/embed{UNITS}/map", f"{address}{UNITS}/map")
    with _another_site(frames) as elsewhere:
        page.goto(elsewhere)
        page.wait_for_load_state("networkidle")
    frame = page.frame_locator("iframe").first
    assert frame.locator("circle title").count() == 92
    fill = "element => getComputedStyle(element).fill"
    assert frame.locator("circle").first.evaluate(fill) != "rgb(0, 0, 0)"
    assert page.frame_locator("iframe").nth(1).locator("circle").count() == 0
    assert [text for text in said if "frame-ancestors" not in text] == []
    assert len(said) == 1
    context.close()


def test_the_table_is_reached_and_walked_through_by_keyboard_alone(
    address: str, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 800}, locale="vi-VN")
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    page.keyboard.type("mat do dan so")
    page.keyboard.press("Enter")
    page.wait_for_url("**/datasets?q=*")
    page.locator(".list a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/datasets/*")
    page.locator("tbody td[tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowRight", "End", "Home", "ArrowRight"):
        page.keyboard.press(key)
    place = "[document.activeElement.parentElement.rowIndex, document.activeElement.cellIndex]"
    assert page.evaluate(place) == [2, 1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.locator("thead a.col-name").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=*")
    assert page.locator("th[aria-sort='ascending']").count() == 1
    context.close()
