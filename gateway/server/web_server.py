"""The web server of the page: waitress, with bounds on slow and greedy clients, and with TLS.

waitress ends connections on which nothing happens; here those end too that send one octet now and
then for ever, no address may take all the places, and where all are taken, the one that has been
waiting longest for its next request makes room. What a request may take up: web_bounds.py.
"""

from __future__ import annotations

import logging
import socket
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waitress import server as waitress_server

from gateway.config import Http
from gateway.server.tls import Certificate, TlsSocket
from gateway.server.web_bounds import BodyBudgets, Channel

if TYPE_CHECKING:
    from gateway.process.box import Box

log = logging.getLogger(__name__)

THREADS = 8
REQUEST_GRACE = 1.5  # seconds that a request under way may take when the service stops
MAX_HEADER = 32 << 10  # octets
CONNECTIONS = 200  # at once
CONNECTIONS_EACH = 48  # of one address: some open pages of several browsers behind one router
IDLE = 30  # seconds until a connection without any request is closed
NO_LIMIT = 1 << 50  # octets: web_bounds.py has the real ones
TLS_RECORD = 16384  # octets: read less, and what is left inside OpenSSL wakes nobody
LOOK_EVERY = 5  # seconds between looks for the slow


class TlsChannel(Channel):
    """The same over TLS, whose handshake runs in the loop like any other reading."""

    def handle_read(self) -> None:
        try:
            data = self.socket.recv(TLS_RECORD)
        except BlockingIOError:
            return
        except OSError:  # a failed handshake, rubbish, somebody who went away: no news
            self.handle_close()
            return
        if not data:
            self.handle_close()
            return
        self.last_activity = time.time()
        self.received(data)

    def writable(self) -> Any:
        return super().writable() or self.socket.wants_to_write

    def handle_write(self) -> None:
        if self.socket.wants_to_write:
            self.handle_read()
            return
        super().handle_write()


def make_server(box: Box, listener: socket.socket) -> Any:
    """The server in front of the page; `run` it in the main thread. Raises TlsError."""
    from webui import create_app
    from webui.page import security

    http = box.config.http
    certificate = Certificate(Path(http.certificate), Path(http.key)) if http.certificate else None
    app = create_app(box)
    server = waitress_server.create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        max_request_body_size=NO_LIMIT,
        max_request_header_size=MAX_HEADER,
        connection_limit=CONNECTIONS + THREADS,  # never reached: somebody makes room before
        channel_timeout=IDLE,
        cleanup_interval=LOOK_EVERY,
        ident=None,
        asyncore_use_poll=True,
        url_scheme="https" if certificate else "http",
        **_proxy(http),
    )
    server.channel_class = TlsChannel if certificate else Channel
    server.room = BodyBudgets(
        security.known_browser(app),
        lambda address: app.extensions["visitors"].knows(address, box.clock.monotonic()),
        http.trusted_proxy,
    )
    _bound(server, certificate, http.trusted_proxy)
    # Its own limit for requests under way would use up all the time that a stop may take.
    end = server.task_dispatcher.shutdown
    server.task_dispatcher.shutdown = partial(end, timeout=REQUEST_GRACE)
    return server


def _proxy(http: Http) -> dict[str, Any]:
    """What the proxy before us says of the client; of anybody else such headers are dropped."""
    if not http.trusted_proxy:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": http.trusted_proxy, "trusted_proxy_headers": headers}


def _bound(server: Any, certificate: Certificate | None, proxy: str) -> None:
    """Give the server our own accept and maintenance."""
    accept, maintain = server.accept, server.maintenance

    def bounded_accept() -> Any:
        found = accept()
        if found is None:
            return None
        connection, address = found
        there = list(server.active_channels.values())
        taken = Counter(channel.addr[0] for channel in there)
        if address[0] != proxy and taken[address[0]] >= CONNECTIONS_EACH:
            connection.close()
            return None
        if len(there) >= CONNECTIONS and not _make_room(there, taken):
            connection.close()
            return None
        if certificate is None:
            return connection, address
        try:
            return TlsSocket(connection, certificate.context), address
        except OSError:  # gone already
            connection.close()
            return None

    def look_after(now: float) -> None:
        maintain(now)
        if certificate is not None:
            certificate.renew()
        moment = time.monotonic()
        for channel in list(server.active_channels.values()):
            if channel.too_slow(moment):
                channel.handle_close()  # will_close would wait until there is room to write

    server.accept, server.maintenance = bounded_accept, look_after


def _make_room(there: list[Channel], taken: Counter[str]) -> bool:
    """End the longest silent connection of whoever has most; False while all are being answered."""
    idle = [c for c in there if c.idle_since is not None and not c.will_close]
    if not idle:
        return False
    ended = min(idle, key=lambda c: (-taken[c.addr[0]], c.idle_since))
    ended.handle_close()
    return True
