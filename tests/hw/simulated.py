"""A terminal at a simulated modem, and a network that only keeps a list."""

from __future__ import annotations

import os
import re
import select
import time
from contextlib import suppress

from hw.simulator import MobileStation, SimCard

FINAL = rb"(^|[\r\n])(OK|ERROR|\+CM[ES] ERROR:[^\r]*|NO CARRIER|0|4)\r\n?|> $"
# A SUBMIT of 14 octets to +4915100001, text "hi"; TP-MR in the second octet.
SUBMIT = "01000A9194511000100000" + "02E834"
# A DELIVER from +1234, text "1"; the class sits in the data coding scheme.
DELIVER = bytes.fromhex("0404912143000042608011101000" + "0131")
FLASH = bytes.fromhex("0404912143001042608011101000" + "0131")
REPORT = bytes.fromhex("060504912143" + "42608011101000" + "42608011101000" + "00")


class ListingCarrier:
    """Accepts everything and remembers it; `refuse` is the CMS code that `submit` answers."""

    def __init__(self) -> None:
        self.submitted: list[bytes] = []
        self.took: list[bytes] = []
        self.refuse: int | None = None
        self.answers: dict[str, tuple[int, str]] = {}
        self.instant_report: bytes | None = None

    def submit(self, modem: MobileStation, tpdu: bytes) -> int | None:
        if self.refuse is None:
            self.submitted.append(tpdu)
            if self.instant_report:
                modem.report(self.instant_report)
        return self.refuse

    def taken(self, modem: MobileStation, tpdu: bytes) -> None:
        self.took.append(tpdu)

    def ussd(self, modem: MobileStation, text: str) -> tuple[int, str]:
        return self.answers.get(text, (0, "unknown"))


def card(**changes: object) -> SimCard:
    values = {"iccid": "8949001000000000013", "imsi": "001010000000001", "number": "+4917139200"}
    return SimCard(**{**values, **changes})  # type: ignore[arg-type]


class Client:
    """A program that has the port open. Every wait has a deadline and fails loudly."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.got = b""

    def close(self) -> None:
        os.close(self.fd)

    def say(self, data: str | bytes) -> None:
        os.write(self.fd, data.encode("latin-1") if isinstance(data, str) else data)

    def read_some(self, timeout: float) -> bytes:
        """What comes within `timeout`, b"" when nothing does; OSError when the port is gone."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return b""
        data = os.read(self.fd, 65536)
        if not data:
            raise OSError("the port is gone")
        return data

    def until_gone(self, timeout: float = 15.0) -> None:
        """Read until the port has vanished (EIO or end of file, as the kernel likes)."""
        deadline = time.monotonic() + timeout
        with suppress(OSError):
            while time.monotonic() < deadline:
                self.read_some(0.1)
            raise AssertionError("the port is still there")

    def until(self, pattern: bytes, timeout: float = 15.0) -> str:
        """Read until `pattern` (a regular expression) has come; everything up to its end."""
        deadline = time.monotonic() + timeout
        while not (found := re.search(pattern, self.got)):
            data = self.read_some(max(0.0, deadline - time.monotonic()))
            assert data, f"waited for {pattern!r}, got {self.got!r}"
            self.got += data
        taken, self.got = self.got[: found.end()], self.got[found.end() :]
        return taken.decode("latin-1")

    def ask(self, command: str) -> str:
        """Say a command line; what comes up to its final result or the prompt."""
        self.say(command + "\r")
        return self.until(FINAL)

    def lines(self, command: str) -> list[str]:
        """Like `ask`, as lines without the empty ones and without the echo."""
        lines = [line for line in re.split(r"[\r\n]+", self.ask(command)) if line]
        return [line for line in lines if line != command]

    def nothing_comes(self, seconds: float = 0.15) -> bool:
        """Whether the line stays silent."""
        self.got += self.read_some(seconds)
        return not self.got

    def send(self, pdu: str = SUBMIT) -> str:
        """Send a PDU without the service centre in front; the answer."""
        assert self.ask(f"AT+CMGS={len(pdu) // 2}").endswith("> ")
        self.say("00" + pdu + "\x1a")
        return self.until(FINAL)
