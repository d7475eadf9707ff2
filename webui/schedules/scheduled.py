"""Scheduled: what is sent later, with everything that can be done about it."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.schedules.schedules import ScheduleGone
from gateway.store.connections import connections
from gateway.store.schedules import schedules
from gateway.store.schedules.schedules import PAGE
from gateway.text.refusal import Refused
from webui.messages import message_rows
from webui.page.arguments import a_number, an_id
from webui.page.current import author, box
from webui.schedules import when_fields

blueprint = Blueprint("scheduled", __name__)

SAID = {
    "kept": "Scheduled.",
    "changed": "Changed.",
    "paused": "Paused; nothing is sent until it is resumed.",
    "resumed": "Resumed.",
    "cancelled": "Cancelled; nothing more is sent.",
    "sent": "Queued to be sent now.",
    "seen": "",
}
MEANWHILE = "Nothing was done: it was sent or changed meanwhile. Look at it again."


@blueprint.get("/scheduled")
def index() -> BaseResponse | str:
    """The page; for the script only its list, and nothing at all while that is unchanged."""
    if request.headers.get("X-Requested-By") != "page":
        return _page()
    shown = _page_values()
    etag = _stamp(shown)
    same = request.if_none_match.contains(etag)
    response = make_response("" if same else _list(shown), 304 if same else 200)
    response.set_etag(etag)
    return response


def _page(error: str = "") -> str:
    said = request.args.get("said", "")
    shown = _page_values()
    return render_template(
        "schedules/scheduled.html",
        counts=message_rows.counts(),
        list=_list(shown),
        stamp=_stamp(shown),
        said="" if error else SAID.get(said, ""),
        message=an_id(request.args.get("message")),
        error=error or (MEANWHILE if said == "meanwhile" else ""),
        status=box().status.snapshot(),
    )


def _page_values() -> dict[str, object]:
    after = _key(request.args.get("after", ""))
    waiting = schedules.waiting(after, PAGE + 1)
    more = waiting[PAGE - 1].next if len(waiting) > PAGE else None
    names = {c.connection_id: c.name for c in connections.all_connections()}
    order = [one.id for one in (*(schedules.paused() if after is None else ()), *waiting[:PAGE])]
    return {
        "beside": dict(zip(order, [*order[1:], *order[-2:-1]], strict=False)),
        "hold": box().scheduling.hold(),
        "waiting": when_fields.views(waiting[:PAGE], names),
        "paused": when_fields.views(schedules.paused() if after is None else [], names),
        "finished": when_fields.views(schedules.finished() if after is None else [], names),
        "more": f"{more.at}-{waiting[PAGE - 1].id}" if more else "",
        "after": after,
    }


def _stamp(shown: dict[str, object]) -> str:
    """Differs when anything shown differs; tokens and the time of day do not count."""
    told = f"{shown!r}{when_fields.unseen_runs()!r}"
    return f"{zlib.crc32(told.encode('utf-8', 'surrogatepass')):08x}"


def _list(shown: dict[str, object]) -> str:
    return render_template(
        "schedules/_scheduled.html",
        **shown,
        zone=when_fields.zone_words(box().clock.now()),
        opened=an_id(request.args.get("about")),
    )


def _key(text: str) -> tuple[int, int] | None:
    """ "1795000000000-12" of the link to the next page."""
    at, _, id_ = text.partition("-")
    first, second = an_id(at), an_id(id_)
    return (first, second) if first and second else None


@blueprint.post("/scheduled/<id:schedule_id>/pause")
def pause(schedule_id: int) -> BaseResponse | str:
    return _do("paused", lambda v: box().scheduling.pause(schedule_id, v, author()), schedule_id)


@blueprint.post("/scheduled/<id:schedule_id>/resume")
def resume(schedule_id: int) -> BaseResponse | str:
    return _do("resumed", lambda v: box().scheduling.resume(schedule_id, v, author()), schedule_id)


@blueprint.post("/scheduled/<id:schedule_id>/cancel")
def cancel(schedule_id: int) -> BaseResponse | str:
    return _do("cancelled", lambda v: box().scheduling.cancel(schedule_id, v, author()))


@blueprint.post("/scheduled/<id:schedule_id>/send")
def send(schedule_id: int) -> BaseResponse | str:
    def now(version: int) -> object:
        moved = box().scheduling.send_now(schedule_id, version, author())
        g.message = moved.message_id if moved else None
        return moved

    return _do("sent", now)


@blueprint.post("/scheduled/seen")
def seen() -> BaseResponse:
    if up_to := an_id(request.form.get("up_to")):
        box().scheduling.acknowledge(up_to)
    return redirect(url_for("scheduled.index"), 303)


def _do(said: str, act: Callable[[int], object], about: int | None = None) -> BaseResponse | str:
    version = a_number(request.form.get("version"))
    if version is None:
        abort(400)
    try:
        done = act(version)
    except ScheduleGone:
        done = None
    except Refused as e:
        return make_response(_page(str(e)), 409)
    return redirect(
        url_for(
            "scheduled.index",
            said=said if done else "meanwhile",
            about=about,
            message=g.get("message"),
            after=request.form.get("after", "")[:60] or None,
            _anchor=f"s{there}" if (there := about or an_id(request.form.get("beside"))) else None,
        ),
        303,
    )
