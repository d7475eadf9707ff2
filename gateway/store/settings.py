"""What a person changes on the page, kept as JSON values under names."""

from __future__ import annotations

import json
from typing import Any

from gateway.store.db import errors, execute


def get(key: str, default: Any = None) -> Any:
    with errors():
        row = execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row else default


def put(key: str, value: Any) -> None:
    """Durable when it returns. `value` must be something JSON can hold."""
    with errors():
        execute(
            "INSERT INTO setting (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value)),
        )


def forget(key: str) -> None:
    with errors():
        execute("DELETE FROM setting WHERE key = ?", (key,))
