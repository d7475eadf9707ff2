"""Send SMS later, and the Scheduled view."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from gateway.clock import DAY, HOUR
from gateway.decisions.recurrence import shown
from gateway.services.messages.accept import WrittenMessage
from gateway.store.file import settings
from gateway.store.messages import lists
from gateway.store.people import groups, people
from gateway.store.people.people import ContactInfo
from gateway.store.schedules import schedule_runs, schedules
from gateway.store.schedules.schedules import ScheduleStatus
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Reader, World


@pytest.fixture(autouse=True)
def zone(world: World) -> None:
    settings.put("box.zone", "Africa/Nairobi")


def ahead(world: World, **more: int) -> dict[str, str]:
    then = shown(world.clock.ms, world.box.scheduling.zone().rules) + timedelta(**more)
    return {"when": "later", "date": f"{then:%Y-%m-%d}", "time": f"{then:%H:%M}"}


def keep(reader: Reader, world: World, **typed: object):
    fields = {"recipients": ANN, "text": "hello", **ahead(world, hours=3)} | typed
    return reader.post("/send", form="/send", action="send", **fields)


def only() -> schedules.ScheduleInfo:
    (found,) = schedules.waiting()
    return found


def do(reader: Reader, action: str, version: int | None = None):
    found = (schedules.waiting() or schedules.paused())[0]
    version = found.version if version is None else version
    return reader.post(f"/scheduled/{found.id}/{action}", form="/scheduled", version=version)


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# writing ---------------------------------------------------------------------------------------


def test_the_form_offers_now_and_later_and_tells_the_zone(admin: Reader, world: World):
    page = plain(admin.get("/send"))
    assert "Africa/Nairobi, UTC+3. It is " in page
    assert 'value="now" checked' in admin.get("/send")
    assert 'id="later" checked' in admin.get("/send?later=1")


def test_later_is_kept_and_shown_under_scheduled(admin: Reader, world: World):
    answer = keep(admin, world, unit="day", every="2")
    assert answer.status_code == 303
    page = plain(admin.get(answer.location.partition("#")[0]))
    assert "Scheduled." in page
    assert "in 2 hours" in page or "in 3 hours" in page
    assert "every 2 days" in page
    assert "EAT" in page
    assert views.counts().all == 0
    assert "Scheduled" in plain(admin.get("/"))


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"date": "2020-01-01"}, "date", "This day has passed"),
        ({"date": ""}, "date", "Enter a date"),
        ({"time": "soon"}, "time", "Enter a time"),
        ({"unit": "week", "every": "none"}, "every", "whole number"),
        ({"unit": "day", "until": "2020-01-01"}, "until", "end before its first time"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_all_that_was_typed_stays(
    admin: Reader, world: World, typed: dict[str, str], field: str, said: str
):
    answer = keep(admin, world, weekdays=["0", "3"], **({"unit": "week"} | typed))
    assert answer.status_code == 400
    assert said in answer.text
    assert f'id="{field}-error"' in answer.text
    assert f'aria-describedby="{field}-error' in answer.text
    assert ">hello</textarea>" in answer.text.replace("\n", "")
    assert 'id="later" checked' in answer.text
    for name, value in typed.items():
        if name != "unit":
            assert re.search(rf'name="{name}"[^>]*value="{re.escape(value)}"', answer.text)
    assert schedules.count() == 0


def test_a_double_click_is_one_scheduled_message(admin: Reader, world: World):
    token = "a" * 21
    for _ in range(2):
        assert keep(admin, world, token=token).status_code == 303
    assert schedules.count() == 1
    assert keep(admin, world, token=token, text="another").status_code == 303
    assert schedules.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"time": "23:59"}, {"unit": "day"}, {"recipients": BOB}, {"flash": "1"}, {"valid": "12"}],
)
def test_a_form_that_was_changed_is_kept_as_changed(
    admin: Reader, world: World, change: dict[str, str]
):
    token = "a" * 21
    keep(admin, world, token=token)
    more = change | ({"date": ahead(world, days=3)["date"]} if "time" in change else {})
    for _ in range(2):
        answer = keep(admin, world, token=token, **more)
    assert schedules.count() == 2
    assert f"about={schedules.waiting()[-1].id}" in answer.location or "time" not in change


def test_a_cancelled_one_is_kept_again_when_somebody_says_so(admin: Reader, world: World):
    token = "a" * 21
    keep(admin, world, token=token)
    do(admin, "cancel")
    keep(admin, world, token=token)
    assert schedules.count() == 1
    assert only().status is ScheduleStatus.ACTIVE


def test_two_clicks_on_save_are_one_change_and_no_quarrel(admin: Reader, world: World):
    keep(admin, world)
    found = only()
    more = {"schedule": found.id, "version": found.version, "text": "changed"}
    answers = [keep(admin, world, **more) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert (only().content.text, only().version) == ("changed", found.version + 1)


def test_check_without_script_tells_the_times(admin: Reader, world: World):
    fields = {"recipients": ANN, "text": "hi", "unit": "day", "every": "1"} | ahead(world, hours=3)
    page = plain(admin.post("/send", form="/send", action="check", **fields).text)
    assert "Every day. First" in page


def test_an_empty_group_is_said_and_kept(admin: Reader, world: World):
    groups.make("Helpers", 0)
    fields = ahead(world, hours=3)
    page = admin.post(
        "/send", form="/send", action="check", recipients="Helpers", text="x", **fields
    )
    assert "0 people" in plain(page.text)
    assert keep(admin, world, recipients="Helpers").status_code == 303
    assert "has nobody with a number in it" in plain(admin.get("/scheduled"))


def test_what_was_typed_for_later_survives_signing_in_again(stranger: Reader, world: World):
    typed = {"recipients": ANN, "text": "hello", "unit": "week", "weekdays": ["1", "4"]}
    answer = stranger.post(
        "/send", form="/sign-in", action="send", **(typed | ahead(world, days=2))
    )
    assert answer.status_code == 403
    assert answer.text.count('name="weekdays"') == 2
    assert 'name="when" hidden>\nlater</textarea>' in answer.text


# the view --------------------------------------------------------------------------------------


def test_pause_resume_and_cancel(admin: Reader, world: World):
    keep(admin, world, unit="day")
    do(admin, "pause")
    assert "Paused" in plain(admin.get("/scheduled"))
    assert schedules.waiting() == []
    do(admin, "resume")
    assert only().status is ScheduleStatus.ACTIVE
    do(admin, "cancel")
    page = plain(admin.get("/scheduled"))
    assert "Nothing is scheduled" in page
    assert "Cancelled" in page


def test_send_now_is_sent_once_however_often_it_is_clicked(admin: Reader, world: World):
    keep(admin, world, unit="day")
    version = only().version
    answer = do(admin, "send", version)
    assert "Show the message" in admin.get(answer.location)
    again = do(admin, "send", version)
    assert "Nothing was done" in plain(admin.get(again.location))
    assert views.counts().all == 1


def test_what_is_over_is_not_done_again(admin: Reader, world: World):
    keep(admin, world)
    found = only()
    world.box.scheduling.cancel(found.id, None, "x")
    keep(admin, world)
    for action in ("pause", "cancel", "send", "resume"):
        answer = admin.post(f"/scheduled/{found.id}/{action}", form="/scheduled", version=1)
        assert "Nothing was done" in plain(admin.get(answer.location))
    for version in ("", "x", "-1", "9" * 30):
        answer = admin.post(f"/scheduled/{found.id}/cancel", form="/scheduled", version=version)
        assert answer.status_code == 400


def test_edit_shows_all_of_it_and_saves_what_was_changed(admin: Reader, world: World):
    ann = people.add(ContactInfo("Ann <3", ANN), 0)
    helpers = groups.make("Helpers", 0)
    groups.join(helpers, [ann])
    keep(admin, world, recipients=f"Ann <{ANN}>, Helpers, {BOB}", unit="week", weekdays=["0", "3"])
    found = only()
    form = f"/send?schedule={found.id}"
    page = unescape(admin.get(form))
    assert "Edit scheduled message" in page
    assert f"<{ANN}>, Helpers, {BOB}" in page
    assert page.count("checked") == 2
    fields = {
        "recipients": BOB, "text": "changed", "unit": "day", "every": "3", "schedule": found.id,
        "version": found.version,
    } | ahead(world, days=1)  # fmt: skip
    assert admin.post("/send", form=form, action="send", **fields).status_code == 303
    assert (only().content.text, only().repeat.every) == ("changed", 3)
    stale = admin.post("/send", form=form, action="send", **(fields | {"text": "mine"}))
    assert stale.status_code == 400
    assert "somebody else changed it" in stale.text
    assert "mine" in stale.text
    version = re.search(r'name="version" value="(\d+)"', stale.text)
    assert version
    fields |= {"text": "mine", "version": version[1]}
    assert admin.post("/send", form=form, action="send", **fields).status_code == 303
    assert only().content.text == "mine"


def test_editing_what_is_over_says_so(admin: Reader, world: World):
    keep(admin, world)
    found = only()
    world.box.scheduling.cancel(found.id, None, "x")
    assert "is over" in admin.client.get(f"/send?schedule={found.id}").text
    assert admin.client.get("/send?schedule=999").status_code == 404


def test_missed_ones_are_a_notice_on_inbox_and_scheduled_until_seen(admin: Reader, world: World):
    keep(admin, world)
    world.clock.ms += DAY
    world.box.scheduling.run_due()
    for path in ("/", "/scheduled"):
        page = plain(admin.get(path))
        assert "1 scheduled message was not sent" in page
        assert "“hello”" in page
        assert "the box was off at that time" in page
    up_to = schedule_runs.unseen()[0].id
    admin.post("/scheduled/seen", form="/scheduled", up_to=up_to)
    assert "was not sent" not in plain(admin.get("/"))


def test_last_runs_lead_to_their_messages_and_back(admin: Reader, world: World):
    keep(admin, world, unit="day")
    world.clock.ms += 3 * HOUR
    world.box.scheduling.run_due()
    page = admin.get("/scheduled")
    assert "Last times" in page
    (row,) = lists.page(views.View.ALL)
    assert f"open={row.id}" in page
    opened = plain(admin.get(f"/?open={row.id}"))
    assert "to be sent later" in opened
    assert "Scheduled for" in opened


def test_held_by_the_clock_is_said(admin: Reader, world: World):
    world.box.hold = lambda: "The clock says it is 1970."
    page = plain(admin.get("/scheduled"))
    assert "Nothing is sent by the clock. The clock says it is 1970." in page


def test_the_script_gets_the_list_when_it_changed_and_nothing_else(admin: Reader, world: World):
    keep(admin, world)
    stamp = re.search(r'data-stamp="(\w+)"', admin.get("/scheduled"))
    assert stamp
    headers = {"X-Requested-By": "page", "If-None-Match": f'"{stamp[1]}"'}
    assert admin.client.get("/scheduled", headers=headers).status_code == 304
    world.clock.ms += HOUR
    answer = admin.client.get("/scheduled", headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.headers["ETag"] != f'"{stamp[1]}"'


def test_many_are_turned_over_page_by_page(admin: Reader, world: World):
    for n in range(1, 120):
        world.box.scheduling.add(
            world_draft(f"number {n:03}"), world.clock.ms + HOUR + (n // 3) * 60_000
        )
    seen: list[str] = []
    path = "/scheduled"
    while path:
        page = admin.get(path)
        seen += re.findall(r'class="words"[^>]*>(number \d+)', page)
        link = re.search(r'href="(/scheduled\?after=[^"]+)"', page)
        path = unescape(link[1]) if link else ""
    assert seen == [f"number {n:03}" for n in range(1, 120)]


def world_draft(text: str):
    return WrittenMessage(recipients=ANN, text=text)


@pytest.mark.parametrize("after", ["x", "1", "-", "9" * 40 + "-1", "0-0", "5-"])
def test_an_address_that_cannot_be_is_the_first_page(admin: Reader, after: str):
    assert "Nothing is scheduled" in admin.get(f"/scheduled?after={after}")


def test_what_came_back_with_a_backup_says_that_it_waits_for_somebody(admin: Reader, world: World):
    from gateway.store.file.database import execute
    from gateway.store.keeping import resume

    keep(admin, world)
    found = only()
    run = "INSERT INTO schedule_run (schedule_id, at, planned_at, last_at, outcome, words, unseen)"
    execute(f"{run} VALUES (?, 1, 1, 1, 'held', ?, 1)", (found.id, resume.HELD))
    for path in ("/", "/scheduled"):
        page = plain(admin.get(path))
        assert "1 scheduled message is paused and waits for you" in page
        assert "Resume it if it is still to be sent, or cancel it." in page
