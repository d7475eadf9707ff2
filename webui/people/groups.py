"""Groups, own fields and blocked numbers: short lists, each changed on its own page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.activities import stop_words as stopping
from gateway.store.people import blocked, groups, people
from gateway.store.people.groups import GroupInfo
from gateway.store.people.people import ContactFilter
from gateway.text.refusal import FieldError, Refused
from webui.page import notices
from webui.page.arguments import an_id
from webui.page.current import author, box, editor
from webui.page.once import once
from webui.people.people import blueprint as blueprint

MEMBERS = 100
FOUND = 20
NUMBER = re.compile(r"\+?[0-9]{3,20}")


# groups -----------------------------------------------------------------------------------------


@blueprint.get("/people/groups")
def all_groups() -> str:
    return _groups_page()


@blueprint.post("/people/groups")
@once
def make_group() -> BaseResponse | str:
    name = request.form.get("name", "")
    try:
        made = box().people.make_group(name)
    except Refused as e:
        return make_response(_groups_page(e.errors, name), 400)
    return redirect(url_for("people.group", group_id=made), 303)


def _groups_page(errors: Iterable[FieldError] = (), name: str = "") -> str:
    return render_template(
        "people/groups.html",
        groups=groups.groups(),
        errors=_by_field(errors),
        name=name,
        deleted=request.args.get("said") == "deleted",
    )


@blueprint.get("/people/groups/<id:group_id>")
def group(group_id: int) -> str:
    return _group_page(_group_or_404(group_id))


@blueprint.post("/people/groups/<id:group_id>")
def rename_group(group_id: int) -> BaseResponse | str:
    found = _group_or_404(group_id)
    try:
        box().people.rename_group(group_id, request.form.get("name", ""))
    except Refused as e:
        return make_response(_group_page(found, e.errors, request.form.get("name", "")), 400)
    return redirect(url_for("people.group", group_id=group_id), 303)


@blueprint.post("/people/groups/<id:group_id>/members")
def change_members(group_id: int) -> BaseResponse:
    _group_or_404(group_id)
    ids = [i for text in request.form.getlist("id") if (i := an_id(text))]
    joins = request.form.get("action") == "join"
    change = box().people.join if joins else box().people.leave
    count = change(group_id, ids)
    find = request.form.get("find") if joins else None
    said = {"done": "join" if joins else "leave", "n": count, "to": group_id}
    here = url_for("people.group", group_id=group_id, find=find, **said)  # type: ignore[arg-type]
    return redirect(here, 303)


@blueprint.post("/people/groups/<id:group_id>/always")
def always_group(group_id: int) -> BaseResponse:
    """A STOP of its members does not block them, or does again."""
    _group_or_404(group_id)
    box().people.set_group_always(group_id, "on" in request.form, author())
    return redirect(url_for("people.group", group_id=group_id), 303)


@blueprint.post("/people/groups/<id:group_id>/delete")
def delete_group(group_id: int) -> BaseResponse | str:
    found = _group_or_404(group_id)
    if not request.form.get("confirmed"):
        return render_template("people/group_delete.html", group=found)
    try:
        box().people.delete_group(group_id, author())
    except Refused as e:
        g.reason = str(e)
        abort(409)
    return redirect(url_for("people.all_groups", said="deleted"), 303)


def _group_or_404(group_id: int) -> GroupInfo:
    found = groups.get(group_id)
    if found is None:
        abort(404)
    return found


def _group_page(
    shown: GroupInfo, errors: Iterable[FieldError] = (), name: str | None = None
) -> str:
    find = request.args.get("find", "")[:100].strip()
    members = [c for _, c in people.page(ContactFilter(group_id=shown.id), None, MEMBERS)]
    found = people.page(ContactFilter(find=find), None, FOUND) if find else []
    return render_template(
        "people/group.html",
        group=shown,
        name=shown.name if name is None else name,
        errors=_by_field(errors),
        members=members,
        find=find,
        found=[c for _, c in found],
        done=notices.people_notice(request.args),
    )


# own fields -------------------------------------------------------------------------------------


@blueprint.get("/people/fields")
def fields() -> str:
    return _fields_page()


@blueprint.post("/people/fields")
def change_field() -> BaseResponse | str:
    form = request.form
    field_id, name = an_id(form.get("field")), form.get("name", "")
    try:
        if field_id and form.get("action") == "delete":
            if not form.get("confirmed") and groups.filled(field_id):
                return _fields_page(asked=field_id)
            box().people.delete_field(field_id, author())
        elif field_id:
            box().people.rename_field(field_id, name)
        else:
            box().people.add_field(name)
    except Refused as e:
        page = _fields_page(e.errors, name, wrong=field_id or 0)
        return make_response(page, 400)
    return redirect(url_for("people.fields"), 303)


def _fields_page(
    errors: Iterable[FieldError] = (), name: str = "", wrong: int = 0, asked: int = 0
) -> str:
    return render_template(
        "people/fields.html",
        fields=groups.fields(),
        errors=_by_field(errors),
        name=name,
        wrong=wrong,
        asked=asked,
        filled=groups.filled(asked) if asked else 0,
    )


# blocked numbers --------------------------------------------------------------------------------


@blueprint.get("/people/blocked")
def all_blocked() -> str:
    return _blocked_page()


@blueprint.post("/people/blocked")
def change_blocked() -> BaseResponse | str:
    number = request.form.get("number", "")
    if request.form.get("action") == "free":
        place = _beside(number)
        box().people.free(number, author())
        return redirect(url_for("people.all_blocked", said="free", about=number, **place), 303)
    try:
        box().people.block(number, author())
    except Refused as e:
        return make_response(_blocked_page(e.errors, number=number), 400)
    return redirect(url_for("people.all_blocked"), 303)


@blueprint.post("/people/blocked/words")
def stop_words() -> BaseResponse | str:
    by = editor()
    typed = {kind: request.form.get(kind, "") for kind in stopping.KEYS}
    errors: list[FieldError] = []
    for kind, text in typed.items():
        try:
            stopping.set_words(kind, text, by)
        except Refused as e:
            errors += e.errors
    if errors:
        return make_response(_blocked_page(errors, words=typed), 400)
    return redirect(url_for("people.all_blocked"), 303)


def _blocked_page(
    errors: Iterable[FieldError] = (), number: str = "", words: dict[str, str] | None = None
) -> str:
    before = _before(request.args.get("before", ""))
    found = blocked.page(before, blocked.PAGE + 1)
    shown = found[: blocked.PAGE]
    return render_template(
        "people/blocked.html",
        blocked=shown,
        names=people.names(b.number for b in shown),
        freed=_freed(),
        place=request.args.get("before", "")[:60],
        total=blocked.count(),
        before=before,
        more=f"{shown[-1].at}~{shown[-1].number}" if len(found) > len(shown) else None,
        errors=_by_field(errors),
        number=number,
        words=words or {kind: ", ".join(stopping.counted_words(kind)) for kind in stopping.KEYS},
    )


def _freed() -> str:
    """The number that was just unblocked: only what is one, and is not blocked, is told."""
    number = request.args.get("about", "") if request.args.get("said") == "free" else ""
    return number if NUMBER.fullmatch(number) and blocked.get(number) is None else ""


def _beside(number: str) -> dict[str, Any]:
    """The page of the list that this number stood on, and its neighbour there."""
    text = request.form.get("before", "")[:60]
    shown = [b.number for b in blocked.page(_before(text), blocked.PAGE)]
    at = shown.index(number) if number in shown else -1
    beside = [*shown[at + 1 : at + 2], *shown[max(at - 1, 0) : max(at, 0)]]
    anchor = f"b{beside[0]}" if at >= 0 and beside else None
    return {"before": text or None, "_anchor": anchor}


def _before(text: str) -> tuple[int, str] | None:
    at, _, number = text.partition("~")
    instant = an_id(at)
    return (instant, number) if instant else None


def _by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    return {e.field: e.words for e in errors}
