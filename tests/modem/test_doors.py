"""Which door is tried, what a knock hears, and whose modem it is."""

from __future__ import annotations

import os
import select
import termios
import threading
import tty

import pytest

from gateway.at import Response, Result
from gateway.clock import SystemClock
from gateway.modem import doors as module
from gateway.modem.claims import Claims, PortClaim
from gateway.modem.doors import BAUDS, Door, Doors, listed_port, uart
from gateway.modem.jobs.uart import fix_speed
from gateway.modem.knock import KnockResult, knock
from hw.serialport import SerialPort


class Talker:
    """Owns a pty on which every AT is answered with `says`, if the speed is `baud`."""

    def __init__(self, says: bytes, baud: int | None = None) -> None:
        self.heard = b""
        self._says = says
        self._speed = getattr(termios, f"B{baud}") if baud else None
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._wake, self._end = os.pipe()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._wake], [], [])
            if self._wake in ready:
                return
            data = os.read(self._master, 4096)
            self.heard += data
            fits = self._speed is None or termios.tcgetattr(self._master)[4] == self._speed
            for _ in range(data.count(b"AT\r")):
                os.write(self._master, self._says if fits else b"\xfe\x80\x1c")

    def close(self) -> None:
        os.write(self._end, b"!")
        self._thread.join()
        for fd in (self._master, self._slave, self._wake, self._end):
            os.close(fd)


@pytest.fixture
def talk():
    made = []

    def make(says, baud=None):
        made.append(Talker(says, baud))
        return made[-1]

    yield make
    for talker in made:
        talker.close()


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("gateway.modem.knock.PATIENCE", 0.6)
    monkeypatch.setattr("gateway.modem.knock.AGAIN", 0.1)


def heard(path, baud=115200):
    port = SerialPort(path, baud)
    try:
        return knock(port, SystemClock(), lambda: False)
    finally:
        port.close()


@pytest.mark.parametrize(
    ("says", "is_"),
    [
        (b"\r\nOK\r\n", KnockResult.MODEM),
        (b"AT\r\r\nOK\r\n", KnockResult.MODEM),  # with echo
        (b"0\r", KnockResult.MODEM),  # ATV0
        (b"\nERROR\n", KnockResult.MODEM),  # the first one after power-on, often
        (b"\r\n+CMS ERROR: 500\r\n", KnockResult.MODEM),
        (b"\r\nraspberrypi login: ", KnockResult.CONSOLE),
        (b"\r\nPassword: ", KnockResult.CONSOLE),
        (b"$GPGGA,123519,4807.038,N\r\n", KnockResult.JUNK),
        (b"\r\nOKAY, who is there?\r\n", KnockResult.JUNK),
        (b"AT\r", KnockResult.JUNK),  # nothing but an echo
    ],
)
def test_a_knock_tells_a_modem_from_other_things(talk, quick, says, is_):
    assert heard(talk(says).path) is is_


def test_a_knock_on_a_dead_port_hears_nothing(talk, quick):
    assert heard(talk(b"").path) is KnockResult.NOTHING


def test_a_knock_changes_nothing_in_a_modem(talk, quick):
    talker = talk(b"\xfe\x80")
    heard(talker.path)
    assert set(talker.heard.replace(b"\x1b", b"").split(b"\r")) <= {b"AT", b""}
    assert talker.heard.count(b"AT\r") >= 3, "a module that finds out the speed needs several"


def test_5_a_module_is_found_at_the_speed_it_has(talk, quick):
    talker = talk(b"\r\nOK\r\n", baud=57600)
    found = {baud: heard(talker.path, baud) for baud in BAUDS}
    assert [baud for baud, what in found.items() if what is KnockResult.MODEM] == [57600]


def test_the_uart_is_tried_at_every_speed_on_every_port():
    both = uart(["/dev/serial0", "/dev/ttyAMA0"])
    tried = [both.take()]
    while both.next():
        tried.append(both.take())
    assert [d.baud for d in tried] == [115200, 9600, 57600, 19200, 38400, 460800] * 2
    assert [d.path for d in tried] == ["/dev/serial0"] * 6 + ["/dev/ttyAMA0"] * 6
    assert both.take() == tried[0]


