"""The command line's end of the control socket: asks the running service."""

from __future__ import annotations

import json
import os
import socket
import struct
from pathlib import Path
from typing import Any

from gateway.process.control.socket_file import NAME, PATIENCE, short_path


def ask(
    folder: Path, question: str, *, patience: float = PATIENCE, **more: object
) -> dict[str, Any] | None:
    """Ask the service that runs on this data folder; None when none runs, or it is silent."""
    try:
        line = _exchange(folder, json.dumps({"ask": question, **more}).encode() + b"\n", patience)
    except OSError:
        return None
    answer: dict[str, Any] = json.loads(line) if line else {}
    return answer or None


def holder(folder: Path) -> int | None:
    """The process id of the service that listens on this data folder; None when none does.

    PermissionError: this user may not know.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            with short_path(folder) as short:
                client.settimeout(PATIENCE)
                client.connect(os.path.join(short, NAME))
        except PermissionError:
            raise
        except OSError:
            return None
        size = struct.calcsize("3i")  # struct ucred: pid, uid, gid
        who = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        return int(struct.unpack("3i", who)[0])


def _exchange(folder: Path, line: bytes, patience: float) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client, short_path(folder) as short:
        client.settimeout(patience)
        client.connect(os.path.join(short, NAME))
        client.sendall(line)
        return client.makefile("rb").readline()
