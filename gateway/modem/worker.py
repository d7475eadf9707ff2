"""One modem's thread: owns its port, its link, its machine and its database connection.

Others hand over work with `assign` and wake it; nobody else touches any of these. What it does
next is decided by the machine's state and by timers (agenda below).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from gateway.at import Console, Engine, Late, Restarted, Stray, Urc, profile_for
from gateway.clock import Clock
from gateway.modem import health
from gateway.modem.claims import Claims
from gateway.modem.doors import Doors, listed
from gateway.modem.entrance import Entrance
from gateway.modem.jobs import radio, receive, send, setup, sim
from gateway.modem.jobs.base import Context, Job, LinkLost, Unanswered
from gateway.modem.ladder import Does, Patience, Rung, Wait
from gateway.modem.ledger import Assignment, Ledger, ReadPdu, Sim, Telemetry
from gateway.modem.link import Link, News, Waker
from gateway.modem.machine import Event, Machine, State
from gateway.modem.recovery import NONE, Means, Recovery
from hw.serialport import PortError, SerialPort, Trouble, is_uart

log = logging.getLogger(__name__)

PORT_RETRY = 2.0  # seconds between looks for an absent port
SWEEP = 45.0  # seconds between sweeps of the storage: +CMTI is a hint that can get lost
SIM_RETRY = {State.SIM_MISSING: 10.0, State.SIM_LOCKED: 60.0}
LOOK = {State.SEARCHING: 2.0, State.DENIED: 30.0, State.READY: 30.0}  # registration and signal
PING = 15.0  # seconds of silence after which the modem is asked whether it is there
SUPPLY = 600.0  # seconds between looks at the supply voltage
ASK_AGAIN = 5.0  # seconds between questions to a modem that may be restarting
ATTENTION_RETRY = 15.0  # seconds between looks at a modem on which everything was tried
BEAT = 5.0  # seconds: no wait is longer without a sign of life
MODE_HOLDS = 1.0  # seconds: no modem restarts and is ready to send again in less
STOP_GRACE = 3.0  # seconds that a submission under way may take when the service stops
STORE_PAUSE = 2.0  # seconds after the store failed us
QUICK_BACKLOG, SLOW_BACKLOG = 16, 2  # dispatches held ready for a fast or a slow modem
SLOW = 0.25  # seconds per SMS from which a modem counts as slow


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
        means: Means = NONE,
    ) -> None:
        """`session` is entered for the thread's life; it opens the thread's database connection.

        `means` are what recovery may switch besides the modem itself.
        """
        doors = config.doors or listed(config.port, config.baud)
        self.config = replace(config, doors=doors)
        self._entrance = Entrance(doors, claims or Claims(), clock, lambda: self._stopping)
        self._ledger = ledger
        self._clock = clock
        self._session = session
        self._waker = Waker()
        self._stop_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"modem {config.port}", daemon=True)
        self._machine = Machine(self._state_changed)
        self._context = Context(config.port, ledger, profile_for("", ""))
        self._engine = Engine()
        self._recovery = Recovery(config.port, means, clock, self._sleep)
        self._health = health.Health()
        self._patience = Patience()
        self._link: Link | None = None
        self._work: deque[Assignment] = deque()
        self._requests: deque[Callable[[Context], Job[None]]] = deque()
        self._arrived: deque[receive.Notice] = deque()
        self._direct: deque[ReadPdu] = deque()
        self._restarted = ""
        self._due: dict[str, float] = {}
        self._sent_at = 0.0  # when the last dispatch was finished (monotonic)
        self._pace = SLOW  # seconds per part, a moving mean
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
        return max(self._beat, self._link.turned_at if self._link else 0.0)

    @property
    def room(self) -> int:
        """How many more dispatches it would take now."""
        if self._machine.state is not State.READY or self._stop_at is not None:
            return 0
        limit = SLOW_BACKLOG if self._pace >= SLOW else QUICK_BACKLOG
        return max(0, limit - len(self._work))

    def assign(self, work: Sequence[Assignment]) -> bool:
        """Take over claimed dispatches; False when the modem is not ready (any more)."""
        if self._machine.state is not State.READY or self._stop_at is not None:
            return False
        self._work.extend(work)
        self._waker.set()
        return True

    def post(self, job: Callable[[Context], Job[None]]) -> bool:
        """Run a job of somebody else's between two messages; False when the modem is not ready."""
        if self._machine.state is not State.READY or self._stopping:
            return False
        self._requests.append(job)
        self._waker.set()
        return True

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
            self._give_back("The service was stopped.")
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
            if e.trouble is Trouble.ABSENT and (rung := self._recovery.missing()):
                self._recovery.take(rung, None, self._show)
            self._sleep(PORT_RETRY)
            return
        try:
            self._at_door()
            if self._recovery.port_opened(self.config.port):
                self._health.restarted(self._clock.monotonic())
            self._machine.on(Event.PORT_FOUND)
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
            port, self._engine, self._waker, self._clock, self._on_news, lambda: self._stop_at
        )
        self._machine.on(Event.PORT_OPEN)
        try:
            self._entrance.check(port)
            self._reset()
            self._serve(link)
        except Unanswered as e:
            return self._recover(port, str(e))
        return False

    def _at_door(self) -> None:
        """The port that was opened is not always the same one."""
        door = self._entrance.door
        self.config = replace(self.config, port=door.path, baud=door.baud)

    def _reset(self) -> None:
        """Forget what belonged to the link before."""
        self._context = Context(self.config.port, self._ledger, profile_for("", ""))
        self._arrived.clear()
        self._direct.clear()
        self._restarted = ""
        self._due.clear()

    def _serve(self, link: Link) -> None:
        while not self._stopping:
            now = self._beat = self._clock.monotonic()
            if self._restarted:
                self._health.restarted(now)
                self._machine.on(Event.RESTART, self._restarted)
                self._reset()
            self._due["ping"] = (link.heard_at or now) + PING
            job = self._next_job(now)
            if job is None:
                link.listen(min(self._due.values(), default=now + 1.0))
            else:
                self._perform(link, job)

    def _perform(self, link: Link, job: Job[None]) -> None:
        try:
            link.run(job)
        except LinkLost:
            if not self._restarted or self._stopping:
                raise
        except Exception as e:
            # The store's troubles are one line; everything else deserves its traceback.
            log.error("%s: %s", self.config.port, e, exc_info=not _is_plain(e))
            self._sleep(STORE_PAUSE)
            self._due.pop("sweep", None)  # whatever was not stored is still in the modem

    # agenda ---------------------------------------------------------------------------------

    def _next_job(self, now: float) -> Job[None] | None:
        match self._machine.state:
            case State.PROBING:
                return self._set_up()
            case State.SIM_MISSING | State.SIM_LOCKED as state:
                return self._when_due(
                    "sim", SIM_RETRY[state], now, self._open_sim
                ) or self._when_due("ping", PING, now, radio.ping)
            case State.FAILED:
                return self._when_due("attention", ATTENTION_RETRY, now, self._try_again)
        if self._direct:
            return self._keep_direct()
        if self._arrived:
            return self._read_announced()
        if job := self._when_due("sweep", SWEEP, now, self._sweep):
            return job
        if job := self._when_due("look", LOOK[self._machine.state], now, self._look):
            return job
        if self._requests:
            return self._requests.popleft()(self._context)
        if job := self._when_due("ping", PING, now, radio.ping):
            return job
        if job := self._when_due("supply", SUPPLY, now, self._measure):
            return job
        if self._work:
            if self._machine.state is State.READY:
                return self._send()
            self._give_back(self._machine.why or "The modem has lost the network.")
        return None

    def _when_due(
        self, name: str, every: float, now: float, job: Callable[[], Job[None]]
    ) -> Job[None] | None:
        """The job if its time has come. A timer that was never set is due at once."""
        due = self._due.setdefault(name, now)
        if due > now + every:
            due = self._due[name] = now + every
        if now < due:
            return None
        self._due[name] = now + every
        return job()

    # jobs, each telling the machine what came out -------------------------------------------

    def _set_up(self) -> Job[None]:
        found = yield from setup.set_up(self._context)
        if not found.answered:
            raise Unanswered(found.why)
        self._entrance.identified(found.identity)
        self._recovery.answered(found.profile)
        self._context.profile = found.profile
        # Without flow control, characters get lost while a module turns to reading the PDU.
        self._context.guard = found.profile.guard_time if is_uart(self.config.port) else 0.0
        self._show(identity=found.identity)
        self._ledger.seen(self.config.port, found.identity, self._entrance.usb_path)
        yield from self._open_sim()

    def _try_again(self) -> Job[None]:
        self._machine.on(Event.RETRY, self._machine.why)
        yield from self._set_up()

    def _open_sim(self) -> Job[None]:
        state = yield from sim.open_sim(self._context)
        if state.event is not None:
            self._machine.on(state.event, state.why)
            return
        yield from self._enter_service(state.sim)

    def _enter_service(self, card: Sim) -> Job[None]:
        self._entrance.sim_in(card)
        prepared = yield from setup.prepare_sms(self._context)
        if prepared.why:
            self._machine.on(Event.CANNOT_SMS, prepared.why)
            return
        self._context.connection_id = self._ledger.sim_in(card)
        self._show(sim=card, connection_id=self._context.connection_id, smsc=prepared.smsc)
        self._due.pop("sweep", None)
        yield from self._look()

    def _look(self) -> Job[None]:
        seen = yield from radio.look_around(self._context)
        self._show(operator=seen.operator, signal_dbm=seen.signal_dbm, roaming=seen.roaming)
        self._machine.on(seen.event, seen.why)
        registered, now = seen.event is Event.REGISTER, self._clock.monotonic()
        self._health.looked(registered, seen.signal_dbm)
        if registered:
            self._patience.registered()
            self._recovery.in_service()
        elif self._patience.lost(now):
            log.warning("%s finds no network: its radio is switched off and on", self.config.port)
            yield from radio.cycle()
            yield from self._open_sim()

    def _measure(self) -> Job[None]:
        yield from health.measure(self._context, self._health, self._clock.monotonic())
        self._show()

    def _sweep(self) -> Job[None]:
        self._arrived.clear()  # the sweep reads those too
        if not (yield from setup.still_set(self._context)):
            self._restarted = "The modem has lost its settings: it restarted without a word."
            return
        yield from receive.sweep(self._context)

    def _read_announced(self) -> Job[None]:
        yield from receive.read_announced(self._context, self._arrived.popleft())

    def _keep_direct(self) -> Job[None]:
        pdus = list(self._direct)
        yield from receive.keep_direct(self._context, pdus)
        for _ in pdus:
            self._direct.popleft()

    def _send(self) -> Job[None]:
        work = self._work.popleft()
        self._show(sending=True, backlog=len(self._work) + 1)
        started = self._clock.monotonic()
        try:
            confirm = started - self._sent_at > MODE_HOLDS
            outcome = yield from send.send(self._context, work, confirm_mode=confirm)
        finally:
            self._sent_at = self._clock.monotonic()
            taken = (self._sent_at - started) / max(1, len(work.parts))
            self._pace += (taken - self._pace) / 4
            self._show(sending=False, backlog=len(self._work))
        if outcome.set_up_again:
            self._restarted = "It refused to send; it is set up again."
        if len(self._work) <= QUICK_BACKLOG // 2:
            self._ledger.changed()

    # what the modem says by itself ----------------------------------------------------------

    def _on_news(self, event: News) -> None:
        match event:
            case Restarted(line=line):
                self._restarted = f"The modem restarted ({line})."
            case Console(line=line):
                self._entrance.console = True
                log.warning("%s: a login prompt answers here: %r", self.config.port, line)
            case Stray(line=line):
                log.debug("%s says %r", self.config.port, line)
            case Late():
                send.late(self._context, event)
            case Urc():
                self._on_urc(event)

    def _on_urc(self, urc: Urc) -> None:
        if self._health.hear(urc, self._clock.monotonic()):
            log.warning("%s says %s", self.config.port, urc.line)
            self._show()
        news = receive.understand(urc)
        if isinstance(news, ReadPdu):
            self._direct.append(news)
        elif news is not None:
            self._arrived.append(news)
        elif radio.is_registration(urc):
            self._due["look"] = self._clock.monotonic()

    # state ----------------------------------------------------------------------------------

    def _lost(self, why: str) -> None:
        if self._machine.why != why:
            log.warning("%s", why)
        self._recovery.port_gone()
        self._entrance.leave()
        self._machine.on(Event.PORT_LOST, why)
        self._give_back(why)
        self._show(connection_id=None)

    def _recover(self, port: SerialPort, why: str) -> bool:
        """The modem is silent: one step, then it is asked again. True: on the same open port."""
        if not self._recovery.known:  # perhaps no modem at all
            why = self._entrance.why_silent()
            if self._entrance.more:
                self._machine.on(Event.SILENCE, why)
                return False
        step = self._recovery.silence(why)
        why = self._recovery.trouble
        self._machine.on(Event.SILENCE, why)
        self._give_back(why)
        if isinstance(step, Rung):
            self._recovery.take(step, port, self._show)
            return step.does is Does.ASK
        if step is Wait.EXHAUSTED:
            self._entrance.doors.doubt()
            self._machine.on(Event.EXHAUSTED, why)
        self._sleep(ATTENTION_RETRY if step is Wait.EXHAUSTED else ASK_AGAIN)
        return False

    def _give_back(self, why: str) -> None:
        while self._work:
            self._ledger.released(self._work.popleft().dispatch_id, why)

    def _state_changed(self, old: State, new: State) -> None:
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
            warnings=self._health.warnings(self._clock.monotonic()),
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


def _is_plain(e: Exception) -> bool:
    """Whether the text of an error is meant for people."""
    return bool(getattr(e, "plain", False))
