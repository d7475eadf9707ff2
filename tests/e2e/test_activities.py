"""A person sets up an activity, tries it out, and somebody writes to the box."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox, eventually
from tests.support.browser import Complaints

VARIANTS = [(True, False), (True, True), (False, True)]


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


def talk(page: Page, number: str) -> str:
    page.goto(f"/phone?number={number.replace('+', '%2B')}")
    return page.get_by_role("log").inner_text()


def write(page: Page, number: str, text: str) -> None:
    talk(page, number)
    page.get_by_label("Message").fill(text)
    page.get_by_role("button", name="Write to the box").click()
    expect(page.get_by_role("log")).to_contain_text(text)


def no_sideways(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("script", "phone"), VARIANTS, ids=["wide", "phone", "plain"])
def test_an_activity_is_set_up_tried_out_and_set_off(
    visit: OpenPage, box: RunningBox, script: bool, phone: bool
):
    mark = f"{'s' if script else 'n'}{'p' if phone else 'w'}"
    digit = {"sw": 1, "sp": 2, "np": 3}[mark]
    ann, chief = f"+25479966601{digit}", f"+25479966602{digit}"
    page = visit(script=script, phone=phone)
    page.goto("/people/groups")
    page.get_by_label("New group").fill(f"Crew {mark}")
    page.get_by_role("button", name="Make group").click()
    page.get_by_role("link", name="Activities", exact=True).first.click()
    page.get_by_role("link", name="New activity").first.click()
    page.get_by_label("Name").fill(f"Join {mark}")
    page.get_by_label("Words").fill(f"join{mark}")
    page.get_by_label("Reply to the sender").fill("Welcome, {number}")
    for kind in ("Join group", "Forward"):
        page.get_by_label("Kind of action").select_option(kind)
        page.get_by_role("button", name="Add action").click()
        expect(page.get_by_role("group", name=re.compile(kind))).to_be_visible()
    page.get_by_label("The sender joins").select_option(f"Crew {mark}")
    page.get_by_label("Forward to").fill(chief)
    page.get_by_role("button", name="Up action 2").click()
    expect(page.get_by_role("group", name="1. Join group")).to_be_visible()
    expect(page.get_by_role("button", name="Down action 1")).to_be_focused()
    page.get_by_label("Message", exact=True).fill(f"JOIN{mark.upper()}, please!")
    page.get_by_role("button", name="Try out").click()
    expect(page.get_by_text("Matches: would let the sender join")).to_be_visible()
    no_sideways(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=f"Join {mark}"))
    expect(row.get_by_text("Not set off yet")).to_be_visible()
    no_sideways(page)

    write(page, ann, f"“Join{mark}”, please")
    eventually(lambda: f"Welcome, {ann}" in talk(page, ann))
    eventually(lambda: f"“Join{mark}”, please" in talk(page, chief))
    page.goto("/received")
    page.get_by_role("link", name=re.compile(f"Join{mark}")).first.click()
    section = page.get_by_role("region", name="Activities it set off").first
    expect(section.get_by_text("A contact was made.")).to_be_visible()
    expect(section.get_by_role("link", name=f"Join {mark}")).to_be_visible()
    no_sideways(page)

    page.goto("/activities")
    expect(row.get_by_text("1 time")).to_be_visible()
    switch = page.get_by_role("switch", name=f"Join {mark}")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    write(page, ann, f"join{mark} again")
    page.goto("/untriggered")
    eventually(lambda: page.reload() and f"join{mark} again" in page.content())
    page.goto("/activities")
    page.get_by_role("link", name=f"Join {mark}").click()
    page.get_by_role("button", name="Delete activity").click()
    page.wait_for_url("**/delete")
    page.get_by_role("button", name="Delete activity").click()
    expect(page.get_by_text("Deleted.")).to_be_visible()


def test_by_keyboard_alone_the_order_is_changed_and_nothing_typed_is_lost(
    visit: OpenPage, complaints: Complaints
):
    complaints.expected = ("422",)  # the browser tells of the refused form
    page = visit()
    for name in ("Kb one", "Kb two"):
        page.goto("/activities/new")
        page.get_by_label("Name").focus()
        page.keyboard.type(name)
        page.get_by_label("Words").focus()
        page.keyboard.type("two words")
        page.keyboard.press("Enter")  # saves, and is refused
        expect(page.get_by_text("is more than one word")).to_be_visible()
        expect(page.get_by_label("Name")).to_have_value(name)
        page.get_by_label("Words").fill("kb")
        page.get_by_label("Reply to the sender").fill("x")
        page.get_by_label("Words").press("Enter")
        expect(page.get_by_role("heading", name="Activities", exact=True)).to_be_visible()
    page.get_by_role("button", name="Move Kb two up").focus()
    page.keyboard.press("Enter")
    names = page.locator(".act h2")
    expect(names.filter(has_text="Kb")).to_have_text(["Kb two", "Kb one"])
    page.get_by_role("button", name="Move Kb two down").focus()
    page.keyboard.press("Enter")
    expect(names.filter(has_text="Kb")).to_have_text(["Kb one", "Kb two"])


def test_recipients_of_a_forward_are_suggested(visit: OpenPage):
    page = visit()
    page.goto("/people/new")
    page.get_by_label("Name").fill("Zoe Forward")
    page.get_by_label("Number").fill("+254799666091")
    page.get_by_role("button", name=re.compile("Save|Add")).first.click()
    page.get_by_role("heading", name="Zoe Forward").wait_for()
    page.goto("/activities/new")
    page.get_by_label("Kind of action").select_option("Forward")
    page.get_by_role("button", name="Add action").click()
    field = page.get_by_label("Forward to")
    field.press_sequentially("zoe")
    page.get_by_role("option", name=re.compile("Zoe Forward")).click()
    expect(field).to_have_value("Zoe Forward <+254799666091>, ")


def test_what_is_typed_while_an_action_is_fetched_stays(visit: OpenPage):
    page = visit()
    page.goto("/activities/new")
    held: list[Route] = []
    page.route("**/activities/new", lambda route: route.continue_() if held else held.append(route))
    page.get_by_label("Kind of action").select_option("Forward")
    with page.expect_request("**/activities/new"):
        page.get_by_role("button", name="Add action").click()
    page.get_by_label("Name").fill("Typed meanwhile")
    held[0].continue_()
    expect(page.get_by_role("group", name=re.compile("Forward"))).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Typed meanwhile")
