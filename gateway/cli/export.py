"""`pigeonbox export`: messages as CSV, a view or what a search finds."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from gateway.cli.shared import (
    VIEWS,
    PlainError,
    common,
    connection_id,
    editor_name,
    open_store,
    read_settings,
)
from gateway.clock import SystemClock
from gateway.text.printable import say_file


@click.command()
@common
@click.option("--view", default="all", type=click.Choice(VIEWS), help="Of this view.")
@click.option("--search", "q", default="", help="With these words or numbers.")
@click.option("--direction", type=click.Choice(["in", "out"]))
@click.option("--state", default="", help="unread, pending, sent, delivered, failed, ...")
@click.option("--connection", default="", metavar="NAME", help="Received or sent through it.")
@click.option("--who", default="", help="From or to this number, person or group.")
@click.option("--since", default="", metavar="DAY", help="From this day on, e.g. 2026-11-27.")
@click.option("--until", default="", metavar="DAY", help="Up to the end of this day.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Instead of the screen."
)
def export(
    config_file: Path | None,
    data: Path | None,
    view: str,
    connection: str,
    output: Path | None,
    **asked: str | None,
) -> None:
    """Messages as CSV: one line for each received, and for each recipient of what was sent."""
    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.messages import messages_csv
    from gateway.services.messages.messages_csv import MessagesCsv
    from gateway.services.messages.searches import MessageSearch, SearchQuestion
    from gateway.services.people.people import People
    from gateway.store.file import data_folder
    from gateway.store.search.views import View

    settings = read_settings(config_file, data)
    if not (settings.data / data_folder.FILE_NAME).exists():
        raise PlainError(f"There is no Pigeonbox in {settings.data}.")
    with open_store(settings):
        clock, events = SystemClock(), Events()
        preferences = Preferences(events, settings.country)
        searching = MessageSearch(preferences.country, preferences.zone)
        wanted = {name: value or "" for name, value in asked.items()}
        wanted["connection"] = str(connection_id(connection or None) or "")
        chosen = searching.chosen(SearchQuestion.of(wanted), View(view))
        csv = MessagesCsv(People(clock, events, preferences.country).names, preferences.zone)
        messages_csv.note(chosen, messages_csv.number(chosen), clock.now(), editor_name())
        try:
            pieces = chain([csv.header()], (piece.text for piece in csv.pieces(chosen)))
            if output is None:
                say_file(pieces)
            else:
                with output.open("x", encoding="utf-8", newline="") as file:
                    file.writelines(pieces)
        except FileExistsError as e:
            raise PlainError(f"{output} exists already; choose another name.") from e
        except OSError as e:
            raise PlainError(f"{output or 'The output'} cannot be written ({e.strerror}).") from e
