"""The article, step by step: reply to one and several, forward, delete and restore, resend one and
many; wide and on a phone, by mouse, by keyboard alone, and without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.hands import bar, failed, mark, number, received, row, tick
from tests.support.box import RunningBox, eventually

WAYS = {
    "wide": {"script": True, "phone": False},
    "phone": {"script": True, "phone": True},
    "plain": {"script": False, "phone": False},
    "plain-phone": {"script": False, "phone": True},
}
ways = pytest.mark.parametrize("way", list(WAYS))


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


# reply and forward -----------------------------------------------------------------------------


@ways
def test_several_are_answered_with_one_text(visit: OpenPage, box: RunningBox, way: str):
    m = mark()
    one, two = received(visit, box, f"first {m}", f"second {m}")
    page = visit(**WAYS[way])
    page.goto("/received")
    tick(page, f"first {m}", f"second {m}")
    bar(page, "Reply to").click()
    expect(page.get_by_role("heading", name="Reply to")).to_be_visible()
    said = page.get_by_label("Recipients").input_value()
    assert one in said
    assert two in said
    page.get_by_label("Message", exact=True).fill(f"answer {m}")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("2 SMS queued to 2 people")).to_be_visible()


@ways
def test_one_is_forwarded_from_its_opened_row(visit: OpenPage, box: RunningBox, way: str):
    m = mark()
    received(visit, box, f"pass {{this}} on {m}")
    page = visit(**WAYS[way])
    page.goto("/received")
    row(page, m).locator(".row-link").click()
    row(page, m).get_by_role("link", name="Forward").click()
    expect(page.get_by_role("heading", name="Forward")).to_be_visible()
    expect(page.get_by_label("Recipients")).to_have_value("")
    expect(page.get_by_label("Message", exact=True)).to_have_value(f"pass {{{{this}}}} on {m}")
    to = number()
    page.get_by_label("Recipients").fill(to)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    page.goto(f"/phone?number={to.replace('+', '%2B')}")
    eventually(lambda: page.reload() and f"pass {{this}} on {m}" in page.content())


@pytest.mark.parametrize("way", ["wide", "plain"])
def test_several_cannot_be_forwarded_and_the_page_says_why(
    visit: OpenPage, box: RunningBox, complaints, way: str
):
    complaints.expected = ("409",)
    m = mark()
    received(visit, box, f"first {m}", f"second {m}")
    page = visit(**WAYS[way])
    page.goto("/received")
    tick(page, f"first {m}", f"second {m}")
    if way == "wide":
        expect(bar(page, "Forward")).to_have_attribute("aria-disabled", "true")
    bar(page, "Forward").click(force=True)
    expect(page.locator("#picked")).to_contain_text("Only one SMS can be forwarded at a time")
    expect(row(page, f"first {m}").locator(".pick input")).to_be_checked()


# delete and restore ----------------------------------------------------------------------------


@ways
def test_ticked_ones_are_deleted_and_restored(visit: OpenPage, box: RunningBox, way: str):
    m = mark()
    received(visit, box, f"first {m}", f"second {m}", f"third {m}")
    page = visit(**WAYS[way])
    page.goto("/received")
    tick(page, f"first {m}", f"second {m}")
    bar(page, "Delete").click()
    expect(page.get_by_role("heading", name="You are about to delete 2 messages")).to_be_visible()
    page.get_by_role("button", name="Delete Interactions").click()
    expect(page.get_by_text("2 messages deleted.")).to_be_visible()
    expect(row(page, m)).to_have_count(1)
    page.get_by_role("link", name="Deleted Communications").last.click()
    expect(row(page, m)).to_have_count(2)
    tick(page, f"first {m}")
    bar(page, "Restore").click()
    expect(page.get_by_text("1 message restored.")).to_be_visible()
    page.goto("/received")
    expect(row(page, f"first {m}")).to_be_visible()
    page.goto("/deleted")
    row(page, f"second {m}").locator(".row-link").click()
    row(page, f"second {m}").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("cannot be brought back")).to_be_visible()
    page.get_by_role("button", name="Delete for good", exact=True).last.click()
    expect(page.get_by_text("1 message deleted for good.")).to_be_visible()
    page.goto("/settings/audit")
    expect(page.get_by_text("for good").first).to_be_visible()


def test_a_window_is_closed_by_cancel_and_escape_and_nothing_is_done(
    visit: OpenPage, box: RunningBox
):
    m = mark()
    received(visit, box, f"kept {m}")
    page = visit()
    page.goto("/received")
    tick(page, m)
    for close in (
        lambda: page.get_by_role("link", name="Cancel").click(),
        lambda: page.keyboard.press("Escape"),
    ):
        bar(page, "Delete").click()
        expect(page.locator("dialog[open]")).to_be_visible()
        close()
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(bar(page, "Delete")).to_be_focused()
    expect(row(page, m).locator(".pick input")).to_be_checked()


def test_a_double_click_on_delete_interactions_deletes_once(visit: OpenPage, box: RunningBox):
    m = mark()
    received(visit, box, f"once {m}")
    page = visit()
    page.goto("/received")
    tick(page, m)
    bar(page, "Delete").dblclick()
    page.get_by_role("button", name="Delete Interactions").dblclick()
    expect(page.get_by_text("1 message deleted.")).to_be_visible()


# resend ----------------------------------------------------------------------------------------


@ways
def test_selected_failed_ones_are_retried_after_a_window(
    visit: OpenPage, box: RunningBox, way: str
):
    m = mark()
    failed(box, f"first {m}", f"second {m}")
    page = visit(**WAYS[way])
    page.goto("/failed")
    expect(page.get_by_text("this number is not assigned").first).to_be_visible()
    tick(page, f"first {m}", f"second {m}")
    bar(page, "Retry Sending Selected Failed SMS").click()
    expect(page.get_by_role("heading", name="You are about to resend 2 SMS")).to_be_visible()
    page.get_by_label("Connection").last.select_option("Default")
    page.get_by_role("button", name="Resend", exact=True).click()
    expect(page.get_by_text("2 SMS queued again.")).to_be_visible()


@ways
def test_one_failed_is_retried_from_its_opened_row(visit: OpenPage, box: RunningBox, way: str):
    m = mark()
    failed(box, f"alone {m}")
    page = visit(**WAYS[way])
    page.goto("/failed")
    row(page, m).locator(".row-link").click()
    row(page, m).get_by_role("button", name="Resend 1 SMS").click()
    expect(page.get_by_text("1 SMS queued again.")).to_be_visible()


# all in a view, by keys ------------------------------------------------------------------------


def test_all_in_the_view_can_be_meant_with_script_and_without(visit: OpenPage, box: RunningBox):
    m = mark()
    number_of = 55
    ids = [box.send(f"many {n} {m}", number()) for n in range(number_of)]
    box.wait_for(ids[-1], "Sent", "Delivered")
    for script in (True, False):
        page = visit(script=script)
        page.goto("/")
        if script:
            page.locator("#pick-page").check()
        else:
            page.get_by_role("link", name=re.compile("Tick all 50")).click()
        page.get_by_role("link", name=re.compile("Select all .* in this view")).click()
        expect(page.locator("#picked")).to_contain_text(
            re.compile("All .* in this view are ticked")
        )
        bar(page, "Delete").click()
        said = page.get_by_role("heading", name="You are about to delete").inner_text()
        assert int(re.findall(r"[\d,]+", said)[0].replace(",", "")) >= number_of
        page.get_by_role("link", name="Cancel").click()


def to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press the key until the focus is there, which has to be seen."""
    for _ in range(250):
        page.keyboard.press(key)
        here, seen = page.evaluate(
            "selector => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.matches(selector), s.outlineStyle !== 'none' || s.boxShadow !== 'none'] }",
            selector,
        )
        if here:
            assert seen, f"the focus on {selector} cannot be seen"
            return
    raise AssertionError(f"{key} never came to {selector}")


