"""What people decide for the whole box: its name, its country, its time zone.

Read often and from many threads, so nothing is kept here: the store is asked each time (a row by
its key, some microseconds), and a change made by another process counts at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers

from gateway.events import ConnectionChanged, Events
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.text.refusal import FieldError, Refused

NAME, COUNTRY, ZONE = "box.name", "box.country", "box.zone"
DEFAULT_NAME = "Pigeonbox"
LONGEST = 40  # characters of the box's name


@dataclass(frozen=True, slots=True)
class Preferences:
    """Stateless; from any thread with a database connection."""

    events: Events
    default_country: str  # config.toml's, until somebody chooses one on the page

    def name(self) -> str:
        return str(settings.get(NAME, DEFAULT_NAME))

    def country(self) -> str:
        """Two letters, ISO 3166: numbers typed without a country code are numbers of this one."""
        return str(settings.get(COUNTRY, self.default_country))

    def zone_name(self) -> str:
        """IANA name; "" = the machine's own."""
        return str(settings.get(ZONE, ""))

    def zone(self) -> tzinfo | None:
        """For datetime.astimezone(): None is the machine's own zone."""
        return _zone(self.zone_name())

    def change(self, *, name: str, country: str, zone: str, by: Editor) -> None:
        """Raises Refused with everything that is wrong; then nothing is changed."""
        name, country, zone = " ".join(name.split()), country.strip().upper(), zone.strip()
        errors = []
        if not name or len(name) > LONGEST or not name.isprintable():
            errors.append(FieldError("name", f"Enter a name of 1 to {LONGEST} characters."))
        if country not in phonenumbers.SUPPORTED_REGIONS:
            errors.append(FieldError("country", "Choose a country from the list."))
        if zone and zone not in available_timezones():
            errors.append(FieldError("zone", "Choose a time zone from the list."))
        if errors:
            raise Refused(errors)
        with database.transaction():
            for key, value in ((NAME, name), (COUNTRY, country), (ZONE, zone)):
                settings.put(key, value)
            audit.changed(by)
        self.events.publish(ConnectionChanged(0))


@lru_cache(maxsize=8)
def _zone(name: str) -> tzinfo | None:
    return ZoneInfo(name) if name else None
