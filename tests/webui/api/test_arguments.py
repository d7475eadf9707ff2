"""What stands behind the ? of a call is obeyed, or refused by name."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from gateway.store.messages import inbox
from tests.webui.conftest import ANN, BOB, Api, World, make_app
from webui.api import asked
from webui.page.formats import iso

HELLO = {"textMessage": {"text": "Hello"}, "phoneNumbers": [ANN]}


def test_every_call_refuses_what_it_does_not_know(
    world: World, templates: FileSystemBytecodeCache
) -> None:
    app: Flask = make_app(world, templates)
    token = world.box.programs.add("all", ["manage"])
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("api."):
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = app.test_client().open(
                f"{path}?dryRun=1&limt=5", method=method, headers={"X-API-Key": token}
            )
            assert answer.status_code == 400, (method, path)
            assert "dryRun, limt are not known here" in answer.json["message"]
            tried += 1
    assert tried > 35
    assert set(asked.TAKES) <= set(app.view_functions)


def test_an_argument_given_twice_is_refused(api: Api) -> None:
    assert "limit is given more than once" in api.get("/inbox?limit=1&limit=2").json["message"]


def test_strangers_hear_first_that_they_are_not_signed_in(api: Api) -> None:
    assert api.client.get("/api/v1/inbox?x=1").status_code == 401


@pytest.mark.parametrize("arguments", ["skipPhoneValidation=true", "deviceActiveWithin=12"])
def test_what_official_clients_send_with_a_message_is_understood(api: Api, arguments: str) -> None:
    assert api.post(HELLO, f"/messages?{arguments}").status_code == 202


@pytest.mark.parametrize("arguments", ["skipPhoneValidation=maybe", "deviceActiveWithin=x"])
def test_and_refused_when_it_makes_no_sense(api: Api, arguments: str) -> None:
    answer = api.post(HELLO, f"/messages?{arguments}")
    assert answer.status_code == 400
    assert arguments.partition("=")[0] in answer.json["message"]


# the inbox -------------------------------------------------------------------------------------


@pytest.fixture
def times(api: Api, world: World) -> list[int]:
    """When "one", a missed call of BOB and "two" came."""
    found = []
    for what in ("one", None, "two"):
        if what:
            world.receive(what)
        else:
            world.clock.ms += 1000
            inbox.called(world.line.connection_id, BOB, world.clock.now())
        found.append(world.clock.ms)
    return found


def listed(api: Api, **wanted: object) -> list[str]:
    answer = api.get(f"/inbox?{urlencode(wanted)}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Count"] == str(len(answer.json))
    return [m["contentPreview"] for m in answer.json]


def test_the_type_is_obeyed(api: Api, times: list[int]) -> None:
    assert listed(api, type="SMS") == ["two", "one"]
    assert listed(api, type="CALL") == ["Missed call."]
    for none in ("DATA_SMS", "MMS", "MMS_DOWNLOADED"):
        assert listed(api, type=none) == []


def test_the_time_is_obeyed_and_both_ends_are_in_it(api: Api, times: list[int]) -> None:
    first, call, last = (iso(at) for at in times)
    assert listed(api, **{"from": call}) == ["two", "Missed call."]
    assert listed(api, to=call) == ["Missed call.", "one"]
    assert listed(api, **{"from": first, "to": last}) == ["two", "Missed call.", "one"]
    assert listed(api, **{"from": iso(times[2] + 1)}) == []
    assert listed(api, **{"from": call, "to": call, "type": "SMS"}) == []


def test_a_plus_that_nobody_escaped_is_a_plus(api: Api, times: list[int]) -> None:
    at = iso(times[1])
    zoned = at.replace("Z", "+00:00")
    assert "+" in zoned
    assert len(api.get(f"/inbox?from={quote(zoned, safe=':+')}").json) == 2


def test_the_device_is_obeyed(api: Api, world: World, times: list[int]) -> None:
    assert listed(api, deviceId=world.box.preferences.name()) == ["two", "Missed call.", "one"]
    assert listed(api, deviceId="another") == []
    assert listed(api, includeAttachments=True) == ["two", "Missed call.", "one"]


def test_the_total_counts_what_was_asked_for(api: Api, times: list[int]) -> None:
    answer = api.get("/inbox?type=SMS&limit=1&offset=1")
    assert [m["contentPreview"] for m in answer.json] == ["one"]
    assert answer.headers["X-Total-Count"] == "2"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("type=PIGEON", "type must be one of SMS, CALL"),
        ("type=", "type must be one of"),
        ("from=yesterday", "from must be an instant"),
        ("to=2026-11-27T00:00:00", "to must be an instant in ISO 8601 with its zone"),
        ("from=2026-11-28T00:00:00Z&to=2026-11-27T00:00:00Z", "from must not be later"),
        ("includeAttachments=perhaps", "includeAttachments must be true or false"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(api: Api, query: str, said: str) -> None:
    answer = api.get(f"/inbox?{query}")
    assert answer.status_code == 400
    assert said in answer.json["message"]


def test_not_blocked_does_not_mean_blocked(api: Api, world: World) -> None:
    from gateway.services.people.people import TypedContact

    world.box.people.add(TypedContact("Ann", ANN))
    assert len(api.get("/contacts?blocked=0").json) == 1
    assert api.get("/contacts?blocked=1").json == []
    assert api.get("/contacts?blocked=some").status_code == 400
