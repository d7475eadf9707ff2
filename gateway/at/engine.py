"""The AT engine: bytes in, events out. No I/O, no clock, no thread."""

from __future__ import annotations

from typing import Final

from gateway.at import framing
from gateway.at.classify import LineKind, classify, is_console, is_pdu
from gateway.at.events import Command, Event, Prompt, Response, Restarted, Stray, Urc, WriteBytes
from gateway.at.inquiry import Inquiry
from gateway.at.login import LoginWatch
from gateway.at.misplaced import MisplacedResult, Phase
from gateway.at.news import NewsReader
from gateway.at.recovery import StepRecovery
from gateway.at.results import OK, RESTARTED, TIMEOUT, Result, parse_final
from gateway.at.urcs import BootWatch, name_of

PROMPT_PAUSE: Final = 0.05  # a ">" without its space counts as prompt after this many seconds
PROMPT_HOLD: Final = 30.0  # seconds the caller may take between Prompt and send_payload
ANSWER_CAP: Final = 256 * 1024  # characters of one answer; the rest of a babble is dropped

_BLANKS: Final = " \t\x1a\x1b\x08"  # also the echo of Ctrl-Z and ESC


class AtBusy(RuntimeError):
    """A command is pending, or the engine is out of step with the modem."""


class NoPrompt(RuntimeError):
    """There is no prompt to answer."""


