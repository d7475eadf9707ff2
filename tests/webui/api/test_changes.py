"""Programs delete, restore and send again."""

from __future__ import annotations

import pytest

from gateway.clock import HOUR
from gateway.services.accounts.roles import SEND
from gateway.services.messages.accept import WrittenMessage
from gateway.store.file import audit
from gateway.store.messages import details
from gateway.store.search import views
from tests.webui.conftest import ANN, BOB, Api, Reader, World


@pytest.fixture
def api(stranger: Reader, world: World) -> Api:
    token = world.box.programs.add("robot", ("manage", "read", "send"))
    return Api(stranger.client, {"Authorization": f"Bearer {token}"})


def call(api: Api, method: str, path: str, body: object = None):  # type: ignore[no-untyped-def]
    return api.client.open(f"/api/v1{path}", method=method, json=body, headers=api.headers)


def client_id(message_id: int) -> str:
    found = details.get(message_id)
    assert found is not None
    assert found.client_id is not None
    return found.client_id


def test_a_message_that_waits_is_withdrawn_and_put_back(api: Api, world: World) -> None:
    message = world.write("alarm")
    path = f"/messages/{client_id(message)}"
    for _ in range(2):
        assert call(api, "DELETE", path).status_code == 204
    state = api.get(path).json
    assert (state["state"], state["recipients"][0]["state"]) == ("Cancelled", "Cancelled")
    assert "not sent unless it is restored" in state["recipients"][0]["error"]
    assert views.counts().pending == 0
    assert call(api, "POST", f"{path}/restore").status_code == 204
    assert views.counts().pending == 1
    assert api.get(path).json["recipients"][0]["error"] is None
    assert [(a.who, a.action) for a in audit.page(None, 2)] == [
        ("robot", "restore"),
        ("robot", "delete"),
    ]


def test_a_received_message_leaves_the_inbox(api: Api, world: World) -> None:
    message = world.receive("hello")
    assert call(api, "DELETE", f"/inbox/{message}").status_code == 204
    assert api.get("/inbox").json == []
    assert call(api, "POST", f"/inbox/{message}/restore").status_code == 204
    assert [m["id"] for m in api.get("/inbox").json] == [str(message)]


def test_what_failed_is_sent_again_and_doubt_wants_a_word(api: Api, world: World) -> None:
    message = world.write("alarm", f"{ANN}, {BOB}")
    path = f"/messages/{client_id(message)}/resend"
    assert call(api, "POST", path).status_code == 409
    world.radio(message, "failed", "uncertain")
    response = call(api, "POST", path)
    assert response.status_code == 202
    assert [r["state"] for r in response.json["recipients"]] == ["Pending", "Processed"]
    assert [r.get("boxState") for r in response.json["recipients"]] == [None, "uncertain"]
    response = call(api, "POST", path)
    assert response.status_code == 409
    assert '{"uncertain": true}' in response.json["message"]
    response = call(api, "POST", path, {"uncertain": True})
    assert response.status_code == 202
    assert [r["state"] for r in response.json["recipients"]] == ["Pending", "Pending"]


@pytest.mark.parametrize("body", [[], {"uncertain": 1}, {"uncertain": None}, "x", 7])
def test_a_body_that_is_not_understood_sends_nothing(api: Api, world: World, body: object) -> None:
    message = world.write("alarm")
    world.radio(message, "failed")
    path = f"/messages/{client_id(message)}/resend"
    assert call(api, "POST", path, body).status_code == 400
    assert views.counts().failed == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/messages/nope"),
        ("POST", "/messages/nope/restore"),
        ("POST", "/messages/nope/resend"),
        ("DELETE", "/inbox/999"),
        ("DELETE", "/inbox/x"),
        ("POST", "/inbox/-1/restore"),
    ],
)
def test_an_unknown_message_is_404(api: Api, method: str, path: str) -> None:
    assert call(api, method, path).status_code == 404


def test_an_outgoing_message_is_no_received_one(api: Api, world: World) -> None:
    assert call(api, "DELETE", f"/inbox/{world.write('x')}").status_code == 404


def test_a_program_that_may_only_send_deletes_nothing(stranger: Reader, world: World) -> None:
    token = world.box.programs.add("alarms", (SEND,))
    message = world.write("x")
    response = stranger.client.delete(
        f"/api/v1/messages/{client_id(message)}", headers={"Authorization": f"Bearer {token}"}
    )
    assert response.status_code == 403
    assert views.counts().deleted == 0


def test_only_what_was_deleted_is_deleted_for_good(api: Api, world: World) -> None:
    sent, received = world.write("alarm"), world.receive("hello")
    for path in (f"/messages/{client_id(sent)}", f"/inbox/{received}"):
        refused = call(api, "DELETE", f"{path}?forever=1")
        assert (refused.status_code, "Delete it first" in refused.json["message"]) == (409, True)
        assert call(api, "DELETE", path).status_code == 204
        assert call(api, "DELETE", f"{path}?forever=1").status_code == 204
        assert call(api, "DELETE", f"{path}?forever=1").status_code == 404
    assert details.get(sent) is None
    assert details.get(received) is None


def test_what_a_modem_is_sending_is_not_deleted_for_good(api: Api, world: World) -> None:
    sent = world.write("alarm")
    path = f"/messages/{client_id(sent)}"
    world.radio(sent, "sending")
    assert call(api, "DELETE", f"{path}?trash=1").status_code == 204
    refused = call(api, "DELETE", f"{path}?forever=1")
    assert (refused.status_code, "just sending" in refused.json["message"]) == (409, True)
    assert details.get(sent) is not None


def test_what_is_sent_later_is_listed_paused_resumed_and_sent(api: Api, world: World) -> None:
    draft = WrittenMessage(recipients=ANN, text="later")
    kept = world.box.scheduling.add(draft, world.clock.now() + HOUR, author="ann")
    (found,) = api.get("/scheduled").json
    assert (found["number"], found["state"], found["text"]) == (kept.id, "active", "later")
    assert found["nextAt"].endswith("Z") or "+" in found["nextAt"]
    one = f"/scheduled/{kept.id}"
    assert call(api, "POST", f"{one}/resume").status_code == 409
    assert call(api, "POST", f"{one}/pause").status_code == 204
    assert api.get("/scheduled").json[0]["nextAt"] is None
    assert call(api, "POST", f"{one}/resume").status_code == 204
    assert call(api, "POST", f"{one}/send").status_code == 204
    assert api.get("/scheduled").json == []
    assert views.counts().pending == 1
    assert call(api, "POST", f"{one}/send").status_code == 404
    assert call(api, "POST", "/scheduled/99/pause").status_code == 404
