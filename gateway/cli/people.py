"""`pigeonbox people` and `pigeonbox groups`: in the store, also while the service does not run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.shared import (
    PlainError,
    as_json,
    common,
    editor_name,
    group_id,
    open_store,
    read_settings,
    store_clock,
)
from gateway.text.printable import say, say_file, say_json

if TYPE_CHECKING:
    from gateway.services.people.columns import Sheet
    from gateway.services.people.people import People
    from gateway.store.people.people import ContactFilter

ID = click.IntRange(1, 2**63 - 1)


@click.group()
def people() -> None:
    """Contacts and blocked numbers."""


@people.command("list")
@common
@as_json
@click.option("--find", default="", help="Words of the name, or a number.")
@click.option("--group", help="Only those in this group.")
@click.option("--blocked", is_flag=True, help="Only those who are blocked.")
def list_(
    config_file: Path | None,
    data: Path | None,
    as_json: bool,
    find: str,
    group: str | None,
    blocked: bool,
) -> None:
    """Everybody, by name, each with the id that other commands take."""
    from gateway.store.people import people as store

    with _opened(config_file, data):
        found = store.by_ids(store.ids(_contact_filter(find, group, blocked)))
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        told = [one.number, ", ".join(one.groups), "blocked" if one.blocked else ""]
        told += ["always reached"] if one.always else []
        say("  ".join(filter(None, (f"{one.id}", one.name, *told))))
    if not found:
        say("There is nobody.")


@people.command("add")
@common
@click.option("--notes", default="", help="Notes.")
@click.option("--group", "names", multiple=True, help="A group to put them into; several are fine.")
@click.argument("name")
@click.argument("number", default="")
def add(
    config_file: Path | None,
    data: Path | None,
    notes: str,
    names: tuple[str, ...],
    name: str,
    number: str,
) -> None:
    """Add a contact; prints its id."""
    from gateway.services.people.people import TypedContact

    with _opened(config_file, data) as service:
        made = service.add(TypedContact(name, number, notes), [group_id(one) for one in names])
    say(made)


@people.command("change")
@common
@click.option("--name", help="Another name.")
@click.option("--number", help="Another number; empty: none.")
@click.option("--notes", help="Other notes.")
@click.argument("contact", type=ID)
def change(config_file: Path | None, data: Path | None, contact: int, **typed: str | None) -> None:
    """Change the contact with the id CONTACT; what is not given stays as it is."""
    from gateway.services.people.people import TypedContact
    from gateway.store.people import groups as groups_store
    from gateway.store.people import people as store

    given = {name: value for name, value in typed.items() if value is not None}
    if not given:
        raise click.UsageError("Say what to change: --name, --number or --notes.")
    with _opened(config_file, data) as service:
        one = store.get(contact)
        if one is None:
            raise PlainError(f"There is no contact {contact}; pigeonbox people list shows them.")
        texts = {"name": one.name, "number": one.number, "notes": one.notes} | given
        member = {g.name: g.id for g in groups_store.groups()}
        entered = TypedContact(**texts, fields=one.fields)
        service.save(contact, entered, [member[name] for name in one.groups])
    say(f"Contact {contact} is changed.")


@people.command("delete")
@common
@click.argument("contacts", nargs=-1, required=True, type=ID)
def delete(config_file: Path | None, data: Path | None, contacts: tuple[int, ...]) -> None:
    """Delete contacts by their ids; their messages stay."""
    from gateway.store.people import people as store

    with _opened(config_file, data) as service:
        known = {one.id for one in store.by_ids(contacts)}
        if missing := [str(i) for i in contacts if i not in known]:
            raise PlainError(f"There is no contact {', '.join(missing)}. Nothing was done.")
        count = service.delete(contacts, editor_name())
    say(f"{count} deleted.")


@people.command("always")
@common
@click.option("--off", is_flag=True, help="A STOP counts again.")
@click.argument("contact", type=ID)
def always(config_file: Path | None, data: Path | None, off: bool, contact: int) -> None:
    """Reach CONTACT always: a STOP in that name is shown, and does not block the number."""
    from gateway.store.people import people as store

    with _opened(config_file, data) as service:
        if store.get(contact) is None:
            raise PlainError(f"There is no contact {contact}; pigeonbox people list shows them.")
        service.set_always(contact, not off, editor_name())
    say(f"Contact {contact} is {'not always' if off else 'always'} reached.")


@people.command("import")
@common
@click.option("--update", is_flag=True, help="Update contacts that exist; else they are left.")
@click.option("--group", default="", help="Put everybody into this group as well.")
@click.option("--bad", type=click.Path(path_type=Path), help="Where rows go that cannot go in.")
@click.option("--encoding", default="", help="Of the letters, such as cp1251; else as it fits.")
@click.option("--field", "fields", multiple=True, help="Head of a column that is an own field.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(
    config_file: Path | None,
    data: Path | None,
    update: bool,
    group: str,
    bad: Path | None,
    encoding: str,
    fields: tuple[str, ...],
    file: Path,
) -> None:
    """Put the people in FILE (CSV or vCard) in; columns are known by their heads and contents."""
    from dataclasses import replace

    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.people.imports import ContactImports, outcome_words
    from gateway.store.people import imports

    with _opened(config_file, data):
        events = Events()
        country = Preferences(events, read_settings(config_file, data).country).country
        importing = ContactImports(store_clock(), events, country)
        kept = importing.upload(file.name, file.read_bytes(), editor_name())
        found = imports.get(kept)
        assert found is not None
        sheet = importing.sheet(found, _encoding(encoding))
        guessed = importing.guess(sheet)
        chosen = _with_fields(guessed.columns, sheet.header, fields)
        importing.start(kept, replace(guessed, columns=chosen, update=update, group=group))
        done = imports.get(kept, content=False)
        assert done is not None
        if done.bad and bad is not None:
            bad.write_text("\ufeff" + "".join(importing.bad_file(kept)), encoding="utf-8")
        problems = [one for one in imports.problems(kept) if one.line] if bad is None else []
    say(outcome_words(done))
    if names := ", ".join(_left_out(sheet, chosen)):
        say(f"left out: {names}; --field takes a column in as an own field", err=True)
    for one in problems[:50]:
        say(f"line {one.line}: {one.words}", err=True)
    if len(problems) > 50:
        say(f"and {len(problems) - 50} more; --bad FILE keeps them all", err=True)


def _encoding(typed: str) -> str:
    from gateway.services.people import encodings

    found = encodings.canonical_name(typed)
    if typed and not found:
        offered = ", ".join(encodings.CHOICES)
        raise PlainError(f"The encoding {typed} is not known; these are: {offered}.")
    return found


def _left_out(sheet: Sheet, kinds: tuple[str, ...]) -> Iterator[str]:
    """The columns with something in them that nobody gets."""
    for at, (head, kind) in enumerate(zip(sheet.header, kinds, strict=True)):
        if not kind and any(row.cells[at : at + 1] > ("",) for row in sheet.rows):
            yield head or f"column {at + 1}"


def _with_fields(
    kinds: tuple[str, ...], header: tuple[str, ...], fields: tuple[str, ...]
) -> tuple[str, ...]:
    from gateway.services.people.columns import OWN

    if missing := [name for name in fields if name not in header]:
        raise PlainError(f"No column is called {missing[0]}; there are: {', '.join(header)}.")
    return tuple(
        OWN + head if head in fields else kind for head, kind in zip(header, kinds, strict=True)
    )


@people.command("export")
@common
@click.option("--vcard", is_flag=True, help="As vCard, for phones; else as CSV.")
@click.option("--find", default="", help="Words of the name, or a number.")
@click.option("--group", help="Only those in this group.")
def export(
    config_file: Path | None, data: Path | None, vcard: bool, find: str, group: str | None
) -> None:
    """Write everybody to the standard output; the CSV comes back in as it went out."""
    from gateway.services.people import export as exporting

    with _opened(config_file, data):
        wanted = _contact_filter(find, group, False)
        exporting.note(wanted, store_clock().now(), editor_name())
        say_file(exporting.cards(wanted) if vcard else exporting.csv(wanted))


@people.command("block")
@common
@click.argument("number")
def block(config_file: Path | None, data: Path | None, number: str) -> None:
    """Send nothing more to NUMBER; what waits for it fails."""
    with _opened(config_file, data) as service:
        say(f"{service.block(number, editor_name())} is blocked.")


@people.command("unblock")
@common
@click.argument("number")
def unblock(config_file: Path | None, data: Path | None, number: str) -> None:
    """Let messages go to NUMBER again."""
    with _opened(config_file, data) as service:
        if not service.free(number, editor_name()):
            raise PlainError(f"{number} is not blocked; pigeonbox people blocked lists those.")
    say(f"{number} can be written to again.")


@people.command("blocked")
@common
@as_json
def blocked(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """The blocked numbers, the newest first."""
    from gateway.store.people import blocked as store

    with _opened(config_file, data):
        found = store.page(limit=100_000)
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.number}  {f'wrote {one.word}' if one.by_itself else f'by {one.who}'}")
    if not found:
        say("No number is blocked.")


# groups ----------------------------------------------------------------------------------------


@click.group()
def groups() -> None:
    """Groups of contacts."""


@groups.command("list")
@common
@as_json
def list_groups(config_file: Path | None, data: Path | None, as_json: bool) -> None:
    """Each group with how many are in it."""
    from gateway.store.people import groups as store

    with _opened(config_file, data):
        found = store.groups()
    if as_json:
        say_json([asdict(one) for one in found])
        return
    for one in found:
        say(f"{one.name}: {one.people}{', always reached' if one.always else ''}")
    if not found:
        say("There is no group.")


@groups.command("add")
@common
@click.argument("name")
def add_group(config_file: Path | None, data: Path | None, name: str) -> None:
    """Make a group."""
    with _opened(config_file, data) as service:
        service.make_group(name)
    say(f"{name} is made.")


@groups.command("rename")
@common
@click.argument("name")
@click.argument("new")
def rename_group(config_file: Path | None, data: Path | None, name: str, new: str) -> None:
    """Call the group NAME something else."""
    with _opened(config_file, data) as service:
        service.rename_group(group_id(name), new)
    say(f"{name} is called {new} now.")


@groups.command("always")
@common
@click.option("--off", is_flag=True, help="A STOP counts again.")
@click.argument("name")
def always_group(config_file: Path | None, data: Path | None, off: bool, name: str) -> None:
    """Reach everybody in the group NAME always, whatever STOP comes in their names."""
    with _opened(config_file, data) as service:
        service.set_group_always(group_id(name), not off, editor_name())
    say(f"Everybody in {name} is {'not always' if off else 'always'} reached.")


@groups.command("delete")
@common
@click.argument("name")
def delete_group(config_file: Path | None, data: Path | None, name: str) -> None:
    """Delete the group NAME; its people stay."""
    with _opened(config_file, data) as service:
        service.delete_group(group_id(name), editor_name())
    say(f"{name} is deleted.")


@groups.command("join")
@common
@click.argument("name")
@click.argument("contacts", nargs=-1, required=True, type=ID)
def join(config_file: Path | None, data: Path | None, name: str, contacts: tuple[int, ...]) -> None:
    """Put contacts, by their ids, into the group NAME."""
    with _opened(config_file, data) as service:
        say(f"{service.join(group_id(name), contacts)} joined {name}.")


@groups.command("leave")
@common
@click.argument("name")
@click.argument("contacts", nargs=-1, required=True, type=ID)
def leave(
    config_file: Path | None, data: Path | None, name: str, contacts: tuple[int, ...]
) -> None:
    """Take contacts, by their ids, out of the group NAME."""
    with _opened(config_file, data) as service:
        say(f"{service.leave(group_id(name), contacts)} left {name}.")


# what they share -------------------------------------------------------------------------------


@contextmanager
def _opened(config_file: Path | None, data: Path | None) -> Iterator[People]:
    from gateway.events import Events
    from gateway.services.box.preferences import Preferences
    from gateway.services.people.people import People

    settings = read_settings(config_file, data)
    events = Events()
    country = Preferences(events, settings.country).country
    with open_store(settings):
        yield People(store_clock(), events, country)


def _contact_filter(find: str, group: str | None, blocked: bool) -> ContactFilter:
    from gateway.store.people.people import ContactFilter

    return ContactFilter(find, group_id(group) if group else None, blocked)
