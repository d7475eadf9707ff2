"""What goes into the engine (Command) and what comes out of it (the events)."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.at.results import Result
from gateway.at.secrets import without_secrets


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """One command line, how long it may take and which answers are its own.

    `text` comes without the final CR. `timeout` counts in seconds from the moment it is sent.
    `prefix` ("+CMGL:") marks its information lines; with "" any text that is no known unsolicited
    line belongs to it. `prompt`: it asks for a payload with ">". `extend_by`: each line with the
    prefix gives it that many seconds more, but never beyond `extend_max` seconds after sending.
    `ok_within`: some modems forget the OK after the line with the prefix; then wait only so long.
    A query has ended well by that; a submission ends in TIMEOUT with its reference in the lines.
    `drain`: it has no answer of its own; whatever is heard until the time limit is of the past,
    and then it has ended well. `tag` is the caller's own, to know the command again in a
    LateResponse.
    """

    text: str
    timeout: float
    prefix: str = ""
    prompt: bool = False
    extend_by: float = 0.0
    extend_max: float = 0.0
    ok_within: float | None = None
    drain: bool = False
    tag: object = field(default=None, compare=False)

    def __repr__(self) -> str:
        """For errors and tracebacks, which must not tell a PIN."""
        return f"Command({without_secrets(self.text)!r}, {self.timeout})"

    @property
    def dials(self) -> bool:
        """Whether NO CARRIER and BUSY are answers to it (ATD, ATA) rather than news."""
        return self.text[:3].upper() in ("ATD", "ATA")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The modem waits for the payload: send_payload() or abandon().

    `echoed`: it repeated the whole command before.
    """

    command: Command
    echoed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """The command has ended. `lines` are its information lines, echo and news removed.

    `echoed`: the modem repeated the whole command before.
    """

    command: Command
    lines: tuple[str, ...]
    result: Result
    echoed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Urc:
    """An unsolicited line. `name` is the part before the colon ("+CMTI", "RING").

    `line` is the whole of it; a USSD text of several lines is joined with newlines. `data` is the
    PDU (or text) that belongs to +CMT, +CDS and +CBM; "" when none came.
    """

    name: str
    line: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class LateResponse:
    """Something that belongs to a command which had timed out: a line of it, or its result."""

    command: Command
    lines: tuple[str, ...]
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class Restarted:
    """The modem has rebooted or is going down: every setting is lost. `line` says how we know."""

    line: str


@dataclass(frozen=True, slots=True)
class LoginPrompt:
    """A login prompt or a shell answers at this port: this is no modem."""

    line: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A line that belongs to nothing we know; worth a line in a log, nothing more."""

    line: str


@dataclass(frozen=True, slots=True)
class WriteBytes:
    """Part of getting into step again: write these bytes to the modem now."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Resynchronised:
    """Whatever was late is behind us; commands may be sent again."""


@dataclass(frozen=True, slots=True)
class ResyncFailed:
    """The modem stays silent or answers nonsense; still out of step."""


Event = (
    Prompt
    | Response
    | Urc
    | LateResponse
    | Restarted
    | LoginPrompt
    | Stray
    | WriteBytes
    | Resynchronised
    | ResyncFailed
)
