"""Settings: how long deleted messages are kept, and the audit list."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.keeping import purge
from gateway.store.file import audit as audits
from gateway.store.search import views
from gateway.text.refusal import Refused
from webui.keeping import audit_words
from webui.page.arguments import an_id
from webui.page.current import author, box

blueprint = Blueprint("kept", __name__, url_prefix="/settings")
AUDITED = 50


@blueprint.get("/deleted")
def deleted() -> str:
    days = purge.days()
    return _page(str(days) if days else "", {})


@blueprint.post("/deleted")
def save() -> BaseResponse | str:
    typed = request.form.get("days", "")
    try:
        purge.change(typed, author(), box().clock.now())
    except Refused as e:
        return make_response(_page(typed, {x.field: x.words for x in e.errors}), 422)
    return redirect(url_for("kept.deleted", saved=1), 303)


def _page(typed: str, errors: dict[str, str]) -> str:
    return render_template(
        "keeping/settings_deleted.html",
        typed=typed,
        errors=errors,
        saved=bool(request.args.get("saved")),
        number=views.counts().deleted,
    )


@blueprint.get("/audit")
def audit() -> str:
    """Who did what, newest first, by pages."""
    before = an_id(request.args.get("before"))
    found = audits.page(before, AUDITED + 1)
    return render_template(
        "keeping/audit.html",
        entries=audit_words.audit_lines(found[:AUDITED]),
        before=before,
        older=found[AUDITED - 1].id if len(found) > AUDITED else None,
    )
