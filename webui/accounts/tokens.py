"""Settings, Programs: tokens for the API, shown once; for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.accounts.account_errors import BadName, BadScope, TokenExists
from gateway.services.accounts.roles import SCOPES, USUAL_SCOPES
from webui.page.current import author, box

blueprint = Blueprint("programs", __name__, url_prefix="/settings/programs")


@blueprint.get("")
def index() -> str:
    return _page()


@blueprint.post("")
def add() -> BaseResponse:
    """The answer to this post is the only page that ever shows the token."""
    name, scopes = request.form.get("name", ""), request.form.getlist("scope")
    try:
        secret = box().programs.add(name, scopes, who=author())
    except (BadName, TokenExists) as e:
        return make_response(_page(name, scopes, {"name": str(e)}), 422)
    except BadScope as e:
        return make_response(_page(name, scopes, {"scope": str(e)}), 422)
    return make_response(_page(secret=secret, made=name.strip()))


@blueprint.post("/revoke")
def revoke() -> BaseResponse:
    name = request.form.get("token", "")
    gone = box().programs.revoke(name, who=author())
    return redirect(url_for("programs.index", revoked=1 if gone else None), 303)


def _page(
    name: str = "",
    scopes: Sequence[str] = USUAL_SCOPES,
    errors: Mapping[str, str] | None = None,
    secret: str = "",
    made: str = "",
) -> str:
    return render_template(
        "accounts/programs.html",
        tokens=box().programs.all(),
        known=SCOPES,
        name=name,
        scopes=scopes,
        errors=errors or {},
        secret=secret,
        made=made,
        revoked="revoked" in request.args,
    )
