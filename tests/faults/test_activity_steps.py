"""The service is killed at every step of what a received message sets off, and started again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.decisions.activities import ActionKind
from gateway.events import Events
from gateway.services.activities import destinations
from gateway.services.activities.activities import Activities
from gateway.services.activities.activity_drafts import TypedAction, TypedActivity
from gateway.services.activities.fallback import Fallback
from gateway.services.box.preferences import Preferences
from gateway.services.people.people import People, TypedContact
from gateway.simnet import Network
from gateway.steps import ACTIVITY_STEPS
from gateway.store import opening
from gateway.store.activities import runs
from gateway.store.file import database
from gateway.store.file.database import execute
from gateway.store.people import groups, people
from gateway.store.search import views
from gateway.store.search.views import View
from tests.support.box import RunningBox, eventually
from tests.support.receiver import Receiver, receiving

WRITERS = tuple(f"+25479900000{n}" for n in range(3))
MANAGER = "+254799000009"
REPLY = "Welcome, you wrote {message}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def box(
    network: Network, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningBox]:
    monkeypatch.setattr(destinations, "this_machine", True)  # here too, where the activity is made
    modem = network.add_modem()
    with RunningBox(tmp_path, ports=[modem.port], module="tests.support.hurry") as running:
        set_up(running.data, receiver.url())
        yield running


def set_up(data: Path, url: str) -> None:
    """One activity with every kind of action, one that stops its writer, and the fallback."""
    opening.open_store(data)
    with database.connected():
        clock, events = SystemClock(), Events()
        preferences = Preferences(events, "KE")
        folk = People(clock, events, preferences.country)
        group = str(folk.make_group("Volunteers"))
        former = folk.make_group("Former")
        for number in WRITERS[1:]:
            folk.add(TypedContact("", number), [former])
        actions = (
            TypedAction(ActionKind.JOIN, group=group),
            TypedAction(ActionKind.REPLY, REPLY),
            TypedAction(ActionKind.WEBHOOK, url=url),
            TypedAction(ActionKind.LEAVE, group=str(former)),
            TypedAction(ActionKind.FORWARD, "{number}: {message}", recipients=MANAGER),
        )
        activities = Activities(clock, events, preferences)
        activities.add(TypedActivity("Join", words="join", actions=actions), "admin")
        activities.set_fallback(Fallback("Sorry", on=True), "admin")
    opening.close_store()


@pytest.mark.parametrize(
    ("step", "nth"), [(s, 1) for s in ACTIVITY_STEPS] + [("action done", 8)], ids=str
)
def test_killed_at_a_step_everything_is_done_once(
    step: str, nth: int, box: RunningBox, network: Network, receiver: Receiver
):
    (modem,) = network.modems
    box.start(PIGEONBOX_DIE_AT=f"{step}:{nth}")
    for n, writer in enumerate(WRITERS):
        network.phone_send(writer, modem.number, f"Join {n}")
    network.phone_send(MANAGER, modem.number, "Hello")
    assert box.process
    assert box.process.wait(20) == -9, "it never came to that step"
    box.start()
    opening.open_store(box.data)
    with database.connected():
        eventually(lambda: len(network.texts(MANAGER)) >= 4, what=str(network.texts(MANAGER)))
        eventually(lambda: {w: network.texts(w) for w in WRITERS} == answers())
        eventually(lambda: {s for (s,) in execute("SELECT state FROM activity_step")} == {"done"})
        told = [(t["id"], t["payload"]["message"]) for t in map(_told, receiver.told)]
        assert len(set(told)) == 3  # one may be told twice, under the same id
        assert len(told) <= 3 + 1  # the one under way when the box died
        assert sorted(network.texts(MANAGER)) == [
            *(f"{writer}: Join {n}" for n, writer in enumerate(WRITERS)),
            "Sorry",
        ]
        members = {g.name: g.people for g in groups.groups()}
        assert members == {"Volunteers": 3, "Former": 0}
        assert all(people.by_number(writer) for writer in WRITERS)
        assert len(views.ids(View.UNTRIGGERED, None, 9)) == views.counts().untriggered == 1
        assert views.counts().received == 4
        assert sum(len(runs.set_off(i)) for i in views.ids(View.RECEIVED, None, 9)) == 4
    opening.close_store()


def answers() -> dict[str, list[str]]:
    return {w: [f"Welcome, you wrote Join {n}"] for n, w in enumerate(WRITERS)}


def _told(one: tuple[str, dict[str, str], bytes]) -> dict:
    return json.loads(one[2])
