"""What a job is: a generator that asks the modem for things and decides what they mean.

A job yields requests and is sent the reply to each; it touches no port, thread or clock, so a
test can play the modem by hand. Everything it records goes through the ledger at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gateway.at import Command, Profile, Response
from gateway.at.commands import QUICK
from gateway.modem.ledger import Ledger, ReadPdu


@dataclass(frozen=True, slots=True)
class Payload:
    """The data that a prompt asked for; its reply is the Response of the pending command."""

    data: bytes
    timeout: float


@dataclass(frozen=True, slots=True)
class Abandon:
    """Leave a prompt without sending anything."""


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Await:
    """Wait for the modem's own word of one of these names; its reply is the Urc, None in vain.

    What came since the job's first Await counts too, so ask with no time first to forget the past.
    `unless`: asked every second or so; when it is true the wait ends in vain.
    """

    names: tuple[str, ...]
    seconds: float
    unless: Callable[[], bool] | None = None


Request = Command | Payload | Abandon | Pause | Await
T = TypeVar("T")
Job = Generator[Request, Any, T]


class LinkLost(Exception):
    """Thrown into a job when its modem is gone, silent or restarted, or the service stops."""


class Unanswered(LinkLost):
    """The modem stays silent and does not come back into step."""


@dataclass(slots=True)
class Context:
    """What jobs of one modem share. Owned by the modem's thread."""

    port: str
    ledger: Ledger
    profile: Profile
    model: str = ""  # as it calls itself
    connection_id: int | None = None
    memories: tuple[str, ...] = ()  # those that hold incoming messages, the receiving one first
    reports: tuple[str, ...] = ()  # memories for delivery reports alone
    memory: str = ""  # the one CMGR, CMGL and CMGD work on now
    receiving: str = ""  # the one that messages come into
    cpms: int = 1  # how many memories AT+CPMS wants to be named
    unread: frozenset[str] = frozenset()  # memories that the modem lists and does not open
    news: str = ""  # the fields of AT+CNMI that the modem took
    tells_news: bool = False  # after set-up it told so when asked
    tells_mode: bool = False  # after set-up it told that it is in PDU mode
    echoes: bool = False  # it repeats commands although it was told not to
    echoes_submit: bool = False  # the same of AT+CMGS alone
    unsure: bool = False  # an answer did not come: perhaps another memory or SIM is read from
    strange: set[tuple[str, int]] = field(default_factory=set)  # slots that hold no PDU
    mode_lost: bool = False  # it answered in text mode
    text_only: bool = False  # also after it was told to use PDU mode
    way: str = ""  # how delivery reports come (jobs.news.Reports)
    reports_announced: int = 0  # by +CDSI
    reports_seen: int = 0  # read in any memory
    unreadable: bool = False  # it announces reports that can be read nowhere
    refused_cnma: int = 0  # in a row, by a modem that seems not to know it
    # Handed over and not kept yet, with the connection that it is of (None: the next in service).
    heard: deque[tuple[int | None, ReadPdu]] = field(default_factory=deque)
    told_centre: bool = True  # the SIM knows its service centre
    centre: str = ""  # to be named in every PDU, where the SIM does not know it
    guard: float = 0.0  # seconds between the prompt and the PDU
    submitted: int | None = None  # the part that was handed over last
    direct: bool = False  # the modem hands over +CMT/+CDS and wants +CNMA
    polling: bool = False  # the modem announces nothing: its storage has to be looked through
    charset: str = ""  # of AT+CSCS, "" when the modem took none
    link_kept: bool = False  # AT+CMMS=2 holds the radio link open between messages
    link_refused: bool = False  # the modem does not know AT+CMMS
    storage: str = ""  # what to say of memories: one that was or is full, or cannot be read
    urgent: Callable[[], bool] = lambda: False  # whether an urgent message waits for this modem
    ussd_cut_off: bool = False  # a request was given up; what the network still says opens nothing
    sweeps: int = 0
    look_at: set[str] = field(default_factory=set)  # timers of what a refused send complained of


def ask(command: Command) -> Job[Response]:
    """Put a question that has no prompt; a lost link raises."""
    reply = yield command
    assert isinstance(reply, Response)
    return reply


def ask_fields(text: str, prefix: str) -> Job[list[str]]:
    """The values that the modem names, as they are set now."""
    answer = yield from ask(Command(text, QUICK, prefix))
    return [f.strip() for line in answer.lines for f in line.partition(":")[2].split(",")]
