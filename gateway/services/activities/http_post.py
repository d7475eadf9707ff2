"""One POST to a program somewhere: time limits, no redirects, no more of its answer than needed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import logging
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from gateway import __version__
from gateway.decisions.activities.calls import trouble
from gateway.services.activities import destinations

if TYPE_CHECKING:
    import ssl

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds for a connection, and between any two pieces of an answer
DEADLINE = 30.0  # seconds for everything
LONGEST_URL = 1000
MOST_INTERIM = 10  # answers that say only "go on"


@dataclass(frozen=True, slots=True)
class PostResult:
    """How it went. `trouble` is "" when it was taken."""

    host: str
    trouble: str

    @property
    def taken(self) -> bool:
        return not self.trouble


class BadUrl(ValueError):
    """What is wrong with an address, and what to do."""


def check(url: str) -> SplitResult:
    """Raises BadUrl."""
    if len(url) > LONGEST_URL:
        raise BadUrl(f"At most {LONGEST_URL:,} characters are possible here.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadUrl("Enter the address without blanks, and letters such as é as %C3%A9.")
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as e:
        raise BadUrl("This is not an address; enter one such as https://example.org/sms.") from e
    if split.scheme not in ("http", "https") or not split.hostname or port == 0:
        raise BadUrl("Enter an address such as https://example.org/sms.")
    if split.username is not None or split.password is not None:
        raise BadUrl("Leave name and password out of the address; use a secret to sign calls.")
    if words := destinations.mistake(split.hostname):
        raise BadUrl(words)
    return split


class PostClient:
    """One connection at a time, used in one thread; `hang_up` from any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: http.client.HTTPConnection | None = None
        self._cut = False

    def post(self, url: str, body: bytes, *, secret: str = "", at: int = 0) -> PostResult:
        """`at`: seconds since 1970, signed with the body. Never raises for what the others do."""
        try:
            split = check(url)
        except BadUrl as e:
            return PostResult("", str(e))
        host = split.netloc
        self._cut = False
        watch = threading.Timer(DEADLINE, self.hang_up)
        watch.daemon = True
        watch.start()
        try:
            status = self._status(split, body, _headers(body, secret, at))
        except (OSError, http.client.HTTPException, ValueError) as e:
            return PostResult(host, _failure_words(e, split, cut=self._cut))
        finally:
            watch.cancel()
            self._close()
        return PostResult(host, trouble(status))

    def hang_up(self) -> None:
        """Break off what is under way."""
        with self._lock:
            self._cut = True
            connection = self._open
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _status(self, split: SplitResult, body: bytes, headers: dict[str, str]) -> int:
        """The answer's status; what else it says is of no interest and is not read."""
        connection = _connection(split)
        with self._lock:
            self._open = connection
        connection.connect()
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        connection.request("POST", target, body, headers)
        return connection.getresponse().status

    def _close(self) -> None:
        with self._lock:
            connection, self._open = self._open, None
        if connection is not None:
            connection.close()


def _connection(split: SplitResult) -> http.client.HTTPConnection:
    host = split.hostname or ""
    if split.scheme == "https":
        return _Secure(host, split.port, timeout=PATIENCE, context=_trust())
    return _Plain(host, split.port, timeout=PATIENCE)


class _FinalResponse(http.client.HTTPResponse):
    """The final answer: what comes before it (RFC 9110, 15.2) is passed over, but not for ever."""

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM):
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
            if not 100 <= found[1] < 200 or found[1] == 101:
                return found
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("no final answer")


class _Plain(http.client.HTTPConnection):
    response_class = _FinalResponse

    def connect(self) -> None:
        self.sock = destinations.connect(self.host, self.port, PATIENCE)


class _Secure(http.client.HTTPSConnection):
    response_class = _FinalResponse

    def connect(self) -> None:
        plain = destinations.connect(self.host, self.port, PATIENCE)
        try:
            self.sock = _trust().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Reading the system's certificates takes a while; most boxes never do."""
    import ssl

    return ssl.create_default_context()


def _headers(body: bytes, secret: str, at: int) -> dict[str, str]:
    """Signed as SMSGate does: the digest of body and time."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Pigeonbox/{__version__}",
        "Connection": "close",
    }
    if secret:
        signed = hmac.new(secret.encode(), body + str(at).encode(), hashlib.sha256)
        headers |= {"X-Timestamp": str(at), "X-Signature": signed.hexdigest()}
    return headers


def _failure_words(error: Exception, split: SplitResult, *, cut: bool) -> str:
    where = split.hostname
    if cut:
        return f"No complete answer came within {DEADLINE:.0f} s."
    if isinstance(error, destinations.OutOfReach):
        return f"{where} may not be called. {error}"
    if isinstance(error, TimeoutError):
        return f"No answer came within {PATIENCE:.0f} s."
    if isinstance(error, socket.gaierror):
        return f"The name {where} cannot be found; check the address and the box's network."
    if isinstance(error, ConnectionRefusedError):
        return f"No program answers at {split.netloc}."
    if said := getattr(error, "verify_message", ""):
        return f"The certificate of {where} is not trusted: {said}."
    if type(error).__name__.startswith("SSL"):
        return f"No secure connection to {where} is possible; is https right?"
    if isinstance(error, ConnectionError):
        return f"{where} ended the connection without an answer."
    if isinstance(error, OSError):
        return f"{where} cannot be reached ({error.strerror or error})."
    return f"What {where} answered is not HTTP."
