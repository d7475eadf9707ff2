"""A person sets up the credit of a SIM and talks to the network by USSD; also without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("phone", [True, False])
def test_a_dialogue_by_ussd(visit: OpenPage, script: bool, phone: bool) -> None:
    page = visit(script=script, phone=phone)
    page.get_by_role("link", name="Connections").click()
    page.get_by_role("link", name="USSD").first.click()
    page.get_by_label("Code").fill("*123#")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("log")).to_contain_text("1 Balance")
    page.get_by_label("Your choice").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("1 Data")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("log")).to_contain_text("Cancelled.")
    width = page.evaluate("document.documentElement.scrollWidth") if script else 0
    assert width <= page.viewport_size["width"]


def test_credit_is_set_up_and_appears_by_itself_on_another_page(visit: OpenPage) -> None:
    other = visit()
    other.goto("/connections")
    card = other.get_by_role("listitem").filter(has=other.get_by_role("heading", name="Till"))
    page = visit(script=False)
    page.goto("/connections")
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_label("Name").fill("Till")
    page.get_by_label("Code that asks for the credit").fill("*100#")
    page.get_by_label("Warn below").fill("1000")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Credit is low.")).to_be_visible()
    expect(card).to_contain_text("EUR")
    expect(card).to_contain_text("Credit is low.")
