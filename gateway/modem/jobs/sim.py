"""Is there a SIM, is it open, who is it. A PIN is tried once, written down before it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.at import Urc, answers, commands
from gateway.modem.jobs import careful
from gateway.modem.jobs.base import Context, Job, Pause, ask
from gateway.modem.ledger import Sim
from gateway.modem.machine import ModemEvent

BUSY_TRIES = 20  # a SIM may be busy for 20 s after power-on
BUSY_PAUSE = 1.0
AFTER_PIN = 2.0  # seconds before SMS commands work
MISSING = "No SIM is found; is it inserted the right way round?"
ENOUGH = 3  # tries: as many as a fresh SIM has


SHUT = frozenset({"SIM PIN", "SIM PUK"})
KNOWN = frozenset({"READY", "SIM PIN", "SIM PUK", "NOT INSERTED", ""})
GONE = frozenset({"NOTINSERTED", "NOTREADY", "SIMREMOVED", "REMOVED"})  # of +CPIN:
OUT = frozenset({("^SIMST", "0"), ("^SIMST", "255"), ("+QSIMSTAT", "1,0"), ("#QSS", "0")})


@dataclass(frozen=True, slots=True)
class SimState:
    event: ModemEvent | None = None  # what keeps the SIM out of service; None = it is open
    why: str = ""
    sim: Sim = field(default_factory=Sim)  # of a locked one the ICCID at most
    wants: str = ""  # what a locked one asks for: "PIN", "PUK", ...


def open_sim(context: Context) -> Job[SimState]:
    status = yield from _status()
    card = Sim()
    if status == "SIM PIN":
        card = Sim(iccid=(yield from careful.twice(lambda: iccid(context))))
        left = yield from _tries_left(context)
        status = yield from _enter_pin(context, card, left)
        if status == "SIM PIN":
            left = yield from _tries_left(context)
            return SimState(ModemEvent.SIM_LOCK, _pin_words(left), card, "PIN")
    match status:
        case "READY":
            return SimState(sim=(yield from _identity(context)))
        case "NOT INSERTED" | "":
            return SimState(ModemEvent.NO_SIM, MISSING)
        case "SIM PUK":
            why = "The SIM is blocked and asks for its PUK; unblock it in a phone."
            card = card if card.iccid else Sim(iccid=(yield from iccid(context)))
            return SimState(ModemEvent.SIM_LOCK, why, card, "PUK")
    why = f"The SIM cannot be used: it asks for {status}."
    return SimState(ModemEvent.SIM_LOCK, why, card, status)


def says() -> Job[str]:
    """What the modem says of its SIM at this moment: READY, NOT INSERTED, SIM PIN, ...; or ""."""
    answer = yield from ask(commands.cpin_query())
    return answers.cpin(answer.lines, answer.result)


def taken_out(urc: Urc) -> bool:
    """Whether the modem says by itself that its SIM was taken out."""
    said = urc.line.partition(":")[2].upper().replace(" ", "")
    return (urc.name == "+CPIN" and said in GONE) or (urc.name, said) in OUT


def _status() -> Job[str]:
    """`+CPIN?` in words; "" when there is no SIM. Waits while the SIM is busy.

    What is no state of a SIM is asked for again, as characters may have got lost.
    """
    unknown = ""
    for _ in range(BUSY_TRIES):
        answer = yield from ask(commands.cpin_query())
        status = answers.cpin(answer.lines, answer.result)
        if status in KNOWN or (status == unknown and status != "BUSY"):
            return status
        unknown = status
        if status == "BUSY":
            yield Pause(BUSY_PAUSE)
    return ""


def _pin_words(left: int | None) -> str:
    if left is None:
        return "The SIM asks for its PIN; enter it under Connections."
    tries = "1 try is" if left == 1 else f"{left} tries are"
    if left >= ENOUGH:
        return f"The SIM asks for its PIN; enter it under Connections ({tries} left)."
    return (
        f"The SIM asks for its PIN and only {tries} left, so none is entered by itself. Check the"
        " PIN and confirm it under Connections, or try the SIM in a phone."
    )


def _tries_left(context: Context) -> Job[int | None]:
    for command in commands.pin_tries(context.profile):
        left = answers.pin_tries((yield from ask(command)).lines)
        if left is not None:
            return left
    return None


def _enter_pin(context: Context, card: Sim, left: int | None) -> Job[str]:
    pin = context.ledger.pin_for(card, context.port, left)
    if pin is None:
        return "SIM PIN"
    answer = yield from ask(commands.cpin_enter(pin))
    if not answer.result.ok:
        return "SIM PIN"
    yield Pause(AFTER_PIN)
    return (yield from _status())


def _identity(context: Context) -> Job[Sim]:
    """A SIM taken for another one would bring its queue to a stop, so it is read twice."""
    imsi = yield from careful.twice(_imsi)
    card = yield from careful.twice(lambda: iccid(context))
    return Sim(card, imsi, (yield from careful.twice(_own_number)))


def _own_number() -> Job[str]:
    """Few SIMs know it; it is never what keeps one out of service."""
    return answers.own_number((yield from ask(commands.cnum())).lines)


def _imsi() -> Job[str]:
    imsi = ""
    for _ in range(BUSY_TRIES):
        answer = yield from ask(commands.cimi())
        imsi = answers.imsi(answer.lines) or ""
        if imsi or not answers.is_busy(answer.result):
            break
        yield Pause(BUSY_PAUSE)
    return imsi


def iccid(context: Context) -> Job[str]:
    for command in commands.iccid_queries(context.profile):
        answer = yield from ask(command)
        if answer.result.ok and (found := answers.iccid(answer.lines)):
            return found
    return ""
