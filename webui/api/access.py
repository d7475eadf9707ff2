"""Programs sign in with each request: user and password (Basic), or a token (Bearer).

The page's cookie is never looked at here, so no other site can make a browser use this API.
"""

from __future__ import annotations

from flask import Response, g, jsonify, make_response, request

from gateway.services.accounts import Throttled, WrongCredentials
from webui.current import box

CHALLENGES = ('Basic realm="Pigeonbox", charset="UTF-8"', 'Bearer realm="Pigeonbox"')


def check() -> Response | None:
    """None lets the request through; g.caller is who it comes from."""
    given = request.authorization
    if given is None:
        return _refused("Sign in with user and password (Basic) or a token (Bearer).")
    if given.type == "bearer":
        g.caller = box().accounts.check_token(given.token or "")
        return None if g.caller else _refused("This token is not valid.")
    if given.type != "basic":
        return _refused("Only Basic and Bearer are understood here.")
    try:
        g.caller = box().accounts.check_basic(
            given.username or "", given.password or "", request.remote_addr or ""
        )
    except WrongCredentials as e:
        return _refused(str(e))
    except Throttled as e:
        response = make_response(jsonify(message=str(e)), 429)
        response.headers["Retry-After"] = str(e.seconds)
        return response
    return None


def _refused(words: str) -> Response:
    response = make_response(jsonify(message=words), 401)
    for challenge in CHALLENGES:
        response.headers.add("WWW-Authenticate", challenge)
    return response
