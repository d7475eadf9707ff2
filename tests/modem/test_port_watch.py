"""Plugging in and out, on a pretend USB bus with simulated modems behind its ports."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import replace

import pytest

from gateway.clock import SystemClock
from gateway.modem import port_watch as module
from gateway.modem.fleet import Fleet
from gateway.modem.port_watch import PortSearch, PortWatch
from gateway.modem.roster import Roster
from gateway.modem.worker import WorkerConfig
from gateway.simnet.textmode import Codec
from hw.simulator import GENERIC, SimulatedModem
from tests.modem.conftest import MemoryLedger, until
from tests.support.usb import DeadPort, FakeUsb

SIM7600 = "1e0e:9001"


class Hands:
    """A clock that stands still until it is moved; only the watch looks at it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> int:
        return int(self.seconds * 1000)


class World:
    """A fleet and the watch that feeds it; the test turns the watch by hand."""

    def __init__(self, folder, network):
        self.usb = FakeUsb(folder)
        self.network = network
        self.clock = Hands()
        self.told = threading.Event()
        clock = SystemClock()
        self.roster = Roster(clock, list)
        self.fleet = Fleet(self.roster, clock, contextlib.nullcontext, lambda port: MemoryLedger())
        self.search()

    def search(self, **wanted):
        self.watch = PortWatch(
            self.fleet,
            self.clock,
            PortSearch(**wanted),
            changed=self.told.set,
            sysfs=self.usb.sysfs,
            dev=self.usb.dev,
        )
        return self.watch

    def pass_time(self, seconds=3.0):
        """Look, let it settle, look again."""
        self.watch.look()
        self.clock.seconds += seconds
        return self.watch.look()

    def stick(self, socket, name, modem, *, id_=SIM7600, interface=2):
        self.usb.plug(socket, id_)
        return self.usb.port(socket, interface, name, modem.port)

    def modem(self, imei, card=None):
        """Beside those that the network makes: one whose IMEI is somebody else's too."""
        modem = SimulatedModem(card, self.network, imei=imei, text_codec=Codec())
        self.network.attach(modem)
        return modem.start()

    @property
    def states(self):
        return {t.port: t.state for t in self.roster.telemetry()}

    def why(self, port):
        return next(t.why for t in self.roster.telemetry() if t.port == port)


@pytest.fixture
def world(tmp_path, network):
    made = World(tmp_path, network)
    yield made
    made.fleet.stop()
    made.watch.stop()


@pytest.fixture
def dead():
    ports = [DeadPort() for _ in range(3)]
    yield ports
    for port in ports:
        port.close()


def open_files():
    found = set()
    for fd in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.add(os.readlink(f"/proc/self/fd/{fd}"))
    return found


def test_a_stick_is_found_at_the_port_that_speaks_at(world, network, dead):
    modem = network.add_modem()
    world.usb.plug("1-1", SIM7600)
    world.usb.port("1-1", 0, "ttyUSB0", dead[0].path)
    world.usb.port("1-1", 1, "ttyUSB1", dead[1].path)
    port = world.usb.port("1-1", 2, "ttyUSB2", modem.port)
    world.usb.port("1-1", 3, "ttyUSB3", dead[2].path)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    assert not any(port.was_used for port in dead)


def test_a_stick_whose_best_port_is_mute_is_found_at_the_next(world, network, dead, monkeypatch):
    monkeypatch.setattr("gateway.modem.knock.PATIENCE", 0.3)
    world.usb.plug("1-1", SIM7600)
    world.usb.port("1-1", 2, "ttyUSB2", dead[0].path)
    port = world.usb.port("1-1", 3, "ttyUSB3", network.add_modem().port)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    assert dead[0].was_used


def test_a_stick_is_not_touched_before_all_its_ports_have_come(world, network, dead):
    world.usb.plug("1-1", SIM7600)
    world.usb.port("1-1", 3, "ttyUSB0", dead[0].path)
    assert not world.watch.look()
    world.clock.seconds += 1.0
    port = world.usb.port("1-1", 2, "ttyUSB1", network.add_modem().port)
    assert not world.watch.look()
    world.clock.seconds += 1.0
    assert not world.watch.look()
    assert world.states == {}
    world.clock.seconds += 1.0
    assert world.watch.look()
    until(lambda: world.states == {port: "ready"})
    assert not dead[0].was_used


def test_17_18_pulled_out_it_is_let_go_and_put_back_it_is_found_under_its_new_name(world, network):
    modem = network.add_modem()
    port = world.stick("1-1", "ttyUSB2", modem)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    terminal = modem.port
    assert terminal in open_files()
    modem.stop()  # it holds no file any more, so what is still open is ours
    world.usb.unplug("1-1")
    world.pass_time()
    until(lambda: world.states == {port: "absent"} and "unplugged" in world.why(port))
    assert not any(terminal in path for path in open_files())

    modem.start()
    again = world.stick("1-1", "ttyUSB7", modem)
    world.pass_time()
    until(lambda: world.states == {again: "ready"})


