"""The first run after the password: the box, its SIMs, a test SMS, the phone. Works without script.

Each step is a page of its own under /setup; its form either saves and goes on, or skips. Where it
stands is kept (gateway.services.box.setup), so that it may be left and gone on with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.config import Config
from gateway.services.box.setup import STEPS, Setup
from gateway.services.connections.connection_settings import standing
from gateway.services.connections.connection_status import ConnectionStatus
from gateway.services.connections.names import set_identity
from gateway.services.connections.options import is_risky
from gateway.services.connections.status import Level, ModemStatus
from gateway.services.messages.accept import FieldError, Refused, WrittenMessage
from gateway.store.file.audit import Editor
from gateway.store.messages import details
from webui.box.phone_link import phone_link
from webui.box.settings import zones
from webui.page.arguments import an_id
from webui.page.current import author, box, editor
from webui.page.formats import STATES
from webui.people.countries import countries

blueprint = Blueprint("setup", __name__, url_prefix="/setup")
TITLES = {"box": "This box", "sims": "SIM cards", "test": "Test SMS", "phone": "Your phone"}
AGAIN = 3  # seconds until a page that waits for a modem loads again
LOCKED = "sim_locked"  # state of a modem whose SIM asks for its PIN


@blueprint.get("")
def index() -> BaseResponse:
    """Where it was left."""
    return _to(Setup().progress().next)


@blueprint.post("/finish")
def finish() -> BaseResponse:
    Setup().finish()
    return redirect(url_for("inbox.view"), 303)


@blueprint.post("/<any(box, sims, test):step>/skip")
def skip(step: str) -> BaseResponse:
    Setup().did(step)
    return _to(_after(step))


# this box ---------------------------------------------------------------------------------------


@blueprint.get("/box")
def about_box() -> str:
    chosen = box().preferences
    return _box_page(
        {"name": chosen.name(), "country": chosen.country(), "zone": chosen.zone_name()}
    )


@blueprint.post("/box")
def save_box() -> BaseResponse:
    values = {name: request.form.get(name, "") for name in ("name", "country", "zone")}
    try:
        box().preferences.change(**values, by=editor())
    except Refused as e:
        return make_response(_box_page(values, _by_field(e)), 422)
    Setup().did("box")
    return _to("sims")


def _box_page(values: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    fresh = "box" not in Setup().progress().done
    return _page(
        "box",
        values=values,
        errors=errors or {},
        countries=countries(),
        zones=zones(),
        guess=fresh and not errors and box().config.country == Config().country,
    )


# SIM cards --------------------------------------------------------------------------------------


@blueprint.get("/sims")
def sims() -> str:
    return _sims_page({}, {})


@blueprint.post("/sims")
def save_sims() -> BaseResponse:
    """All modems in one form; what is right is kept even where something else is wrong."""
    errors: dict[str, str] = {}
    by = editor()
    unlocking = False
    for modem, connection in _modems():
        if connection is None:
            continue
        if modem.state == LOCKED:
            unlocking |= _unlock(connection, by, errors)
        elif f"number-{connection.id}" in request.form:
            _keep(connection, by, errors)
    if errors:
        return make_response(_sims_page(request.form, errors), 422)
    if unlocking:
        return redirect(url_for("setup.sims", unlocking=1), 303)
    Setup().did("sims")
    return _to("test")


def _unlock(connection: ConnectionStatus, by: Editor, errors: dict[str, str]) -> bool:
    """Whether a PIN was given and will be tried."""
    mark, options = connection.id, box().options
    pin = request.form.get(f"pin-{mark}", "").strip()
    if not pin or options is None:
        return False
    sure = bool(request.form.get(f"sure-{mark}"))
    if is_risky(connection.info) and not sure:
        words = "Confirm that you know the PIN: a wrong one may block the SIM."
        errors[f"pin-{mark}"] = words
        return False
    try:
        options.set_pin(mark, pin, by=by, despite_few_tries=sure)
    except Refused as e:
        errors[f"pin-{mark}"] = str(e)
        return False
    return True


def _keep(connection: ConnectionStatus, by: Editor, errors: dict[str, str]) -> None:
    mark = connection.id
    name = request.form.get(f"name-{mark}", connection.info.name)
    number, code = request.form.get(f"number-{mark}", ""), request.form.get(f"code-{mark}", "")
    country = box().preferences.country()
    try:
        set_identity(mark, name, number, country=country, events=box().events, by=by)
    except Refused as e:
        errors.update({f"{found.field}-{mark}": found.words for found in e.errors})
    checks = box().credit
    if checks is None or code.strip() == connection.credit.settings.code:
        return
    try:
        checks.set_settings(mark, replace(standing(connection.info).credit, code=code), by)
    except Refused as e:
        errors[f"code-{mark}"] = str(e)


def _modems() -> list[tuple[ModemStatus, ConnectionStatus | None]]:
    """All that were found, with the connection of the SIM in it, as far as that is known."""
    found = box().connections.overview()
    modems = sorted(found.status.modems, key=lambda modem: modem.name)
    return [(m, found.connection(m.connection_id) if m.connection_id else None) for m in modems]


def _sims_page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    modems = _modems()
    waits = any(modem.level is Level.BUSY for modem, _ in modems) or not modems
    status = box().status.snapshot()
    return _page(
        "sims",
        modems=modems,
        locked=LOCKED,
        is_risky=is_risky,
        typed=typed,
        errors=errors,
        findings=[f.words for f in status.findings if f.serious],
        unlocking=bool(request.args.get("unlocking")),
        again=AGAIN if (waits or request.args.get("unlocking")) and not errors else 0,
    )


# test SMS ---------------------------------------------------------------------------------------


@blueprint.get("/test")
def test() -> str:
    return _test_page({}, {}, an_id(request.args.get("message")))


@blueprint.post("/test")
def send_test() -> BaseResponse:
    number = request.form.get("number", "")
    chosen = an_id(request.form.get("connection"))
    draft = WrittenMessage(
        recipients=number,
        text=f"This is a test from {box().preferences.name()}. It works.",
        connection_id=chosen,
    )
    found = box().messaging.recipients(number)
    if len(found.numbers) > 1:
        return make_response(_test_page(request.form, {"number": "Enter one number only."}), 422)
    try:
        accepted = box().messaging.send(draft, author=author(), origin="page")
    except Refused as e:
        said = str(e)
        return make_response(_test_page(request.form, {"number": said}), 422)
    return redirect(url_for("setup.test", message=accepted.message_id), 303)


def _test_page(
    typed: Mapping[str, str], errors: Mapping[str, str], message_id: int | None = None
) -> str:
    sent = details.get(message_id) if message_id else None
    dispatch = sent.dispatches[0] if sent and sent.dispatches else None
    under_way = dispatch is not None and dispatch.state in ("pending", "sending", "scheduled")
    return _page(
        "test",
        typed=typed,
        errors=errors,
        ready=[m for m in box().status.snapshot().modems if m.state == "ready"],
        why=box().status.snapshot().why_nothing_goes_out,
        dispatch=dispatch,
        said=STATES[dispatch.state] if dispatch else None,
        again=AGAIN if under_way else 0,
    )


@blueprint.post("/test/done")
def test_done() -> BaseResponse:
    Setup().did("test")
    return _to("phone")


# phone ------------------------------------------------------------------------------------------


@blueprint.get("/phone")
def phone() -> str:
    return _page("phone", link=phone_link())


# what the steps share ---------------------------------------------------------------------------


def _page(step: str, **values: object) -> str:
    progress = Setup().progress()
    steps = [{"name": name, "title": TITLES[name], "done": name in progress.done} for name in STEPS]
    return render_template(
        f"box/setup_{step}.html", step=step, steps=steps, begun=progress.open, **values
    )


def _to(step: str) -> BaseResponse:
    where = {"box": "setup.about_box", "sims": "setup.sims", "test": "setup.test"}
    return redirect(url_for(where.get(step, "setup.phone")), 303)


def _after(step: str) -> str:
    if step not in STEPS:
        abort(404)
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def _by_field(refused: Refused) -> dict[str, str]:
    errors: list[FieldError] = list(refused.errors)
    return {found.field: found.words for found in errors}
