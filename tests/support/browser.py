"""Debian's Chromium through Playwright, as a person has it in front of them."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

# Debian builds one Chromium into several programs; the first opens pages twice as fast, and the
# second (156) may wait for ever when a page is closed while it navigates.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), None)
FLAGS = (
    "--no-sandbox",  # containers and CI run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
PATIENCE = 15_000  # milliseconds; a busy CI machine may take more than Playwright's 5 seconds
expect.set_options(timeout=PATIENCE)


def require_chromium() -> None:
    """Skip loudly where there is no browser; under CI its absence is a failure."""
    if CHROMIUM:
        return
    words = "Chromium is not installed: THE PAGE IS NOT TESTED. As root: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Complaints:
    """What the browser's console and network complained of; a test ends with none."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.expected: tuple[str, ...] = ()

    def listen(self, page: Page) -> None:
        page.on("console", lambda m: self._hear(m.type == "error", m.text))
        page.on("pageerror", lambda e: self._hear(True, str(e)))

    def _hear(self, bad: bool, text: str) -> None:
        if bad and not any(e in text for e in self.expected):
            self.heard.append(text)


def open_page(context: BrowserContext, complaints: Complaints) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints.listen(page)
    return page