def test_a_listed_port_is_one_door_unless_it_is_a_uart(monkeypatch):
    doors = listed_port("/dev/ttyUSB0", 9600)
    doors.opened()
    assert not doors.unsure
    assert not doors.next()
    assert doors.take() == Door("/dev/ttyUSB0", 9600)
    monkeypatch.setattr(module, "is_uart", lambda path: True)
    doors = listed_port("/dev/serial0", 19200)
    doors.opened()
    assert doors.unsure
    assert doors.take().baud == 19200
    assert doors.next()
    assert doors.take().baud == 115200


STICK = [Door(f"/dev/ttyUSB{n}", interface=n) for n in (2, 3, 4)]


def test_before_a_worse_port_is_taken_the_better_ones_are_asked_again():
    doors = Doors(STICK)
    assert doors.next()
    assert not doors.answered()  # it was only the first that had come alive
    assert doors.take() == STICK[0]
    assert doors.answered()
    assert not doors.unsure


def test_a_worse_port_is_taken_when_the_better_ones_stay_silent():
    doors = Doors(STICK)
    assert doors.next()
    assert not doors.answered()
    assert doors.next()
    assert doors.answered()
    assert doors.take() == STICK[1]


def test_a_stick_that_comes_back_is_first_asked_at_the_port_that_answered():
    doors = Doors(STICK)
    doors.next()
    doors.answered()
    doors.next()
    assert doors.answered()
    doors.replace([])
    assert doors.take() is None
    doors.replace([Door(f"/dev/ttyUSB{n + 5}", interface=n) for n in (2, 3, 4)])
    assert doors.moved
    assert doors.take().path == "/dev/ttyUSB8"
    assert not doors.moved
    assert doors.unsure


def test_what_answered_nowhere_in_the_end_is_looked_for_at_all_doors():
    doors = Doors(STICK)
    assert doors.answered()
    assert not doors.unsure
    doors.doubt()
    assert doors.unsure


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (PortClaim("a", "1", "1-1"), PortClaim("b", "1", "1-1"), True),  # two ports of one stick
        (PortClaim("a", "1", "1-1"), PortClaim("b", "1", "1-2"), False),  # two sticks of one IMEI
        (
            PortClaim("a", "1", "1-1", "89"),
            PortClaim("b", "1", "", "89"),
            True,
        ),  # HAT, on USB and UART
        (PortClaim("a", "1", "", "89"), PortClaim("b", "1", "", "88"), False),
        (
            PortClaim("a", "1", "", "89"),
            PortClaim("b", "2", "", "89"),
            False,
        ),  # a SIM that has moved
        (PortClaim("a", "", "1-1"), PortClaim("b", "", "1-1"), False),  # neither says who it is
        (PortClaim("a", "", "", ""), PortClaim("b", "", "", ""), False),
    ],
)
def test_76_who_is_the_same_modem(first, second, same):
    claims = Claims()
    assert claims.make("one", first) == ""
    assert claims.make("two", second) == ("a" if same else "")


def test_a_claim_ends_with_its_port_and_may_be_made_more_exact():
    claims = Claims()
    assert claims.make("one", PortClaim("a", "1", "1-1")) == ""
    assert claims.make("one", PortClaim("a", "1", "1-1", "89")) == ""
    assert claims.served("a")
    assert claims.make("two", PortClaim("b", "1", "", "89")) == "a"
    claims.release("one")
    assert not claims.served("a")
    assert claims.make("two", PortClaim("b", "1", "", "89")) == ""


@pytest.mark.parametrize(
    ("line", "sent"),
    [("+IPR: 0", ["AT+IPR?", "AT+IPR=9600"]), ("+IPR: 115200", ["AT+IPR?"]), ("", ["AT+IPR?"])],
)
def test_only_a_speed_that_is_found_out_each_time_is_fixed_and_nothing_is_stored(line, sent):
    job = fix_speed(9600)
    asked = []
    request = next(job)
    try:
        while True:
            asked.append(request.text)
            lines = (line,) if request.text.endswith("?") and line else ()
            request = job.send(Response(request, lines, Result("OK", None, "OK")))
    except StopIteration:
        pass
    assert asked == sent
