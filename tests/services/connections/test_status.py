"""What people read about a modem in trouble."""

from __future__ import annotations

import pytest

from gateway.modem.ledger import Telemetry
from gateway.modem.machine import ModemState
from gateway.services.connections import status
from gateway.services.connections.status import WORDS, Level, StatusReader


@pytest.fixture
def shown(monkeypatch):
    """Telemetry -> what is shown of it, without a database."""
    monkeypatch.setattr(status.connections, "all_connections", list)

    def show(**fields: object) -> status.ModemStatus:
        seen = Telemetry(port="/dev/ttyUSB0", **fields)
        return StatusReader(lambda: [seen], lambda: 1).snapshot().modems[0]

    return show


def test_every_state_has_words():
    assert set(WORDS) == {str(state) for state in ModemState}


def test_recovery_tells_what_was_tried_and_how_often(shown):
    modem = shown(
        state="recovering",
        why="The modem does not answer.",
        trouble="The modem does not answer.",
        recoveries=4,
        restarts=2,
        last_step="restarting it by command",
        last_step_at=1_700_000_000_000,
    )
    assert modem.level is Level.BUSY
    assert modem.advice == "The modem does not answer. Last tried: restarting it by command."
    assert (modem.recoveries, modem.restarts, modem.last_step_at) == (4, 2, 1_700_000_000_000)


@pytest.mark.parametrize("state", ["opening", "probing"])
def test_a_modem_that_needs_attention_does_not_flicker_while_it_is_tried_again(shown, state):
    modem = shown(state=state, attention=True, trouble="Take it out and put it back.")
    assert (modem.level, modem.words) == (Level.BAD, "Needs attention")
    assert modem.advice == "Take it out and put it back."


def test_a_thread_that_hangs_is_said_to_hang_whatever_it_said_last(shown):
    modem = shown(state="ready", stuck=240.0)
    assert (modem.level, modem.words) == (Level.BAD, "Hangs")
    assert "4 min" in modem.advice


def test_warnings_are_shown_of_a_modem_that_works(shown):
    modem = shown(state="ready", warnings=("Its supply voltage is too low.",))
    assert modem.level is Level.GOOD
    assert modem.warnings == ("Its supply voltage is too low.",)


@pytest.mark.parametrize("braces", ["{", "{0}", "{why}"])
def test_odd_words_of_a_modem_do_no_harm(shown, braces):
    assert braces in shown(state="denied", why=braces).advice
