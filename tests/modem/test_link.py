"""When a modem that answers something still counts as silent."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import tty

import pytest

from gateway.at import Command, Engine, Prompt, commands
from gateway.clock import SystemClock
from gateway.modem.jobs.base import Payload, Unanswered, ask
from gateway.modem.link import TIME_OUTS, Link, Waker
from hw.serialport import SerialPort


class HalfDead:
    """Answers questions ("AT+CMGF?") and is silent to everything else but what `knows` names."""

    def __init__(self, knows: str = "") -> None:
        self.heard: list[str] = []
        self._knows = knows
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self.port = SerialPort(os.ttyname(slave), 115200)
        os.close(slave)
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 1024):
                *lines, rest = (rest + data).split(b"\r")
                for line in lines:
                    self._say(line.decode().strip("\x1b\n"))

    def _say(self, line: str) -> None:
        self.heard.append(line)
        if question := re.fullmatch(r"AT\+(\w+)\?", line):
            os.write(self._master, f"\r\n+{question[1]}: 0\r\n\r\nOK\r\n".encode())
        elif line == self._knows:
            os.write(self._master, b"\r\nOK\r\n")
        elif line.startswith("AT+CMGS="):
            os.write(self._master, b"\r\n> \r\n+CMS ERROR: 512\r\n")

    def close(self) -> None:
        self.port.close()
        self._thread.join(5)
        os.close(self._master)


@pytest.fixture
def half_dead():
    made = []

    def make(knows=""):
        made.append(HalfDead(knows))
        return made[-1]

    yield make
    for modem in made:
        modem.close()


def run(modem, *commands):
    def job():
        for text in commands:
            yield from ask(Command(text, 0.1))

    return play(modem, job())


def play(modem, job):
    with contextlib.closing(Waker()) as waker:
        link = Link(modem.port, Engine(), waker, SystemClock(), lambda event: None, lambda: None)
        return link.run(job)


def test_commands_that_are_never_answered_in_time_make_it_silent(half_dead):
    modem = half_dead()
    with pytest.raises(Unanswered, match="in time"):
        run(modem, *["AT+NOPE=1"] * (TIME_OUTS + 1))
    assert modem.heard.count("AT+NOPE=1") == TIME_OUTS


def test_an_answer_in_between_starts_the_count_anew(half_dead):
    modem = half_dead(knows="AT")
    bad = ["AT+NOPE=1"] * (TIME_OUTS - 1)
    run(modem, *bad, "AT", *bad, "AT")
    assert modem.heard.count("AT+NOPE=1") == 2 * (TIME_OUTS - 1)


def test_a_prompt_that_is_taken_back_at_once_gets_no_message(half_dead):
    def job():
        assert isinstance((yield commands.submit(19)), Prompt)
        return (yield Payload(b"0011\x1a", 5.0))

    modem = half_dead()
    assert play(modem, job()).result.kind == "NO_PROMPT"
    assert modem.heard[-1] == "AT+CMGS=19"
