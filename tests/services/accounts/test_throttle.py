"""How bad tries are slowed down without locking the owner out."""

from __future__ import annotations

import pytest

from gateway.services.accounts.account_errors import Throttled, WrongCredentials
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.throttle import Limit, Throttle
from tests.services.conftest import FakeClock

pytestmark = pytest.mark.usefixtures("store", "cheap_scrypt")

GOOD = "correct horse"
HERE, THERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def ann(clock: FakeClock) -> Accounts:
    accounts = Accounts(clock)
    accounts.set_password("ann", GOOD)
    return accounts


def fail(accounts: Accounts, times: int, address: str = HERE, device: str = "") -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            accounts.sign_in("ann", "wrong", address, device=device)


def test_after_some_bad_tries_one_has_to_wait_and_then_gets_in(
    ann: Accounts, clock: FakeClock
) -> None:
    fail(ann, 5)
    with pytest.raises(Throttled) as held:
        ann.sign_in("ann", GOOD, HERE)
    clock.seconds += held.value.seconds
    assert ann.sign_in("ann", GOOD, HERE)


def test_a_thousand_bad_tries_make_nobody_wait_longer_than_half_a_minute(
    ann: Accounts, clock: FakeClock
) -> None:
    tried, waits = 0, [0]
    for _ in range(1000):
        try:
            ann.sign_in("ann", "wrong", HERE)
        except WrongCredentials:
            tried += 1
        except Throttled as e:
            waits.append(e.seconds)
            clock.seconds += 1
    assert max(waits) <= 31
    assert tried < 50
    clock.seconds += 31
    assert ann.sign_in("ann", GOOD, HERE)


def test_bad_tries_from_elsewhere_leave_the_owner_alone(ann: Accounts, clock: FakeClock) -> None:
    for _ in range(40):
        try:
            ann.sign_in("ann", "wrong", THERE)
        except WrongCredentials:
            pass
        except Throttled as e:
            clock.seconds += e.seconds
    clock.seconds += 2
    assert ann.sign_in("ann", GOOD, HERE)


def test_a_browser_that_was_in_before_never_waits_for_others(ann: Accounts) -> None:
    fail(ann, 5)
    with pytest.raises(Throttled):
        ann.sign_in("ann", GOOD, HERE)
    assert ann.sign_in("ann", GOOD, HERE, device="ann's phone")


def test_guessing_one_name_from_many_addresses_is_slowed_down(ann: Accounts) -> None:
    for number in range(20):
        fail(ann, 1, address=f"198.51.100.{number}")
    for address in ("203.0.113.5", "2001:db8::1", "fe80::1", ""):
        with pytest.raises(Throttled) as held:
            ann.sign_in("ann", GOOD, address)
        assert held.value.seconds <= 3


def test_somebody_on_the_lan_who_did_not_fail_is_not_held_back_by_strangers(ann: Accounts) -> None:
    for number in range(20):
        fail(ann, 1, address=f"198.51.100.{number}")
    with pytest.raises(Throttled):
        ann.sign_in("ann", GOOD, "198.51.100.99")
    assert ann.sign_in("ann", GOOD, "192.168.1.7")


def test_whoever_fails_on_the_lan_too_waits_with_the_others(ann: Accounts) -> None:
    for number in range(20):
        fail(ann, 1, address=f"198.51.100.{number}")
    fail(ann, 3, address="192.168.1.8")
    with pytest.raises(Throttled):
        ann.sign_in("ann", GOOD, "192.168.1.8")


def test_one_machine_cannot_count_as_many_by_its_ipv6_addresses(ann: Accounts) -> None:
    for number in range(5):
        fail(ann, 1, address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(Throttled):
        ann.sign_in("ann", GOOD, "2001:db8:1:2:ffff::1")
    assert ann.sign_in("ann", GOOD, "2001:db8:1:3::1")


def test_programs_with_an_old_password_do_not_shut_people_out(ann: Accounts) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            ann.check_basic("ann", "wrong", HERE)
    with pytest.raises(Throttled):
        ann.check_basic("ann", "wrong", HERE)
    assert ann.sign_in("ann", GOOD, HERE)


def test_a_flood_of_invented_addresses_does_not_fill_the_memory() -> None:
    throttle = Throttle()
    for number in range(5000):
        throttle.bad((Limit(("address", str(number)), 0),), 0.0)
    assert len(throttle._counts) <= 2000


def test_bad_tries_are_forgotten_after_a_while() -> None:
    throttle = Throttle()
    limits = (Limit(("address", HERE), 1),)
    throttle.bad(limits, 0.0)
    assert throttle.wait(limits, 0.5) > 0
    for _ in range(10):
        throttle.bad(limits, 0.0)
    throttle.bad(limits, 10_000.0)
    assert throttle.wait(limits, 10_000.0) == 1
