"""The commands for whoever looks after a box: `pigeonbox doctor` and `pigeonbox at`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway import config
from gateway.cli.shared import PlainError, as_json, common, read_settings
from gateway.clock import SystemClock
from gateway.text.printable import say, say_json

if TYPE_CHECKING:
    from gateway.health import Issue
    from gateway.health.collect import OpenedPort
    from gateway.terminal.spoken import TerminalReply

UNWELL = 1  # exit code
PATIENCE = 10.0  # seconds that the doctor waits for a modem that is busy sending


@click.command()
@common
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep a transcript of a modem in this file, with everything private blanked.",
)
@click.option("--port", "where", metavar="PORT|CONNECTION", help="The modem to record.")
@as_json
def doctor(
    config_file: Path | None,
    data: Path | None,
    record: Path | None,
    where: str | None,
    as_json: bool,
) -> None:
    """Examine the whole machine; say what is wrong and how to mend it. Exit code 1 if anything is.

    Nothing is changed: neither in the modems nor in the store.
    """
    from gateway.health import CHECKS, examine, is_well

    settings = read_settings(config_file, data)
    if where and not record:
        raise click.UsageError("--port says which modem to --record.")
    if record:
        _record(settings, where, record)
        return
    issues = examine(_snapshot(settings))
    if as_json:
        checks = list(CHECKS)
        say_json({"ok": is_well(issues), "checks": checks, "issues": [asdict(i) for i in issues]})
    else:
        say(*_report(issues))
    if not is_well(issues):
        sys.exit(UNWELL)


@click.command()
@common
@click.option("--force", is_flag=True, help="Also what is refused for the harm it can do.")
@click.option("--seconds", type=click.FloatRange(1, 300), help="How long an answer may take.")
@as_json
@click.argument("where", metavar="PORT|CONNECTION")
@click.argument("commands", nargs=-1, metavar="[COMMAND]...")
def at(
    config_file: Path | None,
    data: Path | None,
    force: bool,
    seconds: float | None,
    as_json: bool,
    where: str,
    commands: tuple[str, ...],
) -> None:
    """Speak AT to a modem. With COMMANDs: say those and end; without: a prompt for typing.

    While the service runs, each command goes through it, between two messages.
    """
    from gateway.terminal import prompt

    settings = read_settings(config_file, data)
    line = _line(settings, where, force=force, seconds=seconds)
    with contextlib.closing(line):
        typed = commands or prompt.lines(line.path, quiet=as_json)
        replies = (prompt.say(line, text, force=force, seconds=seconds) for text in typed)
        good = _show(replies, as_json)
    if commands and not good:
        sys.exit(1)


def _show(replies: Iterable[TerminalReply], as_json: bool) -> bool:
    """Print each as it comes (as JSON: a line each). Whether all were OK."""
    from gateway.terminal.spoken import final_words

    good = True
    for reply in replies:
        good = good and reply.ok
        if as_json:
            say_json(asdict(reply), indent=None)
        elif reply.result in ("REFUSED", "UNREACHABLE"):
            say(f"pigeonbox: {reply.words}", err=True)
        else:
            say(*reply.lines, final_words(reply))
    return good


# findings ---------------------------------------------------------------------------------------


def _snapshot(settings: config.Config) -> Any:
    from gateway.health.collect import collect
    from gateway.process.control import client
    from gateway.terminal.own_port import OwnPort
    from gateway.terminal.through import ThroughService

    barred = False
    try:
        service = client.holder(settings.data)
    except PermissionError:
        service, barred = None, True
    status = client.ask(settings.data, "status") if service else None

    def open_line(port: str, baud: int) -> OpenedPort:
        if status is None:
            return OwnPort(port, baud)
        return ThroughService(partial(client.ask, settings.data), port, turn=PATIENCE)

    now = SystemClock().now()
    return collect(
        settings, now, status=status, service=service, open_line=open_line, barred=barred
    )


def _report(issues: tuple[Issue, ...]) -> list[str]:
    from gateway.health import CHECKS, is_well

    lines = []
    for issue in issues:
        since = f" (since {_when(issue.since)})" if issue.since is not None else ""
        lines.append(f"{issue.severity.upper():8} {issue.words}{since}")
        if issue.mend:
            lines.append(f"{'':8} -> {issue.mend}")
    if is_well(issues):
        lines.append(f"Nothing is wrong: {len(CHECKS)} things were looked at.")
    return lines


def _when(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000).astimezone():%Y-%m-%d %H:%M}"


# which modem ------------------------------------------------------------------------------------


def _line(
    settings: config.Config, where: str | None, *, force: bool = False, seconds: float | None = None
) -> OpenedPort:
    """The way to a modem, by port or by the name of its connection; None: the only one."""
    from gateway.process.control import client
    from gateway.terminal.own_port import OwnPort
    from gateway.terminal.through import ThroughService
    from hw.serialport import PortError

    status = client.ask(settings.data, "status") if settings.data.is_dir() else None
    if status is not None:
        port = _served(status["modems"], where)
        if port is not None:
            asked = partial(client.ask, settings.data)
            return ThroughService(asked, port, force=force, seconds=seconds)
    listed = {m.port: m.baud for m in settings.modems}
    if where is None:
        if len(listed) != 1:
            raise PlainError("Say which modem with --port: a port such as /dev/ttyUSB2.")
        (where,) = listed
    if not where.startswith("/"):
        raise PlainError(
            f"There is no connection called {where} in service; name its port, such as "
            "/dev/ttyUSB2."
        )
    try:
        return OwnPort(where, listed.get(where, 115200))
    except PortError as e:
        raise PlainError(str(e)) from e


def _served(modems: list[Mapping[str, Any]], where: str | None) -> str | None:
    """The port of the modem that is meant, if the service has it."""
    if where is None:
        if len(modems) != 1:
            raise PlainError("Say which modem with --port: its port or its connection's name.")
        return str(modems[0]["port"])
    wanted = Path(where).resolve() if where.startswith("/") else None
    for modem in modems:
        if where == modem["connection_name"] or where == modem["port"]:
            return str(modem["port"])
        if wanted is not None and Path(modem["port"]).resolve() == wanted:
            return str(modem["port"])
    return None


def _record(settings: config.Config, where: str | None, file: Path) -> None:
    from gateway.terminal import transcript

    line = _line(settings, where)
    with contextlib.closing(line):
        lines = transcript.record(line)
    try:
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as e:
        raise PlainError(f"{file} cannot be written ({e.strerror}).") from e
    asked = sum(line.startswith("> ") for line in lines)
    say(f"{asked} answers are in {file}; look through it before you hand it on.")
