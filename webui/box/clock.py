"""Settings: the clock, whether it is right, and how late what is sent later may be."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.text.refusal import Refused
from webui.page.current import box, editor
from webui.schedules import when_fields

blueprint = Blueprint("clock", __name__, url_prefix="/settings/clock")
SAID = {
    "saved": "Saved.",
    "right": "The clock counts as right.",
    "wrong": "Not done: the clock cannot be right as it is. Set it first.",
}


@blueprint.get("")
def page() -> str:
    return _page(str(box().scheduling.grace()), {})


@blueprint.post("")
def save() -> BaseResponse | str:
    grace, by = request.form.get("grace", ""), editor()
    try:
        box().scheduling.set_grace(grace, by)
    except Refused as e:
        errors = {found.field: found.words for found in e.errors}
        return make_response(_page(grace, errors), 422)
    if keeper := box().timekeeping:
        keeper.set_from_network(bool(request.form.get("from_network")), by)
    return redirect(url_for("clock.page", said="saved"), 303)


@blueprint.post("/right")
def confirm() -> BaseResponse:
    keeper = box().timekeeping
    if keeper is None:
        abort(404)
    said = "right" if keeper.confirm(editor()) else "wrong"
    return redirect(url_for("clock.page", said=said), 303)


def _page(grace: str, errors: Mapping[str, str]) -> str:
    keeper = box().timekeeping
    known = keeper.report() if keeper else None
    said = request.args.get("said", "")
    return render_template(
        "box/settings_clock.html",
        known=known,
        now=when_fields.moment(known.now if known else box().clock.now()),
        network=when_fields.moment(known.network) if known and known.network else "",
        from_network=bool(keeper and keeper.from_network()),
        grace=grace,
        errors=errors,
        said="" if errors else SAID.get(said, ""),
        warn=said == "wrong",
    )
