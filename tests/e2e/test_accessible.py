"""Every page that can be reached by links, judged by axe-core (WCAG 2.2 AA), wide and on a phone.

Pages are found by walking, so a new one is judged without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.demo import Clerk, furnish
from tests.support.box import RunningBox
from tests.support.browser import PHONE, WIDE, Complaints, open_page

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
# Files, not pages.
FILES = re.compile(r"/(export|bad-rows|static)|\.(csv|db|vcf|svg)$|/settings/backups/pigeonbox-")
# A view, and the button in it that opens a dialogue about the message that is ticked.
DIALOGUES = {
    "the window before deleting": ("/received", "Delete"),
    "the window before resending": ("/failed", "Retry Sending Selected Failed SMS"),
    "all contacts": ("/send", "Show all contacts"),
}
KINDS = ((WIDE, "light"), (PHONE, "dark"))


@pytest.fixture(scope="module")
def furnished(box: RunningBox) -> RunningBox:
    """Something of everything: sent, received in Arabic and emoji, failed, for many people."""
    furnish(box.wait_for_modems(2), Clerk(box, "admin", PASSWORD))
    return box


@pytest.mark.timeout(300)  # it has all of them to walk
@pytest.mark.parametrize(("size", "scheme"), KINDS, ids=["wide light", "phone dark"])
def test_every_page_is_accessible_and_fits(
    furnished: RunningBox, browser: Browser, complaints: Complaints, size: object, scheme: str
) -> None:
    context = browser.new_context(
        base_url=furnished.url, viewport=size, color_scheme=scheme, reduced_motion="reduce"
    )
    page = open_page(context, complaints)
    wrong = list(judged(page, "/sign-in"))
    sign_in(page)
    seen = 0
    for path in walked(page):
        wrong += judged(page, path)
        seen += 1
    context.close()
    assert seen > 15
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(("size", "scheme"), KINDS, ids=["wide light", "phone dark"])
def test_every_dialogue_is_accessible_and_closed_by_escape(
    furnished: RunningBox, browser: Browser, complaints: Complaints, size: object, scheme: str
) -> None:
    context = browser.new_context(
        base_url=furnished.url, viewport=size, color_scheme=scheme, reduced_motion="reduce"
    )
    page = open_page(context, complaints)
    sign_in(page)
    wrong: list[str] = []
    for name in DIALOGUES:
        opened(page, name)
        wrong += looked_at(page, name)
        closed_by_escape(page, name)
    context.close()
    assert "\n".join(wrong) == ""


def walked(page: Page) -> Iterator[str]:
    """Each kind of page once: addresses that differ in numbers only are of one kind."""
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        response = page.goto(path)
        if response is None or response.status != 200:
            raise AssertionError(f"{path}: {response and response.status}")
        yield path
        for href in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            there = urlsplit(urljoin(page.url, href))
            if there.netloc != urlsplit(page.url).netloc or FILES.search(there.path):
                continue
            kind = re.sub(r"\d+", "N", there.path) + "?" + ",".join(sorted(parameters(there.query)))
            if kind not in known:
                known.add(kind)
                waiting.append(there.path + (f"?{there.query}" if there.query else ""))


def parameters(query: str) -> list[str]:
    return [pair.partition("=")[0] for pair in query.split("&") if pair]


def opened(page: Page, name: str) -> None:
    """Open the dialogue with the keyboard alone, from where a person would."""
    path, button = DIALOGUES[name]
    page.goto(path)
    if path != "/send":
        first = page.locator(".row .pick input").first
        first.focus()
        page.keyboard.press("Space")
    press = page.get_by_role("button", name=button).first
    press.focus()
    page.keyboard.press("Enter")
    shown = page.get_by_role("group", name="All contacts") if path == "/send" else window(page)
    expect(shown).to_be_visible()


def closed_by_escape(page: Page, name: str) -> None:
    """Escape closes a window, and the keyboard is where it was before."""
    path, button = DIALOGUES[name]
    if path == "/send":
        return
    expect(window(page).locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(window(page)).to_have_count(0)
    expect(page.get_by_role("button", name=button).first).to_be_focused()


def window(page: Page) -> Locator:
    return page.get_by_role("dialog")


def judged(page: Page, path: str) -> Iterator[str]:
    if urlsplit(page.url).path != urlsplit(path).path:
        page.goto(path)
    for details in page.locator("details:not([open]) > summary").all():
        if details.is_visible():
            details.click()
    yield from looked_at(page, path)


def looked_at(page: Page, path: str) -> Iterator[str]:
    found = Axe().run(page, options=RULES)
    for violation in found.response["violations"]:
        nodes = [" ".join(n["target"]) for n in violation["nodes"][:3]]
        yield f"{path}: {violation['id']}: {violation['help']} ({'; '.join(nodes)})"
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if too_wide > 0:
        yield f"{path}: is {too_wide} px wider than the window"
