"""`pigeonbox activities`: what is set up, and what it would do; also while the service is off."""

from __future__ import annotations

from collections.abc import Iterator
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
    open_store,
    read_settings,
)
from gateway.clock import SystemClock
from gateway.text.comparison import fold
from gateway.text.printable import say, say_json

if TYPE_CHECKING:
    from gateway.services.activities.activities import Activities


@click.group()
def activities() -> None:
    """What received messages set off."""


@activities.command("list")
@common
@as_json
def list_(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Each activity in its order: when it runs, what it does, and what is wrong with it."""
    from gateway.services.activities import descriptions

    with _opened(config_file, data) as service:
        found = descriptions.described()
        fallback = service.fallback()
    if as_json:
        say_json(found)
        return
    for n, one in enumerate(found, 1):
        state = "" if one["enabled"] else " (switched off)"
        say(f"{n}. {one['name']}{state}: {'; '.join(one['when'])}")
        for deed in one["actions"]:
            say(f"    {deed}")
        for trouble in one["troubles"]:
            say(f"    {trouble}")
    if not found:
        say("There are no activities.")
    if fallback.on:
        say(f"Fallback reply: {fallback.text}")


@activities.command("try")
@common
@as_json
@click.option("--from", "sender", default="", help="A number or a contact's name.")
@click.option("--connection", help="Name of the connection that it comes in on.")
@click.argument("text")
def try_(
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    sender: str,
    connection: str | None,
    text: str,
) -> None:
    """What an SMS with TEXT would set off. Nothing is sent."""
    from gateway.services.activities.activity_tryout import SampleMessage

    with _opened(config_file, data) as service:
        tried = service.try_out(SampleMessage(text, sender, connection_id(connection)))
    if as_json:
        shown = [
            {
                "activity": t.activity.name if t.activity else None,
                "matches": t.matches,
                "words": t.words,
            }
            for t in tried
        ]
        say_json(shown)
        return
    for one in tried:
        say(f"{one.activity.name}: {one.words}" if one.activity else one.words)


@activities.command()
@common
@click.argument("name")
def on(config_file: Path | None, data: Path | None, name: str) -> None:
    """Switch the activity called NAME on."""
    _switch(config_file, data, name, True)


@activities.command()
@common
@click.argument("name")
def off(config_file: Path | None, data: Path | None, name: str) -> None:
    """Switch the activity called NAME off; it keeps its place."""
    _switch(config_file, data, name, False)


def _switch(config_file: Path | None, data: Path | None, name: str, on: bool) -> None:
    from gateway.store.activities import activities

    with _opened(config_file, data) as service:
        known = activities.activities()
        found = next((a for a in known if fold(a.name) == fold(name)), None)
        if found is None:
            names = ", ".join(a.name for a in known) or "none yet"
            raise PlainError(f"There is no activity called {name}. Known: {names}.")
        service.switch(found.id, on, editor_name())
    say(f"{found.name} is switched {'on' if on else 'off'}.")


@contextmanager
def _opened(config_file: Path | None, data: Path | None) -> Iterator[Activities]:
    from gateway.events import Events
    from gateway.services.activities.activities import Activities
    from gateway.services.box.preferences import Preferences

    settings = read_settings(config_file, data)
    with open_store(settings):
        events = Events()
        yield Activities(SystemClock(), events, Preferences(events, settings.country))
