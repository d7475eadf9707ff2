"""Long work: how far it is, what became of it. It goes on whether or not somebody looks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages.bulk import KIND as MESSAGES
from gateway.services.messages.bulk import BulkAction, BulkTask
from gateway.services.people.imports import KIND as IMPORT
from gateway.store.file import jobs
from gateway.store.file.jobs import JobInfo
from webui.page.current import box

blueprint = Blueprint("work", __name__, url_prefix="/work")
LISTED = 20


@dataclass(frozen=True, slots=True)
class WorkDescription:
    """How a kind of work is told."""

    title: str  # "Deleting messages"
    unit: str  # "messages"
    href: str = ""  # where what was done can be seen
    link: str = ""
    undo: int = 0  # the deletion that can be taken back


_OF_MESSAGES = {
    BulkAction.DELETE: ("Deleting messages", "messages", "deleted", "Deleted Communications"),
    BulkAction.RESTORE: ("Restoring messages", "messages", "all", "All Communications"),
    BulkAction.DESTROY: (
        "Deleting messages for good",
        "messages",
        "deleted",
        "Deleted Communications",
    ),
    BulkAction.READ: ("Marking messages as read", "messages", "all", "All Communications"),
    BulkAction.UNREAD: ("Marking messages as unread", "messages", "all", "All Communications"),
    BulkAction.RESEND: ("Sending again what failed", "SMS", "pending", "SMS pending"),
}


def _messages(job: JobInfo) -> WorkDescription:
    task = BulkTask.from_json(job.task)
    title, unit, view, link = _OF_MESSAGES[task.action]
    return WorkDescription(title, unit, url_for("inbox.view", name=view), link, task.at)


def _import(job: JobInfo) -> WorkDescription:
    href = url_for("people.one_import", import_id=int(json.loads(job.task)))
    return WorkDescription("Importing people", "rows", href, "What became of the file")


# A kind of work adds its own line here.
KINDS: dict[str, Callable[[JobInfo], WorkDescription]] = {MESSAGES: _messages, IMPORT: _import}


def description(job: JobInfo) -> WorkDescription:
    found = KINDS.get(job.kind)
    return found(job) if found else WorkDescription("Long work", "")


@blueprint.get("")
def index() -> str:
    return render_template(
        "box/works.html", works=[(j, description(j)) for j in jobs.newest(LISTED)]
    )


@blueprint.get("/<id:job_id>")
def show(job_id: int) -> str:
    job = jobs.get(job_id)
    if job is None:
        abort(404)
    inside = request.headers.get("X-Requested-By") == "page"
    return render_template(
        "box/_work.html" if inside else "box/work.html", job=job, words=description(job)
    )


@blueprint.post("/<id:job_id>")
def change(job_id: int) -> BaseResponse:
    """Stop it, or go on."""
    work = box().work
    if work is None or jobs.get(job_id) is None:
        abort(404)
    if request.form.get("action") == "stop":
        work.stop_job(job_id)
    elif request.form.get("action") == "go on":
        work.go_on(job_id)
    return redirect(url_for("work.show", job_id=job_id), 303)
