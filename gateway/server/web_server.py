"""waitress' server with bounds on slow and greedy clients, and with TLS.

waitress ends connections on which nothing happens; here those end too that send one octet now and
then for ever, no address may take all the places, and where all are taken, the one that has been
waiting longest for its next request makes room. What a body may take up: body_budget.py.
"""

from __future__ import annotations

import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from gateway.server import bounds
from gateway.server.body_budget import BodyBudgets
from gateway.server.certificate import Certificate
from gateway.server.channel import Channel, TlsChannel
from gateway.server.tls_socket import TlsSocket

Accepted = tuple[Any, tuple[Any, ...]]  # a socket or TlsSocket, and the address it comes from


class Workers(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads that answer. Waiting for them takes a part of the time that a stop may take."""

    def shutdown(self, cancel_pending: bool = True, timeout: float = bounds.REQUEST_GRACE) -> bool:
        return bool(super().shutdown(cancel_pending, timeout))


class WebServer(TcpWSGIServer):  # type: ignore[misc]
    """Serves `app` on `listener`; `run` it in the main thread, whose SystemExit ends it."""

    channel_class = Channel
    scheme = "http"

    def __init__(
        self,
        app: Callable[..., Any],
        listener: socket.socket,
        budgets: BodyBudgets,
        trusted_proxy: str = "",
    ) -> None:
        """`trusted_proxy`: the address whose word on who asks is believed; "" = nobody's."""
        self.budgets = budgets
        self._proxy = trusted_proxy
        adjustments = Adjustments(
            sockets=[listener],
            threads=bounds.THREADS,
            # Neither is ever reached: budgets and accept() have answered before, in better words.
            max_request_body_size=sys.maxsize,
            connection_limit=sys.maxsize,
            max_request_header_size=bounds.MAX_HEADER,
            channel_timeout=bounds.IDLE,
            cleanup_interval=bounds.LOOK_EVERY,
            ident=None,
            # select() fails at the 1024th open file, and at what maintenance has closed.
            asyncore_use_poll=True,
            url_scheme=self.scheme,
            **_proxy_headers(trusted_proxy),
        )
        workers = Workers()
        workers.set_thread_count(adjustments.threads)
        super().__init__(
            app,
            _sock=listener,
            dispatcher=workers,
            adj=adjustments,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def accept(self) -> Accepted | None:
        accepted: Accepted | None = super().accept()
        if accepted is None:
            return None
        connection, address = accepted
        if not self._has_place_for(str(address[0])):
            connection.close()
            return None
        return accepted

    def _has_place_for(self, address: str) -> bool:
        there: list[Channel] = list(self.active_channels.values())
        taken = Counter(channel.addr[0] for channel in there)
        if address != self._proxy and taken[address] >= bounds.CONNECTIONS_EACH:
            return False
        return len(there) < bounds.CONNECTIONS or _make_room(there, taken)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        moment = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(moment):
                channel.handle_close()  # will_close would wait until there is room to write


class TlsWebServer(WebServer):
    """The same by https."""

    channel_class = TlsChannel
    scheme = "https"

    def __init__(self, certificate: Certificate, *args: Any, **more: Any) -> None:
        self._certificate = certificate
        super().__init__(*args, **more)

    def accept(self) -> Accepted | None:
        accepted = super().accept()
        if accepted is None:
            return None
        connection, address = accepted
        try:
            return TlsSocket(connection, self._certificate.context), address
        except OSError:  # gone already
            connection.close()
            return None

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        self._certificate.renew()


def _proxy_headers(proxy: str) -> dict[str, Any]:
    """What the proxy before us says of the client; of anybody else such headers are dropped."""
    if not proxy:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": proxy, "trusted_proxy_headers": headers}


def _make_room(there: Collection[Channel], taken: Counter[str]) -> bool:
    """End the longest silent connection of whoever has most; False while all are being answered."""
    idle = [(-taken[c.addr[0]], c.idle_since, c) for c in there if c.idle_since is not None]
    if not idle:
        return False
    *_, ended = min(idle, key=lambda found: found[:2])
    ended.handle_close()
    return True
