"""Webhooks against a real HTTP server that is slow, refuses, redirects, or talks without end."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from gateway.clock import HOUR, SECOND
from gateway.decisions.activities import StepState
from gateway.decisions.activities.calls import MOST_TRIES
from gateway.services.activities import destinations, http_post
from gateway.services.activities.activity_drafts import TypedActivity
from gateway.services.activities.http_post import PostClient
from gateway.services.activities.webhook_registration import WebhookRegistration
from gateway.store.activities import activities, runs, webhooks
from tests.services.activities.activity_world import ANN, OWN, ActivityWorld, reply, webhook
from tests.services.conftest import FakeClock
from tests.support.box import eventually
from tests.support.receiver import Receiver, raw, receiving, slow, status
from tests.support.settings import somebody


@pytest.fixture(autouse=True)
def programs_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As somebody allows in config.toml: the receivers here are on the box itself."""
    monkeypatch.setattr(destinations, "this_machine", True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def world(clock: FakeClock, store: Path) -> Iterator[ActivityWorld]:
    world = ActivityWorld(clock)
    yield world
    world.acting.webhooks.stop()


def call(world: ActivityWorld) -> None:
    """Everything that is due is called, and has answered."""
    world.acting.webhooks.start_due()
    eventually(lambda: not world.acting.webhooks._clients)


def the_step(message_id: int) -> runs.ActivityStepInfo:
    (run,) = runs.set_off(message_id)
    return run.steps[0]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# what is told -----------------------------------------------------------------------------------


def interim(*codes: int) -> bytes:
    return b"".join(b"HTTP/1.1 %d Go on\r\nA: b\r\n\r\n" % code for code in codes)


def test_go_on_is_no_answer_and_does_not_go_on_for_ever(world, receiver):
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    receiver.answers["/polite"] = raw(interim(100, 102, 103), final)
    assert PostClient().post(receiver.url("/polite"), b"{}").taken
    receiver.answers["/endless"] = raw(endless=interim(100))
    assert "is not HTTP" in PostClient().post(receiver.url("/endless"), b"{}").trouble


def test_it_is_told_as_smsgate_tells_it(world, receiver):
    world.preferences.change(name="Clinic", country="KE", zone="Africa/Nairobi", by=somebody())
    world.add("Hook", "", webhook(receiver.url("/hook?key=1")))
    message = world.receive("Fire 🔥 {x}")
    assert the_step(message).state is StepState.CALLING
    call(world)
    ((path, headers, body),) = receiver.told
    assert path == "/hook?key=1"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert "X-Signature" not in headers
    told = json.loads(body)
    assert told["id"]
    assert told | {"id": ""} == {
        "deviceId": "Clinic",
        "event": "sms:received",
        "id": "",
        "webhookId": str(activities.activities()[0].actions[0].id),
        "payload": {
            "messageId": str(message),
            "message": "Fire 🔥 {x}",
            "phoneNumber": ANN,
            "sender": ANN,
            "recipient": OWN,
            "simNumber": 1,
            "receivedAt": "2026-11-18T14:06:41.000+03:00",
        },
    }
    found = the_step(message)
    assert (found.state, found.words) == (
        StepState.DONE,
        f"Told 127.0.0.1:{receiver.server_port}.",
    )


def test_what_is_told_is_signed_with_the_secret_of_now(world, receiver):
    made = world.add("Hook", "", webhook(receiver.url(), "old"))
    world.receive("hello")
    action = activities.get(made).actions[0]
    changed = webhook(receiver.url(), "s3cret")
    draft = TypedActivity(
        "Hook", "anything", actions=(changed.__class__(**_fields(changed, action.id)),)
    )
    world.activities.save(made, draft, "admin")
    call(world)
    ((_, headers, body),) = receiver.told
    at = str(world.clock.now() // SECOND)
    assert headers["X-Timestamp"] == at
    digest = hmac.new(b"s3cret", body + at.encode(), hashlib.sha256).hexdigest()
    assert headers["X-Signature"] == digest


def _fields(typed, id_: int) -> dict[str, object]:
    return {"kind": typed.kind, "url": typed.url, "secret": typed.secret, "id": id_}


# what goes wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(500), "It has trouble of its own (500)."),
        (status(404), "It says that there is nothing at this address (404)."),
        (status(302, Location="http://127.0.0.1:1/elsewhere"), "It sends callers elsewhere (302)"),
        (raw(b"\x00\xff\x00 what\r\n"), "is not HTTP."),
        (raw(), "127.0.0.1 ended the connection without an answer."),
        (raw(b"HTTP/1.1 200 OK\r\n", endless=b"X-A: " + b"a" * 60_000 + b"\r\n"), "is not HTTP."),
    ],
    ids=["500", "404", "redirect", "rubbish", "nothing", "endless headers"],
)
def test_a_bad_answer_is_shown_and_tried_again_later(world, receiver, answer, words):
    receiver.answers["/"] = answer
    world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    call(world)
    found = the_step(message)
    assert words in found.words
    assert (found.state, found.tries) == (StepState.CALLING, 1)
    assert found.due_at == world.clock.now() + 10 * SECOND
    call(world)
    assert len(receiver.told) == 1  # not before its time
    del receiver.answers["/"]
    world.clock.ms += 10 * SECOND
    call(world)
    assert the_step(message).state is StepState.DONE
    first, second = (json.loads(body)["id"] for _, _, body in receiver.told)
    assert first == second


