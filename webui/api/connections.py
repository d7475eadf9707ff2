"""GET /api/v1/connections, GET and PUT /api/v1/rules."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flask import Response, g, jsonify, make_response, request

from gateway.services.connections import connection_report
from gateway.services.connections.connection_report import report
from gateway.services.connections.rules import TypedRule
from gateway.services.messages.accept import Refused
from gateway.text.values import BadValue, boolean
from webui.page.current import box
from webui.page.formats import iso

TEXTS = ("kind", "prefix", "group", "connection")


def listed() -> Response:
    found = box().connections.overview().connections
    return jsonify([_camel(asdict(report(status))) for status in found])


def show_connection(connection_id: int) -> Response:
    status = box().connections.overview().connection(connection_id)
    if status is None:
        words = f"There is no connection with the id {connection_id}."
        return make_response(jsonify(message=words), 404)
    return jsonify(_camel(asdict(report(status))))


def rules() -> Response:
    return jsonify([connection_report.rule(found) for found in box().rules.listed()])


def replace_rules() -> Response:
    """All rules in their order, as GET gives them; what it tells beside that is ignored."""
    try:
        wanted = _typed_rules(request.get_data())
        box().rules.replace(wanted, g.caller)
    except ValueError as e:
        return make_response(jsonify(message=str(e)), 400)
    except Refused as e:
        words = " ".join(f"{found.field}: {found.words}" for found in e.errors)
        return make_response(jsonify(message=words), 400)
    return rules()


def _typed_rules(raw: bytes) -> list[tuple[TypedRule, bool]]:
    """Raises ValueError with plain words."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, list) or not all(isinstance(one, dict) for one in body):
        raise ValueError("The body must be a JSON list of rules.")
    return [_rule(place, one) for place, one in enumerate(body)]


def _rule(place: int, told: dict[str, Any]) -> tuple[TypedRule, bool]:
    texts = {}
    for name in TEXTS:
        value = told.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise ValueError(f"{place}.{name} must be a text or a number.")
        texts[name] = "" if value is None else str(value)
    enabled = boolean(told.get("enabled", True))
    if isinstance(enabled, BadValue):
        raise ValueError(f"{place}.enabled must be true or false.")
    return TypedRule(**texts), enabled


def _camel(told: dict[str, Any]) -> dict[str, Any]:
    """As SMSGate writes names: simNumber, phoneNumber."""
    found = {}
    for name, value in told.items():
        first, *more = name.split("_")
        found[first + "".join(word.title() for word in more)] = value
    if found["credit"] is not None:
        found["credit"] = found["credit"] | {"at": iso(found["credit"]["at"])}
    return found
