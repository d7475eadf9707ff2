from __future__ import annotations

import pytest

from gateway.clock import HOUR
from gateway.services.accounts.account_errors import BadName, BadScope, TokenExists
from gateway.services.accounts.roles import SCOPES, allows
from gateway.services.accounts.tokens import Tokens
from gateway.store.file import audit
from tests.services.conftest import FakeClock

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def programs(clock: FakeClock) -> Tokens:
    return Tokens(clock)


def test_a_token_is_known_by_its_name_until_revoked(programs: Tokens) -> None:
    secret = programs.add("till", ["read", "send", "read"], who="ann")
    found = programs.check(secret)
    assert found is not None
    assert (found.name, found.scopes) == ("till", ("send", "read"))
    for guess in (secret[:-1], secret + "x", secret.upper(), "", "pb_", "\ud800"):
        assert programs.check(guess) is None
    with pytest.raises(TokenExists):
        programs.add("till")
    assert [(t.name, t.made_by) for t in programs.all()] == [("till", "ann")]
    assert programs.revoke("till", who="ann")
    assert programs.check(secret) is None
    assert not programs.revoke("till")
    told = [(a.who, a.action, a.detail) for a in audit.page(None, 9)]
    assert told == [
        ("ann", "token revoked", "till"),
        ("ann", "token added", "till: send read"),
    ]


def test_when_a_token_was_used_is_written_down_sparingly(
    programs: Tokens, clock: FakeClock
) -> None:
    secret = programs.add("till")
    programs.check(secret)
    first = programs.all()[0].used_at
    clock.ms += HOUR - 1
    programs.check(secret)
    assert programs.all()[0].used_at == first
    clock.ms += 1
    programs.check(secret)
    assert programs.all()[0].used_at == clock.ms


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb"])
def test_a_bad_name_is_refused(programs: Tokens, name: str) -> None:
    with pytest.raises(BadName):
        programs.add(name)


@pytest.mark.parametrize("scopes", [[], ["root"], ["send", "Manage"]])
def test_no_scope_and_unknown_scopes_are_refused(programs: Tokens, scopes: list[str]) -> None:
    with pytest.raises(BadScope):
        programs.add("till", scopes)
    assert programs.all() == []


def test_manage_includes_the_others_and_nothing_else_does() -> None:
    for held in SCOPES:
        for needed in SCOPES:
            assert allows([held], needed) == (held in (needed, "manage"))
    assert not allows(["manage"], "a scope that does not exist")
    assert not allows([], "read")
