"""What a person calls a connection, and its own number."""

from __future__ import annotations

from gateway.events import ConnectionChanged, Events
from gateway.services.messaging import FieldError, Refused
from gateway.services.numbers import BadNumber, normalise
from gateway.store import connections

LONGEST = 60  # characters


def set_identity(
    connection_id: int, name: str, number: str, *, country: str, events: Events
) -> None:
    """Raises Refused with everything that is wrong. An empty number: not known."""
    name, number = " ".join(name.split()), number.strip()
    errors = []
    if not name or len(name) > LONGEST or not name.isprintable():
        errors.append(FieldError("name", f"Enter a name of 1 to {LONGEST} characters."))
    known = normalise(number, country) if number else ""
    if isinstance(known, BadNumber):
        errors.append(FieldError("number", f"{known}."))
    if errors:
        raise Refused(errors)
    connections.rename(connection_id, name=name, number=str(known))
    events.publish(ConnectionChanged(connection_id))
