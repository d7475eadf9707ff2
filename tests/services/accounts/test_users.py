from __future__ import annotations

import threading

import pytest

from gateway.services.accounts.account_errors import (
    BadName,
    BadPassword,
    BadRole,
    LastOne,
    ShutOut,
    UserNameTaken,
    WrongCredentials,
)
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.roles import ADMINISTRATOR, OPERATOR, READER, ROLES, at_least
from gateway.services.accounts.users import Users
from gateway.store.file import audit, database
from tests.services.accounts.test_accounts import GOOD, HERE
from tests.services.conftest import FakeClock

pytestmark = pytest.mark.usefixtures("store", "cheap_scrypt")


@pytest.fixture
def accounts() -> Accounts:
    made = Accounts(FakeClock())
    made.set_password("ann", GOOD)
    return made


@pytest.fixture
def users(accounts: Accounts) -> Users:
    return Users(FakeClock(), accounts.forget)


def _id(users: Users, name: str) -> int:
    return next(u.id for u in users.all() if u.name == name)


def test_the_first_is_an_administrator_and_others_are_what_they_were_made(users: Users) -> None:
    users.add(" Bob ", OPERATOR, GOOD, who="ann")
    users.add("cleo", READER, GOOD, who="ann")
    assert [(u.name, u.role) for u in users.all()] == [
        ("ann", ADMINISTRATOR),
        ("bob", OPERATOR),
        ("cleo", READER),
    ]


@pytest.mark.parametrize(
    ("name", "role", "password", "why"),
    [
        ("", OPERATOR, GOOD, BadName),
        ("ANN", OPERATOR, GOOD, UserNameTaken),
        ("bob", "root", GOOD, BadRole),
        ("bob", "", GOOD, BadRole),
        ("bob", OPERATOR, "short", BadPassword),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(users, name, role, password, why) -> None:
    with pytest.raises(why):
        users.add(name, role, password, who="ann")
    assert [u.name for u in users.all()] == ["ann"]


def test_the_last_administrator_stays_one(users: Users) -> None:
    ann = _id(users, "ann")
    users.add("bob", OPERATOR, GOOD, who="ann")
    for change in (
        lambda: users.delete(ann, who="ann"),
        lambda: users.disable(ann, who="ann"),
        lambda: users.set_role(ann, READER, who="ann"),
    ):
        with pytest.raises(LastOne):
            change()
    found = users.get(ann)
    assert found is not None
    assert (found.role, found.disabled) == (ADMINISTRATOR, False)


def test_an_administrator_who_is_disabled_does_not_count(users: Users) -> None:
    users.add("bob", ADMINISTRATOR, GOOD, who="ann")
    users.disable(_id(users, "bob"), who="ann")
    with pytest.raises(LastOne):
        users.delete(_id(users, "ann"), who="ann")


def test_two_administrators_who_remove_each_other_at_once_leave_one(users: Users) -> None:
    users.add("bob", ADMINISTRATOR, GOOD, who="ann")
    ids = {name: _id(users, name) for name in ("ann", "bob")}
    start = threading.Barrier(2)
    refused: list[str] = []

    def remove(whom: str) -> None:
        with database.connected():
            start.wait()
            try:
                users.delete(ids[whom], who="")
            except LastOne:
                refused.append(whom)

    threads = [threading.Thread(target=remove, args=(name,)) for name in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert [u.name for u in users.all()] == refused


def test_who_is_disabled_is_out_at_once_and_told_only_with_the_right_password(
    users: Users, accounts: Accounts
) -> None:
    users.add("bob", OPERATOR, GOOD, who="ann")
    session = accounts.sign_in("bob", GOOD, HERE)
    accounts.check_basic("bob", GOOD, HERE)
    assert accounts.session(session, 7)
    users.disable(_id(users, "bob"), who="ann")
    assert accounts.session(session) is None
    assert not accounts.unchanged(session, 7)
    with pytest.raises(ShutOut):
        accounts.check_basic("bob", GOOD, HERE)
    with pytest.raises(ShutOut):
        accounts.sign_in("bob", GOOD, HERE)
    with pytest.raises(WrongCredentials):
        accounts.sign_in("bob", "wrong", HERE)
    users.enable(_id(users, "bob"), who="ann")
    assert accounts.session(session) is None
    assert accounts.sign_in("bob", GOOD, HERE)


def test_a_changed_role_counts_in_sessions_that_are_open(users: Users, accounts: Accounts) -> None:
    users.add("bob", ADMINISTRATOR, GOOD, who="ann")
    session = accounts.sign_in("bob", GOOD, HERE)
    users.set_role(_id(users, "bob"), READER, who="ann")
    found = accounts.session(session)
    assert found is not None
    assert found.role == READER
    assert accounts.check_basic("bob", GOOD, HERE).role == READER


def test_deleting_ends_sessions_and_the_name_can_be_given_again(
    users: Users, accounts: Accounts
) -> None:
    users.add("bob", ADMINISTRATOR, GOOD, who="ann")
    session = accounts.sign_in("bob", GOOD, HERE)
    users.delete(_id(users, "bob"), who="ann")
    assert accounts.session(session) is None
    users.add("bob", READER, GOOD, who="ann")
    assert accounts.session(session) is None


def test_a_one_time_code_makes_an_administrator_of_whoever_it_was(
    users: Users, accounts: Accounts
) -> None:
    users.add("bob", READER, GOOD, who="ann")
    users.disable(_id(users, "bob"), who="ann")
    accounts.claim_first_run(accounts.new_code(), "bob", "another horse")
    found = users.get(_id(users, "bob"))
    assert found is not None
    assert (found.role, found.disabled) == (ADMINISTRATOR, False)


def test_what_was_done_is_in_the_audit_list(users: Users, accounts: Accounts) -> None:
    users.add("bob", OPERATOR, GOOD, who="ann")
    bob = _id(users, "bob")
    users.set_role(bob, READER, who="ann")
    users.set_role(bob, READER, who="ann")  # nothing changed, nothing to tell
    users.disable(bob, who="ann")
    users.enable(bob, who="ann")
    accounts.set_password("bob", "another horse", who="ann")
    users.delete(bob, who="ann")
    told = [(a.who, a.action, a.detail) for a in reversed(audit.page(None, 20))]
    assert told[1:] == [
        ("ann", "user added", "bob, operator"),
        ("ann", "role changed", "bob: operator to reader"),
        ("ann", "user disabled", "bob"),
        ("ann", "user enabled", "bob"),
        ("ann", "password set", "bob"),
        ("ann", "user deleted", "bob"),
    ]


def test_a_role_includes_those_below_and_an_unknown_one_nothing() -> None:
    order = list(ROLES)
    for mine in order:
        for needed in order:
            assert at_least(mine, needed) == (order.index(mine) >= order.index(needed))
    for odd in ("", "root", "Administrator"):
        assert not at_least(odd, READER)
        assert not at_least(ADMINISTRATOR, odd)
