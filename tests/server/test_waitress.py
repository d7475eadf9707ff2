"""waitress is what our subclasses were written against; else this says what to look at.

They override its methods, read its attributes and rely on the order in which it calls them, none of
which it promises to keep. So whatever of it they touch is compared, source and all, with what was
read when they were written.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest
from waitress import channel, parser, server, utilities, wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from gateway.server.body_budget import BudgetSpent
from gateway.server.channel import Channel, TlsChannel
from gateway.server.request_parser import RequestParser
from gateway.server.web_server import TlsWebServer, WebServer, Workers

RELIED_ON: list[tuple[Any, str, str]] = [
    (HTTPChannel.__init__, "a194769af3fd", "`addr`, `requests` and `last_activity` are set here"),
    (
        HTTPChannel.readable,
        "e4722238ce60",
        "nothing is read while a request is answered or an answer waits",
    ),
    (
        HTTPChannel.writable,
        "d0cbd4ae1b3b",
        "an answer that waits, or `will_close`, has handle_write called",
    ),
    (
        HTTPChannel.handle_read,
        "5f1fb08c95aa",
        "TlsChannel.handle_read does the same, and waits for whole records",
    ),
    (
        HTTPChannel.handle_write,
        "6c900f395b30",
        "it sends, and closes what has `will_close`; TlsChannel shakes hands first",
    ),
    (
        HTTPChannel.received,
        "08d6df73fb69",
        "the loop alone calls it; `request` is what comes in, `requests` what has",
    ),
    (
        HTTPChannel.send_continue,
        "842ebf929f6d",
        "it takes `completed` back, so a refused request must not come here",
    ),
    (
        HTTPChannel._flush_some,
        "fe7a9a752a41",
        "`last_activity` is when the reader last took something",
    ),
    (
        HTTPChannel.service,
        "f73afa13748e",
        "it closes each request that it has answered, which gives its allowance back",
    ),
    (
        HTTPChannel.handle_close,
        "8f59b9aaa455",
        "the request that came in halfway is left to Channel.handle_close",
    ),
    (HTTPChannel.cancel, "ba151d8a01e6", "what a stop does to requests that wait"),
    (HTTPRequestParser.__init__, "d43d0602efd2", "RequestParser hands it the adjustments alone"),
    (
        HTTPRequestParser.received,
        "b466c02de37d",
        "what `headers_finished`, `completed`, `error` and `empty` mean, and when they are set",
    ),
    (
        HTTPRequestParser.parse_header,
        "c2c093b90178",
        "two lengths at once are let through, and `content_length` is 0 for chunks",
    ),
    (
        HTTPRequestParser.close,
        "a29926ca4e2d",
        "RequestParser.close gives the allowance back and calls it",
    ),
    (BaseWSGIServer.__init__, "e70a16b5b63c", "WebServer hands it what create_server does"),
    (
        BaseWSGIServer.readable,
        "4eea9c1036b5",
        "it calls maintenance, and accepts nothing more at `connection_limit`",
    ),
    (BaseWSGIServer.handle_accept, "69bfcf0fc140", "it calls accept(), for which None is nobody"),
    (
        BaseWSGIServer.maintenance,
        "4ab5b7f595bc",
        "it ends connections that ask for nothing, but not those that read nothing",
    ),
    (BaseWSGIServer.run, "f6d4f8a820ec", "SystemExit ends it, and the workers are shut down"),
    (server.create_server, "2e506b208edc", "WebServer.__init__ does what it does for one socket"),
    (
        ThreadedTaskDispatcher.__init__,
        "0479b29257f5",
        "Workers are made as create_server makes them",
    ),
    (
        ThreadedTaskDispatcher.set_thread_count,
        "97cddfc02137",
        "Workers are made as create_server makes them",
    ),
    (ThreadedTaskDispatcher.shutdown, "f2550ddbfb8d", "Workers.shutdown gives it less time"),
    (
        wasyncore.dispatcher.accept,
        "f74c690fd884",
        "WebServer.accept closes what there is no place for",
    ),
    (
        wasyncore.dispatcher.send,
        "1f089e743902",
        "of TlsSocket.send it must understand EWOULDBLOCK and EPIPE",
    ),
    (wasyncore.dispatcher.close, "dd4afafdd011", "it closes the socket, TlsSocket included"),
    (
        wasyncore.poll2,
        "f2ea2bd150ff",
        "a channel is asked whether it is readable and writable before each wait",
    ),
    (
        wasyncore.readwrite,
        "2467235cc3f4",
        "it calls handle_read before handle_write, and closes what hung up",
    ),
    (utilities.Error, "374c72f58aca", "BudgetSpent adds a header to what to_response gives"),
    (Adjustments, "475cc98278b2", "a new adjustment may do what a bound of ours does"),
]


@pytest.mark.parametrize(
    ("what", "read", "look"), RELIED_ON, ids=[what.__qualname__ for what, _, _ in RELIED_ON]
)
def test_waitress_is_as_it_was_read(what: Any, read: str, look: str) -> None:
    digest = hashlib.sha256(inspect.getsource(what).encode()).hexdigest()[:12]
    assert digest == read, (
        f"{what.__qualname__} of waitress {version('waitress')} is not what was read. Look at it"
        f" again: {look}. Mend gateway/server where that is no longer so, then put {digest} here."
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "overridden"),
    [
        (Channel, HTTPChannel, {"request", "parser_class", "received", "handle_close"}),
        (TlsChannel, HTTPChannel, {"handle_read", "writable", "handle_write"}),
        (RequestParser, HTTPRequestParser, {"received", "close"}),
        (WebServer, TcpWSGIServer, {"channel_class", "accept", "maintenance"}),
        (TlsWebServer, TcpWSGIServer, {"channel_class", "accept", "maintenance"}),
        (Workers, ThreadedTaskDispatcher, {"shutdown"}),
        (BudgetSpent, utilities.Error, {"code", "reason", "to_response"}),
    ],
)
def test_nothing_of_waitress_is_overridden_by_chance(
    ours: type, theirs: type, overridden: set[str]
) -> None:
    """A later waitress may use a name that is ours today."""
    names = {name for name in vars(ours) if not name.startswith("__")}
    assert {name for name in names if hasattr(theirs, name)} == overridden
    for name in overridden:
        if inspect.isfunction(method := getattr(theirs, name)):
            as_called = list(inspect.signature(method).parameters)
            assert list(inspect.signature(getattr(ours, name)).parameters) == as_called, name


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (server, "budgets _proxy _certificate scheme"),
        (wasyncore, "budgets _proxy _certificate scheme began"),
        (channel, "began"),
        (parser, "allowance _budgets _address"),
    ],
)
def test_our_attributes_are_not_waitress_own(theirs: ModuleType, ours: str) -> None:
    """Those that it sets in its methods, which no class shows."""
    for name in ours.split():
        assert not re.search(rf"\bself\.{name}\b", inspect.getsource(theirs)), name


@pytest.mark.parametrize(
    ("name", "default", "why"),
    [
        ("channel_request_lookahead", 0, "else a connection reads on while it is answered"),
        ("clear_untrusted_proxy_headers", True, "else anybody chooses the address he comes from"),
        ("expose_tracebacks", False, "else strangers read our code and its values"),
        ("inbuf_overflow", 512 << 10, "in memory of each body that comes in"),
        ("outbuf_overflow", 1 << 20, "in memory of each answer that waits for its reader"),
        ("outbuf_high_watermark", 16 << 20, "of each answer, before its thread waits"),
    ],
)
def test_what_waitress_does_by_itself(name: str, default: object, why: str) -> None:
    assert getattr(Adjustments, name) == default, why
