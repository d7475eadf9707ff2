"""Who may go where: every route of the app is tried as every role.

Nothing to do here for a new page, as long as webui/page/roles.py says what it needs. WITHOUT_HARM
lists what readers may post to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from gateway.services.accounts.roles import ADMINISTRATOR, OPERATOR, READER, ROLES, at_least
from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.ussd import UssdDialogues
from gateway.services.people.people import TypedContact
from gateway.simnet import Network
from tests.services.played_modem import PlayedModem
from tests.webui.conftest import ANN, PASSWORD, Reader, World, make_app, words
from webui.api import access
from webui.page import roles

OPEN_TO_ALL = {"auth.sign_in", "auth.sign_in_now", "auth.sign_out", "auth.first_run"}
OPEN_TO_ALL |= {"auth.first_run_now", "health.health", "static"}
# What changes nothing but one's own account.
WITHOUT_HARM = {"auth.sign_out", "sessions.change_password", "sessions.end_own"}
REFUSED = re.compile("You are signed in as \\w+, with the role")


@pytest.fixture
def whole(world: World, templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The app of a box that has everything a page can be about; form tokens are not asked for."""
    network = Network()
    network.add_modem("+447700900001")
    world.box.phone = network
    world.box.ussd = UssdDialogues(PlayedModem(world.line.connection_id), world.clock, world.events)
    world.box.credit = CreditChecks(world.box.ussd, world.clock, world.events)
    app = make_app(world, templates)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    network.stop()


def _as(app: Flask, world: World, role: str) -> Reader:
    name = f"some{role}"
    world.box.users.add(name, role, PASSWORD, who="admin")
    reader = Reader(app.test_client())
    signed_in = reader.client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert signed_in.status_code == 303
    return reader


