"""POST /api/v1/messages and GET /api/v1/messages/{id}."""

from __future__ import annotations

from flask import Response, g, jsonify, make_response, request, url_for

from gateway.services import schedule_people
from gateway.services.messaging import Refused
from gateway.store import details, schedule_runs, schedules
from gateway.store.details import Detail, DispatchInfo
from gateway.store.outbox import DuplicateId
from webui.api import body
from webui.current import box
from webui.words import iso

# Our states in SMSGate's words, and Uncertain, which it does not have.
STATES = {
    "pending": "Pending",
    "sending": "Processed",
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Failed",
    "cancelled": "Failed",
    "uncertain": "Uncertain",
}


def send() -> Response:
    try:
        draft, later = body.draft(request.get_data(), box().clock.now())
        if later is None:
            id_ = box().messaging.send(draft, author=g.caller, origin="api").client_id
        else:
            kept = box().scheduling.add(draft, later, author=g.caller, origin="api")
            id_ = kept.client_id or ""
    except body.BadBody as e:
        return make_response(jsonify(message=str(e)), 400)
    except Refused as e:
        return make_response(jsonify(message=str(e)), 400)
    except DuplicateId as e:
        return make_response(jsonify(message=str(e)), 409)
    response = answer(id_, 202)
    response.headers["Location"] = url_for("api.state", message_id=id_)
    return response


def state(message_id: str) -> Response:
    return answer(message_id, 200)


def answer(client_id: str, status: int) -> Response:
    if message := details.by_client_id(client_id):
        return make_response(jsonify(_shape(message)), status)
    if later := schedules.by_client_id(client_id):
        return make_response(jsonify(_shape_later(later)), status)
    return make_response(jsonify(message=f"There is no message with the id {client_id}."), 404)


def _shape(message: Detail) -> dict[str, object]:
    return {
        "id": message.client_id,
        "state": _overall({STATES[d.state] for d in message.dispatches}),
        "isHashed": False,
        "isEncrypted": False,
        "recipients": [
            {
                "phoneNumber": d.number,
                "state": STATES[d.state],
                "error": _error(message, d),
            }
            for d in message.dispatches
        ],
        "createdAt": iso(message.created_at),
    }


def _shape_later(kept: schedules.Schedule) -> dict[str, object]:
    """Pending until its time has come; Failed when nothing will be sent any more."""
    state, error = "Pending", None
    if kept.status in (schedules.Status.DONE, schedules.Status.CANCELLED):
        state, error = "Failed", "Cancelled."
        if kept.status is schedules.Status.DONE:
            error = next((r.words for r in schedule_runs.newest([kept.id], 1)[kept.id]), "")
    numbers = schedule_people.expand(kept.content.recipients).numbers
    return {
        "id": kept.client_id,
        "state": state,
        "isHashed": False,
        "isEncrypted": False,
        "recipients": [{"phoneNumber": n, "state": state, "error": error} for n in numbers],
        "createdAt": iso(kept.created_at),
        "scheduleAt": iso(kept.next.at) if kept.next else None,
    }


def _overall(states: set[str]) -> str:
    """What is still under way comes first; then all alike; a mixture counts as Sent."""
    for under_way in ("Pending", "Processed", "Uncertain"):
        if under_way in states:
            return under_way
    return states.pop() if len(states) == 1 else "Sent"


DELETED = "The message was deleted: it is not sent unless it is restored."


def _error(message: Detail, d: DispatchInfo) -> str | None:
    if message.deleted_at is not None and d.state == "pending":
        return DELETED
    if d.state not in ("failed", "uncertain", "cancelled", "pending") or not d.reason:
        return None
    return f"{d.reason} ({d.code})" if d.code else d.reason
