"""Plays patterns on a lamp, for ever, in a thread of its own: the heart-beat people see."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from hw.lamps import Lamp
from hw.patterns import Colour, Pattern

log = logging.getLogger(__name__)

STALE = 60.0  # seconds without a word from the service after which the lamp goes dark
FAILURES = 5  # times in a row after which a lamp is called broken
RETRY = 30.0  # seconds between tries of a broken lamp


class Leds:
    """Owns the lamp and the thread. `show` may be called from any thread and never waits."""

    def __init__(self, lamp: Lamp, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never jump."""
        self._lamp = lamp
        self._pattern: Pattern | None = None
        self._told: tuple[tuple[Colour | None, float], ...] = ()
        self._changed = threading.Event()
        self._good_until = clock() + STALE
        self._clock = clock
        self._failed = 0
        self.trouble = ""  # in plain words, while the lamp cannot be used
        self.beat = clock()  # when the thread last moved
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="leds", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Dark: nobody watches over the messages any more."""
        self._stopping = True
        self._changed.set()
        self._thread.join(timeout=2)
        with contextlib.suppress(Exception):  # a lamp that fails is dark already
            self._lamp.light(None)
        self._lamp.close()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def show(self, pattern: Pattern, good_for: float = STALE) -> None:
        """Go over to this pattern at once; the one already shown goes on undisturbed.

        Whoever shows has to say so again within `good_for` seconds: a lamp that plays on while the
        service hangs would lie.
        """
        self._good_until = self._clock() + good_for
        if pattern != self._pattern:
            self._pattern = pattern
            self._changed.set()

    def tell(self, told: Sequence[tuple[Colour | None, float]]) -> None:
        """Play this once, then go back to the pattern: (colour, seconds) each, dark for None."""
        self._told = tuple(told)
        self._changed.set()

    def _run(self) -> None:
        """Never ends before `stop`: a dark lamp says that the service is dead, and must not lie."""
        while not self._stopping:
            try:
                self._play(self._wait)
            except Exception as e:
                self._fail(e)

    def _fail(self, error: Exception) -> None:
        self._failed += 1
        if self._failed == FAILURES:
            self.trouble = f"The light has failed: {error or type(error).__name__}."
            log.warning("%s It is tried again now and then.", self.trouble)
        self._changed.clear()
        if not self._stopping:
            self._wait(RETRY if self._failed >= FAILURES else 0.1)

    def _play(self, wait: Callable[[float | None], bool]) -> None:
        """Until something changed. `wait` returns True when it did."""
        self._changed.clear()
        told, self._told = self._told, ()
        for step in told:
            if not self._tell_one(*step, wait):
                return
        for colour, seconds in steps(self._pattern):
            stale = self._clock() > self._good_until
            self._light(None if stale else colour)
            if wait(STALE / 4 if seconds is None else seconds):
                return

    def _tell_one(
        self, colour: Colour | None, seconds: float, wait: Callable[[float | None], bool]
    ) -> bool:
        """A new pattern meanwhile waits, so that blinks can be counted; False: something else."""
        ends = self._clock() + seconds
        self._light(colour)
        while (left := ends - self._clock()) > 0 and wait(left):
            self._changed.clear()
            if self._told or self._stopping:
                return False
        return True

    def _light(self, colour: Colour | None) -> None:
        self.beat = self._clock()
        self._lamp.light(colour)
        if self._failed >= FAILURES:
            log.warning("the light works again")
        self._failed, self.trouble = 0, ""

    def _wait(self, seconds: float | None) -> bool:
        return self._changed.wait(seconds)


def steps(pattern: Pattern | None) -> Iterator[tuple[Colour | None, float | None]]:
    """Colour and for how long, without end; a time of None means until something changes."""
    if pattern is None:
        while True:
            yield None, None
    if len(pattern.round) == 1 and not pattern.round[0][1]:
        while True:
            yield pattern.colour, None
    while True:
        for on, off in pattern.round:
            yield pattern.colour, on
            yield None, off
