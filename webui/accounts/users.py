"""Settings, Users: who may use the box, as what; for administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.accounts.account_errors import (
    AccountError,
    BadName,
    BadPassword,
    BadRole,
    LastOne,
    UserNameTaken,
)
from gateway.services.accounts.roles import OPERATOR, ROLES
from gateway.services.accounts.users import UserInfo
from webui.page.current import author, box, signed_in

blueprint = Blueprint("users", __name__, url_prefix="/settings/users")
# Which field an error stands beside.
FIELDS: tuple[tuple[type[AccountError], str], ...] = (
    (BadName, "name"),
    (UserNameTaken, "name"),
    (BadRole, "role"),
    (LastOne, "role"),
    (BadPassword, "password"),
)
DONE = {
    "added": "Added. Tell them their name and password.",
    "role": "Saved. The new role counts at once.",
    "password": "The new password is set. Their sessions have ended.",
    "disabled": "Disabled. They are signed out and cannot sign in.",
    "enabled": "Enabled. They can sign in again.",
    "deleted": "Deleted. What they wrote is still here.",
}


@blueprint.get("")
def index() -> str:
    done = DONE.get(request.args.get("done", ""), "")
    return render_template("accounts/users.html", users=box().users.all(), done=done)


@blueprint.get("/add")
def new() -> str:
    return _form({"name": "", "role": OPERATOR}, {})


@blueprint.post("/add")
def add() -> BaseResponse:
    typed = {name: request.form.get(name, "") for name in ("name", "role", "password", "again")}
    errors = _repeated(typed)
    if not errors:
        try:
            box().users.add(typed["name"], typed["role"], typed["password"], who=author())
        except AccountError as e:
            errors = {_field(e): str(e)}
    if errors:
        return make_response(_form(typed, errors), 422)
    return redirect(url_for("users.index", done="added"), 303)


@blueprint.get("/<id:user_id>")
def show(user_id: int) -> str:
    return _page(_user_or_404(user_id), done=DONE.get(request.args.get("done", ""), ""))


@blueprint.post("/<id:user_id>/role")
def change_role(user_id: int) -> BaseResponse:
    role = request.form.get("role", "")
    return _do(user_id, "role", lambda: box().users.set_role(user_id, role, who=author()))


@blueprint.post("/<id:user_id>/password")
def change_password(user_id: int) -> BaseResponse:
    user = _user_or_404(user_id)
    typed = {name: request.form.get(name, "") for name in ("password", "again")}
    if errors := _repeated(typed):
        return make_response(_page(user, errors), 422)
    set_one = box().accounts.set_password
    if user.disabled:
        return make_response(_page(user, {"password": "Enable the account first."}), 409)
    return _do(user_id, "password", lambda: set_one(user.name, typed["password"], who=author()))


@blueprint.post("/<id:user_id>/access")
def change_access(user_id: int) -> BaseResponse:
    if request.form.get("action") == "enable":
        return _do(user_id, "enabled", lambda: box().users.enable(user_id, who=author()))
    return _do(user_id, "disabled", lambda: box().users.disable(user_id, who=author()))


@blueprint.post("/<id:user_id>/delete")
def delete(user_id: int) -> BaseResponse | str:
    user = _user_or_404(user_id)
    if not request.form.get("confirmed"):
        return render_template("accounts/user_delete.html", user=user, own=_own(user))
    return _do(user_id, "deleted", lambda: box().users.delete(user_id, who=author()))


def _do(user_id: int, done: str, action: Callable[[], None]) -> BaseResponse:
    user = _user_or_404(user_id)
    try:
        action()
    except AccountError as e:
        return make_response(_page(user, {_field(e): str(e)}), 409 if _field(e) == "role" else 422)
    if done == "deleted":
        return redirect(url_for("users.index", done=done), 303)
    return redirect(url_for("users.show", user_id=user_id, done=done), 303)


def _user_or_404(user_id: int) -> UserInfo:
    found = box().users.get(user_id)
    if found is None:
        abort(404)
    return found


def _own(user: UserInfo) -> bool:
    who = signed_in()
    return who is not None and who.user_id == user.id


def _field(error: AccountError) -> str:
    return next((name for kind, name in FIELDS if isinstance(error, kind)), "name")


def _repeated(typed: Mapping[str, str]) -> dict[str, str]:
    if typed["password"] == typed["again"]:
        return {}
    return {"again": "The two passwords differ; type them again."}


def _form(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template("accounts/user_new.html", values=values, errors=errors, roles=ROLES)


def _page(user: UserInfo, errors: Mapping[str, str] | None = None, done: str = "") -> str:
    return render_template(
        "accounts/user.html", user=user, errors=errors or {}, roles=ROLES, done=done, own=_own(user)
    )
