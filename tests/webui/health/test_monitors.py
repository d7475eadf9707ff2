"""/health/live, /ready and /startup: what a monitor is told, and why nothing can be sent."""

from __future__ import annotations

import pytest

from gateway.modem.ledger import Telemetry
from gateway.services.connections.status import WORDS, StatusReader
from gateway.services.health.readiness import REASONS
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from gateway.store.connections import rules as stored
from gateway.store.file import reserve
from gateway.store.file.database import StoreBusy
from tests.webui.conftest import ANN, Reader, World

READY = "/health/ready"


def modem(world: World, state: str, **more: object) -> None:
    line = world.line.connection_id
    port = f"/dev/ttyUSB{len(world.telemetry)}"
    world.telemetry.append(Telemetry(port, state=state, connection_id=line, **more))  # type: ignore[arg-type]


def said(stranger: Reader) -> tuple[int, str]:
    response = stranger.client.get(READY)
    return response.status_code, response.json["checks"]["sending:possible"]["description"]


def test_ready_is_200_while_something_can_be_sent(stranger: Reader, world: World) -> None:
    modem(world, "ready")
    modem(world, "sim_locked")
    assert said(stranger) == (200, "Modems that can send")


def test_every_state_of_a_modem_has_its_reason() -> None:
    assert set(REASONS) | {"ready"} == set(WORDS)


@pytest.mark.parametrize("state", sorted(REASONS))
def test_ready_is_503_when_no_modem_is_in_service(
    stranger: Reader, world: World, state: str
) -> None:
    modem(world, state)
    assert said(stranger) == (503, f"Nothing can be sent: {REASONS[state]}")
    assert stranger.client.get("/health").status_code == 200, "upgrades ask this"


def test_ready_counts_reasons_and_names_nobody(stranger: Reader, world: World) -> None:
    for state in ("sim_locked", "sim_locked", "denied"):
        modem(world, state)
    connections.rename(world.line.connection_id, name="Secret SIM", number=ANN)
    words = "Nothing can be sent: SIM locked (2); SIM refused by the network"
    assert said(stranger) == (503, words)
    text = stranger.client.get(READY).text
    for private in ("Secret SIM", ANN, "8944001", "ttyUSB"):
        assert private not in text


def test_no_modem_at_all(stranger: Reader) -> None:
    assert said(stranger) == (503, "Nothing can be sent: no modem")


def test_a_modem_that_hangs_or_is_held_sends_nothing(stranger: Reader, world: World) -> None:
    modem(world, "ready", stuck=600.0)
    assert said(stranger) == (503, "Nothing can be sent: modem hangs")
    world.telemetry.clear()
    modem(world, "ready")
    holds = SendingHolds(world.clock)
    world.box.status = StatusReader(lambda: world.telemetry, lambda: 1, holds=holds)
    assert said(stranger)[0] == 200
    holds.hold(world.line.connection_id, "credit", "its credit is used up.")
    assert said(stranger) == (503, "Nothing can be sent: sending held or switched off")
    holds.hold(world.line.connection_id, "credit", "")
    connections.set_options(world.line.connection_id, send_enabled=False)
    assert said(stranger) == (503, "Nothing can be sent: sending held or switched off")


def test_a_pause_for_the_limits_is_no_failure(stranger: Reader, world: World) -> None:
    modem(world, "ready")
    holds = SendingHolds(world.clock)
    world.box.status = StatusReader(lambda: world.telemetry, lambda: 1, holds=holds)
    connections.set_options(world.line.connection_id, per_minute=1)
    holds.handed_over(world.line.connection_id, 5)
    assert world.box.status.snapshot().modems[0].words == "Pausing"
    assert said(stranger)[0] == 200


def test_nothing_is_accepted_without_rules_or_room(
    stranger: Reader, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    modem(world, "ready")
    for rule in stored.all_rules():
        stored.switch(rule.id, on=False)
    assert said(stranger) == (503, "Nothing can be sent: no routing rule is switched on")
    monkeypatch.setattr(reserve, "_accepting", False)
    assert said(stranger)[1].endswith("no routing rule is switched on; the disk is full")


def test_what_the_store_says_is_told_and_the_service_lives_all_the_same(
    stranger: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> None:
        raise StoreBusy("The database is in use by another program.")

    monkeypatch.setattr("gateway.store.file.database.connected", busy)
    statuses = {
        path: stranger.client.get(path).status_code
        for path in ("/health", READY, "/health/startup", "/health/live")
    }
    assert statuses == {"/health": 503, READY: 503, "/health/startup": 503, "/health/live": 200}
    assert "the store cannot be read" in said(stranger)[1]


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/startup", READY])
def test_monitors_may_call_the_box_what_they_like(
    stranger: Reader, world: World, path: str
) -> None:
    modem(world, "ready")
    for host in ("pods.cluster.example:8080", "10.1.2.3", "[::1]:80", "evil.example"):
        for prefix in ("", "/api/v1"):
            response = stranger.client.get(prefix + path, headers={"Host": host})
            assert response.status_code == 200, (prefix, host)
            assert response.json["status"] in ("pass", "warn")
            assert "Set-Cookie" not in response.headers
    assert stranger.client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert stranger.client.get("/api/v1/inbox", headers={"Host": "evil.example"}).status_code == 400
