"""A person sends later: once and again, pauses, edits, sends now and cancels."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox, eventually
from tests.support.browser import Complaints


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


def talk(page: Page, number: str) -> str:
    page.goto(f"/phone?number={number.replace('+', '%2B')}")
    return page.get_by_role("log").inner_text()


def write(page: Page, number: str, text: str, at: datetime) -> None:
    page.get_by_role("link", name="Send SMS").first.click()
    page.get_by_label("Recipients").fill(number)
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_label("Later", exact=True).check()
    page.get_by_label("Date").fill(f"{at:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill(f"{at:%H:%M}")


def box_time() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC).astimezone()


@pytest.mark.parametrize(
    ("script", "phone"),
    [(True, False), (True, True), (False, True)],
    ids=["wide", "phone", "plain"],
)
def test_a_repeat_is_written_changed_sent_now_paused_and_cancelled(
    visit: OpenPage, box: RunningBox, complaints: Complaints, script: bool, phone: bool
):
    complaints.expected = ("400",)  # what is refused is a page of its own
    mark = f"{'s' if script else 'n'}{'p' if phone else 'w'}"
    number = f"+2547995560{['sw', 'sp', 'np'].index(mark)}1"
    page = visit(script=script, phone=phone)
    tomorrow = box_time() + timedelta(days=1)
    write(page, number, f"repeat {mark}", tomorrow - timedelta(days=2))
    page.get_by_role("button", name="Send later").click()
    expect(page.get_by_text("This day has passed")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value(f"repeat {mark}")
    page.get_by_label("Date").fill(f"{tomorrow:%Y-%m-%d}")
    page.get_by_label("Repeat").select_option(label="Weekly")
    page.get_by_label("Every", exact=True).fill("2")
    page.get_by_label("Mon", exact=True).check()
    page.get_by_label("Thu", exact=True).check()
    if script:
        expect(page.get_by_text("Every 2 weeks on Mon and Thu. First")).to_be_visible()
    page.get_by_role("button", name="Send later").click()
    row = page.get_by_role("listitem").filter(has_text=f"repeat {mark}").first
    expect(row).to_contain_text("every 2 weeks on Mon and Thu")
    expect(row.get_by_text("Last times")).to_have_count(0)

    row.get_by_role("link", name="Edit").click()
    page.get_by_label("Message", exact=True).fill(f"edited {mark}")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("listitem").filter(has_text=f"edited {mark}").first
    row.get_by_text("Send now", exact=True).click()
    row.get_by_role("button", name="Send to 1 person").click()
    expect(page.get_by_text("Queued to be sent now")).to_be_visible()
    eventually(lambda: f"edited {mark}" in talk(page, number))

    page.goto("/scheduled")
    row = page.get_by_role("listitem").filter(has_text=f"edited {mark}").first
    row.locator("summary").first.click()
    row.get_by_role("button", name="Pause").click()
    row = page.get_by_role("listitem").filter(has_text=f"edited {mark}").first
    expect(row).to_contain_text("Paused")
    row.get_by_text("Cancel", exact=True).click()
    row.get_by_role("button", name="Cancel this message").click()
    expect(page.get_by_text("nothing more is sent")).to_be_visible()


def test_what_is_sent_later_goes_out_at_its_time_and_the_open_page_tells(
    visit: OpenPage, box: RunningBox
):
    page = visit()
    at = (datetime.now(UTC) + timedelta(seconds=6)).isoformat()
    box.send("at its time", "+254799556099", id="at-its-time", scheduleAt=at)
    page.goto("/scheduled")
    expect(page.get_by_text("at its time").first).to_be_visible()
    expect(page.get_by_text("Sent, missed and cancelled")).to_be_visible(timeout=25_000)
    box.wait_for("at-its-time", "Sent", "Delivered")


def test_by_keyboard_alone(visit: OpenPage, box: RunningBox):
    page = visit()
    write(page, "+254799556088", "by keyboard", box_time() + timedelta(days=3))
    page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has_text="by keyboard").first
    expect(page).to_have_url(re.compile("/scheduled"))
    summary = row.locator("summary").first
    summary.focus()
    expect(row.get_by_role("link", name="Edit")).to_be_visible()
    page.keyboard.press("Enter")
    expect(row.get_by_role("link", name="Edit")).to_be_hidden()
    page.keyboard.press("Space")
    expect(row.get_by_role("link", name="Edit")).to_be_visible()
