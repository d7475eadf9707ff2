"""HTTP API, version 1, in the shape of SMSGate ("SMS Gateway for Android", docs.sms-gate.app)."""

from __future__ import annotations

from flask import Blueprint

from webui.api import access, export, inbox, issues, messages

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_request(access.check)
blueprint.post("/messages")(messages.send)
blueprint.get("/messages/<path:message_id>")(messages.state)
blueprint.get("/issues")(issues.issues)
blueprint.get("/inbox")(inbox.received)
blueprint.get("/export")(export.export)
