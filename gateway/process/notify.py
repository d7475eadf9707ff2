"""Tells systemd how the service is (sd_notify(3)): ready, still alive, stopping, and in words.

Without systemd, or with a unit that does not ask for it, everything here does nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
from collections.abc import Mapping

from gateway.text.printable import one_line
from gateway.text.values import BadValue, whole

ANSWER_WITHIN = 10.0  # seconds the own page may take


class Systemd:
    """Where to report to, as the unit says in the environment. Any thread may use it."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        for_us = environment.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        limit = whole(environment.get("WATCHDOG_USEC"))
        self.watchdog = limit / 1e6 if for_us and not isinstance(limit, BadValue) else 0.0
        """Seconds without a sign of life after which systemd restarts us; 0: it does not look."""

    def tell(self, *lines: str) -> None:
        """For example `tell("READY=1", "STATUS=...")`. A lost word is no reason to fail."""
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):  # an abstract name
            address = "\0" + address[1:]
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.connect(address)
            out.send("\n".join(map(one_line, lines)).encode())


class Page:
    """The own page, asked from inside: proof that the main thread and its workers move."""

    def __init__(self, listener: socket.socket, *, tls: bool = False) -> None:
        self._tls = tls
        host, self._port = listener.getsockname()[:2]
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104

    def answers(self) -> bool:
        """Any answer counts, also one that tells of trouble."""
        asked = self._connection()
        try:
            asked.request("GET", "/health", headers={"Host": "localhost"})
            asked.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()
        return True

    def _connection(self) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_WITHIN)
        import ssl

        # To ourselves, by number: the certificate is for the box's names.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=ANSWER_WITHIN, context=context
        )