class Engine:
    """Owns the conversation with one modem: the pending command, half lines, what is late.

    Used by one thread. `now` is a monotonic clock in seconds everywhere. Nothing that the modem
    sends raises; only the caller's own mistakes do (AtBusy, NoPrompt).
    """

    def __init__(self) -> None:
        self._framer = framing.Framer()
        self._news = NewsReader()
        self._recovery = StepRecovery()
        self._boot = BootWatch()
        self._inquiry = Inquiry()
        self._phase = Phase.IDLE
        self._command: Command | None = None
        self._lines: list[str] = []
        self._size = 0
        self._answered = False  # a line with the command's prefix has come
        self._echoed = False  # so has the whole command
        self._sent_at = 0.0
        self._until = 0.0
        self._payload = ""
        self._ended_in_prompt = False  # the command is over although its payload was awaited
        self._numeric = True  # no result in words was heard yet: "0" may be one
        self._swallow_final = False  # the last line was a late one, its OK may follow
        self._odd = MisplacedResult()
        self._login = LoginWatch()

    # -- what the caller may ask ------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether send() would raise AtBusy."""
        return self._command is not None or self._recovery.out_of_step

    @property
    def pending(self) -> Command | None:
        return self._command

    @property
    def out_of_step(self) -> bool:
        """After a time-out or abandon(), until Resynchronised or Restarted."""
        return self._recovery.out_of_step

    @property
    def deadline(self) -> float | None:
        """When tick() has something to do at the latest; None: only bytes matter."""
        framer = self._framer
        times = [self._inquiry.deadline, self._news.until, self._recovery.deadline]
        times.append(self._login.deadline(framer))
        if self._command is not None:
            times.append(self._until)
            if self._phase is Phase.PROMPT_WANTED and framer.rest == ">":
                times.append(framer.rest_at + PROMPT_PAUSE)
        return min((t for t in times if t is not None), default=None)

    # -- what the caller does ---------------------------------------------------------------

    def send(self, command: Command, now: float) -> bytes:
        """Start a command; write the bytes at once. Raises AtBusy."""
        if self.busy:
            # Not with its text, which may hold a PIN.
            raise AtBusy("a command is pending, or the engine is out of step")
        self._put_prompt_aside()
        if command.text[:8].upper() == "AT+CFUN=":
            self._boot.expect(now, reboot=command.text.endswith(",1"))
        elif not self._boot.started:
            self._boot.expect(now)
        self._clear()
        self._command = command
        self._phase = Phase.PROMPT_WANTED if command.prompt else Phase.FINAL_WANTED
        self._size, self._answered, self._ended_in_prompt = 0, False, False
        self._echoed = False
        self._sent_at, self._until = now, now + command.timeout
        return command.text.encode("latin-1", "replace") + b"\r"

    def send_payload(self, data: bytes, now: float, timeout: float) -> bytes:
        """Answer the prompt; `data` ends with Ctrl-Z. The result is due at now + timeout.

        From here on the outcome is the modem's to tell; while it says nothing, WriteBytes events
        ask it something (inquiry.py). b"" when the command has ended since the prompt: its Response
        has been given out already. Raises NoPrompt when there was none.
        """
        if self._ended_in_prompt:
            return b""
        if self._phase is not Phase.PROMPT_SEEN:
            raise NoPrompt("the modem does not wait for a message")
        self._phase = Phase.FINAL_WANTED
        self._recovery.late.submitting()
        self._payload = data.rstrip(b"\x1a").decode("latin-1")
        self._until = now + timeout
        self._inquiry.begin(now)
        return data

    def abandon(self, now: float) -> bytes:
        """Leave a prompt without sending: the command ends, and the engine is out of step.

        (Some modems answer OK to ESC, some nothing.) No event follows; resynchronise() next.
        b"" when the command has ended since the prompt.
        """
        if self._ended_in_prompt:
            return b""
        if self._phase not in (Phase.PROMPT_WANTED, Phase.PROMPT_SEEN):
            raise NoPrompt("there is no prompt to leave")
        self._clear()
        self._recovery.lose_step()
        self._recovery.late.stale = None
        self._recovery.prompt_may_be_open = False
        return b"\x1b"

    @property
    def prompted_unasked(self) -> bool:
        """A prompt stands there although no command is pending: what is sent would be its text."""
        return self._command is None and self._framer.rest.startswith(">")

    def resynchronise(self, now: float) -> bytes:
        """Start to get into step; write the bytes. Ends in Resynchronised or ResyncFailed.

        Meanwhile Write events ask for more bytes. May be called whenever no command is pending,
        also right after the port was opened (it leaves a prompt that was left open) and again
        after ResyncFailed.
        """
        if self._command is not None:
            raise AtBusy("a command is pending")
        if not self._boot.started:
            self._boot.expect(now)
        self._put_prompt_aside()
        return self._recovery.begin(now)

    def _put_prompt_aside(self) -> None:
        """One that is not ours: nobody had asked for it."""
        if self._framer.rest.startswith(">"):
            self._framer.rest = ""
            self._recovery.prompt_may_be_open = True

    def reopened(self, now: float) -> None:
        """The port was closed and opened: half lines and the pending command are forgotten.

        What may still come late is not. resynchronise() next.
        """
        self._framer.forget()
        self._news.flush()
        self._clear()
        self._recovery.lose_step()
        self._recovery.prompt_may_be_open = self._numeric = True
        self._ended_in_prompt = False
        self._login.reopened()
        self._boot.expect(now)

    # -- what comes in ----------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take bytes from the modem; never raises."""
        out: list[Event] = []
        framer = self._framer
        framer.push(data, now)
        while True:
            line = framer.next(self._phase is Phase.PROMPT_WANTED)
            if line is None:
                break
            if line is framing.PROMPT:
                self._prompted(now, out)
            else:
                self._line(line, now, out)
        self._expire(now, out)
        return out

    def tick(self, now: float) -> list[Event]:
        """Let time pass: deadlines, prompts without space, the steps of resynchronising."""
        out: list[Event] = []
        self._expire(now, out)
        return out

    def _line(self, raw: str, now: float, out: list[Event]) -> None:
        line = raw.strip(_BLANKS)
        if self._news.until is not None:
            taken, complete = self._news.take(raw, line, now)
            out.extend(complete)
            if taken:
                return
        if not line:
            return
        command = self._command
        if command is None:
            command = self._recovery.command
        swallow, self._swallow_final = self._swallow_final, False
        kind = classify(line, command, self._answered, self._numeric)
        if kind is LineKind.ANSWER:
            self._answer_line(line, now, out)
        elif kind is LineKind.FINAL:
            self._final(line, swallow, out, now)
        elif kind is LineKind.URC:
            out.extend(self._news.begin(line, now))
        elif kind is LineKind.REBOOT:
            self._reboot(line, now, out)
        elif kind is LineKind.UNKNOWN_URC:
            self._unasked(line, out)
        elif kind is LineKind.TEXT:
            self._text(line, out)
        elif self._command is not None and line == self._command.text:
            self._echoed = True

    # -- the pending command ----------------------------------------------------------------

    def _answer_line(self, line: str, now: float, out: list[Event]) -> None:
        """A line with the prefix of the pending command, or of a resynchronising query."""
        command = self._command
        if command is None:
            out.extend(self._recovery.line(line))
            return
        if command.prompt and self._phase is not Phase.FINAL_WANTED:
            # A reference before anything was submitted can only be an earlier message's.
            self._unasked(line, out)
            return
        self._keep(line)
        self._answered = True
        self._inquiry.stop_asking()
        if command.extend_by:
            limit = self._sent_at + command.extend_max
            self._until = max(self._until, min(now + command.extend_by, limit))
        if command.ok_within is not None:
            self._until = min(self._until, now + command.ok_within)

    def _text(self, line: str, out: list[Event]) -> None:
        if self._payload and line.lstrip("> ") == self._payload:
            return  # the echo of the payload
        if not is_pdu(line) and is_console(line):
            out.extend(self._login.tell(line))
        elif self._command is not None:
            self._keep(line)
        elif self._recovery.out_of_step:
            out.extend(self._recovery.line(line))
        else:
            out.append(Stray(line))

    def _unasked(self, line: str, out: list[Event]) -> None:
        """A line shaped like news of a name we do not know: perhaps an answer that comes late."""
        if self._inquiry.hears(line):
            return
        if self._recovery.owns(line):
            out.extend(self._recovery.line(line))
            return
        late = self._recovery.late.reference(line)
        self._swallow_final = late is not None and not self._recovery.out_of_step
        out.append(late if late is not None else Urc(name_of(line), line))

    def _keep(self, line: str) -> None:
        self._size += len(line)
        if self._size <= ANSWER_CAP:
            self._lines.append(line)

    def _final(self, line: str, swallow: bool, out: list[Event], now: float) -> None:
        command = self._command
        result = parse_final(line, command is not None and command.dials)
        if result is None:  # ATV0
            result = OK if line == "0" else Result("ERROR")
        elif result.kind in ("OK", "ERROR"):
            self._numeric = False
        if swallow:
            return
        if self._recovery.out_of_step:
            out.extend(self._recovery.result(line, result, now))
        elif (refusal := self._recovery.late.refusal(result, command)) is not None:
            out.append(refusal)
        elif command is not None:
            if not self._answered and self._inquiry.takes(result, now):
                self._until = min(self._until, self._inquiry.over_at)
            elif command.prompt and (more := self._odd.takes(result, self._phase, self._answered)):
                self._until = min(self._until, now + more)
            elif command.prompt and more == 0:
                out.append(Stray(line))
            elif not command.drain:
                self._recovery.prompt_may_be_open = False
                self._finish(result, out)
        elif result.kind in ("CMS", "CME"):
            out.append(Urc(name_of(line), line))
        else:
            out.append(Stray(line))

    def _finish(self, result: Result, out: list[Event]) -> None:
        assert self._command is not None
        out.append(Response(self._command, tuple(self._lines), result, self._echoed))
        self._ended_in_prompt = self._phase is Phase.PROMPT_SEEN
        submitted = self._command.prompt and self._phase is Phase.FINAL_WANTED
        if submitted and not self._answered and result.kind in ("ERROR", "CMS", "CME"):
            self._recovery.late.refused(self._command)
        self._clear()

    def _clear(self) -> None:
        self._command, self._phase = None, Phase.IDLE
        self._lines, self._payload, self._odd = [], "", MisplacedResult()
        if unanswered := self._inquiry.end():
            self._recovery.lose_step(unanswered)

    def _prompted(self, now: float, out: list[Event]) -> None:
        assert self._command is not None
        self._phase, self._odd = Phase.PROMPT_SEEN, MisplacedResult()
        self._until = now + PROMPT_HOLD
        out.append(Prompt(self._command, self._echoed))

    def _reboot(self, line: str, now: float, out: list[Event]) -> None:
        name = name_of(line)
        if not self._boot.is_restart(name, line, now):
            out.append(Urc(name, line))
            return
        out.extend(self._news.flush())
        if self._command is not None:
            self._finish(RESTARTED, out)
        self._numeric = True
        out.append(Restarted(line))
        out.extend(self._recovery.restarted())

    # -- time -----------------------------------------------------------------------------------

    def _expire(self, now: float, out: list[Event]) -> None:
        framer = self._framer
        if self._news.until is not None and now >= self._news.until:
            self._flush_news(now, out)
        if (
            self._phase is Phase.PROMPT_WANTED
            and framer.rest == ">"
            and now >= framer.rest_at + PROMPT_PAUSE
        ):
            framer.rest = ""  # should its space come later, it is a blank before a line
            self._prompted(now, out)
        if self._command is not None and now >= self._until:
            self._time_out(now, out)
        elif question := self._inquiry.tick(now):
            out.append(WriteBytes(question))
        out.extend(self._login.look(framer, now))
        out.extend(self._recovery.tick(now))

    def _flush_news(self, now: float, out: list[Event]) -> None:
        """Tell news that will not be completed.

        Where a USSD text had no closing quote, the result of the command got into it.
        """
        last = self._news.last_piece().strip(_BLANKS)
        stolen = bool(last) and self.busy and parse_final(last) is not None
        if stolen:
            self._news.give_back()
        out.extend(self._news.flush())
        if stolen:
            self._line(last, now, out)

    def _time_out(self, now: float, out: list[Event]) -> None:
        command, phase, answered = self._command, self._phase, self._answered
        assert command is not None
        if command.drain or self._odd.result is not None:
            self._recovery.prompt_may_be_open = False
            self._finish(self._odd.result or OK, out)
            return
        complete = answered and command.ok_within is not None and not command.prompt
        self._finish(OK if complete else TIMEOUT, out)
        self._recovery.lose_step()
        self._numeric = True
        submitted = phase is Phase.FINAL_WANTED
        self._recovery.late.timed_out(command, submitted, answered, now)
        if command.prompt:
            self._recovery.prompt_may_be_open = not submitted
