"""The first visitor, the one-time code, and who forgot the password."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from gateway.services.keeping.keeping import Keeping
from gateway.store.keeping import repair
from tests.webui.conftest import NAME, Reader, World, words

OPEN_TO_ALL = {"auth.sign_in", "auth.sign_in_now", "auth.sign_out", "auth.first_run"}
OPEN_TO_ALL |= {"auth.first_run_now", "health.health", "static"}


def _first_run(reader: Reader, code: str, **fields: str):  # type: ignore[no-untyped-def]
    typed = {"name": "Boss", "password": "a b c d e f", "again": "a b c d e f"} | fields
    return reader.post("/first-run", form=f"/first-run?code={code}", code=code, **typed)


def test_the_first_visitor_sets_name_and_password_with_the_code_of_the_link(
    new_world: World, first_visitor: Reader
) -> None:
    code = new_world.accounts.first_run_code()
    assert code is not None
    assert first_visitor.client.get("/").headers["Location"].startswith("/sign-in")
    assert first_visitor.client.get("/sign-in").headers["Location"] == "/first-run"
    page = first_visitor.get(f"/first-run?code={code}")
    assert f'value="{code}"' in page
    response = _first_run(first_visitor, code)
    assert response.status_code == 303
    assert "All Communications" in first_visitor.get("/")
    assert new_world.accounts.names() == ["boss"]


@pytest.mark.parametrize("lost", [False, True])
def test_who_finds_a_box_that_began_anew_is_told_why(
    new_world: World, first_visitor: Reader, tmp_path: Path, lost: bool
) -> None:
    """As at a box that is new; nothing of it says where the damaged file is."""
    told = repair.Repair(1, "The database was damaged.", "/somewhere/kept.db", lost=lost)
    (tmp_path / repair.RECORD).write_text(json.dumps(asdict(told)))
    new_world.box.keeping = Keeping(new_world.clock, tmp_path, lambda: None)
    page = words(first_visitor.get("/first-run"))
    assert ("so the box begins anew: people, settings and messages are missing" in page) is lost
    assert "kept.db" not in page


def test_a_code_dies_with_its_use(new_world: World, first_visitor: Reader) -> None:
    code = new_world.accounts.first_run_code()
    assert code is not None
    _first_run(first_visitor, code)
    late = Reader(first_visitor.client.application.test_client())
    response = _first_run(late, code)
    assert response.status_code == 403
    assert "not valid" in response.text
    assert late.client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"again": "other"}, "The two passwords differ"),
        ({"password": "short", "again": "short"}, "at least 8 characters"),
        ({"name": " "}, "Choose a name"),
        ({"code": "WRONG"}, "This code is not valid"),
    ],
)
def test_a_refused_first_run_says_why_and_the_code_still_works(
    new_world: World, first_visitor: Reader, typed: dict[str, str], said: str
) -> None:
    code = new_world.accounts.first_run_code()
    assert code is not None
    given = {"code": code} | typed
    response = _first_run(first_visitor, given.pop("code"), **given)
    assert response.status_code in (400, 403)
    assert said in response.text
    assert "a b c d" not in response.text
    assert _first_run(first_visitor, code).status_code == 303


def test_who_forgot_the_password_is_led_to_where_a_code_is_entered(
    world: World, stranger: Reader
) -> None:
    assert 'href="/first-run?code="' in stranger.get("/sign-in")
    assert "One-time code" in stranger.get("/first-run?code=")
    code = world.accounts.new_code(digits=True, how="button on the box")
    assert _first_run(stranger, code, name=NAME).status_code == 303
    assert "All Communications" in stranger.get("/")


def test_a_good_code_lets_in_at_once_whoever_guessed_at_the_password_before(
    world: World, stranger: Reader
) -> None:
    for number in range(5):
        assert stranger.sign_in(password=f"was it {number}?").status_code == 403
    assert stranger.sign_in(password="was it this?").status_code == 429
    assert _first_run(stranger, world.accounts.new_code(), name=NAME).status_code == 303
    assert "All Communications" in stranger.get("/")


def test_who_tries_codes_too_quickly_is_told_how_long_to_wait(
    world: World, stranger: Reader
) -> None:
    code = world.accounts.new_code()
    for _ in range(5):
        assert _first_run(stranger, "WRONG").status_code == 403
    for guess in ("WRONG", code):
        response = _first_run(stranger, guess)
        assert response.status_code == 429
        assert int(response.headers["Retry-After"]) >= 1


def test_nobody_gets_in_without_the_code(first_visitor: Reader) -> None:
    assert _first_run(first_visitor, "").status_code == 403
    for path in ("/", "/send", "/received"):
        assert first_visitor.client.get(path).status_code == 303
