"""The web server in a thread of its own, and what its clients see of it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waitress import wasyncore

from gateway.config import Http
from gateway.server.body_budget import BodyBudgets
from gateway.server.page_server import make_server
from gateway.server.web_server import WebServer

if TYPE_CHECKING:
    from tests.webui.conftest import World

Serve = Callable[..., "Served"]


class Served:
    """A web server that runs in its own thread. Its loop is ours, so that it can be ended."""

    def __init__(self, make: Callable[[socket.socket], WebServer]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.server = make(self.listener)
        self._ends = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ends:
            wasyncore.loop(0.05, self.server.adj.asyncore_use_poll, self.server._map, 1)

    def stop(self) -> None:
        self._ends = True
        self._thread.join()
        self.server.task_dispatcher.shutdown()
        wasyncore.close_all(self.server._map)

    def open(self, address: str = "127.0.0.1") -> socket.socket:
        """A connection that comes from this address."""
        return socket.create_connection(("127.0.0.1", self.port), 10, (address, 0))

    def get(self, path: str = "/health", **headers: str) -> http.client.HTTPResponse:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        asked.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = asked.getresponse()
        answer.read()
        asked.close()
        return answer


def served_page(world: World, config: Http) -> Served:
    """The box's own page."""
    world.box.config = replace(world.box.config, http=config)
    return Served(lambda listener: make_server(world.box, listener))


def served_app(app: Callable[..., Any], trusted_proxy: str = "") -> Served:
    """Any WSGI application, with nobody known."""
    return Served(
        lambda listener: WebServer(app, listener, BodyBudgets(lambda headers: False), trusted_proxy)
    )


def closed(connection: socket.socket) -> bool:
    """Whether the box has ended it."""
    connection.setblocking(False)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def whole(connection: socket.socket) -> bytes:
    """All that the box says until it ends the connection."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(4096):
            answer += piece
    return answer


def head(size: int, *lines: str, path: str = "/sign-in") -> bytes:
    """What comes before a body of that many octets."""
    told = (f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {size}", *lines)
    return "\r\n".join((*told, "", "")).encode()


def trusting(pair: tuple[Path, Path]) -> ssl.SSLContext:
    """A client that believes this certificate and checks names."""
    return ssl.create_default_context(cafile=str(pair[0]))


def over_tls(served: Served, pair: tuple[Path, Path]) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("localhost", served.port, timeout=10, context=trusting(pair))
