"""Composition root: the only place that builds the objects and starts and stops the threads.

Start: store, events, modems, dispatch, housekeeping, supervisor, control; running.py then serves
the page in the main thread. Stop: the reverse.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.clock import Clock
from gateway.config import Config, Power
from gateway.events import Event, Events, MessagesReceived, ModemChanged, SchedulesChanged
from gateway.modem.fleet import Fleet
from gateway.modem.port_watch import PortSearch, PortWatch
from gateway.modem.recovery import RecoveryMeans
from gateway.modem.roster import Roster
from gateway.modem.worker import WorkerConfig
from gateway.process.app_error import AppError
from gateway.process.box import Box
from gateway.process.control.control import Control
from gateway.process.notify import Systemd
from gateway.process.supervisor import Supervisor, standing_still
from gateway.process.vitals import Vitals
from gateway.services.accounts.accounts import Accounts
from gateway.services.activities import destinations
from gateway.services.activities.matching import ActivityMatcher
from gateway.services.activities.runner import ActivityRunner
from gateway.services.activities.stop_words import StopWords
from gateway.services.box.preferences import Preferences
from gateway.services.clock.box_clock import BoxClock
from gateway.services.clock.timekeeper import Timekeeper
from gateway.services.connections.options import ConnectionOptions
from gateway.services.connections.status import StatusReader
from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.health.health_watch import HealthSources, HealthWatch
from gateway.services.health.notices import Notices
from gateway.services.jobs.long_work import LongWork, WorkKind
from gateway.services.jobs.loop import Loop
from gateway.services.keeping.housekeeping import Housekeeping
from gateway.services.keeping.keeping import Keeping, in_a_thread
from gateway.services.light.button import ButtonPresses
from gateway.services.light.display import LightDisplay
from gateway.services.messages.accept import Messages
from gateway.services.messages.bulk import KIND as MESSAGES
from gateway.services.messages.bulk import BulkActions
from gateway.services.messages.export_files import KIND as FILES
from gateway.services.people.imports import KIND as IMPORT
from gateway.services.schedules.scheduler import Scheduler
from gateway.services.sending.dispatch import Dispatcher
from gateway.services.sending.holds import SendingHolds
from gateway.services.sending.ledger import RadioLedger
from gateway.services.sending.routing_facts import stored_connections
from gateway.store import opening
from gateway.store.file import data_folder, database, reserve
from gateway.store.messages import outbox
from gateway.terminal.desk import Desk
from hw import patterns, power
from hw.boards import BOARDS
from hw.button import Button
from hw.lamps import button_of, open_lamp
from hw.leds import Leds
from hw.ports import PortFinding

if TYPE_CHECKING:
    from gateway.simnet import Network

START_WITHIN = 15 * 60.0  # seconds: the unit's TimeoutStartSec
log = logging.getLogger(__name__)


class Service:
    """Owns everything that runs. `start` and `stop` are called in the main thread."""

    def __init__(
        self,
        config: Config,
        *,
        simulate: int = 0,
        air_time: float = 2.0,
        trial: bool = False,
        systemd: Systemd | None = None,
        page_answers: Callable[[], bool] = lambda: True,
    ) -> None:
        """`trial`: build everything and serve the page, but touch no modem and start no work."""
        self.config = config
        self._trial = trial
        self._systemd = systemd
        self._page_answers = page_answers
        self._simulate = simulate
        self._air_time = air_time
        self._stack = ExitStack()
        self._clock = BoxClock()
        self._stopping = threading.Event()
        self._roster = Roster(self._clock, stored_connections)
        self.restarts = False
        self._loops: tuple[Loop, ...] = ()
        self._lights: Leds | None = None
        self.events = Events()

    def start(self) -> Box:
        """Open the store, start every thread. Raises AppError, StoreError. Undone by `stop`."""
        leds, why_dark = self._leds()
        opening.open_store(self.config.data)
        self._stack.enter_context(_alone(self.config.data))
        self._stack.callback(opening.close_store)
        timekeeping = Timekeeper(self._clock, self.events, self._roster.network_times)
        with database.connected():
            timekeeping.begin()
            self._after_the_last_time()
        self.events.start()
        self._stack.callback(self.events.stop)
        network = self._start_simulation()
        roster, means = self._roster, _means(self.config.power, self._roster.works)
        fleet = Fleet(roster, self._clock, database.connected, self._ledger, means)
        self._holds = SendingHolds(self._clock)
        preferences = Preferences(self.events, self.config.country)
        self._country = country = preferences.country
        self._dispatch = Dispatcher(roster, self._clock, self.events, self._holds, country)
        keeping = Keeping(self._clock, self.config.data, self._restart, in_a_thread)
        keeping.hold = timekeeping.hold
        reserve.watch(keeping.reserve)
        self._stack.callback(reserve.unwatch)
        self._obey = StopWords(self._clock, preferences.country).obey
        deciding = ActivityMatcher(self._clock, preferences, timekeeping.hold)
        self._decide = deciding.decide
        destinations.this_machine = self.config.webhooks_to_this_machine
        acting = ActivityRunner(self._clock, self.events, preferences, deciding.settle)
        self._poke_activities = acting.poke
        self.events.subscribe(self._pass_on)
        housekeeping = Housekeeping(
            self._clock,
            self.events,
            (keeping.round, lambda: notices.round(health.issues)),
            self._heard,
        )
        watch = self._watch(fleet)
        alive: dict[str, Callable[[], bool]] = {
            "events": lambda: self.events.alive,
            "dispatch": lambda: self._dispatch.alive,
            "credit": lambda: credit.alive,
            "ports": lambda: watch.alive,
            "control": lambda: control.alive,
        }
        vitals = Vitals()
        supervisor = Supervisor(
            vitals,
            fleet.revive,
            alive,
            lambda: roster.hung() | self._standing_still(watch),
            power.supply,
            self._systemd,
            self._page_answers,
        )
        no_light = [PortFinding("light", "", why_dark, serious=False)] if why_dark else []
        box = make_box(
            self.config,
            self._clock,
            self.events,
            roster,
            network,
            lambda: (*watch.findings, *vitals.findings, *no_light, *_light_troubles(leds)),
            self._holds,
        )
        box.ussd = ussd = UssdDialogues(roster, self._clock, self.events)
        credit = CreditChecks(
            ussd, self._clock, self.events, self._hold, self._dispatch.poke, self._holds.let_go
        )
        box.credit = credit
        work = self._long_work(box)
        box.keeping = keeping
        box.timekeeping, box.hold = timekeeping, timekeeping.hold
        scheduler = Scheduler(box.scheduling, self._clock, self.events)
        sources = HealthSources(
            self.config,
            box.status,
            keeping,
            vitals.troubled,
            timekeeping.hold,
        )
        notices = Notices(self._clock, box.messaging, box.preferences)
        box.health = health = HealthWatch(self._clock, self.events, sources)
        box.poke_activities = acting.poke
        control = Control(self.config.data, box)
        if self._trial:
            return box
        box.lighting = LightDisplay(
            self._clock, box.status, box.accounts, self.events, leds, lambda: health.issues
        )
        if no_button := self._watch_button(box, leds):
            no_light.append(PortFinding("button", "", no_button, serious=False))
        self._stack.callback(fleet.stop)
        for port in self._ports(network):
            fleet.add(port)
        self._loops = (timekeeping, scheduler, acting, housekeeping, work, health)
        if self.config.led_board != "none":
            self._loops += (box.lighting,)
            alive["leds"] = lambda: leds.alive
        alive |= {loop.name: partial(getattr, loop, "alive") for loop in self._loops}
        for part in (*self._loops, credit, self._dispatch, watch, supervisor, control):
            part.start()
            self._stack.callback(part.stop)
        return box

    def _standing_still(self, watch: PortWatch) -> dict[str, float]:
        beats = {loop.name: loop.beat for loop in self._loops}
        beats |= {"dispatch": self._dispatch.beat, "ports": watch.beat}
        if self._lights and self._lights.alive:
            beats["leds"] = self._lights.beat
        return standing_still(self._clock.monotonic(), beats)

    def _long_work(self, box: Box) -> LongWork:
        """Goes on with what was cut short when the box stopped."""
        messages = BulkActions(self._clock, self.events)
        kinds = {
            MESSAGES: WorkKind(messages.piece),
            FILES: WorkKind(box.files.piece, changes=False),
            IMPORT: WorkKind(box.importing.piece, changes=False),
        }
        box.work = LongWork(self._clock, self.events, kinds)
        return box.work

    def _watch_button(self, box: Box, leds: Leds) -> str:
        """Why there is no button although one is wanted; "" when all is as it should be."""
        pin = self.config.button or button_of(self.config.led_board)
        if pin is None or box.lighting is None:
            return ""
        try:
            acts = ButtonPresses(box.accounts, box.lighting, leds, power.shut_down)
            button = Button(pin, acts.pressed)
        except Exception as e:  # gpiozero raises a family of its own, lgpio another
            log.warning("no button on pin %d: %s", pin, e)
            return f"The button cannot be used: {e or type(e).__name__}."
        button.start()
        self._stack.callback(button.stop)
        return ""

    def _leds(self) -> tuple[Leds, str]:
        """First of all, since a dark lamp says that nothing runs: migrating may take minutes."""
        lamp, why_dark = open_lamp("none" if self._trial else self.config.led_board)
        leds = Leds(lamp)
        if self.config.led_board != "none" and not self._trial:
            leds.show(patterns.STARTING, good_for=START_WITHIN)
            leds.start()
            self._stack.callback(leds.stop)
            self._lights = leds
        return leds, why_dark

    def _restart(self) -> None:
        """From any thread: the main thread stops everything, and `run` says what for."""
        self.restarts = True
        os.kill(os.getpid(), signal.SIGTERM)

    def ask_to_stop(self) -> None:
        """The modems begin to finish what is under way; `stop` follows. Returns at once."""
        self._stopping.set()
        self._roster.ask_to_stop()

    def stop(self) -> None:
        self.ask_to_stop()
        self._stack.close()

    def _after_the_last_time(self) -> None:
        """Whatever was under way when the power went is settled before anything new starts."""
        found = outbox.recover(self._clock.now())
        if found.released or found.uncertain:
            log.warning(
                "after the last stop: %d dispatches go out again, %d may have been sent",
                found.released,
                found.uncertain,
            )

    def _hold(self, connection_id: int, words: str) -> None:
        self._holds.hold(connection_id, "credit", words)

    def _ledger(self, port: str) -> RadioLedger:
        pins = {m.port: m.pin for m in self.config.modems if m.pin}
        return RadioLedger(
            port,
            self._clock,
            self.events,
            self._dispatch.poke,
            pins,
            self._stopping,
            self._holds,
            self._dispatch.elsewhere,
            self._heard,
            self._country,
            self._roster.claims,
        )

    def _heard(self, message_ids: Sequence[int]) -> None:
        """What new messages ask of the box itself. STOP first: it decides who may be answered."""
        self._obey(message_ids)
        self._decide(message_ids)

    def _pass_on(self, event: Event) -> None:
        # What waits for the right time is decided as soon as the clock is trusted.
        if isinstance(event, MessagesReceived | SchedulesChanged):
            self._poke_activities()

    def _watch(self, fleet: Fleet) -> PortWatch:
        """Real modems stay out of a simulation."""
        wanted = self.config.ports
        search = PortSearch(
            usb=wanted.usb and not self._simulate,
            uart=wanted.uart and not self._simulate,
            ignore=wanted.ignore,
            listed=tuple(m.port for m in self.config.modems),
        )
        return PortWatch(
            fleet, self._clock, search, changed=lambda: self.events.publish(ModemChanged(""))
        )

    def _start_simulation(self) -> Network | None:
        if not self._simulate:
            return None
        from gateway.simnet import Network  # only a simulation pays for it

        network = Network(air_time=self._air_time)
        self._stack.callback(network.stop)
        for _ in range(self._simulate):
            network.add_modem()
        network.start()
        return network

    def _ports(self, network: Network | None) -> list[WorkerConfig]:
        listed = [WorkerConfig(m.port, m.baud) for m in self.config.modems]
        simulated = [WorkerConfig(m.port) for m in network.modems] if network else []
        return listed + simulated


def make_box(
    config: Config,
    clock: Clock,
    events: Events,
    roster: Roster,
    phone: Network | None,
    findings: Callable[[], tuple[PortFinding, ...]],
    holds: SendingHolds,
) -> Box:
    return Box(
        config=config,
        clock=clock,
        events=events,
        messaging=Messages(clock, events, Preferences(events, config.country).country),
        status=StatusReader(roster.telemetry, lambda: events.revision, findings, holds),
        options=ConnectionOptions(clock, events, holds, roster.look_at_sims),
        accounts=Accounts(clock),
        desk=Desk(roster.worker_at),
        phone=phone,
    )


def _light_troubles(leds: Leds) -> list[PortFinding]:
    return [PortFinding("light", "", leds.trouble, serious=False)] if leds.trouble else []


def _means(config: Power, others_work: Callable[[], bool]) -> RecoveryMeans:
    return RecoveryMeans(
        board=BOARDS.get(config.board),
        board_port=config.port,
        uhubctl="uhubctl" if config.uhubctl else "",
        restart_host=power.reboot if config.reboot else None,
        others_work=others_work,
    )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two services on one data folder would both send the same messages."""
    with (folder / data_folder.SERVICE_LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            raise AppError(f"Another Pigeonbox is already running on {folder}.") from e
        yield