def test_ticking_deleting_and_restoring_with_the_keyboard_alone(visit: OpenPage, box: RunningBox):
    m = mark()
    received(visit, box, f"a {m}", f"b {m}", f"c {m}", f"d {m}")
    page = visit()
    page.goto("/received")
    to(page, "[name=m]")
    page.keyboard.press("Space")  # d
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")  # up to b
    expect(page.locator("#picked")).to_contain_text("3 ticked.")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#picked")).to_contain_text("4 ticked.")
    page.keyboard.press("Space")  # not a
    expect(page.locator("#picked")).to_contain_text("3 ticked.")
    to(page, "#selected [value=delete]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog button[value=delete]")).to_be_focused()
    expect(page.get_by_role("heading", name="You are about to delete 3 messages")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 messages deleted.")).to_be_visible()
    expect(row(page, m)).to_have_count(1)
    page.goto("/deleted")
    to(page, "#pick-page")
    page.keyboard.press("Space")
    to(page, "#selected [value=restore]")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("messages restored."))).to_be_visible()


def test_replying_forwarding_and_resending_with_the_keyboard_alone(
    visit: OpenPage, box: RunningBox
):
    m = mark()
    failed(box, f"no {m}")
    received(visit, box, f"yes {m}")
    page = visit()
    page.goto("/received")
    to(page, ".row-link")
    page.keyboard.press("Enter")
    expect(page.locator(".detail .text")).to_have_text(f"yes {m}")
    to(page, "[data-focus=reply]")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Reply to").wait_for()
    page.keyboard.type(f"answer {m}")  # the message has the focus
    to(page, "button.primary[value=send]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    page.goto("/received")
    to(page, "[name=m]")
    page.keyboard.press("Space")
    to(page, "#selected [value=forward]", "Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Forward").wait_for()
    expect(page.get_by_label("Recipients")).to_be_focused()
    page.goto("/failed")
    to(page, "[name=m]")
    page.keyboard.press("Space")
    to(page, "#selected [value=resend]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog button[value=resend]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("SMS queued again.")).to_be_visible()


# where one comes back to -----------------------------------------------------------------------


@ways
def test_after_a_delete_one_is_at_the_next_row_and_may_take_it_back(
    visit: OpenPage, box: RunningBox, way: str
):
    m = mark()
    received(visit, box, *(f"{n} {m}" for n in ("first", "second", "third")))
    page = visit(**WAYS[way])
    page.goto("/received")
    gone, beside = row(page, f"second {m}"), row(page, f"first {m}")
    was, gone_id = beside.get_attribute("id"), gone.get_attribute("id")
    gone.locator(".row-link").click()
    gone.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete Interactions").click()
    said = page.get_by_role("status").filter(has_text="1 message deleted.")
    expect(said).to_be_in_viewport()
    expect(beside).to_be_in_viewport()
    if WAYS[way]["script"]:
        expect(beside.locator(".row-link")).to_be_focused()
        expect(page.locator("#spoken")).to_have_text("1 message deleted.")
    else:
        assert page.url.endswith(f"#{was}")
    said.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="1 message restored.")).to_be_visible()
    expect(page.locator(f"#{gone_id}")).to_be_in_viewport()


def test_u_makes_the_row_that_has_the_focus_unread(visit: OpenPage, box: RunningBox):
    m = mark()
    received(visit, box, f"read me {m}")
    page = visit()
    page.goto("/received")
    link = row(page, m).locator(".row-link")
    link.click()
    row(page, m).locator(".detail").wait_for()
    link.press("u")
    expect(page.get_by_text("1 message marked as unread.").first).to_be_visible()
    expect(row(page, m)).to_have_class(re.compile("unread"))
    expect(link).to_be_focused()
