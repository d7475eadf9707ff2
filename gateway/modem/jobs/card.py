"""Is it still the same SIM? Many modems say nothing, or not enough, when it was exchanged."""

from __future__ import annotations

from collections.abc import Callable

from gateway.at import Urc, answers, commands
from gateway.modem.jobs import careful, sim
from gateway.modem.jobs.base import Context, Job, ask
from gateway.modem.ledger import Sim

CHANGED = "The SIM in the modem is not the one that was in it, or does not answer any more."
RESTARTED = "It restarted without a word: its SIM asks for the PIN again."
NEWS = frozenset({"+CPIN", "^SIMST", "+QSIMSTAT", "+QUSIM", "+UUSIMSTAT", "+SIMCARD", "#QSS"})


def is_news(urc: Urc) -> bool:
    """Whether the modem says something about its SIM."""
    return urc.name in NEWS


def still_in(context: Context, card: Sim) -> Job[bool]:
    """False when it says that it is another one, or does not say any more that it is this one.

    Neither a refusal nor silence is "as before": a modem that restarted tells nothing, nor does a
    SIM that is shut; looking at it anew is the answer to all of that.
    """
    told = yield from _sure(_imsi, card.imsi)
    if told or card.imsi:
        return told == card.imsi
    if card.iccid:  # it never told its IMSI
        return (yield from _sure(lambda: sim.iccid(context), card.iccid)) == card.iccid
    return (yield from sim.says()) not in (*sim.SHUT, "NOT INSERTED")


def _sure(read: Callable[[], Job[str]], wanted: str) -> Job[str]:
    """What is wanted as soon as it is told once, everything else when it is told twice: a character
    may have got lost.
    """
    before = None
    for _ in range(careful.TRIES):
        told = yield from read()
        if told == before or (told and told == wanted):
            return told
        before = told
    return ""


def _imsi() -> Job[str]:
    return answers.imsi((yield from ask(commands.cimi())).lines) or ""
