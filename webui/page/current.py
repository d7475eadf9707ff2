"""What a view works with: the box, and who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g, request

from gateway.services.accounts.accounts import SignedInUser
from gateway.store.file.audit import Editor

if TYPE_CHECKING:
    from gateway.process.box import Box


def box() -> Box:
    return cast("Box", current_app.extensions["box"])


def signed_in() -> SignedInUser | None:
    return cast("SignedInUser | None", g.get("signed_in"))


def author() -> str:
    """Whose name a change goes under."""
    who = signed_in()
    return who.name if who else ""


def editor() -> Editor:
    """Who changes settings with this request, and on which page."""
    return Editor(author(), request.path, box().clock.now())
