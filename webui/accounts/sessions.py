"""One's own password and sessions, for everybody; and everybody's sessions, for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.clock import DAY
from gateway.services.accounts.account_errors import (
    BadPassword,
    ShutOut,
    Throttled,
    WrongCredentials,
)
from gateway.services.accounts.accounts import SESSION_IDLE, SESSION_LIFE, SignedInUser
from webui.accounts.agents import browser_words
from webui.page import security
from webui.page.arguments import an_id
from webui.page.current import author, box, signed_in

blueprint = Blueprint("sessions", __name__, url_prefix="/settings")
DONE = {"password": "Your new password is set. You are signed out everywhere else."}


@blueprint.get("/account")
def own() -> str:
    return _own_page({}, _done())


@blueprint.post("/account/password")
def change_password() -> BaseResponse:
    """The old one is asked for: a page left open must not be enough to take the account over."""
    who = _me()
    old, new = request.form.get("old", ""), request.form.get("password", "")
    status, errors, wait = 422, {}, 0
    if new != request.form.get("again", ""):
        errors["again"] = "The two passwords differ; type them again."
    else:
        try:
            box().accounts.confirm(who, old)
            box().accounts.set_password(who.name, new, who=who.name)
        except Throttled as e:
            status, errors["old"], wait = 429, str(e), e.seconds
        except (WrongCredentials, ShutOut):
            errors["old"] = "This is not your present password."
        except BadPassword as e:
            errors["password"] = str(e)
    if errors:
        response = make_response(_own_page(errors), status)
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response
    return security.sign_in_again(who.user_id, who.name, url_for("sessions.own", done="password"))


@blueprint.post("/account/sessions")
def end_own() -> BaseResponse:
    return _end("sessions.own", _me().user_id)


@blueprint.get("/sessions")
def index() -> str:
    return render_template(
        "accounts/sessions.html", sessions=_session_rows(None), done=_done(), **_limits()
    )


@blueprint.post("/sessions")
def end() -> BaseResponse:
    return _end("sessions.index", None)


def _end(back: str, of: int | None) -> BaseResponse:
    """The one whose button was pressed, or with "others" all but this browser's."""
    if request.form.get("others"):
        ids = [s.id for s in box().accounts.sessions(of) if s.id != _me().session_id]
    else:
        found = an_id(request.form.get("session"))
        ids = [found] if found else []
    ended = box().accounts.end_sessions(ids, who=author(), of=of)
    return redirect(url_for(back, ended=ended), 303)


def _own_page(errors: Mapping[str, str], done: str = "") -> str:
    return render_template(
        "accounts/account.html",
        errors=errors,
        sessions=_session_rows(_me().user_id),
        done=done,
        **_limits(),
    )


def _done() -> str:
    if "ended" in request.args:
        ended = request.args.get("ended", type=int) or 0
        words = {0: "There was no such session any more.", 1: "The session has ended."}
        return words.get(ended, f"{ended} sessions have ended.")
    return DONE.get(request.args.get("done", ""), "")


def _session_rows(of: int | None) -> list[dict[str, object]]:
    mine = _me().session_id
    return [
        {"row": s, "browser": browser_words(s.agent), "this": s.id == mine}
        for s in box().accounts.sessions(of)
    ]


def _limits() -> dict[str, int]:
    return {"idle_days": SESSION_IDLE // DAY, "life_days": SESSION_LIFE // DAY}


def _me() -> SignedInUser:
    who = signed_in()
    assert who is not None  # roles.py lets nobody else in
    return who
