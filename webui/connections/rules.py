"""Routing rules: their order with up and down, switches, adding, changing, deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.decisions.routing import RuleKind
from gateway.services.connections.rules import TypedRule
from gateway.services.messages.accept import Refused
from gateway.store.connections import connections
from gateway.store.people import groups
from webui.connections.connections import blueprint as blueprint
from webui.page.arguments import an_id
from webui.page.current import author, box
from webui.page.once import once

MOST_SHOWN_GROUPS = 500


@blueprint.get("/rules")
def rules() -> str:
    return _page()


@blueprint.post("/rules/order")
def order_rules() -> BaseResponse | str:
    """All rules in their new order, as the script sends them after dragging."""
    ids = [found for text in request.form.get("ids", "").split(",") if (found := an_id(text))]
    return _act(lambda: box().rules.order(ids, author()))


@blueprint.post("/rules/usual")
def usual_rules() -> BaseResponse | str:
    return _act(lambda: box().rules.restore_default(author()))


@blueprint.post("/rules/<id:rule_id>/move")
def move_rule(rule_id: int) -> BaseResponse | str:
    by = {"up": -1, "down": 1}.get(request.form.get("to", ""), 0)
    return _act(lambda: box().rules.move(rule_id, by, author()), rule_id)


@blueprint.post("/rules/<id:rule_id>/switch")
def switch_rule(rule_id: int) -> BaseResponse | str:
    on = request.form.get("to") == "on"
    return _act(lambda: box().rules.switch(rule_id, author(), on=on), rule_id)


@blueprint.get("/rules/new")
def new_rule() -> str:
    return _form(0, TypedRule(kind=RuleKind.CONNECTION))


@blueprint.post("/rules/new")
@once
def add_rule() -> BaseResponse | str:
    return _keep(0, lambda typed: box().rules.add(typed, author()))


@blueprint.get("/rules/<id:rule_id>")
def edit_rule(rule_id: int) -> str:
    found = box().rules.get(rule_id)
    if found is None:
        abort(404)
    rule = found.rule
    group = rule.value if rule.kind is RuleKind.GROUP else ""
    prefix = rule.value if rule.kind is RuleKind.PREFIX else ""
    via = "" if rule.connection_id is None else str(rule.connection_id)
    return _form(rule_id, TypedRule(rule.kind, prefix, group, via))


@blueprint.post("/rules/<id:rule_id>")
def change_rule(rule_id: int) -> BaseResponse | str:
    return _keep(rule_id, lambda typed: box().rules.change(rule_id, typed, author()))


@blueprint.get("/rules/<id:rule_id>/delete")
def ask_to_delete_rule(rule_id: int) -> str:
    found = box().rules.get(rule_id)
    if found is None:
        abort(404)
    last = len([one for one in box().rules.listed() if one.enabled]) == 1 and found.enabled
    return render_template(
        "connections/rule_delete.html", rule=found, last=last, status=box().status.snapshot()
    )


@blueprint.post("/rules/<id:rule_id>/delete")
def delete_rule(rule_id: int) -> BaseResponse | str:
    return _act(lambda: box().rules.delete(rule_id, author()))


# what the pages show ---------------------------------------------------------------------------


def _act(action: Callable[[], object], rule_id: int = 0) -> BaseResponse | str:
    try:
        action()
    except Refused as e:
        return make_response(_page(str(e)), 409)
    here = url_for("connections.rules")
    return redirect(f"{here}#rule-{rule_id}" if rule_id else here, 303)


def _keep(rule_id: int, action: Callable[[TypedRule], object]) -> BaseResponse | str:
    typed = TypedRule(**{f.name: request.form.get(f.name, "") for f in fields(TypedRule)})
    try:
        action(typed)
    except Refused as e:
        errors = {found.field: found.words for found in e.errors}
        return make_response(_form(rule_id, typed, errors), 422)
    return redirect(url_for("connections.rules", saved=1), 303)


def _page(trouble: str = "") -> str:
    known = box().rules
    return render_template(
        "connections/rules.html",
        rules=known.listed(),
        untouched=known.untouched,
        warning=known.warning(),
        left_out=known.left_out(),
        trouble=trouble,
        saved=bool(request.args.get("saved")),
        status=box().status.snapshot(),
    )


def _form(rule_id: int, typed: TypedRule, errors: Mapping[str, str] | None = None) -> str:
    return render_template(
        "connections/rule.html",
        rule_id=rule_id,
        typed=typed,
        errors=errors or {},
        connections=connections.all_connections(),
        groups=groups.groups()[:MOST_SHOWN_GROUPS],
        status=box().status.snapshot(),
    )
