"""The command line: `pigeonbox`. Output for people by default, --json for programs.

Errors go to stderr in one line that says what to do. Exit codes: 0 done, 1 could not, 2 misuse.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway import __version__, config
from gateway.cli import (
    activities,
    certificate,
    check,
    connections,
    credit,
    expert,
    export,
    keeping,
    messages,
    people,
    rules,
    scheduled,
    welcome,
)
from gateway.cli.shared import (
    Commands,
    PlainError,
    as_json,
    common,
    connection_id,
    editor_name,
    open_store,
    plain_errors,
    read_settings,
    store_clock,
)
from gateway.clock import SystemClock
from gateway.text import printable
from gateway.text.log_secrets import hide_secrets
from gateway.text.printable import say, say_json

if TYPE_CHECKING:
    from gateway.store.schedules.schedules import ScheduleInfo


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pigeonbox")
def main() -> None:
    """A plug-in SMS box: modems, one service, a local page."""
    os.umask(0o077)  # whatever is written here is about people: nobody else's to read


@main.command()
@common
@click.option("--simulate", type=click.IntRange(0, 64), default=0, help="So many pretend modems.")
@click.option(
    "--air-time",
    type=click.FloatRange(0, 60),
    default=1.0,
    help="Seconds a pretend modem takes for an SMS.",
)
@click.option("--listen", help="Address and port of the page, instead of the config's.")
@click.option("--announce", is_flag=True, help="Print where the page is, and how to sign in.")
@click.option("--trial", is_flag=True, help="Start without touching any modem, to see if it does.")
def run(
    config_file: Path | None,
    data: Path | None,
    simulate: int,
    air_time: float,
    listen: str | None,
    announce: bool,
    trial: bool,
) -> None:
    """Run the box until it is told to stop."""
    from gateway.process import running

    settings = read_settings(config_file, data, listen)
    _start_logging(settings)
    with plain_errors():
        again = running.run(
            settings,
            simulate=simulate,
            air_time=air_time,
            trial=trial,
            ready=lambda box: None if trial else welcome.say_hello(box, announce),
        )
    if again:  # the same process, so that whoever started it goes on watching it
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


@main.command()
@click.option("--modems", type=click.IntRange(1, 64), default=2, help="How many.")
@click.option(
    "--link",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for stable names: modem-1, modem-2, ...",
)
@click.option(
    "--air-time", type=click.FloatRange(0, 60), default=0.0, help="Seconds that an SMS takes."
)
def simulate(modems: int, link: Path | None, air_time: float) -> None:
    """Pretend modems on serial ports that any program can open, and a network between them."""
    from gateway.process.simulate import run_simulation

    run_simulation(modems, link, air_time)


@main.command()
@common
@click.option("--connection", help="Name of the connection to send through.")
@click.option("--no-report", is_flag=True, help="Do not ask for a delivery report.")
@click.option("--flash", is_flag=True, help="Shown at once by the phone, and not kept there.")
@click.option(
    "--when-uncertain",
    type=click.Choice(["hold", "resend"]),
    default="hold",
    help="What to do when the modem never says whether it went out; alarms want resend.",
)
@click.option(
    "--at",
    metavar="TIME",
    help="Send it later: 2026-12-01T09:30 on the box's clock, or a time with its zone.",
)
@click.option("--repeat", type=scheduled.REPEATS, help="With --at: again and again.")
@click.option("--every", type=click.IntRange(1), default=1, help="Every so many days, weeks ...")
@click.option("--on", "days", default="", help="With --repeat week: the days, such as mon,thu.")
@click.option("--until", default="", help="The last day that it repeats, such as 2026-12-31.")
@click.option(
    "--reply-to",
    type=click.IntRange(1),
    multiple=True,
    help="The id of a received message that this answers.",
)
@click.option("--id", "client_id", help="Your own identifier: the same one is never sent twice.")
@as_json
@click.argument("to_and_text", nargs=-1, required=True, metavar="TO... TEXT")
def send(
    config_file: Path | None,
    data: Path | None,
    connection: str | None,
    no_report: bool,
    flash: bool,
    when_uncertain: str,
    at: str | None,
    repeat: str | None,
    every: int,
    days: str,
    until: str,
    reply_to: tuple[int, ...],
    client_id: str | None,
    as_json: bool,
    to_and_text: tuple[str, ...],
) -> None:
    """Queue TEXT for one or more numbers. The running service sends it."""
    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.messages.accept import Messages, WrittenMessage
    from gateway.store.messages.outbox import DuplicateId

    *numbers, text = to_and_text
    if not numbers:
        raise click.UsageError("Give at least one number and the text.")
    if (at is None and repeat is not None) or (repeat is None and (days or until or every != 1)):
        raise click.UsageError("--repeat needs --at; --every, --on and --until need --repeat.")
    settings = read_settings(config_file, data)
    with open_store(settings):
        events = Events()
        country = Preferences(events, settings.country).country
        messaging = Messages(store_clock(), events, country)
        draft = WrittenMessage(
            recipients=numbers,
            text=text,
            connection_id=connection_id(connection),
            with_report=not no_report,
            when_uncertain=when_uncertain,
            client_id=client_id,
            flash=flash,
            answers=reply_to,
        )
        try:
            if at is not None:
                later = scheduled.make(settings)
                when = (
                    scheduled.typed_plan(at, repeat, every, days, until)
                    if repeat
                    else scheduled.instant(later, at)
                )
                kept = later.add(draft, when, author=editor_name(), origin="cli")
                _say_kept(kept, as_json)
                return
            accepted = messaging.send(draft, author=editor_name(), origin="cli")
        except DuplicateId as e:
            raise PlainError(f"There is already a message with the id {client_id}.") from e
    if as_json:
        counted = {"people": accepted.people, "sms": accepted.sms, "blocked": accepted.blocked}
        say_json({"id": accepted.client_id} | counted)
    else:
        say(f"{accepted.words} (id {accepted.client_id})")


@main.command()
@common
@as_json
def modems(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Show each modem, what it does, and what it needs."""
    from gateway.process.control.client import ask

    settings = read_settings(config_file, data)
    status = ask(settings.data, "status")
    if status is None:
        raise PlainError("The service is not running on this data folder; start it first.")
    if as_json:
        say_json(status["modems"])
        return
    if not status["modems"]:
        say("No modem is set up on this box.")
    for modem in status["modems"]:
        name = modem["connection_name"] or modem["model"] or "unknown modem"
        facts = [modem["operator"], modem["signal"], "roaming" if modem["roaming"] else ""]
        told = ", ".join(f for f in (modem["words"], *facts) if f)
        say(f"{modem['port']}  {name}: {told}. {modem['advice']}".rstrip())
        for words in modem["warnings"]:
            say(f"    {words}")
    for finding in status["findings"]:
        say(finding["words"])


