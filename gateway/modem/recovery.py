"""Brings back a modem that stopped answering: takes the steps of the ladder, and counts them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.at import Profile, profile_for
from gateway.clock import Clock
from gateway.modem.ladder import STRONG, Ladder, LadderWait, Rung, RungAction
from hw import power
from hw.boards import Board
from hw.power import PowerError
from hw.serialport import PortError, SerialPort

log = logging.getLogger(__name__)

MISSING = 30.0  # seconds that a port may stay away before something is done about it
RESTART = 90.0  # seconds within which a stick that restarts is back
COMMAND_GAP = 3.0  # seconds between the commands of a step; nobody hears their answers
SPEEDS = (115200, 9600, 57600, 19200, 38400, 460800)  # bit/s, likeliest first
LISTEN = 0.4  # seconds for an answer at one speed
UPTIME = 6 * 3600.0  # seconds between two restarts of the box
ATTENTION = (
    "It does not answer, and nothing that this box can do by itself has helped ({tried}). "
    "Take the modem out, wait ten seconds and put it back. "
    "If that helps for a while only, its power supply or its cable is too weak."
)


@dataclass(frozen=True, slots=True)
class RecoveryMeans:
    """What this machine can switch. Made once, shared by all modems."""

    board: Board | None = None
    board_port: str = ""  # where its modem answers; "" = the serial port of the header
    uhubctl: str = ""  # the program; "" = not to be used
    restart_host: Callable[[], None] | None = None  # None: not allowed
    others_work: Callable[[], bool] = lambda: True  # a box with a modem in service stays up
    sysfs: Path = power.SYSFS

    def has_board(self, port: str) -> bool:
        """Whether the modem on this port sits on the board."""
        if self.board is None:
            return False
        path = os.path.realpath(port)
        if self.board_port:
            return path == os.path.realpath(self.board_port)
        return os.path.basename(path).startswith(("ttyS", "ttyAMA"))


NONE = RecoveryMeans()


class ModemRecovery:
    """Owns what is known of one modem's troubles. Used by its own thread."""

    def __init__(
        self, port: str, means: RecoveryMeans, clock: Clock, sleep: Callable[[float], None]
    ) -> None:
        """`sleep` returns early when the service stops."""
        self.trouble = ""  # what the next success ends
        self.attention = False  # everything was tried
        self.step_at: int | None = None  # when the last step was taken (wall-clock ms)
        self.ladder = Ladder()
        self._port = port
        self._means = means
        self._clock = clock
        self._sleep = sleep
        self._known = False  # a modem has answered here
        self._usb = ""  # the USB device behind the port, also after it is gone
        self._profile: Profile = profile_for("", "")
        self._gone_since: float | None = None
        self._tried: list[str] = []
        self._cannot = ""  # why it is of no use although it answers

    # what happens -------------------------------------------------------------------------------

    @property
    def has_answered(self) -> bool:
        """Whether a modem has ever answered here."""
        return self._known

    def port_opened(self, port: str) -> bool:
        """True when it was away for as long as a restart takes, and nobody here was the cause."""
        self._port = port
        since, self._gone_since = self._gone_since, None
        self._usb = power.usb_device(self._port, self._means.sysfs) or self._usb
        away = since is not None and self._clock.monotonic() - since < RESTART
        return away and self._known and not self.trouble

    def port_gone(self) -> None:
        """The port is not there: unplugged, or taken away by a restart."""
        if self._gone_since is None:
            self._gone_since = self._clock.monotonic()
        self.attention = False

    def answered(self, profile: Profile) -> None:
        """A modem answers: the trouble is over, unless it answers and is of no use."""
        self._known = True
        self._profile = profile
        self.trouble, self.attention = self._cannot, bool(self._cannot)
        self._tried.clear()

    def cannot(self, why: str) -> None:
        """It answers, but cannot do SMS."""
        self._cannot = self.trouble = why
        self.attention = True

    def in_service(self) -> None:
        if self._cannot:
            self._cannot = self.trouble = ""
            self.attention = False
        self.ladder.ready(self._clock.monotonic())

    def shown(self) -> dict[str, Any]:
        """The fields of Telemetry that are known here."""
        return {
            "trouble": self.trouble,
            "attention": self.attention,
            "recoveries": self.ladder.taken,
            "climbs": self.ladder.climbs,
            "last_step": self.ladder.last.words if self.ladder.last else "",
            "last_step_at": self.step_at,
        }

    # what to do ---------------------------------------------------------------------------------

    def silence(self, why: str) -> Rung | LadderWait:
        """It does not answer: the step to take now."""
        if not self._known and not self._on_board:
            self.trouble, self.attention = why, True
            return LadderWait.EXHAUSTED
        step = self.ladder.next(self._clock.monotonic(), self._able)
        if step is LadderWait.EXHAUSTED:
            self.attention = True
            self.trouble = ATTENTION.format(tried=", ".join(self._tried) or "asking again")
        elif not self.attention:
            self.trouble = why
        return step

    def missing(self) -> Rung | None:
        """The step to take about a port that stays away. One that was pulled out is left alone."""
        since, now = self._gone_since, self._clock.monotonic()
        if since is None or now - since < MISSING or not (self.trouble or self._on_board):
            return None
        step = self.ladder.next(now, self._able_without_port)
        return step if isinstance(step, Rung) else None

    def take(self, rung: Rung, port: SerialPort | None, show: Callable[[], None]) -> None:
        """Carry out a step. What cannot be done is said in the log, and the next one follows."""
        log.warning("%s does not answer: %s", self._port, rung.words)
        self.step_at = self._clock.now()
        if rung.words not in self._tried:
            self._tried.append(rung.words)
        show()
        try:
            self._do(rung, port)
        except (PowerError, PortError) as e:
            log.warning("%s: %s", self._port, e)
        self._sleep(rung.settle)

    # how ----------------------------------------------------------------------------------------

    @property
    def _on_board(self) -> bool:
        return self._means.has_board(self._port)

    def _able(self, rung: Rung) -> bool:
        """Whether this machine has the means; the strong ones only for what is surely a modem."""
        if rung.does in STRONG and not self._known and not self._on_board:
            return False
        match rung.does:
            case RungAction.USB:
                return bool(self._usb)
            case RungAction.KEY:
                board = self._means.board if self._on_board else None
                return board is not None and bool(board.key or board.rail)
            case RungAction.SOCKET:
                program, sysfs = self._means.uhubctl, self._means.sysfs
                return bool(program) and power.switchable(self._usb, program, sysfs)
            case RungAction.HOST:
                return self._may_restart_host()
        return True

    def _able_without_port(self, rung: Rung) -> bool:
        return rung.does in (RungAction.KEY, RungAction.SOCKET, RungAction.HOST) and self._able(
            rung
        )

    def _may_restart_host(self) -> bool:
        """Never while another modem works, nor within 6 h of the last start of the machine.

        The monotonic clock counts from the start of the machine, so no record needs to be kept
        that a wrong clock could spoil.
        """
        means = self._means
        late_enough = self._clock.monotonic() >= UPTIME
        return means.restart_host is not None and late_enough and not means.others_work()

    def _do(self, rung: Rung, port: SerialPort | None) -> None:
        match rung.does:
            case RungAction.ASK:
                self._say(port, "\x1b")
            case RungAction.RADIO:
                self._say(port, "AT+CFUN=0", "AT+CFUN=1")
            case RungAction.RESTART:
                self._say(port, *self._profile.restart)
            case RungAction.USB:
                _close(port)
                power.reauthorise(self._usb, self._sleep, self._means.sysfs)
            case RungAction.KEY:
                self._press_key(rung, port)
            case RungAction.SOCKET:
                _close(port)
                power.cycle_socket(self._usb, self._means.uhubctl)
            case RungAction.HOST:
                if self._means.restart_host is not None:
                    self._means.restart_host()

    def _say(self, port: SerialPort | None, *commands: str) -> None:
        """Blindly: some that have stopped talking still listen."""
        for n, command in enumerate(commands):
            if port is not None:
                port.write(f"{command}\r".encode())
            if n < len(commands) - 1:
                self._sleep(COMMAND_GAP)

    def _press_key(self, rung: Rung, port: SerialPort | None) -> None:
        """The key toggles, so a module that answers at any speed is left alone."""
        board = self._means.board
        assert board is not None
        if port is not None and (speed := self._speed_of(port)):
            raise PowerError(f"{self._port} answers at {speed} bit/s: set its baud to {speed}.")
        if board.rail is not None and rung.name == "key":
            power.cycle_rail(board, self._sleep)
        if board.key is not None:
            power.press_key(board, self._sleep)
        self._sleep(board.boot - rung.settle)

    def _speed_of(self, port: SerialPort) -> int | None:
        """The first speed at which an AT is answered OK."""
        for speed in SPEEDS:
            port.set_baud(speed)
            for _ in range(2):  # the first one may only set the module's own speed
                port.write(b"AT\r")
                self._sleep(LISTEN)
                if b"OK" in port.read():
                    return speed
        return None


def _close(port: SerialPort | None) -> None:
    """A descriptor held open would bring the stick back under another name."""
    if port is not None:
        port.close()
