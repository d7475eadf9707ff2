"""Watches the box's health while it runs: one list of issues for page, API, light and notices."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

from gateway.clock import MINUTE, Clock
from gateway.config import Config
from gateway.events import Event, Events, HealthChanged, ModemChanged
from gateway.health import Issue, Severity, Snapshot, collect, examine
from gateway.health.snapshot import LowCredit, Webhook
from gateway.services.activities import descriptions
from gateway.services.connections.status import StatusReader
from gateway.services.credit.credit_status import amount
from gateway.services.health import opt_outs
from gateway.services.jobs.loop import Loop
from gateway.services.keeping.keeping import Keeping
from gateway.store.activities import activities, webhooks
from gateway.store.connections import connections
from gateway.store.credit import credit
from gateway.store.file import settings
from gateway.store.keeping import checkup

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds
SOON = 3.0  # seconds after a modem changed: what only flickers is not looked at
RARELY = 600.0  # seconds between questions to other programs
SINCE = "health.since"  # setting: when each issue was first seen, over restarts
ORDER = (Severity.PROBLEM, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class HealthSources:
    """What the watch looks at."""

    config: Config
    status: StatusReader
    keeping: Keeping
    dead: Callable[[], tuple[str, ...]]  # threads that have died or hang
    wrong_clock: Callable[[], str] = str  # why the clock is not trusted; "" = it is


class HealthWatch(Loop):
    """Owns the health thread and its database connection; `issues` may be read from any thread."""

    name = "health"

    def __init__(self, clock: Clock, events: Events, sources: HealthSources) -> None:
        super().__init__(clock)
        self._events = events
        self._sources = sources
        self._rarely: dict[str, Any] = {}
        self._rarely_at: float | None = None
        self.issues: tuple[Issue, ...] = ()  # the worst first, each with when it was first seen
        events.subscribe(self._heard)

    def look(self) -> None:
        """Once; needs this thread's database connection."""
        found = examine(self._snapshot())
        ranked = sorted(found, key=lambda i: ORDER.index(i.severity))
        issues = tuple(self._dated(ranked))
        if issues != self.issues:
            self.issues = issues
            self._events.publish(HealthChanged())

    def _snapshot(self) -> Snapshot:
        now, running = self._clock.now(), self._clock.monotonic()
        if self._rarely_at is None or running - self._rarely_at >= RARELY:
            self._rarely = collect.asked_rarely(now)
            self._rarely_at = running
        config, keeping = self._sources.config, self._sources.keeping
        store = collect.store_of(checkup.from_inside(config.data, now))
        done = keeping.mended
        found = collect.from_inside(
            config,
            now,
            asdict(self._sources.status.snapshot()),
            store=replace(store, mended=done.words if done else "", backup_trouble=keeping.trouble),
            credits=low_credits(),
            webhooks=tuple(Webhook(*astuple(one)) for one in webhooks.troubles()),
            broken_activities=tuple(broken_activities()),
            dead=self._sources.dead(),
            rarely=self._rarely,
        )
        return replace(
            found,
            clock=replace(found.clock, wrong=self._sources.wrong_clock()),
            unreached=tuple(opt_outs.unreached()),
            kept_stops=tuple(opt_outs.kept_stops()),
            silenced=tuple(opt_outs.silenced(now)),
        )

    def _dated(self, found: list[Issue]) -> list[Issue]:
        """Notes are no news and have no beginning."""
        known = settings.whole_numbers(SINCE)
        now = self._clock.now()
        dates = {
            name(i): min(i.since or known.get(name(i), now), now + MINUTE)
            for i in found
            if i.severity is not Severity.NOTE
        }
        if dates != known:
            settings.put(SINCE, dates)
        return [replace(i, since=dates.get(name(i), i.since)) for i in found]

    def turn(self) -> float:
        self.look()
        self._stopping.wait(SOON)
        return EVERY

    def _heard(self, event: Event) -> None:
        if isinstance(event, ModemChanged):
            self.poke()


def name(issue: Issue) -> str:
    """What makes it the same issue as a minute ago, whatever its figures."""
    return f"{issue.key} {issue.about}".strip()


def broken_activities() -> Iterator[tuple[str, str]]:
    """Of those that are switched on: name, and what it names that is not there any more."""
    for activity in activities.enabled():
        if found := descriptions.troubles(activity):
            yield activity.name, " ".join(found)


def low_credits() -> tuple[LowCredit, ...]:
    """Connections whose last readable balance is below what their owner wants to be warned at."""
    names = {c.connection_id: c.name for c in connections.all_connections()}
    found = []
    for connection_id, limited in credit.all_settings().items():
        last = credit.last_read(connection_id)
        limits = [x for x in (limited.warn_below, limited.hold_below) if x is not None]
        if last is None or last.balance is None or not limits or last.balance >= max(limits):
            continue
        held = limited.hold_below is not None and last.balance < limited.hold_below
        found.append(LowCredit(names.get(connection_id, "A SIM"), amount(last), held))
    return tuple(found)
