"""The pseudo terminal: what the rest of the machine sees of a simulated modem."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
import time
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path

from .faults import Faults
from .loop import ModemLoop

_MOST_QUEUED = 1 << 16  # octets kept for a client that does not read
_PIECE_GAP = 0.002  # seconds between pieces, so that the client reads them apart
_MOST_PASSED = 16  # ptys that are looked at for the name that it had
_JUNK = bytes(range(0x80, 0x100)) + b"\x00"


class Terminal:
    """Owns the master side of the pty, the symbolic link to it and what waits to be written.

    All methods belong to the loop's thread. While no program has the slave side open, output is
    dropped, as a USB modem's is; the line discipline is raw, so nothing is echoed or translated.
    """

    def __init__(self, loop: ModemLoop, faults: Faults, received: Callable[[bytes], None]) -> None:
        self._loop = loop
        self._faults = faults
        self._received = received
        self._master = -1
        self._reserved = -1  # keeps the number of a pty that vanished from being given away
        self._poll = select.poll()
        self._pty = ""
        self._link: Path | None = None
        self._hung_up = True
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._queued = 0
        self.path = ""

    @property
    def present(self) -> bool:
        return self._master >= 0

    def appear(self, link: Path | None = None) -> None:
        """Make a new pty; `link`, when given, becomes a symbolic link to it."""
        self._release()
        self._master, slave = _open(self._pty)
        tty.setraw(slave)
        self._pty = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        self._poll.register(self._master, select.POLLIN)
        self._hung_up = True
        self._loop.watch(self._master, self._on_event)
        if link is not None:
            point_link(link, self._pty)
        self._link, self.path = link, str(link or self._pty)

    def vanish(self) -> None:
        """Take the pty away: programs that have it open see the device disappear.

        Its name stays unused until it appears again or `close`: whoever looks for the modem there
        would find the terminal that somebody opened meanwhile, and talk to that.
        """
        if self._master < 0:
            return
        with contextlib.suppress(OSError):
            self._reserved = os.open(self._pty, os.O_RDWR | os.O_NOCTTY)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        master, self._master = self._master, -1
        self._waiting.clear()
        self._queued = 0
        self._loop.unwatch(master)
        self._poll.unregister(master)
        os.close(master)

    def close(self) -> None:
        """Vanish for good."""
        self.vanish()
        self._release()

    def _release(self) -> None:
        if self._reserved >= 0:
            os.close(self._reserved)
            self._reserved = -1

    def write(self, data: bytes) -> None:
        """Say `data`, spoilt as the switches want it."""
        if self._master < 0 or self._nobody_listens():
            return
        faults = self._faults
        if faults.split or faults.noise or faults.lose or faults.delay:
            for delay, piece in self._spoil(data):
                self._queue(delay, piece)
            self._flush()
        elif self._waiting or not self._write_now(data):
            self._queue(0.0, data)

    def _nobody_listens(self) -> bool:
        gone = any(event & select.POLLHUP for _, event in self._poll.poll(0))
        if gone and not self._hung_up:
            self._client_left()
        self._hung_up = gone
        return gone

    def _spoil(self, data: bytes) -> list[tuple[float, bytes]]:
        faults, dice = self._faults, self._faults.random
        if faults.noise and dice.random() < faults.noise:
            data = bytes(dice.choices(_JUNK, k=dice.randint(1, 8))) + data
        if faults.lose:
            data = bytes(octet for octet in data if dice.random() >= faults.lose)
        if not faults.split:
            return [(faults.delay, data)]
        pieces: list[tuple[float, bytes]] = []
        at = 0
        while at < len(data):
            size = dice.randint(1, faults.split)
            pieces.append((_PIECE_GAP if pieces else faults.delay, data[at : at + size]))
            at += size
        return pieces

    def _queue(self, delay: float, data: bytes) -> None:
        if self._queued > _MOST_QUEUED:
            return
        after = max(time.monotonic(), self._waiting[-1][0] if self._waiting else 0.0)
        self._waiting.append((after + delay, data))
        self._queued += len(data)

    def _flush(self) -> None:
        while self._waiting and self._master >= 0:
            due, data = self._waiting[0]
            wait = due - time.monotonic()
            if wait > 0:
                self._loop.later(wait, self._flush)
                return
            self._waiting.popleft()
            self._queued -= len(data)
            if not self._write_now(data):
                self._queue_first(data)
                return

    def _queue_first(self, data: bytes) -> None:
        self._waiting.appendleft((0.0, data))
        self._queued += len(data)

    def _write_now(self, data: bytes) -> bool:
        """False when the client must read first; the rest is then kept by the caller."""
        try:
            done = os.write(self._master, data)
        except BlockingIOError:
            done = 0
        if done == len(data):
            return True
        self._loop.want_write(self._master, True)
        if done:
            self._queue_first(data[done:])
            return True
        return False

    def _on_event(self, events: int) -> None:
        if events & select.EPOLLOUT:
            self._loop.want_write(self._master, False)
            self._flush()
        while self._master >= 0:
            try:
                data = os.read(self._master, 65536)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                self._client_left()
                return
            self._hung_up = False
            if self._faults.lose_heard:
                chance, dice = self._faults.lose_heard, self._faults.random
                data = bytes(octet for octet in data if dice.random() >= chance)
            self._received(data)

    def _client_left(self) -> None:
        self._hung_up = True
        self._waiting.clear()
        self._queued = 0
        # The next program finds the line discipline raw again, whatever this one did to it.
        tty.setraw(self._master, termios.TCSANOW)


def _open(name: str) -> tuple[int, int]:
    """A new pty, called `name` as before if that is free: lower ones may have become free."""
    passed: list[tuple[int, int]] = []
    try:
        while True:
            found = os.openpty()
            if not name or os.ttyname(found[1]) == name or len(passed) == _MOST_PASSED:
                return found
            passed.append(found)
    finally:
        for fd in (fd for pair in passed for fd in pair):
            os.close(fd)


def point_link(link: Path, target: str) -> None:
    """Let `link` point at `target` in one step, so that nobody finds it missing."""
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
