"""`pigeonbox ussd` and `pigeonbox credit`: asked of the running service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from gateway.cli.shared import PlainError, as_json, common, read_settings
from gateway.text.printable import ask as ask_for
from gateway.text.printable import hanging, indented, say, say_json

PATIENCE = 120.0  # seconds; the service itself gives up before


@click.command()
@common
@as_json
@click.argument("connection")
@click.argument("code")
def ussd(
    config_file: Path | None, data: Path | None, as_json: bool, connection: str, code: str
) -> None:
    """Ask the network for CODE (such as *100#) through CONNECTION; menus ask for a choice."""
    folder = read_settings(config_file, data).data
    interactive = sys.stdin.isatty() and not as_json
    answer = _ask(folder, "ussd", connection=connection, code=code)
    while answer["waits"] and interactive:
        say(*hanging(answer["text"]))
        choice = ask_for("Your choice (nothing to end)", default="", show_default=False)
        if not choice.strip():
            break
        answer = _ask(folder, "ussd", connection=connection, choice=choice)
    else:
        _show(answer, as_json)
    if answer["waits"]:
        _ask(folder, "ussd", connection=connection, cancel=True)


@click.command()
@common
@as_json
@click.argument("connection", required=False)
def credit(
    config_file: Path | None, data: Path | None, as_json: bool, connection: str | None
) -> None:
    """Show the credit of all connections as last known, or ask for that of CONNECTION now."""
    folder = read_settings(config_file, data).data
    more = {} if connection is None else {"connection": connection}
    found: list[dict[str, Any]] = _ask(folder, "credit", **more)["connections"]
    if as_json:
        say_json(found)
        return
    for one in found:
        say(f"{one['connection']}: {_balance_words(one)}")
        if one["answer"] and connection is not None:
            say(*indented(one["answer"]))


def _show(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say_json(answer)
    elif answer["text"]:
        say(*hanging(answer["text"]))
    else:
        raise PlainError(answer["words"])


def _balance_words(one: dict[str, Any]) -> str:
    if not one["shown"]:
        return one["trouble"] or ("not asked yet" if one["code"] else "no credit code is set")
    words: str = one["shown"]
    if one.get("part"):
        words += f" (of several amounts, the one after “{one['part']}”)"
    if one["low"]:
        words += ", low"
    if one["answered_at"] != one["at"]:
        words += f". {one['trouble']}"
    return words + (f". Messages wait: {one['held']}" if one["held"] else "")


def _ask(folder: Path, question: str, **more: object) -> dict[str, Any]:
    from gateway.process.control.client import ask

    answer = ask(folder, question, patience=PATIENCE, **more)
    if answer is None:
        raise PlainError("The service is not running on this data folder; start it first.")
    if "error" in answer:
        raise PlainError(str(answer["error"]))
    return answer
