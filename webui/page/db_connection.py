"""One database connection for the length of a request, and none where none is needed."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from gateway.store.file import database


def init_app(app: Flask) -> None:
    app.before_request_funcs.setdefault(None, []).insert(0, _at_first)
    app.teardown_request(_close)


def _at_first() -> None:
    """Files need none, open pages ask for news all the time, mostly to hear of none, and what
    tells of the health of the box also tells when there is none to be had.
    """
    if request.endpoint not in ("static", "live.live") and request.blueprint != "health":
        need()


def need() -> None:
    """Connect, unless this request has done so."""
    if "connection" in g:
        return
    stack = ExitStack()
    stack.enter_context(database.connected())
    g.connection = stack


def _close(error: BaseException | None) -> None:
    stack = g.pop("connection", None)
    if stack is not None:
        stack.close()
