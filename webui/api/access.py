"""Programs sign in with each request: user and password (Basic), or a token (Bearer).

The page's cookie is never looked at here, so no other site can make a browser use this API. What a
call needs is in one table; a call that is not in it needs the scope "manage".
"""

from __future__ import annotations

from flask import Response, g, jsonify, make_response, request

from gateway.services.account_errors import ShutOut, Throttled, WrongCredentials
from gateway.services.roles import MANAGE, OF_ROLE, PEOPLE, READ, SEND, allows
from webui.current import box

CHALLENGES = ('Basic realm="Pigeonbox", charset="UTF-8"', 'Bearer realm="Pigeonbox"')
# Endpoint -> the scopes of which one is enough.
NEEDS: dict[str, tuple[str, ...]] = {
    "api.send": (SEND,),
    "api.state": (SEND, READ),
    "api.resend": (SEND,),
    "api.received": (READ,),
    "api.all_activities": (READ,),
    "api.try_activities": (READ,),
    "api.issues": (READ,),
    "api.export": (READ,),
    "api.listed": (READ,),
    "api.one": (READ,),
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


def check() -> Response | None:
    """None lets the request through; g.caller is who it comes from, g.scopes what they may."""
    return _who() or _may(needed(request.endpoint or ""))


def needed(endpoint: str) -> tuple[str, ...]:
    return NEEDS.get(endpoint, (MANAGE,))


def _who() -> Response | None:
    given, address = request.authorization, request.remote_addr or ""
    if given is None:
        return _refused("Sign in with user and password (Basic) or a token (Bearer).")
    if given.type == "bearer":
        program = box().programs.check(given.token or "")
        if program is None:
            box().accounts.note_refused("a token that is not valid", address)
            return _refused("This token is not valid.")
        g.caller, g.scopes = program.name, program.scopes
        return None
    if given.type != "basic":
        return _refused("Only Basic and Bearer are understood here.")
    try:
        user = box().accounts.check_basic(given.username or "", given.password or "", address)
    except (WrongCredentials, ShutOut) as e:
        return _refused(str(e))
    except Throttled as e:
        response = make_response(jsonify(message=str(e)), 429)
        response.headers["Retry-After"] = str(e.seconds)
        return response
    g.caller, g.scopes = user.name, OF_ROLE.get(user.role, ())
    return None


def _may(needed: tuple[str, ...]) -> Response | None:
    if any(allows(g.scopes, scope) for scope in needed):
        return None
    words = (
        f"{g.caller} may not do this: it needs {' or '.join(needed)}. Make a token with that scope "
        "under Settings, Programs, or with pigeonbox token add --scope."
    )
    response = make_response(jsonify(message=words), 403)
    # RFC 6750, section 3.1
    response.headers["WWW-Authenticate"] = (
        f'Bearer realm="Pigeonbox", error="insufficient_scope", scope="{" ".join(needed)}"'
    )
    return response


def _refused(words: str) -> Response:
    response = make_response(jsonify(message=words), 401)
    for challenge in CHALLENGES:
        response.headers.add("WWW-Authenticate", challenge)
    return response
