"""What an open page asks again and again: has anything changed, and what.

The answer carries an ETag of the box's revision, so that asking costs next to nothing while all is
quiet. Only the state of the rows on the reader's page goes over, never their texts.
"""

from __future__ import annotations

import secrets

from flask import (
    Blueprint,
    get_template_attribute,
    jsonify,
    make_response,
    render_template,
    request,
)
from werkzeug.wrappers import Response as BaseResponse

from webui.messages import message_rows, search_box
from webui.messages.inbox import working
from webui.messages.message_rows import DetailView
from webui.messages.places import PAGE
from webui.messages.view_names import VIEWS, InboxView
from webui.page import db_connection
from webui.page.arguments import an_id
from webui.page.current import box

blueprint = Blueprint("live", __name__)
STARTED = secrets.token_hex(4)  # revisions begin anew with each start
MOST_ROWS = 250  # more than live.js asks about


@blueprint.get("/live")
def live() -> BaseResponse:
    # Taken before the rest is read: a change meanwhile makes the next answer differ.
    etag = f"{STARTED}-{box().events.revision}"
    known = request.if_none_match.contains_weak(etag)  # weak when compressed
    response = make_response("", 304) if known else _news()
    response.set_etag(etag)
    return response


def _news() -> BaseResponse:
    db_connection.need()
    shown = VIEWS.get(request.args.get("view", "all"), VIEWS["all"])
    state_cell = get_template_attribute("messages/_row.html", "state_cell")
    ids = _ids("ids")
    return jsonify(
        {
            "counts": {
                v.view.name: render_template("messages/_view_count.html", v=v)
                for v in message_rows.counts()
            }
            | {"scheduled": render_template("schedules/_scheduled_count.html")},
            "status": render_template("health/_status.html", status=box().status.snapshot()),
            "rows": {  # those that are not in here were deleted or restored meanwhile
                str(row.id): {"state": state_cell(row), "unread": row.unread}
                for row in message_rows.rows(shown, ids)
            },
            "work": render_template("box/_working.html", work=working()),
            "opened": {str(i): stamp for i in _ids("open") if (stamp := _stamp(i))},
            "newer": _newer(shown, ids) if "newer" in request.args else "",
        }
    )


def _ids(name: str) -> list[int]:
    """ "3,1,2" in the address -> [3, 1, 2]; what is no id is left out."""
    given = request.args.get(name, "").split(",")[:MOST_ROWS]
    return [found for text in given if (found := an_id(text))]


def _stamp(message_id: int) -> str:
    found = DetailView.by_id(message_id)
    return found.stamp if found else ""


def _newer(shown: InboxView, ids: list[int]) -> str:
    """ "3 new messages" as a link."""
    asked = search_box.unpacked(request.args.get(search_box.FIELD))
    number = message_rows.not_shown(shown, set(ids), PAGE, asked)
    return render_template(
        "messages/_newer.html", number=number, most=PAGE, view=shown, given=asked.given()
    )
