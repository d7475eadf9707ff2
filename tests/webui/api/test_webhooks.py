"""Webhooks that programs register, as they do with SMSGate."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.store.activities import activities
from tests.webui.conftest import NAME, PASSWORD, Reader, World

HOOK = {"id": "till-1", "url": "https://till.example/sms", "event": "sms:received"}
PATH = "/api/v1/webhooks"


class Till:
    """A program that signs in as SMSGate's clients do."""

    def __init__(self, reader: Reader) -> None:
        self.client = reader.client

    def ask(self, method: str, path: str = PATH, body: Any = None) -> TestResponse:
        return self.client.open(path, method=method, json=body, auth=(NAME, PASSWORD))


@pytest.fixture
def till(stranger: Reader) -> Till:
    return Till(stranger)


def test_a_webhook_is_registered_listed_changed_and_removed(till: Till, world: World) -> None:
    assert till.ask("GET").json == []
    made = till.ask("POST", body=HOOK)
    assert made.status_code == 201
    assert made.json == HOOK | {"deviceId": world.box.preferences.name()}
    assert till.ask("GET").json == [made.json]
    elsewhere = HOOK | {"url": "http://10.0.0.5:9000/in", "deviceId": None}
    assert till.ask("POST", body=elsewhere).json["url"] == "http://10.0.0.5:9000/in"
    assert len(till.ask("GET").json) == 1
    assert till.ask("DELETE", f"{PATH}/till-1").status_code == 204
    assert till.ask("GET").json == []
    assert till.ask("DELETE", f"{PATH}/till-1").status_code == 404


def test_it_is_an_activity_that_people_see_and_may_change(till: Till, admin: Reader) -> None:
    without_id = till.ask("POST", body={k: v for k, v in HOOK.items() if k != "id"}).json
    assert without_id["id"]
    till.ask("POST", body=HOOK)
    first, second = activities.activities()
    assert second.name == "Webhook till-1"
    assert second.name in admin.get("/activities")
    activities.switch(second.id, False, 1, "ann")
    till.ask("POST", body=HOOK | {"url": "https://new.example/"})
    changed = activities.get(second.id)
    assert changed is not None
    assert (changed.enabled, changed.actions[0].url) == (False, "https://new.example/")
    assert changed.actions[0].id == second.actions[0].id, "what is under way still finds it"
    activities.delete(first.id, 1, "ann")
    assert [one["id"] for one in till.ask("GET").json] == ["till-1"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "ftp://till"}, "url: Enter an address such as"),
        ({"url": ""}, "url: "),
        ({"event": "sms:sent"}, "must be “sms:received”"),
        ({"id": "a b"}, "id: must be 1 to 50"),
        ({"url": None}, "The body must be"),
        ({"event": 5}, "The body must be"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_registered(
    till: Till, change: dict[str, Any], said: str
) -> None:
    answer = till.ask("POST", body=HOOK | change)
    assert answer.status_code == 400
    assert said in answer.json["message"]
    assert "a0" not in answer.json["message"]  # where the page has it
    assert activities.activities() == []


def test_only_who_may_manage_the_box_registers(world: World, stranger: Reader) -> None:
    for scope in ("send", "read", "people"):
        headers = {"Authorization": f"Bearer {world.box.programs.add(scope, (scope,))}"}
        for method, path in (("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/x")):
            answer = stranger.client.open(path, method=method, json=HOOK, headers=headers)
            assert answer.status_code == 403, (scope, method)
