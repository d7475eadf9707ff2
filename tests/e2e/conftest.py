from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.support.box import RunningBox
from tests.support.browser import PHONE, WIDE, Complaints, launched, open_page, require_chromium

PASSWORD = "three pigeons on a roof"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    require_chromium()
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBox]:
    """A box on two simulated modems, its administrator's password set."""
    folder = tmp_path_factory.mktemp("box")
    with RunningBox(folder, arguments=["--simulate", "2", "--air-time", "0.1"]) as running:
        done = running.command("passwd", "admin", "--stdin", stdin=PASSWORD + "\n")
        assert done.returncode == 0, done.stderr
        yield running.start()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    found = Complaints()
    yield found
    assert found.heard == []


OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def signed_in_state(browser: Browser, box: RunningBox) -> StorageState:
    """The cookies of the administrator, who has signed in once."""
    context = browser.new_context(base_url=box.url)
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(
    browser: Browser, box: RunningBox, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """A fresh browser at the box: visit(script=False, phone=True, signed_in=False)."""
    contexts = []

    def open_one(*, script: bool = True, phone: bool = False, signed_in: bool = True) -> Page:
        context = browser.new_context(
            base_url=box.url,
            java_script_enabled=script,
            viewport=PHONE if phone else WIDE,
            storage_state=request.getfixturevalue("signed_in_state") if signed_in else None,
        )
        contexts.append(context)
        page = open_page(context, complaints)
        if signed_in:
            page.goto("/")
        return page

    yield open_one
    for context in contexts:
        context.close()


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).first.wait_for()
