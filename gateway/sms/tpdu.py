"""The three kinds of message, as values (3GPP TS 23.040 clause 9.2.2); `wire` has the octets."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.sms.address import Address
from gateway.sms.dcs import DEFAULT, Dcs
from gateway.sms.timestamp import Timestamp
from gateway.sms.userdata import UserData
from gateway.sms.validity import Validity

TYPE_ZERO = 0x40  # TP-PID of a message that is to be acknowledged and never shown (9.2.3.9)


@dataclass(frozen=True, slots=True)
class Submit:
    """From a phone to the network."""

    destination: Address
    user_data: UserData
    dcs: Dcs = DEFAULT
    pid: int = 0
    message_reference: int = 0
    validity: Validity | None = None
    request_report: bool = False
    reject_duplicates: bool = False
    reply_path: bool = False

    @property
    def text(self) -> str:
        """Of this part alone."""
        return self.user_data.text(self.dcs)


@dataclass(frozen=True, slots=True)
class Deliver:
    """From the network to a phone. `timestamp` is None when its octets name no time."""

    sender: Address
    timestamp: Timestamp | None
    user_data: UserData
    dcs: Dcs = DEFAULT
    pid: int = 0
    raw_timestamp: bytes = field(default=b"", compare=False)
    more_messages: bool = False
    loop_prevention: bool = False
    reply_path: bool = False
    report_indication: bool = False

    @property
    def text(self) -> str:
        """Of this part alone; "" for data."""
        return self.user_data.text(self.dcs)

    @property
    def silent(self) -> bool:
        """A "type 0" message: it is not to be shown to anybody."""
        return self.pid == TYPE_ZERO

    @property
    def replaces(self) -> int | None:
        """1..7 when it takes the place of an earlier one with this number and sender."""
        return self.pid - TYPE_ZERO if TYPE_ZERO < self.pid <= TYPE_ZERO + 7 else None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of a submitted message. A time is None when its octets name none."""

    message_reference: int
    recipient: Address
    service_centre_time: Timestamp | None
    discharge_time: Timestamp | None
    status: int
    raw_service_centre_time: bytes = field(default=b"", compare=False)
    raw_discharge_time: bytes = field(default=b"", compare=False)
    pid: int | None = None
    dcs: Dcs | None = None
    user_data: UserData | None = None
    more_messages: bool = False
    loop_prevention: bool = False
    of_command: bool = False


Tpdu = Submit | Deliver | StatusReport
