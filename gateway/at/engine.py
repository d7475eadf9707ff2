"""The AT engine: bytes in, events out. No I/O, no clock, no thread."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from gateway.at import framing
from gateway.at.classify import (
    Kind,
    announces_pdu,
    classify,
    has_second_line,
    is_console,
    is_console_prompt,
    is_pdu,
    pdu_in_header,
    ussd_is_open,
)
from gateway.at.events import (
    Answer,
    Command,
    Console,
    Event,
    Late,
    Prompt,
    Restarted,
    ResyncFailed,
    Resynchronised,
    Stray,
    Urc,
    Write,
)
from gateway.at.results import OK, RESTARTED, TIMEOUT, Result, parse_final
from gateway.at.resync import QUERY_PREFIXES, Resync, Step
from gateway.at.urcs import NAMES, TWO_LINES, BootWatch, name_of

PROMPT_PAUSE: Final = 0.05  # a ">" without its space counts as prompt after this many seconds
PROMPT_HOLD: Final = 30.0  # seconds the caller may take between Prompt and send_payload
PIECE_TIME: Final = 2.0  # seconds the next piece of a news of several lines may take
CONSOLE_PAUSE: Final = 0.3  # a login prompt stands there this long without a line end
LATE_SEND: Final = 300.0  # the reference of a submission may come this late
ANSWER_CAP: Final = 256 * 1024  # characters of one answer; the rest of a babble is dropped
PATIENCE: Final = 4  # lines that may stand between a +CMT header and its PDU

_BLANKS: Final = " \t\x1a\x1b\x08"  # also the echo of Ctrl-Z and ESC


class AtBusy(RuntimeError):
    """A command is pending, or the engine is out of step with the modem."""


class NoPrompt(RuntimeError):
    """There is no prompt to answer."""


class _Phase(Enum):
    IDLE = auto()
    PROMPT_WANTED = auto()
    PROMPT_SEEN = auto()
    FINAL_WANTED = auto()


class _Pieces:
    """A news whose further lines are awaited."""

    __slots__ = ("lines", "name", "patience", "size", "until")

    def __init__(self, name: str, line: str, now: float) -> None:
        self.name = name
        self.lines = [line]
        self.size = len(line)
        self.patience = PATIENCE
        self.until = now + PIECE_TIME


class Engine:
    """Owns the conversation with one modem: the pending command, half lines, what is late.

    Used by one thread. `now` is a monotonic clock in seconds everywhere. Nothing that the modem
    sends raises; only the caller's own mistakes do (AtBusy, NoPrompt).
    """

    def __init__(self) -> None:
        self._framer = framing.Framer()
        self._boot = BootWatch()
        self._phase = _Phase.IDLE
        self._command: Command | None = None
        self._lines: list[str] = []
        self._size = 0
        self._answered = False  # a line with the command's prefix has come
        self._sent_at = 0.0
        self._until = 0.0
        self._payload = ""
        self._ended_in_prompt = False  # the command is over although its payload was awaited
        self._pieces: _Pieces | None = None
        self._numeric = True  # no result in words was heard yet: "0" may be one
        self._out_of_step = False
        self._prompt_may_be_open = True  # as another process may have left it
        self._resync: Resync | None = None
        self._unanswered = 0  # queries of failed attempts to get into step
        self._stale: Command | None = None  # timed out, its answer may come while out of step
        self._late_send: tuple[Command, float] | None = None  # may come even later, until then
        self._swallow_final = False  # the last line was a late one, its OK may follow
        self._console_told = False

    # -- what the caller may ask ------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether send() would raise AtBusy."""
        return self._command is not None or self._out_of_step

    @property
    def pending(self) -> Command | None:
        return self._command

    @property
    def out_of_step(self) -> bool:
        """After a time-out or abandon(), until Resynchronised or Restarted."""
        return self._out_of_step

    @property
    def resynchronising(self) -> bool:
        return self._resync is not None

    @property
    def deadline(self) -> float | None:
        """When tick() has something to do at the latest; None: only bytes matter."""
        times = []
        if self._command is not None:
            times.append(self._until)
            if self._phase is _Phase.PROMPT_WANTED and self._framer.rest == ">":
                times.append(self._framer.rest_at + PROMPT_PAUSE)
        if self._pieces is not None:
            times.append(self._pieces.until)
        if self._resync is not None:
            times.append(self._resync.deadline)
        if not self._console_told and is_console_prompt(self._framer.rest):
            times.append(self._framer.rest_at + CONSOLE_PAUSE)
        return min(times) if times else None

    # -- what the caller does ---------------------------------------------------------------

    def send(self, command: Command, now: float) -> bytes:
        """Start a command; write the bytes at once. Raises AtBusy."""
        if self.busy:
            raise AtBusy(f"cannot send {command.text!r} now")
        if self._framer.rest.startswith(">"):  # not our prompt: nobody had asked for one
            self._framer.rest = ""
            self._prompt_may_be_open = True
        if command.text[:8].upper() == "AT+CFUN=":
            self._boot.expect(now, reboot=command.text.endswith(",1"))
        self._command = command
        self._lines, self._size, self._answered, self._payload = [], 0, False, ""
        self._phase = _Phase.PROMPT_WANTED if command.prompt else _Phase.FINAL_WANTED
        self._ended_in_prompt = False
        self._sent_at, self._until = now, now + command.timeout
        return command.text.encode("latin-1", "replace") + b"\r"

    def send_payload(self, data: bytes, now: float, timeout: float) -> bytes:
        """Answer the prompt; `data` ends with Ctrl-Z. The result is due at now + timeout.

        From here on the outcome is the modem's to tell. b"" when the command has ended since the
        prompt: its Answer has been given out already. Raises NoPrompt when there was none.
        """
        if self._ended_in_prompt:
            return b""
        if self._phase is not _Phase.PROMPT_SEEN:
            raise NoPrompt("the modem does not wait for a message")
        self._phase = _Phase.FINAL_WANTED
        self._payload = data.rstrip(b"\x1a").decode("latin-1")
        self._until = now + timeout
        return data

    def abandon(self, now: float) -> bytes:
        """Leave a prompt without sending: the command ends, and the engine is out of step.

        (Some modems answer OK to ESC, some nothing.) No event follows; resynchronise() next.
        b"" when the command has ended since the prompt.
        """
        if self._ended_in_prompt:
            return b""
        if self._phase not in (_Phase.PROMPT_WANTED, _Phase.PROMPT_SEEN):
            raise NoPrompt("there is no prompt to leave")
        self._clear()
        self._out_of_step = True
        self._stale = None
        return b"\x1b"

    def resynchronise(self, now: float) -> bytes:
        """Start to get into step; write the bytes. Ends in Resynchronised or ResyncFailed.

        Meanwhile Write events may ask for more bytes. May be called at any time while no command
        is pending, also right after the port was opened (it leaves a prompt that was left open)
        and again after ResyncFailed.
        """
        if self._command is not None:
            raise AtBusy("a command is pending")
        self._out_of_step = True
        avoid = self._stale.prefix if self._stale else ""
        escape = self._prompt_may_be_open or self._framer.rest.startswith(">")
        self._resync = Resync(now, escape, self._unanswered, avoid)
        return self._resync.begin(now)

    def reopened(self, now: float) -> None:
        """The port was closed and opened: half lines and the pending command are forgotten.

        What may still come late is not. resynchronise() next.
        """
        self._framer.forget()
        self._clear()
        self._pieces = self._resync = None
        self._out_of_step = self._prompt_may_be_open = self._numeric = True
        self._console_told = False
        self._boot.expect(now)

    # -- what comes in ----------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take bytes from the modem; never raises."""
        out: list[Event] = []
        framer = self._framer
        framer.push(data, now)
        while True:
            line = framer.next(self._phase is _Phase.PROMPT_WANTED)
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
        if self._pieces is not None and self._continue(raw, now, out):
            return
        line = raw.strip(_BLANKS)
        if not line:
            return
        command = self._command
        if command is None and self._resync is not None:
            command = self._resync.command
        swallow, self._swallow_final = self._swallow_final, False
        kind = classify(line, command, self._answered, self._numeric)
        if kind is Kind.ANSWER:
            self._information(line, True, now, out)
        elif kind is Kind.FINAL:
            self._final(line, swallow, now, out)
        elif kind is Kind.URC:
            self._news(line, now, out)
        elif kind is Kind.REBOOT:
            self._reboot(line, now, out)
        elif kind is Kind.UNKNOWN_URC:
            self._unasked(line, out)
        elif kind is Kind.TEXT:
            self._text(line, now, out)

    def _information(self, line: str, own: bool, now: float, out: list[Event]) -> None:
        """A line of the pending command, or of the query of a resynchronisation."""
        command = self._command
        if command is None:
            self._out_of_step_line(line, out)
            return
        if command.prompt and self._phase is not _Phase.FINAL_WANTED and own:
            # A reference before anything was submitted can only be an earlier message's.
            if not self._is_late(line, out):
                out.append(Stray(line))
            return
        self._size += len(line)
        if self._size <= ANSWER_CAP:
            self._lines.append(line)
        if not own:
            return
        self._answered = True
        if command.extend_by:
            limit = self._sent_at + command.extend_max
            self._until = max(self._until, min(now + command.extend_by, limit))
        if command.ok_within is not None:
            self._until = min(self._until, now + command.ok_within)

    def _text(self, line: str, now: float, out: list[Event]) -> None:
        if self._payload and line.lstrip("> ") == self._payload:
            return  # the echo of the payload
        if not is_pdu(line) and is_console(line):
            self._console(line, out)
        elif self._command is not None or self._out_of_step:
            self._information(line, False, now, out)
        else:
            out.append(Stray(line))

    def _final(self, line: str, swallow: bool, now: float, out: list[Event]) -> None:
        command = self._command
        result = parse_final(line, command is not None and command.dials)
        if result is None:  # ATV0
            result = OK if line == "0" else Result("ERROR")
        elif result.kind in ("OK", "ERROR"):
            self._numeric = False
        if swallow:
            return
        if self._is_late_refusal(result):
            assert self._late_send is not None
            out.append(Late(self._late_send[0], (), result))
            self._late_send = None
        elif command is not None and command.drain:
            return
        elif command is not None:
            self._prompt_may_be_open = False
            self._finish(result, out)
        elif self._resync is not None or self._out_of_step:
            self._out_of_step_result(line, result, now, out)
        elif result.kind in ("CMS", "CME"):
            out.append(Urc(name_of(line), line))
        else:
            out.append(Stray(line))

    def _finish(self, result: Result, out: list[Event]) -> None:
        assert self._command is not None
        out.append(Answer(self._command, tuple(self._lines), result))
        self._ended_in_prompt = self._phase is _Phase.PROMPT_SEEN
        self._clear()

    def _clear(self) -> None:
        self._command, self._phase = None, _Phase.IDLE
        self._lines, self._payload = [], ""

    def _prompted(self, now: float, out: list[Event]) -> None:
        assert self._command is not None
        self._phase = _Phase.PROMPT_SEEN
        self._until = now + PROMPT_HOLD
        out.append(Prompt(self._command))

    def _console(self, line: str, out: list[Event]) -> None:
        if not self._console_told:
            self._console_told = True
            out.append(Console(line))

    # -- news -------------------------------------------------------------------------------

    def _news(self, line: str, now: float, out: list[Event]) -> None:
        name = name_of(line)
        if name in TWO_LINES and has_second_line(name, line):
            pdu = pdu_in_header(line)
            if pdu:
                out.append(Urc(name, line, pdu))
            else:
                self._flush_pieces(now, out)
                self._pieces = _Pieces(name, line, now)
        elif name == "+CUSD" and ussd_is_open(line):
            self._flush_pieces(now, out)
            self._pieces = _Pieces(name, line, now)
        else:
            out.append(Urc(name, line))

    def _continue(self, raw: str, now: float, out: list[Event]) -> bool:
        """Whether the line is a further piece of the awaited news."""
        pieces = self._pieces
        assert pieces is not None
        if pieces.name == "+CUSD":
            if name_of(raw.strip(_BLANKS)) in NAMES:
                return False
            pieces.lines.append(raw)
            pieces.size += len(raw)
            pieces.until = now + PIECE_TIME
            text = "\n".join(pieces.lines)
            if not ussd_is_open(text) or pieces.size > framing.LINE_CAP:
                self._pieces = None
                out.append(Urc(pieces.name, text))
            return True
        line = raw.strip(_BLANKS)
        if is_pdu(line) or (line and not announces_pdu(pieces.lines[0])):
            self._pieces = None
            data = line.rstrip('"') if is_pdu(line) else raw
            out.append(Urc(pieces.name, pieces.lines[0], data))
            return True
        pieces.patience -= 1
        if pieces.patience == 0:
            self._flush_pieces(now, out)
        return False

    def _flush_pieces(self, now: float, out: list[Event]) -> None:
        """No further piece came: tell what there is."""
        pieces, self._pieces = self._pieces, None
        if pieces is None:
            return
        # Without a closing quote the result of the command ended up in the text.
        final = ""
        if len(pieces.lines) > 1 and self._command is not None:
            last = pieces.lines[-1].strip(_BLANKS)
            if classify(last, self._command, True, False) is Kind.FINAL:
                final = pieces.lines.pop()
        out.append(Urc(pieces.name, "\n".join(pieces.lines)))
        if final:
            self._line(final, now, out)

    def _reboot(self, line: str, now: float, out: list[Event]) -> None:
        name = name_of(line)
        if not self._boot.is_restart(name, line, now):
            out.append(Urc(name, line))
            return
        self._flush_pieces(now, out)
        if self._command is not None:
            self._finish(RESTARTED, out)
        resynchronising = self._resync is not None
        self._in_step()
        self._numeric = True
        self._late_send = None
        out.append(Restarted(line))
        if resynchronising:  # nothing of before the restart can come any more
            out.append(Resynchronised())

    # -- late answers and getting into step -----------------------------------------------------

    def _unasked(self, line: str, out: list[Event]) -> None:
        """A line shaped like news of a name we do not know: perhaps an answer that comes late."""
        if self._out_of_step and line.startswith(self._late_prefixes()):
            self._out_of_step_line(line, out)
        elif not self._is_late(line, out):
            out.append(Urc(name_of(line), line))

    def _late_prefixes(self) -> tuple[str, ...]:
        own = (self._stale.prefix,) if self._stale and self._stale.prefix else ()
        return own + QUERY_PREFIXES

    def _is_late(self, line: str, out: list[Event]) -> bool:
        """Whether the line is the reference of a submission that had timed out; tells it."""
        if self._late_send is None or not line.startswith(self._late_send[0].prefix):
            return False
        out.append(Late(self._late_send[0], (line,)))
        self._late_send = self._stale = None
        self._swallow_final = True
        return True

    def _is_late_refusal(self, result: Result) -> bool:
        """A +CMS ERROR in answer to a command that has nothing to do with messages."""
        return (
            result.kind == "CMS"
            and self._late_send is not None
            and not self._out_of_step
            and (self._command is None or not self._command.text.startswith(("AT+CM", "AT+CP")))
            and (self._command is None or not self._command.text.startswith(("AT+CN", "AT+CS")))
        )

    def _out_of_step_line(self, line: str, out: list[Event]) -> None:
        if self._resync is not None:
            if line.startswith(">"):
                self._prompt_may_be_open = True
            self._resync.heard_line(line)
            if self._resync.asked(line):
                return
        if self._is_late(line, out):
            return
        stale = self._stale
        if stale is not None and (is_pdu(line) or (stale.prefix and line.startswith(stale.prefix))):
            out.append(Late(stale, (line,)))
        elif not line.startswith(QUERY_PREFIXES):
            out.append(Stray(line))

    def _out_of_step_result(self, line: str, result: Result, now: float, out: list[Event]) -> None:
        resync = self._resync
        past = resync is None or resync.past
        if resync is not None:
            resync.heard_result(result, now)
        if past and self._stale is not None:
            out.append(Late(self._stale, (), result))
            if self._late_send is not None and self._late_send[0] is self._stale:
                self._late_send = None
            self._stale = None
        elif past:
            out.append(Stray(line))
        self._end_resync(out)

    def _end_resync(self, out: list[Event]) -> None:
        resync = self._resync
        if resync is None or not resync.over:
            return
        self._resync = None
        if resync.step is Step.DONE:
            self._in_step()
            self._prompt_may_be_open = False
            out.append(Resynchronised())
        else:
            self._unanswered = max(resync.unanswered, 1)
            self._prompt_may_be_open = True
            out.append(ResyncFailed())

    def _in_step(self) -> None:
        self._out_of_step = False
        self._resync = self._stale = None
        self._unanswered = 0

    # -- time -----------------------------------------------------------------------------------

    def _expire(self, now: float, out: list[Event]) -> None:
        framer = self._framer
        if self._pieces is not None and now >= self._pieces.until:
            self._flush_pieces(now, out)
        if (
            self._phase is _Phase.PROMPT_WANTED
            and framer.rest == ">"
            and now >= framer.rest_at + PROMPT_PAUSE
            and framer.take_bare_prompt()
        ):
            self._prompted(now, out)
        if self._command is not None and now >= self._until:
            self._time_out(now, out)
        if framer.rest and not self._console_told and now >= framer.rest_at + CONSOLE_PAUSE:
            rest = framer.rest
            if is_console_prompt(rest):
                self._console(rest, out)
        if self._late_send is not None and now >= self._late_send[1]:
            self._late_send = None
        if self._resync is not None and now >= self._resync.deadline:
            data = self._resync.tick(now)
            if data:
                out.append(Write(data))
            self._end_resync(out)

    def _time_out(self, now: float, out: list[Event]) -> None:
        command, phase, answered = self._command, self._phase, self._answered
        assert command is not None
        if command.drain:
            self._prompt_may_be_open = False
            self._finish(OK, out)
            return
        self._finish(TIMEOUT, out)
        self._out_of_step = True
        self._numeric = True
        self._stale = command
        if command.prompt:
            submitted = phase is _Phase.FINAL_WANTED
            self._prompt_may_be_open = not submitted
            if not submitted:
                self._stale = None  # what ESC is answered with says nothing about a message
            elif not answered:
                self._late_send = (command, now + LATE_SEND)
