"""What a person sets for a connection, in one line."""

from __future__ import annotations

from gateway.services.connections import connection_settings
from gateway.services.connections.options import ConnectionOptions
from gateway.store.connections import connections
from gateway.store.file.audit import Editor


def somebody() -> Editor:
    """Who sets it."""
    return Editor("ann", "/settings", 1)


def decide(options: ConnectionOptions, connection_id: int, **changes: str | bool | int) -> None:
    """All other settings stay. Raises Refused."""
    info = connections.get(connection_id)
    assert info is not None
    typed = {n: v if isinstance(v, bool) else str(v) for n, v in changes.items()}
    connection_settings.keep(
        connection_id,
        connection_settings.changed(info, typed),
        by=somebody(),
        country="KE",
        options=options,
        checks=None,
        events=options.events,
    )
