"""Whom a scheduled message goes to: kept as written, read anew whenever somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.services.people.addressees import Addressee, written_person
from gateway.services.people.numbers import display
from gateway.store.people import groups, people
from gateway.store.schedules.schedules import ScheduleRecipient


@dataclass(frozen=True, slots=True)
class ExpandedRecipients:
    """Whom a schedule goes to now, and what is to be said of it."""

    numbers: tuple[str, ...]
    lacking: tuple[str, ...]  # "Helpers has nobody in it"


def recipients_of(entries: Sequence[Addressee]) -> tuple[ScheduleRecipient, ...]:
    """Groups by their id, so that they may be renamed; people by theirs, with their number."""
    known = people.ids_of([e.numbers[0] for e in entries if e.kind == "person"])
    found: dict[ScheduleRecipient, None] = {}
    for entry in entries:
        if entry.kind == "group":
            found[ScheduleRecipient("group", id=entry.group_id, name=entry.shown)] = None
        elif entry.kind == "person" and (contact_id := known.get(entry.numbers[0])):
            found[ScheduleRecipient("person", number=entry.numbers[0], id=contact_id)] = None
        else:
            found[ScheduleRecipient("number", number=entry.numbers[0])] = None
    return tuple(found)


def expand(recipients: Sequence[ScheduleRecipient]) -> ExpandedRecipients:
    """As the groups and the people are now."""
    numbers: dict[str, None] = {}
    lacking = []
    known = _contacts(recipients)
    for one in recipients:
        if one.kind != "group":
            contact = known.get(one.id)
            numbers[(contact and contact.number) or one.number] = None
            continue
        group = groups.get(one.id)
        members = groups.numbers(one.id) if group else []
        numbers |= dict.fromkeys(members)
        if group is None:
            lacking.append(f"The group “{one.name}” does not exist any more")
        elif not members:
            lacking.append(f"The group “{group.name}” has nobody with a number in it")
    return ExpandedRecipients(tuple(numbers), tuple(lacking))


@dataclass(frozen=True, slots=True)
class RecipientName:
    """A recipient as a person calls it."""

    name: str
    group: bool
    people: int = 1


def recipient_names(recipients: Sequence[ScheduleRecipient]) -> list[RecipientName]:
    found = []
    known = _contacts(recipients)
    for one in recipients:
        if one.kind == "group":
            group = groups.get(one.id)
            count = group.people if group else 0
            found.append(RecipientName(group.name if group else one.name, True, count))
        else:
            contact = known.get(one.id)
            name = contact.name if contact else ""
            found.append(RecipientName(name or display(one.number), False))
    return found


def as_written(recipients: Sequence[ScheduleRecipient]) -> str:
    """As it stands in the field, to be edited."""
    found = []
    known = _contacts(recipients)
    for one in recipients:
        if one.kind == "group":
            group = groups.get(one.id)
            found.append(group.name if group else one.name)
        else:
            contact = known.get(one.id)
            found.append(written_person(contact) if contact and contact.number else one.number)
    return ", ".join(found)


def _contacts(recipients: Sequence[ScheduleRecipient]) -> dict[int, people.ContactInfo]:
    ids = [one.id for one in recipients if one.kind == "person"]
    return {contact.id: contact for contact in people.by_ids(ids)} if ids else {}
