"""What strangers may send, ask for and leave unread; with real sockets."""

from __future__ import annotations

import contextlib
import socket

import pytest

from gateway.server import web_bounds, web_server
from tests.server.served import Serve, closed, whole
from tests.support.box import eventually
from tests.webui.conftest import Reader, World
from webui import create_app
from webui.page import security


def head(size: int, *lines: str, path: str = "/sign-in") -> bytes:
    told = (f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {size}", *lines)
    return "\r\n".join((*told, "", "")).encode()


def cookies_of_a_known_browser(world: World) -> str:
    with create_app(world.box).test_client() as client:
        reader = Reader(client)
        assert reader.sign_in().status_code == 303
        reader.post("/sign-out", form="/")
        known = client.get_cookie(security.KNOWN_COOKIE)
    assert known is not None
    return f"Cookie: {security.KNOWN_COOKIE}={known.value}"


def test_large_bodies_of_strangers_share_little_room_and_small_ones_always_pass(
    serve: Serve, world: World
) -> None:
    served, each = serve(), web_bounds.STRANGERS_EACH
    places = web_bounds.STRANGERS // each
    strangers = served.server.room.strangers
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(served.open(f"127.0.3.{n}")) for n in range(places)]
        for one in crowd:
            one.sendall(head(each) + b"x" * 1000)
        eventually(lambda: strangers.taken == web_bounds.STRANGERS)
        late = stack.enter_context(served.open())
        late.sendall(head(each))
        answer = whole(late)
        assert b" 503 " in answer
        assert b"Retry-After: 60" in answer
        chunked = stack.enter_context(served.open())
        chunked.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            + (b"2000\r\n" + b"x" * 0x2000 + b"\r\n") * 5
        )
        assert b" 413 " in chunked.recv(4096)
        small = stack.enter_context(served.open())
        small.sendall(head(web_bounds.SMALL) + b"x" * web_bounds.SMALL)
        assert b" 403 " in small.recv(4096)
        known = stack.enter_context(served.open())
        known.sendall(head(each, cookies_of_a_known_browser(world)))
        eventually(lambda: served.server.room.known.taken == each)
        crowd[0].close()
        eventually(lambda: strangers.taken == web_bounds.STRANGERS - each)
        crowd[1].sendall(b"x" * (each - 1000))
        assert b" 403 " in crowd[1].recv(4096)
        eventually(lambda: strangers.taken == web_bounds.STRANGERS - 2 * each)
    eventually(lambda: strangers.taken == 0)
    eventually(lambda: served.server.room.known.taken == 0)


def test_only_who_has_signed_in_before_may_upload(serve: Serve, world: World) -> None:
    served = serve()
    size = web_bounds.STRANGERS_EACH + 1
    for cookie in ("", "Cookie: pigeonbox_known=WyJhZG1pbiIsICJ4Il0.forged", "Cookie: pigeonbox=x"):
        with served.open() as stranger:
            stranger.sendall(head(size, *filter(None, [cookie]), path="/people/import"))
            answer = whole(stranger)
        assert b" 413 " in answer
        assert b"not signed in" in answer
    with served.open() as known:
        known.sendall(head(size, cookies_of_a_known_browser(world), path="/people/import"))
        known.sendall(b"x" * size)
        assert b" 303 " in known.recv(4096)  # to the sign-in page: its session has ended


def test_who_asks_and_asks_and_never_reads_is_sent_away(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a few such connections would hold answers in memory, and threads, for ever."""
    served = serve()
    with served.open() as greedy:
        greedy.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        eventually(lambda: closed(greedy), patience=8)
    monkeypatch.setattr(web_bounds, "UNREAD", 0.3)
    monkeypatch.setattr(web_server, "LOOK_EVERY", 0.1)
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


def test_when_all_places_are_taken_the_longest_silent_one_makes_room(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "CONNECTIONS", 12)
    monkeypatch.setattr(web_server, "CONNECTIONS_EACH", 6)
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
