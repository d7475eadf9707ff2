"""What the commands of the command line share: their options, how they fail, how they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gateway import config

DEFAULT_CONFIG = Path("/etc/pigeonbox/config.toml")


class PlainError(click.ClickException):
    """One line on stderr, exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"pigeonbox: {self.message}", err=True)


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
        settings = config.load(config_file) if config_file else config.Config()
    except config.ConfigError as e:
        for mistake in e.mistakes:
            click.echo(f"{e.path}: {mistake}", err=True)
        sys.exit(2)
    if data:
        settings = replace(settings, data=data)
    if listen:
        http = config.parse_listen(listen)
        if http is None:
            raise click.BadParameter("must be an address and a port, e.g. 0.0.0.0:8080")
        settings = replace(settings, http=replace(settings.http, host=http[0], port=http[1]))
    return settings


def print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
