"""A person writes, sees it delivered, receives and answers: with script and without, wide and
on a phone, by mouse and by keyboard."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox, eventually

numbers = itertools.count(100)


def new_number() -> str:
    """A pretend phone that nobody else in these tests uses."""
    return f"+254799000{next(numbers)}"


def write(page: Page, to: str, text: str) -> None:
    page.get_by_role("link", name="Send SMS").first.click()
    page.get_by_label("Recipients").fill(to)
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def row(page: Page, words: str):
    return page.get_by_role("listitem").filter(has_text=words)


def from_phone(page: Page, number: str, text: str) -> None:
    """Use the pretend phone's page."""
    page.goto(f"/phone?number={number.replace('+', '%2B')}")
    page.get_by_label("Message").fill(text)
    page.get_by_role("button", name="Write to the box").click()
    expect(page.get_by_role("log")).to_contain_text(text)


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_message_is_seen_going_out_without_a_reload(visit: OpenPage, phone: bool):
    page = visit(phone=phone)
    text = f"hello from {'a phone' if phone else 'a desk'}"
    write(page, new_number(), text)
    expect(page.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    expect(row(page, text)).to_contain_text("Delivered")


def test_without_script_a_reload_shows_the_state(visit: OpenPage):
    page = visit(script=False)
    write(page, new_number(), "no script here")
    expect(page.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    eventually(lambda: page.goto("/") and "Delivered" in row(page, "no script here").inner_text())


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_received_message_is_opened_read_and_answered(visit: OpenPage, box, script: bool):
    page = visit(script=script)
    sender, text = new_number(), f"is anybody there? {script}"
    from_phone(page, sender, text)
    eventually(lambda: text in str(box.inbox()))
    page.goto("/received")
    unread = row(page, text)
    expect(unread).to_have_class(re.compile("unread"))
    unread.get_by_role("link").first.click()
    expect(unread.locator(".detail .text")).to_have_text(text)
    expect(unread).not_to_have_class(re.compile("unread"))
    unread.locator(".detail").get_by_role("link", name="Reply to").click()
    expect(page.get_by_role("heading", name="Reply to")).to_be_visible()
    expect(page.get_by_label("Recipients")).to_have_value(sender)
    assert page.get_by_label("Connection").input_value() != ""
    answer = f"yes, we are {script}"
    page.get_by_label("Message", exact=True).fill(answer)
    page.get_by_role("button", name="Send", exact=True).click()
    eventually(lambda: page.goto("/") and "Delivered" in row(page, answer).inner_text())
    page.goto(f"/phone?number={sender.replace('+', '%2B')}")
    expect(page.get_by_role("log")).to_contain_text(answer)


def test_a_new_message_is_announced_and_shifts_nothing(visit: OpenPage, box):
    page, other = visit(), visit()
    page.goto("/received")
    before = page.locator(".row").count()
    from_phone(other, new_number(), "a surprise")
    link = page.get_by_role("link", name=re.compile("1 new message"))
    expect(link).to_be_visible(timeout=10_000)
    assert page.locator(".row").count() == before
    link.click()
    expect(row(page, "a surprise")).to_be_visible()


def test_what_is_refused_is_said_at_its_field_and_what_was_typed_stays(visit: OpenPage, complaints):
    complaints.expected = ("status of 400",)
    page = visit()
    write(page, "0712 345 678, the moon", "over\nand out")
    expect(page.get_by_label("Recipients")).to_have_value("0712 345 678, the moon")
    expect(page.get_by_label("Message", exact=True)).to_have_value("over\nand out")
    expect(page.get_by_text("“the moon” is not a phone number").first).to_be_visible()
    expect(page.get_by_label("Recipients")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Recipients").fill("")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Enter at least one phone number.")).to_be_visible()


def test_the_counter_says_why_unicode_is_needed_and_offers_plain_characters(visit: OpenPage):
    page = visit()
    page.goto("/send")
    page.get_by_label("Message", exact=True).press_sequentially("water – at noon")
    expect(page.get_by_text("forces Unicode")).to_be_visible()
    expect(page.get_by_text("15 characters · 1 SMS")).to_be_visible()
    page.get_by_role("button", name="Use plain characters instead").click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("water - at noon")
    expect(page.get_by_text("forces Unicode")).to_be_hidden()


def test_long_and_foreign_texts_arrive_whole(visit: OpenPage):
    page = visit()
    number = new_number()
    text = "السلام عليكم 🐦🏽‍💻 " * 20
    write(page, number, text)
    expect(row(page, "السلام")).to_contain_text("Delivered", timeout=30_000)
    page.goto(f"/phone?number={number.replace('+', '%2B')}")
    expect(page.locator(".said").last).to_have_text(text.strip())


def test_everything_can_be_done_with_the_keyboard_alone(visit: OpenPage):
    page = visit()
    text = "typed with keys"
    tab_to(page, "Send SMS")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Send SMS").wait_for()
    page.keyboard.type(new_number())  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(text)
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    tab_to(page, text)
    page.keyboard.press("Enter")
    expect(page.locator(".detail .text")).to_have_text(text)


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on something with these words, which has to show it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.innerText, s.outlineStyle !== 'none' || s.boxShadow !== 'none'] }"
        )
        if words in (focused[0] or ""):
            assert focused[1], f"the focus on {words!r} cannot be seen"
            return
    raise AssertionError(f"Tab never came to {words!r}")