@main.command()
@common
@click.argument("name", default="admin")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input.")
@click.option(
    "--role",
    type=click.Choice(["reader", "operator", "administrator"]),
    help="What NAME may do; a new user is an administrator.",
)
def passwd(
    config_file: Path | None, data: Path | None, name: str, from_stdin: bool, role: str | None
) -> None:
    """Set the password of NAME (made if new), for the page and the API."""
    from gateway.services.accounts.account_errors import AccountError
    from gateway.services.accounts.accounts import Accounts

    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = printable.ask("New password", hide_input=True, confirmation_prompt=True)
    with open_store(read_settings(config_file, data)):
        try:
            Accounts(SystemClock()).set_password(name, password, who=editor_name(), role=role or "")
        except AccountError as e:
            raise PlainError(str(e)) from e
    say(f"The password of {name} is set.")


@main.group()
def token() -> None:
    """Keys with which programs use the API."""


@token.command("add")
@common
@as_json
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["send", "read", "people", "manage"]),
    help="What it is good for; may be given several times. Without: send and read.",
)
@click.argument("name")
def token_add(
    config_file: Path | None, data: Path | None, name: str, scopes: tuple[str, ...], as_json: bool
) -> None:
    """Make a token called NAME and print it, this once."""
    from gateway.services.accounts.account_errors import AccountError
    from gateway.services.accounts.roles import USUAL_SCOPES
    from gateway.services.accounts.tokens import Tokens

    with open_store(read_settings(config_file, data)):
        try:
            secret = Tokens(SystemClock()).add(name, scopes or USUAL_SCOPES, who=editor_name())
        except AccountError as e:
            raise PlainError(str(e)) from e
    if as_json:
        say_json({"name": name, "token": secret, "scopes": list(scopes or USUAL_SCOPES)})
    else:
        say(secret)


@token.command("list")
@common
@as_json
def token_list(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """List the tokens by name, with their scopes; what they are is not kept."""
    from gateway.services.accounts.tokens import Tokens

    with open_store(read_settings(config_file, data)):
        found = Tokens(SystemClock()).all()
    if as_json:
        say_json(
            [
                {
                    "name": t.name,
                    "created_at": t.created_at,
                    "used_at": t.used_at,
                    "scopes": list(t.scopes),
                }
                for t in found
            ]
        )
    else:
        told = [f"{t.name}  ({', '.join(t.scopes)})" for t in found]
        say(*(told or ["There are no tokens."]))


@token.command("revoke")
@common
@click.argument("name")
def token_revoke(config_file: Path | None, data: Path | None, name: str) -> None:
    """Take a token out of use."""
    from gateway.services.accounts.tokens import Tokens

    with open_store(read_settings(config_file, data)):
        if not Tokens(SystemClock()).revoke(name, who=editor_name()):
            raise PlainError(f"There is no token called {name}.")
    say(f"{name} can no longer be used.")


main.add_command(welcome.code)
main.add_command(welcome.address)
main.add_command(certificate.certificate)
main.add_command(check.check)
main.add_command(expert.doctor)
main.add_command(expert.at)
main.add_command(scheduled.scheduled)
main.add_command(connections.connections)
main.add_command(rules.rules)
main.add_command(activities.activities)
main.add_command(credit.ussd)
main.add_command(credit.credit)
main.add_command(keeping.backup)
main.add_command(keeping.restore)
main.add_command(export.export)
main.add_command(messages.messages)
main.add_command(people.people)
main.add_command(people.groups)


# what the commands share -----------------------------------------------------------------------


def _say_kept(kept: ScheduleInfo, as_json: bool) -> None:
    if as_json:
        say_json({"id": kept.client_id, "number": kept.id, "at": kept.next and kept.next.at})
    else:
        say(f"Scheduled as number {kept.id} (id {kept.client_id})")


def _start_logging(settings: config.Config) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        printable.LogLines("%(asctime)s %(levelname)-7s %(threadName)s: %(message)s")
    )
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    printable.log_crashes()
    statements = logging.getLogger("peewee")
    if not settings.log_texts:  # peewee would log every statement with its values
        statements.setLevel(logging.INFO)
    statements.addFilter(hide_secrets)
    # waitress warns of every full queue; a slow client is no news
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
