"""One form is one thing, however often it is posted: by two clicks, or by going back to it.

What counts is everything that was posted, not a part of it: a form that was changed meanwhile is
another thing, although it carries the token of the first.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, current_app, make_response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages.accept import ID_ALPHABET, new_id
from webui.page.current import author

P = ParamSpec("P")
FIELD = "once"
TOKEN = re.compile(r"[A-Za-z0-9]{21}")
KEPT = 500  # answers to forms; two clicks come within moments
NO_PART = ("csrf_token",)  # fields that say nothing about what is wanted


def init_app(app: Flask) -> None:
    app.extensions["once"] = _KeptAnswers()
    app.add_template_global(once_token)


def once_token() -> Markup:
    """A hidden field for a form whose view is wrapped in `once`."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, new_id())


def id_of(token: str, *said: object) -> str:
    """Like `new_id`, but the same for the same form with the same in it, and for no other."""
    number = int.from_bytes(_digest([token, *said]), "big")
    letters = []
    for _ in range(21):
        number, place = divmod(number, len(ID_ALPHABET))
        letters.append(ID_ALPHABET[place])
    return "".join(letters)


def once(view: Callable[P, BaseResponse | str]) -> Callable[P, BaseResponse | str]:
    """The second post of the same is answered as the first one was, and does nothing.

    Only what was done is remembered (its answer leads on to another page), not what was refused.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> BaseResponse | str:
        if not TOKEN.fullmatch(request.form.get(FIELD, "")):
            return view(*args, **kwargs)
        answers: _KeptAnswers = current_app.extensions["once"]
        return answers.of(_posted(), lambda: make_response(view(*args, **kwargs)))

    return guarded


def _posted() -> bytes:
    fields = sorted((n, v) for n, v in request.form.items(multi=True) if n not in NO_PART)
    files = []
    for name, file in request.files.items(multi=True):
        files.append((name, file.filename, hashlib.file_digest(file.stream, "sha256").hexdigest()))  # type: ignore[arg-type]
        file.stream.seek(0)
    return _digest([author(), request.path, fields, sorted(files)])


def _digest(said: object) -> bytes:
    return hashlib.sha256(json.dumps(said).encode()).digest()


class _KeptAnswers:
    """Where the forms that were posted last led to. Thread-safe: two clicks come together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, _KeptAnswer] = OrderedDict()

    def of(self, posted: bytes, act: Callable[[], BaseResponse]) -> BaseResponse:
        with self._lock:
            answer = self._known.setdefault(posted, _KeptAnswer())
            self._known.move_to_end(posted)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        with answer.turn:
            if answer.location:
                return redirect(answer.location, 303)
            response = act()
            if response.status_code == 303:
                answer.location = response.headers["Location"]
            return response


class _KeptAnswer:
    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.location = ""
