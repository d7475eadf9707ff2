"""What there is to do with a modem that answers, most urgent first, and what its news means."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from gateway.at import LateResponse, LoginPrompt, Restarted, Stray, Urc, profile_for, secrets
from gateway.clock import Clock
from gateway.modem import card_watch, health
from gateway.modem.backlog import Backlog
from gateway.modem.card_watch import CardWatch
from gateway.modem.entrance import Entrance
from gateway.modem.jobs import (
    calls,
    card,
    centre,
    direct,
    news,
    radio,
    receive,
    send,
    setup,
    sim,
    uart,
    ussd,
    verdict,
)
from gateway.modem.jobs.base import Context, Job, Unanswered
from gateway.modem.ladder import SearchPatience
from gateway.modem.ledger import Ledger, ReadPdu, Sim
from gateway.modem.link import News
from gateway.modem.machine import Machine, ModemEvent, ModemState
from gateway.modem.network_clock import NetworkClock
from gateway.modem.recovery import ModemRecovery
from gateway.modem.timers import Timers
from hw.serialport import is_uart

log = logging.getLogger(__name__)

SWEEP = 45.0  # seconds between sweeps of the storage: +CMTI is a hint that can get lost
POLL = 15.0  # the same for a modem that announces nothing
SIM_RETRY = {ModemState.SIM_MISSING: 10.0, ModemState.SIM_LOCKED: 60.0}
LOOK = {
    ModemState.SEARCHING: 2.0,
    ModemState.DENIED: 30.0,
    ModemState.READY: 30.0,
}  # registration and signal
PING = 15.0  # seconds of silence after which the modem is asked whether it is there
SUPPLY = 600.0  # seconds between looks at the supply voltage
WAKE_SIM = 12  # looks in vain for a SIM after which the radio is switched off and on
CANNOT_RETRY = 60.0  # seconds between looks at a modem that cannot be used
READ_IN_A_ROW = 4  # announced messages before the next one that is to be sent


class Duties:
    """Used by the modem's thread; others only add to `backlog` and `requests`."""

    def __init__(
        self,
        port: str,
        ledger: Ledger,
        clock: Clock,
        machine: Machine,
        entrance: Entrance,
        recovery: ModemRecovery,
        show: Callable[..., None],
    ) -> None:
        """`show` takes fields of Telemetry that are new."""
        self.port = port
        self.context = Context(port, ledger, profile_for("", ""), urgent=self._urgent)
        self.backlog = Backlog()
        self.requests: deque[Callable[[Context], Job[None]]] = deque()
        self.timers = Timers()
        self.health = health.Health()
        self.restarted = ""  # why the modem has to be set up again
        self.hurried = False  # somebody has done something about the SIM: look at once
        self._arrived: deque[receive.StorageNotice] = deque()
        self._card = CardWatch(clock)
        self._served: int | None = None  # the connection that `backlog` is for
        self._callers = calls.UnrecordedCalls()
        self._read_in_a_row = 0  # announced messages since the last one was sent
        self._time = NetworkClock(clock)
        self._without_sim = 0  # looks for a SIM in a row that found none
        self._patience = SearchPatience()
        self._searching = verdict.NetworkSearch()
        self._ledger = ledger
        self._clock = clock
        self._machine = machine
        self._entrance = entrance
        self._recovery = recovery
        self._show = show

    def begin(self, port: str) -> None:
        """Forget what belonged to the link before, but for what the modem has handed over."""
        self.port = port
        before = self.context
        self.context = Context(port, self._ledger, profile_for("", ""), urgent=self._urgent)
        self.context.heard.extend(one for one in before.heard if one[0] is not None)
        if self.restarted:  # it is the same modem
            self.context.unreadable = before.unreadable
            self.context.refused_cnma = before.refused_cnma
        self._arrived.clear()
        self.restarted = ""
        self.timers.clear()

    # agenda ---------------------------------------------------------------------------------

    def next_job(self, now: float, heard_at: float) -> Job[None] | None:
        """The most urgent thing; None: nothing until a timer of this turn, or news."""
        due = self.timers.due
        self.timers.turn(now)
        self.timers.set("ping", heard_at + PING)
        match self._machine.state:
            case ModemState.PROBING:
                return self._set_up()
            case ModemState.SIM_MISSING | ModemState.SIM_LOCKED as state:
                self.backlog.give_back(self._ledger, self._machine.why)
                if self.hurried:
                    self.timers.now("sim")
                if due("sim", SIM_RETRY[state]):
                    self.hurried = False
                    return self._open_sim()
            case ModemState.FAILED:
                self.backlog.give_back(self._ledger, self._machine.why)
                if due("cannot", CANNOT_RETRY):
                    return self._try_again()
            case _:
                if job := self._in_service():
                    return job
        if self.requests:
            return self.requests.popleft()(self.context)
        return self._ping() if due("ping", PING) else None

    def _in_service(self) -> Job[None] | None:
        due = self.timers.due
        if self._card.went:
            self._card.went = False
            return self._open_sim()
        if self.context.heard:
            return self._keep_heard()
        if self._arrived and not self._send_first():
            self._read_in_a_row += 1
            return self._read_announced()
        if self._callers.waiting(self._clock.monotonic()):
            return self._callers.record(self.context)
        if due("card", card_watch.EVERY):
            return self._check_card()
        if due("sweep", POLL if self.context.polling else SWEEP):
            return self._sweep()
        if direct.may_be_cut_off(self.context, self._card.age) and due("renew", direct.RENEW):
            return self._renew()
        if due("look", LOOK[self._machine.state]):
            return self._look()
        if due("time", self._time.every):
            return self._ask_time()
        if self.requests and not (self._machine.state is ModemState.READY and self._urgent()):
            return self.requests.popleft()(self.context)
        if self.backlog:
            if self._machine.state is ModemState.READY:
                return self._send()
            why = self._machine.why or "The modem has lost the network."
            self.backlog.give_back(self._ledger, why)
        return self._measure() if due("supply", SUPPLY) else None

    def _show_way(self) -> None:
        self._show(reports=news.WORDS.get(news.ReportRoute(self.context.way), ""))

    def _urgent(self) -> bool:
        """Whether something is to go out that is not to wait for USSD."""
        return self._ledger.urgent(self.context.connection_id, self.backlog.free_slots == 0)

    def _send_first(self) -> bool:
        """However much comes in, what goes out has its turn: an alarm must not wait for a flood."""
        ready = self._machine.state is ModemState.READY and bool(self.backlog)
        return ready and self._read_in_a_row >= READ_IN_A_ROW

    # jobs, each telling the machine what came out -------------------------------------------

    def _set_up(self) -> Job[None]:
        found = yield from setup.set_up(self.context)
        if not found.answered:
            raise Unanswered(found.why)
        self._entrance.identified(found.identity)
        self._recovery.answered(found.profile)
        self.context.profile, self.context.model = found.profile, found.identity.model
        # Without flow control, characters get lost while a module turns to reading the PDU.
        if is_uart(self.port):
            self.context.guard = found.profile.guard_time
            yield from uart.fix_speed(self._entrance.door.baud)
        self._show(identity=found.identity)
        self._ledger.seen(self.port, found.identity, self._entrance.usb_path)
        yield from self._open_sim()

    def _try_again(self) -> Job[None]:
        self._machine.on(ModemEvent.RETRY, self._machine.why)
        yield from self._set_up()

    def _open_sim(self) -> Job[None]:
        state = yield from sim.open_sim(self.context)
        self._without_sim = self._without_sim + 1 if state.event is ModemEvent.NO_SIM else 0
        if state.event is not None:
            self._machine.on(state.event, state.why)
            if state.event is ModemEvent.SIM_LOCK:
                known = self._ledger.behind(state.sim, self.port)
                self._show(sim=state.sim, wants=state.wants, connection_id=known)
            if self._without_sim and self._without_sim % WAKE_SIM == 0:
                yield from radio.cycle()  # some notice a SIM that was put in only then
            return
        yield from self._enter_service(state.sim)

    def _enter_service(self, card: Sim) -> Job[None]:
        self._entrance.sim_in(card)
        prepared = yield from setup.prepare_sms(self.context)
        if prepared.why:
            self._recovery.cannot(prepared.why)
            self._machine.on(ModemEvent.CANNOT_SMS, prepared.why)
            self.timers.set("cannot", self._clock.monotonic() + CANNOT_RETRY)
            return
        self.context.connection_id = self._ledger.sim_in(card)
        if self._served != self.context.connection_id:  # not over a SIM that nobody chose
            self.backlog.give_back(self._ledger, "Its SIM was changed.")
        self._served = self.context.connection_id
        self._card.came(card)
        centre.find(self.context, prepared.smsc)
        self._show_way()
        self._show(
            sim=card,
            connection_id=self.context.connection_id,
            smsc=prepared.smsc,
            wants="",
        )
        self.timers.now("sweep")
        yield from self._look()

    def _ping(self) -> Job[None]:
        if (yield from radio.ping()) and not self.context.echoes:
            self.restarted = "It restarted without a word: it repeats what it is asked again."

    def _look(self) -> Job[None]:
        seen = yield from radio.look_around(self.context)
        self._show(operator=seen.operator, signal_dbm=seen.signal_dbm, roaming=seen.roaming)
        registered, now = seen.event is ModemEvent.REGISTER, self._clock.monotonic()
        if not registered and (yield from self._sim_failed()):
            return
        why = self._searching.explanation(seen.event, seen.why, self.context.model, now)
        if registered:
            self._recovery.in_service()
        self._machine.on(seen.event, why)
        self.health.looked(registered, seen.signal_dbm)
        if registered:
            self._patience.registered()
        elif self._patience.lost(now):
            log.warning("%s finds no network: its radio is switched off and on", self.port)
            yield from radio.cycle()
            yield from self._open_sim()

    def _sim_failed(self) -> Job[bool]:
        """Whether the SIM is the reason that there is no network."""
        status = yield from sim.says()
        if status == "NOT INSERTED":
            self._machine.on(ModemEvent.NO_SIM, sim.MISSING)
        elif status in sim.SHUT:  # it was open before
            self.restarted = card.RESTARTED
        return status == "NOT INSERTED" or status in sim.SHUT

    def _check_card(self) -> Job[None]:
        yield from self._is_same_card()

    def _is_same_card(self) -> Job[bool]:
        """False: it is dealt with, and nothing may go out through what is there now."""
        if (yield from self._card.still_in(self.context)):
            return True
        if (yield from sim.says()) in sim.SHUT:
            self.restarted = card.RESTARTED
            return False
        log.warning("%s: %s", self.port, card.CHANGED)
        self.backlog.give_back(self._ledger, card.CHANGED)
        self._show(connection_id=None)
        yield from self._open_sim()
        return False

    def _ask_time(self) -> Job[None]:
        if (yield from self._time.ask(self.context)):
            self._show(network_time=self._time.told)

    def _measure(self) -> Job[None]:
        yield from health.measure(self.context, self.health, self._clock.monotonic())
        self._show()

    def _sweep(self) -> Job[None]:
        self._arrived.clear()  # the sweep reads those too
        kept = yield from setup.still_set(self.context)
        if not kept and not (yield from direct.renew(self.context)):
            self.restarted = "The modem has lost its settings: it restarted without a word."
            return
        centre.find_again(self.context)
        yield from receive.sweep(self.context)
        self._mind_mode()
        self.health.storage = self.context.storage
        self._show()

    def _renew(self) -> Job[None]:
        yield from direct.renew(self.context)

    def _keep_heard(self) -> Job[None]:
        yield from direct.keep_heard(self.context)
        self._show_way()

    def _read_announced(self) -> Job[None]:
        yield from receive.read_announced(self.context, self._arrived.popleft())
        self._mind_mode()
        if news.in_vain(self.context):
            log.warning("%s announces delivery reports that can be read nowhere", self.port)
            yield from news.choose(self.context)
            self._show_way()

    def _mind_mode(self) -> None:
        """One that answers in text mode and takes PDU mode again has lost all its settings."""
        if self.context.mode_lost and not self.context.text_only:
            self.restarted = "It restarted without a word: it was in text mode."

    def _send(self) -> Job[None]:
        self._read_in_a_row = 0
        centre.find_again(self.context)
        if not (yield from self._is_card_sure()) or not self.backlog:
            return
        work = self.backlog.take()
        self._show(sending=True, backlog=len(self.backlog) + 1)
        started = self._clock.monotonic()
        outcome = send.SendOutcome()
        try:
            confirm = self.backlog.rested(started)
            more = len(self.backlog) > 0
            outcome = yield from send.send(self.context, work, confirm_mode=confirm, more=more)
        finally:
            self.backlog.finished(work, started, self._clock.monotonic(), taken=outcome.taken)
            self._show(sending=False, backlog=len(self.backlog))
        for name in self.context.look_at:
            self.timers.now(name)
        self.context.look_at.clear()
        if self.backlog and (why := self._ledger.pausing()):
            self.backlog.give_back(self._ledger, why)
        if outcome.set_up_again:
            self.restarted = "It refused to send; it is set up again."
        if self.backlog.low:
            self._ledger.changed()

    def _is_card_sure(self) -> Job[bool]:
        """A SIM may be exchanged without a word: what is for one leaves through no other."""
        sure = self._card.is_sure and not self.backlog.chosen
        return sure or (yield from self._is_same_card())

    # what the modem says by itself ----------------------------------------------------------

    def on_news(self, event: News) -> None:
        match event:
            case Restarted(line=line):
                self.restarted = f"The modem restarted ({line})."
                self.health.hear(Urc(line, line), self._clock.monotonic())
            case LoginPrompt(line=line):
                self._entrance.console = True
                log.warning("%s: a login prompt answers here: %r", self.port, line)
            case Stray(line=line):
                log.debug("%s says %r", self.port, secrets.shape(line))
            case LateResponse():
                send.late(self.context, event)
            case Urc():
                self._on_urc(event)

    def _on_urc(self, urc: Urc) -> None:
        if self.health.hear(urc, self._clock.monotonic()):
            log.warning("%s says %s", self.port, urc.line)
            self._show()
        if self._time.hear(urc.line):
            self._show(network_time=self._time.told)
        self._callers.hear(urc, self._clock.monotonic())
        told_of = receive.understand(urc)
        if receive.in_text_mode(urc):
            self.timers.now("sweep")  # which looks first whether the settings are kept
        if isinstance(told_of, ReadPdu):
            self.context.heard.append((self.context.connection_id, told_of))
        elif told_of is None and urc.name == "+CDS":
            self.requests.appendleft(direct.refuse_damaged)
        elif told_of is not None:
            self.context.reports_announced += told_of.of_report
            self._arrived.append(told_of)
        elif ussd.still_open(self.context, urc):
            self.requests.append(ussd.cancel)
        elif sim.taken_out(urc):
            self._card.went = True
        elif card.is_news(urc):
            self.timers.now("card")
            if self._machine.state is ModemState.SIM_MISSING:  # put in, perhaps
                self.timers.now("sim")
        elif radio.is_registration(urc):
            self.timers.now("look")
