"""What may still come of commands that have timed out, and whose a line or result is."""

from __future__ import annotations

from typing import Final

from gateway.at.classify import is_pdu
from gateway.at.events import Command, LateResponse
from gateway.at.results import Result

LATE_SEND: Final = 300.0  # seconds after the time-out in which a submission may be answered yet
_ABOUT_MESSAGES: Final = ("AT+CM", "AT+CP", "AT+CN", "AT+CS")  # these may end in +CMS ERROR


class LateAnswers:
    """Owns the memory of timed-out commands.

    `stale` is the last one; what it says while the engine is out of step is its own. A submission
    is remembered longer, until LATE_SEND is over: its reference settles what became of a message.
    So is one that was refused, until the next is handed over: the refusal may have been another's.
    """

    def __init__(self) -> None:
        self.stale: Command | None = None
        self._send: Command | None = None
        self._send_until = 0.0
        self._refused: Command | None = None

    def refused(self, command: Command) -> None:
        """A submitted message was, without a reference."""
        self._refused = command

    def submitting(self) -> None:
        """From here on a reference is of the message that is handed over now."""
        self._refused = None

    def timed_out(self, command: Command, submitted: bool, answered: bool, now: float) -> None:
        """`submitted`: its payload was sent. `answered`: its information line has come."""
        # Without payload, what ESC is answered with says nothing about a message.
        self.stale = command if submitted or not command.prompt else None
        if command.prompt and submitted and not answered:
            self._send, self._send_until = command, now + LATE_SEND

    def expire(self, now: float) -> None:
        if self._send is not None and now >= self._send_until:
            self._send = None

    def reference(self, line: str) -> LateResponse | None:
        """The line as the reference of a submission that had timed out; it is settled by that."""
        send = self._send or self._refused
        if send is None or not line.startswith(send.prefix):
            return None
        self._send = self._refused = self.stale = None
        return LateResponse(send, (line,))

    def line(self, line: str) -> LateResponse | None:
        """The same for any line of the stale command, while out of step."""
        late = self.reference(line)
        if late is None and self.stale is not None:
            prefix = self.stale.prefix
            if is_pdu(line) or (prefix and line.startswith(prefix)):
                late = LateResponse(self.stale, (line,))
        return late

    def result(self, result: Result) -> LateResponse | None:
        """The result of the stale command, while out of step; with it the command is settled.

        A submission is not, by anything that may as well answer a question asked meanwhile.
        """
        stale, self.stale = self.stale, None
        if stale is None:
            return None
        if self._send is stale and result.kind == "CMS":
            self._send = None
        return LateResponse(stale, (), result)

    def refusal(self, result: Result, pending: Command | None) -> LateResponse | None:
        """A +CMS ERROR that answers a submission of before: nothing pending could end so."""
        if result.kind != "CMS" or self._send is None:
            return None
        if pending is not None and pending.text.startswith(_ABOUT_MESSAGES):
            return None
        late = LateResponse(self._send, (), result)
        self._send = None
        return late

    def forget(self) -> None:
        """The modem has restarted: nothing of before can come."""
        self.stale = self._send = self._refused = None
