"""Who is too slow, or never reads the answers, is sent away; with real sockets."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from gateway.server import bounds
from tests.server.served import Serve, closed
from tests.support.box import eventually


def test_a_request_that_drips_in_for_ever_is_ended(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "HEADERS_WITHIN", 0.6)
    monkeypatch.setattr(bounds, "LOOK_EVERY", 0.1)
    served = serve()
    with served.open() as slow:
        began = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")

        def drip() -> bool:
            with contextlib.suppress(OSError):
                slow.send(b"X")
            return closed(slow)

        eventually(drip, patience=8)
        assert time.monotonic() - began > 0.5
    assert served.get().status == 200


def test_a_body_that_drips_in_is_ended_and_an_honest_slow_one_is_not(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "BODY_WITHIN", 0.5)
    monkeypatch.setattr(bounds, "LOOK_EVERY", 0.1)
    served = serve()
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    with served.open() as drips, served.open() as honest:
        drips.sendall(head % 10)
        honest.sendall(head % (4096 * 60))  # a minute's worth
        eventually(lambda: closed(drips), patience=8)
        assert not closed(honest)


def test_who_asks_and_asks_and_never_reads_is_sent_away(
    serve: Serve,
) -> None:
    """Else a few such connections would hold answers in memory, and threads, for ever."""
    served = serve()
    with served.open() as greedy:
        greedy.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        eventually(lambda: closed(greedy), patience=8)


def test_an_answer_that_nobody_reads_is_given_up(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "UNREAD", 0.3)
    monkeypatch.setattr(bounds, "LOOK_EVERY", 0.1)
    served = serve()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", served.port))
        eventually(lambda: served.server.active_channels)
        (channel,) = served.server.active_channels.values()
        channel.write_soon(b"x" * (8 << 20))
        assert channel.total_outbufs_len
        eventually(lambda: not served.server.active_channels, patience=8)
    assert served.get().status == 200
