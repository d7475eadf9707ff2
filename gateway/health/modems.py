"""Do the modems answer, and does the service get on with them."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.health.issue import Issue, note, problem, warning
from gateway.health.snapshot import ModemFacts, Port, Snapshot

BUSY = {"opening", "probing"}
ELSEWHERE = {"sim_missing", "sim_locked", "searching", "denied", "ready"}  # sim.py and network.py
RECOVERIES = 3  # since the service started


def check(now: Snapshot) -> Iterator[Issue]:
    told = {p.path for p in now.ports if _is_told(p)}
    for modem in now.modems:
        if modem.port not in told or modem.state not in ("", "absent"):
            yield from _issues_of(modem)
        if modem.held:
            words = f"The modem {modem.place} is ready and does not send."
            yield problem("modem.held", words, modem.held, about=modem.port)
        for said in modem.warnings:
            yield warning("modem.warning", f"The modem {modem.place}: {said}", "", about=modem.port)
        if modem.recoveries >= RECOVERIES:
            yield warning(
                "modem.recoveries",
                f"The modem {modem.place} had to be recovered {modem.recoveries} times.",
                "Check its supply, its cable and its heat; try another USB socket.",
                about=modem.port,
            )


def _is_told(port: Port) -> bool:
    """Whether ports.py, permissions.py or other_programs.py have said why it cannot answer."""
    return not (port.exists and port.serial and port.usable) or bool(port.holders or port.keeper)


def _issues_of(modem: ModemFacts) -> Iterator[Issue]:
    if modem.state in BUSY:
        yield note("modem.starting", f"The modem {modem.place} is just starting.", about=modem.port)
    elif modem.state == "recovering":
        words = f"The modem {modem.place} does not answer and is being recovered."
        mend = modem.advice or "Wait a minute; if it stays so, unplug it for ten seconds."
        yield problem("modem.silent", words, mend, about=modem.port, since=modem.since)
    elif modem.state and modem.state not in ELSEWHERE:
        said = modem.words or modem.state
        words = f"The modem {modem.place}: {said[:1].lower()}{said[1:]}."
        mend = modem.advice or "Unplug it for ten seconds and plug it in again."
        yield problem("modem.attention", words, mend, about=modem.port, since=modem.since)
    elif not modem.state and not modem.answered:
        words = f"Nothing at {modem.port} answers like a modem. {modem.silence}".strip()
        mend = "Check that it is the right port at the right speed, and that the modem has power."
        yield problem("modem.silent", words, mend, about=modem.port)
