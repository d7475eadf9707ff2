"""Nothing good is looked up before the throttle has agreed, whichever way the guess comes in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gateway.services.accounts import passwords
from gateway.services.accounts.account_errors import (
    SignInBusy,
    Throttled,
    WrongCode,
    WrongCredentials,
)
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.hash_turns import PLACES, HashTurns, Lane
from gateway.services.accounts.tokens import Tokens
from gateway.store.file import audit, database
from tests.services.conftest import FakeClock

pytestmark = pytest.mark.usefixtures("store", "cheap_scrypt")

GOOD, HERE, THERE = "correct horse", "10.0.0.1", "10.0.0.2"
NEW = "a wholly new one"


@pytest.fixture
def ann(clock: FakeClock) -> Accounts:
    accounts = Accounts(clock)
    accounts.set_password("ann", GOOD)
    return accounts


def basic(accounts: Accounts, secret: str) -> object:
    return accounts.check_basic("ann", secret, HERE)


def form(accounts: Accounts, secret: str) -> object:
    return accounts.sign_in("ann", secret, HERE)


def device(accounts: Accounts, secret: str) -> object:
    return accounts.sign_in("ann", secret, HERE, device="ann's phone")


def confirmed(accounts: Accounts, secret: str) -> object:
    who = accounts.session(accounts.open_session(1, HERE, ""))
    assert who
    return accounts.confirm(who, secret)


WAYS_IN = [basic, form, device, confirmed]


def held(accounts: Accounts) -> list[str]:
    return [a.detail for a in audit.page(None, 200) if "too many tries" in a.detail]


@pytest.mark.parametrize("way", WAYS_IN, ids=lambda way: way.__name__)
def test_a_good_secret_waits_like_a_bad_one(
    ann: Accounts, clock: FakeClock, way: Callable[[Accounts, str], object]
) -> None:
    way(ann, GOOD)  # it is remembered wherever something is remembered
    for number in range(5):
        with pytest.raises(WrongCredentials):
            way(ann, f"guess {number}")
    for _ in range(50):
        with pytest.raises(Throttled):
            way(ann, GOOD)
    where = "the box itself" if way is confirmed else HERE
    assert held(ann) == [f"too many tries from {where}"]
    clock.seconds += 31
    way(ann, GOOD)


def test_codes_wait_too(ann: Accounts, clock: FakeClock) -> None:
    code = ann.new_code()
    for _ in range(5):
        with pytest.raises(WrongCode):
            ann.claim_first_run("WRONG", "bob", NEW, HERE)
    with pytest.raises(Throttled):
        ann.claim_first_run(code, "bob", NEW, HERE)
    assert held(ann) == [f"too many tries from {HERE}"]
    clock.seconds += 31
    ann.claim_first_run(code, "bob", NEW, HERE)


def test_a_flood_of_invented_tokens_is_held_back_and_a_program_that_was_there_is_not(
    ann: Accounts, clock: FakeClock
) -> None:
    programs = Tokens(clock)
    alarms, fresh = programs.add("alarms"), programs.add("fresh")
    assert ann.check_token(alarms, HERE, programs.check)
    for number in range(20):
        assert ann.check_token(f"pb_{number}", HERE, programs.check) is None
    for secret in ("pb_again", fresh):
        with pytest.raises(Throttled) as refused:
            ann.check_token(secret, HERE, programs.check)
        assert refused.value.seconds <= 3
    assert ann.check_token(alarms, HERE, programs.check)
    assert ann.check_token(fresh, THERE, programs.check)
    assert len(held(ann)) == 1


def test_a_revoked_token_that_is_tried_for_ever_holds_nobody_back(
    ann: Accounts, clock: FakeClock
) -> None:
    programs = Tokens(clock)
    for _ in range(200):
        assert ann.check_token("pb_revoked", HERE, programs.check) is None
    assert ann.check_token(programs.add("new"), HERE, programs.check)


def test_signing_in_with_an_account_of_ones_own_buys_no_guesses_at_anothers(
    ann: Accounts, clock: FakeClock
) -> None:
    ann.set_password("eve", NEW)
    for number in range(5):
        ann.sign_in("eve", NEW, HERE)
        with pytest.raises(WrongCredentials):
            ann.sign_in("ann", f"guess {number}", HERE)
    for name, secret in (("ann", "guess"), ("eve", NEW)):
        with pytest.raises(Throttled):
            ann.sign_in(name, secret, HERE)


def test_the_memory_of_good_pairs_answers_nobody_elses_address(
    ann: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who fills the queue of hashing could else guess at the memory alone, and never be counted."""
    ann.check_basic("ann", GOOD, HERE)
    with full_queue(ann, monkeypatch), pytest.raises(SignInBusy):
        ann.check_basic("ann", GOOD, THERE)


