"""GET /api/v1/activities and POST /api/v1/activities/try."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, jsonify, make_response, request

from gateway.services.activities import descriptions
from gateway.services.activities.activity_tryout import SampleMessage
from gateway.text.refusal import Refused
from webui.page.current import box
from webui.page.formats import iso


def all_activities() -> Response:
    """In their order, conditions and actions in words. Secrets and addresses are not in it."""
    found = descriptions.described()
    return jsonify(
        [one | {"lastFiredAt": one["lastFiredAt"] and iso(one["lastFiredAt"])} for one in found]
    )


def try_activities() -> Response:
    """{"message": "...", "phoneNumber": "..."}: what it would set off. Nothing is sent."""
    body = _body()
    text, sender = body.get("message"), body.get("phoneNumber", "")
    if not isinstance(text, str) or not isinstance(sender, str):
        words = 'Give "message" and, if you like, "phoneNumber", both strings, in a JSON object.'
        return make_response(jsonify(message=words), 400)
    try:
        tried = box().activities.try_out(SampleMessage(text[:5000], sender[:100]))
    except Refused as e:
        return make_response(jsonify(message=str(e)), 400)
    return jsonify(
        [
            {
                "activity": t.activity.name if t.activity else None,
                "matches": t.matches,
                "words": t.words,
            }
            for t in tried
        ]
    )


def _body() -> dict[str, Any]:
    try:
        found = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
