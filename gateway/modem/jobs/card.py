"""Is it still the same SIM? Many modems say nothing, or not enough, when it was exchanged."""

from __future__ import annotations

from gateway.at import Urc, answers, commands
from gateway.modem.jobs import careful
from gateway.modem.jobs.base import Job, ask
from gateway.modem.ledger import Sim

CHANGED = "The SIM in the modem is not the one that was in it, or does not answer any more."
SURE = 2  # refusals: the question may have got garbled on its way
RESTARTED = "It restarted without a word: its SIM asks for the PIN again."
NEWS = frozenset({"+CPIN", "^SIMST", "+QSIMSTAT", "+QUSIM", "+UUSIMSTAT", "+SIMCARD", "#QSS"})


def is_news(urc: Urc) -> bool:
    """Whether the modem says something about its SIM."""
    return urc.name in NEWS


def still_in(card: Sim) -> Job[bool]:
    """False when the IMSI is another one, or the modem does not tell it any more.

    A refusal is no "as before": a modem that restarted, or a SIM that is shut, tells none; then it
    has to be looked at anew. One that never told an IMSI is known by its ICCID alone, which is
    read as seldom as `_open_sim` does.
    """
    other, refused = "", 0
    for _ in range(careful.TRIES):
        answer = yield from ask(commands.cimi())
        imsi = answers.imsi(answer.lines)
        if imsi and (not card.imsi or imsi == card.imsi):
            return True
        if imsi and imsi == other:  # said twice: no character got lost
            return False
        other = imsi or other
        if imsi or answers.is_busy(answer.result):
            continue
        if answer.result.kind == "TIMEOUT":
            return True
        refused += 1
        if refused == SURE:
            return not (card.imsi or (yield from _is_shut()))
    return True


def _is_shut() -> Job[bool]:
    """Whether the SIM is gone or asks for something, as far as the modem says so."""
    answer = yield from ask(commands.cpin_query())
    return answers.cpin(answer.lines, answer.result) in ("NOT INSERTED", "SIM PIN", "SIM PUK")
