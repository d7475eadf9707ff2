"""Look at the network: registered or not, where, how well. Doubles as the health ping."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.at import Urc, answers, commands, nettime
from gateway.modem.jobs import verdict
from gateway.modem.jobs.base import Context, Job, Pause, ask
from gateway.modem.machine import ModemEvent

OFF_TIME = 3.0  # seconds that the radio stays off when it is cycled
ON_TIME = 5.0  # seconds that it takes to come back
REGISTRATION_URCS = ("+CREG", "+CGREG", "+CEREG")


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    event: ModemEvent
    why: str = ""
    operator: str = ""
    signal_dbm: int | None = None
    roaming: bool = False


def is_registration(urc: Urc) -> bool:
    return urc.name in REGISTRATION_URCS


def look_around(context: Context) -> Job[NetworkStatus]:
    """Registration (2G/3G, packet and LTE domains: any of them will do), signal, operator."""
    stats = {}
    for command in commands.registration_queries():
        answer = yield from ask(command)
        stat = answers.registration(answer.lines)
        if stat is not None:
            stats[command.prefix.rstrip(":")] = stat
    signal = yield from _signal(context)
    if trouble := verdict.no_service(stats, signal):
        return NetworkStatus(*trouble, signal_dbm=signal)
    operator = answers.operator((yield from ask(commands.cops_query())).lines)
    roaming = not any(s.registered and not s.roaming for s in stats.values())
    return NetworkStatus(ModemEvent.REGISTER, "", operator, signal, roaming)


def _signal(context: Context) -> Job[int | None]:
    """dBm. Many LTE modems leave AT+CSQ at "unknown" and tell it elsewhere."""
    signal = answers.csq((yield from ask(commands.csq())).lines)
    if signal is None:
        signal = answers.cesq((yield from ask(commands.cesq())).lines)
    if signal is None and context.profile.name == "huawei":
        signal = answers.hcsq((yield from ask(commands.hcsq())).lines)
    return signal


def network_time(context: Context) -> Job[nettime.NetworkReading | None]:
    """What the modem remembers of the network's time; None where that cannot be trusted."""
    if context.profile.name == "quectel":  # its AT+CCLK? is universal time with a local zone
        return nettime.last_network_time((yield from ask(commands.network_time())).lines)
    for query in commands.clock_follows_queries():
        if nettime.follows_network((yield from ask(query)).lines):
            return nettime.clock((yield from ask(commands.clock_query())).lines)
    return None


def ping() -> Job[bool]:
    """Is it still there? The second question finds the way back into step, or the link is lost.

    Whether the modem repeats what it is asked, as they all do after a restart.
    """
    for _ in range(2):
        answer = yield from ask(commands.at())
        if answer.result.kind != "TIMEOUT":
            return answer.echoed
    return False


def cycle() -> Job[None]:
    """Switch the radio off and on, for a modem that finds no network. The SIM starts anew too."""
    yield from ask(commands.cfun(0))
    yield Pause(OFF_TIME)
    yield from ask(commands.cfun(1))
    yield Pause(ON_TIME)
