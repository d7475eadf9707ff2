"""The same service with shorter patience, so that a fault takes seconds instead of minutes.

Only waits are shortened, in one proportion where they belong together; what is done, and in which
order, stays the service's own. `python -m tests.support.hurry run ...` is `pigeonbox run ...`.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from typing import Any

from gateway.at import commands, inquiry, late, misplaced, resync
from gateway.decisions import refusals, retries
from gateway.modem import backlog, duties, ladder, link, recovery, worker
from gateway.modem.jobs import radio, setup, sim
from gateway.modem.machine import ModemState
from gateway.services.sending import dispatch

Set = Callable[[Any, str, object], None]  # as setattr

SUBMIT = 2.0  # seconds after Ctrl-Z; two to three minutes in earnest
PROMPT = 1.0  # seconds until the prompt has to be there
SHORTER = {  # seconds
    commands: {"QUICK": 0.6, "SIM": 0.8, "STORAGE": 1.0, "NO_OK": 0.4},
    misplaced: {"SECOND_THOUGHT": 0.5},
    inquiry: {"FIRST": 0.7, "AGAIN": 0.4, "GRACE": 0.15},
    late: {"LATE_SEND": 20.0},
    resync: {"DRAIN": 0.1, "QUERY_TIME": 0.6, "AFTER_ERROR": 0.2, "SILENCE": 0.1, "LIMIT": 5.0},
    link: {"RESYNC_PATIENCE": 4.0},
    worker: {"PORT_RETRY": 0.2, "ASK_AGAIN": 0.3, "ATTENTION_RETRY": 1.0, "STORE_PAUSE": 0.2},
    duties: {"SWEEP": 1.5, "PING": 1.0, "CANNOT_RETRY": 0.5},
    backlog: {"MODE_HOLDS": 0.2},
    setup: {"PROBE_PAUSE": 0.1, "SMS_READY_PAUSE": 0.2},
    sim: {"BUSY_PAUSE": 0.1, "AFTER_PIN": 0.2},
    radio: {"OFF_TIME": 0.2, "ON_TIME": 0.2},
    recovery: {"COMMAND_GAP": 0.2, "LISTEN": 0.2},
    refusals: {"FIRST_HOLD": 200, "LONGEST_HOLD": 1000},  # milliseconds
    dispatch: {"FALLBACK": 0.2, "TROUBLE_PAUSE": 0.5},
}
RETRIES = 50  # a retry comes so many times sooner


def hurry(put: Set) -> None:
    """Shorten everything through `put`, which is setattr or a test's monkeypatch.setattr."""
    for module, values in SHORTER.items():
        for name, seconds in values.items():
            assert hasattr(module, name), f"{module.__name__} has no {name} any more"
            put(module, name, seconds)
    put(duties, "SIM_RETRY", dict.fromkeys(duties.SIM_RETRY, 0.5))
    put(duties, "LOOK", dict.fromkeys(duties.LOOK, 0.5) | {ModemState.READY: 1.5})
    put(dispatch, "LOOK_AGAIN", 500)  # milliseconds
    put(ladder, "LADDER", tuple(_sooner(rung) for rung in ladder.LADDER))
    put(ladder, "RESTS", (5.0,))
    prompt = commands.submit
    put(commands, "submit", lambda *a, **k: dataclasses.replace(prompt(*a, **k), timeout=PROMPT))
    _hurry_profiles(put)
    _hurry_retries(put)


def _sooner(rung: ladder.Rung) -> ladder.Rung:
    return dataclasses.replace(
        rung,
        settle=rung.settle / 20,
        patience=rung.patience / 50,
        cool_down=rung.cool_down / 50,
    )


def _hurry_profiles(put: Set) -> None:
    real = setup.profile_for

    def quick(manufacturer: str, model: str) -> object:
        return dataclasses.replace(real(manufacturer, model), submit_time=SUBMIT)

    put(setup, "profile_for", quick)


def _hurry_retries(put: Set) -> None:
    real = retries.judge

    def soon(explanation: Any, tries: int, now: int, *more: Any, **named: Any) -> object:
        verdict = real(explanation, tries, now, *more, **named)
        at = getattr(verdict, "at", None)
        if at is None:
            return verdict
        return dataclasses.replace(verdict, at=now + (at - now) // RETRIES)  # type: ignore[type-var]

    put(retries, "judge", soon)


if __name__ == "__main__":
    from gateway.cli import main

    hurry(setattr)
    sys.exit(main.main())
