"""Taking the steps: what is done to the port, to the machine, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from gateway.at import profile_for
from gateway.modem.ladder import LADDER, LadderWait, Rung, RungAction
from gateway.modem.recovery import MISSING, RESTART, UPTIME, ModemRecovery, RecoveryMeans
from hw.boards import BOARDS

RUNGS = {rung.name: rung for rung in LADDER}


class FakeClock:
    """Seconds pass only when somebody sleeps."""

    def __init__(self, uptime: float = 1000.0) -> None:
        self.seconds = uptime

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> int:
        return 1_700_000_000_000 + int(self.seconds * 1000)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FakePort:
    """Notes what was written; answers OK at one speed, or never."""

    def __init__(self, speed: int = 0) -> None:
        self.written: list[str] = []
        self.closed = False
        self._answers_at, self._baud = speed, 115200

    def write(self, data: bytes) -> None:
        self.written.append(data.decode())

    def read(self) -> bytes:
        return b"\r\nOK\r\n" if self._baud == self._answers_at else b""

    def set_baud(self, baud: int) -> None:
        self._baud = baud

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def pins(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.reset()


def recovery(clock, means=None, port="/dev/ttyUSB9", known=True):
    made = ModemRecovery(port, means or RecoveryMeans(), clock, clock.sleep)
    if known:
        made.port_opened(port)
        made.answered(profile_for("huawei", "E3531"))
    return made


def climb(made, clock, seconds, port=None):
    """The names of the steps taken within so many seconds of silence."""
    ends, names = clock.seconds + seconds, []
    while clock.seconds < ends:
        step = made.silence("The modem does not answer.")
        if isinstance(step, Rung):
            names.append(step.name)
            made.take(step, port or FakePort(), lambda: None)
        clock.sleep(5.0)
    return names


def test_a_plain_stick_is_asked_reopened_cycled_and_restarted(clock):
    port = FakePort()
    assert climb(recovery(clock), clock, 600.0, port) == ["ask", "reopen", "radio", "restart"]
    assert port.written == [
        "\x1b\r",
        "AT+CFUN=0\r",
        "AT+CFUN=1\r",
        "AT^RESET\r",  # its profile's own command first
        "AT+CFUN=1,1\r",
    ]


def test_what_was_never_known_as_a_modem_is_only_asked_again(clock):
    made = recovery(clock, known=False)
    port = FakePort()
    assert climb(made, clock, 3600.0, port) == []
    assert port.written == []
    assert made.shown()["attention"]


def test_steps_are_counted_and_shown(clock):
    made = recovery(clock)
    climb(made, clock, 60.0)
    shown = made.shown()
    assert shown["recoveries"] == 4
    assert shown["last_step"] == "restarting it by command"
    assert shown["last_step_at"] > 1_700_000_000_000
    assert not shown["attention"]


def test_at_the_top_it_needs_attention_and_says_what_to_do(clock):
    made = recovery(clock)
    climb(made, clock, 300.0)
    shown = made.shown()
    assert shown["attention"]
    assert shown["climbs"] == 1
    assert "restarting it by command" in shown["trouble"]
    assert "Take the modem out" in shown["trouble"]


def test_an_answer_ends_the_trouble_and_keeps_the_counts(clock):
    made = recovery(clock)
    climb(made, clock, 300.0)
    made.answered(profile_for("huawei", "E3531"))
    shown = made.shown()
    assert (shown["trouble"], shown["attention"], shown["recoveries"]) == ("", False, 4)


def test_a_step_that_cannot_be_taken_is_no_obstacle(clock, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("hw.power.usb_device", lambda port, sysfs: "1-1.2")
    made = recovery(clock, RecoveryMeans(sysfs=tmp_path))
    names = climb(made, clock, 600.0)
    assert names == ["ask", "reopen", "radio", "restart", "usb"]
    assert "1-1.2 is not there" in caplog.text


def test_the_port_is_closed_before_the_stick_is_let_go(clock, tmp_path, monkeypatch):
    monkeypatch.setattr("hw.power.usb_device", lambda port, sysfs: "1-1.2")
    switch = tmp_path / "bus" / "usb" / "devices" / "1-1.2" / "authorized"
    switch.parent.mkdir(parents=True)
    switch.write_text("1")
    port = FakePort()
    made = recovery(clock, RecoveryMeans(sysfs=tmp_path))
    made.take(RUNGS["usb"], port, lambda: None)
    assert port.closed
    assert switch.read_text() == "1"


# the power key -----------------------------------------------------------------------------------

HAT = RecoveryMeans(board=BOARDS["waveshare-sim7600"], board_port="/dev/ttyUSB9")


@pytest.mark.parametrize("speed", [115200, 9600, 460800])
def test_the_key_of_a_module_that_answers_at_any_speed_is_not_pressed(clock, pins, speed, caplog):
    made = recovery(clock, HAT)
    made.take(RUNGS["key"], FakePort(speed), lambda: None)
    assert pins.pins == {}
    assert f"answers at {speed} bit/s" in caplog.text


def test_the_key_of_a_silent_module_is_pressed_and_its_boot_waited_for(clock, pins):
    made = recovery(clock, HAT)
    began = clock.seconds
    made.take(RUNGS["key"], FakePort(), lambda: None)
    down = [s for s in pins.pin(6).states if s.state]
    assert len(down) == 1
    assert clock.seconds - began >= HAT.board.press_on + HAT.board.boot


def test_a_board_module_that_was_off_from_the_start_is_switched_on(clock, pins):
    made = recovery(clock, HAT, known=False)
    names = climb(made, clock, 600.0)
    assert "key" in names
    assert names.index("key") < names.index("key again")


def test_a_modem_that_is_not_on_the_board_does_not_get_its_key_pressed(clock, pins):
    made = recovery(clock, RecoveryMeans(board=BOARDS["waveshare-sim7600"]), port="/dev/ttyUSB9")
    assert "key" not in climb(made, clock, 600.0)
    assert pins.pins == {}


@pytest.mark.parametrize("port", ["/dev/ttyAMA0", "/dev/ttyS0"])
def test_the_serial_port_of_the_header_is_the_boards(port):
    assert RecoveryMeans(board=BOARDS["waveshare-sim868"]).has_board(port)
    assert not RecoveryMeans(board=BOARDS["waveshare-sim868"]).has_board("/dev/ttyUSB0")
    assert not RecoveryMeans().has_board(port)


# sockets, and ports that stay away ---------------------------------------------------------------


def test_a_switchable_socket_is_cycled_after_all_else(clock, monkeypatch):
    cycled = []
    monkeypatch.setattr("hw.power.usb_device", lambda port, sysfs: "1-1.3.2")
    monkeypatch.setattr("hw.power.reauthorise", lambda *a: None)
    monkeypatch.setattr("hw.power.switchable", lambda *a: True)
    monkeypatch.setattr("hw.power.cycle_socket", lambda *a: cycled.append(a))
    names = climb(recovery(clock, RecoveryMeans(uhubctl="uhubctl")), clock, 600.0)
    assert names[-2:] == ["usb", "socket"]
    assert cycled == [("1-1.3.2", "uhubctl")]


def test_sockets_are_left_alone_unless_allowed(clock, monkeypatch):
    monkeypatch.setattr("hw.power.usb_device", lambda port, sysfs: "1-1.3.2")
    monkeypatch.setattr("hw.power.reauthorise", lambda *a: None)
    monkeypatch.setattr("hw.power.switchable", lambda *a: True)
    assert "socket" not in climb(recovery(clock), clock, 600.0)


def test_a_stick_that_somebody_pulled_out_is_left_alone(clock):
    made = recovery(clock, RecoveryMeans(uhubctl="uhubctl"))
    made.port_gone()
    clock.sleep(3600.0)
    assert made.missing() is None


def test_a_stick_that_did_not_come_back_from_a_restart_gets_its_socket_cycled(clock, monkeypatch):
    monkeypatch.setattr("hw.power.usb_device", lambda port, sysfs: "1-1.3.2")
    monkeypatch.setattr("hw.power.switchable", lambda *a: True)
    made = recovery(clock, RecoveryMeans(uhubctl="uhubctl"))
    while made.ladder.last is not RUNGS["restart"]:
        step = made.silence("The modem does not answer.")
        if isinstance(step, Rung):
            made.take(step, FakePort(), lambda: None)
        clock.sleep(5.0)
    made.port_gone()
    assert made.missing() is None  # it is given time first
    clock.sleep(max(MISSING, RUNGS["restart"].patience))
    step = made.missing()
    assert step is not None
    assert step.does is RungAction.SOCKET


@pytest.mark.parametrize(("away", "restarted"), [(RESTART - 1, True), (RESTART + 1, False)])
def test_a_stick_that_is_soon_back_has_restarted(clock, away, restarted):
    made = recovery(clock)
    made.port_gone()
    clock.sleep(away)
    assert made.port_opened("/dev/ttyUSB9") is restarted


def test_a_restart_by_the_ladder_is_not_held_against_the_modem(clock):
    made = recovery(clock)
    climb(made, clock, 30.0)
    made.port_gone()
    clock.sleep(20.0)
    assert not made.port_opened("/dev/ttyUSB9")


# the machine itself ------------------------------------------------------------------------------


def boxed(clock, others=False, **more):
    restarts = []
    means = RecoveryMeans(
        restart_host=lambda: restarts.append(clock.seconds), others_work=lambda: others, **more
    )
    return recovery(clock, means), restarts


def test_the_box_is_restarted_last_of_all_where_allowed():
    clock = FakeClock(uptime=UPTIME)
    made, restarts = boxed(clock)
    assert climb(made, clock, 300.0)[-1] == "host"
    assert len(restarts) == 1


def test_not_while_another_modem_works():
    clock = FakeClock(uptime=UPTIME)
    made, restarts = boxed(clock, others=True)
    climb(made, clock, 24 * 3600.0)
    assert restarts == []


def test_not_within_six_hours_of_its_last_start():
    clock = FakeClock(uptime=60.0)
    made, restarts = boxed(clock)
    climb(made, clock, UPTIME - 600.0)
    assert restarts == []
    climb(made, clock, 7200.0)
    assert len(restarts) == 1


def test_not_when_nobody_allowed_it():
    clock = FakeClock(uptime=UPTIME)
    assert "host" not in climb(recovery(clock), clock, 24 * 3600.0)


def test_while_it_waits_it_says_so(clock):
    made = recovery(clock)
    climb(made, clock, 30.0)
    assert made.silence("The modem does not answer.") is LadderWait.SETTLING
    assert made.shown()["trouble"] == "The modem does not answer."


def test_sysfs_of_the_machine_is_the_real_one():
    assert RecoveryMeans().sysfs == Path("/sys")
