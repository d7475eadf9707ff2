"""Every page that can be reached by links, judged by axe-core (WCAG 2.2 AA), wide and on a phone.

Pages are found by walking, so a new one is judged without being named here.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

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
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitaensnummer"  # as people do name a field
# What has the focus: what it is, whether that can be seen, and where it is.
MOST_STOPS = 200
LINE = 24  # pixels
FOCUSED = """() => {
  if (document.activeElement === document.body) return null;
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  const words = (it.innerText || it.title || it.name || it.id).trim().split("\\n")[0];
  const marked = style.outlineStyle != "none" && parseFloat(style.outlineWidth) > 0;
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const label = it.labels && [...it.labels].some((one) => one.contains(over));
  return [words, marked, !!over && (label || it.contains(over) || over.contains(it)), box.top];
}"""
KINDS = ((WIDE, "light"), (PHONE, "dark"))


@pytest.fixture(scope="module")
def furnished(box: RunningBox) -> RunningBox:
    """Something of everything: sent, received in Arabic and emoji, failed, for many people."""
    clerk = Clerk(box, "admin", PASSWORD)
    furnish(box.wait_for_modems(2), clerk)
    clerk.post("/people/fields", ("name", LONG_WORD), ("action", "add"))
    return box


Look = Callable[..., Page]


@pytest.fixture
def look(furnished: RunningBox, browser: Browser, complaints: Complaints) -> Iterator[Look]:
    """A browser of its own at the furnished box, nobody signed in: look(viewport=PHONE)."""
    with contextlib.ExitStack() as stack:

        def opened_at(**wishes: Any) -> Page:
            context = browser.new_context(base_url=furnished.url, reduced_motion="reduce", **wishes)
            stack.callback(context.close)
            return open_page(context, complaints)

        yield opened_at


@pytest.mark.timeout(300)  # it has all of them to walk
@pytest.mark.parametrize(("size", "scheme"), KINDS, ids=["wide light", "phone dark"])
def test_every_page_is_accessible_and_fits(look: Look, size: object, scheme: str) -> None:
    page = look(viewport=size, color_scheme=scheme)
    wrong = list(judged(page, "/sign-in"))
    sign_in(page)
    seen = 0
    for path in walked(page):
        wrong += judged(page, path)
        seen += 1
    assert seen > 15
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(("size", "scheme"), KINDS, ids=["wide light", "phone dark"])
def test_every_dialogue_is_accessible_and_closed_by_escape(
    look: Look, size: object, scheme: str
) -> None:
    page = look(viewport=size, color_scheme=scheme)
    sign_in(page)
    wrong: list[str] = []
    for name in DIALOGUES:
        opened(page, name)
        wrong += looked_at(page, name)
        closed_by_escape(page, name)
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_keyboard_goes_as_the_eye_does_and_is_seen(look: Look, size: ViewportSize) -> None:
    page = look(viewport=size)
    sign_in(page)
    wrong: list[str] = []
    for path in ("/failed", "/people", "/box", "/activities"):
        page.goto(path)
        came = list(stops(page))
        names = [words for words, _, _, _ in came]
        if names[0] != "Skip to the content" or not 10 < len(came) < MOST_STOPS:
            wrong.append(f"{path}: {len(came)} stops, the first is {names[0]!r}")
        wrong += [
            f"{path}: {c[0]!r} is not seen to have the focus" for c in came if not all(c[1:3])
        ]
        lines = [round(top / LINE) for _, _, _, top in came[1 : names.index("Send SMS") + 1]]
        if lines != sorted(lines):
            wrong.append(f"{path}: the keyboard jumps about in the header: {names}")
    assert "\n".join(wrong) == ""


def test_the_words_of_a_message_stay_in_sight_at_every_width(look: Look) -> None:
    page = look()
    sign_in(page)
    page.goto("/failed")
    page.locator(".row-link").first.click()
    expect(page.locator(".detail table")).to_be_visible()
    for width in (360, 701, 900, 1100, 1101, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        for place in (".row-link .words", ".detail .why"):
            box = page.locator(place).first.bounding_box()
            assert box is not None, (width, place)
            assert box["width"] > 100, (width, place, box)
            assert box["x"] + box["width"] < width, (width, place, box)


def stops(page: Page) -> Iterator[tuple[str, bool, bool, float]]:
    """Where Tab comes to, from the beginning of the page to its end."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            return
        yield tuple(found)


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
