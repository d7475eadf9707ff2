"""`pigeonbox connections`: what each does, asked of the running service, and its settings.

Settings are changed in the service, where it runs, so that they count at once; else in the store.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gateway.cli.shared import (
    PlainError,
    as_json,
    common,
    connection_id,
    editor_name,
    open_store,
    read_settings,
)
from gateway.text.printable import ask as ask_for
from gateway.text.printable import say, say_json

Command = TypeVar("Command", bound=Callable[..., None])
ON_OFF = click.Choice(["on", "off"])
SWITCHES = {  # option -> field of options.SWITCHES, what it does
    "send": ("send_enabled", "Send through it."),
    "receive": ("receive_enabled", "Receive through it."),
    "roaming": ("send_roaming", "Send while roaming."),
    "reports": ("reports", "Ask for delivery reports."),
    "hang-up": ("hang_up", "Hang up calls."),
}
TEXTS = {  # option -> field of line_settings.Typed and credit.Typed, what it is
    "name": ("name", "What it is called."),
    "number": ("number", "Its own number, as others dial it."),
    "per-minute": ("per_minute", "SMS at most in a minute; 0: no limit, empty: the box's."),
    "per-hour": ("per_hour", "The same in an hour."),
    "per-day": ("per_day", "The same in a day."),
    "centre": ("centre", "Service centre; empty: as the SIM knows it."),
    "credit-code": ("code", "Code that asks for the credit, such as *100#; empty: not asked."),
    "credit-pattern": ("pattern", "Own pattern that finds the balance in the answer."),
    "every-hours": ("every_hours", "Ask for the credit every so many hours; empty: not so."),
    "after-sms": ("after_sms", "Ask for the credit after so many SMS; empty: not so."),
    "warn-below": ("warn_below", "Warn below this credit; empty: never."),
    "hold-below": ("hold_below", "Hold the queue below this credit; empty: never."),
}


@click.group(invoke_without_command=True)
@common
@as_json
@click.pass_context
def connections(
    context: click.Context, config_file: Path | None, data: Path | None, as_json: bool
) -> None:
    """Show each connection (SIM): what it does, has done today and has still to do."""
    context.obj = (config_file, data)
    if context.invoked_subcommand is None:
        _list(config_file, data, as_json)


def _list(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    from gateway.process.control.client import ask

    answer = ask(read_settings(config_file, data).data, "connections")
    if answer is None:
        raise PlainError("The service is not running on this data folder; start it first.")
    if "error" in answer:
        raise PlainError(str(answer["error"]))
    found: list[dict[str, Any]] = answer["connections"]
    if as_json:
        say_json(found)
        return
    if not found:
        say("No SIM has been in service on this box yet.")
    for one in found:
        say(_report(one))


def _report(one: dict[str, Any]) -> str:
    facts = [one["words"], one["operator"], one["signal"], "roaming" if one["roaming"] else ""]
    work = f"today {one['sent_today']} sent, {one['failed_today']} failed"
    if one["waiting"]:
        work += f"; {one['waiting']} waiting"
    number = f" ({one['phone_number']})" if one["phone_number"] else ""
    told = ", ".join(filter(None, facts))
    advice = f" {one['advice']}" if one["advice"] else ""
    return f"{one['name']}{number}: {told}.{advice} {work}"


def _settings_options(command: Command) -> Command:
    for option, (name, words) in reversed(TEXTS.items()):
        command = click.option(f"--{option}", name, help=words)(command)
    for option, (name, words) in reversed(SWITCHES.items()):
        command = click.option(f"--{option}", name, type=ON_OFF, help=words)(command)
    return command


@connections.command("set")
@common
@_settings_options
@click.argument("connection")
@click.pass_context
def set_(
    context: click.Context,
    /,
    config_file: Path | None,
    data: Path | None,
    connection: str,
    **typed: str | None,
) -> None:
    """Change settings of CONNECTION, named as on the page; what is not given stays as it is."""
    switches = {name for name, _ in SWITCHES.values()}
    changes = {
        name: value == "on" if name in switches else value
        for name, value in typed.items()
        if value is not None
    }
    if not changes:
        raise click.UsageError("Say what to change; pigeonbox connections set --help lists it.")
    _configure(context, config_file, data, connection, changes=changes)
    say(f"{typed['name'] or connection} is set.")


@connections.command("pin")
@common
@click.option("--sure", is_flag=True, help="The PIN is right, although a wrong one may block it.")
@click.option("--forget", is_flag=True, help="Take the PIN out of the box.")
@click.argument("connection")
@click.pass_context
def pin(
    context: click.Context,
    config_file: Path | None,
    data: Path | None,
    sure: bool,
    forget: bool,
    connection: str,
) -> None:
    """Enter the PIN of CONNECTION; it is asked for, or read from the standard input."""
    typed = "" if forget else _read_pin()
    _configure(context, config_file, data, connection, pin=typed, sure=sure)
    say("The PIN is forgotten." if forget else "The PIN is kept and is tried once.")


def _read_pin() -> str:
    if sys.stdin.isatty():
        return ask_for("PIN", hide_input=True, err=True)
    return sys.stdin.readline().strip()


@connections.command("usual")
@common
@as_json
@click.option("--per-minute", "minute", help="SMS at most in a minute; 0: no limit.")
@click.option("--per-hour", "hour", help="The same in an hour.")
@click.option("--per-day", "day", help="The same in a day.")
@click.option("--valid-hours", help="Hours that a message waits to be sent.")
@click.pass_context
def usual(
    context: click.Context,
    /,
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    **typed: str | None,
) -> None:
    """Show or change what holds for connections without limits of their own, and for messages."""
    from gateway.cli.shared import store_clock
    from gateway.events import Events
    from gateway.services.connections.box_limits import BoxLimits
    from gateway.store.file.audit import Editor

    above = context.obj or (None, None)
    with open_store(read_settings(config_file or above[0], data or above[1])):
        service = BoxLimits(store_clock(), Events())
        now = _usual(service)
        wanted = {name: value for name, value in typed.items() if value is not None}
        if wanted:
            by = Editor(editor_name(), "/settings/sending", store_clock().now())
            typed_now = {name: str(value) for name, value in (now | wanted).items()}
            service.change(**typed_now, by=by)
            now = _usual(service)
    if as_json:
        say_json(now)
        return
    spans = (("minute", "a minute"), ("hour", "an hour"), ("day", "a day"))
    limits = ", ".join(f"{now[name] or 'no limit'} {words}" for name, words in spans)
    say(f"SMS at most: {limits}. A message waits {now['valid_hours']} hours at most.")


def _usual(service: Any) -> dict[str, int]:
    limits = service.limits()
    found = {name: getattr(limits, name) for name in ("minute", "hour", "day")}
    return found | {"valid_hours": service.valid_hours()}


def _configure(
    context: click.Context,
    config_file: Path | None,
    data: Path | None,
    name: str,
    **wanted: Any,
) -> None:
    """In the service; where none runs, in the store."""
    from gateway.process.control.client import ask

    above = context.obj or (None, None)
    settings = read_settings(config_file or above[0], data or above[1])
    with open_store(settings):
        found = connection_id(name)
        wanted["who"] = editor_name()
        answer = ask(settings.data, "configure", connection=found, **wanted)
        if answer is None:
            _in_store(settings.country, int(found or 0), wanted)
            return
    if "error" in answer:
        raise PlainError(str(answer["error"]))


def _in_store(country: str, found: int, wanted: dict[str, Any]) -> None:
    from gateway.cli.shared import store_clock
    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.connections import connection_settings
    from gateway.services.connections.options import ConnectionOptions
    from gateway.services.sending.holds import SendingHolds

    clock, events = store_clock(), Events()
    connection_settings.carry_out(
        connection_settings.RequestedSettings(found, **wanted),
        country=Preferences(events, country).country(),
        options=ConnectionOptions(clock, events, SendingHolds(clock)),
        checks=None,
        events=events,
    )
