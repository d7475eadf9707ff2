"""What takes people or messages out of the box: one role on every way in, and each is audited."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from gateway.cli.main import main
from gateway.services.accounts.roles import ADMINISTRATOR, OPERATOR, READER
from gateway.services.keeping.keeping import Keeping
from gateway.services.people.people import TypedContact
from gateway.store import opening
from gateway.store.file import audit, database
from tests.webui.conftest import ANN, PASSWORD, Reader, World, make_app


@pytest.fixture
def app(world: World, store: Path, templates: FileSystemBytecodeCache) -> Flask:
    world.box.keeping = Keeping(world.clock, store, lambda: None)
    world.box.people.add(TypedContact("Ann", ANN), [])
    world.receive("hello")
    return make_app(world, templates)


def signed_in(app: Flask, world: World, role: str) -> Reader:
    world.accounts.set_password(role, PASSWORD, role=role)
    reader = Reader(app.test_client())
    assert reader.sign_in(role).status_code == 303
    return reader


def exports() -> list[tuple[str, str]]:
    return [(a.who, a.detail) for a in audit.page(None, 50) if a.action == "export"]


@pytest.mark.parametrize("role", [READER, OPERATOR, ADMINISTRATOR])
def test_the_same_role_exports_on_every_way_and_each_is_noted(
    app: Flask, world: World, role: str
) -> None:
    reader = signed_in(app, world, role)
    login = {"auth": (role, PASSWORD)}
    backup = world.box.keeping.back_up().name
    answers = [
        reader.client.get("/people/export.csv"),
        reader.client.get("/people/export.vcf"),
        reader.post("/export", form="/", view="all"),
        app.test_client().get("/api/v1/export", **login),  # type: ignore[arg-type]
        reader.client.get(f"/settings/backups/{backup}"),
    ]
    for answer in answers:
        answer.close()
    statuses = [answer.status_code for answer in answers]
    may = role != READER
    assert statuses[:4] == [200 if may else 403] * 4
    assert statuses[4] == (200 if role == ADMINISTRATOR else 403)
    noted = exports()
    assert len(noted) == statuses.count(200)
    assert {who for who, _ in noted} <= {role}
    assert ((role, f"the backup {backup}") in noted) == (role == ADMINISTRATOR)
    page = reader.get("/people")
    assert ("/people/export.csv" in page) == may  # no link that would be refused


@pytest.mark.parametrize(
    "command",
    [["people", "export"], ["people", "export", "--vcard"], ["export"], ["backup", "FILE"]],
)
def test_what_the_command_line_takes_out_is_noted_too(
    command: list[str], store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "carol")
    words = [str(tmp_path / "mine.db") if word == "FILE" else word for word in command]
    at = 2 if words[0] == "people" else 1
    opening.close_store()
    said = CliRunner().invoke(main, [*words[:at], "--data", str(store), *words[at:]])
    assert said.exit_code == 0, said.output
    opening.open_store(store)
    with database.connected():
        ((who, _),) = exports()
    assert who == "carol"
