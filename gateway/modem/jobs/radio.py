"""Look at the network: registered or not, where, how well. Doubles as the health ping."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.at import Urc, answers, commands
from gateway.modem.jobs.base import Context, Job, Pause, ask
from gateway.modem.machine import Event

OFF_TIME = 3.0  # seconds that the radio stays off when it is cycled
ON_TIME = 5.0  # seconds that it takes to come back
REGISTRATION_URCS = ("+CREG", "+CGREG", "+CEREG")


@dataclass(frozen=True, slots=True)
class Seen:
    event: Event
    why: str = ""
    operator: str = ""
    signal_dbm: int | None = None
    roaming: bool = False


def is_registration(urc: Urc) -> bool:
    return urc.name in REGISTRATION_URCS


def look_around(context: Context) -> Job[Seen]:
    """Registration (2G/3G, packet and LTE domains: any of them will do), signal, operator."""
    stats = []
    for command in commands.registration_queries():
        answer = yield from ask(command)
        stat = answers.registration(answer.lines)
        if stat is not None:
            stats.append(stat)
    signal = answers.csq((yield from ask(commands.csq())).lines)
    if not any(s.registered for s in stats):
        return _not_registered(stats, signal)
    operator = answers.operator((yield from ask(commands.cops_query())).lines)
    roaming = not any(s.registered and not s.roaming for s in stats)
    return Seen(Event.REGISTER, "", operator, signal, roaming)


def _not_registered(stats: list[answers.Registration], signal: int | None) -> Seen:
    if any(s.denied for s in stats):
        why = "The network refuses this SIM: is it activated, paid for, allowed to roam?"
        return Seen(Event.DENY, why, signal_dbm=signal)
    if signal is None:
        return Seen(Event.SEARCH, "No signal so far; check the antenna if it stays so.")
    return Seen(Event.SEARCH, "It has a signal and is looking for its network.", signal_dbm=signal)


def ping() -> Job[None]:
    """Is it still there? The second question finds the way back into step, or the link is lost."""
    for _ in range(2):
        if (yield from ask(commands.at())).result.kind != "TIMEOUT":
            return


def cycle() -> Job[None]:
    """Switch the radio off and on, for a modem that finds no network. The SIM starts anew too."""
    yield from ask(commands.cfun(0))
    yield Pause(OFF_TIME)
    yield from ask(commands.cfun(1))
    yield Pause(ON_TIME)
