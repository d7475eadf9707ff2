"""The arguments of a call's address: which there are, and what is written in them.

What is not known is refused by name, or a program would believe that its filter was obeyed.
"""

from __future__ import annotations

import re

from flask import Response, jsonify, make_response, request

from gateway.text import values
from gateway.text.values import LARGEST, BadValue, whole, yes_no

EXPORT = ("view", "q", "direction", "state", "simNumber", "who", "since", "until")
# Endpoint -> what it understands; the others take none.
TAKES: dict[str, tuple[str, ...]] = {
    # Official clients send both. Numbers with a + are believed anyhow, and the box is active.
    "api.send": ("skipPhoneValidation", "deviceActiveWithin"),
    "api.received": ("type", "limit", "offset", "from", "to", "deviceId", "includeAttachments"),
    "api.contacts": ("find", "group", "blocked", "limit", "offset"),
    "api.delete": ("trash", "forever"),
    "api.delete_received": ("forever",),
    "api.export": EXPORT,
}


class BadArgument(ValueError):
    """An argument that is not understood; the text says which and what it must be."""


def check() -> Response | None:
    """Before every call."""
    known = TAKES.get(request.endpoint or "", ())
    if unknown := sorted(set(request.args) - set(known)):
        there = f"known are {', '.join(known)}" if known else "this call takes none"
        verb = "is" if len(unknown) == 1 else "are"
        return failure(f"{', '.join(unknown)} {verb} not known here; {there}.")
    for name, given in request.args.lists():
        if len(given) > 1:
            return failure(f"{name} is given more than once.")
    return None


def refused(error: BadArgument) -> Response:
    return failure(str(error))


def failure(words: str) -> Response:
    return make_response(jsonify(message=words), 400)


def flag(name: str) -> bool:
    """Raises BadArgument."""
    found = yes_no(request.args.get(name, ""))
    if isinstance(found, BadValue):
        raise BadArgument(f"{name} must be true or false.")
    return found


def number(name: str, default: int, least: int = 0, most: int = LARGEST) -> int:
    """Raises BadArgument."""
    text = request.args.get(name)
    if text is None:
        return default
    found = whole(text, least, most)
    if isinstance(found, BadValue):
        raise BadArgument(f"{name} must be {found.bounds}.")
    return found


def instant(name: str) -> int | None:
    """Milliseconds UTC; None: it is not given. Raises BadArgument."""
    text = request.args.get(name)
    if text is None:
        return None
    text = re.sub(r" (?=\d\d:?\d\d$)", "+", text)  # a + that nobody has escaped
    found = values.instant(text)
    if isinstance(found, BadValue):
        words = "must be an instant in ISO 8601 with its zone, e.g. 2026-11-27T08:00:00Z."
        raise BadArgument(f"{name} {words}")
    return found
