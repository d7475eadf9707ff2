"""What people do in the inbox: find a row, tick it, press a button of the bar above."""

from __future__ import annotations

import itertools

from playwright.sync_api import Locator, Page

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox, eventually

marks = itertools.count(1)
NOBODY = "+254799990001"  # the pretend network refuses this ending


def mark() -> str:
    return f"mark{next(marks):03}"


def number() -> str:
    return f"+254798000{next(marks):03}"


def received(visit: OpenPage, box: RunningBox, *texts: str) -> list[str]:
    """Messages that came in, each from a number of its own; returns the numbers."""
    page = visit()
    numbers = []
    for text in texts:
        numbers.append(number())
        page.goto(f"/phone?number={numbers[-1].replace('+', '%2B')}")
        page.get_by_label("Message").fill(text)
        page.get_by_role("button", name="Write to the box").click()
        page.locator("#talk").get_by_text(text).wait_for()
        eventually(lambda text=text: text in str(box.inbox()))
    return numbers


def row(page: Page, words: str) -> Locator:
    return page.locator(".rows > .row").filter(has_text=words)


def tick(page: Page, *words: str) -> None:
    for one in words:
        row(page, one).locator(".pick input").check()


def bar(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="What to do with").get_by_role("button", name=name)


def failed(box: RunningBox, *texts: str) -> None:
    for text in texts:
        box.wait_for(box.send(text, NOBODY), "Failed")
