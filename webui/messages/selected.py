"""What is done to ticked messages, or to one from its opened row: reply, forward, delete, restore,
resend. What cannot be taken back at once asks in a window of its own (a page without script).
"""

from __future__ import annotations

from dataclasses import replace

from flask import abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages.bulk import BulkAction, BulkPreview, BulkTask, Selection
from gateway.store.messages import lists
from gateway.text.refusal import Refused
from webui.messages import answers, compose, message_rows
from webui.messages.inbox import blueprint as blueprint
from webui.messages.inbox import page
from webui.messages.selection import PageSelection
from webui.page.arguments import an_id
from webui.page.current import author, box

ACTIONS = {action.value: action for action in BulkAction}
AT_ONCE = (BulkAction.RESTORE, BulkAction.READ, BulkAction.UNREAD)  # easily taken back
NOT_FAILED = "None of these has failed, so there is nothing to send again."
MOVED = (BulkAction.DELETE, BulkAction.RESTORE, BulkAction.DESTROY)
NOT_THERE = "These messages are not here any more; somebody else may have changed them."


@blueprint.post("/selected")
def selected() -> BaseResponse | str:
    """A button above the list, or inside an opened row."""
    chosen = PageSelection.of(request.form)
    action = request.form.get("action", "")
    if not chosen:
        return _refused(chosen, "Tick a message first.")
    if action in ("reply", "forward"):
        return _write(chosen, action)
    if action not in ACTIONS:
        abort(400)
    if action in AT_ONCE:
        return _done(chosen, BulkTask(ACTIONS[action], chosen.selection, author()))
    return _ask(chosen, ACTIONS[action])


@blueprint.post("/selected/confirmed")
def confirmed() -> BaseResponse | str:
    """A window's own button."""
    chosen = PageSelection.of(request.form)
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None or not chosen:
        abort(400)
    if action is not BulkAction.RESEND:
        return _done(chosen, BulkTask(action, chosen.selection, author()))
    uncertain = bool(request.form.get("uncertain"))
    if uncertain and not request.form.get("sure"):
        return _ask(chosen, action, sure=True)
    connection = request.form.get("connection", "")
    task = BulkTask(
        BulkAction.RESEND,
        chosen.selection,
        author(),
        uncertain,
        None if connection == "" else 0 if connection == "0" else an_id(connection) or -1,
    )
    try:
        return _done(chosen, task)
    except Refused as e:
        return _ask(chosen, action, error=str(e))


@blueprint.post("/messages/<id:message_id>/resend")
def resend(message_id: int) -> BaseResponse | str:
    """A row's own button: at once what failed; what may have been sent asks first."""
    chosen = replace(PageSelection.of(request.form), selection=Selection((message_id,)))
    if not lists.rows([message_id]):
        abort(404)
    preview = box().interactions.preview(BulkAction.RESEND, chosen.selection)
    if preview.uncertain:
        return _ask(chosen, BulkAction.RESEND, sure=not preview.failed)
    return _done(chosen, BulkTask(BulkAction.RESEND, chosen.selection, author()))


def _done(chosen: PageSelection, task: BulkTask) -> BaseResponse:
    place = chosen.place
    outcome = box().interactions.carry_out(task)
    if outcome.job_id is not None:
        return redirect(url_for("work.show", job_id=outcome.job_id), 303)
    undo = outcome.deletion if outcome.count else None
    # Of those that were ticked; what somebody else has done meanwhile is said.
    gone = len(task.chosen.ids) - outcome.count if outcome.count and task.action in MOVED else 0
    there = place.still().address(
        said=task.action.value, n=outcome.count, undo=undo or None, gone=gone if gone > 0 else None
    )
    return redirect(there, 303)


# windows ---------------------------------------------------------------------------------------


def _ask(
    chosen: PageSelection, action: BulkAction, *, sure: bool = False, error: str = ""
) -> BaseResponse | str:
    """`sure`: asks once more about what may have been sent."""
    preview = box().interactions.preview(action, chosen.selection)
    why = _why_not(action, preview)
    if why:
        return _refused(chosen, why)
    if action is BulkAction.RESEND and not preview.failed:
        sure = True  # there is nothing else to ask about
    facts = {
        "chosen": chosen,
        "action": action,
        "preview": preview,
        "sure": sure,
        "error": error,
        "picked": request.form.get("connection", ""),
        "connections": message_rows.connection_choices(),
    }
    template = "messages/_window.html" if _from_script() else "messages/window.html"
    return make_response(render_template(template, **facts), 422 if error else 200)


def _why_not(action: BulkAction, preview: BulkPreview) -> str:
    if action is BulkAction.RESEND:
        return "" if preview.failed or preview.uncertain else NOT_FAILED
    return "" if preview.messages else NOT_THERE


def _refused(chosen: PageSelection, words: str) -> BaseResponse:
    """The list again, with its ticks, saying why nothing was done."""
    if _from_script():
        g.reason = words
        abort(409)
    ticked = set(chosen.selection.ids)
    again = page(chosen.shown, chosen.before, asked=chosen.asked, ticked=ticked, refused=words)
    return make_response(again, 409)


def _from_script() -> bool:
    return request.headers.get("X-Requested-By") == "page"


# writing ---------------------------------------------------------------------------------------


def _write(chosen: PageSelection, action: str) -> BaseResponse | str:
    """Reply to and Forward: the form of Send SMS, filled in."""
    asked = answers.reply if action == "reply" else answers.forward
    try:
        start = asked(chosen.selection)
    except answers.CannotAnswer as e:
        return _refused(chosen, str(e))
    if chosen.fits_into_address and not chosen.is_whole:
        ids = ",".join(map(str, chosen.selection.ids))
        back = chosen.place.packed
        return redirect(f"{url_for('compose.write', back=back)}&{action}={ids}", 303)
    return compose.page(compose.begun(start, chosen.place))
