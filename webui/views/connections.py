"""The connections: what each SIM does, its name and number, its credit, and USSD by hand.

Registered where the box has a credit service. Everything works without script; a page on which
something is being asked loads itself again until the answer is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.credit import Credit, CreditStatus, Typed, amount
from gateway.services.messaging import Refused
from gateway.services.naming import set_identity
from gateway.services.status import Level, ModemStatus
from gateway.services.ussd import State, Ussd, UssdError
from gateway.store import connections, credit
from gateway.store.connections import ConnectionInfo
from webui import chart
from webui.current import box
from webui.words import full, local

blueprint = Blueprint("connections", __name__, url_prefix="/connections")
PATIENCE = 8.0  # seconds that a request waits for the network before the page reloads by itself
AGAIN = 2  # seconds between those loads
POINTS = 100  # balances in the chart
SHOWN = 20  # answers in the list


@dataclass(frozen=True, slots=True)
class Shown:
    """A connection, the modem that carries it (None: none does), and its credit."""

    info: ConnectionInfo
    modem: ModemStatus | None
    credit: CreditStatus

    @property
    def id(self) -> int:
        return self.info.connection_id

    @property
    def level(self) -> str:
        return self.modem.level.value if self.modem else Level.BAD.value

    @property
    def words(self) -> str:
        if self.modem is None:
            return "Its SIM is in no modem"
        return self.modem.words

    @property
    def advice(self) -> str:
        return self.modem.advice if self.modem else ""

    @property
    def balance(self) -> str:
        return amount(self.credit.read) if self.credit.read else ""

    @property
    def unread(self) -> bool:
        """Whether the last answer is newer than the last balance."""
        last, read = self.credit.last, self.credit.read
        return last is not None and (read is None or last.at > read.at)


@dataclass(slots=True)
class Form:
    """The settings as they stand or as somebody typed them, with what is wrong."""

    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)


@blueprint.app_context_processor
def _globals() -> dict[str, object]:
    """The navigation asks whether there is such a page."""
    return {"has_connections": "connections" in current_app.blueprints}


@blueprint.get("")
def index() -> str:
    shown = _all()
    return render_template(
        "connections.html",
        connections=shown,
        charts={s.id: _chart(s) for s in shown},
        status=box().status.snapshot(),
        again=AGAIN if any(s.credit.checking for s in shown) else 0,
    )


@blueprint.get("/<id:connection_id>")
def one(connection_id: int) -> str:
    return _page(_one(connection_id))


@blueprint.post("/<id:connection_id>/check")
def check(connection_id: int) -> BaseResponse:
    shown = _one(connection_id)
    try:
        _credit().check_now(connection_id)
    except UssdError as e:
        return make_response(_page(shown, trouble=str(e)), 409)
    _credit().wait(connection_id, PATIENCE)
    return redirect(url_for("connections.one", connection_id=connection_id), 303)


@blueprint.get("/<id:connection_id>/settings")
def settings(connection_id: int) -> str:
    return _settings(_one(connection_id))


@blueprint.post("/<id:connection_id>/settings")
def save(connection_id: int) -> BaseResponse | str:
    shown = _one(connection_id)
    typed = {name: request.form.get(name, "") for name in ("name", "number", *_names())}
    errors: dict[str, str] = {}

    def keep(action: Callable[[], None]) -> None:
        try:
            action()
        except Refused as e:
            errors.update({found.field: found.words for found in e.errors})

    watch = Typed(**{name: typed[name] for name in _names()})
    keep(lambda: _name(connection_id, typed["name"], typed["number"]))
    keep(lambda: _credit().set_watch(connection_id, watch))
    if errors:
        return make_response(_settings(shown, Form(typed, errors)), 422)
    here = url_for("connections.one", connection_id=connection_id, saved=1)
    return redirect(here, 303)


@blueprint.get("/<id:connection_id>/ussd")
def dialogue(connection_id: int) -> str:
    return _dialogue(_one(connection_id))


@blueprint.post("/<id:connection_id>/ussd")
def ask(connection_id: int) -> BaseResponse | str:
    """Ask for a code; with "topup" the answer goes into the credit's history."""
    code = request.form.get("code", "")
    if request.form.get("action") == "topup":
        return _act(connection_id, lambda: _credit().top_up(connection_id, code), code)
    return _act(connection_id, lambda: _ussd().request(connection_id, code), code)


