"""What is done to messages that are there: delete, restore, send again.

DELETE /api/v1/messages/{id}, POST .../restore, POST .../resend; the same under /api/v1/inbox/{id},
but for resend. Deleted ones are in Deleted Communications on the page and can be restored, until
DELETE with ?forever=1 takes them out for good.
"""

from __future__ import annotations

import json

from flask import Response, g, jsonify, make_response, request

from gateway.services.interactions import Action, Preview, Selection, Task
from gateway.store import details, schedules
from webui.api import messages
from webui.arguments import an_id
from webui.current import box

NOT_DELETED = "Delete it first: only what is in Deleted Communications is deleted for good."
BEING_SENT = "A modem is just sending it; try again in a minute."
NOTHING_FAILED = "Nothing of this message has failed, so there is nothing to send again."
MAY_BE_TWICE = (
    'It may have been sent already. To send it again all the same, post {"uncertain": true}.'
)


def delete(message_id: str) -> Response:
    """204; what is not sent yet will not be, unless restored. A scheduled one is cancelled."""
    found = _sent(message_id)
    if _forever():
        return _destroyed(found, message_id)
    if found is None and (later := schedules.by_client_id(message_id)):
        box().scheduling.cancel(later.id, None, g.caller)
        return make_response("", 204)
    return _moved(found, message_id, Action.DELETE)


def restore(message_id: str) -> Response:
    return _moved(_sent(message_id), message_id, Action.RESTORE)


def delete_received(message_id: str) -> Response:
    if _forever():
        return _destroyed(_received(message_id), message_id)
    return _moved(_received(message_id), message_id, Action.DELETE)


def restore_received(message_id: str) -> Response:
    return _moved(_received(message_id), message_id, Action.RESTORE)


def resend(message_id: str) -> Response:
    """202 and the message's state. Of what may have been sent only when the body says so."""
    found = _sent(message_id)
    if found is None:
        return _unknown(message_id)
    uncertain = _uncertain(request.get_data())
    if uncertain is None:
        return make_response(jsonify(message='The body must be {} or {"uncertain": true}.'), 400)
    chosen = Selection((found,))
    preview: Preview = box().interactions.preview(Action.RESEND, chosen)
    if not preview.failed and not preview.uncertain:
        return make_response(jsonify(message=NOTHING_FAILED), 409)
    if not preview.failed and not uncertain:
        return make_response(jsonify(message=MAY_BE_TWICE), 409)
    box().interactions.do(Task(Action.RESEND, chosen, g.caller, uncertain))
    return messages.answer(message_id, 202)


def _moved(found: int | None, shown: str, action: Action) -> Response:
    """Doing it twice is no mistake."""
    if found is None:
        return _unknown(shown)
    box().interactions.do(Task(action, Selection((found,)), g.caller))
    return make_response("", 204)


def _forever() -> bool:
    return request.args.get("forever", "").lower() in ("1", "true", "yes")


def _destroyed(found: int | None, shown: str) -> Response:
    """409 unless it was deleted before: so no slip of a program loses anything."""
    if found is None:
        return _unknown(shown)
    chosen = Selection((found,))
    if not box().interactions.preview(Action.DESTROY, chosen).messages:
        return make_response(jsonify(message=NOT_DELETED), 409)
    if not box().interactions.do(Task(Action.DESTROY, chosen, g.caller)):
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
    value = body.get("uncertain", False) if isinstance(body, dict) else None
    return value if isinstance(value, bool) else None


def _unknown(shown: str) -> Response:
    return make_response(jsonify(message=f"There is no message with the id {shown}."), 404)
