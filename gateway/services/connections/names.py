"""What a person calls a connection, and its own number."""

from __future__ import annotations

from gateway.events import ConnectionChanged, Events
from gateway.services.people.numbers import INTERNATIONAL, BadNumber, normalise
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.text.comparison import fold
from gateway.text.refusal import FieldError, Refused

LONGEST = 60  # characters
TOLD = "sim_number."  # setting, and the connection: what its SIM told last as its own number
SHORT = "is too short: enter the whole number, as people dial it"


def understood(
    connection_id: int, name: str, number: str, country: str
) -> tuple[str, str, list[FieldError]]:
    """Name and E.164 number ("": not known) as they are kept, and everything wrong with them."""
    name, number = " ".join(name.split()), number.strip()
    errors = []
    if not name or len(name) > LONGEST or not name.isprintable():
        errors.append(FieldError("name", f"Enter a name of 1 to {LONGEST} characters."))
    elif _taken(connection_id, name):
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


def told_by_sim(info: ConnectionInfo, told: str, country: str) -> bool:
    """Take the own number from the SIM, where nobody has typed one. Whether it was taken.

    What a SIM has told once is not taken again: whoever emptied the field meant it.
    """
    number = normalise(told, country) if told else ""
    key = f"{TOLD}{info.connection_id}"
    before = settings.get(key, "")
    if isinstance(number, BadNumber) or not INTERNATIONAL.fullmatch(number) or number == before:
        return False
    with database.transaction():
        settings.put(key, number)
        if info.number not in ("", before):
            return False
        connections.rename(info.connection_id, number=number)
    return True


def _taken(connection_id: int, name: str) -> bool:
    others = (c for c in connections.all_connections() if c.connection_id != connection_id)
    return any(fold(c.name) == fold(name) for c in others)
