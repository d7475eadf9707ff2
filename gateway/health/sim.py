"""Is there a SIM, and is it open."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, problem
from gateway.health.snapshot import ModemFacts, Snapshot

# what +CPIN? says -> (key, words, what to do)
ASKED = {
    "SIM PIN": (
        "sim.pin",
        "asks for its PIN",
        "Enter the PIN on the page under Connections, or in the config.",
    ),
    "SIM PUK": ("sim.puk", "is blocked and asks for its PUK", "Unblock it in a phone."),
    "BUSY": ("sim.busy", "does not get ready", "Take the SIM out, clean it, put it back."),
}
NO_SIM = ("sim.missing", "No SIM is found", "Insert one the right way round, until it clicks.")


def check(now: Snapshot) -> Iterator[Issue]:
    for modem in now.modems:
        if modem.state == "sim_missing":
            yield _issue(modem, NO_SIM[0], f"{NO_SIM[1]} in the modem {modem.place}.", NO_SIM[2])
        elif modem.state == "sim_locked":
            key = "sim.puk" if "PUK" in modem.advice else "sim.pin"
            words = f"The SIM in the modem {modem.place} is locked."
            yield _issue(modem, key, words, modem.advice or ASKED["SIM PIN"][2])
        elif not modem.state and modem.answered:
            yield from _pin_issues(modem)


def _pin_issues(modem: ModemFacts) -> Iterator[Issue]:
    if modem.sim == "READY":
        return
    if modem.sim in ("", "NOT INSERTED"):
        yield _issue(modem, NO_SIM[0], f"{NO_SIM[1]} in the modem {modem.place}.", NO_SIM[2])
        return
    other = ("sim.locked", f"asks for {modem.sim}", "Unlock it in a phone, or use another SIM.")
    key, words, mend = ASKED.get(modem.sim, other)
    yield _issue(modem, key, f"The SIM in the modem {modem.place} {words}.", mend)


def _issue(modem: ModemFacts, key: str, words: str, mend: str) -> Issue:
    return problem(key, words, mend, about=modem.port, since=modem.since)
