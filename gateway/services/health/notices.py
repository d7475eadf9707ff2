"""Tells the administrator by SMS, through the box itself, of health issues that were chosen."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gateway.clock import DAY, HOUR, MINUTE, Clock
from gateway.health import Issue, Severity
from gateway.services.box.preferences import Preferences
from gateway.services.health.health_watch import name
from gateway.services.messages.accept import Messages, WrittenMessage
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.text.refusal import FieldError, Refused

log = logging.getLogger(__name__)

OPTIONS, TOLD = "notices", "notices.told"  # settings
STANDS = 5 * MINUTE  # what passes by itself sooner is not told
TTL = 2 * HOUR // 1000  # seconds: an old notice is no news
MOST_A_DAY = 50
LONGEST = 300  # characters: two SMS

# What can be chosen: title -> beginnings of the issues' keys.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "modem": ("A modem or its port", ("modem", "ports.", "usb.", "storage.", "permissions.")),
    "sim": ("A SIM", ("sim.", "smsc.")),
    "network": ("The mobile network", ("network.",)),
    "credit": ("Credit", ("credit.",)),
    "queue": ("Messages that wait or are in doubt", ("queue.", "messages.")),
    "people": ("Somebody who is not reached or not answered", ("optout.", "replies.")),
    "power": ("Supply and heat", ("power.", "temperature.")),
    "disk": ("Disk, database and backups", ("disk.", "database.", "backup.")),
    "service": ("Service, clock and updates", ("service.", "clock.", "update.")),
}


@dataclass(frozen=True, slots=True)
class NoticeOptions:
    to: str = ""  # numbers, as typed; "" = nobody is told
    kinds: tuple[str, ...] = tuple(KINDS)
    per_day: int = 5


class Notices:
    """Called by the housekeeping thread; what was told is kept in the store."""

    def __init__(self, clock: Clock, messaging: Messages, preferences: Preferences) -> None:
        self._clock = clock
        self._messaging = messaging
        self._preferences = preferences

    def options(self) -> NoticeOptions:
        kept = settings.get(OPTIONS, asdict(NoticeOptions()))
        return NoticeOptions(**(kept | {"kinds": tuple(kept["kinds"])}))

    def change(self, chosen: NoticeOptions, by: Editor) -> None:
        """Raises Refused with everything that is wrong; then nothing is changed."""
        errors = []
        if chosen.to.strip():
            found = self._messaging.recipients(chosen.to)
            errors += [FieldError("to", f"{bad}.") for bad in found.bad]
        if not 1 <= chosen.per_day <= MOST_A_DAY:
            errors.append(FieldError("per_day", f"Enter 1 to {MOST_A_DAY} SMS."))
        if any(kind not in KINDS for kind in chosen.kinds):
            errors.append(FieldError("kinds", "Choose from the list."))
        if errors:
            raise Refused(errors)
        kept = {"to": chosen.to.strip(), "kinds": chosen.kinds, "per_day": chosen.per_day}
        with database.transaction():
            settings.put(OPTIONS, kept)
            audit.changed(by)

    def round(self, issues: Sequence[Issue]) -> None:
        """Tell what stands long enough and was not told yet; forget what has passed."""
        chosen = self.options()
        now = self._clock.now()
        told = settings.whole_numbers(TOLD)
        standing = {name(i): i for i in issues if i.severity is not Severity.NOTE}
        kept = {key: at for key, at in told.items() if key in standing or now - at < DAY}
        today = sum(now - at < DAY for at in kept.values())
        for key, issue in standing.items():
            if not chosen.to or today >= chosen.per_day:
                break
            if self._is_due(key, issue, kept, chosen, now) and self._send(issue, chosen.to):
                kept[key] = now
                today += 1
        if kept != told:
            settings.put(TOLD, kept)

    def _is_due(
        self, key: str, issue: Issue, told: dict[str, int], chosen: NoticeOptions, now: int
    ) -> bool:
        """An issue that comes and goes is told once a day; one that stands, once."""
        beginnings = tuple(b for kind in chosen.kinds for b in KINDS[kind][1])
        stands = issue.since is not None and now - issue.since >= STANDS
        return stands and issue.key.startswith(beginnings) and key not in told

    def _send(self, issue: Issue, to: str) -> bool:
        words = f"{self._preferences.name()}: {issue.words} {issue.mend}".strip()
        text = words if len(words) <= LONGEST else words[: LONGEST - 3] + "..."
        draft = WrittenMessage(
            recipients=to, text=text, when_uncertain="resend", ttl_seconds=TTL, priority=100
        )
        try:
            self._messaging.send(draft, author="the box itself", origin="box")
        except (Refused, database.StoreError) as e:
            log.error("nobody could be told of %s: %s", issue.key, e)
            return False
        return True
