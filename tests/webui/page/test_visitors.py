"""What strangers may ask of the box, address by address; who is let in is not held back by them."""

from __future__ import annotations

import contextlib
from base64 import b64encode

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from gateway.server import web_bounds
from gateway.services.accounts.visitors import A_SECOND, AT_ONCE, MOST_KEYS, Visitors
from tests.server.served import Serve, whole
from tests.support.box import eventually
from tests.webui.conftest import NAME, PASSWORD, Reader, World, make_app

STRANGER, OTHER = "192.168.1.66", "192.168.1.67"


# counting ---------------------------------------------------------------------------------------


def test_an_address_has_so_many_requests_and_gets_some_back_each_second() -> None:
    visitors = Visitors()
    for _ in range(AT_ONCE):
        assert visitors.wait(STRANGER, 5.0) == 0
        visitors.count(STRANGER, 5.0)
    wait = visitors.wait(STRANGER, 5.0)
    assert 0 < wait <= 1 / A_SECOND
    assert visitors.wait(OTHER, 5.0) == 0
    for _ in range(10 * AT_ONCE):  # asking on makes it no worse
        visitors.count(STRANGER, 5.0)
    assert visitors.wait(STRANGER, 5.0 + 1 / A_SECOND) == 0
    assert visitors.wait(STRANGER, 5.0 + AT_ONCE) == 0


def test_a_machine_with_millions_of_addresses_counts_as_one() -> None:
    visitors = Visitors()
    for n in range(AT_ONCE):
        visitors.count(f"2001:db8::{n:x}", 1.0)
    assert visitors.wait("2001:db8::ffff:1", 1.0) > 0
    assert visitors.wait("::ffff:192.168.1.66", 1.0) == visitors.wait(STRANGER, 1.0) == 0


def test_made_up_addresses_do_not_fill_the_memory() -> None:
    visitors = Visitors()
    for n in range(MOST_KEYS + 500):
        visitors.count(f"address {n}", 1.0)
        visitors.let_in(f"address {n}", 1.0)
    assert len(visitors._spent) == len(visitors._known) == MOST_KEYS
    assert visitors.knows(f"address {MOST_KEYS + 499}", 2.0)
    assert not visitors.knows("address 0", 2.0)


# on the page ------------------------------------------------------------------------------------


@pytest.fixture
def app(world: World, templates: FileSystemBytecodeCache) -> Flask:
    return make_app(world, templates)


def from_(app: Flask, address: str) -> Reader:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Reader(client)


PATHS = [
    "/sign-in",
    "/health",
    "/",
    "/nothing",
    "/static/nothing.js",
    "/api/v1/inbox",
    "/first-run",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("more", [{}, {"Cookie": "pigeonbox=invented"}, {"Host": "evil.example"}])
def test_strangers_are_held_back_whatever_they_ask_for(
    app: Flask, path: str, more: dict[str, str]
) -> None:
    client = from_(app, STRANGER).client
    statuses = [client.get(path, headers=more).status_code for _ in range(AT_ONCE + 5)]
    assert 429 not in statuses[:AT_ONCE]
    assert set(statuses[AT_ONCE:]) == {429}
    answer = client.get(path, headers=more)
    assert answer.headers["Retry-After"] == "1"
    assert "Content-Security-Policy" in answer.headers


def test_nobody_else_is_held_back_by_them(app: Flask, world: World) -> None:
    owner = from_(app, STRANGER)  # behind the same router
    assert owner.sign_in().status_code == 303
    token = world.box.programs.add("till", ["read"])
    flood = from_(app, STRANGER).client
    for _ in range(AT_ONCE + 20):
        flood.get("/sign-in")
    assert flood.get("/sign-in").status_code == 429
    assert owner.client.get("/").status_code == 200
    assert owner.client.get("/static/nothing.js").status_code == 404
    assert owner.client.get("/live?ids=").status_code == 200
    for _ in range(AT_ONCE + 20):  # who is signed in is not counted
        assert owner.client.get("/live?ids=").status_code == 200
    program = from_(app, STRANGER).client
    bearer = {"Authorization": f"Bearer {token}"}
    assert program.get("/api/v1/inbox", headers=bearer).status_code == 200
    basic = {"Authorization": "Basic " + b64encode(f"{NAME}:{PASSWORD}".encode()).decode()}
    assert program.get("/api/v1/inbox", headers=basic).status_code == 200
    assert from_(app, OTHER).client.get("/sign-in").status_code == 200
    world.clock.seconds += 1
    assert flood.get("/sign-in").status_code == 200


# bodies -----------------------------------------------------------------------------------------


def head(size: int, *lines: str) -> bytes:
    told = ("POST /api/v1/messages HTTP/1.1", "Host: localhost", f"Content-Length: {size}", *lines)
    return "\r\n".join((*told, "", "")).encode()


def test_slow_bodies_of_one_address_leave_room_for_all_others(serve: Serve, world: World) -> None:
    """Eight of them, as large as strangers may send, held every program up for a minute."""
    served, each = serve(), web_bounds.STRANGERS_EACH
    strangers = served.server.room.strangers
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(served.open()) for _ in range(8)]
        for one in crowd:
            one.sendall(head(each) + b"x" * 1000)
        eventually(lambda: strangers.taken == web_bounds.OF_ONE_STRANGER)
        refused = whole(crowd[-1])
        assert b" 503 " in refused
        token = world.box.programs.add("till", ["send"])
        program = stack.enter_context(served.open("127.0.0.9"))
        program.sendall(head(each, f"Authorization: Bearer {token}") + b"x" * each)
        assert b" 503 " not in program.recv(4096)


def test_an_address_that_was_let_in_has_room_that_strangers_cannot_take(
    serve: Serve, world: World
) -> None:
    served, each = serve(), web_bounds.STRANGERS_EACH
    token = world.box.programs.add("till", ["send", "read"])
    assert served.get("/api/v1/inbox", Authorization=f"Bearer {token}").status == 200
    with contextlib.ExitStack() as stack:
        for n in range(8):
            one = stack.enter_context(served.open(f"127.0.2.{n}"))
            one.sendall(head(each))
        eventually(lambda: served.server.room.strangers.taken == web_bounds.STRANGERS)
        program = stack.enter_context(served.open())
        program.sendall(head(each, f"Authorization: Bearer {token}") + b"x" * each)
        assert b" 503 " not in program.recv(4096)


def test_behind_a_proxy_it_is_the_clients_share(serve: Serve) -> None:
    served = serve(trusted_proxy="127.0.0.1")
    each = web_bounds.STRANGERS_EACH
    with contextlib.ExitStack() as stack:
        for n in range(4):
            one = stack.enter_context(served.open())
            one.sendall(head(each, f"X-Forwarded-For: 10.9.9.9, 10.0.0.{n}"))
        eventually(lambda: served.server.room.strangers.taken == 4 * each)


@pytest.mark.parametrize("more", [b"", b"Content-Length: 0\r\n"])
def test_a_request_without_a_body_is_not_told_to_go_on(serve: Serve, more: bytes) -> None:
    """It was told to, and then waited for for ever; the next one was taken for its headers."""
    asked = b"GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + more
    with serve().open() as client:
        client.sendall(asked + b"\r\n")
        first = client.recv(4096)  # it comes without anything else being sent
        client.sendall(asked + b"Connection: close\r\n\r\n")
        answers = first + whole(client)
    assert answers.count(b"HTTP/1.1 200 ") == answers.count(b"HTTP/1.1 ") == 2
