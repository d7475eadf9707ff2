"""GET /api/v1/inbox: what was received, newest first."""

from __future__ import annotations

from flask import Response, jsonify, make_response, request

from gateway.store import connections, queries
from gateway.store.connections import ConnectionInfo
from webui.words import iso

MOST, USUAL = 500, 50


def received() -> Response:
    limit, offset = _number("limit", USUAL), _number("offset", 0)
    if limit is None or not 1 <= limit <= MOST:
        return make_response(jsonify(message=f"limit must be 1 to {MOST}."), 400)
    if offset is None:
        return make_response(jsonify(message="offset must be 0 or more."), 400)
    messages, total = queries.inbox_list(limit, offset)
    lines = connections.every()
    response = jsonify([_shape(m, lines.get(m.connection_id or 0)) for m in messages])
    response.headers["X-Total-Count"] = str(total)
    return response


def _number(name: str, default: int) -> int | None:
    """A whole number from the address; None when it is something else."""
    text = request.args.get(name)
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _shape(message: queries.Received, line: ConnectionInfo | None) -> dict[str, object]:
    return {
        "id": str(message.id),
        "type": "CALL" if message.kind == "call" else "SMS",
        "sender": message.sender,
        "recipient": (line.number if line else "") or None,
        "simNumber": line.position if line else None,
        # The whole of it: an SMS is no longer than a preview. A call has no text but what it is.
        "contentPreview": message.note if message.kind == "call" else message.text,
        "createdAt": iso(message.created_at),
        "sentAt": None if message.sent_at is None else iso(message.sent_at),
        "complete": message.complete,
    }
