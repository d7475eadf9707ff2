"""The control socket in the data folder, as both its ends know it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

NAME = "control.sock"
PATIENCE = 5.0  # seconds


@contextlib.contextmanager
def short_path(folder: Path) -> Iterator[str]:
    """The folder under a name that fits into the 108 octets a socket's path may have."""
    fd = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)
