"""TLS on a connection, for a loop that never waits: it answers "nothing yet" instead."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import threading

HANDSHAKE = 0x16  # the first octet of every TLS connection, RFC 8446, section 5.1
PLAIN_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"This box speaks https: write https:// instead of http:// before its address.\n"
)
WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class TlsSocket:
    """A connection that never waits. Its loop reads while workers write: one at a time.

    As of OpenSSL one connection must not be used by two threads at once.
    """

    def __init__(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        plain.setblocking(False)
        self._tls = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self._lock = threading.Lock()
        self._begins, self._shaken = True, False
        self.wants_to_write = False  # the handshake waits for room to send

    def recv(self, size: int) -> bytes:
        """Raises BlockingIOError when there is nothing yet, OSError when it has failed."""
        with self._lock:
            try:
                if not self._shaken:
                    self._shake()
                return self._tls.recv(size)
            except ssl.SSLZeroReturnError:
                return b""
            except WANTS as e:
                self.wants_to_write = isinstance(e, ssl.SSLWantWriteError)
                raise BlockingIOError(errno.EWOULDBLOCK, "nothing yet") from e

    def send(self, data: bytes) -> int:
        with self._lock:
            try:
                return self._tls.send(data)
            except WANTS as e:
                raise BlockingIOError(errno.EWOULDBLOCK, "no room yet") from e
            except ssl.SSLError as e:
                raise OSError(errno.EPIPE, str(e)) from e

    def _shake(self) -> None:
        self.wants_to_write = False
        if self._begins:
            self._refuse_plain()
            self._begins = False
        self._tls.do_handshake()
        self._shaken = True

    def _refuse_plain(self) -> None:
        """Somebody who begins with anything but TLS has typed http:// and is told so."""
        with contextlib.closing(socket.socket(fileno=os.dup(self._tls.fileno()))) as plain:
            plain.setblocking(False)
            first = plain.recv(1, socket.MSG_PEEK)  # BlockingIOError: nothing yet
            if first and first[0] != HANDSHAKE:
                plain.send(PLAIN_ANSWER)
                raise ConnectionAbortedError("no TLS")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            if self._shaken:  # says goodbye, without waiting for the answer
                self._tls.setblocking(False)
                self._tls.unwrap()
        self._tls.close()

    def fileno(self) -> int:
        return self._tls.fileno()

    def setblocking(self, flag: bool) -> None:
        self._tls.setblocking(False)

    def getsockopt(self, level: int, name: int) -> int:
        return self._tls.getsockopt(level, name)

    def setsockopt(self, level: int, name: int, value: int) -> None:
        self._tls.setsockopt(level, name, value)

    def getpeername(self) -> object:
        return self._tls.getpeername()
