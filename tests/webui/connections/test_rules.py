"""Routing rules on the page and for programs; without script throughout."""

# ruff: noqa: F811 - the fixtures of a neighbour

from __future__ import annotations

import re

import pytest

from gateway.decisions.routing import Rule, RuleKind
from gateway.services.connections.rules import NO_RULES
from gateway.store.connections import rules
from gateway.store.people import groups
from tests.webui.conftest import words
from tests.webui.connections.test_connections import Tags, modem, page  # noqa: F401 - fixtures

HERE = "/connections/rules"
NEW = f"{HERE}/new"


def kinds() -> list[str]:
    return [str(found.rule.kind) for found in rules.all_rules()]


def ids() -> list[int]:
    return [found.id for found in rules.all_rules()]


def test_the_usual_rules_are_listed_in_their_order(page):
    shown = words(page.get(HERE))
    first = shown.index("Reply through the connection last received through")
    assert first < shown.index("Everything through any that is free")
    assert "a new SIM takes part by itself" in shown


def test_a_rule_is_added_changed_moved_switched_and_deleted(page, world):
    line = world.line.connection_id
    typed = {"kind": "prefix", "prefix": "07700", "connection": line}
    answer = page.post(NEW, form=NEW, **typed)
    assert answer.status_code == 303
    assert rules.all_rules()[1].rule == Rule(RuleKind.PREFIX, "+447700", line)
    added = ids()[1]
    shown = words(page.get(answer.location))
    assert "Numbers starting with +447700 through SIM 1" in shown
    one = f"{HERE}/{added}"
    assert 'value="+447700"' in page.get(one)
    changed = page.post(one, form=one, kind="connection", connection=world.spare.connection_id)
    assert changed.status_code == 303
    assert rules.all_rules()[1].rule == Rule(RuleKind.CONNECTION, "", world.spare.connection_id)
    page.post(f"{one}/move", form=HERE, to="down")
    assert "It never takes effect: rule 2 above it sends everything" in words(page.get(HERE))
    page.post(f"{one}/move", form=HERE, to="up")
    assert kinds() == ["last_received", "connection", "any"]
    page.post(f"{one}/switch", form=HERE, to="off")
    assert [found.enabled for found in rules.all_rules()] == [True, False, True]
    assert "Switched off" in words(page.get(HERE))
    assert "You are about to delete rule 2" in words(page.get(f"{one}/delete"))
    page.post(f"{one}/delete", form=f"{one}/delete")
    assert kinds() == ["last_received", "any"]


def test_everything_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(page):
    answer = page.post(NEW, form=NEW, kind="prefix", prefix="hello", connection="")
    assert answer.status_code == 422
    for name in ("prefix", "connection"):
        assert f'id="{name}-error"' in answer.text
    assert 'value="hello"' in answer.text
    assert re.search(r'value="prefix" checked', answer.text)
    assert kinds() == ["last_received", "any"]


def test_a_group_with_a_strange_name_is_shown_as_it_is(page, world):
    group = groups.make("<b>متطوعون</b>", 1)
    typed = {"kind": "group", "group": group, "connection": world.line.connection_id}
    page.post(NEW, form=NEW, **typed)
    shown = page.get(HERE)
    assert "<bdi>&lt;b&gt;متطوعون&lt;/b&gt;</bdi>" in shown


def test_without_rules_the_page_warns_and_offers_the_usual_ones(page):
    rules.replace_all([])
    assert NO_RULES in words(page.get("/connections"))
    assert NO_RULES in words(page.get(HERE))
    page.post(f"{HERE}/usual", form=HERE)
    assert kinds() == ["last_received", "any"]
    assert NO_RULES not in words(page.get("/connections"))


def test_deleting_the_last_rule_says_what_follows(page):
    for found in rules.all_rules()[1:]:
        rules.switch(found.id, on=False)
    assert "the last one that is switched on" in words(page.get(f"{HERE}/{ids()[0]}/delete"))


