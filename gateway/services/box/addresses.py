"""Under which addresses people on the network reach the page."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import socket
import struct
from collections.abc import Iterable
from urllib.parse import urlsplit

SIOCGIFADDR = 0x8915  # netdevice(7)
ANY = ("0.0.0.0", "::", "")  # noqa: S104


def urls(host: str, port: int, scheme: str = "http") -> list[str]:
    """Addresses to show, the one that works on this machine first."""
    suffix = "" if port == {"http": 80, "https": 443}[scheme] else f":{port}"
    if host not in ANY:
        return [f"{scheme}://{f'[{host}]' if ':' in host else host}{suffix}/"]
    names = ["localhost", f"{socket.gethostname().split('.')[0]}.local", *own_addresses()]
    return [f"{scheme}://{name}{suffix}/" for name in names]


def for_phone(addresses: Iterable[str]) -> str | None:
    """The one that a phone in the same network most likely opens: a number rather than a name,
    since not every phone knows names in .local. None: all of them lead to this machine only.
    """
    reachable = [url for url in addresses if is_reachable(urlsplit(url).hostname or "")]
    numbers = (url for url in reachable if not (urlsplit(url).hostname or "").endswith(".local"))
    return next(numbers, reachable[0] if reachable else None)


def is_reachable(host: str) -> bool:
    """Whether another machine could know us by this."""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return bool(host)


def own_names() -> list[str]:
    """Names and numbers of this machine, for a certificate."""
    host = socket.gethostname().lower()
    short = host.split(".")[0]
    names = [f"{short}.local", short, host, "localhost", *own_addresses(), "127.0.0.1", "::1"]
    return list(dict.fromkeys(names))


def own_addresses() -> list[str]:
    """IPv4 addresses of this machine's interfaces, loopback left out."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            with contextlib.suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, request)
                found.append(socket.inet_ntoa(answer[20:24]))
    return [address for address in found if not address.startswith("127.")]
