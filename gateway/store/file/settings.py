"""What a person changes on the page, kept as JSON values under names."""

from __future__ import annotations

import json
from typing import Any

from gateway.store.file.database import errors, execute


def get(key: str, default: Any = None) -> Any:
    """What was put under `key`, as far as it has the shape of `default`, or `default` itself.

    A restored backup may hold anything, and must not stop the service. A dictionary has just the
    names of a default that has some; a list holds what the default's first one is.
    """
    with errors():
        row = execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return default if row is None else _shaped(json.loads(row[0]), default)


def whole_numbers(key: str) -> dict[str, int]:
    """A dictionary of these alone; what else is in it is left out."""
    return {name: value for name, value in get(key, {}).items() if type(value) is int}


def _shaped(value: Any, default: Any) -> Any:
    match default:
        case None:
            return value
        case dict():
            if not isinstance(value, dict):
                return default
            if not default:
                return value
            return {name: _shaped(value.get(name, one), one) for name, one in default.items()}
        case list() | tuple():
            kinds = {type(one) for one in default}
            fits = isinstance(value, list) and (not kinds or {type(v) for v in value} <= kinds)
            return value if fits else default
        case float():
            return value if type(value) in (int, float) else default
    return value if type(value) is type(default) else default


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