def test_an_order_that_somebody_else_has_changed_is_refused(page):
    old = ids()
    assert page.post(f"{HERE}/order", form=HERE, ids=f"{old[1]},{old[0]}").status_code == 303
    assert ids() == old[::-1]
    rules.add(Rule(RuleKind.ANY))
    answer = page.post(f"{HERE}/order", form=HERE, ids=f"{old[0]},{old[1]}")
    assert answer.status_code == 409
    assert "somebody else" in words(answer.text)
    assert ids()[:2] == old[::-1]


@pytest.mark.parametrize("path", ["move", "switch", "delete"])
def test_a_rule_that_is_gone_is_said_to_be(page, path):
    answer = page.post(f"{HERE}/999/{path}", form=HERE, to="up")
    assert answer.status_code == 409
    assert "not there any more" in words(answer.text)
    assert page.client.get(f"{HERE}/999").status_code == 404


@pytest.mark.parametrize("path", ["/new", "/order", "/usual", "/1/move", "/1/switch", "/1/delete"])
def test_nothing_is_done_without_the_form_token(page, path):
    assert page.client.post(HERE + path, data={"to": "off"}).status_code == 403
    assert kinds() == ["last_received", "any"]


def test_the_pages_are_well_formed(page, world):
    groups.make("Volunteers", 1)
    for path in (HERE, NEW, f"{HERE}/{ids()[0]}", f"{HERE}/{ids()[0]}/delete"):
        tags = Tags()
        tags.feed(page.get(path))
        assert not tags.wrong, path
        assert not tags.open, path
        assert len(set(tags.ids)) == len(tags.ids), path


# for programs -----------------------------------------------------------------------------------


class Program:
    """With a token of a scope."""

    def __init__(self, page, world, scope: str) -> None:
        self.client = page.client
        self.headers = {"Authorization": f"Bearer {world.box.programs.add(scope, (scope,))}"}

    def get(self, path: str):
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def put(self, path: str, body):
        return self.client.put(f"/api/v1{path}", json=body, headers=self.headers)


def test_programs_read_and_replace_the_rules(page, world):
    line = world.line.connection_id
    program = Program(page, world, "manage")
    told = program.get("/rules").json
    assert [(one["position"], one["kind"]) for one in told] == [(1, "last_received"), (2, "any")]
    wanted = [{"kind": "prefix", "prefix": "07700", "connection": line, "enabled": False}, *told]
    answer = program.put("/rules", wanted)
    assert answer.status_code == 200
    assert answer.json[0]["words"] == "Numbers starting with +447700 through SIM 1"
    assert program.put("/rules", answer.json).json == answer.json
    assert kinds() == ["prefix", "last_received", "any"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "list of rules"),
        ([3], "list of rules"),
        ([{"kind": "prefix", "prefix": "x", "connection": 1}], "0.prefix"),
        ([{"kind": "any"}, {"kind": "any"}], "1.kind"),
        ([{"kind": "any", "enabled": "yes"}], "0.enabled"),
        ([{"kind": ["any"]}], "0.kind"),
        ([{"kind": "connection", "connection": 99}], "0.connection"),
    ],
)
def test_what_a_program_gets_wrong_is_named_and_changes_nothing(page, world, body, said):
    answer = Program(page, world, "manage").put("/rules", body)
    assert answer.status_code == 400
    assert said in answer.json["message"]
    assert kinds() == ["last_received", "any"]


def test_reading_does_not_allow_changing(page, world):
    program = Program(page, world, "read")
    assert program.get("/rules").status_code == 200
    assert program.put("/rules", []).status_code == 403
    assert kinds() == ["last_received", "any"]


def test_programs_see_the_connections(page, world):
    program = Program(page, world, "read")
    first, second = program.get("/connections").json
    assert (first["id"], first["simNumber"], first["name"]) == (
        world.line.connection_id,
        1,
        "SIM 1",
    )
    assert (first["state"], first["operator"], first["sentToday"]) == ("ready", "Safaricom", 0)
    assert (second["state"], second["words"]) == ("absent", "Its SIM is in no modem")
    assert program.get(f"/connections/{first['id']}").json == first
    assert program.get("/connections/999").status_code == 404
