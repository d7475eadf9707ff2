"""`pigeonbox backup` and `pigeonbox restore`: one file out, one file in, service running or not."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.shared import (
    PlainError,
    as_json,
    common,
    editor_name,
    open_store,
    plain_errors,
    read_settings,
    store_clock,
)
from gateway.text.plural import counted
from gateway.text.printable import say, say_json, sure

if TYPE_CHECKING:
    from gateway.config import Config
    from gateway.store.keeping.backups import Contents
    from gateway.store.keeping.revocations import ReturningAccess

PATIENCE = 60.0  # seconds for a service to come back


@click.command()
@common
@click.option("--settings", "settings_only", is_flag=True, help="Without messages.")
@as_json
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(
    config_file: Path | None, data: Path | None, settings_only: bool, as_json: bool, file: Path
) -> None:
    """Copy everything into FILE, which holds passwords and PINs: keep it secret.

    FILE - is standard output: sudo pigeonbox backup - > mine.db
    """
    from gateway.store.file.data_folder import FILE_NAME
    from gateway.store.keeping import backups

    settings = read_settings(config_file, data)
    if not (settings.data / FILE_NAME).exists():
        raise PlainError(f"There is no Pigeonbox in {settings.data}.")
    if str(file) == "-":
        _to_standard_output(settings, settings_only)
        return
    with plain_errors():
        try:
            with open_store(settings):
                backups.write_to(file, settings_only=settings_only)
                _note(f"a backup to {file.name}")
        except FileExistsError as e:
            raise PlainError(f"{file} exists already; choose another name.") from e
        except OSError as e:
            raise PlainError(f"{file} cannot be written ({e.strerror}).") from e
        found = backups.inspect(file)
    if as_json:
        say_json({"file": str(file), "messages": found.messages, "people": found.people})
    else:
        say(f"{file}: {_contents_words(found)}. It is secret: it holds passwords and PINs.")


def _note(what: str) -> None:
    """Into the audit list: everything leaves the box. Inside `open_store`."""
    from gateway.store.file import audit, database

    with database.transaction():
        audit.write(store_clock().now(), editor_name(), "export", what)


def _to_standard_output(settings: Config, settings_only: bool) -> None:
    from gateway.store.keeping import backups

    if sys.stdout.isatty():
        raise PlainError("A backup is no text: write > FILE behind the command.")
    with tempfile.TemporaryDirectory(dir=settings.data, prefix="backup-") as folder:
        copy = Path(folder) / "copy.db"
        with open_store(settings):
            backups.write_to(copy, settings_only=settings_only)
            _note("a backup")
        with copy.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)


@click.command()
@common
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--bring-back", is_flag=True, help="Also tokens, users and passwords that were ended since."
)
@click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True)
)
def restore(
    config_file: Path | None, data: Path | None, yes: bool, bring_back: bool, file: Path
) -> None:
    """Put a backup back. What is there now is kept among the backups.

    FILE - is standard input: sudo pigeonbox restore --yes - < mine.db
    """
    settings = read_settings(config_file, data)
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise PlainError(f"{settings.data} cannot be made ({e.strerror}).") from e
    if str(file) != "-":
        _put_back(settings, file, str(file), yes, bring_back)
        return
    with tempfile.TemporaryDirectory(dir=settings.data, prefix="restore-") as folder:
        copy = Path(folder) / "standard input"
        with copy.open("wb") as whole:
            shutil.copyfileobj(sys.stdin.buffer, whole)
        _put_back(settings, copy, "The file", yes, bring_back)


def _put_back(settings: Config, file: Path, name: str, yes: bool, bring_back: bool) -> None:
    from gateway.process.control.client import ask
    from gateway.store.keeping import backups
    from gateway.store.keeping import restore as restoring

    with plain_errors():
        found = backups.inspect(file, name)
        _say_returning(restoring.returning(file, settings.data), bring_back)
        if not yes:
            _ask(f"{name} holds {_contents_words(found)}. Put it back in {settings.data}?")
        now = int(time.time() * 1000)
        restoring.stage(file, settings.data, now, editor_name(), bring_back=bring_back)
        if ask(settings.data, "restart") is not None:
            _wait(settings.data)
        else:
            with open_store(settings):
                pass  # which puts it back
    if restoring.is_staged(settings.data):
        raise PlainError("The backup is put back when the service next starts.")
    say(f"Put back: {_contents_words(found)}.")


def _say_returning(found: ReturningAccess, bring_back: bool) -> None:
    """Tokens and people that the backup would let in again."""
    what = [f"token {name}" for name in found.tokens]
    what += [f"user {name}" for name in found.users]
    what += [f"old password or role of {name}" for name in found.others]
    if what:
        end = "comes back" if bring_back else "stays ended (--bring-back)"
        say(*(f"Ended since this backup, {end}: {one}" for one in what), err=True)


def _contents_words(found: Contents) -> str:
    told = [
        counted(found.messages, "message"),
        counted(found.people, "contact"),
        counted(found.connections, "connection"),
    ]
    if found.newest is not None:
        day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(found.newest / 1000))
        told[0] += f" (the newest of {day})"
    return ", ".join(told)


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise PlainError(f"{question} Give --yes to say so without being asked.")
    if not sure(question):
        raise PlainError("Nothing was changed.")


def _wait(folder: Path) -> None:
    """Until the restarted service has taken the backup."""
    from gateway.store.keeping import restore as restoring

    ends = time.monotonic() + PATIENCE
    while restoring.is_staged(folder) and time.monotonic() < ends:
        time.sleep(0.2)
