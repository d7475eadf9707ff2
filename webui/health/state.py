"""Health: what the light says, everything that is wrong with the box, and what to do about it."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.decisions.lights import LIGHTS, number
from gateway.health import Severity
from gateway.health.issue import Issue
from gateway.services.health.health_watch import HealthWatch
from gateway.services.health.notices import KINDS, NoticeOptions, Notices
from gateway.text.refusal import Refused
from webui.box.settings import SECTIONS, Section
from webui.health import lamp
from webui.page.arguments import a_number
from webui.page.current import box, editor

blueprint = Blueprint("state", __name__)
SECTIONS.append(
    Section("state.notices", "Notices", "Whom the box tells by SMS when something is wrong with it")
)
TONES = {
    Severity.PROBLEM: ("bad", "Problem", "alert"),
    Severity.WARNING: ("warn", "Soon", "alert"),
    Severity.NOTE: ("calm", "Note", "question"),
}


@blueprint.app_context_processor
def _globals() -> dict[str, object]:
    """The navigation asks whether there is such a page, and how much is wrong."""
    watch = box().health
    if watch is None or "state" not in current_app.blueprints:
        return {"has_health": False}
    return {"has_health": True, "unwell": len(_serious(watch))}


@blueprint.get("/box")
def index() -> str:
    lighting = box().lighting
    shown = lighting.light() if lighting else None
    return render_template(
        "health/health.html",
        light=shown,
        lamp=lamp.drawn(shown) if shown else "",
        number=number(shown) if shown else 0,
        wired=box().config.led_board != "none",
        issues=_watch().issues,
        well=not _serious(_watch()),
        tones=TONES,
        status=box().status.snapshot(),
    )


@blueprint.get("/box/card")
def card() -> str:
    """To be printed and kept beside the box."""
    return render_template("health/light_card.html", lights=LIGHTS)


@blueprint.get("/settings/notices")
def notices() -> str:
    return _notices(_service().options())


@blueprint.post("/settings/notices")
def save_notices() -> BaseResponse | str:
    per_day = request.form.get("per_day", "").strip()
    chosen = NoticeOptions(
        to=request.form.get("to", ""),
        kinds=tuple(request.form.getlist("kinds")),
        per_day=a_number(per_day) or 0,
    )
    try:
        _service().change(chosen, editor())
    except Refused as e:
        errors = {found.field: found.words for found in e.errors}
        return make_response(_notices(chosen, errors, per_day), 422)
    return redirect(url_for("state.notices", saved=1), 303)


def _notices(chosen: NoticeOptions, errors: dict[str, str] | None = None, per_day: str = "") -> str:
    return render_template(
        "health/notices.html",
        chosen=chosen,
        per_day=per_day or chosen.per_day,
        errors=errors or {},
        kinds=[(key, title) for key, (title, _) in KINDS.items()],
        saved=bool(request.args.get("saved")),
    )


def _serious(watch: HealthWatch) -> list[Issue]:
    return [i for i in watch.issues if i.severity is not Severity.NOTE]


def _watch() -> HealthWatch:
    found = box().health
    assert found is not None  # else this page is not registered
    return found


def _service() -> Notices:
    return Notices(box().clock, box().messaging, box().preferences)
