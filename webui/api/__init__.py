"""HTTP API, version 1, in the shape of SMSGate ("SMS Gateway for Android", docs.sms-gate.app)."""

from __future__ import annotations

from flask import Blueprint

from webui.api import (
    access,
    activities,
    asked,
    changes,
    connections,
    export,
    inbox,
    issues,
    messages,
    people,
    scheduled,
    webhooks,
)

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_request(access.check)
blueprint.before_request(asked.check)
blueprint.register_error_handler(asked.BadArgument, asked.refused)
blueprint.register_error_handler(access.MissingScope, access.missing)
blueprint.post("/messages")(messages.send)
blueprint.get("/messages/<path:message_id>")(messages.state)
blueprint.delete("/messages/<path:message_id>")(changes.delete)
blueprint.post("/messages/<path:message_id>/restore")(changes.restore)
blueprint.post("/messages/<path:message_id>/resend")(changes.resend)
blueprint.delete("/inbox/<message_id>")(changes.delete_received)
blueprint.post("/inbox/<message_id>/restore")(changes.restore_received)
blueprint.post("/inbox/<message_id>/read")(changes.mark_read)
blueprint.post("/inbox/<message_id>/unread")(changes.mark_unread)
blueprint.get("/issues")(issues.issues)
blueprint.get("/activities")(activities.all_activities)
blueprint.post("/activities/try")(activities.try_activities)
blueprint.get("/webhooks")(webhooks.all_webhooks)
blueprint.post("/webhooks")(webhooks.register_webhook)
blueprint.delete("/webhooks/<webhook_id>")(webhooks.remove_webhook)
blueprint.get("/contacts")(people.contacts)
blueprint.post("/contacts")(people.add_contact)
blueprint.get("/contacts/<id:contact_id>")(people.contact)
blueprint.put("/contacts/<id:contact_id>")(people.change_contact)
blueprint.delete("/contacts/<id:contact_id>")(people.delete_contact)
blueprint.get("/groups")(people.all_groups)
blueprint.post("/groups")(people.add_group)
blueprint.put("/groups/<id:group_id>")(people.rename_group)
blueprint.delete("/groups/<id:group_id>")(people.delete_group)
blueprint.post("/groups/<id:group_id>/members")(people.join_group)
blueprint.delete("/groups/<id:group_id>/members")(people.leave_group)
blueprint.get("/blocked")(people.all_blocked)
blueprint.post("/blocked")(people.block_number)
blueprint.delete("/blocked/<number>")(people.unblock_number)
blueprint.get("/scheduled")(scheduled.all_scheduled)
blueprint.post("/scheduled/<id:number>/pause")(scheduled.pause_scheduled)
blueprint.post("/scheduled/<id:number>/resume")(scheduled.resume_scheduled)
blueprint.post("/scheduled/<id:number>/send")(scheduled.send_scheduled)
blueprint.get("/inbox")(inbox.received)
blueprint.get("/connections")(connections.listed)
blueprint.get("/connections/<id:connection_id>")(connections.show_connection)
blueprint.get("/rules")(connections.rules)
blueprint.put("/rules")(connections.replace_rules)
blueprint.get("/export")(export.export)
