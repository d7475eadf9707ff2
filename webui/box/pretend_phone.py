"""The pretend phone: write to the box as if from a handset, and see what it answers.

Registered in simulation only.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages.accept import tidy
from gateway.services.people.numbers import normalise
from gateway.sms import Address, EncodeError, TypeOfNumber
from webui.page.current import box

if TYPE_CHECKING:
    from gateway.simnet import Network

blueprint = Blueprint("phone", __name__)
DEFAULT_NUMBER = "+447700900123"  # a range that Ofcom keeps free for films and examples

MOST = 50  # messages of a conversation that are shown


@blueprint.get("/phone")
def phone() -> str:
    return _page(request.args.get("number", DEFAULT_NUMBER), "", {})


@blueprint.post("/phone")
def write() -> BaseResponse:
    number, text = request.form.get("number", ""), tidy(request.form.get("text", ""))
    target = request.form.get("to", "")
    calls = request.form.get("action") == "call"
    errors: dict[str, str] = {}
    own = _own(number)
    if own is None:
        errors["number"] = "Enter one phone number, or a name such as BANK, for the pretend phone."
    elif calls and not own.startswith("+"):
        errors["number"] = "Only a phone number can call."
    if not calls and not text.strip():
        errors["text"] = "Write a message."
    if target not in _box_numbers():
        errors["to"] = "Choose one of the box's numbers."
    if own is not None and calls and not errors:
        rings = _network().phone_call(own, target)
        return redirect(url_for("phone.phone", number=own, called=1 if rings else None), 303)
    if own is not None and not errors:
        try:
            _network().phone_send(own, target, text)
        except EncodeError:
            errors["text"] = "The message is too long."
    if errors:
        return make_response(_page(number, text, errors), 400)
    return redirect(url_for("phone.phone", number=own), 303)


@blueprint.get("/phone/talk")
def talk() -> BaseResponse:
    html = _talk(request.args.get("number", DEFAULT_NUMBER))
    response = make_response(html)
    response.set_etag(hashlib.sha256(html.encode()).hexdigest()[:16])
    return response.make_conditional(request)


def _network() -> Network:
    network = box().phone
    if network is None:
        abort(404)
    return network


def _box_numbers() -> list[str]:
    return [modem.number for modem in _network().modems]


def _own(typed: str) -> str | None:
    """A number, or a name as companies and banks have them; None when it is neither."""
    found = normalise(typed.strip(), box().preferences.country())
    if isinstance(found, str):
        return found
    try:
        name = Address.parse(typed.strip())
    except EncodeError:
        return None
    return (
        name.value if name.ton == TypeOfNumber.ALPHANUMERIC and name.value[:1].isalpha() else None
    )


def _page(number: str, text: str, errors: dict[str, str]) -> str:
    own = _own(number)
    return render_template(
        "box/phone.html",
        number=own or number,
        text=text,
        errors=errors,
        to=request.form.get("to", ""),
        called=request.args.get("called"),
        box_numbers=_box_numbers(),
        talk=_talk(own or number),
    )


def _talk(number: str) -> str:
    return render_template("messages/_talk.html", messages=_network().conversation(number)[-MOST:])
