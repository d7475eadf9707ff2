"""The hardware, and SIMs that are gone: moving what waits for one, removing it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages.accept import Refused
from gateway.store.connections import connections
from webui.connections import connection_cards
from webui.connections.connections import blueprint as blueprint
from webui.page.current import author, box


@blueprint.get("/modems")
def modems() -> str:
    found = box().connections.overview()
    here = {m.imei for m in found.status.modems}
    return render_template(
        "connections/modems.html",
        status=found.status,
        names={connection.id: connection.info.name for connection in found.connections},
        earlier=[m for m in connections.all_modems() if m.imei and m.imei not in here],
    )


@blueprint.get("/<id:connection_id>/leave")
def leave(connection_id: int) -> str:
    return _leave(connection_id)


@blueprint.post("/<id:connection_id>/move")
def move_waiting(connection_id: int) -> BaseResponse | str:
    connection_cards.status_of(connection_id)
    try:
        moved = box().sims.move(connection_id, request.form.get("to", ""), author())
    except Refused as e:
        return _refused(connection_id, e)
    there = url_for("connections.show", connection_id=connection_id, moved=moved)
    return redirect(there, 303)


@blueprint.post("/<id:connection_id>/leave")
def remove(connection_id: int) -> BaseResponse | str:
    connection_cards.status_of(connection_id)
    try:
        box().sims.forget(connection_id, request.form.get("to", ""), author())
    except Refused as e:
        return _refused(connection_id, e)
    return redirect(url_for("connections.index"), 303)


def _refused(connection_id: int, refused: Refused) -> BaseResponse:
    errors = {found.field: found.words for found in refused.errors}
    return make_response(_leave(connection_id, errors), 422)


def _leave(connection_id: int, errors: Mapping[str, str] | None = None) -> str:
    shown = connection_cards.status_of(connection_id)
    return render_template(
        "messages/leave.html",
        c=shown,
        leaving=box().sims.leaving(connection_id),
        others=[c for c in connections.all_connections() if c.connection_id != connection_id],
        to=request.form.get("to", ""),
        errors=errors or {},
        status=box().status.snapshot(),
    )
