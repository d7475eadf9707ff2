"""Somebody orders the routing rules: by mouse, by dragging, by keyboard alone, without script."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox
from tests.support.browser import Complaints

pytestmark = pytest.mark.e2e
HERE = "/connections/rules"
REPLY, ANY = "Reply through the connection last received through", "any that is free"


@pytest.fixture(autouse=True)
def usual(box: RunningBox) -> None:
    """Every test begins with the rules of a new box."""
    words = [sys.executable, "-m", "gateway", "rules", "usual", "--config", str(box.config)]
    assert subprocess.run(words, capture_output=True, timeout=30).returncode == 0


def add(page: Page, digits: str) -> None:
    page.get_by_role("link", name="Add rule").click()
    page.get_by_label("Numbers starting with").check()
    page.get_by_label("First digits").fill(digits)
    page.get_by_label("Through", exact=True).select_option(index=1)
    page.get_by_role("button", name="Add rule").click()
    page.get_by_role("heading", name="Routing rules").wait_for()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("phone", [True, False])
def test_a_rule_is_added_put_first_and_deleted(visit: OpenPage, script: bool, phone: bool) -> None:
    page = visit(script=script, phone=phone)
    page.goto("/connections")
    page.get_by_role("link", name="Routing rules").click()
    add(page, "0712")
    rules = page.locator(".rule")
    expect(rules.nth(1)).to_contain_text("Numbers starting with +254712")
    page.get_by_role("button", name="Move rule 2 down").click()
    expect(rules.nth(2)).to_contain_text("It never takes effect")
    page.get_by_role("button", name="Move rule 3 up").click()
    expect(rules.nth(1)).to_contain_text("+254712")
    expect(rules.nth(1)).not_to_contain_text("It never takes effect")
    page.get_by_role("button", name="Move rule 2 up").click()
    expect(rules.nth(0)).to_contain_text("+254712")
    page.get_by_role("button", name="Switch off rule 1").click()
    expect(rules.nth(0)).to_contain_text("Switched off")
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    page.get_by_role("link", name="Delete rule 1").click()
    page.get_by_role("button", name="Delete rule").click()
    expect(rules).to_have_count(2)


def test_wrong_digits_stay_in_their_field_with_the_reason(
    visit: OpenPage, complaints: Complaints
) -> None:
    page = visit()
    complaints.expected = ("422",)
    page.goto(f"{HERE}/new")
    page.get_by_label("Numbers starting with").check()
    page.get_by_label("First digits").fill("hello")
    page.get_by_role("button", name="Add rule").click()
    expect(page.get_by_label("First digits")).to_have_value("hello")
    expect(page.get_by_label("First digits")).to_have_accessible_description(
        "“hello” is not the beginning of a phone number. As dialled here or with country code,"
        " for example 0712 or +254. Digits that begin like neither are those of short codes."
    )


def test_the_order_is_changed_by_keyboard_and_the_place_is_kept(visit: OpenPage) -> None:
    page = visit()
    page.goto(HERE)
    down = page.get_by_role("button", name="Move rule 1 down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rule").nth(1)).to_contain_text(REPLY)
    moved = page.get_by_role("button", name="Move rule 2 up")  # down is not possible any more
    expect(moved).to_be_focused()
    expect(page.locator("#spoken")).to_have_text("Rule 2 of 2")
    page.keyboard.press("Enter")
    expect(page.locator(".rule").nth(0)).to_contain_text(REPLY)


def test_what_is_pressed_quickly_is_done_one_after_another(visit: OpenPage) -> None:
    """Else an earlier answer that comes later would show an order that is no more."""
    page = visit()
    page.goto(HERE)
    seen: list[tuple[str, str]] = []
    page.on("request", lambda r: seen.append(("asked", r.url.rsplit("/", 1)[1])))
    page.on("requestfinished", lambda r: seen.append(("answered", r.url.rsplit("/", 1)[1])))
    page.evaluate(
        "document.getElementById('down-1').click(); document.getElementById('switch-1').click()"
    )
    expect(page.locator(".rule").nth(1)).to_contain_text("Switched off")
    expect(page.locator(".rule").nth(1)).to_contain_text(REPLY)
    ours = [one for one in seen if one[1] in ("move", "switch")]
    assert ours[:3] == [("asked", "move"), ("answered", "move"), ("asked", "switch")]


def test_a_rule_is_dragged_by_its_grip(visit: OpenPage) -> None:
    page = visit()
    page.goto(HERE)
    first, second = (page.locator(".rule .grip").nth(n).bounding_box() for n in (0, 1))
    page.mouse.move(first["x"] + 5, first["y"] + 5)
    page.mouse.down()
    page.mouse.move(second["x"] + 5, second["y"] + second["height"] - 2, steps=8)
    with page.expect_response("**/rules/order"):
        page.mouse.up()
    expect(page.locator(".rule").nth(0)).to_contain_text(ANY)
    page.reload()
    expect(page.locator(".rule").nth(0)).to_contain_text(ANY)


@pytest.mark.parametrize("script", [True, False])
def test_a_test_sms_and_its_result(visit: OpenPage, script: bool) -> None:
    page = visit(script=script)
    page.goto("/connections")
    page.get_by_role("link", name="Test SMS").first.click()
    page.get_by_label("To").fill("0712345678")
    page.get_by_role("button", name="Send test").click()
    expect(page.locator(".result")).to_contain_text("Delivered to", timeout=20_000)


@pytest.mark.parametrize("script", [True, False])
def test_limits_and_switches_of_a_connection(
    visit: OpenPage, complaints: Complaints, script: bool
) -> None:
    complaints.expected = ("422",)
    page = visit(script=script, phone=True)
    page.goto("/connections")
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_label("An hour").fill("many")
    page.get_by_label("Hang up calls").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("An hour")).to_have_value("many")
    expect(page.get_by_label("Hang up calls")).to_be_checked()
    page.get_by_label("An hour").fill("120")
    page.get_by_label("Hang up calls").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("120 an hour")).to_be_visible()
    page.get_by_role("link", name="Settings").last.click()
    page.get_by_label("An hour").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("120 an hour")).to_be_hidden()
