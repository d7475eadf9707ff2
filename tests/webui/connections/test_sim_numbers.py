"""simNumber is the place that a connection got when it came, for ever, wherever it is told.

Places 1, 2 and 3; the first is forgotten, after it has received something.
"""

from __future__ import annotations

import csv
import io

import pytest

from gateway.decisions.activities import ActionKind
from gateway.services.activities.webhooks import Webhooks
from gateway.services.box.preferences import Preferences
from gateway.services.connections.connection_report import report
from gateway.store.activities.runs import ActionStep, FreshMessage
from gateway.store.connections import connections
from gateway.store.messages import details
from tests.webui.conftest import ANN, Api, World

HELLO = {"textMessage": {"text": "Hello"}, "phoneNumbers": [ANN]}


@pytest.fixture
def third(world: World) -> int:
    """The connection with the number 3, after the first one was forgotten."""
    first, third = world.line, connections.upsert_connection("8944003", "23415003", 1)
    world.receive("by the first")
    connections.forget(first.connection_id, world.clock.now())
    world.line = third
    world.receive("by the third")
    return third.connection_id


def test_the_inbox_tells_the_old_numbers(api: Api, third: int) -> None:
    assert [m["simNumber"] for m in api.get("/inbox").json] == [3, 1]


def test_webhooks_tell_the_same_as_the_inbox(world: World, third: int) -> None:
    hooks = Webhooks(world.clock, world.events, Preferences(world.events, "GB"), lambda: None)
    for lines, number in ((third, 3), (third - 2, 1), (None, None)):
        message = FreshMessage(7, ANN, "Hello", world.clock.now(), lines)
        step = ActionStep(1, 1, ActionKind.WEBHOOK, "", (), None, 0, "Hook", message)
        payload = hooks.payload(step)["payload"]
        assert isinstance(payload, dict)
        assert payload["simNumber"] == number


def test_connections_and_the_command_line_tell_it(api: Api, world: World, third: int) -> None:
    found = world.box.connections.overview().connections
    assert [report(status).sim_number for status in found] == [2, 3]
    assert [(c["id"], c["simNumber"]) for c in api.get("/connections").json][1] == (third, 3)


def test_it_chooses_the_connection_that_sends(api: Api, third: int) -> None:
    stored = details.by_client_id(api.post(HELLO | {"simNumber": 3}).json["id"])
    assert stored is not None
    assert stored.connection_id == third
    refused = api.post(HELLO | {"simNumber": 1})
    assert refused.status_code == 400
    assert "there is: 2, 3" in refused.json["message"]


@pytest.mark.parametrize(("number", "text"), [("3", "by the third"), ("1", "by the first")])
def test_an_export_means_the_same_one_also_when_it_was_forgotten(
    api: Api, third: int, number: str, text: str
) -> None:
    response = api.get(f"/export?simNumber={number}")
    (row,) = csv.DictReader(io.StringIO(response.text))
    assert (row["text"], row["connection"]) == (text, f"SIM {number}")


def test_an_export_of_an_unknown_one_names_those_that_there_are(api: Api, third: int) -> None:
    response = api.get("/export?simNumber=4")
    assert response.status_code == 400
    assert "there is: 1, 2, 3" in response.json["message"]