def test_where_nobody_listens_it_is_said(world):
    port = free_port()
    world.add("Hook", "", webhook(f"http://127.0.0.1:{port}/"))
    message = world.receive("hello")
    call(world)
    assert the_step(message).words == f"No program answers at 127.0.0.1:{port}."


def test_https_where_only_http_is_spoken_is_said(world, receiver):
    world.add("Hook", "", webhook(receiver.url().replace("http", "https")))
    message = world.receive("hello")
    call(world)
    assert (
        the_step(message).words == "No secure connection to 127.0.0.1 is possible; is https right?"
    )


def test_a_huge_answer_is_not_read(world, receiver):
    receiver.answers["/"] = raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", endless=b"x" * 65536
    )
    world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    call(world)
    assert the_step(message).state is StepState.DONE


def test_one_that_answers_drop_by_drop_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(http_post, "DEADLINE", 0.3)

    def drips(handler: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            while not handler.server.release.wait(0.02):
                handler.wfile.write(b"H")
                handler.wfile.flush()

    receiver.answers["/"] = drips
    assert "No complete answer came" in PostClient().post(receiver.url(), b"{}").trouble


def test_one_that_says_nothing_is_given_up(receiver, monkeypatch):
    monkeypatch.setattr(http_post, "PATIENCE", 0.2)
    receiver.answers["/"] = slow
    assert "No answer came within" in PostClient().post(receiver.url(), b"{}").trouble


def test_a_slow_one_delays_no_other_and_no_reply(world, receiver):
    receiver.answers["/slow"] = slow
    world.add("Slow", "", webhook(receiver.url("/slow")), reply("Welcome"))
    world.add("Quick", "", webhook(receiver.url("/quick")))
    for n in range(3):
        world.receive(f"{n}")
        world.acting.webhooks.start_due()
    eventually(lambda: receiver.texts("/quick") == ["0", "1", "2"])
    assert receiver.texts("/slow") == ["0"]  # one at a time
    assert len(world.sent()) == 3
    receiver.release.set()
    eventually(lambda: receiver.texts("/slow") == ["0", "1", "2"])
    eventually(lambda: not world.acting.webhooks._clients)


def test_it_ends_after_a_day_and_a_person_may_try_again(world, receiver):
    receiver.answers["/"] = status(503)
    world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    for _ in range(MOST_TRIES):
        call(world)
        world.clock.ms += HOUR
    found = the_step(message)
    assert found.state is StepState.FAILED
    assert found.words.endswith(f"Given up after {MOST_TRIES} tries.")
    del receiver.answers["/"]
    assert world.activities.again(found.id, "admin")
    world.act()
    call(world)
    assert the_step(message).state is StepState.DONE
    assert not world.activities.again(found.id, "admin")


def test_a_person_need_not_wait_for_the_next_try(world, receiver):
    receiver.answers["/"] = status(503)
    world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    call(world)
    del receiver.answers["/"]
    assert world.activities.again(the_step(message).id, "admin")
    call(world)
    assert the_step(message).state is StepState.DONE


def test_a_clock_that_was_set_back_holds_up_nothing(world, receiver):
    receiver.answers["/"] = status(503)
    world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    call(world)
    del receiver.answers["/"]
    world.clock.ms -= 30 * HOUR
    call(world)
    assert the_step(message).state is StepState.DONE


def test_a_webhook_that_was_taken_out_is_not_called(world, receiver):
    made = world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    world.activities.save(made, TypedActivity("Hook", "anything", actions=(reply("x"),)), "admin")
    call(world)
    assert receiver.told == []
    assert the_step(message).words == "The activity does not call this webhook any more."
    assert the_step(message).state is StepState.FAILED


def test_stopping_breaks_off_and_the_next_start_tells_it_again(world, receiver, clock):
    receiver.answers["/"] = slow
    world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    world.acting.webhooks.start_due()
    eventually(lambda: receiver.told)
    world.acting.webhooks.stop()
    eventually(lambda: not world.acting.webhooks._clients)
    assert (the_step(message).state, the_step(message).tries) == (StepState.CALLING, 0)
    del receiver.answers["/"]
    again = ActivityWorld(clock)
    call(again)
    assert the_step(message).state is StepState.DONE
    assert len({json.loads(body)["id"] for _, _, body in receiver.told}) == 1


# what the health of the box says of it ------------------------------------------------------------


def test_trouble_is_kept_until_the_next_message_is_taken(world, receiver):
    receiver.answers["/"] = status(500)
    world.add("Hook", "", webhook(receiver.url()))
    world.receive("hello")
    call(world)
    began = world.clock.now()
    ((found),) = webhooks.troubles()
    assert (found.activity, found.since, found.given_up) == ("Hook", began, 0)
    assert "trouble of its own (500)" in found.words
    world.clock.ms += 10 * SECOND
    call(world)
    assert webhooks.troubles()[0].since == began
    del receiver.answers["/"]
    world.clock.ms += 20 * SECOND
    call(world)
    assert webhooks.troubles() == []


def test_what_was_given_up_is_counted_and_clears_when_it_goes_well_again(world, receiver):
    receiver.answers["/"] = status(500)
    activity = world.add("Hook", "", webhook(receiver.url()))
    message = world.receive("hello")
    runs.execute("UPDATE activity_step SET tries = ?", (MOST_TRIES - 1,))
    call(world)
    assert the_step(message).state is StepState.FAILED
    assert webhooks.troubles()[0].given_up == 1
    activities.switch(activity, False, 1, "ann")
    assert webhooks.troubles() == [], "what is switched off troubles nobody"
    activities.switch(activity, True, 1, "ann")
    del receiver.answers["/"]
    world.receive("again")
    call(world)
    assert webhooks.troubles() == []


def test_a_webhook_that_was_taken_out_leaves_no_trouble(world, receiver):
    receiver.answers["/"] = status(500)
    activity = world.add("Hook", "", webhook(receiver.url()))
    world.receive("hello")
    call(world)
    activities.delete(activity, 1, "ann")
    assert webhooks.troubles() == []
    world.clock.ms += 10 * SECOND
    call(world)
    assert webhooks.troubles() == []


def test_a_registered_one_is_told_its_own_id(world, receiver):
    WebhookRegistration(world.activities).add("till-1", receiver.url(), "sms:received", "till")
    world.receive("hello")
    call(world)
    assert json.loads(receiver.told[0][2])["webhookId"] == "till-1"
