"""Every kind of page, with hand-made content: clean to axe, nothing overflows, pictures kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import chromium
from tests.support.sample_pages import pages
from tests.support.static_site import serve_pages

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "screenshots"
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHAPES = [(360, "light"), (1440, "light"), (360, "dark"), (1440, "dark")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_pages(pages()) as site:
        yield site


@pytest.fixture(scope="module", params=SHAPES, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def window(
    request: pytest.FixtureRequest, browser: Browser
) -> Iterator[tuple[BrowserContext, str]]:
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=theme, locale="vi-VN"
    )
    yield context, f"{theme}-{width}"
    context.close()


@pytest.mark.parametrize("name", list(pages()))
def test_a_page_is_clean_fits_and_says_nothing_to_the_console(
    name: str, window: tuple[BrowserContext, str], address: str
) -> None:
    context, shape = window
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(f"{address}/{name}")
    page.evaluate("document.fonts.ready")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{shape}.png", full_page=True)
    page.evaluate(AXE)
    found = page.evaluate(
        "async rules => (await axe.run(document, {runOnly: rules})).violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.target + ' ' + n.failureSummary).join(' | '))",
        RULES,
    )
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    assert found == []
    assert wider <= 0
    assert said == []
