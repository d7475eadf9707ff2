"""Which connections may send now, over and above being up: roaming, pace, and what holds a SIM.

One object for the whole box. Dispatch asks it before every round; the modems' ledgers tell it what
the network said; page and command line show its words.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.clock import DAY, SECOND, Clock
from gateway.pacing import DEFAULT, NONE, Limits, Pacing, limits_of
from gateway.routing import Line
from gateway.store import connections, outbox, settings
from gateway.store.connections import ConnectionInfo
from gateway.store.db import StoreError
from gateway.streaks import Streaks

log = logging.getLogger(__name__)

STREAK = "refusals of connection "  # a setting for each one that the network refused
SETTING = "pacing"  # {"minute": 30, "hour": 200, "day": 2000}: the box's default; 0 = no limit
ROAMING = "it is roaming, and this connection does not send while roaming."
SWITCHED_OFF = "sending is switched off for this connection."


class Gate:
    """Owns pace and streaks of every connection. From any thread with a database connection."""

    def __init__(self, clock: Clock, default: Limits = DEFAULT) -> None:
        self._clock = clock
        self._default = default
        self._lock = threading.Lock()
        self._pacing: Pacing | None = None  # made when first needed: what was sent is in the store
        self._pretend: set[int] = set()  # connections that no carrier is behind
        self._streaks: Streaks | None = None  # the same
        self._holds: dict[tuple[int, str], str] = {}

    # what happened ------------------------------------------------------------------------------

    def carried(self, connection_id: int, *, pretend: bool) -> None:
        """A modem has this SIM. A pretend one has no carrier that would cut it off."""
        with self._lock:
            (self._pretend.add if pretend else self._pretend.discard)(connection_id)

    def handed_over(self, connection_id: int, count: int) -> None:
        """So many SMS were given to the modem."""
        with self._lock:
            self._remembered().sent(connection_id, self._clock.now(), count)

    def succeeded(self, connection_id: int) -> bool:
        """The network took one. True when that ended a hold."""
        with self._lock:
            known = self._suspected()
            before = known.written(connection_id)
            ended = known.succeeded(connection_id)
        if before is not None:
            self._write_down(connection_id, None)
        return ended

    def refused(
        self, connection_id: int, number: str, code: int | None, said: str, *, account: bool
    ) -> bool:
        """The network refused one. True when the connection is held because of it."""
        now = self._clock.now()
        with self._lock:
            known = self._suspected()
            before = known.written(connection_id)
            held = known.refused(connection_id, number, code, said, now, account=account)
            after = known.written(connection_id)
        if after != before:
            self._write_down(connection_id, after)
        return held

    def hold(self, connection_id: int, source: str, words: str) -> None:
        """Keep a connection from sending until the same `source` calls with "" as words."""
        with self._lock:
            self._holds.pop((connection_id, source), None)
            if words:
                self._holds[connection_id, source] = words

    def let_go(self, connection_id: int) -> None:
        """A person says that the SIM is all right again."""
        with self._lock:
            self._suspected().clear(connection_id)
        self._write_down(connection_id, None)

    # what follows -------------------------------------------------------------------------------

    def lines(self, lines: Mapping[int, Line]) -> dict[int, Line]:
        """The lines as routing is to see them."""
        known = {c.connection_id: c for c in connections.all_connections()}
        box = settings.get(SETTING)
        with self._lock:
            return {i: self._line(line, known.get(i), box) for i, line in lines.items()}

    def leave(self, connection_id: int) -> int:
        """How many SMS may follow now; a great many when there is no limit."""
        info = connections.get(connection_id)
        limits = self._limits(info, settings.get(SETTING))
        with self._lock:
            return self._remembered().leave(connection_id, limits, self._clock.now()).room

    def words(self, info: ConnectionInfo, *, roaming: bool) -> tuple[bool, str]:
        """(Whether somebody should act, why nothing goes out through it now); "" when it sends."""
        limits = self._limits(info, settings.get(SETTING))
        with self._lock:
            if why := self._forbidden(info, roaming=roaming):
                return True, why
            now = self._clock.now()
            return False, self._remembered().leave(info.connection_id, limits, now).words

    def limits(self, info: ConnectionInfo) -> Limits:
        """How many SMS it may send: its own limits, else the box's."""
        return self._limits(info, settings.get(SETTING))

    def wait(self, info: ConnectionInfo, count: int) -> float:
        """Seconds until so many more SMS have left, as far as the limits decide that."""
        limits = self.limits(info)
        with self._lock:
            now = self._clock.now()
            return self._remembered().wait(info.connection_id, limits, count, now) / SECOND

    def distrusted(self, connection_id: int) -> bool:
        """Whether the network's refusals hold it; a person may let it go."""
        with self._lock:
            return self._suspected().on_trial(connection_id)

    def _line(self, line: Line, info: ConnectionInfo | None, box: Mapping[str, int] | None) -> Line:
        if info is None or not line.up:
            return line
        if why := self._forbidden(info, roaming=line.roaming):
            return replace(line, may_send=False, why_not=why)
        now = self._clock.now()
        pacing = self._remembered()
        leave = pacing.leave(line.connection_id, self._limits(info, box), now)
        line = replace(line, load=pacing.lately(line.connection_id, now))
        room = min(line.room, leave.room)
        if self._suspected().on_trial(line.connection_id):
            room = min(room, 1)
        return replace(line, room=room, why_not=leave.words) if room != line.room else line

    def _forbidden(self, info: ConnectionInfo, *, roaming: bool) -> str:
        if not info.send_enabled:
            return SWITCHED_OFF
        if roaming and not info.send_roaming:
            return ROAMING
        held = [w for (i, _), w in self._holds.items() if i == info.connection_id]
        held.append(self._suspected().held(info.connection_id, self._clock.now()))
        return " ".join(filter(None, held))

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
                if written := settings.get(f"{STREAK}{known.connection_id}"):
                    self._streaks.restore(known.connection_id, written, self._clock.now())
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
