"""The page's socket, bound before anything starts; where that cannot be, what to do instead."""

from __future__ import annotations

import errno
import os
import socket

TRIED = 20  # ports after a taken one that are looked at
FREE_FROM = 1024  # ports below are for root


class ListenError(Exception):
    """One plain line that says why the page cannot be listened for and what to do instead."""


def listen(host: str, port: int) -> socket.socket:
    """Listening on `host`, of IPv4 or IPv6. Raises ListenError."""
    try:
        return _bound(host, port)
    except OSError as e:
        raise ListenError(_failure_words(host, port, e)) from e


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128, reuse_port=False)


def _failure_words(host: str, port: int, error: OSError) -> str:
    for_good = "or set listen under [http] in the config"
    if error.errno == errno.EADDRINUSE:
        other = written_address(host, _free_after(host, port))
        return f"Port {port} is in use by another program: use --listen {other}, {for_good}."
    if error.errno == errno.EACCES:
        other = written_address(host, _free_after(host, 8079))
        return f"Port {port} is not for everybody to use: use --listen {other}, {for_good}."
    unknown = error.errno is not None and error.errno < 0  # of getaddrinfo
    if unknown or error.errno == errno.EADDRNOTAVAIL:
        other = written_address("0.0.0.0", port)  # noqa: S104 - said, not done
        words = f"{host} is no address of this machine"
        return f"{words}: use --listen {other} for all that it has, {for_good}."
    return f"{written_address(host, port)} cannot be listened on ({os.strerror(error.errno or 0)})."


def written_address(host: str, port: int) -> str:
    """As --listen takes it: an address of IPv6 stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _free_after(host: str, port: int) -> int:
    """The first port after this one that nobody has now."""
    first = max(port + 1, FREE_FROM)
    for other in range(first, min(first + TRIED, 65536)):
        try:
            _bound(host, other).close()
        except OSError:
            continue
        return other
    return 8080
