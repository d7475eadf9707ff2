"""Programs sign in with each request: a token (Bearer, X-API-Key), or name and password (Basic).

The page's cookie is never looked at here, so no other site can make a browser use this API. What a
call needs is in one table; a call that is not in it needs the scope "manage".
"""

from __future__ import annotations

from flask import Response, g, jsonify, make_response, request

from gateway.services.accounts.account_errors import ShutOut, Throttled, WrongCredentials
from gateway.services.accounts.roles import (
    MANAGE,
    OF_ROLE,
    OPERATOR,
    PEOPLE,
    READ,
    SEND,
    allows,
    at_least,
)
from gateway.services.accounts.tokens import looks_like_a_token
from webui.page.current import box

SIGN_IN = (
    "Sign in with a token, as Bearer, in X-API-Key or as the password of Basic; or with name and"
    " password (Basic)."
)
CHALLENGES = ('Basic realm="Pigeonbox", charset="UTF-8"', 'Bearer realm="Pigeonbox"')
ORIGIN = "api"  # of messages and schedules that programs made
# Endpoint -> the scopes of which one is enough. Those with SEND are for what the caller made;
# what others made needs more (need_own).
NEEDS: dict[str, tuple[str, ...]] = {
    "api.send": (SEND,),
    "api.state": (SEND, READ),
    "api.resend": (SEND,),
    "api.delete": (SEND,),
    "api.received": (READ,),
    "api.all_activities": (READ,),
    "api.try_activities": (READ,),
    "api.issues": (READ,),
    "api.export": (READ,),
    "api.listed": (READ,),
    "api.show_connection": (READ,),
    "api.rules": (READ,),
    "api.all_scheduled": (READ,),
    "api.pause_scheduled": (SEND,),
    "api.resume_scheduled": (SEND,),
    "api.send_scheduled": (SEND,),
    "api.contacts": (READ, PEOPLE),
    "api.contact": (READ, PEOPLE),
    "api.all_groups": (READ, PEOPLE),
    "api.all_blocked": (READ, PEOPLE),
    "api.add_contact": (PEOPLE,),
    "api.change_contact": (PEOPLE,),
    "api.delete_contact": (PEOPLE,),
    "api.add_group": (PEOPLE,),
    "api.rename_group": (PEOPLE,),
    "api.delete_group": (PEOPLE,),
    "api.join_group": (PEOPLE,),
    "api.leave_group": (PEOPLE,),
    "api.block_number": (PEOPLE,),
    "api.unblock_number": (PEOPLE,),
}

# Endpoint -> the role that somebody with name and password needs besides, as on the page.
ROLES: dict[str, str] = {"api.export": OPERATOR}
# Endpoint -> the role that is enough without the scope, as on the page. Programs need the scope:
# their slips are quicker than a person's.
ENOUGH: dict[str, str] = dict.fromkeys(
    (
        "api.restore",
        "api.mark_read",
        "api.mark_unread",
        "api.delete_received",
        "api.restore_received",
    ),
    OPERATOR,
)


def check() -> Response | None:
    """None lets the request through; g.caller is who it comes from, g.scopes what they may."""
    endpoint = request.endpoint or ""
    if refused := _sign_in():
        return refused
    if (enough := ENOUGH.get(endpoint)) and at_least(g.role, enough):
        return None
    return _may(needed(endpoint)) or _is_enough(ROLES.get(endpoint, ""))


def needed(endpoint: str) -> tuple[str, ...]:
    return NEEDS.get(endpoint, (MANAGE,))


def _sign_in() -> Response | None:
    """A token counts as Bearer, in X-API-Key, and as the password of Basic with any name."""
    given, address = request.authorization, request.remote_addr or ""
    key = request.headers.get("X-API-Key", "").strip()
    try:
        if given is None and key:
            return _program(key, address)
        if given is None:
            return _refused(SIGN_IN)
        if given.type == "bearer":
            return _program(given.token or "", address)
        if given.type == "basic":
            return _sign_in_as(given.username or "", given.password or "", address)
    except Throttled as e:
        response = make_response(jsonify(message=str(e)), 429)
        response.headers["Retry-After"] = str(e.seconds)
        return response
    return _refused("Only Basic, Bearer and X-API-Key are understood here.")


def _program(secret: str, address: str) -> Response | None:
    found = box().accounts.check_token(secret, address, box().programs.check)
    if found is None:
        return _refused("This token is not valid.")
    g.caller, g.scopes, g.role = found.name, found.scopes, ""
    return None


def _sign_in_as(name: str, password: str, address: str) -> Response | None:
    if looks_like_a_token(password):
        check = box().programs.check
        if found := box().accounts.check_token(password, address, check, name=name):
            g.caller, g.scopes, g.role = found.name, found.scopes, ""
            return None
    try:
        user = box().accounts.check_basic(name, password, address)
    except (WrongCredentials, ShutOut) as e:
        return _refused(str(e))
    g.caller, g.scopes, g.role = user.name, OF_ROLE.get(user.role, ()), user.role
    return None


def may(scope: str) -> bool:
    return allows(g.scopes, scope)


def is_own(author: str, origin: str) -> bool:
    """Whether the caller made this through the API."""
    return origin == ORIGIN and author == g.caller


def need_whole() -> None:
    """What is done to whosever messages, with more than withdrawing them. Raises MissingScope."""
    if not (may(MANAGE) or at_least(g.role, OPERATOR)):
        raise MissingScope(MANAGE)


def need_own(author: str, origin: str, *, or_else: str = MANAGE) -> None:
    """What others made needs more than what oneself did. Raises MissingScope.

    Operators may change what others wrote, as they may on the page.
    """
    if not (is_own(author, origin) or may(or_else) or at_least(g.role, OPERATOR)):
        raise MissingScope(or_else, "Somebody else made it")


class MissingScope(Exception):
    """The caller has not the scopes for this; `why` says what in it needs more."""

    def __init__(self, scope: str, why: str = "") -> None:
        self.scopes, self.why = (scope,), why


def missing(error: MissingScope) -> Response:
    return _insufficient(error.scopes, error.why)


def _may(needed: tuple[str, ...]) -> Response | None:
    if any(may(scope) for scope in needed):
        return None
    return _insufficient(needed)


def _insufficient(needed: tuple[str, ...], why: str = "") -> Response:
    words = (
        f"{g.caller} may not do this: {f'{why}: that needs' if why else 'it needs'}"
        f" {' or '.join(needed)}. Make a token with that scope under Settings, Programs, or with"
        " pigeonbox token add --scope."
    )
    response = make_response(jsonify(message=words), 403)
    # RFC 6750, section 3.1
    response.headers["WWW-Authenticate"] = (
        f'Bearer realm="Pigeonbox", error="insufficient_scope", scope="{" ".join(needed)}"'
    )
    return response


def _is_enough(needed: str) -> Response | None:
    if not needed or not g.role or at_least(g.role, needed):
        return None
    words = f"{g.caller} has the role {g.role}; this is for those with the role {needed} or more."
    return make_response(jsonify(message=words), 403)


def _refused(words: str) -> Response:
    response = make_response(jsonify(message=words), 401)
    for challenge in CHALLENGES:
        response.headers.add("WWW-Authenticate", challenge)
    return response
