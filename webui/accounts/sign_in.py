"""Sign-in, sign-out and the first run."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.accounts.account_errors import (
    BadName,
    BadPassword,
    ShutOut,
    Throttled,
    WrongCode,
    WrongCredentials,
)
from gateway.services.box.setup import Setup
from webui.messages import compose
from webui.messages.compose_form import ComposeForm
from webui.page import security
from webui.page.current import box, signed_in
from webui.page.security import public

blueprint = Blueprint("auth", __name__)


@blueprint.get("/sign-in")
@public
def sign_in() -> BaseResponse | str:
    target = security.safe_next(request.args.get("next"))
    if signed_in():
        return redirect(target, 303)
    if not box().accounts.set_up:
        return redirect(url_for("auth.first_run"), 303)
    return _sign_in_page()


@blueprint.post("/sign-in")
@public
def sign_in_now() -> BaseResponse:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        secret = _start(name, password)
    except (Throttled, ShutOut, WrongCredentials) as e:
        status = 429 if isinstance(e, Throttled) else 403
        response = make_response(_sign_in_page(name, str(e)), status)
        if isinstance(e, Throttled):
            response.headers["Retry-After"] = str(e.seconds)
        return response
    kept = security.kept_message()
    if not kept:
        return _signed_in(secret, name, security.safe_next(request.form.get("next")))
    response = _signed_in(secret, name, "/send")
    g.signed_in = box().accounts.session(secret)
    response.status_code = 200
    del response.headers["Location"]
    response.set_data(compose.page(ComposeForm.of(kept)))
    return response


@blueprint.post("/sign-out")
@public
def sign_out() -> BaseResponse:
    box().accounts.sign_out(request.cookies.get(security.COOKIE, ""))
    response = make_response(redirect(url_for("auth.sign_in"), 303))
    security.end_session(response)
    return response


@blueprint.get("/first-run")
@public
def first_run() -> BaseResponse | str:
    code = request.args.get("code", "")
    if "code" not in request.args and box().accounts.set_up:
        return redirect(url_for("auth.sign_in"), 303)
    return _first_run_page(code, "admin", {})


@blueprint.post("/first-run")
@public
def first_run_now() -> BaseResponse:
    form = request.form
    code, name, password = form.get("code", ""), form.get("name", ""), form.get("password", "")
    status, errors, first = 400, {}, not box().accounts.set_up
    user_id = wait = 0
    if password != form.get("again", ""):
        errors["again"] = "The two passwords differ; type them again."
    else:
        try:
            user_id = box().accounts.claim_first_run(code, name, password, _address())
        except Throttled as e:
            status, errors = 429, {"code": str(e)}
            wait = e.seconds
        except WrongCode as e:
            status, errors = 403, {"code": str(e)}
        except BadName as e:
            errors["name"] = str(e)
        except BadPassword as e:
            errors["password"] = str(e)
    if errors:
        response = make_response(_first_run_page(code, name, errors), status)
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response
    # The code was proof: bad tries before, and strangers' ones, do not count any more.
    agent = request.headers.get("User-Agent", "")
    secret = box().accounts.open_session(user_id, _address(), agent)
    if not first:  # a forgotten password: nothing is left to set up
        return _signed_in(secret, name, "/")
    Setup().begin()
    return _signed_in(secret, name, url_for("setup.index"))


def _start(name: str, password: str) -> str:
    agent = request.headers.get("User-Agent", "")
    device = security.known_device(name)
    return box().accounts.sign_in(name, password, _address(), agent, device)


def _signed_in(secret: str, name: str, target: str) -> Response:
    if old := request.cookies.get(security.COOKIE):
        box().accounts.sign_out(old)
    response = make_response(redirect(target, 303))
    security.start_session(response, secret, name.strip().casefold())
    return response


def _address() -> str:
    return request.remote_addr or ""


def _sign_in_page(name: str = "", error: str = "") -> str:
    target = security.safe_next(request.values.get("next"))
    kept = security.kept_message()
    return render_template("accounts/sign_in.html", name=name, error=error, next=target, kept=kept)


def _first_run_page(code: str, name: str, errors: dict[str, str]) -> str:
    again, keeping = box().accounts.set_up, box().keeping
    lost = not again and keeping is not None and keeping.mended is not None and keeping.mended.lost
    return render_template(
        "accounts/first_run.html", code=code, name=name, errors=errors, again=again, lost=lost
    )
