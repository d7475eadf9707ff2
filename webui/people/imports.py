"""Import: choose a file, look at what was understood, put it in, see what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask import Flask, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.people import columns, encodings
from gateway.services.people import imports as importing
from gateway.services.people.columns import Sheet
from gateway.services.people.import_rows import CheckedRows, ImportPlan
from gateway.services.people.text_files import BadFile
from gateway.store.people import imports
from gateway.text import clean
from gateway.text.refusal import FieldError, Refused
from webui.page.current import author, box
from webui.page.once import once
from webui.people.people import blueprint

SHOWN_PROBLEMS = 50
SHOWN_CELLS = 3
LARGEST_UPLOAD = importing.MOST_OCTETS + 64 * 1024  # and the form around it


def init_app(app: Flask) -> None:
    """Before anything reads the form: this one may be larger than all the others."""
    app.before_request_funcs.setdefault(None, []).insert(0, _allow_more)


def _allow_more() -> None:
    if request.endpoint == "people.upload":
        request.max_content_length = LARGEST_UPLOAD


@blueprint.get("/people/import")
def choose_file() -> str:
    return _choose_page()


@blueprint.post("/people/import")
@once
def upload() -> BaseResponse | str:
    file = request.files.get("file")
    if file is None or not file.filename:
        return make_response(_choose_page([FieldError("file", "Choose a file first.")]), 400)
    try:
        with file.stream as stream:  # a large one is a temporary file
            kept = box().importing.upload(file.filename, stream.read(), author())
    except Refused as e:
        return make_response(_choose_page(e.errors), 400)
    return redirect(url_for("people.one_import", import_id=kept), 303)


def _choose_page(errors: Iterable[FieldError] = ()) -> str:
    return render_template(
        "people/import.html",
        errors={e.field: e.words for e in errors},
        most=importing.MOST_OCTETS >> 20,
        kept=imports.newest(),
    )


@blueprint.get("/people/import/<id:import_id>")
def one_import(import_id: int) -> str:
    """The preview, or how far it is, or what became of it."""
    kept = _import_or_404(import_id)
    if kept.state == "new":
        sheet = box().importing.sheet(kept)
        return _preview(kept, sheet, box().importing.guess(sheet))
    work = importing.work_of(import_id)
    return render_template(
        "people/import_done.html",
        kept=kept,
        working=work is not None,
        begun=request.args.get("said") == "begun",
    )


@blueprint.post("/people/import/<id:import_id>")
def go_on(import_id: int) -> BaseResponse | str:
    kept = _import_or_404(import_id)
    action = request.form.get("action")
    here = redirect(url_for("people.one_import", import_id=import_id), 303)
    if action == "forget":
        imports.forget(import_id)
        return redirect(url_for("people.index"), 303)
    if kept.state != "new":
        if action == "resume":
            box().importing.resume(import_id)
        begun = ImportPlan.from_json(kept.plan)
        if action == "start" and _is_other(request.form, begun):
            return redirect(url_for("people.one_import", import_id=import_id, said="begun"), 303)
        return here
    encoding = request.form.get("encoding", "")
    try:
        sheet = box().importing.sheet(kept, encoding)
    except BadFile as e:
        sheet = box().importing.sheet(kept)
        wrong = [FieldError("encoding", str(e))]
        return make_response(_preview(kept, sheet, _plan(request.form, sheet), wrong), 400)
    plan = _plan(request.form, sheet)
    if sheet.encoding != request.form.get("was-read-in", sheet.encoding):
        plan = replace(plan, columns=box().importing.guess(sheet).columns)  # of other words
        return _preview(kept, sheet, plan)  # which nobody has seen yet
    if action != "start":
        return _preview(kept, sheet, plan)
    try:
        box().importing.start(import_id, plan)
    except Refused as e:
        return make_response(_preview(kept, sheet, plan, e.errors), 400)
    return here


def _plan(form: Mapping[str, str], sheet: Sheet) -> ImportPlan:
    return ImportPlan(
        tuple(form.get(f"column-{i}", "") for i in range(len(sheet.header))),
        update=form.get("known") == "update",
        group=clean.line(form.get("group", "")),
        encoding=sheet.encoding,
    )


def _is_other(form: Mapping[str, str], begun: ImportPlan) -> bool:
    """What was chosen is not what has begun."""
    plan = _plan(form, Sheet(begun.columns, (), form.get("encoding") or begun.encoding))
    return plan != begun


@blueprint.get("/people/import/<id:import_id>/rows.csv")
def bad_rows(import_id: int) -> BaseResponse:
    _import_or_404(import_id)
    response = make_response("\ufeff" + "".join(box().importing.bad_file(import_id)))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="not-imported.csv"'
    return response


def _import_or_404(import_id: int) -> imports.ImportInfo:
    kept = imports.get(import_id)
    if kept is None:
        abort(404)
    return kept


def _preview(
    kept: imports.ImportInfo, sheet: Sheet, plan: ImportPlan, errors: Iterable[FieldError] = ()
) -> str:
    said = list(errors) or box().importing.check(sheet, plan)
    looked = CheckedRows() if said else box().importing.look(sheet, plan)
    samples = [_sample(sheet, i) for i in range(len(sheet.header))]
    filled = [i for i, found in enumerate(samples) if found or plan.columns[i]]
    return render_template(
        "people/import_preview.html",
        kept=kept,
        sheet=sheet,
        plan=plan,
        errors={e.field: e.words for e in said},
        looked=looked,
        rows=kept.total or len(sheet.rows),
        problems=looked.bad[:SHOWN_PROBLEMS],
        told=looked.incomplete,
        shown=SHOWN_PROBLEMS,
        encodings=_encodings(kept, sheet),
        samples=samples,
        filled=filled,
        empty=[i for i in range(len(samples)) if i not in filled],
        choices=[_choices(head) for head in sheet.header],
    )


def _sample(sheet: Sheet, index: int) -> list[str]:
    """The first few things in a column."""
    found = (row.cells[index] for row in sheet.rows if len(row.cells) > index)
    return list(dict.fromkeys(filter(None, found)))[:SHOWN_CELLS]


def _choices(head: str) -> list[tuple[str, str]]:
    own = [(columns.OWN + head, f"Own field “{head}”")] if head else []
    if group := columns.in_group(head):
        own.append((group, f"In the group “{group[len(columns.IN_GROUP) :]}”"))
    return [*columns.LABELS.items(), *own]


def _encodings(kept: imports.ImportInfo, sheet: Sheet) -> list[tuple[str, str]]:
    """One alone when the file says it itself."""
    marked = encodings.mark_of(kept.content)[1]
    return [(k, v) for k, v in encodings.CHOICES.items() if not marked or k == sheet.encoding]
