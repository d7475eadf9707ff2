"""Which connections may send now, over and above being up: roaming, pace, and what holds a SIM.

One object for the whole box. Dispatch asks it before every round; the modems' ledgers tell it what
the network said; page and command line show its words.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from gateway.at import About
from gateway.clock import DAY, SECOND, Clock
from gateway.decisions.pacing import DEFAULT, NONE, Limits, Pacing, limits_of
from gateway.decisions.refusals import Streaks
from gateway.decisions.routing import RoutingConnection
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.file import settings
from gateway.store.file.database import StoreError
from gateway.store.messages import outbox

log = logging.getLogger(__name__)
T = TypeVar("T")

STREAK = "refusals of connection "  # a setting for each one that the network refused
SETTING = "pacing"  # {"minute": 30, "hour": 200, "day": 2000}: the box's default; 0 = no limit
ROAMING = "it is roaming, and this connection does not send while roaming."
SWITCHED_OFF = "sending is switched off for this connection."


class SendingHolds:
    """Owns pace and streaks of every connection. From any thread with a database connection."""

    def __init__(self, clock: Clock, default: Limits = DEFAULT) -> None:
        self._clock = clock
        self._default = default
        self._lock = threading.Lock()
        self._pacing: Pacing | None = None  # made when first needed: what was sent is in the store
        self._pretend: set[int] = set()  # connections that no carrier is behind
        self._streaks: Streaks | None = None  # the same
        self._holds: dict[tuple[int, str], str] = {}
        self._released: set[int] = set()  # not asked for yet

    # what happened ------------------------------------------------------------------------------

    def carried(self, connection_id: int, *, pretend: bool) -> None:
        """A modem has this SIM. A pretend one has no carrier that would cut it off."""
        with self._lock:
            (self._pretend.add if pretend else self._pretend.discard)(connection_id)

    def handed_over(self, connection_id: int, count: int) -> None:
        """So many SMS were given to the modem."""
        with self._lock:
            self._remembered().sent(connection_id, self._clock.now(), count)

    def suspects(self, connection_id: int) -> bool:
        """Whether a success would be news about this connection."""
        with self._lock:
            return self._suspected().would_change(connection_id)

    def succeeded(self, connection_id: int, number: str) -> bool:
        """The network took one. True when that ended a hold."""
        now = self._clock.now()
        return self._note(connection_id, lambda s: s.succeeded(connection_id, number, now))

    def refused(self, connection_id: int, number: str, about: About, said: str) -> int:
        """One was refused. Until when the connection is held because of it; 0: it is not."""
        now = self._clock.now()
        return self._note(
            connection_id, lambda s: s.refused(connection_id, number, about, said, now)
        )

    def unproven(self, connection_id: int, number: str) -> bool:
        """Whether its refusal may still be an outage: nothing has gone through since it began."""
        with self._lock:
            return self._suspected().unproven(connection_id, number, self._clock.now())

    def doubted(self, connection_id: int) -> None:
        """Nobody knows what became of one."""
        now = self._clock.now()
        self._note(connection_id, lambda s: s.doubted(connection_id, now))

    def hold(self, connection_id: int, source: str, words: str) -> None:
        """Keep a connection from sending until the same `source` calls with "" as words."""
        with self._lock:
            if self._holds.pop((connection_id, source), None) and not words:
                self._released.add(connection_id)
            if words:
                self._holds[connection_id, source] = words

    def let_go(self, connection_id: int) -> None:
        """The SIM is all right again: a person says so, or what it lacked is there now."""
        self._note(connection_id, lambda s: s.clear(connection_id))
        with self._lock:
            self._released.add(connection_id)

    def back(self, connection_id: int) -> None:
        """A modem carries it again, or it may send again: whatever was wrong may be mended."""
        now = self._clock.now()
        self._note(connection_id, lambda s: s.back(connection_id, now))
        with self._lock:
            self._released.add(connection_id)

    def released(self) -> set[int]:
        """Connections whose hold has ended since the last call: whatever waits because of what
        they lacked may go at once."""
        with self._lock:
            ended, self._released = self._released, set()
            return ended

    def _note(self, connection_id: int, change: Callable[[Streaks], T]) -> T:
        """Change a streak, and keep it for after a restart."""
        with self._lock:
            known = self._suspected()
            before, was_held = known.written(connection_id), known.on_trial(connection_id)
            result = change(known)
            after = known.written(connection_id)
            if was_held and not known.on_trial(connection_id):
                self._released.add(connection_id)
        if after != before:
            self._write_down(connection_id, after)
        return result

    # what follows -------------------------------------------------------------------------------

    def apply(self, by_id: Mapping[int, RoutingConnection]) -> dict[int, RoutingConnection]:
        """The connections as routing is to see them."""
        known = {c.connection_id: c for c in connections.all_connections()}
        box = settings.whole_numbers(SETTING)
        with self._lock:
            return {i: self._limited(c, known.get(i), box) for i, c in by_id.items()}

    def leave(self, connection_id: int) -> int:
        """How many SMS may follow now; a great many when there is no limit."""
        info = connections.get(connection_id)
        limits = self._limits(info, settings.whole_numbers(SETTING))
        with self._lock:
            return self._remembered().leave(connection_id, limits, self._clock.now()).budget

    def obstacle(self, info: ConnectionInfo, *, roaming: bool) -> tuple[bool, str]:
        """(Whether somebody should act, why nothing goes out through it now); "" when it sends."""
        limits = self._limits(info, settings.whole_numbers(SETTING))
        with self._lock:
            if why := self._forbidden(info, roaming=roaming):
                return True, why
            now = self._clock.now()
            if why := self._suspected().held(info.connection_id, now):
                return self._suspected().lasting(info.connection_id, now), why
            return False, self._remembered().leave(info.connection_id, limits, now).words

    def limits(self, info: ConnectionInfo) -> Limits:
        """How many SMS it may send: its own limits, else the box's."""
        return self._limits(info, settings.whole_numbers(SETTING))

    def wait(self, info: ConnectionInfo, count: int) -> float:
        """Seconds until so many more SMS have left, as far as the limits decide that."""
        limits = self.limits(info)
        with self._lock:
            now = self._clock.now()
            return self._remembered().wait(info.connection_id, limits, count, now) / SECOND

    def distrusted(self, connection_id: int) -> bool:
        """Whether the network's refusals hold it; a person may let it go."""
        with self._lock:
            return bool(self._suspected().held(connection_id, self._clock.now()))

    def pausing(self, connection_id: int) -> str:
        """Why nothing that was claimed already should follow a refusal; "" when it may."""
        with self._lock:
            return self._suspected().why_held(connection_id)

    def tried(self) -> frozenset[str]:
        """Numbers that others go before, while a connection lets out one message as a trial."""
        with self._lock:
            return self._suspected().tried(self._clock.now())

    def _limited(
        self,
        connection: RoutingConnection,
        info: ConnectionInfo | None,
        box: Mapping[str, int] | None,
    ) -> RoutingConnection:
        if info is None or not connection.up:
            return connection
        if why := self._forbidden(info, roaming=connection.roaming):
            return replace(connection, may_send=False, why_not=why)
        now = self._clock.now()
        pacing = self._remembered()
        leave = pacing.leave(connection.connection_id, self._limits(info, box), now)
        connection = replace(connection, load=pacing.lately(connection.connection_id, now))
        free_slots = min(connection.free_slots, leave.budget)
        if why := self._suspected().why_held(connection.connection_id):
            waits = now < self._suspected().until(connection.connection_id)
            if waits or outbox.under_way(connection.connection_id):
                return replace(connection, free_slots=0, why_not=why, held=True)
            free_slots = min(free_slots, 1)
        if free_slots == connection.free_slots:
            return connection
        return replace(connection, free_slots=free_slots, why_not=leave.words)

    def _forbidden(self, info: ConnectionInfo, *, roaming: bool) -> str:
        if not info.send_enabled:
            return SWITCHED_OFF
        if roaming and not info.send_roaming:
            return ROAMING
        return " ".join(w for (i, _), w in self._holds.items() if i == info.connection_id)

    def _remembered(self) -> Pacing:
        if self._pacing is None:
            self._pacing = Pacing()
            for connection_id, at in outbox.submitted_since(self._clock.now() - DAY):
                self._pacing.sent(connection_id, at)
        return self._pacing

    def _suspected(self) -> Streaks:
        """Inside the lock."""
        if self._streaks is None:
            self._streaks = Streaks()
            for known in connections.all_connections():
                written = settings.get(f"{STREAK}{known.connection_id}", {})
                try:
                    if written:
                        self._streaks.restore(known.connection_id, written, self._clock.now())
                except (AttributeError, KeyError, TypeError) as e:
                    log.error("why %s was held cannot be read: %r", known.connection_id, e)
        return self._streaks

    def _write_down(self, connection_id: int, streak: dict[str, Any] | None) -> None:
        """For after a restart; a disk that cannot take it must not hold up what is under way."""
        try:
            if streak is None:
                settings.forget(f"{STREAK}{connection_id}")
            else:
                settings.put(f"{STREAK}{connection_id}", streak)
        except StoreError as e:
            log.error("why a connection is held could not be kept for a restart: %s", e)

    def _limits(self, info: ConnectionInfo | None, box: Mapping[str, int] | None) -> Limits:
        own = (info.per_minute, info.per_hour, info.per_day) if info else (None, None, None)
        pretend = info is not None and info.connection_id in self._pretend
        return limits_of(NONE if pretend else self._default, box, *own)
