"""A certificate that the box makes and signs itself, by the openssl command."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from gateway.server.certificate import CertificateError

DAYS = 825  # the longest that Apple's systems accept


def make(folder: Path, names: Sequence[str], days: int = DAYS) -> tuple[Path, Path]:
    """A self-made certificate and its key in `folder`, by the openssl command.

    The key is readable by the owner of `folder` alone. Both are put in place at once, as a pair.
    Raises CertificateError.
    """
    if shutil.which("openssl") is None:
        raise CertificateError("The command openssl is missing; install the package openssl.")
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
        raise CertificateError(f"{folder} cannot be written ({e.strerror}).") from e
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
        raise CertificateError(f"openssl could not make it: {last}")


def _settings(names: Iterable[str]) -> str:
    kept = list(names)
    alternatives = ",".join(f"{'IP' if _is_ip(name) else 'DNS'}:{name}" for name in kept)
    return (
        "[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n"
        f"[dn]\nCN={kept[0][:64]}\n"
        "[ext]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
        f"extendedKeyUsage=serverAuth\nsubjectAltName={alternatives}\n"
    )


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
