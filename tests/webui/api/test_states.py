"""What became of a message in SMSGate's words, and withdrawing: nothing that left is hidden."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.clock import HOUR
from gateway.decisions.dispatch_states import DispatchState
from gateway.services.messages.accept import WrittenMessage
from gateway.store.messages import details, outbox
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Api, Reader, World
from webui.api import states
from webui.page.formats import iso

# SMSGate's own list: its clients fail at any other word.
THEIRS = {"Pending", "Cancelling", "Cancelled", "Processed", "Sent", "Delivered", "Failed"}
S = DispatchState


@pytest.fixture
def api(stranger: Reader, world: World) -> Api:
    token = world.box.programs.add("robot", ["manage"])
    return Api(stranger.client, {"Authorization": f"Bearer {token}"})


def delete(api: Api, path: str) -> TestResponse:
    return api.client.delete(f"/api/v1{path}", headers=api.headers)


def post(api: Api, *numbers: str, **more: Any) -> str:
    body = {"textMessage": {"text": "Hello"}, "phoneNumbers": list(numbers or (ANN,))} | more
    answer = api.post(body)
    assert answer.status_code == 202
    return str(answer.json["id"])


def message(client_id: str) -> int:
    found = details.by_client_id(client_id)
    assert found is not None
    return found.id


# the table -------------------------------------------------------------------------------------


def test_every_state_has_a_word_that_clients_know() -> None:
    assert set(states.FOREIGN) == set(DispatchState)
    assert set(states.FOREIGN.values()) <= THEIRS


@pytest.mark.parametrize(
    ("of", "overall"),
    [
        ({S.PENDING}, S.PENDING),
        ({S.CANCELLED}, S.CANCELLED),
        ({S.UNCERTAIN}, S.UNCERTAIN),
        ({S.PENDING, S.UNCERTAIN, S.SENT}, S.PENDING),
        ({S.SENDING, S.UNCERTAIN, S.FAILED}, S.SENDING),
        ({S.UNCERTAIN, S.DELIVERED, S.CANCELLED}, S.UNCERTAIN),
        ({S.SENT, S.DELIVERED}, S.SENT),
        ({S.DELIVERED, S.FAILED}, S.SENT),
        ({S.DELIVERED, S.CANCELLED}, S.SENT),
        ({S.SENT, S.FAILED, S.CANCELLED}, S.SENT),
        ({S.FAILED, S.CANCELLED}, S.FAILED),
        ({S.DELIVERED}, S.DELIVERED),
    ],
)
def test_what_several_recipients_make_together(
    of: set[DispatchState], overall: DispatchState
) -> None:
    assert states.overall(of) is overall


def test_a_mixture_is_pending_only_while_something_waits() -> None:
    for size in range(1, len(DispatchState) + 1):
        for of in itertools.combinations(DispatchState, size):
            found = states.overall(of)
            assert (found is S.PENDING) == (S.PENDING in of)
            assert found in of or found is S.SENT


def test_uncertain_is_told_in_two_fields_and_in_words(api: Api, world: World) -> None:
    id_ = post(api)
    world.radio(message(id_), "uncertain")
    told = api.get(f"/messages/{id_}").json
    (recipient,) = told["recipients"]
    assert (told["state"], told["boxState"]) == ("Processed", "uncertain")
    assert (recipient["state"], recipient["boxState"]) == ("Processed", "uncertain")
    assert recipient["error"] == "It may have been sent. No answer came."


# withdrawing -----------------------------------------------------------------------------------


def test_what_waits_is_cancelled_and_can_be_restored(api: Api, world: World) -> None:
    id_ = post(api, ANN, BOB)
    for _ in range(2):
        assert delete(api, f"/messages/{id_}").status_code == 204
    told = api.get(f"/messages/{id_}").json
    assert [told["state"], *(r["state"] for r in told["recipients"])] == ["Cancelled"] * 3
    assert outbox.due(world.clock.now(), {world.line.connection_id: 9}, 9) == []
    assert api.post({}, f"/messages/{id_}/restore").status_code == 204
    assert api.get(f"/messages/{id_}").json["state"] == "Pending"


@pytest.mark.parametrize("outcome", ["sending", "sent", "failed", "uncertain"])
def test_what_has_left_is_not_withdrawn_and_stays_where_it_was(
    api: Api, world: World, outcome: str
) -> None:
    id_ = post(api)
    world.radio(message(id_), outcome)
    before = api.get(f"/messages/{id_}").json
    answer = delete(api, f"/messages/{id_}")
    assert answer.status_code == 409
    assert "?trash=1" in answer.json["message"]
    assert views.counts().deleted == 0
    assert api.get(f"/messages/{id_}").json == before


def test_of_several_only_those_who_wait_are_withdrawn(api: Api, world: World) -> None:
    id_ = post(api, ANN, BOB)
    (first, _) = outbox.due(world.clock.now(), {world.line.connection_id: 9}, 9)
    line = world.line.connection_id
    (work,) = outbox.claim(
        [outbox.DispatchClaim(first.dispatch_id, line, ("00",))], world.clock.now()
    )
    outbox.submitted(work.parts[0].part_id, line, world.clock.now())
    outbox.accepted(work.parts[0].part_id, 1, world.clock.now())
    assert delete(api, f"/messages/{id_}").status_code == 204
    told = api.get(f"/messages/{id_}").json
    assert told["state"] == "Sent"
    assert [r["state"] for r in told["recipients"]] == ["Sent", "Cancelled"]
    assert "Withdrawn by robot" in told["recipients"][1]["error"]
    assert views.counts().deleted == 0
    assert delete(api, f"/messages/{id_}").status_code == 409


def test_our_own_ways_put_anything_into_deleted_communications_and_out(
    api: Api, world: World
) -> None:
    id_ = post(api)
    world.radio(message(id_), "sent")
    assert delete(api, f"/messages/{id_}?forever=1").status_code == 409
    assert delete(api, f"/messages/{id_}?trash=1").status_code == 204
    assert api.get(f"/messages/{id_}").json["state"] == "Sent"
    assert delete(api, f"/messages/{id_}?forever=1").status_code == 204
    assert api.get(f"/messages/{id_}").status_code == 404


def test_a_scheduled_one_is_cancelled_once_and_a_missed_one_not_at_all(
    api: Api, world: World
) -> None:
    later = iso(world.clock.ms + HOUR)
    cancelled, missed = (post(api, scheduleAt=later) for _ in range(2))
    assert api.get(f"/messages/{cancelled}").json["boxState"] == "scheduled"
    for _ in range(2):
        assert delete(api, f"/messages/{cancelled}").status_code == 204
    told = api.get(f"/messages/{cancelled}").json
    assert (told["state"], told["recipients"][0]["state"]) == ("Cancelled", "Cancelled")
    world.clock.ms += 3 * HOUR
    world.box.scheduling.run_due()
    assert delete(api, f"/messages/{missed}").status_code == 409
    assert api.get(f"/messages/{missed}").json["state"] == "Failed"


@pytest.mark.parametrize("way", ["?trash=1", "?forever=1"])
def test_a_program_that_sends_withdraws_its_own_and_hides_nothing(
    stranger: Reader, world: World, way: str
) -> None:
    token = world.box.programs.add("alarms", ["send"])
    alarms = Api(stranger.client, {"X-API-Key": token})
    id_ = post(alarms)
    assert delete(alarms, f"/messages/{id_}{way}").status_code == 403
    assert delete(alarms, f"/messages/{id_}").status_code == 204
    by_others = world.box.messaging.send(WrittenMessage(ANN, "x"), author="alarms").client_id
    assert delete(alarms, f"/messages/{by_others}").status_code == 403
