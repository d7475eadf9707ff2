from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from gateway.clock import HOUR
from gateway.store.messages import details, outbox
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Api, World

HELLO = {"textMessage": {"text": "Hello"}, "phoneNumbers": [ANN]}


# sending ---------------------------------------------------------------------------------------


def test_a_message_is_accepted_once_it_is_stored(api: Api) -> None:
    response = api.post(HELLO | {"id": "order-7"})
    assert response.status_code == 202
    assert response.headers["Location"].endswith("/api/v1/messages/order-7")
    body = response.json
    assert body["id"] == "order-7"
    assert body["state"] == "Pending"
    assert body["recipients"] == [{"phoneNumber": ANN, "state": "Pending", "error": None}]
    stored = details.by_client_id("order-7")
    assert stored is not None
    assert (stored.text, stored.author, stored.origin) == ("Hello", "till", "api")


def test_an_id_is_made_when_none_is_brought(api: Api) -> None:
    ids = {api.post(HELLO).json["id"] for _ in range(3)}
    assert len(ids) == 3
    for message_id in ids:
        assert api.get(f"/messages/{message_id}").status_code == 200


def test_a_repeated_id_is_409_and_sends_nothing(api: Api) -> None:
    api.post(HELLO | {"id": "x"})
    response = api.post({"id": "x", "textMessage": {"text": "other"}, "phoneNumbers": [BOB]})
    assert response.status_code == 409
    assert "x" in response.json["message"]
    assert views.counts().all == 1


def test_the_same_person_written_twice_gets_it_once(api: Api) -> None:
    body = api.post(HELLO | {"phoneNumbers": [ANN, "07700 900123", BOB]}).json
    assert [r["phoneNumber"] for r in body["recipients"]] == [ANN, BOB]


def test_the_field_of_older_clients_is_understood(api: Api) -> None:
    message_id = api.post({"message": "Old style", "phoneNumbers": [ANN]}).json["id"]
    stored = details.by_client_id(message_id)
    assert stored is not None
    assert stored.text == "Old style"


def test_options_reach_the_store(api: Api, world: World) -> None:
    more = {"withDeliveryReport": False, "ttl": 600, "simNumber": 2, "priority": 100}
    message_id = api.post(HELLO | more | {"unknown": ["ignored"], "deviceId": None}).json["id"]
    stored = details.by_client_id(message_id)
    assert stored is not None
    assert stored.with_report is False
    assert stored.connection_id == world.spare.connection_id
    assert stored.dispatches[0].valid_until == world.clock.now() + 600_000


@pytest.mark.parametrize("flash", [True, False])
def test_a_flash_message_is_asked_for_by_a_field(api: Api, world: World, flash: bool) -> None:
    assert api.post(HELLO | {"flash": flash}).status_code == 202
    (due,) = outbox.due(world.clock.now(), {world.line.connection_id: 9}, 9)
    assert due.flash is flash
    answer = api.post(HELLO | {"flash": "yes"})
    assert answer.status_code == 400
    assert "flash must be true or false" in answer.json["message"]


@pytest.mark.parametrize(
    ("wish", "state"), [({}, "uncertain"), ({"whenUncertain": "resend"}, "Pending")]
)
def test_alarms_may_ask_to_be_sent_again_when_in_doubt(
    api: Api, world: World, wish: dict[str, str], state: str
) -> None:
    message_id = api.post(HELLO | wish).json["id"]
    now, line = world.clock.now(), world.line.connection_id
    (due,) = outbox.due(now, {line: 9}, 9)
    (work,) = outbox.claim([outbox.DispatchClaim(due.dispatch_id, line, ("00",))], now)
    outbox.submitted(work.parts[0].part_id, line, now)
    outbox.unknown(work.parts[0].part_id, now, "no answer", "")
    told = api.get(f"/messages/{message_id}").json
    assert told.get("boxState", told["state"]) == state


def test_valid_until_is_an_instant(api: Api, world: World) -> None:
    end = datetime.fromtimestamp(world.clock.now() / 1000, UTC) + timedelta(hours=2)
    message_id = api.post(HELLO | {"validUntil": end.isoformat()}).json["id"]
    stored = details.by_client_id(message_id)
    assert stored is not None
    valid_until = stored.dispatches[0].valid_until
    assert valid_until is not None
    assert abs(valid_until - world.clock.now() - 7_200_000) <= 1000


