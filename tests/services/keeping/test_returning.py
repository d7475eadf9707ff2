"""What was ended since a backup was made does not come back with it unless somebody says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.services.accounts.account_errors import WrongCredentials
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.tokens import Tokens
from gateway.store import opening
from gateway.store.accounts import accounts as rows
from gateway.store.accounts import tokens
from gateway.store.file import database
from gateway.store.keeping import backups, restore
from gateway.store.keeping.revocations import ReturningAccess
from tests.services.conftest import FakeClock
from tests.store.given import NOW

pytestmark = pytest.mark.usefixtures("cheap_scrypt")
OLD, NEW = "correct horse", "battery staple"


class Box:
    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder, self.clock = folder, clock
        self.accounts = Accounts(clock)
        self.programs = Tokens(clock)

    def id(self, name: str) -> int:
        found = rows.user(name)
        assert found is not None
        return found.id


@pytest.fixture
def box(store: Path, clock: FakeClock) -> Box:
    made = Box(store, clock)
    made.accounts.signing_key()
    for name, role in (("ann", "administrator"), ("bob", "operator"), ("cat", "operator")):
        made.accounts.set_password(name, OLD, role=role)
    for name in ("till", "alarm"):
        made.programs.add(name, ["send"], who="ann")
    return made


def end_some(box: Box) -> None:
    box.programs.revoke("till", who="ann")
    rows.delete_user(box.id("bob"), NOW, who="ann")
    box.accounts.set_password("ann", NEW)


def put_back(box: Box, backup: Path, *, bring_back: bool = False) -> None:
    restore.stage(backup, box.folder, NOW, "ann", bring_back=bring_back)
    opening.close_store()
    opening.open_store(box.folder)
    database.database.connect()
    box.accounts = Accounts(box.clock)


def test_what_was_ended_since_is_told_and_stays_ended(box: Box, tmp_path: Path) -> None:
    backup = backups.make(tmp_path, "by-hand")
    assert not restore.returning(backup, box.folder)
    end_some(box)
    told = restore.returning(backup, box.folder)
    assert told == ReturningAccess(("till",), ("bob",), ("ann",))
    put_back(box, backup)
    assert [t.name for t in tokens.tokens()] == ["alarm"]
    assert box.accounts.names() == ["ann", "cat"]
    assert box.accounts.sign_in("ann", NEW, "10.0.0.1")
    with pytest.raises(WrongCredentials):
        box.accounts.sign_in("ann", OLD, "10.0.0.1")


def test_who_says_so_gets_them_back(box: Box, tmp_path: Path) -> None:
    backup = backups.make(tmp_path, "by-hand")
    end_some(box)
    put_back(box, backup, bring_back=True)
    assert [t.name for t in tokens.tokens()] == ["alarm", "till"]
    assert box.accounts.names() == ["ann", "bob", "cat"]
    assert box.accounts.sign_in("ann", OLD, "10.0.0.1")


def test_of_another_box_nothing_is_known_and_all_comes_back(box: Box, tmp_path: Path) -> None:
    backup = backups.make(tmp_path, "by-hand")
    with closing(sqlite3.connect(backup, isolation_level=None)) as other:
        other.execute("UPDATE setting SET value = '\"other\"' WHERE key = 'signing_key'")
    end_some(box)
    assert not restore.returning(backup, box.folder)
    put_back(box, backup)
    assert box.accounts.names() == ["ann", "bob", "cat"]


def test_somebody_who_may_change_the_settings_is_left(box: Box, tmp_path: Path) -> None:
    backup = backups.make(tmp_path, "by-hand")
    box.accounts.set_password("dan", NEW, role="administrator")
    rows.delete_user(box.id("ann"), NOW, who="dan")
    put_back(box, backup)
    assert box.accounts.names() == ["bob", "cat", "dan"]
    assert box.accounts.sign_in("dan", NEW, "10.0.0.1")


def test_nobody_is_let_in_by_a_one_time_code_of_then(box: Box, tmp_path: Path) -> None:
    box.accounts.new_code()
    backup = backups.make(tmp_path, "by-hand")
    put_back(box, backup, bring_back=True)
    assert rows.first_run_digests(box.clock.now()) == []


def test_tokens_of_a_deleted_user_end_with_that_user(box: Box) -> None:
    secret = box.programs.add("pos", ["send"], who="bob")
    assert box.programs.check(secret) is not None
    rows.delete_user(box.id("bob"), NOW, who="ann")
    assert box.programs.check(secret) is None
    assert [t.name for t in tokens.tokens()] == ["alarm", "till"]
