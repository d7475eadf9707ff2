"""Settings: a page that lists the sections, and the general ones of the box itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.services.messages.accept import Refused
from webui.box.phone_link import phone_link
from webui.page.current import box, editor
from webui.people.countries import countries

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@dataclass(frozen=True, slots=True)
class Section:
    """A line of the Settings page."""

    endpoint: str
    title: str
    words: str  # what is decided there


# In the order in which people meet them; a section's view adds its own line here.
SECTIONS: list[Section] = [
    Section("sessions.own", "Your account", "Your password, and where you are signed in"),
    Section("settings.general", "This box", "Its name, its country and its time zone"),
    Section("clock.page", "The clock", "Whether it is right, and how late may be sent"),
    Section("settings.phone", "Open this box on a phone", "Its address as a QR code"),
    Section("users.index", "Users", "Who may use the box, and what they may do"),
    Section("sessions.index", "Sessions", "Which browsers are signed in, and signing them out"),
    Section("programs.index", "Programs", "Tokens with which other programs use the box"),
    Section("setup.index", "Set up", "The steps of the first run once more"),
    Section("kept.deleted", "Deleted messages", "Whether they are deleted for good by themselves"),
    Section(
        "kept.audit", "Audit list", "Who signed in, and who deleted, resent or set what, and when"
    ),
]


@blueprint.get("")
def index() -> str:
    return render_template("box/settings.html", sections=SECTIONS)


@blueprint.get("/general")
def general() -> str:
    chosen = box().preferences
    values = {"name": chosen.name(), "country": chosen.country(), "zone": chosen.zone_name()}
    return _page(values, {})


@blueprint.post("/general")
def save() -> BaseResponse | str:
    values = {name: request.form.get(name, "") for name in ("name", "country", "zone")}
    try:
        box().preferences.change(**values, by=editor())
    except Refused as e:
        errors = {found.field: found.words for found in e.errors}
        return make_response(_page(values, errors), 422)
    return redirect(url_for("settings.general", saved=1), 303)


@blueprint.get("/phone")
def phone() -> str:
    return render_template("box/settings_phone.html", link=phone_link())


def _page(values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "box/settings_general.html",
        values=values,
        errors=errors,
        countries=countries(),
        zones=zones(),
        saved=bool(request.args.get("saved")),
    )


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """IANA names that people know: of a region, not technical ones such as Etc/GMT+3."""
    regions = (z for z in available_timezones() if "/" in z and not z.startswith("Etc/"))
    return ("UTC", *sorted(regions))
