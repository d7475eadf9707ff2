from __future__ import annotations

import threading
from pathlib import Path

import pytest
from werkzeug.security import check_password_hash

from gateway.clock import DAY
from gateway.services.accounts import passwords
from gateway.services.accounts.account_errors import (
    BadName,
    BadPassword,
    Throttled,
    WrongCode,
    WrongCredentials,
)
from gateway.services.accounts.accounts import RESET_LIFE, SESSION_IDLE, SESSION_LIFE, Accounts
from gateway.services.accounts.tokens import Tokens
from gateway.store.accounts import accounts as accounts_store
from gateway.store.file import database
from tests.services.conftest import FakeClock

pytestmark = pytest.mark.usefixtures("store", "cheap_scrypt")

GOOD = "correct horse"
HERE, THERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def accounts(clock: FakeClock) -> Accounts:
    return Accounts(clock)


@pytest.fixture
def ann(accounts: Accounts) -> Accounts:
    accounts.set_password("ann", GOOD)
    return accounts


# first run -------------------------------------------------------------------------------------


def test_a_new_box_hands_out_codes_until_somebody_took_one(accounts: Accounts) -> None:
    code = accounts.first_run_code()
    assert code is not None
    accounts.claim_first_run(code, "Ann", GOOD)
    assert accounts.sign_in("ann", GOOD, HERE)
    assert accounts.first_run_code() is None


def test_a_code_is_read_in_any_case_and_with_any_hyphens(accounts: Accounts) -> None:
    code = accounts.first_run_code()
    assert code is not None
    accounts.claim_first_run(f" {code.lower().replace('-', ' - ')} ", "ann", GOOD)
    assert accounts.set_up


def test_a_code_works_once(accounts: Accounts) -> None:
    code = accounts.first_run_code()
    assert code is not None
    accounts.claim_first_run(code, "ann", GOOD)
    with pytest.raises(WrongCode):
        accounts.claim_first_run(code, "bob", GOOD)
    assert accounts.names() == ["ann"]


