"""GET and POST /api/v1/webhooks, DELETE /api/v1/webhooks/{id}, as SMSGate has them.

What they register is an activity that every SMS sets off, and is shown under Activities.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Response, g, jsonify, make_response, request

from gateway.services.activities.webhook_registration import RECEIVED
from gateway.store.activities.webhooks import RegisteredWebhook
from gateway.text.refusal import Refused
from webui.page.current import box

SHAPE = 'The body must be a JSON object with "url" and "event", both strings, and maybe "id".'


def all_webhooks() -> Response:
    return jsonify([_shape(one) for one in box().registering.all()])


def register_webhook() -> Response:
    """201. With the id of a known one its address is changed."""
    texts = _texts(request.get_data())
    if texts is None:
        return make_response(jsonify(message=SHAPE), 400)
    try:
        made = box().registering.add(texts["id"], texts["url"], texts["event"], g.caller)
    except Refused as e:
        words = " ".join(f"{found.field.rpartition('-')[2]}: {found.words}" for found in e.errors)
        return make_response(jsonify(message=words), 400)
    return make_response(jsonify(_shape(made)), 201)


def remove_webhook(webhook_id: str) -> Response:
    if box().registering.remove(webhook_id, g.caller):
        return make_response("", 204)
    return make_response(jsonify(message=f"There is no webhook with the id {webhook_id}."), 404)


def _texts(raw: bytes) -> dict[str, str] | None:
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    found = {name: body.get(name) for name in ("id", "url", "event")}
    found["id"] = found["id"] or ""
    if not all(isinstance(value, str) for value in found.values()):
        return None
    return {name: str(value) for name, value in found.items()}


def _shape(one: RegisteredWebhook) -> dict[str, object]:
    return {
        "id": one.webhook_id,
        "url": one.url,
        "event": RECEIVED,
        "deviceId": box().preferences.name(),
    }
