"""The own number of a connection, as its SIM tells it (AT+CNUM)."""

from __future__ import annotations

from gateway.services.people.numbers import INTERNATIONAL, BadNumber, normalise
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.file import database, settings

TOLD = "sim_number."  # setting, and the connection: what its SIM told last as its own number


def take(info: ConnectionInfo, told: str, country: str) -> bool:
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
