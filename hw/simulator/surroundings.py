"""What a simulated modem needs around it: a thread and a pty, and a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .loop import Timer


class Surroundings(Protocol):
    """The thread and the pty of a modem."""

    def write(self, data: bytes) -> None: ...
    def later(self, delay: float, action: Callable[[], None]) -> Timer: ...
    def soon(self, action: Callable[[], None]) -> None: ...
    def vanish(self) -> None: ...
    def appear(self) -> None: ...


class MobileStation(Protocol):
    """A modem as the network sees it (MS in TS 23.040)."""

    @property
    def number(self) -> str:
        """The number of the SIM, "" without one."""
        ...

    def deliver(self, tpdu: bytes) -> None:
        """Bring a DELIVER; held until the modem can take it."""
        ...

    def report(self, tpdu: bytes) -> None:
        """Bring a STATUS-REPORT."""
        ...


class Carrier(Protocol):
    """A network as a modem sees it. Called from the modems' threads; must never wait."""

    def submit(self, modem: MobileStation, tpdu: bytes) -> int | None:
        """A SUBMIT with its TP-MR filled in. None: taken. A number: refused with that CMS code."""
        ...

    def taken(self, modem: MobileStation, tpdu: bytes) -> None:
        """The modem has stored or shown a message that `deliver` brought."""
        ...

    def ussd(self, modem: MobileStation, text: str) -> tuple[int, str]:
        """A USSD request or the answer in an open session: (m of +CUSD, text).

        An empty text is the end of the session; nobody looks at what comes back.
        """
        ...