def test_a_failed_message_says_why_and_can_be_sent_again(visit: OpenPage):
    page = visit()
    write(page, "+254799990001", "to nobody")  # the pretend network refuses this ending
    expect(page.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    eventually(lambda: page.goto("/failed") and row(page, "to nobody").count())
    row(page, "to nobody").get_by_role("link").first.click()
    expect(page.locator(".why")).to_contain_text("not assigned")
    page.get_by_role("button", name="Resend 1 SMS").click()
    expect(page.get_by_text("1 SMS queued again")).to_be_visible()


def test_a_double_click_on_send_sends_once(visit: OpenPage, box):
    page = visit()
    page.goto("/send")
    page.get_by_label("Recipients").fill(new_number())
    page.get_by_label("Message", exact=True).fill("only once, please")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    expect(page.get_by_text("queued to 1 person")).to_be_visible()
    page.goto("/")
    assert row(page, "only once, please").count() == 1


# leaving what is being written -----------------------------------------------------------------


def unfold(page: Page) -> None:
    """Other tests have begun SMS as well."""
    page.evaluate("document.querySelectorAll('details.drafts').forEach((d) => { d.open = true; })")


def test_a_click_beside_what_is_written_asks_and_the_draft_is_found_again(
    visit: OpenPage, box: RunningBox
):
    page = visit()
    page.goto("/send")
    page.get_by_label("Recipients").fill("+254798111222")
    page.get_by_label("Message", exact=True).fill("Half a sen")
    page.get_by_role("link", name="People").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Go on writing").click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Half a sen")
    page.get_by_role("link", name="People").click()
    dialog.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.goto("/")
    unfold(page)
    draft = page.get_by_role("link", name="Go on writing to +254798111222")
    draft.click()
    text = page.get_by_label("Message", exact=True)
    expect(text).to_have_value("Half a sen")
    text.fill("Half a sentence")
    page.get_by_role("link", name="Cancel").click()
    dialog.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("heading", name="All Communications")).to_be_visible()
    unfold(page)
    expect(draft).to_have_count(0)


def test_what_is_written_is_kept_by_itself_when_the_page_goes_away(
    visit: OpenPage, box: RunningBox
):
    page = visit()
    page.goto("/send")
    page.get_by_label("Recipients").fill("+254798111223")
    page.get_by_label("Message", exact=True).fill("Gone with the tab")
    page.close(run_before_unload=False)
    other = visit()
    eventually(lambda: other.goto("/") and "Gone with the tab" in other.content())
    unfold(other)
    draft = other.get_by_role("link", name="Go on writing to +254798111223")
    draft.click()
    other.get_by_role("button", name="Send", exact=True).click()
    expect(other.get_by_text("1 SMS queued to 1 person")).to_be_visible()
    unfold(other)
    expect(draft).to_have_count(0)
