"""Activities: the list in its order, one to edit, trying them out, and the fallback reply.

Everything works without script: adding, moving and removing an action sends the form as it stands
and shows it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from gateway.decisions.activities import ActionKind
from gateway.decisions.activities.hours import WEEKDAYS
from gateway.services.activities import descriptions
from gateway.services.activities.activity_drafts import (
    MOST_ACTIONS,
    TypedAction,
    TypedActivity,
    typed_activity,
)
from gateway.services.activities.activity_tryout import SampleMessage, TryoutResult
from gateway.services.activities.fallback import Fallback
from gateway.services.activities.placeholders import placeholders
from gateway.store.activities import activities, runs
from gateway.store.activities.activities import ActivityInfo
from gateway.store.connections import connections
from gateway.store.people import groups
from gateway.text.refusal import FieldError, Refused
from webui.page.arguments import a_number, an_id
from webui.page.current import author, box
from webui.page.once import once

blueprint = Blueprint("activities", __name__, url_prefix="/activities")
DEFAULT_FORWARD = "{name}: {message}"


@dataclass(slots=True)
class Trial:
    """The sample in the fields, and what came of it."""

    text: str = ""
    sender: str = ""
    tried: list[TryoutResult] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Mapping[str, str]) -> Trial:
        return cls(form.get("sample", "")[:5000], form.get("from", "")[:100])

    @property
    def sample(self) -> SampleMessage:
        return SampleMessage(self.text, self.sender)


# the list ---------------------------------------------------------------------------------------


@blueprint.get("")
def index() -> str:
    return _list()


@blueprint.post("/try")
def try_out() -> BaseResponse | str:
    trial = Trial.of(request.form)
    try:
        trial.tried = box().activities.try_out(trial.sample)
    except Refused as e:
        trial.errors = _by_field(e.errors)
        return make_response(_list(trial), 422)
    return _list(trial)


@blueprint.post("/fallback")
def fallback() -> BaseResponse | str:
    wanted = Fallback(request.form.get("fallback", ""), "on" in request.form)
    try:
        box().activities.set_fallback(wanted, author())
    except Refused as e:
        return make_response(_list(wanted=wanted, errors=_by_field(e.errors)), 422)
    return redirect(url_for("activities.index", done="fallback", _anchor="fallback-card"), 303)


@blueprint.post("/<id:activity_id>/switch")
def switch(activity_id: int) -> BaseResponse:
    if not box().activities.switch(activity_id, request.form.get("on") == "yes", author()):
        abort(404)
    return _back(f"switch-{activity_id}")


@blueprint.post("/<id:activity_id>/shift")
def shift(activity_id: int) -> BaseResponse:
    up = request.form.get("by") == "up"
    box().activities.shift(activity_id, -1 if up else 1, author())
    order = [a.id for a in activities.activities()]
    at = order.index(activity_id) if activity_id in order else 0
    if (up and at == 0) or (not up and at == len(order) - 1):
        up = not up  # the button that was pressed can take it no further
    return _back(f"{'up' if up else 'down'}-{activity_id}")


def _back(button: str) -> BaseResponse:
    """To the list; the keyboard is where it was."""
    return redirect(url_for("activities.index", _anchor=button), 303)


def _list(
    trial: Trial | None = None,
    wanted: Fallback | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    found = activities.activities()
    return render_template(
        "activities/activities.html",
        activities=found,
        conditions={a.id: descriptions.condition(a.condition) for a in found},
        deeds={a.id: [descriptions.action(one) for one in a.actions] for a in found},
        troubles={a.id: descriptions.troubles(a) for a in found},
        waiting=runs.troubles(),
        fallback=wanted or box().activities.fallback(),
        errors=errors or {},
        trial=trial or Trial(),
        placeholders=placeholders(),
        done=request.args.get("done", ""),
    )


# one activity -----------------------------------------------------------------------------------


@blueprint.get("/new")
def new() -> str:
    return _form(TypedActivity())


@blueprint.post("/new")
@once
def create() -> BaseResponse | str:
    return _posted(None)


@blueprint.get("/<id:activity_id>")
def edit(activity_id: int) -> str:
    stored = _activity_or_404(activity_id)
    return _form(typed_activity(stored), stored)


@blueprint.post("/<id:activity_id>")
def save(activity_id: int) -> BaseResponse | str:
    return _posted(_activity_or_404(activity_id))


@blueprint.post("/<id:activity_id>/delete")
def delete(activity_id: int) -> BaseResponse | str:
    stored = _activity_or_404(activity_id)
    if not request.form.get("confirmed"):
        return render_template("activities/activity_delete.html", activity=stored)
    box().activities.delete(activity_id, author())
    return redirect(url_for("activities.index", done="deleted"), 303)


@blueprint.post("/again/<id:step_id>")
def again(step_id: int) -> BaseResponse:
    """Try an action that failed once more, as its activity would do it now."""
    if not box().activities.again(step_id, author()):
        g.reason = "It is done already, or was deleted; reload the page to see how it stands."
        abort(409)
    message_id = an_id(request.form.get("message"))
    view = request.form.get("view", "all")
    view = view if view in ("all", "received", "untriggered") else "all"
    return redirect(url_for("inbox.view", name=view, open=message_id), 303)


def _activity_or_404(activity_id: int) -> ActivityInfo:
    found = activities.get(activity_id)
    if found is None:
        abort(404)
    return found


def _posted(stored: ActivityInfo | None) -> BaseResponse | str:
    draft = read(request.form)
    what, _, place = request.form.get("do", "save").partition("-")
    if what == "try":
        return _tried(draft, stored)
    if what != "save":
        return _form(changed(draft, what, place), stored)
    try:
        if stored is None:
            activity_id = box().activities.add(draft, author())
        else:
            activity_id = stored.id
            if not box().activities.save(activity_id, draft, author()):
                abort(404)
    except Refused as e:
        return make_response(_form(draft, stored, _by_field(e.errors)), 422)
    here = f"activity-{activity_id}"
    return redirect(url_for("activities.index", done="saved", _anchor=here), 303)


def _tried(draft: TypedActivity, stored: ActivityInfo | None) -> BaseResponse | str:
    trial = Trial.of(request.form)
    try:
        draft_id = stored.id if stored else 0
        trial.tried = [box().activities.try_one(trial.sample, draft, draft_id)]
    except Refused as e:
        trial.errors = _by_field(e.errors)
        return make_response(_form(draft, stored, trial.errors, trial), 422)
    return _form(draft, stored, trial=trial)


def read(form: MultiDict[str, str]) -> TypedActivity:
    """The form as it was sent."""
    count = min(a_number(form.get("actions"), 0, 99) or 0, 20)
    days = [a_number(text, 0, 9) for text in form.getlist("weekday")]
    return TypedActivity(
        name=form.get("name", ""),
        match=form.get("match", ""),
        words=form.get("words", ""),
        sender=form.get("sender", ""),
        group=form.get("group", ""),
        connection=form.get("connection", ""),
        starts=form.get("starts", ""),
        ends=form.get("ends", ""),
        weekdays=tuple(d for d in days if d is not None),
        actions=tuple(_read_action(form, f"a{n}-") for n in range(count)),
        enabled="enabled" in form,
    )


def _read_action(form: MultiDict[str, str], prefix: str) -> TypedAction:
    return TypedAction(
        kind=form.get(f"{prefix}kind", ""),
        text=form.get(f"{prefix}text", ""),
        recipients=form.get(f"{prefix}recipients", ""),
        group=form.get(f"{prefix}group", ""),
        url=form.get(f"{prefix}url", ""),
        secret=form.get(f"{prefix}secret", ""),
        keep_secret=f"{prefix}keep" in form,
        id=an_id(form.get(f"{prefix}id")) or 0,
    )


def changed(draft: TypedActivity, what: str, place: str) -> TypedActivity:
    """An action added, moved or taken out."""
    actions = list(draft.actions)
    at = found if (found := a_number(place, 0, 99)) is not None else -1
    if what == "add" and len(actions) < MOST_ACTIONS:
        kind = request.form.get("new", ActionKind.REPLY)
        text = DEFAULT_FORWARD if kind == ActionKind.FORWARD else ""
        actions.append(TypedAction(kind, text))
    elif what == "remove" and 0 <= at < len(actions):
        del actions[at]
    elif what in ("up", "down"):
        to = at + (-1 if what == "up" else 1)
        if 0 <= at < len(actions) and 0 <= to < len(actions):
            actions[at], actions[to] = actions[to], actions[at]
    return replace(draft, actions=tuple(actions))


def _form(
    draft: TypedActivity,
    stored: ActivityInfo | None = None,
    errors: Mapping[str, str] | None = None,
    trial: Trial | None = None,
) -> str:
    return render_template(
        "activities/activity.html",
        draft=draft,
        stored=stored,
        errors=errors or {},
        trial=trial or Trial(),
        groups=groups.groups(),
        connections=connections.all_connections(),
        weekdays=WEEKDAYS,
        matches=descriptions.MATCHES,
        senders=descriptions.SENDERS,
        kinds=descriptions.ACTIONS,
        most=MOST_ACTIONS,
        placeholders=placeholders(),
        troubles=descriptions.troubles(stored) if stored else (),
    )


def _by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    said: dict[str, str] = {}
    for error in errors:
        said[error.field] = f"{said.get(error.field, '')} {error.words}".strip()
    return said
