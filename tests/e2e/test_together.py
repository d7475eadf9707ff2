"""Two people at once, what comes in meanwhile, the way back, and a box that is gone for a while."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.hands import bar, mark, number, received, row, tick
from tests.support.box import RunningBox


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


def test_what_somebody_else_deletes_stays_in_its_place_and_says_so(
    visit: OpenPage, box: RunningBox
):
    m = mark()
    received(visit, box, f"shared {m}")
    page, other = visit(), visit()
    page.goto("/received")
    tick(page, m)
    other.goto("/received")
    tick(other, m)
    bar(other, "Delete").click()
    other.get_by_role("button", name="Delete Interactions").click()
    expect(other.get_by_text("1 message deleted.")).to_be_visible()
    expect(row(page, m)).to_contain_text("Deleted meanwhile")
    expect(row(page, m).locator(".pick input")).not_to_be_checked()
    expect(row(page, m).locator(".pick input")).to_be_disabled()
    expect(page.locator("#picked")).to_have_text("Tick messages first.")


def test_new_messages_are_put_in_above_and_ticks_and_open_rows_stay(
    visit: OpenPage, box: RunningBox
):
    m = mark()
    received(visit, box, f"old {m}", f"older {m}")
    page = visit()
    page.goto("/received")
    tick(page, f"old {m}")
    row(page, f"older {m}").locator(".row-link").click()
    expect(page.locator(".detail")).to_be_visible()
    received(visit, box, f"new {m}")
    link = page.get_by_role("link", name=re.compile("new message"))
    expect(link).to_be_visible()
    expect(row(page, f"new {m}")).to_have_count(0)
    link.click()
    expect(row(page, f"new {m}")).to_be_visible()
    expect(row(page, f"old {m}").locator(".pick input")).to_be_checked()
    expect(page.locator(".detail")).to_be_visible()
    expect(row(page, f"new {m}").locator(".pick input")).not_to_be_checked()


def test_after_going_back_nothing_is_said_or_ticked_again(visit: OpenPage, box: RunningBox):
    m = mark()
    received(visit, box, f"one {m}", f"two {m}")
    page = visit()
    page.goto("/received")
    tick(page, f"one {m}")
    bar(page, "Delete").click()
    page.get_by_role("button", name="Delete Interactions").click()
    expect(page.get_by_text("1 message deleted.")).to_be_visible()
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("heading", name="People").wait_for()
    page.go_back()
    expect(row(page, f"two {m}")).to_be_visible()
    expect(page.get_by_text("1 message deleted.")).to_have_count(0)
    expect(page.locator(".pick input:checked")).to_have_count(0)


def test_the_page_says_that_the_box_is_gone_and_comes_back_by_itself(
    visit: OpenPage, box: RunningBox, complaints
):
    complaints.expected = ("ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")
    m = mark()
    page = visit()
    page.goto("/")
    writing = page.context.new_page()
    writing.goto("/send")
    writing.get_by_label("Recipients").fill(number())
    writing.get_by_label("Message", exact=True).fill(f"kept {m}")
    box.stop()
    expect(page.get_by_text("The box does not answer")).to_be_visible(timeout=15_000)
    expect(writing.get_by_text("The box does not answer")).to_be_visible(timeout=15_000)
    writing.get_by_role("button", name="Send", exact=True).click()
    expect(writing.get_by_label("Message", exact=True)).to_have_value(f"kept {m}")
    box.start().wait_for_modems(2)
    for one in (page, writing):
        expect(one.get_by_text("The box does not answer")).to_be_hidden(timeout=30_000)
    writing.get_by_role("button", name="Send", exact=True).click()
    expect(writing.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    expect(
        row(page, f"kept {m}").or_(page.get_by_role("link", name="1 new message"))
    ).to_be_visible()
