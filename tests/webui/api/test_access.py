"""Who may use the API, and what anybody may know of the box's health."""

from __future__ import annotations

import base64

import pytest

from gateway.services.accounts.accounts import SESSION_LIFE
from gateway.store.messages import details
from gateway.store.search import views
from tests.webui.conftest import ANN, NAME, PASSWORD, Api, Reader, World

HELLO = {"textMessage": {"text": "Hello"}, "phoneNumbers": [ANN]}


def _basic(name: str, password: str) -> dict[str, str]:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


# who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer pb_wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic"},
        {"Authorization": "Digest username=admin"},
        {"Authorization": "nonsense"},
        _basic(NAME, "wrong"),
        _basic("eve", PASSWORD),
        _basic("", ""),
    ],
)
def test_strangers_are_refused_and_told_how_to_sign_in(
    stranger: Reader, world: World, headers: dict[str, str]
) -> None:
    api = Api(stranger.client, headers)
    for response in (api.post(HELLO), api.get("/inbox"), api.get("/messages/x")):
        assert response.status_code == 401
        challenges = response.headers.getlist("WWW-Authenticate")
        assert any(c.startswith("Basic") for c in challenges)
        assert any(c.startswith("Bearer") for c in challenges)
        assert response.json["message"]
    assert views.counts().all == 0


def test_name_and_password_are_as_good_as_a_token(stranger: Reader) -> None:
    api = Api(stranger.client, _basic(NAME, PASSWORD))
    message_id = api.post(HELLO).json["id"]
    stored = details.by_client_id(message_id)
    assert stored is not None
    assert stored.author == NAME


@pytest.mark.parametrize("name", ["till", "", "whatever", NAME])
def test_a_token_is_as_good_as_key_and_as_password(stranger: Reader, token: str, name: str) -> None:
    for headers in ({"X-API-Key": token}, {"X-API-Key": f" {token} "}, _basic(name, token)):
        message_id = Api(stranger.client, headers).post(HELLO).json["id"]
        stored = details.by_client_id(message_id)
        assert stored is not None
        assert stored.author == "till"


def test_a_bad_token_opens_nothing_wherever_it_stands(
    stranger: Reader, world: World, token: str
) -> None:
    world.box.programs.revoke("till")
    for headers in ({"X-API-Key": token}, {"X-API-Key": ""}, _basic("till", token)):
        answer = Api(stranger.client, headers).get("/inbox")
        assert answer.status_code == 401
        assert answer.headers.getlist("WWW-Authenticate")


def test_a_password_that_looks_like_a_token_is_still_a_password(
    stranger: Reader, world: World
) -> None:
    odd = "pb_" + "aB3-" * 10 + "xyz"
    world.accounts.set_password("odd", odd)
    assert Api(stranger.client, _basic("odd", odd)).get("/inbox").status_code == 200


def test_a_token_as_password_waits_with_the_guesses(stranger: Reader, token: str) -> None:
    for number in range(5):
        wrong = Api(stranger.client, _basic("till", f"guess {number}"))
        assert wrong.get("/inbox").status_code == 401
    assert Api(stranger.client, _basic("till", token)).get("/inbox").status_code == 429
    assert Api(stranger.client, {"X-API-Key": token}).get("/inbox").status_code == 200


def test_a_program_that_was_there_is_not_held_back_by_guesses_on_its_name(
    stranger: Reader, token: str
) -> None:
    """The alarm of a program must not wait because its neighbour tries something."""
    program = Api(stranger.client, _basic("till", token))
    assert program.get("/inbox").status_code == 200
    for number in range(6):
        Api(stranger.client, _basic("till", f"pb_{number:043}")).get("/inbox")
    assert Api(stranger.client, _basic("till", "pb_" + "x" * 43)).get("/inbox").status_code == 429
    assert program.get("/inbox").status_code == 200


def test_a_revoked_token_is_refused_at_once(api: Api, world: World) -> None:
    assert api.get("/inbox").status_code == 200
    world.box.programs.revoke("till")
    assert api.get("/inbox").status_code == 401


def test_the_pages_cookie_opens_nothing_here(admin: Reader) -> None:
    assert admin.client.get("/api/v1/inbox").status_code == 401
    assert SESSION_LIFE


def test_guessing_passwords_is_slowed_down(stranger: Reader) -> None:
    api = Api(stranger.client, _basic(NAME, "wrong"))
    for _ in range(5):
        assert api.get("/inbox").status_code == 401
    response = api.get("/inbox")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1


def test_the_api_needs_no_form_token_and_sets_no_cookie(api: Api) -> None:
    response = api.post(HELLO)
    assert response.status_code == 202
    assert "Set-Cookie" not in response.headers


def test_errors_are_json_for_programs(api: Api) -> None:
    for response in (api.get("/nothing"), api.client.delete("/api/v1/messages")):
        assert response.status_code in (404, 405)
        assert response.json["message"]
    response = api.post("x" * 600_000)
    assert response.status_code == 413
    assert response.json["message"]


# health ----------------------------------------------------------------------------------------


def test_health_is_for_everybody_and_tells_nothing_private(stranger: Reader, world: World) -> None:
    world.receive("secret text")
    response = stranger.client.get("/health")
    assert response.status_code == 200
    body = response.json
    assert body["status"] == "warn"  # there is no modem
    assert {"version", "releaseId", "checks"} <= body.keys()
    for check in body["checks"].values():
        assert {"status", "description", "observedValue", "observedUnit"} <= check.keys()
    for private in ("secret", ANN, world.line.name, "8944001"):
        assert private not in response.text


def test_health_fails_when_the_store_does(
    stranger: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gateway.store.file.database import StoreBusy

    def busy() -> None:
        raise StoreBusy("The database is in use by another program.")

    monkeypatch.setattr("gateway.store.search.views.counts", busy)
    response = stranger.client.get("/health")
    assert response.status_code == 503
    assert response.json["status"] == "fail"
