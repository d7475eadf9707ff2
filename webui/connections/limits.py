"""Settings, Sending: limits for all connections, and how long a message waits."""

from __future__ import annotations

from collections.abc import Mapping

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.connections.box_limits import NAMES
from gateway.services.messages.accept import Refused
from webui.box.settings import SECTIONS, Section
from webui.box.settings import blueprint as blueprint
from webui.page.current import box, editor

SECTIONS.append(
    Section(
        "settings.sending",
        "Sending",
        "How fast a SIM may send, and how long a message waits for a connection",
    )
)


@blueprint.get("/sending")
def sending() -> str:
    limits = box().sending.limits()
    values = {name: str(getattr(limits, name)) for name in NAMES}
    return _page(values | {"valid_hours": str(box().sending.valid_hours())}, {})


@blueprint.post("/sending")
def save_sending() -> BaseResponse | str:
    values = {name: request.form.get(name, "") for name in (*NAMES, "valid_hours")}
    try:
        box().sending.change(**values, by=editor())
    except Refused as e:
        errors = {found.field: found.words for found in e.errors}
        return make_response(_page(values, errors), 422)
    return redirect(url_for("settings.sending", saved=1), 303)


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "connections/settings_sending.html",
        values=values,
        errors=errors,
        saved=bool(request.args.get("saved")),
    )
