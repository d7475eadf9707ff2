"""A page that cannot be listened for names what to type instead."""

from __future__ import annotations

import errno
import re
import socket

import pytest

from gateway.config import parse_listen
from gateway.server import listener
from gateway.server.listener import ListenError


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_taken_port_names_a_free_one_that_works(host: str) -> None:
    with listener.listen(host, 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"^Port {port} is in use") as told:
            listener.listen(host, port)
    said = re.search(r"--listen (\S+),", str(told.value))
    assert said is not None
    other = parse_listen(said[1])
    assert other is not None
    assert other[0] == host
    assert other[1] != port
    listener.listen(*other).close()


def test_a_neighbour_that_is_taken_as_well_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {8080, 8081, 8082}
    monkeypatch.setattr(listener, "_bound", _only_without(taken))
    with pytest.raises(ListenError, match=r"--listen 127\.0\.0\.1:8083,"):
        listener.listen("127.0.0.1", 8080)
    taken |= set(range(1, 65536))
    with pytest.raises(ListenError, match=r"^Port 65535 is in use"):
        listener.listen("127.0.0.1", 65535)


def _only_without(taken: set[int]):
    def bound(host: str, port: int) -> socket.socket:
        if port in taken:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return socket.socket()

    return bound


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, socket.EAI_NONAME])
def test_an_address_of_another_machine_is_not_called_taken(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def bound(host: str, port: int) -> socket.socket:
        raise OSError(number, "as create_server tells it")

    monkeypatch.setattr(listener, "_bound", bound)
    with pytest.raises(
        ListenError, match=r"^box\.lan is no address of .* --listen 0\.0\.0\.0:8080 "
    ):
        listener.listen("box.lan", 8080)


def test_a_port_for_root_is_not_called_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def bound(host: str, port: int) -> socket.socket:
        if port < 1024:
            raise PermissionError(errno.EACCES, "Permission denied")
        return socket.socket()

    monkeypatch.setattr(listener, "_bound", bound)
    with pytest.raises(ListenError, match=r"^Port 80 .* --listen 0\.0\.0\.0:8080,"):
        listener.listen("0.0.0.0", 80)
