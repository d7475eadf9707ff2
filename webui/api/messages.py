"""POST /api/v1/messages and GET /api/v1/messages/{id}."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, g, jsonify, make_response, request, url_for

from gateway.decisions.dispatch_states import DispatchState
from gateway.services.accounts.roles import PEOPLE, READ
from gateway.services.messages.accept import Refused, WrittenMessage
from gateway.services.people.addressees import known_name
from gateway.services.schedules import schedule_people
from gateway.store.messages import details
from gateway.store.messages.details import DispatchInfo, MessageDetail
from gateway.store.messages.outbox import BLOCKED, DuplicateId
from gateway.store.people import blocked
from gateway.store.schedules import schedule_runs, schedules
from webui.api import access, asked, body, states
from webui.api.access import ORIGIN
from webui.page.current import box
from webui.page.formats import iso

NAMES = "“{}” is not a phone number, and a name of people or groups stands for their numbers"
DELETED = "The message was deleted: it is not sent unless it is restored."
TELLING = (
    DispatchState.FAILED,
    DispatchState.CANCELLED,
    DispatchState.PENDING,
)  # whose reason is told
MAY_HAVE_BEEN = "It may have been sent."


def send() -> Response:
    asked.flag("skipPhoneValidation")
    asked.number("deviceActiveWithin", 0)
    try:
        draft, later = body.draft(request.get_data(), box().clock.now())
        draft = _without_names(draft)
        if draft.answers and not access.may(READ):
            raise access.MissingScope(READ, "inReplyTo names what was received")
        if later is None:
            id_ = box().messaging.send(draft, author=g.caller, origin=ORIGIN).client_id
        else:
            kept = box().scheduling.add(draft, later, author=g.caller, origin=ORIGIN)
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


def _without_names(draft: WrittenMessage) -> WrittenMessage:
    """Whose numbers a name stands for is told by the answer: names need the scope for people.

    Who may not read people at all does not learn which names there are either.
    """
    if access.may(PEOPLE):
        return draft
    is_name = known_name if access.may(READ) else _has_letters
    for bad in box().messaging.addressees(draft.recipients, names=False).bad:
        if is_name(bad.typed):
            raise access.MissingScope(PEOPLE, NAMES.format(bad.typed[:40]))
    return replace(draft, names=False)


def _has_letters(typed: str) -> bool:
    return any(c.isalpha() for c in typed)


def state(message_id: str) -> Response:
    return answer(message_id, 200)


def answer(client_id: str, status: int) -> Response:
    message = details.by_client_id(client_id)
    later = None if message else schedules.by_client_id(client_id)
    if found := message or later:
        access.need_own(found.author, found.origin, or_else=READ)
        shape = _shape(message) if message else _shape_later(later) if later else {}
        return make_response(jsonify(shape), status)
    return make_response(jsonify(message=f"There is no message with the id {client_id}."), 404)


def _shape(message: MessageDetail) -> dict[str, object]:
    deleted = message.deleted_at is not None
    now = [(d, states.shown(d.state, deleted=deleted)) for d in message.dispatches]
    return {
        "id": message.client_id,
        **states.worded(states.overall(state for _, state in now)),
        "isHashed": False,
        "isEncrypted": False,
        "recipients": [
            {
                "phoneNumber": d.number,
                **states.worded(state),
                "error": _error(d, state),
            }
            for d, state in now
        ],
        "createdAt": iso(message.created_at),
    }


def _shape_later(kept: schedules.ScheduleInfo) -> dict[str, object]:
    """Pending until its time has come; Failed or Cancelled when nothing will be sent any more."""
    told: dict[str, str] = {"state": "Pending"} | states.SCHEDULED
    error = None
    if kept.status is schedules.ScheduleStatus.CANCELLED:
        told, error = states.worded(DispatchState.CANCELLED), "Cancelled."
    elif kept.status is schedules.ScheduleStatus.DONE:
        told = states.worded(DispatchState.FAILED)
        error = next((r.words for r in schedule_runs.newest([kept.id], 1)[kept.id]), "")
    numbers = _numbers(kept)
    unfit = blocked.among(numbers)  # as it is now; at its time it is looked at again
    return {
        "id": kept.client_id,
        **told,
        "isHashed": False,
        "isEncrypted": False,
        "recipients": [
            {"phoneNumber": n, **told, "error": error or (BLOCKED if n in unfit else None)}
            for n in numbers
        ],
        "createdAt": iso(kept.created_at),
        "scheduleAt": iso(kept.next.at) if kept.next else None,
    }


def _numbers(kept: schedules.ScheduleInfo) -> tuple[str, ...]:
    """As groups and people are now: who may not read people sees the numbers it gave itself."""
    recipients = kept.content.recipients
    if not (access.may(READ) or access.may(PEOPLE)):
        return tuple(one.number for one in recipients if one.kind == "number")
    return schedule_people.expand(recipients).numbers


def _error(d: DispatchInfo, shown: DispatchState) -> str | None:
    if shown is not d.state:
        return DELETED
    reason = f"{d.reason} ({d.code})" if d.reason and d.code else d.reason
    if d.state is DispatchState.UNCERTAIN:
        return f"{MAY_HAVE_BEEN} {reason}".strip()
    return (reason or None) if d.state in TELLING else None
