"""What happened, told to whoever listens, in order, without ever holding up who tells it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person or a program may want to know of."""


@dataclass(frozen=True, slots=True)
class OutboxChanged(Event):
    """Dispatches were added or changed state."""


@dataclass(frozen=True, slots=True)
class Queued(OutboxChanged):
    """Something new may go out now."""


@dataclass(frozen=True, slots=True)
class MessagesReceived(Event):
    """Messages came in and are stored."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModemChanged(Event):
    """A modem's state, signal or operator is different now."""

    port: str


@dataclass(frozen=True, slots=True)
class HealthChanged(Event):
    """Something about the box needs a person now that did not before, or no longer does."""


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Event):
    """Credit, settings or the USSD dialogue of a connection are different now."""

    connection_id: int


@dataclass(frozen=True, slots=True)
class StoreChanged(Event):
    """Somebody outside this process wrote to the store (the command line does)."""


@dataclass(frozen=True, slots=True)
class SchedulesChanged(Event):
    """What is sent later, or what became of it, is different now."""


Listener = Callable[[Event], None]


class Events:
    """Owns the events thread. `publish` may be called from any thread and never waits.

    `revision` counts everything a page could show; a page that holds the same number is up to date.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.revision = 0

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def publish(self, event: Event) -> None:
        with self._lock:
            self.revision += 1
        if self._listeners:
            self._queue.put(event)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell what is still queued, then end."""
        if self._thread:
            self._queue.put(None)
            self._thread.join(timeout=2)
            self._thread = None

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        while (event := self._queue.get()) is not None:
            for listener in tuple(self._listeners):
                try:
                    listener(event)
                except Exception:
                    log.exception("a listener failed on %s; the others go on", event)
