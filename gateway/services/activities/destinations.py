"""Where a webhook may go: the internet and the local network, never the box itself.

Whoever may set up an activity must not reach what listens on this machine alone, nor what a network
hangs on link-local addresses (a cloud's keys, a router's insides). A name is looked up once, what
was found is checked, and the connection goes to just that: a name that changes its mind in between
(DNS rebinding) gains nothing, and neither does 127.0.0.1 written as 2130706433 or 0x7f.1.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress

from gateway.services.box.addresses import own_addresses

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What carries an IPv4 address inside: it is that one which is reached in the end.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, 2.5.5.1
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")  # RFC 1122, 3.2.1.3: Linux reaches itself there

this_machine = False
"""Whether programs on the box itself may be called: `[webhooks] this_machine` in config.toml."""


class OutOfReach(OSError):
    """A webhook may not go there; in plain words."""


def refusal(address: str, own: Iterable[str] = ()) -> str:
    """Why nothing is sent to this numeric address; "" when it may be. `own`: this machine's."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mine = {ipaddress.ip_address(one.partition("%")[0]) for one in own}
    for one in tuple(_inside(found)) or (found,):
        if one.is_loopback or one in mine or one.is_unspecified or one in _THIS_NETWORK:
            if not this_machine:
                return (
                    "This is the box itself. Enter the address of another machine; for a program"
                    " on the box set this_machine = true under [webhooks] in config.toml."
                )
        elif one.is_link_local:
            return "Addresses of one cable only (169.254..., fe80...) cannot be called."
        elif one.is_multicast or one.is_reserved:
            return "No single machine has this address."
    return ""


def _inside(found: Address) -> Iterator[Address]:
    if found.version == 4:
        return
    if found.ipv4_mapped:
        yield found.ipv4_mapped
    if found.sixtofour:
        yield found.sixtofour
    if found.teredo:
        yield from found.teredo
    if found in _NAT64 or found in _COMPATIBLE:
        yield ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)


def literal(host: str) -> str:
    """The numeric address that a host is, in whatever spelling (inet_aton(3)); "" for a name."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(host.partition("%")[0]))
    with suppress(OSError, UnicodeError):
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    return ""


def mistake(host: str) -> str:
    """What is wrong with a host that somebody typed, as far as can be told without looking it up.

    Names are checked when they are called: what they mean may change.
    """
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return refusal("127.0.0.1")
    number = literal(host)
    return refusal(number, own()) if number else ""


def own() -> list[str]:
    """All addresses of this machine's interfaces."""
    found = own_addresses()
    with suppress(OSError), open("/proc/net/if_inet6") as file:
        for line in file:
            digits = line.split()[0]
            found.append(str(ipaddress.IPv6Address(bytes.fromhex(digits))))
    return found


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """A connection to the first address of `host` that may be reached and answers.

    Raises OutOfReach when there is none that may be, else OSError as the last try ended.
    """
    trouble: OSError | None = None
    refused = ""
    mine = own()
    for family, kind, protocol, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if words := refusal(str(where[0]), mine):
            refused = words
            continue
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.connect(where)
            # An address of ours that we did not know of: both ends are the same.
            if not this_machine and sock.getsockname()[0] == sock.getpeername()[0]:
                raise OutOfReach(refusal("127.0.0.1"))
            return sock
        except OSError as e:
            sock.close()
            trouble = e
    if trouble is None and refused:
        trouble = OutOfReach(refused)
    raise trouble or OSError("no address")