def test_null_fields_count_as_absent(api: Api) -> None:
    names = ("id", "withDeliveryReport", "ttl", "validUntil", "simNumber", "priority", "message")
    assert api.post(HELLO | dict.fromkeys(names)).status_code == 202


BAD: list[tuple[Any, str]] = [
    (b"", "JSON"),
    (b"{", "JSON"),
    (b"\xff\xfe", "JSON"),
    (b"[" * 100_000, "JSON"),
    (b"null", "JSON object"),
    (b"[]", "JSON object"),
    (b'"text"', "JSON object"),
    ({}, "phoneNumbers"),
    ({"textMessage": {"text": "x"}}, "phoneNumbers"),
    (HELLO | {"phoneNumbers": []}, "phoneNumbers"),
    (HELLO | {"phoneNumbers": ANN}, "phoneNumbers"),
    (HELLO | {"phoneNumbers": [447700900123]}, "phoneNumbers"),
    (HELLO | {"phoneNumbers": [""]}, "phoneNumbers"),
    (HELLO | {"phoneNumbers": ["soon"]}, "“soon” is not a phone number"),
    (HELLO | {"phoneNumbers": [ANN, "12ab"]}, "“12ab”"),
    (HELLO | {"phoneNumbers": ["\ud800"]}, "is not a phone number"),
    ({"phoneNumbers": [ANN]}, "textMessage.text"),
    (HELLO | {"textMessage": "Hello"}, "textMessage.text"),
    (HELLO | {"textMessage": {}}, "textMessage.text"),
    (HELLO | {"textMessage": {"text": 5}}, "textMessage.text"),
    (HELLO | {"textMessage": {"text": ""}}, "textMessage.text"),
    (HELLO | {"textMessage": {"text": " \n"}}, "textMessage.text"),
    (HELLO | {"textMessage": {"text": "x" * 45_000}}, "too long"),
    (HELLO | {"textMessage": {"text": "x" * 60_000}}, "too long"),
    (HELLO | {"textMessage": {"text": "\ud800"}}, "broken"),
    (HELLO | {"id": 5}, "id must be a string"),
    (HELLO | {"id": ""}, "id"),
    (HELLO | {"id": "x" * 129}, "id"),
    (HELLO | {"id": "a\nb"}, "id"),
    (HELLO | {"withDeliveryReport": "yes"}, "withDeliveryReport"),
    (HELLO | {"whenUncertain": "perhaps"}, "hold or resend"),
    (HELLO | {"whenUncertain": True}, "whenUncertain"),
    (HELLO | {"ttl": "1h"}, "ttl"),
    (HELLO | {"ttl": True}, "ttl"),
    (HELLO | {"ttl": 0}, "ttl"),
    (HELLO | {"ttl": 10**30}, "validity"),
    (HELLO | {"validUntil": "tomorrow"}, "validUntil"),
    (HELLO | {"validUntil": "2126-01-01T00:00:00"}, "zone"),
    (HELLO | {"validUntil": "2001-01-01T00:00:00Z"}, "passed"),
    (HELLO | {"validUntil": "2126-01-01T00:00:00Z", "ttl": 5}, "not both"),
    (HELLO | {"priority": 1.5}, "priority"),
    (HELLO | {"priority": 500}, "priority"),
    (HELLO | {"simNumber": 3}, "simNumber"),
    (HELLO | {"simNumber": 0}, "simNumber"),
    (HELLO | {"isEncrypted": True}, "ncrypted"),
    (HELLO | {"scheduleAt": "2006-01-01T00:00:00Z"}, "scheduleAt has passed"),
    (HELLO | {"scheduleAt": "2030-01-01T00:00:00"}, "with its zone"),
    (HELLO | {"scheduleAt": "2126-01-01T00:00:00Z"}, "ten years"),
    ({"dataMessage": {"data": "QQ==", "port": 5}, "phoneNumbers": [ANN]}, "text messages"),
]


@pytest.mark.parametrize(("body", "said"), BAD)
def test_malformed_messages_are_refused_by_name_and_not_sent(
    api: Api, body: Any, said: str
) -> None:
    response = api.post(body)
    assert response.status_code == 400
    assert said in response.json["message"]
    assert views.counts().all == 0


