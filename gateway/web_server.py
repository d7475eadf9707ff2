"""The web server of the page: waitress, with bounds on slow and greedy clients, and with TLS.

waitress ends connections on which nothing happens; here those end too that send one octet now and
then for ever, and no address may take all the places.
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
from waitress.channel import HTTPChannel

from gateway.config import Http
from gateway.tls import Certificate, TlsSocket

if TYPE_CHECKING:
    from gateway.box import Box

log = logging.getLogger(__name__)

THREADS = 8
REQUEST_GRACE = 1.5  # seconds that a request under way may take when the service stops
MAX_REQUEST = 5 << 20  # octets: a file of contacts; waitress' own default is a gigabyte
MAX_HEADER = 32 << 10  # octets
CONNECTIONS = 200  # at once
CONNECTIONS_EACH = 48  # of one address: some open pages of several browsers behind one router
IDLE = 30  # seconds until a connection without any request is closed
HEADERS_WITHIN = 15.0  # seconds from a request's first octet to the end of its headers
BODY_WITHIN = 30.0  # seconds, and as much more as the body takes at SLOWEST
SLOWEST = 4096  # octets per second
TLS_RECORD = 16384  # octets: read less, and what is left inside OpenSSL wakes nobody
LOOK_EVERY = 5  # seconds between looks for the slow


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection; remembers when the request that is coming in began."""

    began: float | None = None

    def received(self, data: bytes) -> Any:
        if self.began is None:
            self.began = time.monotonic()
        result = super().received(data)
        if self.request is None:
            self.began = None
        return result

    def too_slow(self, now: float) -> bool:
        request = self.request
        if self.began is None or request is None:
            return False
        if not request.headers_finished:
            return now - self.began > HEADERS_WITHIN
        size = max(request.content_length, request.body_bytes_received)
        return bool(now - self.began > BODY_WITHIN + size / SLOWEST)


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

    http = box.config.http
    certificate = Certificate(Path(http.certificate), Path(http.key)) if http.certificate else None
    server = waitress_server.create_server(
        create_app(box),
        sockets=[listener],
        threads=THREADS,
        max_request_body_size=MAX_REQUEST,
        max_request_header_size=MAX_HEADER,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE,
        cleanup_interval=LOOK_EVERY,
        ident=None,
        asyncore_use_poll=True,
        url_scheme="https" if certificate else "http",
        **_proxy(http),
    )
    server.channel_class = TlsChannel if certificate else Channel
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
        taken = Counter(channel.addr[0] for channel in server.active_channels.values())
        if address[0] != proxy and taken[address[0]] >= CONNECTIONS_EACH:
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
                channel.will_close = True

    server.accept, server.maintenance = bounded_accept, look_after