def _routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, a path that fits it) of every page; the API has scopes instead."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ALL or rule.endpoint.startswith("api."):
            continue
        path = re.sub(r"<any\(([^,)]*)[^>]*>|<[^>]*>", lambda m: m[1] or "1", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, path


@pytest.mark.parametrize("role", ROLES)
def test_every_page_lets_in_exactly_the_roles_of_the_table(
    whole: Flask, world: World, role: str
) -> None:
    reader = _as(whole, world, role)
    tried = 0
    for rule, method, path in _routes(whole):
        response = reader.client.open(path, method=method)
        refused = response.status_code == 403 and bool(REFUSED.search(words(response.text)))
        allowed = at_least(role, roles.needed(rule.endpoint))
        assert refused == (not allowed), (rule.endpoint, method, role, response.status_code)
        assert response.status_code != 303 or "/sign-in" not in response.headers["Location"]
        response.close()
        tried += 1
    assert tried > 40


def test_what_is_in_no_table_is_for_administrators(whole: Flask, world: World) -> None:
    whole.add_url_rule("/brand-new", "brand_new", lambda: "secrets")
    assert roles.needed("brand_new") == ADMINISTRATOR
    assert _as(whole, world, OPERATOR).client.get("/brand-new").status_code == 403
    assert _as(whole, world, ADMINISTRATOR).client.get("/brand-new").status_code == 200


def test_readers_can_post_nothing_but_what_is_their_own(whole: Flask) -> None:
    changing = {r.endpoint for r, method, _ in _routes(whole) if method != "GET"}
    assert changing & roles.READERS <= WITHOUT_HARM


def test_settings_users_and_pins_are_for_administrators(whole: Flask) -> None:
    delicate = re.compile(
        r"^(settings|users|programs|setup|backup)\.(?!index|phone)|pin|ussd|connections\.(save|settings)"
    )
    for rule, _, _ in _routes(whole):
        if delicate.search(rule.endpoint) and not rule.endpoint.startswith("people."):
            assert roles.needed(rule.endpoint) == ADMINISTRATOR, rule.endpoint


def test_the_tables_name_no_page_twice() -> None:
    assert not roles.READERS & roles.OPERATORS


def test_every_call_of_the_api_has_its_scope_or_needs_manage(whole: Flask, world: World) -> None:
    tokens = {s: world.box.programs.add(s, [s]) for s in ("send", "read", "people", "manage")}
    client = whole.test_client()
    for rule in whole.url_map.iter_rules():
        if not rule.endpoint.startswith("api."):
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        needed = access.NEEDS.get(rule.endpoint, ("manage",))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for scope, token in tokens.items():
                bearer = {"Authorization": f"Bearer {token}"}
                response = client.open(path, method=method, headers=bearer)
                allowed = scope in needed or scope == "manage"
                assert (response.status_code == 403) == (not allowed), (path, method, scope)
                if not allowed:
                    assert "insufficient_scope" in response.headers["WWW-Authenticate"]
                response.close()  # an export gives its place back


# What a call of the API does -> the page that does the same.
ON_THE_PAGE = {
    "api.send": "compose.send",
    "api.state": "inbox.detail",
    "api.resend": "inbox.resend",
    "api.delete": "inbox.selected",
    "api.received": "inbox.view",
    "api.all_activities": "activities.index",
    "api.issues": "state.index",
    "api.export": "inbox.export",
    "api.listed": "connections.index",
    "api.show_connection": "connections.show",
    "api.rules": "connections.rules",
    "api.replace_rules": "connections.order_rules",
    "api.all_scheduled": "scheduled.index",
    "api.pause_scheduled": "scheduled.pause",
    "api.resume_scheduled": "scheduled.resume",
    "api.send_scheduled": "scheduled.send",
    "api.contacts": "people.index",
    "api.contact": "people.contact",
    "api.add_contact": "people.add",
    "api.change_contact": "people.save",
    "api.delete_contact": "people.several",
    "api.all_groups": "people.all_groups",
    "api.add_group": "people.make_group",
    "api.rename_group": "people.rename_group",
    "api.delete_group": "people.delete_group",
    "api.join_group": "people.change_members",
    "api.leave_group": "people.change_members",
    "api.all_blocked": "people.all_blocked",
    "api.block_number": "people.block",
    "api.unblock_number": "people.change_blocked",
    "api.restore": "inbox.selected",
    "api.delete_received": "inbox.selected",
    "api.restore_received": "inbox.selected",
    "api.mark_read": "inbox.selected",
    "api.mark_unread": "inbox.selected",
}
# Of the API alone, or changing nothing.
ALONE = {"api.all_webhooks", "api.register_webhook", "api.remove_webhook", "api.try_activities"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_by_the_api_what_it_may_on_the_page(
    whole: Flask, world: World, role: str
) -> None:
    _as(whole, world, role)
    login = {"auth": (f"some{role}", PASSWORD)}
    client = whole.test_client()
    api = [rule for rule in whole.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert {rule.endpoint for rule in api} == set(ON_THE_PAGE) | ALONE
    for rule in api:
        if rule.endpoint not in ON_THE_PAGE:
            continue
        path = re.sub(r"<[^>]*>", "1", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            response = client.open(path, method=method, **login)
            allowed = at_least(role, roles.needed(ON_THE_PAGE[rule.endpoint]))
            assert (response.status_code == 403) == (not allowed), (method, path)
            response.close()


@pytest.mark.parametrize(("role", "can"), [(READER, "read"), (OPERATOR, "send")])
def test_roles_count_in_the_api_too(whole: Flask, world: World, role: str, can: str) -> None:
    _as(whole, world, role)
    client = whole.test_client()
    login = {"auth": (f"some{role}", PASSWORD)}
    assert client.get("/api/v1/inbox", **login).status_code == 200  # type: ignore[arg-type]
    body = {"textMessage": {"text": "Hi"}, "phoneNumbers": ["+447700900123"]}
    sent = client.post("/api/v1/messages", json=body, **login)  # type: ignore[arg-type]
    assert sent.status_code == (202 if can == "send" else 403)


def test_a_reader_sees_no_button_that_would_be_refused(whole: Flask, world: World) -> None:
    message = world.receive("hello")
    world.write("out")
    reader = _as(whole, world, READER)
    contact = world.box.people.add(TypedContact("Ann", ANN))
    world.box.people.make_group("Staff")
    paths = ["/", f"/?open={message}", "/sent", "/connections", "/settings", "/phone", "/people"]
    paths += ["/people/groups", "/people/groups/1", "/people/blocked", f"/people/{contact}"]
    for path in (*paths, "/people/fields", f"/connections/{world.line.connection_id}"):
        page = reader.get(path)
        for link in re.findall(r'<a [^>]*href="(/[^"?#]*)', page):
            endpoint = _endpoint(whole, link, "GET")
            assert endpoint in OPEN_TO_ALL or at_least(READER, roles.needed(endpoint)), (path, link)
        for action in re.findall(r'<form[^>]* method="post" action="(/[^"?#]*)', page):
            endpoint = _endpoint(whole, action, "POST")
            assert endpoint in OPEN_TO_ALL or at_least(READER, roles.needed(endpoint)), (
                path,
                action,
            )


def test_what_a_reader_opens_stays_unread_for_the_others(whole: Flask, world: World) -> None:
    message = world.receive("hello")
    assert "hello" in _as(whole, world, READER).get(f"/?open={message}")
    assert "row unread" in _as(whole, world, OPERATOR).get("/")


def _endpoint(app: Flask, path: str, method: str) -> str:
    return str(app.url_map.bind("localhost").match(path, method=method)[0])
