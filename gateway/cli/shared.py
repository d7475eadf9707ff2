"""What the commands of the command line share: their options, how they fail, how they print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gateway import config
from gateway.clock import Clock
from gateway.text.printable import one_line, say

DEFAULT_CONFIG = Path("/etc/pigeonbox/config.toml")
# gateway.store.search.views.View, which is slow to import
VIEWS = ("all", "received", "sent", "failed", "pending", "untriggered", "calls", "deleted")


class PlainError(click.ClickException):
    """One line on stderr, exit code 1."""

    def show(self, file: Any = None) -> None:
        say(f"pigeonbox: {self.message}", err=True)


class Commands(click.Group):
    """Commands whose complaints about what was typed hold it as `say` shows it."""

    def make_context(self, *words: Any, **more: Any) -> click.Context:
        with _shown():
            return super().make_context(*words, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _shown():
            return super().invoke(ctx)


@contextmanager
def _shown() -> Iterator[None]:
    try:
        yield
    except click.UsageError as e:
        e.message = one_line(e.message)  # type: ignore[misc]
        raise


def common(command: Callable[..., None]) -> Callable[..., None]:
    """--config and --data, which every command understands."""
    command = click.option(
        "--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder."
    )(command)
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        envvar="PIGEONBOX_CONFIG",
        help=f"The config file; {DEFAULT_CONFIG} if it exists.",
    )(command)


as_json = click.option("--json", "as_json", is_flag=True, help="Output for programs.")


def read_settings(
    config_file: Path | None, data: Path | None, listen: str | None = None
) -> config.Config:
    if config_file is None and DEFAULT_CONFIG.exists():
        config_file = DEFAULT_CONFIG
    try:
        settings = config.in_force(config_file)
    except config.ConfigError as e:
        for mistake in e.mistakes:
            say(f"{e.path}: {mistake}", err=True)
        sys.exit(2)
    if data:
        settings = replace(settings, data=data)
    if listen:
        http = config.parse_listen(listen)
        if http is None:
            raise click.BadParameter("must be an address and a port, e.g. 0.0.0.0:8080")
        settings = replace(settings, http=replace(settings.http, host=http[0], port=http[1]))
    return settings


@contextmanager
def plain_errors() -> Iterator[None]:
    """What the store and the services say no to, as one line."""
    from gateway.process.app_error import AppError
    from gateway.store.file.database import StoreBusy, StoreError
    from gateway.text.refusal import Refused

    try:
        yield
    except StoreBusy as e:
        raise PlainError("The database is in use by another program; try again.") from e
    except (AppError, Refused, StoreError) as e:
        raise PlainError(str(e)) from e


@contextmanager
def open_store(settings: config.Config) -> Iterator[None]:
    """The store of the data folder, whether or not the service runs."""
    from gateway.store import opening
    from gateway.store.file import database

    with plain_errors():
        opening.open_store(settings.data)
        try:
            with database.connected():
                yield
        finally:
            opening.close_store()


def connection_id(name: str | None) -> int | None:
    from gateway.store.connections import connections

    if name is None:
        return None
    known = connections.all_connections()
    for connection in known:
        if connection.name == name:
            return connection.connection_id
    names = ", ".join(c.name for c in known) or "none yet"
    raise PlainError(f"There is no connection called {name}. Known: {names}.")


def group_id(name: str) -> int:
    """The group of this name. Inside `open_store`."""
    from gateway.store.people import groups
    from gateway.store.people.people import fold

    found = groups.named(fold(name))
    if found is None:
        raise PlainError(f"There is no group called {name}; pigeonbox groups list shows them.")
    return found.id


def editor_name() -> str:
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or "command line"


def store_clock() -> Clock:
    """For what goes into the store: never before what is in it, whatever the machine says."""
    from gateway.decisions.clock_trust import BUILT, SLACK
    from gateway.services.clock.box_clock import BoxClock
    from gateway.store.schedules import clock_change

    clock, newest = BoxClock(), clock_change.newest() or 0
    if clock.now() < max(BUILT, newest - SLACK):
        clock.not_before(max(BUILT, newest + 1))
    return clock
