"""Which role a page needs: one table of endpoints, and whatever is not in it is for administrators.

A new page works for administrators at once; add its endpoint here for the others. GET and POST of
an address have endpoints of their own: what changes anything is never among the READERS' ones
except one's own password and sessions (tested in tests/webui/page/test_roles.py).
"""

from __future__ import annotations

from flask import Flask, abort, current_app, g

from gateway.services.accounts.roles import ADMINISTRATOR, OPERATOR, READER, at_least
from webui.page.current import signed_in

READERS = frozenset(
    {
        "activities.index",
        "connections.index",
        "connections.modems",
        "connections.show",
        "connections.rules",
        "inbox.detail",
        "inbox.recipients",
        "inbox.view",
        "live.live",
        "people.all_blocked",
        "people.all_groups",
        "people.contact",
        "people.fields",
        "people.group",
        "people.index",
        "people.suggest",
        "people.with_number",
        "phone.phone",
        "phone.talk",
        "scheduled.index",
        "sessions.change_password",  # one's own
        "sessions.end_own",
        "sessions.own",
        "settings.phone",
        "state.card",
        "state.index",
        "work.index",
        "work.show",
        "settings.index",  # which lists what its reader may open
    }
)
OPERATORS = frozenset(
    {
        "activities.again",
        "activities.create",
        "activities.delete",
        "activities.edit",
        "activities.fallback",
        "activities.new",
        "activities.save",
        "activities.shift",
        "activities.switch",
        "activities.try_out",
        "compose.count",
        "compose.contacts",
        "compose.discard_draft",
        "compose.keep_draft",
        "compose.send",
        "compose.write",
        "connections.check",
        "connections.leave",
        "connections.let_go",
        "connections.move_waiting",
        "connections.send_test",
        "connections.test",
        "inbox.confirmed",
        "inbox.export",
        "inbox.exported",
        "inbox.resend",
        "inbox.selected",
        "people.add",
        "people.bad_rows",
        "people.block",
        "people.change_blocked",
        "people.change_field",
        "people.change_members",
        "people.choose_file",
        "people.delete_group",
        "people.export",
        "people.go_on",
        "people.make_group",
        "people.new",
        "people.one_import",
        "people.rename_group",
        "people.save",
        "people.always_group",
        "people.several",
        "people.upload",
        "phone.write",
        "scheduled.cancel",
        "scheduled.pause",
        "scheduled.resume",
        "scheduled.seen",
        "scheduled.send",
        "work.change",
    }
)


def init_app(app: Flask) -> None:
    app.add_template_global(may)
    app.add_template_global(may_change)


def needed(endpoint: str) -> str:
    """The least role for an endpoint."""
    if endpoint in READERS:
        return READER
    return OPERATOR if endpoint in OPERATORS else ADMINISTRATOR


def may(endpoint: str) -> bool:
    """Whether this box has such a page and the person who is signed in may go there.

    Buttons that lead there ask this.
    """
    who = signed_in()
    there = endpoint in current_app.view_functions
    return there and who is not None and at_least(who.role, needed(endpoint))


def may_change() -> bool:
    """Whether the person who is signed in may change messages and people at all."""
    who = signed_in()
    return who is not None and at_least(who.role, OPERATOR)


def check(endpoint: str) -> None:
    """End the request with 403 and plain words when the person's role is not enough."""
    if may(endpoint):
        return
    who = signed_in()
    assert who is not None  # strangers were sent to sign in before
    few = "administrators" if needed(endpoint) == ADMINISTRATOR else "operators and administrators"
    g.reason = (
        f"You are signed in as {who.name}, with the role {who.role}. This is for {few}; "
        "ask an administrator of this box to do it, or to change your role."
    )
    abort(403)
