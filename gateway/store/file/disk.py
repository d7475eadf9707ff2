"""What the disk says, in one plain line."""

from __future__ import annotations

import errno
from pathlib import Path

from gateway.store.file.database import StoreBroken, StoreError, StoreFull, StoreReadOnly


def disk_error(e: OSError, path: Path) -> StoreError:
    match e.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StoreFull(f"The disk with {path} is full; make room.")
        case errno.EROFS:
            return StoreReadOnly(f"{path} is on a disk that is read-only; mount it writable.")
        case errno.EACCES | errno.EPERM:
            return StoreReadOnly(f"{path} cannot be written; check its owner and its permissions.")
        case errno.ENOTDIR | errno.EEXIST:
            return StoreReadOnly(f"{path} is not a folder; name another data folder.")
    return StoreBroken(f"{path} cannot be used: {e.strerror or e}.")
