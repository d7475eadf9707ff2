"""Places for connections, and what comes in on them; with real sockets."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gateway.server import bounds
from tests.server.served import Serve, Served, closed, served_app
from tests.support.box import eventually


def test_many_slow_requests_from_one_address_leave_places_for_others(serve: Serve) -> None:
    served = serve()
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(served.open()) for _ in range(bounds.CONNECTIONS_EACH)]
        for one in crowd:
            one.sendall(b"GET / HTTP/1.1\r\n")
        eventually(lambda: len(served.server.active_channels) == bounds.CONNECTIONS_EACH)
        late = stack.enter_context(served.open())
        eventually(lambda: closed(late), patience=8)
        other = stack.enter_context(
            socket.create_connection(
                ("127.0.0.1", served.port), 10, source_address=("127.0.0.2", 0)
            )
        )
        other.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in other.recv(4096)


def test_when_all_places_are_taken_the_longest_silent_one_makes_room(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "CONNECTIONS", 12)
    monkeypatch.setattr(bounds, "CONNECTIONS_EACH", 6)
    served = serve()
    with contextlib.ExitStack() as stack:

        def come(number: int) -> socket.socket:
            address = (f"127.0.1.{number // 6}", 0)
            opened = socket.create_connection(("127.0.0.1", served.port), 10, address)
            return stack.enter_context(opened)

        crowd = [come(number) for number in range(12)]
        eventually(lambda: len(served.server.active_channels) == 12)
        assert served.get().status == 200  # from an address of its own
        assert sum(map(closed, crowd)) == 1
        assert closed(crowd[0])


def test_whoever_has_most_makes_room(
    answer_slowly: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a crowd from one address would end the open pages of everybody else, one by one."""
    monkeypatch.setattr(bounds, "CONNECTIONS", 5)
    served = answer_slowly()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(served.open("127.0.0.2"))
        crowd = [stack.enter_context(served.open("127.0.0.3")) for _ in range(4)]
        eventually(lambda: len(served.server.active_channels) == 5)
        assert served.get("/").status == 200
        assert not closed(first)
        assert [closed(one) for one in crowd] == [True, False, False, False]


def test_there_are_places_for_more_than_waitress_would_give(serve: Serve) -> None:
    served = serve()
    with contextlib.ExitStack() as stack:
        for n in range(120):
            stack.enter_context(served.open(f"127.0.1.{n // 40}"))
        eventually(lambda: len(served.server.active_channels) == 120)
        assert served.get().status == 200


class Slow:
    """An application that answers when it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.over = threading.Event()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ["PATH_INFO"] == "/slow":
            self.asked.release()
            assert self.over.wait(20)
        start("200 OK", [])
        return [b"done"]


@pytest.fixture
def slow() -> Iterator[Slow]:
    app = Slow()
    yield app
    app.over.set()


Answer = Callable[..., Served]


@pytest.fixture
def answer_slowly(slow: Slow) -> Iterator[Answer]:
    with contextlib.ExitStack() as stack:

        def start(trusted_proxy: str = "") -> Served:
            served = served_app(slow, trusted_proxy)
            stack.callback(served.stop)
            stack.callback(slow.over.set)
            return served

        yield start


ASK = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_who_is_being_answered_keeps_the_place(
    slow: Slow, answer_slowly: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "CONNECTIONS", 3)
    served = answer_slowly()
    with contextlib.ExitStack() as stack:
        busy = [stack.enter_context(served.open()) for _ in range(3)]
        for one in busy:
            one.sendall(ASK)
            assert slow.asked.acquire(timeout=10)
        late = stack.enter_context(served.open("127.0.0.2"))
        eventually(lambda: closed(late), patience=8)
        assert not any(map(closed, busy))


def test_the_proxy_brings_as_many_as_come(
    answer_slowly: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "CONNECTIONS_EACH", 2)
    served = answer_slowly("127.0.0.1")
    with contextlib.ExitStack() as stack:
        through = [stack.enter_context(served.open()) for _ in range(4)]
        others = [stack.enter_context(served.open("127.0.0.2")) for _ in range(3)]
        eventually(lambda: closed(others[-1]), patience=8)
        assert not any(map(closed, through + others[:-1]))


def test_who_asks_for_nothing_is_sent_away(
    answer_slowly: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(bounds, "IDLE", 1)
    with answer_slowly().open() as silent:
        eventually(lambda: closed(silent), patience=8)


def test_some_slow_answers_leave_threads_for_others(slow: Slow, answer_slowly: Answer) -> None:
    served = answer_slowly()
    with contextlib.ExitStack() as stack:
        for _ in range(bounds.THREADS - 1):
            stack.enter_context(served.open()).sendall(ASK)
            assert slow.asked.acquire(timeout=10)
        assert served.get("/").status == 200


def test_a_stop_does_not_wait_for_a_slow_answer(slow: Slow, answer_slowly: Answer) -> None:
    """systemd gives all of it some seconds; waitress would wait five for this."""
    served = answer_slowly()
    with served.open() as client:
        client.sendall(ASK)
        assert slow.asked.acquire(timeout=10)
        began = time.monotonic()
        served.server.task_dispatcher.shutdown()
        assert bounds.REQUEST_GRACE <= time.monotonic() - began < bounds.REQUEST_GRACE + 2


def test_nobody_is_told_what_serves_the_page(serve: Serve) -> None:
    assert "Server" not in serve().get().headers


def test_more_open_files_than_select_can_count_do_no_harm(answer_slowly: Answer) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        served = answer_slowly()
        with contextlib.ExitStack() as stack:
            while stack.enter_context(open(os.devnull)).fileno() < 1024:  # FD_SETSIZE
                pass
            assert served.get("/").status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
