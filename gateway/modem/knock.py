"""Is there a modem behind this port, at this speed? Asked before anything else is said to it.

`AT` again and again, as a module that finds out the speed by itself needs it (SIM800, M95); ESC
first, in case another program died within a prompt.
"""

from __future__ import annotations

import re
import select
from collections.abc import Callable
from enum import StrEnum

from gateway.clock import Clock
from hw.serialport import SerialPort

PATIENCE = 2.5  # seconds for each door
AGAIN = 0.4  # seconds between two AT
QUIET = 0.2  # seconds of silence after which all answers are in
LIMIT = 4096  # octets that are looked at

_ANSWER = re.compile(rb"(?:^|[\r\n])(?:OK|ERROR|0|\+CM[ES] ERROR:[^\r\n]*)[\r\n]")
_CONSOLE = re.compile(rb"(?:login|password): *$", re.IGNORECASE)


class KnockResult(StrEnum):
    MODEM = "modem"
    CONSOLE = "console"  # a login prompt
    JUNK = "junk"  # something else, or the wrong speed
    NOTHING = "nothing"


def knock(port: SerialPort, clock: Clock, stopping: Callable[[], bool]) -> KnockResult:
    """Raises PortError when the port is gone."""
    heard = b""
    ends = clock.monotonic() + PATIENCE
    port.write(b"\x1b\r")
    again = clock.monotonic()
    while (now := clock.monotonic()) < ends and not stopping():
        if now >= again:
            port.write(b"AT\r")
            again = now + AGAIN
        heard = (heard + _listen(port, min(again, ends) - now))[-LIMIT:]
        if _ANSWER.search(heard):
            while _listen(port, QUIET) and clock.monotonic() < ends:
                pass
            return KnockResult.MODEM
    if _CONSOLE.search(heard):
        return KnockResult.CONSOLE
    return KnockResult.JUNK if heard else KnockResult.NOTHING


def _listen(port: SerialPort, seconds: float) -> bytes:
    ready, _, _ = select.select([port.fileno()], [], [], max(0.0, seconds))
    return port.read() if ready else b""
