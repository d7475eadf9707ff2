"""What holds for the whole box: how fast a SIM may send, and how long a message waits."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clock import HOUR, Clock
from gateway.decisions.pacing import DEFAULT, Limits, limits_of
from gateway.decisions.retries import VALIDITY
from gateway.events import ConnectionChanged, Events, Queued
from gateway.services.connections.options import MOST
from gateway.services.sending.default_validity import VALID_HOURS, validity
from gateway.services.sending.holds import SETTING
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.store.messages import outbox
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, whole

LONGEST = 63 * 7 * 24  # hours: what TP-VP can say (TS 23.040 9.2.3.12)
NAMES = ("minute", "hour", "day")


@dataclass(frozen=True, slots=True)
class BoxLimits:
    """Stateless; from any thread with a database connection."""

    clock: Clock
    events: Events

    def limits(self) -> Limits:
        return limits_of(DEFAULT, settings.whole_numbers(SETTING), None, None, None)

    def valid_hours(self) -> int:
        return validity() // HOUR

    def change(self, *, minute: str, hour: str, day: str, valid_hours: str, by: Editor) -> None:
        """As somebody typed it. Raises Refused with everything that is wrong; nothing is kept then.

        An empty limit is the usual one, an empty validity 24 hours.
        """
        errors: list[FieldError] = []
        typed = {"minute": minute, "hour": hour, "day": day}
        kept = {
            name: _number(name, text, getattr(DEFAULT, name), 0, MOST, errors)
            for name, text in typed.items()
        }
        usual = VALIDITY // HOUR
        hours = _number("valid_hours", valid_hours, usual, 1, LONGEST, errors)
        if errors:
            raise Refused(errors)
        with database.transaction():
            settings.put(SETTING, kept)
            settings.put(VALID_HOURS, hours)
            audit.changed(by)
        outbox.hurry(self.clock.now())
        self.events.publish(ConnectionChanged(0))
        self.events.publish(Queued())


def _number(
    name: str, text: str, usual: int, least: int, most: int, errors: list[FieldError]
) -> int:
    if not text.strip():
        return usual
    found = whole(text.strip(), least, most)
    if isinstance(found, BadValue):
        errors.append(FieldError(name, f"Enter a whole number from {found.bounds}."))
        return usual
    return found