def test_all_mistakes_are_named_at_once(api: Api) -> None:
    said = api.post({"phoneNumbers": [], "textMessage": 1, "ttl": "x"}).json["message"]
    for name in ("phoneNumbers", "textMessage.text", "ttl"):
        assert name in said


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = (
    *("id", "textMessage", "message", "phoneNumbers", "withDeliveryReport", "ttl", "validUntil"),
    *("priority", "simNumber", "isEncrypted", "scheduleAt", "dataMessage"),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_no_body_whatever_is_a_fault(api: Api, body: dict[str, Any]) -> None:
    assert api.post(body).status_code in (202, 400, 409)


# later -----------------------------------------------------------------------------------------


def post_later(api: Api, world: World, id_: str = "later-1", **more: Any) -> TestResponse:
    return api.post(HELLO | {"id": id_, "scheduleAt": iso(world.clock.ms + HOUR)} | more)


def iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


def test_a_message_for_later_is_pending_until_then_and_is_sent_under_its_id(
    api: Api, world: World
) -> None:
    answer = post_later(api, world, ttl=600)
    assert answer.status_code == 202
    assert answer.json["state"] == "Pending"
    assert [r["state"] for r in answer.json["recipients"]] == ["Pending"]
    assert views.counts().all == 0
    assert api.get("/messages/later-1").json["state"] == "Pending"
    world.clock.ms += HOUR
    world.box.scheduling.run_due()
    assert views.counts().all == 1
    found = api.get("/messages/later-1").json
    assert (found["id"], found["state"]) == ("later-1", "Pending")
    assert "scheduleAt" not in found


def test_the_id_of_a_message_for_later_is_taken(api: Api, world: World) -> None:
    post_later(api, world)
    assert post_later(api, world).status_code == 409
    assert api.post(HELLO | {"id": "later-1"}).status_code == 409


def test_a_message_for_later_is_cancelled_or_has_failed_when_it_was_missed(
    api: Api, world: World
) -> None:
    post_later(api, world)
    post_later(api, world, "later-2")
    world.box.scheduling.cancel(1, None, "ann")
    found = api.get("/messages/later-1").json
    assert (found["state"], found["recipients"][0]["error"]) == ("Cancelled", "Cancelled.")
    world.clock.ms += 3 * HOUR
    world.box.scheduling.run_due()
    found = api.get("/messages/later-2").json
    assert found["state"] == "Failed"
    assert "the box was off" in found["recipients"][0]["error"]


def test_a_validity_that_ends_before_the_time_to_send_is_refused(api: Api, world: World) -> None:
    answer = post_later(api, world, validUntil=iso(world.clock.ms + HOUR // 2))
    assert answer.status_code == 400
    assert "later than scheduleAt" in answer.json["message"]


# asking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "overall", "each"),
    [
        (("sending",), "Processed", ["Processed"]),
        (("sent",), "Sent", ["Sent"]),
        (("failed",), "Failed", ["Failed"]),
        (("uncertain",), "Processed", ["Processed"]),
        (("sent", "failed"), "Sent", ["Sent", "Failed"]),
        (("sent", "uncertain"), "Processed", ["Sent", "Processed"]),
        (("failed", "sending"), "Processed", ["Failed", "Processed"]),
        (("failed", "failed"), "Failed", ["Failed", "Failed"]),
    ],
)
def test_states_are_told_in_smsgates_words(
    api: Api, world: World, outcomes: tuple[str, ...], overall: str, each: list[str]
) -> None:
    numbers = [ANN, BOB][: len(outcomes)]
    message_id = api.post(HELLO | {"phoneNumbers": numbers}).json["id"]
    stored = details.by_client_id(message_id)
    assert stored is not None
    world.radio(stored.id, *outcomes)
    body = api.get(f"/messages/{message_id}").json
    assert body["state"] == overall
    assert [r["state"] for r in body["recipients"]] == each


def test_a_failure_is_told_with_its_reason_and_code(api: Api, world: World) -> None:
    message_id = api.post(HELLO).json["id"]
    stored = details.by_client_id(message_id)
    assert stored is not None
    world.radio(stored.id, "failed")
    (recipient,) = api.get(f"/messages/{message_id}").json["recipients"]
    assert recipient["error"] == "The network refused the number. (CMS 1)"


@pytest.mark.parametrize("message_id", ["none", "1", "%00", "a/b", "x" * 500])
def test_an_unknown_id_is_404(api: Api, message_id: str) -> None:
    response = api.get(f"/messages/{message_id}")
    assert response.status_code == 404
    assert response.json["message"]


def test_an_id_with_a_slash_is_found_again(api: Api) -> None:
    api.post(HELLO | {"id": "2026/11"})
    assert api.get("/messages/2026%2F11").json["id"] == "2026/11"
