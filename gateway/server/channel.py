"""waitress' connections: how long each has been what it is, and TLS on them."""

from __future__ import annotations

import time
from typing import Any

from waitress.channel import HTTPChannel

from gateway.server import bounds
from gateway.server.request_parser import RequestParser

TLS_RECORD = 16384  # octets: read less, and what is left inside OpenSSL wakes nobody


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection; remembers when the request that is coming in began."""

    began: float | None = None  # monotonic seconds
    request: RequestParser | None = None  # that is coming in

    def parser_class(self, adj: Any) -> RequestParser:
        """waitress calls it for each request."""
        return RequestParser(adj, self.server.budgets, str(self.addr[0]))

    def received(self, data: bytes) -> bool:
        if self.began is None:
            self.began = time.monotonic()
        taken: bool = super().received(data)
        if self.request is None:
            self.began = None
        if len(self.requests) > 1 + bounds.PIPELINED:
            self.will_close = True
        return taken

    def handle_close(self) -> None:
        super().handle_close()
        if self.request is not None:  # came in halfway; the others are closed by who answers them
            self.request.close()
            self.request = None

    def is_overdue(self, now: float) -> bool:
        """Whether the other side has had its time; `now` in monotonic seconds."""
        if self.total_outbufs_len and time.time() - self.last_activity > bounds.UNREAD:
            return True
        request = self.request
        if self.began is None or request is None:
            return False
        if not request.headers_finished:
            return now - self.began > bounds.HEADERS_WITHIN
        size = max(request.content_length, request.body_bytes_received)
        return bool(now - self.began > bounds.BODY_WITHIN + size / bounds.SLOWEST)

    @property
    def idle_since(self) -> float | None:
        """Seconds of time.time(), or None while it is being answered or closed."""
        return None if self.requests or self.will_close else float(self.last_activity)


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

    def writable(self) -> bool:
        return bool(super().writable() or self.socket.wants_to_write)

    def handle_write(self) -> None:
        if self.socket.wants_to_write:
            self.handle_read()
            return
        super().handle_write()
