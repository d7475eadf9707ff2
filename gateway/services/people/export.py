"""Contacts -> CSV that comes back in as it went out, and vCard for phones."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.services.people import sheets, vcard
from gateway.store.file import audit, database
from gateway.store.people import groups, people
from gateway.store.people.people import ContactFilter, ContactInfo
from gateway.text import plural

CHUNK = 500
HEADER = ("Name", "Number", "Notes", "Groups")
MARK = "\ufeff"  # without it Excel takes UTF-8 for cp1252


def csv(wanted: ContactFilter) -> Iterator[str]:
    """The file in pieces."""
    own = groups.fields()
    yield MARK + sheets.write([(*HEADER, *(f.name for f in own))])
    for some in _chunks(wanted):
        yield sheets.write(
            (
                c.name,
                sheets.phone(c.number),
                c.notes,
                "; ".join(c.groups),
                *(c.fields.get(f.id, "") for f in own),
            )
            for c in some
        )


def cards(wanted: ContactFilter) -> Iterator[str]:
    for some in _chunks(wanted):
        yield vcard.write((c.name, c.number, c.notes, c.groups) for c in some)


def note(wanted: ContactFilter, now: int, who: str) -> None:
    """Into the audit list, before anything is handed out: numbers of people leave the box."""
    words = plural.people(people.count(wanted))
    with database.transaction():
        audit.write(now, who, "export", words)


def _chunks(wanted: ContactFilter) -> Iterator[list[ContactInfo]]:
    ids = people.ids(wanted)
    for start in range(0, len(ids), CHUNK):
        yield people.by_ids(ids[start : start + CHUNK])