def test_of_many_who_use_a_code_at_once_one_wins(accounts: Accounts) -> None:
    code = accounts.first_run_code()
    assert code is not None
    won: list[str] = []

    def claim(name: str) -> None:
        with database.connected():
            try:
                accounts.claim_first_run(code or "", name, GOOD, address=name)
            except (WrongCode, Throttled):  # the latter: too many at once
                return
            won.append(name)

    threads = [threading.Thread(target=claim, args=(f"p{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert accounts.names() == won
    assert len(won) == 1


def test_a_refused_password_does_not_use_the_code_up(accounts: Accounts) -> None:
    code = accounts.first_run_code()
    assert code is not None
    with pytest.raises(BadPassword):
        accounts.claim_first_run(code, "ann", "short")
    accounts.claim_first_run(code, "ann", GOOD)


def test_a_code_for_a_forgotten_password_lasts_an_hour(ann: Accounts, clock: FakeClock) -> None:
    code = ann.new_code()
    clock.ms += RESET_LIFE
    with pytest.raises(WrongCode):
        ann.claim_first_run(code, "ann", "another horse")
    ann.claim_first_run(ann.new_code(), "ann", "another horse")
    assert ann.sign_in("ann", "another horse", HERE)


def test_guessing_codes_is_slowed_down(accounts: Accounts) -> None:
    code = accounts.first_run_code()
    assert code is not None
    for _ in range(5):
        with pytest.raises(WrongCode):
            accounts.claim_first_run("AAAA-AAAA", "eve", GOOD, HERE)
    with pytest.raises(Throttled):
        accounts.claim_first_run("AAAA-AAAA", "eve", GOOD, HERE)
    accounts.claim_first_run(code, "ann", GOOD, THERE)


def test_codes_and_tokens_and_sessions_are_not_in_the_database_file(
    accounts: Accounts, store: Path
) -> None:
    code = accounts.first_run_code()
    token = Tokens(FakeClock()).add("till")
    assert code is not None
    other = Accounts(FakeClock())
    other.claim_first_run(code, "ann", GOOD)
    code = accounts.new_code()
    session = other.sign_in("ann", GOOD, HERE)
    files = b"".join(p.read_bytes() for p in store.iterdir() if p.is_file())
    for secret in (code, code.replace("-", ""), token, token[3:], session, GOOD):
        assert secret.encode() not in files


# people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password", ["", "seven77", "x" * 257, "aaaaaaaaaa", "12345678", "Password"]
)
def test_bad_passwords_are_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(BadPassword):
        accounts.set_password("ann", password)


@pytest.mark.parametrize("name", ["", "  ", "a:b", "a\nb", "x" * 65])
def test_bad_names_are_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(BadName):
        accounts.set_password(name, GOOD)


def test_case_and_spaces_around_a_name_do_not_matter(ann: Accounts) -> None:
    assert ann.session(ann.sign_in(" Ann ", GOOD, HERE))


def test_the_same_letters_typed_composed_or_not_are_the_same_password(accounts: Accounts) -> None:
    accounts.set_password("ann", "grüße aus kiel")
    assert accounts.sign_in("ann", "gru\u0308ße aus kiel", HERE)


def test_a_password_of_any_characters_is_wrong_rather_than_a_fault(ann: Accounts) -> None:
    for password in ("\ud800", "\0", "x" * 100_000):
        with pytest.raises(WrongCredentials):
            ann.sign_in("ann", password, THERE + password[:1])


def test_an_unknown_name_is_told_like_a_wrong_password(ann: Accounts) -> None:
    with pytest.raises(WrongCredentials) as unknown:
        ann.sign_in("eve", GOOD, HERE)
    with pytest.raises(WrongCredentials) as wrong:
        ann.sign_in("ann", "wrong", HERE)
    assert str(unknown.value) == str(wrong.value)


def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    ann: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = passwords._scrypt
    monkeypatch.setattr(passwords, "_scrypt", lambda *args: hashed.append(args[0]) or real(*args))
    with pytest.raises(WrongCredentials):
        ann.sign_in("eve", "wrong", HERE)
    assert hashed == ["wrong"]


# sessions --------------------------------------------------------------------------------------


def test_a_session_knows_whose_it_is_until_signed_out(ann: Accounts) -> None:
    secret = ann.sign_in("ann", GOOD, HERE)
    who = ann.session(secret)
    assert who is not None
    assert (who.name, who.role) == ("ann", "administrator")
    ann.sign_out(secret)
    assert ann.session(secret) is None


def test_a_session_ends_when_it_is_not_used(ann: Accounts, clock: FakeClock) -> None:
    secret = ann.sign_in("ann", GOOD, HERE)
    clock.ms += SESSION_IDLE
    assert ann.session(secret) is None


def test_using_a_session_makes_it_last_but_not_for_ever(ann: Accounts, clock: FakeClock) -> None:
    secret = ann.sign_in("ann", GOOD, HERE)
    started = clock.ms
    while ann.session(secret):
        clock.ms += DAY
    assert clock.ms - started == SESSION_LIFE


def test_guessed_sessions_are_none(ann: Accounts) -> None:
    ann.sign_in("ann", GOOD, HERE)
    for secret in ("", "x", "\ud800", "0" * 43):
        assert ann.session(secret) is None


# programs --------------------------------------------------------------------------------------


def test_good_basic_credentials_are_hashed_once_and_bad_ones_never_get_in(
    ann: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ann.check_basic("ann", GOOD, HERE).name == "ann"
    hashed: list[str] = []
    real = passwords._scrypt
    monkeypatch.setattr(passwords, "_scrypt", lambda *args: hashed.append(args[0]) or real(*args))
    for _ in range(10):
        assert ann.check_basic("ann", GOOD, HERE).name == "ann"
    assert hashed == []
    with pytest.raises(WrongCredentials):
        ann.check_basic("ann", GOOD + "!", HERE)
    assert hashed == [GOOD + "!"]


def test_a_new_password_ends_remembered_credentials_at_once(ann: Accounts) -> None:
    ann.check_basic("ann", GOOD, HERE)
    Accounts(FakeClock()).set_password("ann", "another horse")  # as the command line does
    with pytest.raises(WrongCredentials):
        ann.check_basic("ann", GOOD, HERE)
    assert ann.check_basic("ann", "another horse", HERE).name == "ann"


def test_remembered_credentials_are_checked_anew_after_a_while(
    ann: Accounts, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.check_basic("ann", GOOD, HERE)
    clock.seconds += 301
    monkeypatch.setattr(passwords, "matches", lambda *args: False)
    with pytest.raises(WrongCredentials):
        ann.check_basic("ann", GOOD, HERE)


def test_a_hash_is_written_as_werkzeug_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", (1024, 8, 1))
    stored = passwords.hash_password(GOOD)
    assert check_password_hash(stored, GOOD)
    assert not check_password_hash(stored, GOOD + "!")


# open pages ------------------------------------------------------------------------------------


def test_a_session_is_remembered_for_as_long_as_nothing_changes(
    ann: Accounts, clock: FakeClock
) -> None:
    secret = ann.sign_in("ann", GOOD, HERE)
    assert not ann.unchanged(secret, 7)
    assert ann.session(secret, 7)
    assert ann.unchanged(secret, 7)
    assert not ann.unchanged(secret, 8)
    assert not ann.unchanged("guess", 7)
    clock.seconds += 60
    assert not ann.unchanged(secret, 7)


def test_a_session_that_is_none_is_not_remembered(ann: Accounts) -> None:
    assert ann.session("guess", 7) is None
    assert not ann.unchanged("guess", 7)


def test_signing_out_ends_what_was_remembered(ann: Accounts) -> None:
    secret = ann.sign_in("ann", GOOD, HERE)
    ann.session(secret, 7)
    ann.sign_out(secret)
    assert not ann.unchanged(secret, 7)


def test_signing_in_hashes_anew_what_was_hashed_with_other_parameters(
    ann: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "COST", (32, 8, 1))
    session = ann.sign_in("ann", GOOD, HERE)
    stored = accounts_store.user("ann")
    assert stored is not None
    assert stored.password.startswith("scrypt:32:8:1$")
    assert ann.session(session)
    with pytest.raises(WrongCredentials):
        ann.sign_in("ann", "wrong", HERE)
    assert accounts_store.user("ann") == stored
    assert ann.sign_in("ann", GOOD, HERE)
