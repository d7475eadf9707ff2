"""Looks at the modes of the files that hold secrets, and at the page's certificate."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from gateway.config import Config

OTHERS = 0o077  # bits of the mode that give anything to group and others
READ = 0o044


def exposed(config: Config) -> tuple[tuple[str, str], ...]:
    """(path, what it holds) of each that others may read. What cannot be looked at is left out."""
    found = [(str(path), holds) for path, holds in _secret(config) if _readable(path, config)]
    if _lies_open(config.data):
        found.append((str(config.data), "messages, PINs and password hashes"))
    return tuple(found)


def _secret(config: Config) -> Iterator[tuple[Path, str]]:
    """What may lie outside of the data folder."""
    if config.path is not None and any(modem.pin for modem in config.modems):
        yield config.path, "a PIN"
    if config.http.key:
        yield Path(config.http.key), "the key of the page's certificate"


def _readable(path: Path, config: Config) -> bool:
    try:
        return not path.is_relative_to(config.data) and bool(path.stat().st_mode & READ)
    except OSError:
        return False


def _lies_open(data: Path) -> bool:
    """Whether others may come in and read anything there. Closed, it protects whatever is in it."""
    try:
        if not data.stat().st_mode & OTHERS:
            return False
        return any(p.is_file() and p.stat().st_mode & READ for p in data.rglob("*"))
    except OSError:
        return False


def certificate_ends(path: str) -> int | None:
    """ms UTC; None without a certificate, or where it cannot be read."""
    try:
        return _ends(path, os.stat(path).st_mtime_ns) if path else None
    except OSError:
        return None


@lru_cache(maxsize=2)
def _ends(path: str, changed: int) -> int | None:
    """Asks openssl, once for each version of the file: Python reads no certificates itself."""
    command = ("openssl", "x509", "-noout", "-enddate", "-in", path)
    try:
        said = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=20, check=True
        ).stdout
        return int(ssl.cert_time_to_seconds(said.strip().partition("=")[2])) * 1000
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
