"""What is done to messages that are there: delete, restore, send again.

DELETE /api/v1/messages/{id} withdraws what waits, as with SMSGate. Ours are ?trash=1, which puts
any message into Deleted Communications, POST .../restore, and ?forever=1, which takes out for good
what is there; DELETE /api/v1/inbox/{id} and its restore; POST /api/v1/messages/{id}/resend.
"""

from __future__ import annotations

import json

from flask import Response, g, jsonify, make_response, request

from gateway.services.messages.bulk import BulkAction, BulkPreview, BulkTask, Selection
from gateway.services.schedules.schedules import ScheduleGone
from gateway.store.messages import details
from gateway.store.schedules import schedules
from gateway.text.values import BadValue, boolean
from webui.api import access, asked, messages
from webui.page.arguments import an_id
from webui.page.current import box

NOTHING_WAITS = (
    "Nothing of it waits to be sent any more, so nothing was withdrawn. To put it into Deleted"
    " Communications all the same, add ?trash=1."
)
IT_IS_OVER = "It is not scheduled any more: it was sent, or its time was missed."
NOT_DELETED = "Delete it first: only what is in Deleted Communications is deleted for good."
BEING_SENT = "A modem is just sending it; try again in a minute."
NOTHING_FAILED = "Nothing of this message has failed, so there is nothing to send again."
MAY_BE_TWICE = (
    'It may have been sent already. To send it again all the same, post {"uncertain": true}.'
)


def delete(message_id: str) -> Response:
    """204; what is not sent yet will not be. 409 when nothing waits any more: it stays shown.

    What nobody has taken yet goes into Deleted Communications, of the rest the waiting recipients
    are cancelled; a scheduled one is cancelled. ?trash=1 puts there whatever it is.
    """
    found = details.by_client_id(message_id)
    trash, forever = asked.flag("trash"), asked.flag("forever")
    if trash or forever:
        access.need_whole()
    if forever:
        return _destroyed(found.id if found else None, message_id)
    if trash:
        return _moved(found.id if found else None, message_id, BulkAction.DELETE)
    if found is None:
        return _unplanned(message_id)
    access.need_own(found.author, found.origin)
    if not box().messaging.withdraw(found.id, g.caller):
        return make_response(jsonify(message=NOTHING_WAITS), 409)
    return make_response("", 204)


def _unplanned(message_id: str) -> Response:
    later = schedules.by_client_id(message_id)
    if later is None:
        return _unknown(message_id)
    access.need_own(later.author, later.origin)
    if later.status is schedules.ScheduleStatus.CANCELLED:
        return make_response("", 204)
    try:
        done = box().scheduling.cancel(later.id, None, g.caller)
    except ScheduleGone:
        done = False
    return make_response("", 204) if done else make_response(jsonify(message=IT_IS_OVER), 409)


def restore(message_id: str) -> Response:
    return _moved(_sent(message_id), message_id, BulkAction.RESTORE)


def mark_read(message_id: str) -> Response:
    return _mark(message_id, read=True)


def mark_unread(message_id: str) -> Response:
    return _mark(message_id, read=False)


def _mark(message_id: str, *, read: bool) -> Response:
    """204, also when it was so already."""
    found = _received(message_id)
    if found is None:
        return _unknown(message_id)
    box().messaging.mark_read([found], read=read)
    return make_response("", 204)


def delete_received(message_id: str) -> Response:
    if asked.flag("forever"):
        return _destroyed(_received(message_id), message_id)
    return _moved(_received(message_id), message_id, BulkAction.DELETE)


def restore_received(message_id: str) -> Response:
    return _moved(_received(message_id), message_id, BulkAction.RESTORE)


def resend(message_id: str) -> Response:
    """202 and the message's state. Of what may have been sent only when the body says so."""
    message = details.by_client_id(message_id)
    if message is None:
        return _unknown(message_id)
    access.need_own(message.author, message.origin)
    found = message.id
    uncertain = _uncertain(request.get_data())
    if uncertain is None:
        return make_response(jsonify(message='The body must be {} or {"uncertain": true}.'), 400)
    chosen = Selection((found,))
    preview: BulkPreview = box().interactions.preview(BulkAction.RESEND, chosen)
    if not preview.failed and not preview.uncertain:
        return make_response(jsonify(message=NOTHING_FAILED), 409)
    if not preview.failed and not uncertain:
        return make_response(jsonify(message=MAY_BE_TWICE), 409)
    box().interactions.do(BulkTask(BulkAction.RESEND, chosen, g.caller, uncertain))
    return messages.answer(message_id, 202)


def _moved(found: int | None, shown: str, action: BulkAction) -> Response:
    """Doing it twice is no mistake."""
    if found is None:
        return _unknown(shown)
    box().interactions.do(BulkTask(action, Selection((found,)), g.caller))
    return make_response("", 204)


def _destroyed(found: int | None, shown: str) -> Response:
    """409 unless it was deleted before: so no slip of a program loses anything."""
    if found is None:
        return _unknown(shown)
    chosen = Selection((found,))
    if not box().interactions.preview(BulkAction.DESTROY, chosen).messages:
        return make_response(jsonify(message=NOT_DELETED), 409)
    if not box().interactions.do(BulkTask(BulkAction.DESTROY, chosen, g.caller)):
        return make_response(jsonify(message=BEING_SENT), 409)
    return make_response("", 204)


def _sent(client_id: str) -> int | None:
    found = details.by_client_id(client_id)
    return found.id if found else None


def _received(text: str) -> int | None:
    number = an_id(text)
    found = details.get(number, most=1) if number else None
    return found.id if found and found.incoming else None


def _uncertain(raw: bytes) -> bool | None:
    """None: the body is not understood."""
    if not raw.strip():
        return False
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    found = boolean(body.get("uncertain", False) if isinstance(body, dict) else None)
    return None if isinstance(found, BadValue) else found


def _unknown(shown: str) -> Response:
    return make_response(jsonify(message=f"There is no message with the id {shown}."), 404)
