"""The first run after the password: the box, its SIMs, a test SMS, the phone. Works without script.

Each step is a page of its own under /setup; its form either saves and goes on, or skips. Where it
stands is kept (gateway.services.box.setup), so that it may be left and gone on with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.config import Config
from gateway.decisions.credit_codes import suggestion
from gateway.services.box.setup import STEPS, Setup
from gateway.services.connections.names import set_identity
from gateway.services.connections.status import ModemStatus
from gateway.services.credit.credit import TypedCredit
from gateway.services.messages.accept import FieldError, Refused, WrittenMessage
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.credit import credit
from gateway.store.file.audit import Editor
from gateway.store.messages import details
from webui.box.phone_link import phone_link
from webui.box.settings import zones
from webui.page.arguments import an_id
from webui.page.current import author, box, editor
from webui.page.words import STATES
from webui.people.countries import countries

blueprint = Blueprint("setup", __name__, url_prefix="/setup")
TITLES = {"box": "This box", "sims": "SIM cards", "test": "Test SMS", "phone": "Your phone"}
AGAIN = 3  # seconds until a page that waits for a modem loads again
SAFE_TRIES = 3  # PIN tries that a fresh SIM has


@dataclass(frozen=True, slots=True)
class SetupModem:
    """A modem that was found, with the SIM in it."""

    modem: ModemStatus
    info: ConnectionInfo | None
    number: str
    code: str
    suggestion: str

    @property
    def asks_for_pin(self) -> bool:
        return self.modem.state == "sim_locked" and self.info is not None

    @property
    def risky(self) -> bool:
        tries = self.info.pin_tries if self.info else None
        return tries is not None and tries < SAFE_TRIES


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
    for entry in _setup_modems():
        if entry.info is None:
            continue
        mark = entry.info.connection_id
        if entry.asks_for_pin:
            unlocking |= _unlock(entry, mark, by, errors)
        elif f"number-{mark}" in request.form:
            _keep(entry, mark, by, errors)
    if errors:
        return make_response(_sims_page(request.form, errors), 422)
    if unlocking:
        return redirect(url_for("setup.sims", unlocking=1), 303)
    Setup().did("sims")
    return _to("test")


def _unlock(entry: SetupModem, mark: int, by: Editor, errors: dict[str, str]) -> bool:
    """Whether a PIN was given and will be tried."""
    pin, options = request.form.get(f"pin-{mark}", "").strip(), box().options
    if not pin or options is None:
        return False
    sure = bool(request.form.get(f"sure-{mark}"))
    if entry.risky and not sure:
        words = "Confirm that you know the PIN: a wrong one may block the SIM."
        errors[f"pin-{mark}"] = words
        return False
    try:
        options.set_pin(mark, pin, by=by, despite_few_tries=sure)
    except Refused as e:
        errors[f"pin-{mark}"] = str(e)
        return False
    return True


def _keep(entry: SetupModem, mark: int, by: Editor, errors: dict[str, str]) -> None:
    assert entry.info is not None
    name = request.form.get(f"name-{mark}", entry.info.name)
    number, code = request.form.get(f"number-{mark}", ""), request.form.get(f"code-{mark}", "")
    country = box().preferences.country()
    try:
        set_identity(
            mark,
            name,
            number,
            country=country,
            events=box().events,
            by=by,
        )
    except Refused as e:
        errors.update({f"{found.field}-{mark}": found.words for found in e.errors})
    service = box().credit
    if service is None or code.strip() == entry.code:
        return
    settings = service.status(mark).settings
    typed = {f: getattr(settings, f) for f in ("pattern", "every_hours", "after_sms")}
    limits = {f: getattr(settings, f) for f in ("warn_below", "hold_below")}
    given = {k: str(v) if v else "" for k, v in typed.items()}
    given |= {k: "" if v is None else str(v) for k, v in limits.items()}
    try:
        service.set_settings(mark, TypedCredit(code=code, **given), by)
    except Refused as e:
        errors[f"code-{mark}"] = str(e)


def _setup_modems() -> list[SetupModem]:
    known = {c.connection_id: c for c in connections.all_connections()}
    found = []
    for modem in sorted(box().status.snapshot().modems, key=lambda one: one.name):
        info = known.get(modem.connection_id) if modem.connection_id is not None else None
        settings = credit.settings_of(info.connection_id) if info else None
        offered = suggestion(info.imsi) if info else ""
        code = settings.code if settings else ""
        found.append(SetupModem(modem, info, info.number if info else "", code, offered))
    return found


def _sims_page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    modems = _setup_modems()
    waits = any(entry.modem.level.value == "busy" for entry in modems) or not modems
    status = box().status.snapshot()
    return _page(
        "sims",
        modems=modems,
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
