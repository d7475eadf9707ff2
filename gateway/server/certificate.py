"""The certificate and key that the config names, read again when they were renewed."""

from __future__ import annotations

import hashlib
import logging
import ssl
from pathlib import Path

log = logging.getLogger(__name__)


class CertificateError(Exception):
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
        except (OSError, CertificateError) as e:
            log.warning("the certificate cannot be renewed, the old one stays: %s", e)

    def _load(self) -> None:
        certificate, key = self._files
        try:
            seen = self._stamp()
            # A key with a password would make OpenSSL ask for it at the terminal.
            self.context.load_cert_chain(certificate, key, password=lambda: "")
        except OSError as e:
            raise CertificateError(_failure_words(e, certificate, key)) from e
        self._seen = seen

    def _stamp(self) -> tuple[int, ...]:
        return tuple(file.stat().st_mtime_ns for file in self._files)


def _failure_words(e: OSError, certificate: Path, key: Path) -> str:
    if isinstance(e, ssl.SSLError):
        if e.reason == "KEY_VALUES_MISMATCH":
            return f"The key {key} does not belong to the certificate {certificate}."
        return (
            f"{certificate} and {key} are no certificate and key in PEM form"
            " (a key with a password cannot be used)."
        )
    return f"{e.filename or certificate} cannot be read ({e.strerror}); check [http] in the config."


def fingerprint(certificate: Path) -> str:
    """SHA-256, as browsers show it: "AB:CD:..."."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
