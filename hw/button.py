"""A push button between a header pin and ground."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from hw import pins
from hw.presses import Press, Presses

log = logging.getLogger(__name__)


class Button:
    """Owns the pin and the button thread, which calls `pressed` with what each press means."""

    def __init__(self, pin: int, pressed: Callable[[Press], None], factory: Any = None) -> None:
        """`pin`: BCM number. Raises whatever gpiozero does where there is no such pin."""
        from gpiozero import Button as Contact  # slow to load, and only wanted with a button

        self._changes: queue.SimpleQueue[tuple[bool, float] | None] = queue.SimpleQueue()
        self._pressed = pressed
        self._contact = Contact(pin, pin_factory=factory or pins.factory())
        self._contact.when_pressed = lambda: self._changes.put((True, time.monotonic()))
        self._contact.when_released = lambda: self._changes.put((False, time.monotonic()))
        self._thread = threading.Thread(target=self._run, name="button", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._contact.close()
        self._changes.put(None)
        self._thread.join(timeout=2)

    def _run(self) -> None:
        presses = Presses()
        while True:
            with contextlib.suppress(queue.Empty):
                change = self._changes.get(timeout=presses.due(time.monotonic()))
                if change is None:
                    return
                self._tell(presses.change(*change))
            self._tell(presses.tick(time.monotonic()))

    def _tell(self, press: Press | None) -> None:
        if press is None:
            return
        try:
            self._pressed(press)
        except Exception:
            log.exception("what the button asks for could not be done")
