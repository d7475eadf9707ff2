"""What a person calls a connection, and its own number."""

from __future__ import annotations

from gateway.events import ConnectionChanged, Events
from gateway.services.people.numbers import INTERNATIONAL, BadNumber, normalise
from gateway.store.connections import connections
from gateway.store.file import audit, database
from gateway.store.file.audit import Editor
from gateway.text.comparison import fold
from gateway.text.refusal import FieldError, Refused

LONGEST = 60  # characters
SHORT = "is too short: enter the whole number, as people dial it"


def understood(
    connection_id: int, name: str, number: str, country: str
) -> tuple[str, str, list[FieldError]]:
    """Name and E.164 number ("": not known) as they are kept, and everything wrong with them."""
    name, number = " ".join(name.split()), number.strip()
    errors = []
    if not name or len(name) > LONGEST or not name.isprintable():
        errors.append(FieldError("name", f"Enter a name of 1 to {LONGEST} characters."))
    elif _name_is_taken(connection_id, name):
        errors.append(FieldError("name", "Another connection is called so; choose another name."))
    known = normalise(number, country) if number else ""
    if isinstance(known, BadNumber):
        errors.append(FieldError("number", f"{known}."))
    elif known and not INTERNATIONAL.fullmatch(known):
        errors.append(FieldError("number", f"“{number}” {SHORT}."))
    return name, str(known), errors


def set_identity(
    connection_id: int, name: str, number: str, *, country: str, events: Events, by: Editor
) -> None:
    """Raises Refused with everything that is wrong. An empty number: not known."""
    name, number, errors = understood(connection_id, name, number, country)
    if errors:
        raise Refused(errors)
    with database.transaction():
        connections.rename(connection_id, name=name, number=number)
        audit.changed(by)
    events.publish(ConnectionChanged(connection_id))


def _name_is_taken(connection_id: int, name: str) -> bool:
    others = (c for c in connections.all_connections() if c.connection_id != connection_id)
    return any(fold(c.name) == fold(name) for c in others)
