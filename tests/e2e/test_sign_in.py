"""Nobody reads or sends without credentials, and there is no first password."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, OpenPage
from tests.support.box import RunningBox
from tests.support.browser import open_page


@pytest.fixture
def new_box(tmp_path) -> Iterator[RunningBox]:
    """A box that nobody has set up."""
    with RunningBox(tmp_path, arguments=["--simulate", "1"]) as running:
        yield running.start()


def test_the_first_person_sets_a_password_with_the_printed_link(browser, new_box, complaints):
    context = browser.new_context(base_url=new_box.url)
    page = open_page(context, complaints)
    page.goto("/")
    expect(page.get_by_label("One-time code")).to_be_visible()
    page.goto(new_box.first_run_link())
    page.get_by_label("Password", exact=True).fill("a long enough one")
    page.get_by_label("Password again").fill("a long enough one")
    page.get_by_role("button", name="Save and sign in").click()
    for heading in ("This box", "SIM cards", "Test SMS"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        page.get_by_role("button", name="Skip this step").click()
    expect(page.get_by_role("heading", name="Open this box on a phone")).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="All Communications")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
    again(browser, new_box, complaints)


def again(browser, new_box: RunningBox, complaints) -> None:
    """The code dies with its use."""
    complaints.expected = ("status of 403",)
    context = browser.new_context(base_url=new_box.url)
    page = open_page(context, complaints)
    page.goto(new_box.first_run_link())
    page.get_by_label("Password", exact=True).fill("somebody else's")
    page.get_by_label("Password again").fill("somebody else's")
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("alert").or_(page.locator(".error")).first).to_be_visible()
    context.close()


def test_every_page_asks_for_a_sign_in_first(visit: OpenPage):
    page = visit(signed_in=False)
    for path in ("/", "/received", "/send", "/phone", "/failed"):
        page.goto(path)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_said_and_the_right_one_goes_on_to_where_one_wanted(
    visit: OpenPage, complaints
):
    complaints.expected = ("status of 403",)
    page: Page = visit(signed_in=False)
    page.goto("/received")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="SMS received")).to_be_visible()
