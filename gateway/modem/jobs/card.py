"""Is it still the same SIM? Many modems say nothing, or not enough, when it was exchanged."""

from __future__ import annotations

from gateway.at import Urc, answers, commands
from gateway.modem.jobs import careful
from gateway.modem.jobs.base import Job, ask
from gateway.modem.ledger import Sim

CHANGED = "Another SIM is in the modem now."
NEWS = frozenset({"+CPIN", "^SIMST", "+QSIMSTAT", "+QUSIM", "+UUSIMSTAT", "+SIMCARD", "#QSS"})
ABSENT_OR_SHUT = frozenset({10, 11, 12, 13})  # +CME ERROR: no SIM, PIN, PUK, failure


def is_news(urc: Urc) -> bool:
    """Whether the modem says something about its SIM."""
    return urc.name in NEWS


def still_in(card: Sim) -> Job[bool]:
    """False when the IMSI is another one, or there is none; True also when nobody can tell."""
    other = ""
    for _ in range(careful.TRIES):
        answer = yield from ask(commands.cimi())
        imsi = answers.imsi(answer.lines)
        if not imsi:
            return not (answer.result.kind == "CME" and answer.result.code in ABSENT_OR_SHUT)
        if not card.imsi or imsi == card.imsi:
            return True
        if imsi == other:  # said twice: no character got lost
            return False
        other = imsi
    return True