@blueprint.post("/<id:connection_id>/ussd/choose")
def choose(connection_id: int) -> BaseResponse | str:
    choice = request.form.get("choice", "")
    return _act(connection_id, lambda: _ussd().choose(connection_id, choice))


@blueprint.post("/<id:connection_id>/ussd/cancel")
def cancel(connection_id: int) -> BaseResponse | str:
    return _act(connection_id, lambda: _ussd().cancel(connection_id))


# what the pages show ---------------------------------------------------------------------------


def _act(connection_id: int, action: Callable[[], None], code: str = "") -> BaseResponse | str:
    """Do it, wait a little for the network, and show where the dialogue stands."""
    shown = _one(connection_id)
    try:
        action()
    except UssdError as e:
        return make_response(_dialogue(shown, code, str(e)), 409)
    _ussd().wait(connection_id, PATIENCE)
    return redirect(url_for("connections.dialogue", connection_id=connection_id), 303)


def _page(shown: Shown, trouble: str = "") -> str:
    answers = credit.history(shown.id, SHOWN)
    return render_template(
        "connection.html",
        c=shown,
        chart=_chart(shown),
        answers=answers,
        trouble=trouble,
        saved=bool(request.args.get("saved")),
        status=box().status.snapshot(),
        again=AGAIN if shown.credit.checking else 0,
    )


def _settings(shown: Shown, form: Form | None = None) -> str:
    return render_template(
        "connection_settings.html",
        c=shown,
        form=form or _as_it_stands(shown),
        status=box().status.snapshot(),
    )


def _dialogue(shown: Shown, code: str = "", trouble: str = "") -> str:
    held = _ussd().dialogue(shown.id)
    asking = held is not None and held.state is State.ASKING
    return render_template(
        "ussd.html",
        c=shown,
        dialogue=held,
        code=code,
        trouble=trouble,
        status=box().status.snapshot(),
        again=AGAIN if asking and not trouble else 0,
    )


def _as_it_stands(shown: Shown) -> Form:
    watch = shown.credit.watch
    values = {"name": shown.info.name, "number": shown.info.number}
    for name in _names():
        value = getattr(watch, name)
        values[name] = "" if value is None or (value == 0 and name in COUNTS) else str(value)
    return Form(values)


COUNTS = ("every_hours", "after_sms")


def _names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Typed))


def _chart(shown: Shown) -> Markup:
    read = [c for c in credit.history(shown.id, POINTS) if c.balance is not None][::-1]
    points = [(c.at, c.balance) for c in read if c.balance is not None]
    if len(points) < 2:
        return Markup("")
    low, high = min(b for _, b in points), max(b for _, b in points)
    sign = read[-1].currency
    since = full(local(points[0][0]))
    title = f"Credit since {since}: from {low} to {high} {sign}, now {points[-1][1]} {sign}"
    return chart.balances(points, title)


def _all() -> list[Shown]:
    modems = {m.connection_id: m for m in box().status.snapshot().modems}
    return [
        Shown(info, modems.get(info.connection_id), _credit().status(info.connection_id))
        for info in connections.all_connections()
    ]


def _one(connection_id: int) -> Shown:
    info = connections.get(connection_id)
    if info is None:
        abort(404)
    modems = {m.connection_id: m for m in box().status.snapshot().modems}
    return Shown(info, modems.get(connection_id), _credit().status(connection_id))


def _name(connection_id: int, name: str, number: str) -> None:
    country = box().preferences.country()
    set_identity(connection_id, name, number, country=country, events=box().events)


def _credit() -> Credit:
    found = box().credit
    assert found is not None  # else this page is not registered
    return found


def _ussd() -> Ussd:
    found = box().ussd
    assert found is not None
    return found
