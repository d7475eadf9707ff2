"""Where the page is and how to get in for the first time: said at start, and by command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway import config
from gateway.cli.shared import as_json, common, editor_name, open_store, read_settings
from gateway.clock import SystemClock
from gateway.text.printable import DrawnText, say, say_json


@click.command()
@common
@as_json
def code(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Print a new one-time code that lets somebody set an administrator's password on the page."""
    from gateway.services.accounts.accounts import Accounts
    from gateway.services.box.addresses import urls

    settings = read_settings(config_file, data)
    with open_store(settings):
        made = Accounts(SystemClock()).new_code(how="by command", who=editor_name())
    addresses = urls(settings.http.host, settings.http.port, settings.http.scheme)
    links = [f"{url}first-run?code={made}" for url in addresses]
    if as_json:
        say_json({"code": made, "links": links})
    else:
        say(f"{made}  (valid for an hour, once). Enter it on the page, or open:")
        say(*(f"  {link}" for link in links))


@click.command()
@common
def address(config_file: Path | None, data: Path | None) -> None:
    """Print where the page is; with a link to sign in once while nobody has a password."""
    from gateway.services.accounts.accounts import Accounts

    settings = read_settings(config_file, data)
    with open_store(settings):
        code = Accounts(SystemClock()).first_run_code()
    _print_lines(_welcome(settings, code, from_outside=True))


def say_hello(box: Any, announce: bool) -> None:
    """Where the page is; the one-time link as long as nobody has set a password."""
    code = box.accounts.first_run_code()
    if announce or code is not None:
        _print_lines(["Pigeonbox is running.", *_welcome(box.config, code)])


def _welcome(settings: config.Config, code: str | None, *, from_outside: bool = False) -> list[str]:
    """`from_outside`: for people at another machine; "localhost" is nothing to them."""
    from gateway.services.box.addresses import urls

    addresses = urls(settings.http.host, settings.http.port, settings.http.scheme)
    if from_outside and len(addresses) > 1:
        addresses = addresses[1:]
    lines = [f"  {url}" for url in addresses]
    if code is not None:
        lines += ["Nobody has set a password yet. Sign in once with:"]
        lines += [f"  {url}first-run?code={code}" for url in addresses[:1]]
    return lines + _phone_lines(addresses, f"first-run?code={code}" if code else "")


def _phone_lines(addresses: Sequence[str], path: str) -> list[str]:
    """The same as a QR code, where somebody is looking at a terminal."""
    from gateway.services.box.addresses import for_phone

    address = for_phone(addresses)
    if address is None or not sys.stdout.isatty():
        return []
    from gateway.services.box import qr

    return ["On a phone in the same network:", DrawnText(qr.terminal(f"{address}{path}"))]


def _print_lines(lines: Sequence[str]) -> None:
    say(*lines)