def test_a_stick_put_back_between_two_looks_is_noticed(world, network):
    modem = network.add_modem()
    port = world.stick("1-1", "ttyUSB2", modem)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    modem.unplug()
    world.usb.unplug("1-1")
    modem.replug()
    again = world.stick("1-1", "ttyUSB3", modem)
    assert not world.watch.look(), "it has to settle anew"
    until(lambda: "unplugged" in world.why(port))  # and is not touched meanwhile
    world.clock.seconds += 2.0
    world.watch.look()
    until(lambda: world.states == {again: "ready"})


def test_a_stick_that_takes_its_time_to_start_is_waited_for_with_patience(
    world, network, monkeypatch
):
    monkeypatch.setattr("gateway.modem.knock.PATIENCE", 0.2)
    modem = network.add_modem(personality=replace(GENERIC, boot_time=3.0))
    port = world.stick("1-1", "ttyUSB2", modem)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    modem.unplug()
    world.usb.unplug("1-1")
    world.pass_time()
    modem.replug()
    again = world.stick("1-1", "ttyUSB3", modem)
    world.pass_time()
    until(lambda: world.states == {again: "ready"})
    (seen,) = world.roster.telemetry()
    assert seen.recoveries == 0, "it was reset while it was starting"


def test_a_stick_that_is_put_back_sends_again_within_15_seconds(world, network):
    """With the thread as it runs in the box, and in real time."""
    modem = network.add_modem()
    world.stick("1-1", "ttyUSB2", modem)
    world.clock = SystemClock()
    world.search().start()
    until(lambda: list(world.states.values()) == ["ready"])
    modem.unplug()
    world.usb.unplug("1-1")
    until(lambda: list(world.states.values()) == ["absent"])
    modem.replug()
    port = world.stick("1-1", "ttyUSB5", modem)
    began = time.monotonic()
    until(lambda: world.states == {port: "ready"})
    assert time.monotonic() - began < 15.0


def test_a_stick_moved_to_another_socket_is_not_missed_in_the_old_one(world, network):
    modem = network.add_modem()
    port = world.stick("1-1", "ttyUSB2", modem)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    modem.unplug()
    world.usb.unplug("1-1")
    modem.replug()
    moved = world.stick("1-4", "ttyUSB3", modem)
    world.pass_time()
    until(lambda: world.states.get(moved) == "ready")
    world.watch.look()
    assert world.states == {moved: "ready"}


def test_another_stick_in_the_same_socket_is_a_new_modem(world, network):
    first, second = network.add_modem(), network.add_modem()
    port = world.stick("1-1", "ttyUSB2", first)
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    first.unplug()
    world.usb.unplug("1-1")
    port = world.stick("1-1", "ttyUSB2", second, id_="2c7c:0125")
    world.pass_time()
    until(lambda: world.states == {port: "ready"})
    (seen,) = world.roster.telemetry()
    assert seen.sim.iccid == second.card.iccid


def test_76_two_sticks_of_one_model_are_both_served(world, network):
    ports = [world.stick(f"1-1.{n}", f"ttyUSB{n}", network.add_modem()) for n in (1, 2)]
    world.pass_time()
    until(lambda: world.states == dict.fromkeys(ports, "ready"))


def test_76_two_sticks_with_one_imei_are_both_served(world, network):
    first = network.add_modem()
    cards = [first.card, network.add_modem().card]
    second = world.modem(first.imei, cards[1])
    ports = [world.stick("1-1.1", "ttyUSB0", first), world.stick("1-1.2", "ttyUSB1", second)]
    world.pass_time()
    until(lambda: world.states == dict.fromkeys(ports, "ready"))


def test_76_two_sticks_with_one_imei_and_no_sim_are_both_shown(world):
    modems = [world.modem("350123456789012") for _ in range(2)]
    ports = [world.stick(f"1-1.{n}", f"ttyUSB{n}", m) for n, m in enumerate(modems)]
    world.pass_time()
    until(lambda: world.states == dict.fromkeys(ports, "sim_missing"))


def test_one_modem_listed_at_two_ports_is_served_once_and_taken_over_when_that_port_goes(
    world, network, monkeypatch
):
    monkeypatch.setattr("gateway.modem.worker.PORT_RETRY", 0.1)
    first = network.add_modem()
    second = world.modem(first.imei, first.card)  # its other port
    for modem in (first, second):
        world.fleet.add(WorkerConfig(modem.port))
    until(lambda: sorted(world.states.values()) == ["absent", "ready"])
    served, other = sorted(world.states, key=world.states.get, reverse=True)
    assert f"same modem as the one at {served}" in world.why(other)
    next(m for m in (first, second) if m.port == served).unplug()
    until(lambda: world.states == {served: "absent", other: "ready"})


