"""Strangers are held back address by address, and nobody who is let in is held back by them."""

from __future__ import annotations

from base64 import b64encode

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from gateway.services.accounts.visitors import AT_ONCE
from tests.webui.conftest import NAME, PASSWORD, Reader, World, make_app

STRANGER, OTHER = "192.168.1.66", "192.168.1.67"


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
