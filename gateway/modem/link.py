"""Drives jobs over a port: bytes in and out, deadlines, resynchronising, wake-ups.

Used by the modem's thread alone; the only method for other threads is `wake`.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from gateway.at import (
    Engine,
    Event,
    LateResponse,
    LoginPrompt,
    Prompt,
    Response,
    Restarted,
    Result,
    ResyncFailed,
    Resynchronised,
    Stray,
    Urc,
    WriteBytes,
)
from gateway.clock import Clock
from gateway.modem.flood import Flood
from gateway.modem.jobs.base import (
    Abandon,
    Await,
    Job,
    LinkLost,
    Pause,
    Payload,
    Request,
    Unanswered,
)
from gateway.steps import step
from hw.serialport import PortError, PortTrouble, SerialPort

T = TypeVar("T")
Reply = Response | Prompt | Urc | None
News = Urc | LateResponse | Restarted | LoginPrompt | Stray


class Waker:
    """A pair of sockets that ends a wait from another thread; after `close`, `set` does nothing."""

    def __init__(self) -> None:
        self._out, self._in = socket.socketpair()
        self._out.setblocking(False)
        self._in.setblocking(False)

    def fileno(self) -> int:
        return self._out.fileno()

    def set(self) -> None:
        with contextlib.suppress(OSError):  # full of wake-ups already, or closed
            self._in.send(b"!")

    def wait(self, seconds: float) -> None:
        """Sleep until `set` or for so many seconds."""
        select.select([self._out], [], [], seconds)
        self.clear()

    def clear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._out.recv(512):
                pass

    def close(self) -> None:
        self._in.close()
        self._out.close()


TIME_OUTS = 3  # unanswered commands in a row after which the modem counts as silent
UNLESS = 1.0  # seconds between looks whether a wait is to end before its time
BEAT = 5.0  # seconds: no wait is longer, so that the thread is seen to be alive
RESYNC_PATIENCE = 12.0  # seconds to get back into step; then the port is opened again


class Link:
    """One opened port with its engine. Raises LinkLost from everything once the modem is gone.

    The engine outlives the link: an answer may still come late after the port was opened again.
    """

    def __init__(
        self,
        port: SerialPort,
        engine: Engine,
        waker: Waker,
        clock: Clock,
        on_news: Callable[[News], None],
        stop_at: Callable[[], float | None],
    ) -> None:
        self._port = port
        self._waker = waker
        self._clock = clock
        self._on_news = on_news
        self._stop_at = stop_at
        self._engine = engine
        engine.reopened(clock.monotonic())
        self._poll = select.poll()
        self._poll.register(port.fileno(), select.POLLIN)
        self._poll.register(waker.fileno(), select.POLLIN)
        self._deaf_poll = select.poll()  # for when the modem has said too much
        self._deaf_poll.register(waker.fileno(), select.POLLIN)
        self._flood = Flood()
        self._said: deque[Urc] = deque(maxlen=32)  # for jobs that wait for the modem's own words
        self._replies: list[Response | Prompt | Resynchronised | ResyncFailed] = []
        self._restarts = 0
        self.heard_at: float | None = None  # when the modem last sent anything
        self.turned_at = clock.monotonic()  # when this thread last showed life
        self._time_outs = 0  # commands in a row that were not answered in time

    def run(self, job: Job[T]) -> T:
        """Run a job to its end. A lost link is thrown into it first, so that it can record that."""
        try:
            request = next(job)
            while True:
                try:
                    reply = self._perform(request)
                except LinkLost as lost:
                    request = job.throw(lost)
                else:
                    request = job.send(reply)
        except StopIteration as end:
            value: T = end.value
            return value

    def listen(self, until: float) -> None:
        """Take in what the modem says by itself, until `until` (monotonic) or a wake-up."""
        self._wait(until, wakeable=True)

    def _perform(self, request: Request) -> Reply:
        match request:
            case Pause(seconds=seconds):
                self._pause(seconds)
                return None
            case Await(names=names, seconds=seconds, unless=unless):
                return self._await(names, seconds, unless)
            case Abandon():
                self._write(self._engine.abandon(self._clock.monotonic()))
                self._into_step()
                return None
            case Payload(data=data, timeout=timeout):
                written = self._engine.send_payload(data, self._clock.monotonic(), timeout)
                self._write(written)
                step("payload written")
                answer = self._reply()
                return answer if written else _unsent(answer)
        if self._time_outs >= TIME_OUTS:
            raise Unanswered("The modem does not answer its commands in time.")
        self._into_step()
        self._write(self._engine.send(request, self._clock.monotonic()))
        return self._reply()

    def _reply(self) -> Response | Prompt:
        while True:
            for n, event in enumerate(self._replies):
                if isinstance(event, Response | Prompt):
                    del self._replies[: n + 1]
                    silent = isinstance(event, Response) and event.result.kind == "TIMEOUT"
                    self._time_outs = self._time_outs + 1 if silent else 0
                    return event
            self._wait(None)

    def _await(
        self, names: tuple[str, ...], seconds: float, unless: Callable[[], bool] | None
    ) -> Urc | None:
        until = self._clock.monotonic() + seconds
        before = self._restarts
        while True:
            while self._said:
                urc = self._said.popleft()
                if urc.name in names and seconds > 0:
                    return urc
            if self._restarts != before:
                raise LinkLost("The modem restarted in the middle of it.")
            now = self._clock.monotonic()
            if now >= until or (unless is not None and unless()):
                return None
            self._wait(until if unless is None else min(until, now + UNLESS))

    def _into_step(self) -> None:
        """After a time-out: let the engine find the point from which answers are new ones."""
        while self._engine.out_of_step or self._engine.prompted_unasked:
            now = self._clock.monotonic()
            self._write(self._engine.resynchronise(now))
            while not any(isinstance(e, Resynchronised | ResyncFailed) for e in self._replies):
                self._wait(now + RESYNC_PATIENCE)
                if self._clock.monotonic() >= now + RESYNC_PATIENCE:
                    self._replies.append(ResyncFailed())
            failed = any(isinstance(e, ResyncFailed) for e in self._replies)
            self._replies.clear()
            if failed:
                raise Unanswered("The modem does not answer.")

    def _pause(self, seconds: float) -> None:
        until = self._clock.monotonic() + seconds
        while self._clock.monotonic() < until:
            self._wait(until)

    def _wait(self, until: float | None, *, wakeable: bool = False) -> None:
        """One wait for bytes, deadline, `until`, or (if wakeable) a wake-up; feeds the engine."""
        now = self.turned_at = self._clock.monotonic()
        deaf = self._flood.deaf_until(now)
        ends = [t for t in (until, deaf, self._engine.deadline, self._stop_at()) if t is not None]
        poll = self._poll if deaf is None else self._deaf_poll
        patience = max(0.0, min((*ends, now + BEAT)) - now) * 1000
        ready = {fd for fd, _ in poll.poll(patience)}
        now = self._clock.monotonic()
        if self._waker.fileno() in ready:
            self._waker.clear()
        if self._port.fileno() in ready:
            data = self._read()
            self._flood.took(len(data), now)
            self._take(self._engine.receive(data, now))
            self.heard_at = now
        self._take(self._engine.tick(now))
        stop_at = self._stop_at()
        if stop_at is not None and now >= stop_at:
            raise LinkLost("The service was stopped.")

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Response | Prompt | Resynchronised | ResyncFailed):
                self._replies.append(event)
            elif isinstance(event, WriteBytes):
                self._write(event.data)
            else:
                if isinstance(event, Urc):
                    self._said.append(event)
                self._restarts += isinstance(event, Restarted)
                self._on_news(event)

    def _read(self) -> bytes:
        try:
            return self._port.read()
        except PortError as e:
            raise LinkLost(str(e)) from e

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except PortError as e:
            if e.trouble is PortTrouble.STUCK:  # it is there, and as good as silent
                raise Unanswered(str(e)) from e
            raise LinkLost(str(e)) from e


def _unsent(answer: Response | Prompt) -> Response:
    """The prompt was gone before anything was written to it, whatever ended it."""
    return Response(answer.command, (), Result("NO_PROMPT"))