def test_one_modem_that_is_found_at_two_places_is_shown_once(world, network):
    first = network.add_modem()
    second = world.modem(first.imei, first.card)
    for n, modem in enumerate((first, second)):
        world.stick(f"1-{n}", f"ttyUSB{n}", modem)
    world.pass_time()
    until(lambda: list(world.states.values()) == ["ready"])


def test_a_stick_of_which_a_port_is_listed_is_left_to_that(world, network, dead):
    world.usb.plug("1-1", SIM7600)
    world.usb.port("1-1", 2, "ttyUSB2", dead[0].path)
    listed = world.usb.port("1-1", 3, "ttyUSB3", network.add_modem().port)
    world.search(listed=(listed,))
    world.pass_time(60.0)
    assert world.states == {}
    assert world.watch.findings == ()


@pytest.mark.parametrize("what", ["1-1", "1E0E:9001", "port"])
def test_what_is_to_be_ignored_is_never_opened(world, dead, what):
    world.usb.plug("1-1", SIM7600)
    port = world.usb.port("1-1", 2, "ttyUSB2", dead[0].path)
    world.search(ignore=(port if what == "port" else what,))
    world.pass_time(60.0)
    assert world.states == {}
    assert not dead[0].was_used


def test_usb_can_be_left_alone_altogether(world, dead):
    world.usb.plug("1-1", SIM7600)
    world.usb.port("1-1", 2, "ttyUSB2", dead[0].path)
    world.search(usb=False)
    assert world.pass_time()
    assert world.states == {}


@pytest.mark.parametrize("id_", ["10c4:ea60", "1a86:7523", "0403:6001", "1546:01a8", "2341:0043"])
def test_what_is_no_modem_is_never_opened_unless_listed(world, network, dead, id_):
    world.usb.plug("1-1", id_)
    world.usb.port("1-1", 0, "ttyUSB0", dead[0].path)
    world.pass_time(60.0)
    assert world.states == {}
    assert not dead[0].was_used
    world.usb.plug("1-2", id_)
    listed = world.usb.port("1-2", 0, "ttyUSB1", network.add_modem().port)
    world.fleet.add(WorkerConfig(listed))
    until(lambda: world.states == {listed: "ready"})


def test_75_a_mode_without_ports_is_said_once_mode_switching_had_its_time(world):
    world.usb.plug("1-1", "12d1:14dc")
    world.pass_time(5.0)
    assert world.watch.findings == ()
    world.clock.seconds += 20.0
    world.watch.look()
    assert [f.key for f in world.watch.findings] == ["hilink"]
    assert world.told.is_set()
    world.usb.unplug("1-1")
    world.watch.look()
    assert world.watch.findings == ()


def test_a_port_that_belongs_to_no_modem_after_all_is_said(world, dead, monkeypatch):
    monkeypatch.setattr("gateway.modem.knock.PATIENCE", 0.2)
    monkeypatch.setattr("gateway.modem.entrance.BOOT", 0.5)
    world.usb.plug("1-1", SIM7600)
    port = world.usb.port("1-1", 2, "ttyUSB2", dead[0].path)
    world.pass_time()
    until(lambda: world.states == {port: "failed"})
    assert "answers like a modem" in world.why(port)


# the header of the board ------------------------------------------------------------------------


def test_the_uart_is_asked_only_where_it_is_switched_on(world, network, monkeypatch):
    modem = network.add_modem()
    (world.usb.dev / "ttyS0").symlink_to(modem.port)
    (world.usb.dev / "serial0").symlink_to("ttyS0")
    world.pass_time(60.0)
    assert world.states == {}
    world.search(uart=True)
    world.pass_time(60.0)
    until(lambda: world.states == {f"{world.usb.dev}/serial0": "ready"})


def test_21_a_uart_with_a_console_on_it_is_left_alone(world, dead, monkeypatch):
    (world.usb.dev / "ttyAMA0").symlink_to(dead[0].path)
    monkeypatch.setattr(module.holders, "keeper", lambda path: "a login prompt")
    world.search(uart=True)
    world.pass_time()
    (found,) = world.watch.findings
    assert "login prompt" in found.words
    assert "raspi-config" in found.words
    assert world.states == {}
    assert not dead[0].was_used


def test_74_modem_manager_is_named_when_there_is_a_modem_for_it(world, network, monkeypatch):
    monkeypatch.setattr(module.holders, "runs", lambda name: name == "ModemManager")
    world.pass_time()
    assert world.watch.findings == ()
    port = world.stick("1-1", "ttyUSB2", network.add_modem())
    world.pass_time(40.0)
    assert "systemctl" in world.watch.findings[0].words
    until(lambda: world.states == {port: "ready"})
