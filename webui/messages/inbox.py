"""The views with their counts, rows that open in place, and everybody that a message went to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.decisions.dispatch_states import WORST_FIRST, DispatchState
from gateway.services.messages import failures
from gateway.services.messages.accept import queued_words
from gateway.services.messages.searches import SearchQuestion
from gateway.store.connections import connections
from gateway.store.file import jobs
from gateway.store.messages import counts as counting
from gateway.store.messages import details
from gateway.store.messages.details import MessageDetail
from gateway.store.search import views
from webui.messages import message_rows, search_box
from webui.messages.message_rows import DetailView
from webui.messages.places import NOTHING, PAGE
from webui.messages.view_names import VIEWS, InboxView
from webui.page import notices, roles
from webui.page.arguments import an_id
from webui.page.current import box
from webui.page.formats import state_words

blueprint = Blueprint("inbox", __name__)
RECIPIENTS = 100
TICKS = ("page", "all")  # what a link of the page without script ticks


@blueprint.get("/", defaults={"name": "all"})
@blueprint.get("/<any(received, sent, failed, pending, untriggered, calls, deleted):name>")
def view(name: str) -> BaseResponse | str:
    shown = VIEWS[name]
    asked = SearchQuestion.of(request.args)
    if (asked.given() and shown.deleted) or _has_empty(request.args):
        return redirect(_address(shown, asked), 303)
    opened = _open(an_id(request.args.get("open")), shown)
    before = an_id(request.args.get("before"))
    return page(shown, before, asked=asked, opened=opened)


def _has_empty(args: Mapping[str, str]) -> bool:
    """Whether the search form was sent with fields that nobody filled in."""
    return any(args.get(name) == "" for name in SearchQuestion.__slots__)


def _address(shown: InboxView, asked: SearchQuestion) -> str:
    """Fit to be kept: without empty fields; and deleted messages are never found."""
    given = asked.given()
    place = "all" if given and shown.deleted else shown.name
    kept = {k: v for k in ("before", "open", "tick") if (v := request.args.get(k))}
    return url_for("inbox.view", name=place, **given, **kept)  # type: ignore[arg-type]


def page(
    shown: InboxView,
    before: int | None,
    *,
    asked: SearchQuestion = NOTHING,
    opened: DetailView | None = None,
    ticked: Collection[int] = (),
    refused: str = "",
) -> str:
    """`refused`: why nothing was done with the ones that are still ticked."""
    found = search_box.find(asked, shown, before, PAGE + 1) if asked.given() else None
    rows = (
        message_rows.rows(shown, found.ids) if found else message_rows.page(shown, before, PAGE + 1)
    )
    if not found and opened and opened.id not in {row.id for row in rows}:
        before = opened.id + 1  # a link to an older one: the page begins with it
        rows = message_rows.page(shown, before, PAGE + 1)
    tick = request.args.get("tick", "")
    counts = message_rows.counts()
    return render_template(
        "messages/inbox.html",
        view=shown,
        counts=counts,
        found=found,
        asked=asked,
        given=asked.given(),
        find=search_box.packed(asked),
        choices=search_box.choices(),
        total=found.number.value if found else next(c.number for c in counts if c.view is shown),
        rows=rows[:PAGE],
        older=rows[PAGE - 1].id if len(rows) > PAGE else found.found.reached if found else None,
        before=before,
        opened=opened,
        queued=_queued(an_id(request.args.get("queued"))),
        again=request.args.get("again"),
        notice=notices.notice(request.args),
        refused=refused,
        tick=tick if tick in TICKS and roles.may_change() else "",
        ticked=ticked,
        upto=views.newest(shown.view),
        causes=failures.causes() if shown.name == "failed" and not found else (),
        work=working(),
        status=box().status.snapshot(),
    )


@blueprint.get("/messages/<id:message_id>")
def detail(message_id: int) -> BaseResponse | str:
    """An opened row's inside, for the script."""
    shown = VIEWS.get(request.args.get("view", "all"), VIEWS["all"])
    if request.headers.get("X-Requested-By") != "page":
        return redirect(url_for("inbox.view", name=shown.name, open=message_id), 303)
    opened = _open(message_id, shown)
    if opened is None:
        abort(404)
    asked = search_box.unpacked(request.args.get(search_box.FIELD))
    return render_template(
        "messages/_detail.html",
        detail=opened,
        view=shown,
        before=an_id(request.args.get("before")),
        asked=asked,
        find=search_box.packed(asked),
    )


@blueprint.get("/messages/<id:message_id>/recipients")
def recipients(message_id: int) -> str:
    """Everybody that a message went to, by pages, of one state or of all."""
    message = details.get(message_id, most=1)
    if message is None or message.incoming:
        abort(404)
    state = _state(request.args.get("state"))
    found = details.recipients(
        message_id, state, an_id(request.args.get("after")) or 0, RECIPIENTS + 1
    )
    names = connections.names()
    deleted = message.deleted_at is not None
    return render_template(
        "messages/recipients.html",
        message=message,
        people=message_rows.persons(found[:RECIPIENTS], names, deleted=deleted),
        more=found[RECIPIENTS - 1].id if len(found) > RECIPIENTS else None,
        state=state,
        states=_states(message),
        view=VIEWS["deleted" if deleted else "all"],
    )


def _state(text: str | None) -> DispatchState | None:
    return DispatchState(text) if text in set(DispatchState) else None


def _states(message: MessageDetail) -> list[tuple[DispatchState, str, int]]:
    numbers = dict(message.states)
    deleted = message.deleted_at is not None
    return [
        (s, state_words(s, deleted=deleted).words, numbers[s]) for s in WORST_FIRST if s in numbers
    ]


def working() -> list[jobs.JobInfo]:
    return jobs.running()


def _open(message_id: int | None, shown: InboxView) -> DetailView | None:
    """The message to show opened, which makes it read, unless a mere reader looks at it."""
    if message_id is None:
        return None
    found = details.get(message_id, message_rows.MOST_PEOPLE)
    if found is None or (found.deleted_at is not None) != shown.deleted:
        return None
    if found.incoming and found.read_at is None and roles.may_change():
        box().messaging.mark_read([message_id])
    return DetailView.of(found)


@dataclass(frozen=True, slots=True)
class QueuedView:
    """What was just sent from here, above the list."""

    id: int
    at: int
    words: str
    blocked: int  # recipients that do not get it


def _queued(message_id: int | None) -> QueuedView | None:
    found = details.get(message_id, most=1) if message_id else None
    if found is None or found.incoming:
        return None
    count = counting.queued(found.id)
    return QueuedView(found.id, found.created_at, queued_words(count), count.blocked)
