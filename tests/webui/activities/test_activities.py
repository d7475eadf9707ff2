"""Activities on the page: without script, as forms and links."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from gateway.decisions.activities import StepState
from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.activities.matching import ActivityMatcher
from gateway.services.activities.runner import ActivityRunner
from gateway.services.people.people import TypedContact
from gateway.store.activities import activities, runs
from gateway.store.messages import details
from gateway.store.people import groups
from tests.webui.conftest import ANN, BOB, World, words

FORM = {"match": "word", "sender": "anybody", "weekday": list("0123456"), "enabled": "yes"}


@pytest.fixture
def hear(world: World) -> Callable[..., int]:
    """An SMS comes in, and what it sets off is done; webhooks apart."""
    deciding = ActivityMatcher(world.clock, world.box.preferences)
    acting = ActivityRunner(world.clock, world.events, world.box.preferences)

    def receive(text: str, sender: str = ANN) -> int:
        message_id = world.receive(text, sender)
        deciding.decide([message_id])
        while step := runs.next_waiting():
            acting._do(step)
        return message_id

    return receive


def add(world: World, name: str, words_: str = "join", *actions: TypedAction) -> int:
    actions = actions or (TypedAction("reply", text=f"This is {name}"),)
    return world.box.activities.add(TypedActivity(name, words=words_, actions=actions), "admin")


def names(html: str) -> list[str]:
    found = re.findall(r'<h2><a href="/activities/\d+"><bdi>(.*?)</bdi>', html)
    return [name.strip() for name in found]


# the view ---------------------------------------------------------------------------------------


def test_did_not_trigger_has_its_view_and_count(admin, world, hear) -> None:
    add(world, "Join")
    hear("join me")
    assert "An SMS that sets off no activity appears here" in admin.get("/untriggered")
    hear("hello there")
    page = admin.get("/untriggered")
    assert "hello there" in page
    assert "join me" not in page
    assert re.search(r'id="count-untriggered">\s*1\s*<', page)
    order = re.findall(r'id="count-(\w+)"', page)
    assert order.index("pending") < order.index("untriggered")
    assert re.search(r"<h1[^>]*>Did not trigger</h1>", page)


def test_an_opened_message_shows_what_it_set_off_with_errors(admin, world, hear) -> None:
    group = world.box.people.make_group("Volunteers")
    add(
        world, "Join <b>", "join", TypedAction("join", group=str(group)), TypedAction("reply", "Hi")
    )
    groups.delete(group, 0, "")
    message = hear("join")
    page = admin.get(f"/received?open={message}")
    said = words(page)
    assert "Activities it set off" in said
    assert "Join &lt;b&gt;" in page
    assert "Failed The group does not exist any more" in said
    assert "Done Replied to +44 7700 900123." in said
    made = runs.set_off(message)[0].steps[1].made_id
    assert f'open={made}"' in page
    assert "by an activity" in words(admin.get(f"/?open={made}"))
    untouched = hear("hello")
    assert "Did not trigger an activity" in words(admin.get(f"/?open={untouched}"))


def test_a_failed_action_is_tried_again_from_the_message(admin, world, hear) -> None:
    group = world.box.people.make_group("Volunteers")
    add(world, "Join", "join", TypedAction("join", group=str(group)))
    groups.delete(group, 0, "")
    message = hear("join")
    step = runs.set_off(message)[0].steps[0].id
    page = f"/received?open={message}"
    done = admin.post(f"/activities/again/{step}", form=page, message=message, view="received")
    assert done.headers["Location"] == page
    assert runs.state(step) is StepState.WAITING
    again = admin.post(f"/activities/again/{step}", form=page, message=message)
    assert again.status_code == 409


# setting up -------------------------------------------------------------------------------------


def test_an_activity_is_made_changed_and_deleted(admin, world) -> None:
    assert "No activities yet" in admin.get("/activities")
    made = admin.post(
        "/activities/new",
        form="/activities/new",
        **FORM | {"name": "Join", "words": "join, in", "actions": "1"},
        **{"a0-kind": "reply", "a0-text": "Welcome {name}"},
    )
    assert made.status_code == 303
    (stored,) = activities.activities()
    assert stored.condition.words == ("join", "in")
    said = words(admin.get("/activities"))
    assert "First word is “join” or “in”" in said
    assert "Reply “Welcome {name}”" in said
    here = f"/activities/{stored.id}"
    changed = FORM | {"name": "Anything", "match": "anything", "starts": "22:00", "ends": "06:00"}
    changed |= {"actions": "1", "a0-kind": "reply", "a0-text": "x", "a0-id": stored.actions[0].id}
    assert admin.post(here, form=here, **changed).status_code == 303
    after = activities.get(stored.id)
    assert (after.name, after.actions[0].id) == ("Anything", stored.actions[0].id)
    assert "22:00 to 06:00, every day" in words(admin.get("/activities"))
    asked = admin.post(f"{here}/delete", form=here)
    assert "You are about to delete the activity Anything" in words(asked.text)
    admin.post(f"{here}/delete", form=here, confirmed="yes")
    assert activities.activities() == []
    assert admin.client.get(here).status_code == 404


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(admin, world) -> None:
    refused = admin.post(
        "/activities/new",
        form="/activities/new",
        **FORM | {"name": "J<oin", "words": "two words", "sender": "group", "actions": "2"},
        **{"a0-kind": "reply", "a0-text": "Hi {nobody}", "a1-kind": "webhook", "a1-url": "ftp:x"},
    )
    assert refused.status_code == 422
    for name in ("words", "group", "a0-text", "a1-url"):
        assert f'id="{name}-error"' in refused.text
        assert re.search(rf'id="{name}"[^>]*aria-invalid="true"', refused.text), name
    for kept in ("J&lt;oin", "two words", "Hi {nobody}", "ftp:x"):
        assert kept in refused.text
    assert activities.activities() == []


def test_actions_are_added_moved_and_removed_without_losing_what_is_typed(admin, world) -> None:
    fields = FORM | {
        "name": "A",
        "words": "w",
        "actions": "1",
        "a0-kind": "reply",
        "a0-text": "first words",
    }

    def press(do: str, **more: str) -> str:
        answer = admin.post("/activities/new", form="/activities/new", **fields | more, do=do)
        assert answer.status_code == 200
        return answer.text

    page = press("add", new="forward")
    assert "2. Forward" in words(page)
    assert "{name}: {message}" in page
    assert "first words" in page
    fields |= {"actions": "2", "a1-kind": "webhook", "a1-url": "https://x.org/", "a1-secret": "s3"}
    page = press("up-1")
    assert words(page).index("1. Call a webhook") < words(page).index("2. Reply")
    assert 'name="a0-secret" type="text" value="s3"' in page
    page = press("remove-0")
    assert "first words" not in page
    assert "https://x.org/" in page
    for nonsense in ("up-0", "down-99", "remove-x", "dance"):
        assert "1. Reply" in words(press(nonsense))
    assert activities.activities() == []


def test_a_kept_secret_is_never_shown(admin, world) -> None:
    made = add(
        world, "Hook", "w", TypedAction("webhook", url="https://x.org/a", secret="tops3cret")
    )
    here = f"/activities/{made}"
    page = admin.get(here)
    assert "tops3cret" not in page
    stored = activities.get(made)
    fields = FORM | {"name": "Hook", "words": "w", "actions": "1", "a0-kind": "webhook"}
    fields |= {"a0-url": "https://x.org/b", "a0-id": stored.actions[0].id}
    admin.post(here, form=here, **fields, **{"a0-keep": "yes"})
    assert activities.get(made).actions[0].secret == "tops3cret"
    admin.post(here, form=here, **fields)
    assert activities.get(made).actions[0].secret == ""


def test_order_and_switches(admin, world) -> None:
    first, second = add(world, "First"), add(world, "Second")
    assert names(admin.get("/activities")) == ["First", "Second"]
    moved = admin.post(f"/activities/{second}/shift", form="/activities", by="up")
    assert names(admin.get("/activities")) == ["Second", "First"]
    assert moved.location == f"/activities#down-{second}"
    admin.post(f"/activities/{first}/shift", form="/activities", by="down")  # no such place
    assert names(admin.get("/activities")) == ["Second", "First"]
    admin.post(f"/activities/{first}/switch", form="/activities", on="no")
    assert not activities.get(first).enabled
    assert 'aria-checked="false" aria-label="First"' in admin.get("/activities")
    gone = admin.post("/activities/99/switch", form="/activities", on="no")
    assert gone.status_code == 404


def test_firings_are_counted(admin, world, hear) -> None:
    add(world, "Join")
    assert "Not set off yet" in admin.get("/activities")
    hear("join")
    hear("join", BOB)
    assert re.search(r"2 times last \d\d:\d\d", words(admin.get("/activities")))


def test_what_has_vanished_is_said_in_the_list(admin, world) -> None:
    group = world.box.people.make_group("Volunteers")
    person = world.box.people.add(TypedContact("Bob", BOB))
    tell = TypedAction("forward", "{message}", recipients=f"Bob <{BOB}>, Volunteers")
    add(world, "Tell", "w", tell)
    assert "Forward to Bob, “Volunteers”" in words(admin.get("/activities"))
    assert "has nobody with a number in it" in admin.get("/activities")
    world.box.people.delete([person], "admin")
    groups.delete(group, 0, "")
    said = words(admin.get("/activities"))
    assert "a person who was deleted, a group that was deleted" in said
    assert "A group that it went to does not exist any more." in said


def test_a_group_in_use_is_not_deleted(admin, world) -> None:
    group = world.box.people.make_group("Volunteers")
    add(world, "Join", "join", TypedAction("join", group=str(group)))
    page = f"/people/groups/{group}"
    answer = admin.post(f"{page}/delete", form=page, confirmed="yes")
    assert answer.status_code == 409
    assert "This group is used by the activity “Join”; change that first." in answer.text
    assert groups.get(group)


# trying out and the fallback --------------------------------------------------------------------


def test_a_sample_is_tried_on_all_and_on_one(admin, world) -> None:
    made = add(world, "Join")
    page = admin.post("/activities/try", form="/activities", sample="Join <us>", **{"from": ANN})
    assert "Matches: would reply “This is Join”." in page.text
    assert "Join &lt;us&gt;" in page.text
    page = admin.post("/activities/try", form="/activities", sample="Hello", **{"from": ""})
    assert "Does not match because the first word is “hello”, not “join”." in page.text
    assert "No activity would run: the message would be in Did not trigger." in page.text
    page = admin.post("/activities/try", form="/activities", sample="Hello", **{"from": "+1"})
    assert page.status_code == 422
    assert 'id="from-error"' in page.text
    here = f"/activities/{made}"
    fields = FORM | {"name": "Join", "words": "hello", "actions": "1", "a0-kind": "reply"}
    page = admin.post(
        here, form=here, **fields, **{"a0-text": "{message}?"}, sample="Hello", do="try"
    )
    assert "Matches: would reply “Hello?”." in page.text
    assert activities.get(made).condition.words == ("join",)
    page = admin.post(here, form=here, **fields, **{"a0-text": ""}, sample="Hello", do="try")
    assert page.status_code == 422
    assert "It cannot be tried yet" in page.text
    assert 'id="a0-text-error"' in page.text


def test_the_fallback_reply(admin, world, hear) -> None:
    refused = admin.post("/activities/fallback", form="/activities", fallback=" ", on="yes")
    assert refused.status_code == 422
    assert "Write the reply, or switch it off." in refused.text
    text = "Sorry {name|friend}, what?"
    saved = admin.post("/activities/fallback", form="/activities", fallback=text, on="yes")
    assert saved.status_code == 303
    assert text in admin.get("/activities")
    message = hear("hello")
    made = runs.set_off(message)[0].steps[0].made_id
    assert details.get(made).text == "Sorry friend, what?"
    assert "Fallback reply" in words(admin.get(f"/untriggered?open={message}"))


# for programs -----------------------------------------------------------------------------------


def test_programs_list_and_try_activities(stranger, world, hear) -> None:
    secret = TypedAction("webhook", url="https://x.org/a?key=k", secret="tops3cret")
    add(world, "Join", "join", TypedAction("reply", "Hi"), secret)
    hear("join")
    token = {"Authorization": f"Bearer {world.box.programs.add('till')}"}
    answer = stranger.client.get("/api/v1/activities", headers=token)
    (one,) = answer.json
    assert (one["name"], one["fired"], one["enabled"]) == ("Join", 1, True)
    assert one["actions"] == ["Reply “Hi”", "Call the webhook at x.org"]
    assert one["lastFiredAt"].endswith("Z")
    assert "tops3cret" not in answer.text
    assert "key=k" not in answer.text
    path = "/api/v1/activities/try"
    sample = {"message": "Join", "phoneNumber": ANN}
    (one,) = stranger.client.post(path, json=sample, headers=token).json
    assert one["matches"]
    assert one["words"] == "Matches: would reply “Hi”, then call the webhook at x.org."
    for bad in ({}, {"message": 1}, [], {"message": "x", "phoneNumber": "+1"}):
        assert stranger.client.post(path, json=bad, headers=token).status_code == 400
