"""Every command over a store full of words that would steer a terminal. A new command is covered
as soon as it says here how it is called: without that this test fails."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import main
from gateway.clock import SystemClock
from gateway.health import Issue, Severity
from gateway.process.control import client
from gateway.services.accounts.tokens import Tokens
from gateway.store import opening
from gateway.store.file import data_folder, database
from tests.store.given import ANN, connection, message
from tests.text.test_printable import is_harmless

EVIL = "a\x1b]0;owned\x07b\x1b[2Jc\x9bd\x7fe\u202ef\u2028g\nh\r\n9  i"
# Free text, and what other people, operators and modems say.
FOREIGN = {
    "connection": ("name", "number"),
    "message": ("text", "peer", "author", "note"),
    "dispatch": ("number", "reason", "code"),
    "contact": ("name", "notes"),
    "group": ("name",),
    "blocked": ("who", "word"),
    "activity": ("name",),
    "activity_action": ("text",),
    "schedule": ("text", "author"),
    "schedule_run": ("words",),
    "token": ("name",),
    "user": ("name",),
}
ISSUE = Issue("x", Severity.PROBLEM, EVIL, EVIL)
ANSWERS: dict[str, Any] = {
    "status": {
        "modems": [
            {
                "port": "/dev/ttyUSB0",
                "connection_name": EVIL,
                "model": EVIL,
                "words": EVIL,
                "operator": EVIL,
                "signal": EVIL,
                "roaming": True,
                "advice": EVIL,
                "warnings": [EVIL],
            }
        ],
        "findings": [{"words": EVIL}],
    },
    "connections": {
        "connections": [
            {
                "name": EVIL,
                "phone_number": EVIL,
                "words": EVIL,
                "operator": EVIL,
                "signal": EVIL,
                "roaming": True,
                "sent_today": 1,
                "failed_today": 0,
                "waiting": 1,
                "advice": EVIL,
            }
        ]
    },
    "ussd": {"text": EVIL, "words": EVIL, "waits": False},
    "credit": {
        "connections": [
            {
                "connection": EVIL,
                "shown": EVIL,
                "trouble": EVIL,
                "code": EVIL,
                "low": True,
                "answered_at": 1,
                "at": 2,
                "held": 3,
                "answer": EVIL,
            }
        ]
    },
    "at": {"command": "ATI", "lines": [EVIL], "result": "OK", "code": None, "words": EVIL},
    "configure": {"error": EVIL},
    "restart": None,
}
# How each command is called; "JSON": it also speaks to programs. None: it ends by itself only.
CALLS: dict[str, tuple[str, ...] | None] = {
    "run": None,
    "simulate": None,  # tests/process/test_simulate.py
    "send": ("JSON", "+254711000009", EVIL),
    "modems": ("JSON",),
    "passwd": ("--stdin", EVIL),
    "token add": ("JSON", EVIL),
    "token list": ("JSON",),
    "token revoke": (EVIL,),
    "check": ("--url", f"http://127.0.0.1:1/{EVIL}"),
    "code": ("JSON",),
    "address": (),
    "certificate make": ("--name", EVIL),
    "doctor": ("JSON",),
    "at": ("JSON", EVIL, "ATI"),
    "scheduled list": ("JSON",),
    "scheduled cancel": ("77",),
    "scheduled pause": ("77",),
    "scheduled resume": ("77",),
    "scheduled send-now": ("77",),
    "connections": ("JSON",),
    "connections set": ("--name", EVIL, EVIL),
    "connections pin": ("--forget", EVIL),
    "connections usual": ("JSON",),
    "rules": ("JSON",),
    "rules add": ("group", EVIL),
    "rules move": ("1", "2"),
    "rules switch": ("1", "off"),
    "rules delete": ("99",),
    "rules usual": (),
    "activities list": ("JSON",),
    "activities try": ("JSON", "--from", EVIL, EVIL),
    "activities on": (EVIL,),
    "activities off": ("nobody",),
    "ussd": ("JSON", EVIL, "*100#"),
    "credit": ("JSON", EVIL),
    "backup": ("JSON", f"/nowhere/{EVIL}"),
    "restore": ("--yes", __file__),
    "export": ("--connection", EVIL),
    "messages list": ("JSON",),
    "messages delete": ("JSON", "99"),
    "messages restore": ("JSON", "99"),
    "messages purge": ("JSON", "--yes", "99"),
    "messages resend": ("JSON", "--connection", EVIL, "1"),
    "people list": ("JSON",),
    "people add": ("--notes", EVIL, EVIL, EVIL),
    "people change": ("1", "--name", EVIL),
    "people always": ("1",),
    "people delete": ("99",),
    "people import": ("FILE",),
    "people export": None,  # a file: see below
    "people block": (EVIL,),
    "people unblock": (EVIL,),
    "people blocked": ("JSON",),
    "groups list": ("JSON",),
    "groups add": (EVIL,),
    "groups rename": (EVIL, "New"),
    "groups always": (EVIL,),
    "groups delete": (EVIL,),
    "groups join": (EVIL, "1"),
    "groups leave": (EVIL, "1"),
}


def commands(group: click.Command, above: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, one in getattr(group, "commands", {}).items():
        path = f"{above} {name}".strip()
        if not isinstance(one, click.Group) or one.invoke_without_command:
            found[path] = one
        found |= commands(one, path)
    return found


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    opening.open_store(folder)
    with database.connected():
        connection()
        message(ANN)
        Tokens(SystemClock()).add("x", ("send",), who="x")
    opening.close_store()
    with closing(sqlite3.connect(folder / data_folder.FILE_NAME)) as raw, raw:
        raw.executescript(
            "INSERT INTO contact (name, sort, search, created_at, changed_at)"
            " VALUES ('x', 'x', 'x', 1, 1);"
            "INSERT INTO \"group\" (name, sort, created_at) VALUES ('x', 'x', 1);"
            "INSERT INTO blocked (number, at) VALUES ('+254711000007', 1);"
            "INSERT INTO activity (name, position, created_at) VALUES ('x', 1, 1);"
            "INSERT INTO activity_action (activity_id, position, kind) VALUES (1, 1, 'reply');"
            "INSERT INTO schedule (text, recipients, created_at, changed_at, start, unit,"
            " next_wall, next_at) VALUES ('x', '[]', 1, 1, '2026-12-01T09:00:00', 'once',"
            " '2026-12-01T09:00:00', 1);"
            "INSERT INTO schedule_run (schedule_id, at, planned_at, last_at, outcome)"
            " VALUES (1, 1, 1, 1, 'failed')"
        )
        for table, columns in FOREIGN.items():
            for column in columns:
                changed = raw.execute(f'UPDATE "{table}" SET "{column}" = ?', (EVIL,))
                assert changed.rowcount > 0 or table == "user", table
    return folder


@pytest.fixture
def hostile(full: Path, tmp_path: Path) -> Path:
    """Each command has its own."""
    return Path(shutil.copytree(full, tmp_path / "data"))


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch, cheap_scrypt: None) -> None:
    """A running service that says what strangers made it hear."""
    monkeypatch.setattr(client, "ask", lambda folder, question, **more: ANSWERS[question])
    monkeypatch.setattr("gateway.health.examine", lambda snapshot: (ISSUE,))
    monkeypatch.setattr("gateway.health.is_well", lambda issues: False)


def test_every_command_says_here_how_it_is_called() -> None:
    assert sorted(commands(main)) == sorted(CALLS)


def call(folder: Path, name: str, words: tuple[str, ...], file: Path) -> Result:
    given = [str(file) if word == "FILE" else word for word in words if word != "JSON"]
    return CliRunner().invoke(
        main, [*name.split(), "--data", str(folder), *given], input="correct horse battery\n"
    )


@pytest.mark.parametrize("name", [name for name, words in CALLS.items() if words is not None])
def test_nothing_foreign_steers_the_terminal_or_breaks_a_line(
    name: str, hostile: Path, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f'Name,Number\n"{EVIL}","{EVIL}"\n', encoding="utf-8")
    words = CALLS[name] or ()
    said = call(hostile, name, words, file)
    assert said.exception is None or isinstance(said.exception, SystemExit)
    for line in said.output.split("\n"):
        assert is_harmless(line)
        assert not line.startswith(("h", "9  i"))  # the evil text's second and third line
    if "JSON" in words:
        told = call(hostile, name, ("--json", *words), file)
        assert is_harmless(told.output.replace("\n", ""))
        if told.exit_code == 0:
            json.loads(told.stdout)
