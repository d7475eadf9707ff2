"""The connections: what each SIM does, its work, its credit, and USSD by hand.

Registered where the box has a credit service. Everything works without script; a page on which
something is being asked loads itself again until the answer is there.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.connections.connection_status import ConnectionStatus, duration
from gateway.services.credit.ussd import DialogueState, UssdDialogues, UssdError
from gateway.store.credit import credit
from webui.connections import connection_cards
from webui.connections.connection_cards import credit_checks
from webui.page.current import box

blueprint = Blueprint("connections", __name__, url_prefix="/connections")
PATIENCE = 8.0  # seconds that a request waits for the network before the page reloads by itself
AGAIN = 2  # seconds between those loads
SHOWN = 20  # answers in the list


@blueprint.app_context_processor
def _globals() -> dict[str, object]:
    """The navigation asks whether there is such a page."""
    return {"has_connections": "connections" in current_app.blueprints}


@blueprint.get("")
def index() -> str:
    found = box().connections.overview()
    shown = found.connections
    return render_template(
        "connections/connections.html",
        connections=shown,
        charts={s.id: connection_cards.credit_chart(s) for s in shown},
        status=found.status,
        others=found.others,
        shared=found.shared,
        shared_takes="" if found.shared_seconds is None else duration(found.shared_seconds),
        warning=box().rules.warning(),
        again=AGAIN if any(s.credit.checking for s in shown) else 0,
    )


@blueprint.get("/<id:connection_id>")
def show(connection_id: int) -> str:
    return _page(connection_cards.status_of(connection_id))


@blueprint.post("/<id:connection_id>/check")
def check(connection_id: int) -> BaseResponse:
    shown = connection_cards.status_of(connection_id)
    try:
        credit_checks().check_now(connection_id)
    except UssdError as e:
        return make_response(_page(shown, trouble=str(e)), 409)
    credit_checks().wait(connection_id, PATIENCE)
    return redirect(url_for("connections.show", connection_id=connection_id), 303)


@blueprint.post("/<id:connection_id>/let-go")
def let_go(connection_id: int) -> BaseResponse:
    """A person has looked after a SIM that the network refused."""
    connection_cards.status_of(connection_id)
    if (options := box().options) is not None:
        options.let_go(connection_id)
    return redirect(url_for("connections.show", connection_id=connection_id), 303)


@blueprint.get("/<id:connection_id>/ussd")
def dialogue(connection_id: int) -> str:
    return _dialogue(connection_cards.status_of(connection_id))


@blueprint.post("/<id:connection_id>/ussd")
def ask(connection_id: int) -> BaseResponse | str:
    """Ask for a code; with "topup" the answer goes into the credit's history."""
    code = request.form.get("code", "")
    if request.form.get("action") == "topup":
        return _act(connection_id, lambda: credit_checks().top_up(connection_id, code), code)
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
    shown = connection_cards.status_of(connection_id)
    try:
        action()
    except UssdError as e:
        return make_response(_dialogue(shown, code, str(e)), 409)
    _ussd().wait(connection_id, PATIENCE)
    return redirect(url_for("connections.dialogue", connection_id=connection_id), 303)


def _page(shown: ConnectionStatus, trouble: str = "") -> str:
    return render_template(
        "connections/connection.html",
        c=shown,
        chart=connection_cards.credit_chart(shown),
        answers=credit.history(shown.id, SHOWN),
        trouble=trouble,
        leaving=box().sims.leaving(shown.id) if not shown.up else None,
        saved=bool(request.args.get("saved")),
        moved=request.args.get("moved", type=int),
        status=box().status.snapshot(),
        again=AGAIN if shown.credit.checking else 0,
    )


def _dialogue(shown: ConnectionStatus, code: str = "", trouble: str = "") -> str:
    held = _ussd().dialogue(shown.id)
    asking = held is not None and held.state is DialogueState.ASKING
    return render_template(
        "connections/ussd.html",
        c=shown,
        dialogue=held,
        code=code,
        trouble=trouble,
        status=box().status.snapshot(),
        again=AGAIN if asking and not trouble else 0,
    )


def _ussd() -> UssdDialogues:
    found = box().ussd
    assert found is not None
    return found
