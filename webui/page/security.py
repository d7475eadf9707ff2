"""What every request has to pass: known host, own origin, a session, a form token.

Views are closed unless `@public` says otherwise, and roles.py says which role they need; the API
brings its own sign-in.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.accounts.accounts import SESSION_LIFE
from gateway.services.accounts.roles import ADMINISTRATOR, MANAGE
from gateway.services.accounts.visitors import Visitors
from webui.api import access
from webui.page import db_connection, roles
from webui.page.current import box, signed_in

View = TypeVar("View", bound=Callable[..., Any])

COOKIE = "pigeonbox"
KNOWN_COOKIE = "pigeonbox_known"  # proof that this browser signed in before
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PORTS = {"http": 80, "https": 443}
PRODUCT = "pigeonbox"
# Zones that the public DNS does not have (RFC 6761, 6762, 8375; ICANN keeps .internal, .lan is not
# given out). Names in .fritz.box and the like can be had by anybody.
HOME_SUFFIXES = (".local", ".localhost", ".lan", ".home.arpa", ".internal")
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TELL_THEMSELVES = (
    "auth",
    "users",
    "sessions",
    "programs",
    "kept",
    *("connections." + name for name in ("add_rule", "change_rule", "delete_rule", "move_rule")),
    *("connections." + name for name in ("order_rules", "switch_rule", "usual_rules", "remove")),
    *("connections.save", "connections.enter_pin", "setup.save_sims", "setup.save_box"),
    *("settings.save", "settings.save_sending", "clock.save", "clock.confirm"),
    *("people.stop_words", "state.save_notices", "keeping.save"),
    "api.replace_rules",
    "api.delete",
    "api.restore",
    "api.delete_received",
    "api.restore_received",
    "api.mark_read",  # nobody asks later who has read what
    "api.mark_unread",
)  # blueprints and endpoints with audit rows of their own
NOTHING_SET = (
    "connections.cancel",
    "keeping.piece",
    "setup.finish",
    "setup.skip",
    "setup.test_done",
)  # what changes nothing that anybody would ask about later
KEPT = (
    *("recipients", "text", "connection", "kind", "first", "left_out", "answers", "seen", "back"),
    *("flash", "valid"),
    *("when", "date", "time", "unit", "every", "weekdays", "until", "schedule", "version"),
)
HSTS = "max-age=31536000"  # RFC 6797; of this name alone, others may have no certificate
csrf = CSRFProtect()


def public(view: View) -> View:
    """This view is for anybody."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


class _FormCookie(SecureCookieSessionInterface):
    """The cookie that ties forms to their browser; over TLS it never leaves TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask) -> None:
    app.session_interface = _FormCookie()
    app.extensions["visitors"] = Visitors()
    app.before_request(_hold_strangers_back)
    app.before_request(_check_host)
    app.before_request(_check_origin)
    app.before_request(_check_session)
    csrf.init_app(app)  # after the others: who is not signed in hears that first
    app.after_request(_headers)
    app.after_request(_note_settings)
    app.after_request(_count_strangers)


# strangers -------------------------------------------------------------------------------------


def visitors() -> Visitors:
    return cast("Visitors", current_app.extensions["visitors"])


def _hold_strangers_back() -> Response | None:
    """Before anything is looked up; who may be somebody we know is looked at first."""
    address = request.remote_addr or ""
    if request.path.startswith("/static/"):
        known = visitors().knows(address, box().clock.monotonic())
    elif request.path.startswith("/api/"):
        known = request.authorization is not None or "X-API-Key" in request.headers
    else:
        known = COOKIE in request.cookies
    return None if known else _too_many()


def _too_many() -> Response | None:
    wait = visitors().wait(request.remote_addr or "", box().clock.monotonic())
    if wait <= 0:
        return None
    words = "Too many requests came from this address. Try again in a moment.\n"
    response = make_response(words, 429)
    response.mimetype = "text/plain"
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response


def _count_strangers(response: Response) -> Response:
    address, now = request.remote_addr or "", box().clock.monotonic()
    if signed_in() or g.get("caller") or g.get("unchanged"):
        visitors().let_in(address, now)
    elif not (request.endpoint == "static" and visitors().knows(address, now)):
        visitors().count(address, now)
    return response


# host ------------------------------------------------------------------------------------------


def _check_host() -> Response | None:
    if request.blueprint == "health":
        return None  # monitors ask by any name, and nothing in it is worth reading for others
    if not host_is_ours(request.host, box().config.http.trusted_hosts):
        g.reason = (
            "This box does not answer to that name. Use its address, or its own name ending in "
            ".local, or add the name to trusted_hosts under [http] in config.toml."
        )
        return _too_many() or abort(400)
    return None


def host_is_ours(host: str, trusted: tuple[str, ...]) -> bool:
    """Whether a browser may know us by this name.

    A page on somebody's domain can point that domain at our address and then read what we answer
    (DNS rebinding). So only what nobody else can own is answered: numeric addresses, localhost,
    this machine's own name, alone or in a zone that is never public, and configured names.
    """
    name = (_hostname(host) or "").rstrip(".").lower()
    try:
        ipaddress.ip_address(name.partition("%")[0])
        return True
    except ValueError:
        pass
    if name in ("localhost", *(t.rstrip(".").lower() for t in trusted)):
        return True
    short, _, rest = name.partition(".")
    known = (socket.gethostname().lower().partition(".")[0], PRODUCT, "localhost")
    # box-2.local: what mDNS makes of a name that is taken
    ours = bool(short) and re.sub(r"-\d{1,3}$", "", short) in known
    return ours and (not rest or f".{rest}" in HOME_SUFFIXES)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:  # "[" and the like
        return None


# origin ----------------------------------------------------------------------------------------


def _check_origin() -> None:
    """No page of another site may post here, form token or not, API included.

    Chromium sends no Sec-Fetch-Site to plain http on a .local name but does send Origin.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site is not None and site not in ("same-origin", "none")
    if not foreign and site is None and origin is not None:
        foreign = not _same_origin(origin)
    if foreign:
        g.reason = "The request came from another site, so it was not carried out."
        abort(403)


