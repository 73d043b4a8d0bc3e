"""A contract is changed on a page, decided by a second person, and the next rows come under it.

An officer makes a mistake, sees it at its line, mends it, compares, tries the text on the newest
delivery and proposes; her approver reads what changes and puts it into force; she types a row by
hand, sees a fault at its cell, mends it and sends; the dataset's page shows the new column.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.axe import looked_at
from tests.browser.desk import Window, window
from tests.support.browser import chromium
from tests.support.server import Server, serve
from tests.support.small_pack import small_pack

WAIT = 30_000
DATASET = "danh-muc-ma-thu-tuc"
NEEDED = (DATASET, "danh-muc-co-quan", "danh-muc-don-vi-hanh-chinh")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("contracts")
    with serve(folder / "store", small_pack(folder / "pack", NEEDED)) as running:
        yield running


class Desk(Window):
    """An officer who changes a contract."""

    def look(self, name: str) -> None:
        looked_at(self.page, f"journey-contract-{name}-{self.shape}")

    @property
    def text(self) -> Locator:
        return self.page.locator("#f-text")

    def press(self, verb: str) -> None:
        self.page.locator(f".stick button[value={verb}], .next-bar button[value={verb}]").click()

    def wait_for(self, delivery: str, state: str) -> None:
        for _ in range(300):
            if self.state_of(delivery) == state:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{delivery} is not {state}: {self.state_of(delivery)}")


@pytest.fixture(params=[1440, 360], ids=["wide", "phone"])
def desk(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Desk]:
    with window(browser, request.param, WAIT) as page:
        yield Desk(page, server, str(request.param))


def line_of(text: str, part: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def with_column(text: str, name: str) -> str:
    """Give the text with one more column, which may be empty, before the others."""
    found = re.search(r"^ *properties:\n( *)- ", text, re.MULTILINE)
    assert found is not None
    facts = f"name: {name}, businessName: Ghi chú {name}, logicalType: string"
    added = f"{found[1]}- {{id: {name}, {facts}, classification: public}}\n"
    return text[: found.start(1)] + added + text[found.start(1) :]


def test_a_contract_is_changed_decided_and_the_next_rows_come_under_it(desk: Desk) -> None:
    column = f"ghi_chu_{desk.shape}"

    # She opens the contract and makes a mistake; it stands there with its line and its remedy.
    desk.sign_in("canbo.vanphong")
    desk.open("/contracts")
    desk.look("list")
    desk.page.locator(f"a[href='/contracts/{DATASET}']").click()
    desk.look("dataset")
    desk.page.locator("a[href$='/edit']").click()
    desk.look("editor")
    before = desk.text.input_value()
    wanted = with_column(before, column)
    wrong = wanted.replace("logicalType: string", "logicalType: chuoi", 1)
    line = line_of(wrong, "logicalType: chuoi")
    desk.text.fill(wrong)
    finding = desk.page.locator(f".findings a[href='#L{line}']")
    expect(finding).to_be_visible()
    expect(desk.page.locator(f"#L{line}")).to_have_class("marked")
    desk.look("finding")
    finding.click()
    chosen = desk.text.evaluate("t => t.value.slice(t.selectionStart, t.selectionEnd)")
    assert "logicalType: chuoi" in chosen
    # Pressing the button all the same loses nothing.
    desk.press("propose")
    expect(desk.page.locator(".findings li")).to_have_count(1)
    assert desk.text.input_value() == wrong

    # She mends it, takes over the version that the change calls for, and compares.
    desk.text.fill(wanted)
    expect(desk.page.locator(".axes")).to_be_visible()
    desk.look("compared")
    offered = desk.page.locator("button[value=version]")
    version = re.sub(r"[^\d.]", "", offered.inner_text())
    offered.click()
    expect(desk.text).to_have_value(re.compile(rf'^version: "{version}"$', re.MULTILINE))
    expect(desk.page.locator(".verdict.good")).to_be_visible()

    # She tries it on the newest delivery: everything would still be released.
    desk.press("try")
    expect(desk.page.locator(".trial .notice")).to_be_visible()
    expect(desk.page.locator(".trial .notice")).to_contain_text("giữ lại thêm 0")
    desk.look("tried")
    desk.press("propose")
    desk.page.wait_for_url(re.compile(rf"/contracts/{DATASET}/{re.escape(version)}"))
    expect(desk.page.locator("form[action$='/approve']")).to_have_count(0)
    desk.look("proposed")

    # A second person reads what changes, line by line too, and puts it into force.
    desk.sign_in("duyet.vanphong")
    desk.open("/approvals")
    desk.page.locator(f"a[href='/contracts/{DATASET}/{version}']").first.click()
    expect(desk.page.locator(".differing .added").first).to_be_visible()
    desk.look("decision")
    desk.page.locator("form[action$='/approve'] button[value=activate]").click()
    expect(desk.page.locator(".page-head .badge.good")).to_be_visible()
    desk.look("in-force")

    # The officer types into a row; what is wrong stands at its cell.
    desk.sign_in("canbo.vanphong")
    desk.open(f"/deliveries/new/{DATASET}")
    desk.look("send")
    desk.page.locator("a[href$='/rows']").click()
    first = desk.page.locator("tbody tr").first
    code = first.locator("input[name$='.ma_thu_tuc']")
    kept = code.input_value()
    code.fill("không phải mã")
    first.locator(f"[name$='.{column}']").fill(f"Ghi tay {desk.shape}")
    desk.page.locator(".next-bar button[value=send]").click()
    expect(desk.page.locator("[aria-invalid]")).to_have_count(1)
    desk.look("form-fault")
    row = desk.page.locator("tbody tr.failing")
    row.locator("[aria-invalid]").fill(kept)
    assert row.locator(f"[name$='.{column}']").input_value() == f"Ghi tay {desk.shape}"
    desk.page.locator(".next-bar button[value=send]").click()
    desk.page.wait_for_url(re.compile(r"/deliveries/dlv_\w+"))
    found = re.search(r"dlv_\w+", desk.page.url)
    assert found is not None
    desk.wait_for(found[0], "checked")
    desk.open(f"/deliveries/{found[0]}/changes")
    expect(desk.page.get_by_text(f"Ghi tay {desk.shape}")).to_be_visible()
    desk.look("form-changes")
    desk.page.locator("form[action$='/publish'] button").click()
    desk.page.wait_for_url(re.compile(rf"/deliveries/{found[0]}"))
    desk.sign_in("duyet.vanphong")
    desk.open("/approvals")
    desk.page.locator(f"form[action$='/{found[0]}/approve'] button").click()
    desk.wait_for(found[0], "released")

    # Anyone sees the new column; the release before is still read under its own contract.
    desk.page.context.clear_cookies()
    desk.open(f"/datasets/{DATASET}?q=ghi+tay+{desk.shape}")
    expect(desk.page.locator("#rows tbody tr")).to_have_count(1)
    old = desk.page.request.get(f"{desk.server.address}/datasets/{DATASET}/download.csv?release=1")
    assert column not in old.text().splitlines()[0]
    new = desk.page.request.get(f"{desk.server.address}/datasets/{DATASET}/download.csv")
    assert column in new.text().splitlines()[0]


def test_rows_are_pasted_from_a_sheet_and_taken_away_without_a_new_page(desk: Desk) -> None:
    desk.sign_in("canbo.vanphong")
    desk.open(f"/deliveries/new/{DATASET}/rows")
    rows = desk.page.locator("tbody tr")
    count = rows.count()
    desk.page.locator("button[data-add='1']").click()
    expect(rows).to_have_count(count + 1)
    last = rows.nth(count)
    last.locator("input[name$='.ma_thu_tuc']").evaluate(
        """cell => {
            const data = new DataTransfer();
            data.setData("text/plain", "1.999001\\tThủ tục dán\\n1.999002\\tThủ tục khác\\n");
            cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    expect(rows).to_have_count(count + 2)
    expect(rows.nth(count + 1).locator("[name$='.ten']")).to_have_value("Thủ tục khác")
    rows.nth(0).locator("[data-remove]").click()
    expect(rows).to_have_count(count + 1)
    expect(rows.nth(0).locator("[data-place]")).to_have_text("1")
    desk.page.locator("tbody tr").nth(count).locator("[name$='.ten']").fill("")
    desk.press("check")
    expect(desk.page.locator("tbody tr.failing")).to_have_count(2)
