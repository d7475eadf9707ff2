"""A person looks for a message, narrows it down, takes it along as a file, deletes all found."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox

WORDS = {"wide": "borehole", "phone": "aquifer", "plain": "standpipe", "keyboard": "rainwater"}


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


def wrote(box: RunningBox, word: str, number: str) -> None:
    for n in range(3):
        sent = box.send(f"The {word} {n} – مرحبا 🎉", number)
        box.wait_for(sent, "Sent", "Delivered")
    box.send(f"Nothing about {word[:-2]}", number)


def rows(page: Page):
    return page.locator("li.row")


@pytest.mark.parametrize("how", ["wide", "phone", "plain"])
def test_messages_are_found_narrowed_down_exported_and_deleted(
    visit: OpenPage, box: RunningBox, how: str
) -> None:
    word, number = WORDS[how], f"+25479966600{len(how)}"
    wrote(box, word, number)
    page = visit(script=how != "plain", phone=how != "wide")
    page.goto("/")
    page.get_by_role("searchbox").fill(f"{word.upper()} مرح")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("3 messages found")).to_be_visible()
    expect(rows(page)).to_have_count(3)

    page.get_by_role("searchbox").fill(word)
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Direction").select_option("Received")
    page.get_by_role("button", name="Use filters").click()
    expect(page.get_by_text("Nothing found in All Communications.")).to_be_visible()
    page.get_by_label("Direction").select_option("Sent from here")
    page.get_by_label("Contact or group").fill("0" + number[4:])
    page.get_by_role("button", name="Use filters").click()
    expect(page.get_by_text("3 messages found")).to_be_visible()

    with page.expect_download() as file:
        page.get_by_role("button", name="Export CSV").click()
    content = file.value.path().read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [r["text"] for r in lines] == [f"The {word} {n} – مرحبا 🎉" for n in (2, 1, 0)]
    assert {r["number"] for r in lines} == {number}

    if how == "plain":
        page.get_by_role("link", name="Tick all 3 on this page").click()
    else:
        page.get_by_label("Choose all 3 on this page").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name=re.compile("Delete Interactions")).click()
    expect(page.get_by_text("Nothing found in All Communications.")).to_be_visible()
    page.get_by_role("link", name="Clear the search").first.click()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_with_the_keyboard_alone(visit: OpenPage, box: RunningBox) -> None:
    word = WORDS["keyboard"]
    wrote(box, word, "+254799666009")
    page = visit()
    page.goto("/sent")
    page.get_by_role("searchbox").focus()
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(3)
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # unfolds the filters
    expect(page.get_by_label("Direction")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Direction")).to_be_focused()


def test_an_open_search_hears_of_what_it_would_find(visit: OpenPage, box: RunningBox) -> None:
    box.send("The cistern is full", "+254799666008")
    page = visit()
    page.goto("/?q=cistern")
    expect(rows(page)).to_have_count(1)
    box.send("The cistern is empty", "+254799666008")
    box.send("The river is high", "+254799666008")
    page.get_by_role("link", name="1 new message").click()
    expect(rows(page)).to_have_count(2)
