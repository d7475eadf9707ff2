"""How much strangers may ask of the box, address by address."""

from __future__ import annotations

from gateway.services.accounts.visitors import A_SECOND, AT_ONCE, MOST_KEYS, Visitors

STRANGER, OTHER = "192.168.1.66", "192.168.1.67"


def test_an_address_has_so_many_requests_and_gets_some_back_each_second() -> None:
    visitors = Visitors()
    for _ in range(AT_ONCE):
        assert visitors.wait(STRANGER, 5.0) == 0
        visitors.count(STRANGER, 5.0)
    wait = visitors.wait(STRANGER, 5.0)
    assert 0 < wait <= 1 / A_SECOND
    assert visitors.wait(OTHER, 5.0) == 0
    for _ in range(10 * AT_ONCE):  # asking on makes it no worse
        visitors.count(STRANGER, 5.0)
    assert visitors.wait(STRANGER, 5.0 + 1 / A_SECOND) == 0
    assert visitors.wait(STRANGER, 5.0 + AT_ONCE) == 0


def test_a_machine_with_millions_of_addresses_counts_as_one() -> None:
    visitors = Visitors()
    for n in range(AT_ONCE):
        visitors.count(f"2001:db8::{n:x}", 1.0)
    assert visitors.wait("2001:db8::ffff:1", 1.0) > 0
    assert visitors.wait("::ffff:192.168.1.66", 1.0) == visitors.wait(STRANGER, 1.0) == 0


def test_made_up_addresses_do_not_fill_the_memory() -> None:
    visitors = Visitors()
    for n in range(MOST_KEYS + 500):
        visitors.count(f"address {n}", 1.0)
        visitors.let_in(f"address {n}", 1.0)
    assert len(visitors._spent) == len(visitors._known) == MOST_KEYS
    assert visitors.knows(f"address {MOST_KEYS + 499}", 2.0)
    assert not visitors.knows("address 0", 2.0)
