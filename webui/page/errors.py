"""What went wrong, in plain words: a page for people, JSON for programs."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gateway.store.file.database import StoreError
from gateway.text.refusal import FieldError
from webui.page import db_connection
from webui.page.current import signed_in

log = logging.getLogger(__name__)

# status -> (title, what to do)
WORDS: dict[int, tuple[str, str]] = {
    400: ("That did not make sense", "The request was incomplete. Go back and try again."),
    401: ("Please sign in", "Your session has ended. Sign in again to go on."),
    403: ("Not allowed", "This was not carried out."),
    404: ("Nothing here", "The page does not exist, or what it showed is gone."),
    405: ("Not like this", "This address cannot be used in that way."),
    409: ("Not possible", "The box cannot do this."),
    413: ("Too much at once", "What you sent is larger than the box accepts. Send it in parts."),
    415: ("Unknown format", "Send the body as JSON, with Content-Type: application/json."),
    429: ("Too many tries", "Wait a little, then try again."),
    500: (
        "Something went wrong in the box",
        "Nothing you did. It has been written to the log; try again.",
    ),
    503: ("The box is busy", "It could not save just now. Try again in a moment."),
}
FORM_OUT_OF_DATE = (
    "This form was opened before you last signed in or out, so it was not carried out. "
    "Go back, reload the page and try again."
)

SEND_AGAIN = (
    "You signed in again since this form was opened, so it was not sent. "
    "What you wrote is still here: press Send once more."
)


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, _out_of_date)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreError, _store)
    app.register_error_handler(Exception, _unexpected)


def _out_of_date(error: CSRFError) -> Response:
    """What somebody has written is shown again, to be looked at and sent by hand."""
    if request.endpoint != "compose.send" or not signed_in():
        return answer(403, FORM_OUT_OF_DATE)
    from webui.messages import compose  # which needs this module's neighbours
    from webui.messages.compose_form import ComposeForm

    form = ComposeForm.of(request.form)
    return make_response(compose.page(form, [FieldError("form", SEND_AGAIN)]), 403)


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect, or an answer that a view prepared
        return make_response(error.response)
    response = answer(error.code or 500, g.get("reason", ""))
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value  # e.g. Allow of a 405
    return response


def _store(error: StoreError) -> Response:
    log.warning("%s %s: %s", request.method, request.path, error)
    response = answer(503, str(error))
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return answer(500)


def answer(status: int, reason: str = "") -> Response:
    """The page or JSON for a status; `reason` says it more exactly than the table."""
    title, advice = WORDS.get(status, (f"Error {status}", "This did not work."))
    if request.path.startswith("/api/"):
        return make_response(jsonify(message=reason or f"{title}. {advice}"), status)
    if request.headers.get("X-Requested-By") == "page":
        return make_response(jsonify(error=reason or advice), status)
    db_connection.need()  # for the page around it; files are looked for without one
    page = render_template("page/error.html", title=title, advice=reason or advice, status=status)
    return make_response(page, status)
