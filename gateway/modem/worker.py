"""One modem's thread: owns its port, its link, its machine and its database connection.

Others hand over work with `assign` and wake it; nobody else touches any of these. What it does
while the modem answers stands in `duties`, what when it does not in `recovery`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from gateway.at import Engine
from gateway.clock import Clock
from gateway.decisions.assignment import Assignment
from gateway.modem.claims import Claims
from gateway.modem.doors import Doors, listed_port
from gateway.modem.duties import Duties
from gateway.modem.entrance import Entrance
from gateway.modem.jobs.base import Context, Job, LinkLost, Unanswered
from gateway.modem.ladder import LadderWait, Rung, RungAction
from gateway.modem.ledger import Ledger, Telemetry
from gateway.modem.link import Link, Waker
from gateway.modem.machine import Machine, ModemEvent, ModemState
from gateway.modem.recovery import NONE, ModemRecovery, RecoveryMeans
from hw.serialport import PortError, PortTrouble, SerialPort

log = logging.getLogger(__name__)

PORT_RETRY = 2.0  # seconds between looks for an absent port
ASK_AGAIN = 5.0  # seconds between questions to a modem that may be restarting
ATTENTION_RETRY = 15.0  # seconds between looks at a modem on which everything was tried
ANSWERING = (
    ModemState.SIM_MISSING,
    ModemState.SIM_LOCKED,
    ModemState.SEARCHING,
    ModemState.DENIED,
    ModemState.FAILED,
)
BEAT = 5.0  # seconds: no wait is longer without a sign of life
STOP_GRACE = 3.0  # seconds that a submission under way may take when the service stops
STORE_PAUSE = 2.0  # seconds after the store failed us


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    port: str
    baud: int = 115200
    doors: Doors | None = None  # None: this port, listed by hand


class Worker:
    """Owns one modem from port to SIM."""

    def __init__(
        self,
        config: WorkerConfig,
        ledger: Ledger,
        clock: Clock,
        session: Callable[[], AbstractContextManager[object]],
        claims: Claims | None = None,
        means: RecoveryMeans = NONE,
    ) -> None:
        """`session` is entered for the thread's life; it opens the thread's database connection.

        `means` are what recovery may switch besides the modem itself.
        """
        doors = config.doors or listed_port(config.port, config.baud)
        self.config = replace(config, doors=doors)
        self._entrance = Entrance(doors, claims or Claims(), clock, lambda: self._stopping)
        self._ledger = ledger
        self._clock = clock
        self._session = session
        self._waker = Waker()
        self._stop_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"modem {config.port}", daemon=True)
        self._machine = Machine(self._state_changed)
        self._engine = Engine()
        self._recovery = ModemRecovery(config.port, means, clock, self._wait_out)
        self._duties = Duties(
            config.port,
            ledger,
            clock,
            self._machine,
            self._entrance,
            self._recovery,
            self._show,
        )
        self._link: Link | None = None
        self.telemetry = Telemetry(port=config.port)
        self._beat = clock.monotonic()

    # for other threads ----------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Finish the submission under way if it takes no longer than STOP_GRACE, then end."""
        self._stop_at = self._clock.monotonic() + STOP_GRACE
        self._waker.set()

    def join(self, timeout: float) -> bool:
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def hidden(self) -> bool:
        """Another worker serves the same modem."""
        return self._entrance.is_second

    @property
    def beat(self) -> float:
        """When the thread last showed life (monotonic)."""
        link = self._link  # its thread may drop it at any moment
        return max(self._beat, link.turned_at if link else 0.0)

    @property
    def free_slots(self) -> int:
        """How many more dispatches it would take now."""
        return self._duties.backlog.free_slots if self._ready else 0

    @property
    def _ready(self) -> bool:
        return self._machine.state is ModemState.READY and not self._stopping

    def assign(self, work: Sequence[Assignment]) -> bool:
        """Take over claimed dispatches; False when the modem is not ready (any more)."""
        if not self._ready:
            return False
        self._duties.backlog.add(work)
        self._waker.set()
        return True

    def post(self, job: Callable[[Context], Job[None]], *, anyhow: bool = False) -> bool:
        """Run a job of somebody else's between two messages; False when the modem is not ready.

        `anyhow`: also when it is not, as long as it answers.
        """
        answers = self._machine.state in ANSWERING and not self._stopping
        if not (self._ready or (anyhow and answers)):
            return False
        self._duties.requests.append(job)
        self._waker.set()
        return True

    def look_at_sim(self) -> None:
        """Somebody has done something about a SIM that is not in service."""
        self._duties.hurried = True
        self._waker.set()

    def doors_moved(self) -> None:
        """Its doors were replaced."""
        self._waker.set()

    # the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        with self._session():
            while not self._stopping:
                try:
                    self._live()
                except Exception:
                    log.exception("%s: its thread stumbled and starts anew", self.config.port)
                    self._lost("The modem's thread stumbled; see the log.")
                    self._sleep(PORT_RETRY)
            self._duties.backlog.give_back(self._ledger, "The service was stopped.")
        self._waker.close()

    @property
    def _stopping(self) -> bool:
        return self._stop_at is not None

    def _live(self) -> None:
        """From finding the port to losing it."""
        try:
            port = self._entrance.open()
        except PortError as e:
            self._lost(str(e))
            if e.trouble is PortTrouble.ABSENT and (rung := self._recovery.missing()):
                self._recovery.take(rung, None, self._show)
            self._sleep(PORT_RETRY)
            return
        try:
            self._at_door()
            if self._recovery.port_opened(self.config.port):
                self._duties.health.restarted(self._clock.monotonic())
            self._machine.on(ModemEvent.PORT_FOUND)
            while self._serve_until_silent(port):
                pass
        except LinkLost as e:
            if not self._stopping:
                self._lost(str(e))
        finally:
            self._link = None
            port.close()

    def _serve_until_silent(self, port: SerialPort) -> bool:
        """True when a modem that went silent is to be asked again on the same open port."""
        self._link = link = Link(
            port,
            self._engine,
            self._waker,
            self._clock,
            self._duties.on_news,
            lambda: self._stop_at,
        )
        self._machine.on(ModemEvent.PORT_OPEN)
        try:
            self._entrance.check(port)
            self._duties.begin(self.config.port)
            self._serve(link)
        except Unanswered as e:
            return self._recover(port, str(e))
        return False

    def _at_door(self) -> None:
        """The port that was opened is not always the same one."""
        door = self._entrance.door
        self.config = replace(self.config, port=door.path, baud=door.baud)

    def _serve(self, link: Link) -> None:
        duties = self._duties
        while not self._stopping:
            now = self._beat = self._clock.monotonic()
            if duties.restarted:
                duties.health.restarted(now)
                self._machine.on(ModemEvent.RESTART, duties.restarted)
                duties.begin(self.config.port)
            job = duties.next_job(now, link.heard_at or now)
            if job is None:
                link.listen(duties.timers.soonest)
            else:
                self._perform(link, job)

    def _perform(self, link: Link, job: Job[None]) -> None:
        try:
            link.run(job)
        except LinkLost:
            if not self._duties.restarted or self._stopping:
                raise
        except Exception as e:
            # The store's troubles are one line; everything else deserves its traceback.
            log.error("%s: %s", self.config.port, e, exc_info=not _is_plain(e))
            self._sleep(STORE_PAUSE)
            self._duties.timers.now("sweep")  # whatever was not stored is still in the modem

    # state ----------------------------------------------------------------------------------

    def _lost(self, why: str) -> None:
        if self._machine.why != why:
            log.warning("%s", why)
        self._recovery.port_gone()
        self._entrance.leave()
        self._machine.on(ModemEvent.PORT_LOST, why)
        self._duties.backlog.give_back(self._ledger, why)
        self._show(connection_id=None)

    def _recover(self, port: SerialPort, why: str) -> bool:
        """The modem is silent: one step, then it is asked again. True: on the same open port."""
        if self._entrance.more:  # it has another door, or is just starting
            self._machine.on(ModemEvent.SILENCE, why)
            return False
        if not self._recovery.has_answered:  # perhaps no modem at all
            why = self._entrance.why_silent()
        step = self._recovery.silence(why)
        why = self._recovery.trouble
        self._machine.on(ModemEvent.SILENCE, why)
        self._duties.backlog.give_back(self._ledger, why)
        if isinstance(step, Rung):
            self._recovery.take(step, port, self._show)
            return step.does is RungAction.ASK
        if step is LadderWait.EXHAUSTED:
            self._entrance.doors.doubt()
            self._machine.on(ModemEvent.EXHAUSTED, why)
        self._sleep(ATTENTION_RETRY if step is LadderWait.EXHAUSTED else ASK_AGAIN)
        return False

    def _state_changed(self, old: ModemState, new: ModemState) -> None:
        level = logging.DEBUG if self._recovery.attention else logging.INFO  # it goes on for ever
        log.log(level, "%s: %s -> %s. %s", self.config.port, old, new, self._machine.why)
        self._show()

    def _show(self, **fields: object) -> None:
        """Replace the telemetry that others read; tells the ledger when the state is new."""
        before = self.telemetry
        self.telemetry = replace(
            before,
            port=self.config.port,
            state=self._machine.state.value,
            why=self._machine.why,
            restarts=self._machine.restarts,
            low_supply=self._duties.health.low_supply,
            warnings=self._duties.health.warnings(self._clock.monotonic()),
            **self._recovery.shown(),
            **fields,  # type: ignore[arg-type]
        )
        quiet = replace(self.telemetry, sending=before.sending, backlog=before.backlog)
        if quiet != before:
            self._ledger.changed()

    def _sleep(self, seconds: float) -> None:
        """Wait for a time or a stop, whichever is first; wake-ups for work do not count."""
        until = self._clock.monotonic() + seconds
        poll = self._waker
        moved = self._entrance.doors.moved  # plugged in or out: look at once
        while not self._stopping and (left := until - self._clock.monotonic()) > 0:
            if self._entrance.doors.moved and not moved:
                return
            self._beat = self._clock.monotonic()
            poll.wait(min(left, BEAT))

    def _wait_out(self, seconds: float) -> None:
        """Wait for a time or a stop; what is plugged in or out meanwhile is no reason to hurry."""
        until = self._clock.monotonic() + seconds
        while not self._stopping and (left := until - self._clock.monotonic()) > 0:
            self._beat = self._clock.monotonic()
            self._waker.wait(min(left, BEAT))


def _is_plain(e: Exception) -> bool:
    """Whether the text of an error is meant for people."""
    return bool(getattr(e, "plain", False))
