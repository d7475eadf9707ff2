"""Which modem is served at which port, so that none is ever served twice.

A modem may be seen more than once: two ports of one stick listed by hand, a HAT on the UART and on
USB. An IMEI alone proves nothing, as whole pools of sticks share one (gammu#334): the same modem
is the same IMEI in the same USB socket, or the same IMEI around the same SIM.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PortClaim:
    port: str
    imei: str = ""
    usb_path: str = ""
    sim: str = ""  # ICCID, or IMSI

    def is_same(self, other: PortClaim) -> bool:
        if self.imei != other.imei:
            return False
        if self.sim and self.sim == other.sim:
            return True
        return bool(self.imei and self.usb_path and self.usb_path == other.usb_path)


class Claims:
    """Any thread may use it; `owner` is whoever serves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: dict[object, PortClaim] = {}

    def make(self, owner: object, claim: PortClaim) -> str:
        """Claim it (more exactly); else the port where it is served already, and nothing held."""
        with self._lock:
            self._claims.pop(owner, None)
            for other in self._claims.values():
                if claim.is_same(other):
                    return other.port
            self._claims[owner] = claim
            return ""

    def release(self, owner: object) -> None:
        with self._lock:
            self._claims.pop(owner, None)

    def all(self) -> list[PortClaim]:
        """Every modem that is served now."""
        with self._lock:
            return list(self._claims.values())

    def served(self, port: str) -> bool:
        with self._lock:
            return any(claim.port == port for claim in self._claims.values())
