"""A person imports contacts, writes to a group by name, and somebody says STOP."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import OpenPage
from tests.support.box import RunningBox, eventually

FILE = (
    "Name;Mobile;Town;Groups\n"
    "Ann {0};{1};Kisumu;Helpers {0}\n"
    "Bob {0};{2};Nakuru;Helpers {0}\n"
    ";far away;;\n"
)


@pytest.fixture(autouse=True)
def modems_ready(box: RunningBox) -> None:
    box.wait_for_modems(2)


def bring_in(page: Page, mark: str, *numbers: str) -> None:
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Import").first.click()
    content = FILE.format(mark, *numbers).encode("utf-16")
    upload = {"name": "helpers.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("File", exact=True).set_input_files(upload)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_label("Town goes to").select_option("Own field “Town”")
    expect(page.get_by_text("2 people can go in, 1 row cannot")).to_be_visible()
    page.get_by_role("button", name="Import 2 people").click()
    expect(page.get_by_text("2 contacts added")).to_be_visible()
    with page.expect_download() as rows:
        page.get_by_role("link", name="Download these rows").click()
    assert "far away" in rows.value.path().read_text(encoding="utf-8-sig")


def talk(page: Page, number: str) -> str:
    page.goto(f"/phone?number={number.replace('+', '%2B')}")
    return page.get_by_role("log").inner_text()


@pytest.mark.parametrize(
    ("script", "phone"),
    [(True, False), (True, True), (False, True)],
    ids=["wide", "phone", "plain"],
)
def test_a_group_is_imported_written_to_by_name_and_somebody_stops(
    visit: OpenPage, box: RunningBox, script: bool, phone: bool
):
    mark = f"{'s' if script else 'n'}{'p' if phone else 'w'}"
    digit = {"sw": 1, "sp": 2, "np": 3}[mark]
    ann, bob = f"+25479955501{digit}", f"+25479955502{digit}"
    page = visit(script=script, phone=phone)
    bring_in(page, mark, ann, bob)
    page.get_by_role("link", name="Send SMS").first.click()
    if script and not phone:
        page.get_by_label("Recipients").press_sequentially(f"helpers {mark}")
        expect(page.get_by_role("listbox", name="Suggestions").get_by_role("option")).to_have_count(
            1
        )
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Recipients")).to_have_value(f"Helpers {mark}, ")
    else:
        page.get_by_role("button", name="Show all contacts").click()
        page.get_by_label(f"Helpers {mark}").check()
    page.get_by_label("Message", exact=True).fill("Hello {name} from {Town}")
    if script:
        expect(page.get_by_text("2 recipients")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("2 SMS queued to 2 people")).to_be_visible()
    eventually(lambda: f"Hello Ann {mark} from Kisumu" in talk(page, ann))
    eventually(lambda: f"Hello Bob {mark} from Nakuru" in talk(page, bob))

    page.get_by_label("Message").fill("Stop.")
    page.get_by_role("button", name="Write to the box").click()
    expect(page.get_by_role("log")).to_contain_text("Stop.")
    eventually(lambda: page.goto("/people/blocked") and f"Bob {mark}" in page.content())
    page.goto("/send")
    page.get_by_label("Recipients").fill(f"Helpers {mark}")
    page.get_by_label("Message", exact=True).fill(f"again {mark}")
    page.get_by_role("button", name="Send", exact=True).click()
    eventually(lambda: f"again {mark}" in talk(page, ann))
    assert f"again {mark}" not in talk(page, bob)
    page.goto("/failed")
    row = page.get_by_role("listitem").filter(has_text=f"again {mark}").first
    row.get_by_role("link").first.click()
    expect(page.get_by_text("This number is blocked").first).to_be_visible()


def test_recipients_are_ticked_found_and_taken_out_again(visit: OpenPage, box: RunningBox):
    page = visit()
    bring_in(page, "t", "+254799555031", "+254799555032")
    page.goto("/send")
    page.get_by_role("button", name="Show all contacts").click()
    page.get_by_label("Find in all contacts").press_sequentially("bob t")
    expect(page.get_by_label("Ann t")).to_have_count(0)
    page.get_by_label("Bob t").check()
    expect(page.get_by_text("1 recipient", exact=True)).to_be_visible()
    page.get_by_label("Find in all contacts").fill("")
    page.get_by_label("Helpers t").check()
    expect(page.get_by_text("2 recipients")).to_be_visible()
    page.get_by_role("button", name="Take out Helpers t").click()
    expect(page.get_by_text("1 recipient", exact=True)).to_be_visible()
    expect(page.get_by_label("Helpers t")).not_to_be_checked()
    expect(page.get_by_label("Recipients")).to_have_value("Bob t <+254799555032>, ")


def test_a_tick_stays_when_the_list_that_was_asked_for_before_comes(visit: OpenPage):
    page = visit()
    bring_in(page, "u", "+254799555041", "+254799555042")
    page.goto("/send")
    page.get_by_role("button", name="Show all contacts").click()
    page.get_by_label("Find in all contacts").fill("u")
    expect(page.get_by_label("Bob u")).to_be_visible()
    held: list[Route] = []
    page.route("**/send/contacts", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/send/contacts"):
        page.get_by_label("Find in all contacts").fill("bob u")
    page.get_by_label("Bob u").check()
    answer = held[0].fetch()
    held[0].fulfill(response=answer)
    expect(page.get_by_label("Ann u")).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Bob u")).to_be_checked()
