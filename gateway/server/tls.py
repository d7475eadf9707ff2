"""TLS for the page: the certificate from the config, read again when it was renewed, and made here.

The web server's loop never waits, so neither does TLS: `TlsSocket` answers "nothing yet" instead.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

HANDSHAKE = 0x16  # the first octet of every TLS connection, RFC 8446, section 5.1
PLAIN_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"This box speaks https: write https:// instead of http:// before its address.\n"
)
DAYS = 825  # the longest that Apple's systems accept
WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class TlsError(Exception):
    """One plain line that says what is wrong with the certificate and what to do."""


class Certificate:
    """Owns the TLS context. New connections get a renewed certificate without a restart."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.options |= ssl.OP_NO_RENEGOTIATION
        self._seen: tuple[int, ...] = ()
        self._load()

    def renew(self) -> None:
        """Read the files again if they have changed; a bad pair leaves the old one in use."""
        try:
            if self._stamp() != self._seen:
                self._load()
                log.info("the certificate was renewed")
        except (OSError, TlsError) as e:
            log.warning("the certificate cannot be renewed, the old one stays: %s", e)

    def _load(self) -> None:
        certificate, key = self._files
        try:
            seen = self._stamp()
            # A key with a password would make OpenSSL ask for it at the terminal.
            self.context.load_cert_chain(certificate, key, password=lambda: "")
        except OSError as e:
            raise TlsError(_words(e, certificate, key)) from e
        self._seen = seen

    def _stamp(self) -> tuple[int, ...]:
        return tuple(file.stat().st_mtime_ns for file in self._files)


def _words(e: OSError, certificate: Path, key: Path) -> str:
    if isinstance(e, ssl.SSLError):
        if e.reason == "KEY_VALUES_MISMATCH":
            return f"The key {key} does not belong to the certificate {certificate}."
        return (
            f"{certificate} and {key} are no certificate and key in PEM form"
            " (a key with a password cannot be used)."
        )
    return f"{e.filename or certificate} cannot be read ({e.strerror}); check [http] in the config."


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


# made here -------------------------------------------------------------------------------------


def make(folder: Path, names: Sequence[str], days: int = DAYS) -> tuple[Path, Path]:
    """A self-made certificate and its key in `folder`, by the openssl command. Raises TlsError.

    The key is readable by the owner of `folder` alone. Both are put in place at once, as a pair.
    """
    if shutil.which("openssl") is None:
        raise TlsError("The command openssl is missing; install the package openssl.")
    try:
        for place in (folder.parent, folder):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as made:
            _ask_openssl(Path(made), names, days)
            owner = folder.parent.stat()
            for name in ("key.pem", "certificate.pem"):
                file = Path(made, name)
                file.chmod(0o600)
                with contextlib.suppress(PermissionError):  # made by root for the service's user
                    os.chown(file, owner.st_uid, owner.st_gid)
                    os.chown(folder, owner.st_uid, owner.st_gid)
                file.replace(folder / name)
    except OSError as e:
        raise TlsError(f"{folder} cannot be written ({e.strerror}).") from e
    return folder / "certificate.pem", folder / "key.pem"


def _ask_openssl(folder: Path, names: Sequence[str], days: int) -> None:
    settings = folder / "openssl.cnf"
    settings.write_text(_settings(names))
    command = [
        *("openssl", "req", "-x509", "-nodes", "-config", str(settings), "-days", str(days)),
        *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")),
    ]
    done = subprocess.run(  # noqa: S603 - the names were checked
        command, capture_output=True, text=True, umask=0o077, timeout=120, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no words"])[-1]
        raise TlsError(f"openssl could not make it: {last}")


def _settings(names: Iterable[str]) -> str:
    kept = list(names)
    alternatives = ",".join(f"{'IP' if _is_ip(name) else 'DNS'}:{name}" for name in kept)
    return (
        "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n"
        f"[dn]\nCN={kept[0][:64]}\n"
        "[ext]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        f"extendedKeyUsage=serverAuth\nsubjectAltName={alternatives}\n"
    )


def fingerprint(certificate: Path) -> str:
    """SHA-256, as browsers show it: "AB:CD:..."."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def is_name(name: str) -> bool:
    """Whether a certificate can be made out to it: a host's name or its address."""
    label = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    return _is_ip(name) or bool(re.fullmatch(rf"{label}(\.{label})*", name))


def _is_ip(name: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):
            socket.inet_pton(family, name)
            return True
    return False
