"""Writing recipients by keyboard: what is suggested, what is said when, and what Back brings."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox


@pytest.fixture
def writing(visit: OpenPage, box: RunningBox) -> Page:
    for name, number in (("Zora Adhiambo", "0712555001"), ("Zuri Atieno", "0712555002")):
        done = box.command("people", "add", name, number)
        assert done.returncode == 0 or "belongs to" in done.stderr, done.stderr
    page = visit()
    page.goto("/send")
    return page


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_the_only_suggestion_is_taken_without_an_arrow(writing: Page, key: str):
    field = writing.get_by_label("Recipients")
    field.press_sequentially("zora")
    expect(writing.locator(".offers li")).to_have_count(1)
    field.press(key)
    expect(field).to_have_value("Zora Adhiambo <+254712555001>, ")
    expect(field).to_be_focused()
    expect(writing.locator("#who")).to_contain_text("Zora Adhiambo")
    field.press_sequentially("z")
    expect(writing.locator(".offers li")).to_have_count(2)
    field.press("Tab")  # nobody is meant yet, so it goes on
    expect(field).not_to_be_focused()
    expect(field).to_have_value("Zora Adhiambo <+254712555001>, z")


def test_of_several_the_marked_one_is_taken(writing: Page):
    field = writing.get_by_label("Recipients")
    field.press_sequentially("z")
    expect(writing.locator(".offers li")).to_have_count(2)
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).to_have_value("Zuri Atieno <+254712555002>, ")


def test_what_is_wrong_is_said_at_its_field_and_when_it_is_typed(writing: Page):
    field, message = writing.get_by_label("Recipients"), writing.get_by_label("Message")
    message.fill("hello")
    expect(writing.locator("#count")).to_contain_text("5 characters")
    with writing.expect_response(re.compile("/send/count")):
        field.press_sequentially("nobody at all")
    expect(writing.locator("#who")).not_to_contain_text("nobody at all")
    field.press_sequentially(", zo")
    expect(writing.locator("#who")).to_contain_text("“nobody at all” is not a phone number")
    expect(writing.locator("#who")).not_to_contain_text("“zo”")
    message.focus()
    expect(writing.locator("#who")).to_contain_text("“zo” is not a phone number")
    expect(writing.locator("#count")).not_to_contain_text("nobody")


def test_the_way_back_brings_recipients_and_text_alike(writing: Page):
    field, message = writing.get_by_label("Recipients"), writing.get_by_label("Message")
    field.fill("Zora Adhiambo <+254712555001>, +254712555009")
    message.fill("about tomorrow")
    writing.get_by_role("button", name="Send", exact=True).last.click()
    expect(writing.get_by_text("2 SMS queued to 2 people")).to_be_visible()
    writing.go_back()
    expect(message).to_have_value("about tomorrow")
    expect(field).to_have_value("Zora Adhiambo <+254712555001>, +254712555009")
    expect(writing.locator("#who")).to_contain_text("Zora Adhiambo")
    expect(writing.locator("#who")).to_contain_text("2 recipients")


def test_what_was_offered_for_other_letters_is_not_taken(writing: Page):
    field = writing.get_by_label("Recipients")
    field.press_sequentially("zora")
    expect(writing.locator(".offers li")).to_have_count(1)
    writing.route("**/people/suggest*", lambda route: None)  # the box answers late
    field.press_sequentially("x")
    field.press("Tab")
    expect(field).not_to_be_focused()
    expect(field).to_have_value("zorax")


@pytest.mark.parametrize(
    ("typed", "meant"), [("25471", "25471"), ("254712555001", "Zora Adhiambo <+254712555001>, ")]
)
def test_a_short_code_means_itself(writing: Page, typed: str, meant: str):
    field = writing.get_by_label("Recipients")
    field.press_sequentially(typed)
    expect(writing.locator(".offers li").first).to_be_visible()
    field.press("Tab")
    expect(field).to_have_value(meant)
