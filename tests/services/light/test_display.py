"""The light follows the box: what the modems do, what waits, who has set it up."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.events import Events, MessagesReceived, ModemChanged
from gateway.modem.ledger import Telemetry
from gateway.services.accounts.accounts import Accounts
from gateway.services.connections.status import StatusReader
from gateway.services.light.display import LightDisplay
from gateway.services.messages.accept import Messages, WrittenMessage
from hw import patterns
from hw.patterns import Pattern
from tests.services.conftest import FakeClock


class Recorder:
    def __init__(self) -> None:
        self.shown: list[Pattern] = []

    def show(self, pattern: Pattern) -> None:
        self.shown.append(pattern)


class World:
    def __init__(self, clock: FakeClock) -> None:
        self.telemetry: list[Telemetry] = [Telemetry("/dev/one", state="ready", connection_id=1)]
        self.events = Events()
        self.accounts = Accounts(clock)
        self.lamp = Recorder()
        self.status = StatusReader(lambda: self.telemetry, lambda: 0)
        self.lighting = LightDisplay(clock, self.status, self.accounts, self.events, self.lamp)

    def look(self) -> Pattern:
        self.lighting.look()
        return self.lamp.shown[-1]


@pytest.fixture
def world(clock: FakeClock, store: Path) -> World:
    made = World(clock)
    made.accounts.set_password("admin", "correct horse")
    return made


def test_a_ready_box_is_well_and_one_that_nobody_owns_says_so(clock, store):
    world = World(clock)
    assert world.look() == patterns.NOT_SET_UP
    world.accounts.set_password("admin", "correct horse")
    assert world.look() == patterns.ALL_WELL


@pytest.mark.parametrize(
    ("state", "pattern"),
    [
        ("absent", patterns.NO_MODEM),
        ("sim_missing", patterns.SIM),
        ("denied", patterns.DENIED),
        ("searching", patterns.STARTING),
        ("failed", patterns.ATTENTION),
    ],
)
def test_it_follows_the_modem(world, state, pattern):
    world.telemetry[0] = Telemetry("/dev/one", state=state, why="it is so")
    assert world.look() == pattern


def test_messages_that_cannot_leave_are_seen_once_a_modem_should_be_there(world, clock):
    Messages(clock, world.events, lambda: "KE").send(WrittenMessage("0712345678", "hi"))
    world.telemetry[0] = Telemetry("/dev/one", state="searching")
    assert world.look() == patterns.STARTING
    assert world.lighting.scene(world.status.snapshot()).hindered


def test_a_thread_that_hangs_and_a_weak_signal_are_seen(world):
    world.telemetry[0] = Telemetry("/dev/one", state="ready", connection_id=1, signal_dbm=-95)
    assert world.look() == patterns.HINDERED
    world.telemetry[0] = Telemetry("/dev/one", state="ready", connection_id=1, stuck=120.0)
    assert world.look() == patterns.ATTENTION


def test_a_message_that_comes_in_flickers_for_a_moment(world, clock):
    world.lighting._heard(MessagesReceived((1,)))
    assert world.look() == patterns.WORKING
    clock.seconds += 2.1
    assert world.look() == patterns.ALL_WELL


def test_news_wake_it(world, store):
    world.lighting.start()
    world.events.start()
    try:
        world.telemetry[0] = Telemetry("/dev/one", state="denied", why="so")
        world.events.publish(ModemChanged("/dev/one"))
        while patterns.DENIED not in world.lamp.shown:
            assert world.lighting.alive
    finally:
        world.lighting.stop()
        world.events.stop()
