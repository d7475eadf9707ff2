"""The store as a whole: opening and closing it, connections, transactions, errors."""

from __future__ import annotations

from gateway.store.file.database import (
    ChangeWatch,
    StoreBroken,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreTooNew,
    connected,
    database,
    errors,
    execute,
    insert,
    transaction,
)
from gateway.store.file.opening import FILE_NAME, SERVICE_LOCK, close_store, open_store

__all__ = (
    "FILE_NAME",
    "SERVICE_LOCK",
    "ChangeWatch",
    "StoreBroken",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreReadOnly",
    "StoreTooNew",
    "close_store",
    "connected",
    "database",
    "errors",
    "execute",
    "insert",
    "open_store",
    "transaction",
)
