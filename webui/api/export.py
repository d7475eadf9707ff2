"""GET /api/v1/export: messages as CSV, a view or what a search finds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from flask import Response, g, jsonify, make_response, request

from gateway.services.messages import messages_csv
from gateway.services.messages.bulk import Selection
from gateway.services.messages.searches import SearchQuestion
from gateway.store.connections import connections
from gateway.store.file import database
from gateway.store.search.views import NEWEST, View
from gateway.text.refusal import Refused
from webui.api.asked import failure
from webui.page.current import box

AT_ONCE = 2  # others have to wait: slow readers must not take all the threads of the page
_places = threading.BoundedSemaphore(AT_ONCE)


def export() -> Response:
    view = request.args.get("view", "all")
    if view not in set(View):
        return failure(f"view must be one of {', '.join(View)}.")
    given = dict(request.args)
    if number := given.pop("simNumber", ""):
        known = {str(c.position): c.connection_id for c in connections.all_by_id().values()}
        if number not in known:
            there = ", ".join(known) or "none"
            return failure(f"simNumber {number[:20]} is not known; there is: {there}.")
        given["connection"] = str(known[number])
    try:
        chosen = box().searching.chosen(SearchQuestion.of(given), View(view))
    except Refused as e:
        return failure(str(e))
    place = _Place.take()
    if place is None:
        response = make_response(jsonify(message="Other exports are under way; try again."), 503)
        response.headers["Retry-After"] = "10"
        return response
    try:
        messages_csv.note(chosen, messages_csv.number(chosen), box().clock.now(), g.caller)
        content = streamed(box().messages_csv, chosen, place.leave)
        response = Response(content, mimetype="text/csv")
    except BaseException:
        place.leave()
        raise
    response.call_on_close(place.leave)  # a reader who goes away
    response.headers["Content-Disposition"] = 'attachment; filename="messages.csv"'
    return response


class _Place:
    """One of those that may export now; left once, whoever says so first."""

    def __init__(self) -> None:
        self._taken = True

    @classmethod
    def take(cls) -> _Place | None:
        return cls() if _places.acquire(blocking=False) else None

    def leave(self) -> None:
        if self._taken:
            self._taken = False
            _places.release()


def streamed(
    csv: messages_csv.MessagesCsv, chosen: Selection, ended: Callable[[], None]
) -> Iterator[bytes]:
    """Each piece with a connection of its own: none stays open while the reader is slow."""
    yield csv.header().encode()
    pieces = csv.pieces(chosen, NEWEST)
    while True:
        with database.connected():
            piece = next(pieces, None)
        if piece is None:
            ended()
            return
        if piece.text:
            yield piece.text.encode("utf-8", "replace")
