"""Where webhooks may go: every spelling of what may not be called, and names that change."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.activities import destinations, http_post
from gateway.services.activities.http_post import BadUrl, PostClient
from tests.support.receiver import Receiver, receiving

OWN = ("192.168.1.20", "2001:db8::20", "fd00::20")
ITSELF = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "::", "::1", "::ffff:127.0.0.1"),
    *("::127.0.0.1", "::ffff:0:0", "64:ff9b::7f00:1", "2002:7f00:1::", *OWN),
    *("::ffff:192.168.1.20", "64:ff9b::c0a8:114"),
]
LINK_LOCAL = ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0"]
NOBODY = ["224.0.0.1", "255.255.255.255", "240.0.0.1", "ff02::1"]
FINE = ["192.168.1.21", "10.0.0.5", "172.16.3.4", "100.64.0.1", "93.184.216.34"]
FINE += ["fd00::21", "2001:4860:4860::8888", "::ffff:192.168.1.21", "64:ff9b::a00:5"]


@pytest.mark.parametrize("address", [*ITSELF, *LINK_LOCAL, *NOBODY])
def test_the_box_itself_and_its_cable_are_not_called(address: str) -> None:
    assert destinations.refusal(address, OWN)


@pytest.mark.parametrize("address", FINE)
def test_the_local_network_and_the_internet_are(address: str) -> None:
    assert destinations.refusal(address, OWN) == ""


@pytest.mark.parametrize("address", ITSELF)
def test_programs_on_the_box_only_where_somebody_allowed_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destinations, "this_machine", True)
    assert destinations.refusal(address, OWN) == ""
    assert destinations.refusal("169.254.169.254", OWN)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_an_address_is_known_in_every_spelling(number: int, form: str) -> None:
    assert destinations.literal(form.format(number)) == str(ipaddress.IPv4Address(number))


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST.", "a.localhost", "127.1", "2130706433", "0x7f000001"),
        *("017700000001", "0177.0.0.1", "0x7f.0.0.1", "0", "0.0.0.0", "[::]", "[::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "0xa9fea9fe", "[fe80::1]"),
        "2852039166",
    ],
)
def test_who_types_such_an_address_hears_so_at_once(host: str) -> None:
    with pytest.raises(BadUrl, match=r"box itself|one cable"):
        http_post.check(f"http://{host}:1880/sms")


@pytest.mark.parametrize("host", ["node-red.lan", "192.168.1.77", "[fd00::5]", "example.org", "0x"])
def test_other_hosts_are_taken_and_names_looked_up_when_called(host: str) -> None:
    http_post.check(f"http://{host}/sms")


# calling ----------------------------------------------------------------------------------------


def found(*addresses: str):
    """What a name means, one answer after the other."""
    answers = iter(addresses)

    def look_up(host: str, port: int, **_: object):
        where = next(answers)
        family = socket.AF_INET6 if ":" in where else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (where, port))]

    return look_up


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "169.254.1.1"])
def test_a_name_that_leads_to_the_box_is_not_called(
    address: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", found(address))
    posted = PostClient().post(f"http://till.example:{receiver.server_port}/", b"{}")
    assert "till.example may not be called." in posted.trouble
    assert receiver.told == []


def test_a_name_is_looked_up_once_and_just_that_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says something harmless first and 127.0.0.1 ever after."""
    monkeypatch.setattr(socket, "getaddrinfo", found("192.0.2.1", "127.0.0.1", "127.0.0.1"))
    called = []

    def connect(line: socket.socket, where: tuple[str, int]) -> None:
        called.append(where[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert not PostClient().post(f"http://till.example:{receiver.server_port}/", b"{}").taken
    assert called == ["192.0.2.1"]


def test_an_own_address_that_nobody_listed_is_seen_by_both_ends_being_the_same(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        destinations, "refusal", lambda address, own=(): "" if own else "the box itself"
    )
    monkeypatch.setattr(destinations, "own", lambda: ["192.0.2.9"])
    monkeypatch.setattr(socket, "getaddrinfo", found("127.0.0.1"))
    posted = PostClient().post(f"http://till.example:{receiver.server_port}/", b"{}")
    assert "may not be called" in posted.trouble
    assert receiver.told == []


def test_the_interfaces_of_this_machine_are_known() -> None:
    mine = [ipaddress.ip_address(one) for one in destinations.own()]
    assert all(destinations.refusal(str(one), destinations.own()) for one in mine)
