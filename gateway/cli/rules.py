"""`pigeonbox rules`: the routing rules, in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.shared import (
    PlainError,
    as_json,
    common,
    connection_id,
    editor_name,
    group_id,
    open_store,
    read_settings,
)
from gateway.text.printable import say, say_json

if TYPE_CHECKING:
    from gateway.services.connections.rules import RuleDescription, Rules

KINDS = ("last-received", "prefix", "group", "connection", "any")


@click.group(invoke_without_command=True)
@common
@as_json
@click.pass_context
def rules(
    context: click.Context, config_file: Path | None, data: Path | None, as_json: bool
) -> None:
    """Show the routing rules in their order, or change them."""
    context.obj = (config_file, data)
    if context.invoked_subcommand is None:
        with _rules(config_file, data) as known:
            _show(known.listed(), known.warning(), as_json)


@rules.command("add")
@common
@click.option("--through", help="Name of the connection.")
@click.option("--place", type=click.IntRange(1), help="Where: 1 is first. Else where it suits.")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("value", default="")
@click.pass_context
def add(
    context: click.Context,
    config_file: Path | None,
    data: Path | None,
    through: str | None,
    place: int | None,
    kind: str,
    value: str,
) -> None:
    """Add a rule, above those that hold for everything.

    VALUE: the first digits (prefix) or the name of the group.
    """
    from gateway.services.connections.rules import TypedRule

    def act(known: Rules) -> None:
        via = connection_id(through)
        typed = TypedRule(
            kind.replace("-", "_"),
            prefix=value if kind == "prefix" else "",
            group=str(group_id(value)) if kind == "group" else "",
            connection="" if via is None else str(via),
        )
        known.add(typed, editor_name(), place)

    _change(context, config_file, data, act)


@rules.command("move")
@common
@click.argument("position", type=click.IntRange(1))
@click.argument("to", type=click.IntRange(1))
@click.pass_context
def move(
    context: click.Context, config_file: Path | None, data: Path | None, position: int, to: int
) -> None:
    """Move the rule at POSITION to the place TO."""

    def act(known: Rules) -> None:
        known.move(_at(known, position).id, to - position, editor_name())

    _change(context, config_file, data, act)


@rules.command("switch")
@common
@click.argument("position", type=click.IntRange(1))
@click.argument("to", type=click.Choice(["on", "off"]))
@click.pass_context
def switch(
    context: click.Context, config_file: Path | None, data: Path | None, position: int, to: str
) -> None:
    """Switch the rule at POSITION on or off."""

    def act(known: Rules) -> None:
        known.switch(_at(known, position).id, editor_name(), on=to == "on")

    _change(context, config_file, data, act)


@rules.command("delete")
@common
@click.argument("position", type=click.IntRange(1))
@click.pass_context
def delete(
    context: click.Context, config_file: Path | None, data: Path | None, position: int
) -> None:
    """Delete the rule at POSITION."""
    _change(
        context,
        config_file,
        data,
        lambda known: known.delete(_at(known, position).id, editor_name()),
    )


@rules.command("usual")
@common
@click.pass_context
def usual(context: click.Context, config_file: Path | None, data: Path | None) -> None:
    """Go back to the rules that a new box has."""
    _change(context, config_file, data, lambda known: known.restore_default(editor_name()))


def _change(
    context: click.Context,
    config_file: Path | None,
    data: Path | None,
    act: Callable[[Rules], None],
) -> None:
    above = context.obj or (None, None)
    with _rules(config_file or above[0], data or above[1]) as known:
        act(known)
        _show(known.listed(), known.warning(), False)


@contextmanager
def _rules(config_file: Path | None, data: Path | None) -> Iterator[Rules]:
    from gateway.clock import SystemClock
    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.connections.rules import Rules

    settings = read_settings(config_file, data)
    events = Events()
    with open_store(settings):
        yield Rules(SystemClock(), events, Preferences(events, settings.country).country)


def _show(found: list[RuleDescription], warning: str, as_json: bool) -> None:
    from gateway.services.connections import connection_report

    if as_json:
        say_json([connection_report.rule(one) for one in found])
        return
    for one in found:
        off = "" if one.enabled else " (switched off)"
        say(f"{one.position}  {one.words}{off}")
        if one.trouble:
            say(f"   {one.trouble}")
    if warning:
        say(warning)


def _at(known: Rules, position: int) -> RuleDescription:
    for one in known.listed():
        if one.position == position:
            return one
    raise PlainError(f"There is no rule {position}; pigeonbox rules lists them.")