def test_guesses_that_nobody_could_hash_count_where_the_memory_was_asked(
    ann: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.check_basic("ann", GOOD, HERE)
    with full_queue(ann, monkeypatch, HERE):
        for number in range(5):
            with pytest.raises(SignInBusy):
                ann.check_basic("ann", f"guess {number}", HERE)
        with pytest.raises(Throttled) as refused:
            ann.check_basic("ann", GOOD, HERE)
        assert not isinstance(refused.value, SignInBusy)


def until(so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not so():
        assert time.monotonic() < ends
        threading.Event().wait(0.001)


@contextmanager
def full_queue(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch, *more: str
) -> Iterator[threading.Event]:
    """Strangers, each from an address of its own, have all places in which they may wait; so have
    those who come from `more`.
    """
    go, real = threading.Event(), passwords.matches
    addresses = [*more, *(f"198.51.100.{n}" for n in range(8))]
    busy = []

    def slow(password: str, stored: str) -> bool:
        assert go.wait(30)
        return real(password, stored)

    def guess(address: str) -> None:
        with database.connected():
            try:
                accounts.sign_in("ann", "wrong", address)
            except SignInBusy:
                busy.append(address)
            except WrongCredentials:
                pass

    with monkeypatch.context() as patch:
        patch.setattr(passwords, "matches", slow)
        threads = [threading.Thread(target=guess, args=(a,)) for a in addresses]
        for thread in threads:
            thread.start()
        try:
            left = sum(PLACES.values()) - 4 - len(more)
            until(lambda: len(busy) == 4 and sum(accounts._tries._turns._free.values()) == left)
            yield go
        finally:
            go.set()
            for thread in threads:
                thread.join()


@pytest.mark.parametrize("way", ["device", "address", "session", "code"])
def test_strangers_who_fill_the_queue_shut_out_nobody_who_was_there_before(
    ann: Accounts, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    if way == "address":
        ann.sign_in("ann", GOOD, HERE)
    code = ann.new_code()
    if way == "session":
        ann.open_session(1, HERE, "")
    doors: dict[str, Callable[[], object]] = {
        "device": lambda: ann.sign_in("ann", GOOD, THERE, device="ann's phone"),
        "address": lambda: ann.check_basic("ann", GOOD, HERE),
        "session": lambda: ann.sign_in("ann", GOOD, HERE),
        "code": lambda: ann.claim_first_run(code, "bob", NEW, THERE),
    }
    outcome: list[object] = []

    def enter() -> None:
        with database.connected():
            try:
                doors[way]()
                outcome.append("in")
            except Throttled as e:
                outcome.append(e)

    with full_queue(ann, monkeypatch) as go:
        owner = threading.Thread(target=enter)
        owner.start()
        go.set()
        owner.join(30)
    assert outcome == ["in"]


def test_who_has_proof_goes_before_strangers_who_waited_longer() -> None:
    turns, order = HashTurns(), []

    def wait(lane: Lane) -> None:
        with turns.alone(lane):
            order.append(lane)

    with turns.alone(Lane.STRANGER):
        threads = []
        for lane in (Lane.STRANGER, Lane.STRANGER, Lane.ADDRESS, Lane.DEVICE):
            thread = threading.Thread(target=wait, args=(lane,))
            thread.start()
            threads.append(thread)
            until(lambda: len(turns._waiting) == len(threads))
    for thread in threads:
        thread.join()
    assert order == [Lane.DEVICE, Lane.ADDRESS, Lane.STRANGER, Lane.STRANGER]


def test_places_are_given_back_and_limited() -> None:
    turns = HashTurns()
    for _ in range(20):
        with turns.alone(Lane.STRANGER):
            pass
    inside, go = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with turns.alone(Lane.STRANGER):
            inside.release()
            assert go.wait(30)

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=30)
    until(lambda: sum(turns._free.values()) == 3)
    with pytest.raises(SignInBusy), turns.alone(Lane.STRANGER):
        pass
    go.set()
    for thread in threads:
        thread.join()
