"""A person before a browser window: opens pages, signs in, and is told of every fault there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.support.server import Server


@dataclass
class Window:
    """A page of the served platform; `shape` tells its pictures apart."""

    page: Page
    server: Server
    shape: str

    def open(self, path: str) -> None:
        """Go to a page of the platform."""
        self.page.goto(self.server.address + path)

    def sign_in(self, login: str) -> None:
        """Sign in through the page, as nobody else any more."""
        self.page.context.clear_cookies()
        self.open("/sign-in")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", self.server.password)
        self.page.click("form[action='/sign-in'] button")
        self.page.wait_for_url(re.compile("/desk"))

    def state_of(self, delivery: str) -> str:
        """Ask the interface how a delivery stands."""
        answer = self.page.request.get(f"{self.server.address}/api/v1/deliveries/{delivery}")
        assert answer.ok, answer.status
        return str(answer.json()["state"])


@contextmanager
def window(browser: Browser, width: int, patience: float) -> Iterator[Page]:
    """Open a window of `width` pixels; what the console said but for refusals is a fault."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="vi-VN", accept_downloads=True
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.set_default_timeout(patience)
    yield page
    context.close()
    assert [line for line in said if "status of 4" not in line] == []
