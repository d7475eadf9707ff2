"""The state of the box in words: what each modem does, what it lacks, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.modem.ledger import NetworkTime, Telemetry
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from hw.ports import PortFinding

NO_MODEM = "No modem is set up on this box."


class Level(StrEnum):
    GOOD = "good"
    BUSY = "busy"  # starting or searching: nothing to do yet
    BAD = "bad"  # needs somebody


# state -> (level, words, what to do). `{why}` is what the modem's thread last said.
WORDS: dict[str, tuple[Level, str, str]] = {
    "absent": (Level.BAD, "Not connected", "{why}"),
    "opening": (Level.BUSY, "Opening the port", ""),
    "probing": (Level.BUSY, "Starting", ""),
    "sim_missing": (Level.BAD, "No SIM", "{why}"),
    "sim_locked": (Level.BAD, "SIM locked", "{why}"),
    "searching": (Level.BUSY, "Searching for the network", "{why}"),
    "denied": (Level.BAD, "The network refuses this SIM", "{why}"),
    "ready": (Level.GOOD, "Ready", ""),
    "recovering": (Level.BUSY, "Not answering; being recovered", "{why}"),
    "failed": (Level.BAD, "Needs attention", "{why}"),
}

STUCK = "Its thread has not moved for {minutes} min. Restart the service; messages are kept."

# dBm at or below -> words, the scale that people of the field use
SIGNAL = ((-95, "weak"), (-85, "fair"), (-75, "good"))


@dataclass(frozen=True, slots=True)
class ModemStatus:
    port: str
    level: Level
    state: str  # gateway.modem.machine.ModemState
    words: str
    advice: str
    connection_id: int | None
    connection_name: str
    number: str
    model: str
    imei: str
    operator: str
    signal: str  # "good (-79 dBm)", "" when unknown
    roaming: bool
    sending: bool
    backlog: int
    recoveries: int  # steps taken to bring it back
    restarts: int
    climbs: int = 0  # times that every step was taken in vain
    last_step: str = ""  # the last step, in words
    last_step_at: int | None = None
    low_supply: int = 0  # complaints about the supply voltage
    attention: bool = False  # somebody has to look: everything was tried, or its thread hangs
    weak: bool = False  # the signal
    network_time: NetworkTime | None = None  # what time it is by the network, as last read
    warnings: tuple[str, ...] = ()  # supply, jamming: it works, but somebody should look
    firmware: str = ""
    wants: str = ""  # what a locked SIM asks for: "PIN", "PUK", ...
    reports: str = ""  # which delivery reports get lost, in words; "" when none

    @property
    def name(self) -> str:
        return self.connection_name or self.port


@dataclass(frozen=True, slots=True)
class BoxStatus:
    modems: tuple[ModemStatus, ...]
    revision: int
    findings: tuple[PortFinding, ...] = ()  # sticks that cannot be served, programs in the way

    @property
    def level(self) -> Level:
        levels = {m.level for m in self.modems}
        if not levels:
            return Level.BAD
        return next(lv for lv in (Level.GOOD, Level.BUSY, Level.BAD) if lv in levels)

    @property
    def why_nothing_goes_out(self) -> str:
        """Plain words when no modem is ready; "" when one is."""
        if not self.modems:
            return " ".join([NO_MODEM, *(f.words for f in self.findings if f.serious)])
        if any(m.level is Level.GOOD for m in self.modems):
            return ""
        return " ".join(f"{m.name}: {m.words}. {m.advice}".strip() for m in self.modems)


class StatusReader:
    def __init__(
        self,
        telemetry: Callable[[], Sequence[Telemetry]],
        revision: Callable[[], int],
        findings: Callable[[], tuple[PortFinding, ...]] = tuple,
        holds: SendingHolds | None = None,
    ) -> None:
        self._holds = holds
        self._telemetry = telemetry
        self._findings = findings
        self._revision = revision

    def snapshot(self) -> BoxStatus:
        """Needs the calling thread's database connection: names live in the store."""
        known = {c.connection_id: c for c in connections.all_connections()}
        revision = self._revision()
        modems = tuple(self._status(t, known) for t in self._telemetry())
        return BoxStatus(modems, revision, self._findings())

    def _status(self, seen: Telemetry, known: dict[int, connections.ConnectionInfo]) -> ModemStatus:
        shown = _status(seen, known)
        info = known.get(seen.connection_id) if seen.connection_id is not None else None
        if self._holds is None or info is None or shown.level is not Level.GOOD:
            return shown
        act, why = self._holds.obstacle(info, roaming=seen.roaming)
        if not why:
            return shown
        level, words = (Level.BAD, "Ready, but not sending") if act else (Level.BUSY, "Pausing")
        return replace(shown, level=level, words=words, advice=f"{why[:1].upper()}{why[1:]}")


def _status(seen: Telemetry, known: dict[int, connections.ConnectionInfo]) -> ModemStatus:
    level, words, advice = WORDS[seen.state]
    if seen.trouble and seen.state in ("opening", "probing"):
        level, words, advice = WORDS["failed" if seen.attention else "recovering"]
        seen = replace(seen, why=seen.trouble)
    if seen.state == "recovering" and seen.last_step:
        seen = replace(seen, why=f"{seen.why} Last tried: {seen.last_step}.".strip())
    if seen.stuck:
        level, words, advice = Level.BAD, "Hangs", STUCK.format(minutes=round(seen.stuck / 60))
    info = known.get(seen.connection_id) if seen.connection_id is not None else None
    return ModemStatus(
        port=seen.port,
        level=level,
        state=seen.state,
        words=words,
        advice=advice.format(why=seen.why),
        connection_id=seen.connection_id,
        connection_name=info.name if info else "",
        number=info.number if info else "",
        model=f"{seen.identity.manufacturer} {seen.identity.model}".strip(),
        imei=seen.identity.imei,
        operator=seen.operator,
        signal=signal_words(seen.signal_dbm),
        roaming=seen.roaming,
        sending=seen.sending,
        backlog=seen.backlog,
        recoveries=seen.recoveries,
        restarts=seen.restarts,
        climbs=seen.climbs,
        last_step=seen.last_step,
        last_step_at=seen.last_step_at,
        low_supply=seen.low_supply,
        attention=seen.attention or bool(seen.stuck) or seen.state == "failed",
        weak=seen.signal_dbm is not None and seen.signal_dbm <= SIGNAL[0][0],
        network_time=seen.network_time,
        warnings=seen.warnings,
        firmware=seen.identity.firmware,
        wants=seen.wants if seen.state == "sim_locked" else "",
        reports=seen.reports if seen.state == "ready" else "",
    )


def signal_words(dbm: int | None) -> str:
    if dbm is None:
        return ""
    word = next((word for limit, word in SIGNAL if dbm <= limit), "excellent")
    return f"{word} ({dbm} dBm)"
