"""What a modem's thread needs from the rest of the box, and nothing more.

Every method that records something has it on disk when it returns: the thread goes on to the next
step in the outside world only then. All are called in the modem's own thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gateway.at.results import Explanation


@dataclass(frozen=True, slots=True)
class Identity:
    """What a modem says it is."""

    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    imei: str = ""


@dataclass(frozen=True, slots=True)
class Sim:
    iccid: str = ""
    imsi: str = ""
    number: str = field(default="", compare=False)  # its own, as it knows it; mostly it does not


@dataclass(frozen=True, slots=True)
class ReadPdu:
    """A PDU as it was read off a modem."""

    pdu: str
    memory: str = ""  # "SM", "ME", "SR"; "" when it came directly
    slot: int = -1
    tpdu_length: int | None = None  # what the modem claims


@dataclass(frozen=True, slots=True)
class NetworkTime:
    """What time it was by the network at one moment of the box's monotonic clock.

    `source` tells how sure that is: "news" (just told by the network), "kept" (the modem's memory
    of that), "clock" (the modem's own clock, which the network sets).
    """

    at: int  # milliseconds UTC, exact to a second or two
    read_at: float  # Clock.monotonic() then
    offset: int | None = None  # minutes east of UTC there, daylight saving included
    source: str = "news"


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What the page shows of a modem. Its thread replaces it as a whole, others read it."""

    port: str
    state: str = "absent"
    why: str = ""
    trouble: str = ""  # what went wrong last, while it is being tried again
    attention: bool = False  # everything was tried: somebody has to look
    identity: Identity = field(default_factory=Identity)
    sim: Sim = field(default_factory=Sim)
    connection_id: int | None = None
    operator: str = ""
    signal_dbm: int | None = None
    roaming: bool = False
    backlog: int = 0
    sending: bool = False
    recoveries: int = 0  # steps taken to bring it back
    climbs: int = 0  # times that all of them were taken in vain
    last_step: str = ""  # the last of them, in words
    last_step_at: int | None = None
    restarts: int = 0
    low_supply: int = 0  # complaints about the supply voltage
    warnings: tuple[str, ...] = ()  # supply, jamming: what somebody should look at
    stuck: float = 0.0  # seconds for which its thread has not moved, when that is too long
    smsc: str = ""
    wants: str = ""  # what a locked SIM asks for: "PIN", "PUK", ...
    reports: str = ""  # what is to be known of how delivery reports come; "" when none is lost
    network_time: NetworkTime | None = None  # as last read


class Ledger(Protocol):
    def seen(self, port: str, identity: Identity, usb_path: str) -> None:
        """A modem answered on this port; `usb_path` is its socket, "" when not on USB."""

    def sim_in(self, sim: Sim) -> int:
        """A SIM is in service; returns its connection's id."""

    def pin_for(self, sim: Sim, port: str, tries_left: int | None) -> str | None:
        """The PIN to try now, already recorded as tried; None if there is none to try.

        `tries_left`: what the SIM would forgive, None when the modem does not tell.
        """

    def behind(self, sim: Sim, port: str) -> int | None:
        """The connection of a SIM that is locked, None when it is not known yet."""

    def receives(self, connection_id: int | None) -> bool:
        """Whether messages are to be fetched from this SIM; False: a person has switched it off."""

    def submitting(self, part_id: int, connection_id: int) -> None:
        """The part is about to be handed to the network: the point of no return."""

    def accepted(self, part_id: int, reference: int | None) -> None:
        """The network took the part under this TP-MR; None if the modem did not tell it."""

    def refused(self, part_id: int, why: Explanation) -> None:
        """The network or the modem refused it; the rest of the dispatch stops here."""

    def doubtful(self, part_id: int, why: Explanation) -> None:
        """No answer came after Ctrl-Z, or none that tells what became of it."""

    def pausing(self) -> str:
        """Why nothing more is to go out through this SIM for now, in words; "" when it may."""

    def released(self, dispatch_id: int, why: str) -> None:
        """The modem cannot take it now; nothing of it is under way."""

    def keep(self, connection_id: int | None, pdus: Sequence[ReadPdu]) -> list[int]:
        """Store what was read, in one commit; returns a key for each."""

    def urgent(self, connection_id: int | None, full: bool) -> bool:
        """Whether a message waits for this modem that a USSD request is not to hold up; among those
        that it has claimed, and when it is `full` also among those that it could claim.
        """

    def centre(self, connection_id: int, told: str) -> str:
        """The service centre of this SIM: what it told just now, else what is known; "" if none."""

    def called(self, connection_id: int | None, number: str) -> bool:
        """Somebody called; `number` is "" when withheld. True: the call is to be ended."""

    def erased(self, keys: Sequence[int]) -> None:
        """The modem confirmed that these are deleted from its memory."""

    def changed(self) -> None:
        """Telemetry is different now, or there is room for more work."""
