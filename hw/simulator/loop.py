"""One thread that waits for bytes, wake-ups and timers, and otherwise sleeps."""

from __future__ import annotations

import heapq
import logging
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

log = logging.getLogger(__name__)
_LONGEST = 3600.0


class Timer:
    """Something to be done at `when` (monotonic seconds); `cancel` from the loop's thread."""

    __slots__ = ("action", "order", "when")

    def __init__(self, when: float, order: int, action: Callable[[], None]) -> None:
        self.when = when
        self.order = order
        self.action: Callable[[], None] | None = action

    def __lt__(self, other: Timer) -> bool:
        return (self.when, self.order) < (other.when, other.order)

    def cancel(self) -> None:
        self.action = None


class ModemLoop:
    """Owns the thread, its epoll object and its wake-up descriptor."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._epoll: select.epoll | None = None
        self._wake = -1
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], None]] = deque()
        self._timers: list[Timer] = []
        self._order = count()
        self._watched: dict[int, Callable[[int], None]] = {}
        self._thread: threading.Thread | None = None
        self._stopping = False

    @property
    def running(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        """Begin; descriptors can be watched from here on."""
        self._stopping = False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._epoll = select.epoll()
        self._epoll.register(self._wake, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it; what was not done yet is not done."""
        if self._thread is None:
            return
        self._stopping = True
        self._wake_up()
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None
        assert self._epoll is not None
        self._epoll.close()
        with self._lock:
            os.close(self._wake)
            self._wake = -1
        self._watched.clear()
        self._timers.clear()

    def watch(self, fd: int, action: Callable[[int], None]) -> None:
        """Call `action(events)` when `fd` has something new (edge-triggered: read it empty)."""
        assert self._epoll is not None
        self._watched[fd] = action
        self._epoll.register(fd, select.EPOLLIN | select.EPOLLHUP | select.EPOLLET)

    def want_write(self, fd: int, wanted: bool) -> None:
        """Also call when `fd` can be written again."""
        assert self._epoll is not None
        extra = select.EPOLLOUT if wanted else 0
        self._epoll.modify(fd, select.EPOLLIN | select.EPOLLHUP | select.EPOLLET | extra)

    def unwatch(self, fd: int) -> None:
        if self._watched.pop(fd, None) and self._epoll is not None:
            self._epoll.unregister(fd)

    def soon(self, action: Callable[[], None]) -> None:
        """Have `action` done in the loop's thread. Any thread may ask, also before the start."""
        self._jobs.append(action)
        if self._thread is not threading.current_thread():
            self._wake_up()

    def _wake_up(self) -> None:
        with self._lock:  # never write to a number that somebody else has got meanwhile
            if self._wake >= 0:
                os.eventfd_write(self._wake, 1)

    def later(self, delay: float, action: Callable[[], None]) -> Timer:
        """Have `action` done after `delay` seconds (loop's thread only)."""
        timer = Timer(time.monotonic() + delay, next(self._order), action)
        heapq.heappush(self._timers, timer)
        return timer

    def ask(self, question: Callable[[], Any]) -> Any:
        """The answer of `question`, found in the loop's thread; TimeoutError after 5 s."""
        if self._thread is None or self._thread is threading.current_thread():
            return question()
        done = threading.Event()
        answer: list[Any] = []

        def job() -> None:
            try:
                answer.append(question())
            finally:
                done.set()

        self.soon(job)
        if not done.wait(5) or not answer:
            raise TimeoutError(f"{self._name} did not answer")
        return answer[0]

    def _run(self) -> None:
        assert self._epoll is not None
        while not self._stopping:
            for fd, events in self._epoll.poll(self._pause()):
                if fd == self._wake:
                    os.eventfd_read(fd)
                elif action := self._watched.get(fd):
                    self._guard(partial(action, events))
            while self._jobs and not self._stopping:
                self._guard(self._jobs.popleft())
            self._ring()

    def _pause(self) -> float:
        if self._jobs:
            return 0.0
        if not self._timers:
            return _LONGEST
        return min(_LONGEST, max(0.0, self._timers[0].when - time.monotonic()))

    def _ring(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0].when <= now:
            timer = heapq.heappop(self._timers)
            if timer.action is not None:
                self._guard(timer.action)

    def _guard(self, action: Callable[[], None]) -> None:
        """One mistake in the simulator must not make the modem deaf for the rest of the run."""
        try:
            action()
        except Exception:
            log.exception("%s: mistake in the simulator", self._name)
