"""Export CSV: the view or the search on the page as a file, at once or as long work."""

from __future__ import annotations

from flask import Flask, Response, abort, g, make_response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages import messages_csv
from gateway.services.messages.export_files import KIND
from gateway.services.messages.messages_csv import MARK
from gateway.store.file import jobs
from gateway.store.file.jobs import JobInfo
from gateway.store.search.views import NEWEST
from gateway.text.refusal import Refused
from webui.box.work import KINDS, WorkDescription
from webui.messages import search_box
from webui.messages.inbox import blueprint
from webui.messages.view_names import VIEWS
from webui.page.current import author, box
from webui.page.formats import local

AT_ONCE = 2000  # lines that a page waits for; more becomes long work
GONE = "This file is not kept any more. Export again."


def init_app(app: Flask) -> None:
    KINDS[KIND] = _description


@blueprint.post("/export")
def export() -> BaseResponse:
    shown = VIEWS.get(request.form.get("view", ""), VIEWS["all"])
    asked = search_box.unpacked(request.form.get(search_box.FIELD))
    try:
        chosen = box().searching.chosen(asked, shown.view)
    except Refused:
        here = url_for("inbox.view", name=shown.name, **asked.given())  # type: ignore[arg-type]
        return redirect(here, 303)
    messages = messages_csv.number(chosen)
    messages_csv.note(chosen, messages, box().clock.now(), author())
    work = box().work
    if work is not None and not messages_csv.is_short(chosen, messages, AT_ONCE):
        job_id = box().files.begin(work, chosen, messages, author())
        return redirect(url_for("work.show", job_id=job_id), 303)
    csv = box().messages_csv
    pieces = (piece.text for piece in csv.pieces(chosen, NEWEST))
    return _as_file(make_response("".join([MARK, csv.header(), *pieces])))


@blueprint.get("/exports/<id:job_id>")
def exported(job_id: int) -> BaseResponse:
    """The file that long work has written."""
    job = jobs.get(job_id)
    path = box().files.path(job) if job else None
    if job is None or path is None:
        g.reason = GONE
        abort(404)
    if author() != job.who:  # whose export is in the audit list already
        box().accounts.note(author(), "export", f"what {job.who} had exported to a file")
    name = _name(job.at)
    return send_file(path.resolve(), "text/csv", as_attachment=True, download_name=name, etag=False)


def _as_file(response: Response) -> Response:
    response.mimetype = "text/csv"
    name = _name(box().clock.now())
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _name(at: int) -> str:
    return f"messages-{local(at):%Y-%m-%d-%H%M}.csv"


def _description(job: JobInfo) -> WorkDescription:
    ready = box().files.path(job) is not None
    href = url_for("inbox.exported", job_id=job.id) if ready else ""
    return WorkDescription("Exporting messages", "messages", href, "Download the file")
