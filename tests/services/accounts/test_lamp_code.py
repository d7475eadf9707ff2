"""A code of six digits is guessed by one address as well as by a thousand: all count together."""

from __future__ import annotations

import pytest

from gateway.services.accounts.account_errors import CodeSpent, Throttled, WrongCode
from gateway.services.accounts.accounts import Accounts
from gateway.services.accounts.lamp_code import MOST
from tests.services.conftest import FakeClock

pytestmark = pytest.mark.usefixtures("store", "cheap_scrypt")
PASSWORD = "correct horse"


@pytest.fixture
def accounts(clock: FakeClock) -> Accounts:
    return Accounts(clock)


def wrong_codes(right: str, number: int) -> list[str]:
    return [code for n in range(number + 1) if (code := f"{n:06d}") != right][:number]


def guess_from_everywhere(accounts: Accounts, clock: FakeClock, right: str, tries: int) -> int:
    """Each from an address of its own on the LAN, waiting as long as is asked. How many counted."""
    looked_at = 0
    for n, code in enumerate(wrong_codes(right, tries)):
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        try:
            accounts.claim_first_run(code, "eve", PASSWORD, address)
        except Throttled as e:
            clock.seconds += e.seconds
        except CodeSpent:
            continue
        except WrongCode:
            looked_at += 1
    return looked_at


def test_all_addresses_together_have_a_few_guesses_at_a_lamps_code(
    accounts: Accounts, clock: FakeClock
) -> None:
    code = accounts.new_code(digits=True)
    assert guess_from_everywhere(accounts, clock, code, 500) == MOST
    with pytest.raises(CodeSpent, match="Press the button"):
        accounts.claim_first_run(code, "ann", PASSWORD, "10.9.9.9")


def test_a_new_press_of_the_button_makes_a_code_that_counts(
    accounts: Accounts, clock: FakeClock
) -> None:
    guess_from_everywhere(accounts, clock, accounts.new_code(digits=True), 100)
    code = accounts.new_code(digits=True)
    clock.seconds += 3
    accounts.claim_first_run(code, "ann", PASSWORD, "10.9.9.9")
    assert accounts.names() == ["ann"]


def test_guesses_at_it_cost_the_code_of_letters_nothing(
    accounts: Accounts, clock: FakeClock
) -> None:
    letters = accounts.new_code()
    guess_from_everywhere(accounts, clock, accounts.new_code(digits=True), 100)
    accounts.claim_first_run(letters, "ann", PASSWORD, "10.9.9.9")
    assert accounts.names() == ["ann"]


def test_guesses_from_many_neighbours_wait_for_each_other(
    accounts: Accounts, clock: FakeClock
) -> None:
    """No address is spared: twenty are free, then they come one at a time."""
    code = accounts.new_code(digits=True)
    for n, wrong in enumerate(wrong_codes(code, 20)):
        with pytest.raises(WrongCode):
            accounts.claim_first_run(wrong, "eve", PASSWORD, f"10.0.0.{n}")
    with pytest.raises(Throttled):
        accounts.claim_first_run("999999", "eve", PASSWORD, "10.0.0.99")
