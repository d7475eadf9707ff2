"""Settings, Backups and room: copies to take away, putting one back, how long messages stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.keeping.keeping import Backup, Keeping, KeepingOptions
from gateway.store.file.database import StoreError
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, whole
from webui.box.settings import SECTIONS, Section
from webui.page.current import author, box, editor

blueprint = Blueprint("keeping", __name__, url_prefix="/settings/backups")
SECTIONS.append(
    Section(
        "keeping.index",
        "Backups and room",
        "Copies of everything, putting one back, how long messages are kept",
    )
)
LARGEST_FORM = 4 << 20  # octets in one request; the script sends larger files in pieces
LARGEST_PIECE = 1 << 20
LARGEST_FILE = 4 << 30
KINDS = {
    "daily": "Daily",
    "settings": "Settings and people only",
    "by-hand": "Made by hand",
    "uploaded": "Brought here",
    "before-restore": "Before a backup was put back",
    "damaged": "Damaged, kept for an expert",
}
NUMBERS = ("keep_days", "delete_after_days", "delete_above_mb")


def init_app(app: Flask) -> None:
    """Before anything reads the form: these may be larger than all the others."""
    app.before_request_funcs.setdefault(None, []).insert(0, _allow_more)


def _allow_more() -> None:
    if request.endpoint == "keeping.upload":
        request.max_content_length = LARGEST_FORM + 64 * 1024
    elif request.endpoint == "keeping.piece":
        request.max_content_length = LARGEST_PIECE


@blueprint.get("")
def index() -> str:
    return _page()


@blueprint.post("")
def save() -> BaseResponse | str:
    typed = {name: request.form.get(name, "").strip() for name in (*NUMBERS, "folder")}
    typed["daily"] = "1" if request.form.get("daily") else ""
    try:
        _keeping().change(_options(typed), editor())
    except Refused as e:
        return make_response(_page(typed, e.errors), 422)
    return redirect(url_for("keeping.index", done="saved"), 303)


@blueprint.post("/make")
def make() -> BaseResponse | str:
    settings_only = request.form.get("kind") == "settings"
    return _try(_keeping().back_up_settings if settings_only else _keeping().back_up, "made")


@blueprint.post("/read")
def read() -> BaseResponse:
    """Somebody has read what the box did to a damaged database."""
    _keeping().acknowledge()
    return redirect(url_for("keeping.index"), 303)


@blueprint.get("/<name>")
def download(name: str) -> Response:
    path = _backup_or_404(name).path
    box().accounts.note(author(), "export", f"the backup {name}")
    response = send_file(path.resolve(), as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<name>/restore")
def ask(name: str) -> BaseResponse | str:
    found = _backup_or_404(name)
    try:
        contents = _keeping().look_into(found)
        returning = _keeping().returning(found)
    except StoreError as e:
        return make_response(_page(trouble=str(e)), 409)
    return render_template(
        "keeping/backup_restore.html",
        backup=found,
        contents=contents,
        kinds=KINDS,
        returning=returning,
    )


@blueprint.post("/<name>/restore")
def restore(name: str) -> BaseResponse | str:
    """What is there now stays among the backups; the service starts again."""
    found = _backup_or_404(name)
    try:
        _keeping().stage(found.path, author(), bring_back=bool(request.form.get("bring_back")))
    except StoreError as e:
        return make_response(_page(trouble=str(e)), 409)
    page = make_response(render_template("keeping/backup_restarting.html"))
    page.headers["Refresh"] = "8; url=/"
    page.call_on_close(_keeping().restart)
    return page


@blueprint.post("/upload")
def upload() -> BaseResponse | str:
    """A file as part of the form, or one that was brought in pieces before."""
    keeping = _keeping()
    file = request.files.get("file")
    if file is not None and file.filename:
        with file.stream:
            file.save(keeping.upload)
    elif not request.form.get("collected") or not keeping.upload.exists():
        words = "Choose a file first."
        return make_response(_page(errors=[FieldError("file", words)]), 422)
    try:
        kept = keeping.take_upload()
    except StoreError as e:
        return make_response(_page(errors=[FieldError("file", str(e))]), 422)
    return redirect(url_for("keeping.ask", name=kept.name), 303)


@blueprint.put("/piece")
def piece() -> tuple[str, int]:
    """The next part of a large file; `offset` 0 begins a new one."""
    offset = request.args.get("offset", type=int)
    data = request.get_data()
    if offset is None or offset < 0 or offset + len(data) > LARGEST_FILE:
        abort(400)
    if not _keeping().collect(offset, data):
        abort(409)
    return "", 204


# what the pages show ---------------------------------------------------------------------------


def _try(act: Callable[[], Path], done: str) -> BaseResponse | str:
    try:
        act()
    except StoreError as e:
        return make_response(_page(trouble=str(e)), 409)
    return redirect(url_for("keeping.index", done=done), 303)


def _page(
    typed: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
    trouble: str = "",
) -> str:
    keeping = _keeping()
    return render_template(
        "keeping/backups.html",
        values=typed or _typed_options(keeping.options()),
        errors={e.field: e.words for e in errors},
        trouble=trouble,
        folder_trouble=keeping.trouble,
        backups=keeping.files(),
        kinds=KINDS,
        mended=keeping.mended,
        done=request.args.get("done"),
    )


def _typed_options(options: KeepingOptions) -> dict[str, str]:
    values = {name: str(getattr(options, name) or "") for name in NUMBERS}
    return values | {"folder": options.folder, "daily": "1" if options.daily else ""}


def _options(typed: Mapping[str, str]) -> KeepingOptions:
    """Raises Refused for what is no number."""
    numbers = {}
    errors = []
    for name in NUMBERS:
        text = typed[name]
        found = whole(text) if text else 0
        if isinstance(found, BadValue):
            errors.append(FieldError(name, "Enter a whole number, or nothing."))
        else:
            numbers[name] = found
    if errors:
        raise Refused(errors)
    return KeepingOptions(daily=bool(typed["daily"]), folder=typed["folder"], **numbers)


def _backup_or_404(name: str) -> Backup:
    found = _keeping().file(name)
    if found is None:
        abort(404)
    return found


def _keeping() -> Keeping:
    found = box().keeping
    assert found is not None  # else this page is not registered
    return found
