"""The store as a whole: opening and closing it, connections, transactions, errors."""

from __future__ import annotations

from gateway.store.base import (
    ChangeWatch,
    StoreBroken,
    StoreBusy,
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
from gateway.store.opening import FILE_NAME, close_store, open_store

__all__ = (
    "FILE_NAME",
    "ChangeWatch",
    "StoreBroken",
    "StoreBusy",
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
