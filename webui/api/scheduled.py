"""GET /api/v1/scheduled, POST /api/v1/scheduled/{number}/pause, /resume and /send.

What is to be sent later, with its repeats. DELETE /api/v1/messages/{id} cancels one.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g, jsonify, make_response

from gateway.services.schedules import schedule_report
from gateway.services.schedules.schedules import ScheduleGone
from gateway.text.refusal import Refused
from webui.api import access
from webui.page.current import box
from webui.page.formats import iso

NOT_NOW = "Nothing was done: it is not in a state for that, or was sent just now."


def all_scheduled() -> Response:
    found = [schedule_report.schedule(one) for one in schedule_report.everything()]
    for one in found:
        at = one.pop("next_at")
        one["nextAt"] = None if at is None else iso(at)
    return jsonify(found)


def pause_scheduled(number: int) -> Response:
    return _do(number, lambda version: box().scheduling.pause(number, version, g.caller))


def resume_scheduled(number: int) -> Response:
    return _do(number, lambda version: box().scheduling.resume(number, version, g.caller))


def send_scheduled(number: int) -> Response:
    """Now, besides its other turns."""
    return _do(number, lambda version: box().scheduling.send_now(number, version, g.caller))


def _do(number: int, act: Callable[[int], object]) -> Response:
    try:
        found = box().scheduling.get(number)
        access.need_own(found.author, found.origin)
        done = act(found.version)
    except ScheduleGone as e:
        return make_response(jsonify(message=str(e)), 404)
    except Refused as e:
        return make_response(jsonify(message=str(e)), 409)
    if not done:
        return make_response(jsonify(message=NOT_NOW), 409)
    return make_response("", 204)
