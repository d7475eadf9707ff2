"""What activities wait for and do, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from gateway.decisions.activities import ActionKind, Condition, Match, Sender
from gateway.decisions.activities.condition import either, shortened
from gateway.services.activities.actions import forward_to
from gateway.services.people.numbers import display
from gateway.store.activities import activities
from gateway.store.activities.activities import Action, ActivityInfo, ForwardRecipient
from gateway.store.people import groups, people

MATCHES = {
    Match.WORD: "First word is",
    Match.STARTS: "Starts with",
    Match.CONTAINS: "Contains",
    Match.ANYTHING: "Anything",
}
SENDERS = {
    Sender.ANYBODY: "Anybody",
    Sender.GROUP: "Somebody in a group",
    Sender.KNOWN: "Somebody among the contacts",
    Sender.UNKNOWN: "Somebody not among the contacts",
}
ACTIONS = {
    ActionKind.REPLY: "Reply",
    ActionKind.FORWARD: "Forward",
    ActionKind.JOIN: "Join group",
    ActionKind.LEAVE: "Leave group",
    ActionKind.WEBHOOK: "Call a webhook",
}


def condition(c: Condition) -> list[str]:
    """One line for each thing it asks for."""
    said = [MATCHES[c.match]]
    if c.match is not Match.ANYTHING:
        said = [f"{MATCHES[c.match]} {either(c.words)}"]
    if c.sender is Sender.GROUP:
        said.append(f"from somebody in “{c.group_name}”" if c.group_name else "from a group")
    elif c.sender is not Sender.ANYBODY:
        said.append(f"from {SENDERS[c.sender].lower()}")
    if c.connection_id is not None:
        said.append(f"on {c.connection_name}" if c.connection_name else "on a connection")
    if not c.hours.always:
        said.append(str(c.hours))
    return said


def action(one: Action) -> str:
    match one.kind:
        case ActionKind.REPLY:
            return f"Reply “{shortened(one.text)}”"
        case ActionKind.FORWARD:
            return f"Forward to {', '.join(map(recipient, one.recipients))}"
        case ActionKind.JOIN:
            return f"Join {group(one.group_id)}"
        case ActionKind.LEAVE:
            return f"Leave {group(one.group_id)}"
        case ActionKind.WEBHOOK:
            return f"Call the webhook at {urlsplit(one.url).netloc}"


def group(group_id: int | None) -> str:
    found = groups.get(group_id) if group_id is not None else None
    return f"“{found.name}”" if found else "a group that was deleted"


def recipient(one: ForwardRecipient) -> str:
    if one.group is not None:
        return group(one.group)
    if one.person is not None:
        contact = people.get(one.person)
        return contact.shown if contact else "a person who was deleted"
    return display(one.number)


def troubles(activity: ActivityInfo) -> list[str]:
    """Why it cannot do what it should, each with what to do."""
    return list(dict.fromkeys(_troubles(activity)))


def _troubles(activity: ActivityInfo) -> Iterator[str]:
    c = activity.condition
    if c.sender is Sender.GROUP and not c.group_name:
        yield "Its group does not exist any more, so it never runs; choose another one."
    if c.connection_id is not None and not c.connection_name:
        yield "Its connection does not exist any more, so it never runs; choose another one."
    for one in activity.actions:
        if one.kind in (ActionKind.JOIN, ActionKind.LEAVE):
            if one.group_id is None or groups.get(one.group_id) is None:
                yield "The group of an action does not exist any more; choose another one."
        elif one.kind is ActionKind.FORWARD:
            yield from forward_to(one.recipients)[1]


def described() -> list[dict[str, Any]]:
    """All activities in their order, for programs."""
    return [
        {
            "id": a.id,
            "name": a.name,
            "enabled": a.enabled,
            "when": condition(a.condition),
            "actions": [action(one) for one in a.actions],
            "troubles": troubles(a),
            "fired": a.fired,
            "lastFiredAt": a.last_fired_at,
        }
        for a in activities.activities()
    ]
