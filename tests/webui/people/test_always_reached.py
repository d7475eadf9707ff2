"""Who is always reached, what a STOP did, and what is said of a message to a blocked number."""

from __future__ import annotations

from datetime import datetime

import pytest

from gateway.services.activities.stop_words import StopWords
from gateway.services.people.people import TypedContact
from gateway.store.messages import lists
from gateway.store.people import blocked, groups, people
from gateway.store.search.views import View
from tests.webui.conftest import ANN, BOB, Reader, World


def receive(world: World, text: str, sender: str = ANN) -> int:
    message = world.receive(text, sender)
    StopWords(world.clock, lambda: "GB").obey([message])
    return message


def test_a_contact_is_marked_on_its_form_and_shown_so(world: World, admin: Reader) -> None:
    ann = world.box.people.add(TypedContact("Ann", ANN), [])
    form = f"/people/{ann}"
    admin.post(form, form=form, name="Ann", number=ANN, notes="", always="1")
    assert people.get(ann).always
    assert 'name="always" value="1" checked' in admin.get(form)
    assert "Always reached" in admin.get("/people")
    # What was wrong in the form loses nothing of it.
    answer = admin.post(form, form=form, name="Ann", number="x", notes="", always="1")
    assert 'name="always" value="1" checked' in answer.text
    admin.post(form, form=form, name="Ann", number=ANN, notes="")
    assert not people.get(ann).always


def test_a_new_contact_may_be_marked_at_once(world: World, admin: Reader) -> None:
    admin.post("/people/new", form="/people/new", name="Ann", number=ANN, notes="", always="1")
    assert people.by_number(ANN).always


def test_a_group_is_marked_and_unmarked(world: World, admin: Reader) -> None:
    group = world.box.people.make_group("On call")
    form = f"/people/groups/{group}"
    admin.post(f"{form}/always", form=form, on="1")
    assert groups.get(group).always
    assert "Everybody in it is always reached" in admin.get(form)
    assert "always reached" in admin.get("/people/groups")
    admin.post(f"{form}/always", form=form)
    assert not groups.get(group).always


@pytest.mark.parametrize("always", [False, True])
def test_an_opened_stop_says_what_it_did(world: World, admin: Reader, always: bool) -> None:
    ann = world.box.people.add(TypedContact("Ann", ANN), [])
    world.box.people.set_always(ann, always, "admin")
    opened = admin.get(f"/?open={receive(world, 'STOP')}")
    words = "blocked nothing" if always else "nothing is sent to this number any more"
    assert words in opened
    assert (blocked.get(ANN) is None) == always


def test_a_message_to_a_blocked_number_is_told_on_the_page(world: World, admin: Reader) -> None:
    receive(world, "STOP")
    asked = {"recipients": f"{ANN}, {BOB}", "text": "hello", "action": "check"}
    before = admin.post("/send", form="/send", **asked).text
    assert "of whom 1 is blocked and will not get it" in before
    admin.post("/send", form="/send", **(asked | {"action": "send"}))
    assert "1 SMS queued to 1 person; 1 number is blocked." in admin.get(f"/?queued={newest()}")
    admin.post("/send", form="/send", recipients=ANN, text="again", action="send")
    assert "Nothing was queued: 1 number is blocked." in admin.get(f"/?queued={newest()}")


def newest() -> int:
    return lists.page(View.ALL)[0].id


@pytest.fixture
def ask(world: World, stranger: Reader):
    token = world.box.programs.add("p", ("send", "read", "people", "manage"))
    headers = {"Authorization": f"Bearer {token}"}

    def asked(method: str, path: str, body: object = None):
        url = f"/api/v1{path}"
        return stranger.client.open(url, method=method, json=body, headers=headers)

    return asked


def test_programs_mark_contacts_and_groups(ask) -> None:
    made = ask("POST", "/contacts", {"name": "Ann", "phoneNumber": ANN, "alwaysReached": True})
    assert made.json["alwaysReached"] is True
    one = f"/contacts/{made.json['id']}"
    assert ask("PUT", one, {"name": "Anna"}).json["alwaysReached"] is True
    assert ask("PUT", one, {"alwaysReached": False}).json["alwaysReached"] is False
    wrong = ask("PUT", one, {"alwaysReached": "yes", "name": "X"})
    assert (wrong.status_code, ask("GET", one).json["name"]) == (400, "Anna")
    group = ask("POST", "/groups", {"name": "On call"}).json
    assert group["alwaysReached"] is False
    path = f"/groups/{group['id']}"
    assert ask("PUT", path, {"alwaysReached": True}).json == group | {"alwaysReached": True}
    assert ask("PUT", path, {"name": "Alarms"}).json["alwaysReached"] is True
    assert ask("PUT", path, {}).status_code == 400


def test_programs_are_told_of_blocked_numbers_in_the_answer(world: World, ask) -> None:
    receive(world, "STOP")
    body = {"textMessage": {"text": "Alarm"}, "phoneNumbers": [ANN, BOB]}
    answer = ask("POST", "/messages", body)
    assert answer.status_code == 202
    ann, bob = answer.json["recipients"]
    assert (ann["state"], bob["state"], bob["error"]) == ("Failed", "Pending", None)
    assert "blocked" in ann["error"]
    alone = ask("POST", "/messages", body | {"phoneNumbers": [ANN]})
    assert (alone.status_code, alone.json["state"]) == (202, "Failed")


def test_programs_are_told_of_blocked_numbers_in_what_is_sent_later(world: World, ask) -> None:
    receive(world, "STOP")
    when = datetime.fromtimestamp(world.clock.now() / 1000 + 86400).astimezone().isoformat()
    body = {"textMessage": {"text": "Alarm"}, "phoneNumbers": [ANN, BOB], "scheduleAt": when}
    ann, bob = ask("POST", "/messages", body).json["recipients"]
    assert (ann["state"], bob["error"]) == ("Pending", None)
    assert "blocked" in ann["error"]
