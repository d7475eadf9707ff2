"""All that a person sets for a connection in one form: either all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from gateway.events import ConnectionChanged, Events
from gateway.services.connections import names
from gateway.services.connections.options import (
    BAD_CENTRE,
    LIMITS,
    MOST,
    SWITCHES,
    UNKNOWN,
    ConnectionOptions,
)
from gateway.services.credit.credit import CreditChecks
from gateway.services.credit.credit_settings import TypedCredit, read_settings
from gateway.services.people.numbers import service_centre
from gateway.services.sending.ledger import CENTRE
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.credit import credit as credit_store
from gateway.store.credit.credit import CreditSettings
from gateway.store.file import audit, database, settings
from gateway.store.file.audit import Editor
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import BadValue, whole

COUNTS = ("every_hours", "after_sms")  # 0 is shown as nothing


@dataclass(frozen=True, slots=True)
class TypedConnection:
    """As somebody typed it. `switches` is None where the form had none: they stay as they are."""

    name: str = ""
    number: str = ""
    switches: dict[str, bool] | None = None  # options.SWITCHES
    per_minute: str = ""  # "" = the box's default, "0" = no limit
    per_hour: str = ""
    per_day: str = ""
    centre: str = ""  # "" = as the SIM knows it
    credit: TypedCredit = field(default_factory=TypedCredit)


def centre_of(connection_id: int) -> str:
    """The service centre as the SIM told or as a person entered it; "" when not known."""
    return str(settings.get(f"{CENTRE}{connection_id}", ""))


def standing(info: ConnectionInfo) -> TypedConnection:
    """The settings as they are, in the words of whoever types them."""
    credit_settings = credit_store.settings_of(info.connection_id)
    words = {name: getattr(credit_settings, name) for name in CREDIT_FIELDS}
    words |= {name: words[name] or None for name in COUNTS}
    return TypedConnection(
        info.name,
        info.number,
        {name: getattr(info, name) for name in SWITCHES},
        centre=centre_of(info.connection_id),
        credit=TypedCredit(**{name: _text(value) for name, value in words.items()}),
        **{name: _text(getattr(info, name)) for name in LIMITS},
    )


def changed(info: ConnectionInfo, changes: Mapping[str, str | bool]) -> TypedConnection:
    """The settings as they are but for these, which are named as their fields and SWITCHES."""
    now = standing(info)
    texts = {name: str(value) for name, value in changes.items() if name not in SWITCHES}
    of_credit = {name: texts.pop(name) for name in CREDIT_FIELDS if name in texts}
    switched = {name: value is True for name, value in changes.items() if name in SWITCHES}
    return replace(
        now,
        switches=(now.switches or {}) | switched,
        credit=replace(now.credit, **of_credit),
        **texts,
    )


@dataclass(frozen=True, slots=True)
class RequestedSettings:
    """What the command line asks for: some settings, or else a PIN ("" forgets it)."""

    connection_id: int
    changes: Mapping[str, str | bool] = field(default_factory=dict)
    pin: str | None = None
    who: str = ""  # for the audit list
    sure: bool = False  # the PIN is known to be right, although a wrong one may block the SIM


def carry_out(
    wish: RequestedSettings,
    *,
    country: str,
    options: ConnectionOptions,
    checks: CreditChecks | None,
    events: Events,
) -> None:
    """Raises Refused with everything that is wrong; then nothing was changed."""
    info = connections.get(wish.connection_id)
    if info is None:
        raise Refused([UNKNOWN])
    page = "settings" if wish.pin is None else "pin"  # in the audit list as from the page
    by = Editor(wish.who, f"/connections/{wish.connection_id}/{page}", options.clock.now())
    if wish.pin == "":
        options.set_pin(wish.connection_id, "", by=by)
    elif wish.pin is not None:
        options.enter_pin(info, wish.pin, by=by, sure=wish.sure)
    else:
        keep(
            wish.connection_id,
            changed(info, wish.changes),
            by=by,
            country=country,
            options=options,
            checks=checks,
            events=events,
        )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def keep(
    connection_id: int,
    typed: TypedConnection,
    *,
    by: Editor,
    country: str,
    options: ConnectionOptions,
    checks: CreditChecks | None,
    events: Events,
) -> None:
    """Check everything, then keep it in one transaction; counts at once.

    Raises Refused with everything that is wrong, StoreError; then nothing was changed.
    """
    errors = [] if connections.exists(connection_id) else [UNKNOWN]
    name, number, wrong = names.understood(connection_id, typed.name, typed.number, country)
    errors += wrong
    limits = {key: limit(key, getattr(typed, key), errors) for key in LIMITS}
    centre = service_centre(typed.centre)
    if typed.centre.strip() and not centre:
        errors.append(FieldError("centre", BAD_CENTRE))
    credit_settings = CreditSettings()
    try:
        credit_settings = read_settings(typed.credit)
    except Refused as e:
        errors += e.errors
    if errors:
        raise Refused(errors)
    with database.transaction():
        connections.rename(connection_id, name=name, number=number)
        if typed.switches is not None:
            connections.set_options(connection_id, **typed.switches, **limits)
            _keep_centre(connection_id, centre)
        credit_store.put_settings(connection_id, credit_settings)
        audit.changed(by)
    if typed.switches is not None:
        options.changed(connection_id, centre=centre)
    if checks is not None:  # else the service is not running
        checks.settings_changed(connection_id)
    events.publish(ConnectionChanged(connection_id))


def _keep_centre(connection_id: int, centre: str) -> None:
    key = f"{CENTRE}{connection_id}"
    if centre:
        settings.put(key, centre)
    else:
        settings.forget(key)


def limit(key: str, text: str, errors: list[FieldError]) -> int | None:
    """A number of SMS; None where nothing was typed."""
    text = text.strip()
    if not text:
        return None
    found = whole(text, 0, MOST)
    if isinstance(found, BadValue):
        words = f"Enter a whole number up to {MOST:,}; 0 for no limit, or nothing."
        errors.append(FieldError(key, words))
        return None
    return found


CREDIT_FIELDS = tuple(f.name for f in fields(TypedCredit))
