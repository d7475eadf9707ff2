"""Taking back the deletion of contacts, for a while after it: they are kept in memory alone, so
that who is deleted is nowhere on the disk.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from flask import Flask, current_app

from gateway.services.messages.accept import new_id
from gateway.store.people import people
from gateway.store.people.people import DeletedContact

MOST = 1000  # contacts of one deletion; more cannot be taken back
KEPT = 10  # deletions


def init_app(app: Flask) -> None:
    app.extensions["people_undo"] = _Deletions()


class _Deletions:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[str, list[DeletedContact]] = OrderedDict()

    def keep(self, gone: list[DeletedContact]) -> str:
        token = new_id()
        with self._lock:
            self._found[token] = gone
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        return token

    def take(self, token: str) -> list[DeletedContact]:
        with self._lock:
            return self._found.pop(token, [])

    def __contains__(self, token: object) -> bool:
        with self._lock:
            return token in self._found


def before_deleting(ids: Sequence[int]) -> str:
    """By which it can be taken back; "" when they are too many."""
    return _all().keep(people.as_they_are(ids)) if len(ids) <= MOST else ""


def undo_token(token: str) -> str:
    """The token, while it can be taken back."""
    return token if token in _all() else ""


def take(token: str) -> list[DeletedContact]:
    return _all().take(token)


def _all() -> _Deletions:
    found: _Deletions = current_app.extensions["people_undo"]
    return found
