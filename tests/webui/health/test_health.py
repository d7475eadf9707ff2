"""What the page says of modems in trouble, besides their state."""

from __future__ import annotations

from flask import render_template_string

from gateway.modem.ledger import Telemetry
from tests.webui.conftest import words

FACTS = "{% import 'connections/_connection.html' as parts %}{{ parts.facts(c, True) }}"


def status(world):
    """What a connection's own page is given."""
    return world.box.connections.overview().connection(world.line.connection_id)


def test_a_warning_stands_beside_a_modem_that_works(world, admin):
    world.telemetry = [
        Telemetry(
            port="/dev/ttyUSB0",
            state="ready",
            connection_id=world.line.connection_id,
            warnings=("Its supply voltage is too low.",),
        )
    ]
    page = words(admin.get("/"))
    assert f"{world.line.name} Ready" in page
    assert "Its supply voltage is too low." in page


def test_a_connection_tells_what_its_modem_went_through(world, admin):
    world.telemetry = [
        Telemetry(
            port="/dev/ttyUSB0",
            state="ready",
            connection_id=world.line.connection_id,
            recoveries=4,
            restarts=2,
            last_step="restarting it by command",
            last_step_at=world.clock.now() - 60_000,
        )
    ]
    with admin.client.application.test_request_context():
        page = words(render_template_string(FACTS, c=status(world)))
    assert "4 steps, the last: restarting it by command" in page
