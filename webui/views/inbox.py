"""The views with their counts, rows that open in place, and resending."""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from gateway.store import queries
from webui import messages, roles
from webui.arguments import an_id
from webui.current import author, box
from webui.messages import VIEWS, DetailView, ViewOf

blueprint = Blueprint("inbox", __name__)
PAGE = 50


@blueprint.get("/", defaults={"name": "all"})
@blueprint.get("/<any(received, sent, failed, pending, untriggered):name>")
def view(name: str) -> str:
    shown = VIEWS[name]
    opened = _open(an_id(request.args.get("open")), shown)
    before = an_id(request.args.get("before"))
    rows = _rows(shown, before)
    if opened and opened.id not in {row.id for row in rows}:
        before = opened.id + 1  # a link to an older one: the page begins with it
        rows = _rows(shown, before)
    return render_template(
        "inbox.html",
        view=shown,
        counts=messages.counts(),
        rows=rows[:PAGE],
        older=rows[PAGE - 1].id if len(rows) > PAGE else None,
        before=before,
        opened=opened,
        queued=_queued(an_id(request.args.get("queued"))),
        again=request.args.get("again"),
        resent=request.args.get("resent", type=int),
        status=box().status.snapshot(),
    )


@blueprint.get("/messages/<id:message_id>")
def detail(message_id: int) -> BaseResponse | str:
    """An opened row's inside, for the script."""
    shown = VIEWS.get(request.args.get("view", "all"), VIEWS["all"])
    if request.headers.get("X-Requested-By") != "page":
        return redirect(url_for("inbox.view", name=shown.name, open=message_id), 303)
    opened = _open(message_id, shown)
    if opened is None:
        abort(404)
    return render_template("_detail.html", detail=opened, view=shown)


@blueprint.post("/messages/<id:message_id>/resend")
def resend(message_id: int) -> BaseResponse | str:
    """Queue what failed again. What may have been sent asks once more."""
    message = queries.detail(message_id)
    if message is None:
        abort(404)
    shown = VIEWS.get(request.form.get("view", "all"), VIEWS["all"])
    ids = messages.resendable(message, request.form.getlist("dispatch", type=int))
    if ids.uncertain and not request.form.get("confirmed"):
        return render_template("resend.html", detail=DetailView.of(message), ids=ids, view=shown)
    count = box().messaging.resend([*ids.failed, *ids.uncertain], author())
    here = url_for("inbox.view", name=shown.name, open=message_id, resent=count)
    return redirect(here, 303)


def _rows(shown: ViewOf, before: int | None) -> list[messages.RowView]:
    return messages.page(shown, before, PAGE + 1)


def _open(message_id: int | None, shown: ViewOf) -> DetailView | None:
    """The message to show opened, which makes it read, unless a mere reader looks at it."""
    if message_id is None:
        return None
    found = queries.detail(message_id)
    if found is None or found.deleted_at is not None:
        return None
    if found.incoming and found.read_at is None and roles.may_change():
        box().messaging.mark_read([message_id])
    return DetailView.of(found)


def _queued(message_id: int | None) -> DetailView | None:
    if message_id is None:
        return None
    found = queries.detail(message_id)
    return DetailView.of(found) if found else None
