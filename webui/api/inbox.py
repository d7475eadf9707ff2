"""GET /api/v1/inbox: what was received, newest first."""

from __future__ import annotations

from flask import Response, jsonify, request

from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.messages import lists
from gateway.store.messages.lists import ReceivedFilter
from webui.api import asked
from webui.page.current import box
from webui.page.formats import iso

MOST, USUAL = 500, 50
# SMSGate's types, and calls -> our kinds. Of the last three a box receives none.
TYPES: dict[str, tuple[str, ...]] = {
    "SMS": ("sms",),
    "CALL": ("call",),
    "DATA_SMS": (),
    "MMS": (),
    "MMS_DOWNLOADED": (),
}


def received() -> Response:
    """?type=, ?from=, ?to= (instants, both included), ?deviceId=, ?limit=, ?offset=."""
    limit, offset = asked.number("limit", USUAL, 1, MOST), asked.number("offset", 0)
    asked.flag("includeAttachments")  # there are none
    messages, total = lists.inbox_list(limit, offset, _received_filter())
    by_id = connections.all_by_id()
    response = jsonify([_shape(m, by_id.get(m.connection_id or 0)) for m in messages])
    response.headers["X-Total-Count"] = str(total)
    return response


def _received_filter() -> ReceivedFilter:
    kind = request.args.get("type")
    if kind is not None and kind not in TYPES:
        raise asked.BadArgument(f"type must be one of {', '.join(TYPES)}.")
    since, until = asked.instant("from"), asked.instant("to")
    if since is not None and until is not None and since > until:
        raise asked.BadArgument("from must not be later than to.")
    device = request.args.get("deviceId")
    kinds = None if kind is None else TYPES[kind]
    if device is not None and device != box().preferences.name():
        kinds = ()
    return ReceivedFilter(kinds, since, until)


def _shape(message: lists.ReceivedMessage, connection: ConnectionInfo | None) -> dict[str, object]:
    return {
        "id": str(message.id),
        "type": "CALL" if message.kind == "call" else "SMS",
        "sender": message.sender,
        "recipient": (connection.number if connection else "") or None,
        "simNumber": connection.position if connection else None,
        # The whole of it: an SMS is no longer than a preview. A call has no text but what it is.
        "contentPreview": message.note if message.kind == "call" else message.text,
        "createdAt": iso(message.created_at),
        "sentAt": None if message.sent_at is None else iso(message.sent_at),
        "complete": message.complete,
    }
