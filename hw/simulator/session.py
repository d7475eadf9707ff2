"""The command interpreter: octets in, echo and answers out (ITU-T V.250, TS 27.005 clause 3.5)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from .equipment import Equipment
from .errors import NUMERIC_RESULTS, Refusal, cme
from .line import Call, split_line

_LONGEST_LINE = 4096
_CTRL_Z, _ESC = 0x1A, 0x1B


class Deferred:
    """A handler's answer that comes by `Session.finish` or `Session.prompt`."""


LATER = Deferred()
Answer = Sequence[str] | None | Deferred


class CommandSession:
    """Owns what was typed and not yet carried out, and the state of the conversation."""

    def __init__(self, equipment: Equipment, carry_out: Callable[[Call], Answer]) -> None:
        self._equipment = equipment
        self._carry_out = carry_out
        self.heard: deque[str] = deque(maxlen=10_000)  # command lines, oldest first
        self._typed = bytearray()
        self._last = ""
        self.round = 0  # counts restarts: what was begun in an earlier round is over
        self.reset()

    def reset(self) -> None:
        """The state after power-on: echo and words on, nothing typed, nothing pending."""
        self.words_again()
        self.abandon()

    def abandon(self) -> None:
        """Forget what was typed and what is pending, without a word."""
        self.round += 1
        self._echoed = 0
        self._typed.clear()
        self._busy = False
        self._prompt: Callable[[bytes], None] | None = None
        self._every_line = False
        self._rest: Iterator[Call] = iter(())
        self._held: list[str] = []

    def words_again(self) -> None:
        """What AT&F and ATZ set: echo on, results in words."""
        self.echo, self.verbose, self.quiet = True, True, False

    def feed(self, data: bytes) -> None:
        """Take what came over the line."""
        if self._equipment.deaf:
            return
        if self._busy and self._equipment.faults.busy != "keeps":
            if self._equipment.faults.busy == "refuses":
                self._out(self._ends("\r\nERROR\r\n" * data.count(b"\r")))
            return
        self._typed += data
        self._work()

    def urc(self, line: str) -> None:
        """Say a line unasked; while a prompt is open it waits."""
        if self._prompt is not None:
            self._held.append(line)
        else:
            self.say(line)

    def say(self, line: str) -> None:
        """Say a line now, even into an open prompt."""
        self._out(self._text([line]))

    def prompt(
        self, then: Callable[[bytes], None], shown: bool = True, every_line: bool = False
    ) -> None:
        """Ask for text up to Ctrl-Z and give it to `then`; ESC ends the command with OK.

        `every_line`: ask anew after each line of it.
        """
        self._every_line = every_line
        self._prompt = then
        self._busy = False  # what is typed from now on is the text
        if shown:
            self._out(self._ends("\r\n> "))

    def finish(self, lines: Sequence[str] = (), refusal: Refusal | None = None) -> None:
        """The answer of a command that was put off; the rest of its line follows."""
        self.inform(lines)
        self._busy = False
        if refusal is not None:
            self._end(refusal.line(self._equipment.cmee))
        else:
            self._carry_on()
        self._work()

    def finish_with(self, result: str) -> None:
        """End a command that was put off with a result of its own, such as NO CARRIER."""
        self._busy = False
        self._end(result)

    def give_up(self) -> None:
        """End a command that was put off without a word."""
        self._busy = False
        self._work()

    def inform(self, lines: Sequence[str]) -> None:
        """Information text of the command that is being carried out."""
        if lines:
            self._out(self._text(lines))

    def _work(self) -> None:
        while self._typed and not self._busy and not self._equipment.deaf:
            if self._prompt is not None:
                if not self._take_text(self._prompt):
                    return
            elif not self._take_line():
                return

    def _take_line(self) -> bool:
        """Carry out one command line; False when it is not complete yet."""
        typed = self._typed
        if typed[:2].upper() == b"A/":
            self._echo_up_to(2)
            self._drop(2)
            self._run(self._last)
            return True
        end = typed.find(b"\r")
        if end < 0:
            self._echo_up_to(len(typed))
            if len(typed) > _LONGEST_LINE:
                self._drop(len(typed))
            return False
        self._echo_up_to(end + 1, twice=self._equipment.faults.double_echo)
        line = _edited(bytes(typed[:end]))
        self._drop(end + 1)
        start = line.upper().find("AT")
        if start >= 0:
            self._last = line[start + 2 :].strip()
            self._run(self._last)
        return True

    def _take_text(self, then: Callable[[bytes], None]) -> bool:
        """Take text for the prompt; False when its end has not come yet."""
        typed = self._typed
        ends = [place for place in (typed.find(_CTRL_Z), typed.find(_ESC)) if place >= 0]
        if not ends:
            lines = typed.count(b"\r", self._echoed)
            self._echo_up_to(len(typed))
            if self._every_line:
                self._out(self._ends("\r\n> " * lines))
            return False
        end = min(ends)
        self._echo_up_to(end)
        text, sent = bytes(typed[:end]), typed[end] == _CTRL_Z
        self._drop(end + 1)
        self._prompt = None
        if sent:
            self._busy = True
            then(text)
        else:
            self._end("OK")
        held, self._held = self._held, []
        for line in held:
            self.say(line)
        return True

    def _run(self, body: str) -> None:
        self.heard.append(f"AT{body}")
        self._rest = iter(split_line(body))
        self._carry_on()

    def _carry_on(self) -> None:
        """Carry out what is left of the line, up to its end or the first refusal."""
        now = self.round
        for call in self._rest:
            self._busy = True
            try:
                answer = self._carry_out(call)
            except (Refusal, ValueError) as error:
                refusal = error if isinstance(error, Refusal) else cme(50)
                self._busy = False
                self._end(refusal.line(self._equipment.cmee))
                return
            if now != self.round or isinstance(answer, Deferred):
                return  # restarted meanwhile, or `finish` or `prompt` carries on
            self._busy = False
            if answer and not self._silenced(peek=True):
                self.inform(answer)
        self._end("OK")

    def _silenced(self, peek: bool = False) -> bool:
        faults = self._equipment.faults
        return faults.no_answer != 0 if peek else faults.take("no_answer")

    def _end(self, result: str) -> None:
        """Say the final result, or not, as the switches want it."""
        if self._silenced():
            return
        if self._equipment.faults.take("late_ok"):
            self._busy = True
            self._equipment.later(self._equipment.faults.late_by, lambda: self._end_late(result))
        else:
            self._say_result(result)

    def _end_late(self, result: str) -> None:
        self._say_result(result)
        self._busy = False
        self._work()

    def _say_result(self, result: str) -> None:
        if self.quiet:
            return
        if self.verbose:
            self._out(self._ends(f"\r\n{result}\r\n"))
        else:
            self._out(NUMERIC_RESULTS.get(result, result).encode("latin-1") + b"\r")

    def _text(self, lines: Sequence[str]) -> bytes:
        text = "\r\n".join(lines) + "\r\n"
        return self._ends(f"\r\n{text}" if self.verbose else text)

    def _ends(self, text: str) -> bytes:
        if self._equipment.personality.line_end != "\r\n":
            text = text.replace("\r\n", self._equipment.personality.line_end)
        return text.encode("latin-1", "replace")

    def _out(self, data: bytes) -> None:
        if data and not self._equipment.deaf:
            self._equipment.around.write(data)

    def _echo_up_to(self, end: int, twice: bool = False) -> None:
        fresh = bytes(self._typed[self._echoed : end])
        self._echoed = end
        if fresh and (self.echo or self._equipment.faults.echo_stays):
            self._out(fresh)
            if twice:
                self._out(fresh)

    def _drop(self, end: int) -> None:
        del self._typed[:end]
        self._echoed = max(0, self._echoed - end)


def _edited(line: bytes) -> str:
    """The line with its backspaces carried out, latin-1, without line feeds and the like."""
    if b"\x08" in line:
        kept = bytearray()
        for octet in line:
            if octet != 8:
                kept.append(octet)
            elif kept:
                kept.pop()
        line = bytes(kept)
    return line.decode("latin-1").strip("\n\x00\x1a\x1b ")