def _same_origin(origin: str) -> bool:
    """Scheme, host and port. A proxy that ends TLS may not tell us that it does."""
    try:
        given, own = urlsplit(origin), urlsplit(f"//{request.host}")
        scheme, port = given.scheme.lower(), given.port or PORTS.get(given.scheme.lower())
        same = (given.hostname, port) == (own.hostname, own.port or PORTS.get(scheme))
    except ValueError:
        return False
    return same and (scheme == request.scheme or (scheme, request.scheme) == ("https", "http"))


# session ---------------------------------------------------------------------------------------


def _check_session() -> BaseResponse | None:
    if request.endpoint == "static" or request.path.startswith("/api/"):
        return None
    if request.blueprint == "health":
        return None
    secret = request.cookies.get(COOKIE, "")
    revision = box().events.revision  # before the session is looked up: see unchanged()
    if request.endpoint == "live.live" and box().accounts.unchanged(secret, revision):
        g.unchanged = True
        return None
    db_connection.need()
    g.signed_in = box().accounts.session(secret, revision)
    if g.signed_in is None and (held := _too_many()):
        return held
    if request.endpoint is None:  # nothing there: the page that says so is for everybody
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "is_public", False):
        return None
    if g.signed_in:
        roles.check(request.endpoint)
        return None
    if request.headers.get("X-Requested-By") == "page":  # our own script: no use for a page
        abort(401)
    if request.endpoint == "compose.send":
        return make_response(
            render_template("accounts/sign_in.html", next="/", kept=kept_message()), 403
        )
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("auth.sign_in", next=back), 303)


def kept_message() -> MultiDict[str, str]:
    """A message that was being written when the session ended: it survives signing in."""
    return MultiDict((name, value) for name in KEPT for value in request.form.getlist(name))


def start_session(response: Response, secret: str, name: str) -> None:
    """Hand the secret to the browser and forget what was there before."""
    session.clear()
    life = SESSION_LIFE // 1000
    _set_cookie(response, COOKIE, secret, life)
    known = _serializer(current_app).dumps([name, secret[:8]])
    _set_cookie(response, KNOWN_COOKIE, str(known), 4 * life)


def sign_in_again(user_id: int, name: str, target: str) -> Response:
    """A fresh session for whoever just changed their password, which ended all of theirs."""
    agent, address = request.headers.get("User-Agent", ""), request.remote_addr or ""
    secret = box().accounts.open_session(user_id, address, agent)
    response = make_response(redirect(target, 303))
    start_session(response, secret, name)
    return response


def end_session(response: Response) -> None:
    session.clear()
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)


def known_device(name: str) -> str:
    """Names this browser when it has signed in under `name` before, else ""."""
    try:
        whose, device = _serializer(current_app).loads(request.cookies.get(KNOWN_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(device) if whose == name.strip().casefold() else ""


def known_browser(app: Flask) -> Callable[[Mapping[str, str]], bool]:
    """Tells by a request's headers (COOKIE) whether its browser has ever signed in here.

    For the web server, which has no database at hand. It opens nothing but room for larger bodies.
    """
    seal = _serializer(app)

    def known(headers: Mapping[str, str]) -> bool:
        try:
            seal.loads(parse_cookie(headers.get("COOKIE", "")).get(KNOWN_COOKIE, ""))
        except (BadSignature, ValueError, TypeError):
            return False
        return True

    return known


def known_address(app: Flask) -> Callable[[str], bool]:
    """Tells whether somebody was let in from an address lately. For the web server, as above."""
    known: Visitors = app.extensions["visitors"]
    clock = app.extensions["box"].clock
    return lambda address: known.knows(address, clock.monotonic())


def _serializer(app: Flask) -> URLSafeSerializer:
    return URLSafeSerializer(str(app.secret_key), salt="known browser")


def _set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a path on this box, never another site."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    if any(ord(c) < 32 for c in target) or urlsplit(target).netloc:
        return "/"
    return target


# audit -----------------------------------------------------------------------------------------


def _note_settings(response: Response) -> Response:
    """Whatever administrators and managing programs alone may do, and did, is in the audit list.

    Only that it was done, and where: what was typed may be a PIN. What is kept in the store is
    noted in the transaction that keeps it (TELL_THEMSELVES); this is for what is done elsewhere,
    as asking a network by USSD or making a backup.
    """
    if request.method in SAFE_METHODS or response.status_code >= 400:
        return response
    signed = signed_in()
    who = signed.name if signed else str(g.get("caller", ""))
    if not who or {request.blueprint, request.endpoint} & set(TELL_THEMSELVES + NOTHING_SET):
        return response
    if _is_delicate(request.endpoint or ""):
        box().accounts.note(who, "settings changed", request.path)
    return response


def _is_delicate(endpoint: str) -> bool:
    if request.path.startswith("/api/"):
        return access.needed(endpoint) == (MANAGE,)
    return roles.needed(endpoint) == ADMINISTRATOR


# headers ---------------------------------------------------------------------------------------


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CSP
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    if box().config.http.hsts and request.is_secure:
        headers["Strict-Transport-Security"] = HSTS
    headers.setdefault("Cache-Control", "no-store")
    return response
