"""`pigeonbox messages`: what the page does with messages, for the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from gateway.cli.shared import (
    VIEWS,
    PlainError,
    as_json,
    common,
    connection_id,
    editor_name,
    open_store,
    read_settings,
)
from gateway.clock import SystemClock
from gateway.text.printable import say, say_json, sure

MOST = 10_000  # lines of a list


@click.group()
def messages() -> None:
    """List, delete, restore and send messages again."""


def _chosen(command: Callable[..., None]) -> Callable[..., None]:
    """IDs, or all of a view."""
    command = click.option(
        "--all-in", type=click.Choice(VIEWS), help="All messages of this view, instead of ids."
    )(command)
    return click.argument("ids", nargs=-1, type=click.IntRange(1, 2**63 - 1))(command)


@messages.command("list")
@common
@as_json
@click.option("--view", type=click.Choice(VIEWS), default="all", help="Which messages.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, help="How many at most.")
@click.option("--before", type=click.IntRange(1, 2**63 - 1), help="Only those with smaller ids.")
def list_(
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    view: str,
    limit: int,
    before: int | None,
) -> None:
    """List messages, newest first."""
    from gateway.store.messages import lists
    from gateway.store.search import views

    with open_store(read_settings(config_file, data)):
        found = lists.page(views.View(view), before, limit)
    if as_json:
        say_json([asdict(row) for row in found])
        return
    for row in found:
        way = "from" if row.incoming else "to"
        more = f" and {row.people - 1} more" if row.people > 1 else ""
        states = ", ".join(f"{n} {state}" for state, n in row.states)
        text = " ".join(row.words.split()) or row.note
        told = " ".join(
            filter(None, (f"{way} {row.who or 'unknown'}{more}", f"({states})" * bool(states)))
        )
        say(f"{row.id}  {told}: {text}")
    if not found:
        say("There are no messages in this view.")


@messages.command()
@common
@as_json
@_chosen
def delete(
    config_file: Path | None, data: Path | None, as_json: bool, ids: tuple[int, ...], all_in: str
) -> None:
    """Put messages into Deleted Communications; what is not sent yet will not be."""
    _do("delete", config_file, data, as_json, ids, all_in)


@messages.command()
@common
@as_json
@_chosen
def restore(
    config_file: Path | None, data: Path | None, as_json: bool, ids: tuple[int, ...], all_in: str
) -> None:
    """Bring deleted messages back; what was not sent yet is queued again."""
    _do("restore", config_file, data, as_json, ids, all_in)


@messages.command()
@common
@as_json
@_chosen
@click.option("--yes", is_flag=True, help="Do not ask.")
def purge(
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    ids: tuple[int, ...],
    all_in: str,
    yes: bool,
) -> None:
    """Delete for good what is in Deleted Communications."""
    if not yes:
        sure("They cannot be brought back. Go on?", abort=True, err=True)
    _do("delete for good", config_file, data, as_json, ids, all_in)


@messages.command()
@common
@as_json
@_chosen
@click.option("--uncertain", is_flag=True, help="Also what may have been sent already.")
@click.option("--connection", help="Name of another connection to send through.")
def resend(
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    ids: tuple[int, ...],
    all_in: str,
    uncertain: bool,
    connection: str | None,
) -> None:
    """Queue again what failed."""
    _do("resend", config_file, data, as_json, ids, all_in, uncertain, connection)


def _do(
    action: str,
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    ids: tuple[int, ...],
    all_in: str | None,
    uncertain: bool = False,
    connection: str | None = None,
) -> None:
    from gateway.events import Events
    from gateway.services.messages.bulk import DONE, BulkAction, BulkActions, BulkTask, Selection
    from gateway.store.messages import details
    from gateway.store.search import views

    if bool(ids) == bool(all_in):
        raise click.UsageError("Name messages by their ids, or a view with --all-in.")
    with open_store(read_settings(config_file, data)):
        if all_in:
            view = views.View(all_in)
            chosen = Selection(view=view, upto=views.newest(view))
        else:
            chosen = Selection(ids)
            known = {i for i in ids if details.get(i, most=1)}
            if missing := [str(i) for i in ids if i not in known]:
                raise PlainError(f"There is no message {', '.join(missing)}. Nothing was done.")
        task = BulkTask(
            BulkAction(action), chosen, editor_name(), uncertain, connection_id(connection)
        )
        count = BulkActions(SystemClock(), Events()).do(task)
    if as_json:
        say_json({"done": count})
        return
    unit = "SMS" if task.action is BulkAction.RESEND else "message" if count == 1 else "messages"
    say(f"{count} {unit} {DONE[task.action]}.")
