"""The settings of a connection, its PIN, and whether it works: a test SMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.connections import connection_settings
from gateway.services.connections.connection_settings import CREDIT_FIELDS
from gateway.services.connections.connection_status import ConnectionStatus
from gateway.services.connections.options import LIMITS, SWITCHES, ConnectionOptions, is_risky
from gateway.services.credit.credit_settings import TypedCredit
from gateway.services.messages.accept import Refused, WrittenMessage, new_id
from gateway.store.messages import details
from gateway.store.messages.outbox import DuplicateId
from webui.connections import connection_cards
from webui.connections.connections import blueprint as blueprint
from webui.messages.message_rows import DetailView
from webui.page.current import author, box, editor
from webui.page.formats import local
from webui.page.once import TOKEN, id_of

TEXTS = ("name", "number", "centre", *LIMITS, *CREDIT_FIELDS)
TEST_VALID = 600  # seconds that a test SMS waits at most
AGAIN = 2  # seconds between loads of a page without script, while a test is under way


@dataclass(slots=True)
class ConnectionForm:
    """The settings as they stand or as somebody typed them, with what is wrong."""

    values: Mapping[str, str]
    switches: Mapping[str, bool]
    errors: dict[str, str] = field(default_factory=dict)


@blueprint.get("/<id:connection_id>/settings")
def settings(connection_id: int) -> str:
    return _settings(connection_cards.status_of(connection_id))


@blueprint.post("/<id:connection_id>/settings")
def save(connection_id: int) -> BaseResponse | str:
    shown = connection_cards.status_of(connection_id)
    typed = {name: request.form.get(name, "") for name in TEXTS}
    switches = {name: bool(request.form.get(name)) for name in SWITCHES}
    switches["send_roaming"] = not request.form.get("no_roaming")
    wanted = connection_settings.TypedConnection(
        switches=switches if "switches" in request.form else None,
        credit=TypedCredit(**{name: typed[name] for name in CREDIT_FIELDS}),
        **{name: text for name, text in typed.items() if name not in CREDIT_FIELDS},
    )
    try:
        connection_settings.keep(
            connection_id,
            wanted,
            by=editor(),
            country=box().preferences.country(),
            options=_options(),
            checks=connection_cards.credit_checks(),
            events=box().events,
        )
    except Refused as e:
        errors = {found.field: found.words for found in e.errors}
        return make_response(_settings(shown, ConnectionForm(typed, switches, errors)), 422)
    return redirect(url_for("connections.show", connection_id=connection_id, saved=1), 303)


def _settings(shown: ConnectionStatus, form: ConnectionForm | None = None) -> str:
    return render_template(
        "connections/connection_settings.html",
        c=shown,
        form=form or _as_it_stands(shown),
        usual=shown.limits,
        status=box().status.snapshot(),
    )


def _as_it_stands(shown: ConnectionStatus) -> ConnectionForm:
    found = connection_settings.standing(shown.info)
    values = {
        name: getattr(found.credit if name in CREDIT_FIELDS else found, name) for name in TEXTS
    }
    return ConnectionForm(values, found.switches or {})


# PIN -------------------------------------------------------------------------------------------


@blueprint.get("/<id:connection_id>/pin")
def pin(connection_id: int) -> str:
    return _pin(connection_cards.status_of(connection_id))


@blueprint.post("/<id:connection_id>/pin")
def enter_pin(connection_id: int) -> BaseResponse | str:
    shown = connection_cards.status_of(connection_id)
    typed, sure = request.form.get("pin", ""), bool(request.form.get("sure"))
    try:
        if request.form.get("action") == "forget":
            _options().set_pin(connection_id, "", by=editor())
        else:
            _options().enter_pin(shown.info, typed, by=editor(), sure=sure)
    except Refused as e:
        return make_response(_pin(shown, {found.field: found.words for found in e.errors}), 422)
    return redirect(url_for("connections.show", connection_id=connection_id, saved=1), 303)


def _pin(shown: ConnectionStatus, errors: Mapping[str, str] | None = None) -> str:
    return render_template(
        "connections/pin.html",
        c=shown,
        errors=errors or {},
        risky=is_risky(shown.info),
        left=shown.info.pin_tries,
        status=box().status.snapshot(),
    )


def _options() -> ConnectionOptions:
    found = box().options
    assert found is not None
    return found


# test SMS --------------------------------------------------------------------------------------


@blueprint.get("/<id:connection_id>/test")
def test(connection_id: int) -> str:
    shown = connection_cards.status_of(connection_id)
    now = local(box().clock.now())
    text = f"Test of {shown.info.name}, {now:%H:%M}"
    values = {"to": shown.info.number, "text": text, "token": new_id()}
    return _test(shown, values, told=request.args.get("sent", ""))


@blueprint.post("/<id:connection_id>/test")
def send_test(connection_id: int) -> BaseResponse | str:
    shown = connection_cards.status_of(connection_id)
    values = {name: request.form.get(name, "") for name in ("to", "text", "token")}
    if not TOKEN.fullmatch(values["token"]):
        values["token"] = new_id()
    draft = WrittenMessage(
        recipients=values["to"],
        text=values["text"],
        connection_id=connection_id,
        client_id=id_of(values["token"], values["to"], values["text"], connection_id),
        ttl_seconds=TEST_VALID,
    )
    try:
        if len(box().messaging.recipients(values["to"]).numbers) > 1:
            words = "A test goes to one number only."
            return make_response(_test(shown, values, {"to": words}), 422)
        box().messaging.send(draft, author=author(), origin="page")
    except DuplicateId:
        pass  # a second click
    except Refused as e:
        names = {"recipients": "to"}
        errors = {names.get(found.field, found.field): found.words for found in e.errors}
        return make_response(_test(shown, values, errors), 422)
    there = url_for("connections.test", connection_id=connection_id, sent=draft.client_id)
    return redirect(there, 303)


def _test(
    shown: ConnectionStatus,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    told: str = "",
) -> str:
    message = details.by_client_id(told) if TOKEN.fullmatch(told) else None
    seen = DetailView.of(message) if message is not None else None
    waits = message is not None and any(
        d.state in ("pending", "sending") for d in message.dispatches
    )
    return render_template(
        "connections/test_sms.html",
        c=shown,
        values=values,
        errors=errors or {},
        seen=seen,
        status=box().status.snapshot(),
        again=AGAIN if waits else 0,
    )
