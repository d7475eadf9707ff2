"""What the command line sets for a connection, in the running service: it counts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.services.connections import connection_settings
from gateway.services.connections.connection_settings import RequestedSettings
from gateway.services.connections.options import ConnectionOptions
from gateway.text.refusal import Refused

if TYPE_CHECKING:
    from gateway.process.box import Box


def configure(box: Box, question: dict[str, Any]) -> dict[str, Any]:
    """{"connection": id, "changes"?, "pin"?, "sure"?, "who"?} -> {"done": true} or {"error"}."""
    options = box.options
    assert isinstance(options, ConnectionOptions)
    wish = RequestedSettings(
        int(question["connection"]),
        dict(question.get("changes") or {}),
        question.get("pin"),
        str(question.get("who", "")),
        sure=question.get("sure") is True,
    )
    try:
        connection_settings.carry_out(
            wish,
            country=box.preferences.country(),
            options=options,
            checks=box.credit,
            events=box.events,
        )
    except Refused as e:
        return {"error": str(e)}
    return {"done": True}
