"""One database connection for the length of a request, and none for files."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from gateway.store import db


def init_app(app: Flask) -> None:
    app.before_request_funcs.setdefault(None, []).insert(0, _open)
    app.teardown_request(_close)


def _open() -> None:
    if request.endpoint == "static":
        return
    stack = ExitStack()
    stack.enter_context(db.connected())
    g.connection = stack


def _close(error: BaseException | None) -> None:
    stack = g.pop("connection", None)
    if stack is not None:
        stack.close()
