"""Requests as nobody should send them; with real sockets."""

from __future__ import annotations

import contextlib

import pytest

from tests.server.served import Serve, head, whole


def test_headers_without_end_are_refused(serve: Serve) -> None:
    served = serve()
    with served.open() as rude:
        with contextlib.suppress(OSError):
            rude.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: aaaaaaaaaa\r\n" * 5000)
        with contextlib.suppress(ConnectionResetError):
            assert b" 431 " in rude.recv(4096)
    assert served.get().status == 200


def test_a_body_larger_than_anything_here_is_refused_before_it_is_sent(serve: Serve) -> None:
    served = serve()
    with served.open() as rude:
        rude.sendall(
            b"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n\r\n"
        )
        answer = whole(rude)
    assert b" 413 " in answer
    assert b"not signed in" in answer  # in our words: they say what to do


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x00" * 100 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: x\r\n\r\n",
        b"POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /send HTTP/1.1\r\n\r\n",
        *(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + lie + b"\r\n\r\n"
            b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for lie in (
                b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                b"Content-Length: 5\r\nContent-Length: 0",
                b"Content-Length: +5",
                b"Content-Length: 0x5",
                b"Transfer-Encoding: xchunked",
                b"Transfer-Encoding: chunked, identity",
                b"Transfer-Encoding : chunked",
                b" Transfer-Encoding: chunked",
                b"X: y\nTransfer-Encoding: chunked",
                b"Transfer-Encoding:\x0bchunked",
            )
        ),
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/x/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/x/nothing.css HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /static/x/style.css HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_rubbish_is_refused_and_the_box_goes_on(serve: Serve, rubbish: bytes) -> None:
    served = serve()
    with served.open() as rude:
        rude.sendall(rubbish)
        answer = rude.recv(4096)
        assert b" 200 " not in answer
        assert b" 500 " not in answer
        assert b"root:" not in answer
    assert served.get().status == 200


@pytest.mark.parametrize("more", [b"", b"Content-Length: 0\r\n"])
def test_a_request_without_a_body_is_not_told_to_go_on(serve: Serve, more: bytes) -> None:
    """It was told to, and then waited for for ever; the next one was taken for its headers."""
    asked = b"GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + more
    with serve().open() as client:
        client.sendall(asked + b"\r\n")
        first = client.recv(4096)  # it comes without anything else being sent
        client.sendall(asked + b"Connection: close\r\n\r\n")
        answers = first + whole(client)
    assert answers.count(b"HTTP/1.1 200 ") == answers.count(b"HTTP/1.1 ") == 2


def test_who_asks_before_sending_too_much_is_not_told_to_send_it(serve: Serve) -> None:
    """waitress takes back that a request was whole when it says so, and would wait for the body."""
    with serve().open() as client:
        client.sendall(head(999_999_999, "Expect: 100-continue"))
        answer = whole(client)
    assert answer.startswith(b"HTTP/1.1 413 ")
