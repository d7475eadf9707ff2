"""What is done to ticked messages, as a browser without script posts it."""

from __future__ import annotations

import re

import pytest

from gateway.events import Events
from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.messages.bulk import KIND, BulkActions
from gateway.store.file import audit, database
from gateway.store.messages import details, inbox, outbox, trash
from gateway.store.search import views
from tests.support.work import finish
from tests.webui.conftest import ANN, BOB, NAME, Reader, World, field, words

CAT = "+447700900789"
SCRIPT = {"X-Requested-By": "page"}


def row_ids(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<li class="row[^>]*data-id="(\d+)"', html)]


def confirm(reader: Reader, action: str, *ids: int, **more: str) -> str:
    """Press the window's own button and read the page that follows."""
    chosen = {"ids": ",".join(map(str, ids))} if ids else {}
    response = reader.post("/selected/confirmed", action=action, **chosen, **more)
    assert response.status_code == 303, response.text
    return reader.get(response.headers["Location"])


def ask(reader: Reader, action: str, *ids: int, **more: str) -> str:
    return words(reader.post("/selected", action=action, m=list(map(str, ids)), **more).text)


# the list --------------------------------------------------------------------------------------


def test_every_view_stands_in_the_order_of_the_article_with_its_count(
    admin: Reader, world: World
) -> None:
    inbox.called(world.line.connection_id, ANN, world.clock.now())
    trash.delete([world.receive("gone")], world.clock.now(), NAME)
    page = words(admin.get("/calls").split('aria-label="Views"')[1])
    order = [
        "All Communications",
        "SMS received",
        "SMS sent",
        "SMS failed",
        "SMS pending",
        "Did not trigger",
        "Missed calls",
        "Deleted Communications",
    ]
    places = [page.index(view) for view in order]
    assert places == sorted(places)
    assert "Missed calls Calls 1 unread of / 1" in page
    assert "Deleted Communications Deleted 1" in page


def test_a_missed_call_is_no_sms_received(admin: Reader, world: World) -> None:
    call = inbox.called(world.line.connection_id, ANN, world.clock.now())
    sms = world.receive("hello")
    assert row_ids(admin.get("/calls")) == [call]
    assert row_ids(admin.get("/received")) == [sms]
    assert row_ids(admin.get("/")) == [sms, call]
    page = admin.get(f"/calls?open={call}")
    assert f"/send?reply={call}" in page
    assert f"/send?forward={call}" not in page


def test_without_script_links_tick_the_page_or_all_of_the_view(admin: Reader, world: World) -> None:
    ids = [world.receive(f"n{n}") for n in range(52)]
    page = admin.get("/received?tick=page")
    assert len(re.findall(r'name="m" value="\d+"[^>]* checked', page)) == 50
    assert "Select all 52 in this view" in page
    page = admin.get("/received?tick=all")
    assert field(page, "all") == "received"
    assert field(page, "upto") == str(ids[-1])
    assert "All 52 in this view are ticked" in words(page)


def test_who_may_only_read_gets_nothing_to_tick(
    admin: Reader, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "webui.page.roles.needed",
        lambda endpoint: "administrator" if endpoint.startswith("inbox.s") else "reader",
    )
    monkeypatch.setattr("webui.page.roles.at_least", lambda role, least: least == "reader")
    message = world.receive("hello")
    page = admin.get(f"/?open={message}")
    assert 'name="m"' not in page
    assert 'id="selected"' not in page
    assert "Delete" not in words(page[page.index('class="detail"') :])


# delete, restore, delete for good --------------------------------------------------------------


def test_the_window_says_how_many_and_what_will_not_be_sent(admin: Reader, world: World) -> None:
    waiting, also, done = world.write("a"), world.write("b", f"{BOB}"), world.write("c", CAT)
    many, moving = world.write("d", f"{ANN}, {BOB}"), world.write("e", "+447700900111")
    world.radio(done, "sent")
    world.radio(moving, "sending")
    page = ask(admin, "delete", waiting, also, done)
    assert "You are about to delete 3 messages" in page
    assert "2 of these have not been sent yet and will not be." in page
    assert "Delete Interactions" in page
    assert "It has not been sent yet and will not be." in ask(admin, "delete", waiting)
    assert "2 SMS of it have not been sent yet" in ask(admin, "delete", many)
    assert "3 SMS of these have not been sent yet" in ask(admin, "delete", many, waiting)
    assert "not been sent" not in ask(admin, "delete", done)
    assert "1 SMS is with a modem already and will be finished first" in ask(
        admin, "delete", moving
    )
    assert views.counts().deleted == 0


def test_deleted_ones_are_in_deleted_communications_and_can_come_back(
    admin: Reader, world: World
) -> None:
    one, two, out = world.receive("one"), world.receive("two"), world.write("out")
    page = confirm(admin, "delete", one, out, view="all")
    assert "2 messages deleted." in words(page)
    assert row_ids(page) == [two]
    assert row_ids(admin.get("/deleted")) == [out, one]
    opened = words(admin.get(f"/deleted?open={out}"))
    assert "Not sent" in opened
    assert "Pending" not in opened.split("Choose the message")[1]
    assert admin.client.get(f"/messages/{one}", headers=SCRIPT).status_code == 404
    assert admin.client.get(f"/messages/{one}?view=deleted", headers=SCRIPT).status_code == 200
    response = admin.post("/selected", action="restore", m=[str(one), str(out)], view="deleted")
    assert "2 messages restored." in words(admin.get(response.headers["Location"]))
    assert row_ids(admin.get("/")) == [out, two, one]
    assert row_ids(admin.get("/pending")) == [out]


def test_deleting_for_good_asks_and_empties(admin: Reader, world: World) -> None:
    ids = [world.receive(f"n{n}") for n in range(3)]
    confirm(admin, "delete", *ids)
    assert "Empty …" in words(admin.get("/deleted"))
    page = ask(admin, "delete for good", all="deleted", upto=str(ids[-1]))
    assert "You are about to delete 3 messages for good" in page
    assert "cannot be brought back" in page
    page = confirm(admin, "delete for good", all="deleted", upto=str(ids[-1]), view="deleted")
    assert "3 messages deleted for good." in words(page)
    assert details.get(ids[0]) is None


def test_the_second_of_two_people_hears_that_it_was_done_already(
    admin: Reader, world: World
) -> None:
    message = world.receive("one")
    confirm(admin, "delete", message)
    assert "These were deleted already." in words(confirm(admin, "delete", message))
    response = admin.post("/selected", action="delete", m=str(message))
    assert response.status_code == 409
    assert "not here any more" in words(response.text)


def test_all_of_a_view_is_what_its_reader_saw(admin: Reader, world: World) -> None:
    one, two = world.receive("one"), world.receive("two")
    later = world.receive("later")
    page = confirm(admin, "delete", all="received", upto=str(two), view="received")
    assert "2 messages deleted." in words(page)
    assert row_ids(page) == [later]
    assert one < two


def test_nothing_ticked_is_said_on_the_page(admin: Reader, world: World) -> None:
    world.receive("one")
    for action in ("reply", "forward", "delete", "resend"):
        response = admin.post("/selected", action=action, view="all")
        assert response.status_code == 409
        assert "Tick a message first." in words(response.text)
    assert admin.post("/selected", action="explode", m="1").status_code == 400


def test_the_script_gets_the_window_alone_and_reasons_as_data(admin: Reader, world: World) -> None:
    message, token = world.receive("one"), admin.token("/")
    data = {"csrf_token": token, "action": "delete", "m": str(message)}
    response = admin.client.post("/selected", data=data, headers=SCRIPT)
    assert response.status_code == 200
    assert "<html" not in response.text
    assert "Delete Interactions" in response.text
    response = admin.client.post("/selected", data=data | {"m": ""}, headers=SCRIPT)
    assert (response.status_code, response.json) == (409, {"error": "Tick a message first."})


def test_a_page_from_before_another_sign_in_deletes_nothing(admin: Reader, world: World) -> None:
    message = world.receive("one")
    response = admin.client.post(
        "/selected/confirmed", data={"csrf_token": "old", "action": "delete", "ids": str(message)}
    )
    assert response.status_code == 403
    assert views.counts().deleted == 0


# resend ----------------------------------------------------------------------------------------


def test_the_window_counts_sms_to_recipients_that_failed(admin: Reader, world: World) -> None:
    one, two = world.write("1", f"{ANN}, {BOB}, {CAT}"), world.write("2", "+447700900111")
    world.radio(one, "failed", "failed", "sent")
    world.radio(two, "uncertain")
    page = ask(admin, "resend", one, two, view="failed")
    assert "You are about to resend 2 SMS" in page
    assert "Also 1 SMS that may have been sent already" in page
    assert confirm(admin, "resend", one, two, connection=str(world.spare.connection_id))
    found = details.get(one)
    assert found is not None
    assert [d.state for d in found.dispatches] == ["pending", "pending", "sent"]
    assert {d.wanted for d in found.dispatches[:2]} == {world.spare.connection_id}
    other = details.get(two)
    assert other is not None
    assert other.dispatches[0].state == "uncertain"


def test_what_has_not_failed_is_not_resent(admin: Reader, world: World) -> None:
    message = world.write("1")
    response = admin.post("/selected", action="resend", m=str(message), view="failed")
    assert response.status_code == 409
    assert "None of these has failed" in words(response.text)


def test_a_connection_that_is_gone_is_refused_in_the_window(admin: Reader, world: World) -> None:
    message = world.write("1")
    world.radio(message, "failed")
    fields = {"action": "resend", "ids": str(message), "connection": "99"}
    response = admin.post("/selected/confirmed", **fields)
    assert response.status_code == 422
    assert "not known any more" in words(response.text)
    assert views.counts().failed == 1


def test_common_causes_are_summed_up_above_sms_failed(admin: Reader, world: World) -> None:
    from gateway.decisions.routing import NO_RULE

    for _ in range(2):
        found = details.get(world.write("x"))
        assert found is not None
        outbox.give_up([found.dispatches[0].id], NO_RULE, "", world.clock.now())
    world.radio(world.write("y"), "failed")
    page = words(admin.get("/failed"))
    assert "2 failed: no routing rules" in page
    assert "1 failed: the network refused the number" in page


# a message to many -----------------------------------------------------------------------------


def test_a_message_to_very_many_opens_and_all_its_recipients_can_be_seen(
    admin: Reader, world: World
) -> None:
    numbers = [f"+4477009{n:05}" for n in range(450)]
    message = world.write("hello", ",".join(numbers))
    found = details.get(message)
    assert found is not None
    outbox.give_up([found.dispatches[444].id], "No credit.", "", world.clock.now())
    page = admin.get(f"/?open={message}")
    assert "450 SMS · 1 failed, 449 pending" in words(page)
    assert "Show all 450 recipients" in words(page)
    assert page.count('class="times"') == 200
    assert "No credit." in page
    seen = 0
    path: str | None = f"/messages/{message}/recipients"
    while path:
        page = admin.get(path)
        seen += page.count('class="times"')
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert seen == 450
    page = admin.get(f"/messages/{message}/recipients?state=failed")
    assert page.count('class="times"') == 1
    assert admin.client.get("/messages/999/recipients").status_code == 404


# long work -------------------------------------------------------------------------------------


@pytest.fixture
def work(world: World) -> LongWork:
    made = LongWork(
        world.clock, Events(), {KIND: WorkKind(BulkActions(world.clock, world.events).piece)}
    )
    world.box.work = made
    return made


def test_much_is_done_as_long_work_that_is_shown_and_can_be_stopped(
    admin: Reader, world: World, work: LongWork
) -> None:
    with database.transaction():
        ids = [world.write(str(n)) for n in range(620)]
    fields = {"action": "delete", "all": "pending", "upto": str(ids[-1])}
    response = admin.post("/selected/confirmed", **fields)
    place = response.headers["Location"]
    assert re.fullmatch(r"/work/\d+", place)
    assert "0 of 620 messages done" in words(admin.get(place))
    assert "Long work: 0 % done" in words(admin.get("/"))
    work._round()
    assert "you can leave this page" in words(admin.get(place))
    admin.post(place, form=place, action="stop")
    assert "It was stopped." in words(admin.get(place))
    admin.post(place, form=place, action="go on")
    finish(work)
    assert "620 messages deleted." in words(admin.get(place))
    assert "Deleting messages" in words(admin.get("/work"))
    assert views.counts().deleted == 620
    assert admin.client.get("/work/999").status_code == 404


# settings --------------------------------------------------------------------------------------


def test_the_audit_list_goes_on_by_pages(admin: Reader, world: World) -> None:
    with database.transaction():
        for n in range(120):
            audit.write(world.clock.now(), "ann", "delete", f"entry {n}")
    seen: list[str] = []
    path: str | None = "/settings/audit"
    while path:
        page = admin.get(path)
        seen += re.findall(r"entry \d+", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1] if following else None
    assert seen == [f"entry {n}" for n in range(119, -1, -1)]


def test_the_days_after_which_deleted_ones_go_are_set_on_a_page(
    admin: Reader, world: World
) -> None:
    assert "Deleted messages" in words(admin.get("/settings"))
    response = admin.post("/settings/deleted", form="/settings/deleted", days="soon")
    assert response.status_code == 422
    assert field(response.text, "days") == "soon"
    assert "whole number of days" in response.text
    response = admin.post("/settings/deleted", form="/settings/deleted", days="30")
    assert field(admin.get(response.headers["Location"]), "days") == "30"


# writing while the sign-in ends ----------------------------------------------------------------


def test_what_was_written_survives_a_sign_in_in_another_tab(admin: Reader, world: World) -> None:
    token = admin.token("/send")
    admin.post("/sign-out")
    assert admin.sign_in().status_code == 303
    data = {"csrf_token": token, "recipients": BOB, "text": "long words", "action": "send"}
    response = admin.client.post("/send", data=data)
    assert response.status_code == 403
    assert "press Send once more" in words(response.text)
    assert "long words" in response.text
    assert views.counts().all == 0
    fresh = data | {"csrf_token": field(response.text, "csrf_token")}
    assert admin.client.post("/send", data=fresh).status_code == 303


def test_a_reply_stays_a_reply_through_an_expired_sign_in(admin: Reader, world: World) -> None:
    message = world.receive("?")
    page = admin.get(f"/send?reply={message}")
    data = {name: field(page, name) for name in ("csrf_token", "token", "kind", "first")} | {
        "recipients": ANN,
        "text": "an answer",
        "connection": str(world.line.connection_id),
    }
    admin.post("/sign-out")
    response = admin.client.post("/send", data=data)
    assert "the message you wrote is kept" in response.text
    kept = dict(re.findall(r'<textarea name="(\w+)" hidden>\n([^<]*)<', response.text))
    response = admin.sign_in(**kept)
    assert "<h1>Reply to</h1>" in response.text
    assert "an answer" in response.text
