"""Choosing recipients for Send SMS: chips of who is meant, and Show all contacts to tick in.

What is chosen becomes text in the field, so that everything works without script and what was typed
and what was ticked are one list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from werkzeug.datastructures import MultiDict

from gateway.services.people.addressees import Addressees, blocked_among, written_person
from gateway.services.people.numbers import SEPARATORS, BadNumber
from gateway.store.people import groups, people
from gateway.store.people.people import ContactFilter
from gateway.text import plural
from webui.page.arguments import a_number, an_id
from webui.page.current import box
from webui.page.formats import phone

LISTED = 100
SHOWN_CHIPS = 40


@dataclass(frozen=True, slots=True)
class Chip:
    place: int  # among what was typed
    typed: str
    label: str
    about: str


@dataclass(frozen=True, slots=True)
class RecipientChoice:
    write: str
    label: str
    about: str
    chosen: bool


def asked_for(args: Mapping[str, str]) -> str:
    """Recipients that another page sends along: ?person=3, ?group=5."""
    if contact_id := an_id(args.get("person")):
        found = people.get(contact_id)
        return written_person(found) if found and found.number else ""
    group = groups.get(group_id) if (group_id := an_id(args.get("group"))) else None
    return group.name if group else ""


def with_picks(typed: str, form: MultiDict[str, str]) -> str:
    """The field with what was ticked added and what was dropped taken out."""
    found = entries(typed)
    drop = a_number(form.get("drop"), 0, len(found) - 1)
    if drop is not None:
        del found[drop]
        typed = ", ".join(found)
    new = [pick for pick in form.getlist("pick") if pick not in found]
    return ", ".join([*found, *new]) if new else typed


def entries(typed: str) -> list[str]:
    """What was typed, one by one."""
    return [entry.strip() for entry in SEPARATORS.split(typed) if entry.strip()]


def chips(found: Addressees, bad: Sequence[BadNumber] = ()) -> str:
    """Who is meant, one by one, how many they are, and what of it is nobody."""
    numbers = found.recipients.numbers
    shown = found.entries[:SHOWN_CHIPS]
    names = box().people.names(n for entry in shown for n in entry.numbers[:1])
    return render_template(
        "messages/_who.html",
        chips=[
            Chip(e.place, e.typed, e.shown, plural.people(len(e.numbers)))
            if e.kind == "group"
            else Chip(e.place, e.typed, names.get(e.numbers[0]) or phone(e.numbers[0]), "")
            for e in shown
        ],
        more=max(0, len(found.entries) - len(shown)),
        people=len(numbers),
        blocked=blocked_among(numbers) if numbers else 0,
        bad=bad,
    )


def section(recipients: str, find: str, after: str) -> str:
    """People and groups to tick."""
    chosen = box().messaging.addressees(recipients)
    numbers = {n for e in chosen.entries if e.kind != "group" for n in e.numbers}
    taken = {e.shown for e in chosen.entries if e.kind == "group"}
    contact_id, _, sort = after.partition("-")
    key = (sort, i) if (i := an_id(contact_id)) else None
    wanted = ContactFilter(find=find)
    found = people.page(wanted, key, LISTED + 1)
    folded = people.fold(find)
    return render_template(
        "messages/_choose.html",
        groups=[
            RecipientChoice(one.name, one.name, plural.people(one.people), one.name in taken)
            for one in groups.groups()
            if folded in people.fold(one.name)
        ]
        if key is None
        else [],
        people=[
            RecipientChoice(
                written_person(c), c.name or phone(c.number), _about(c), c.number in numbers
            )
            for _, c in found[:LISTED]
            if c.number
        ],
        find=find,
        total=people.count(wanted),
        more=f"{found[LISTED - 1][1].id}-{found[LISTED - 1][0][0]}" if len(found) > LISTED else "",
        first=key is None,
    )


def _about(contact: people.ContactInfo) -> str:
    said = phone(contact.number) if contact.name else ""
    return f"{said}, blocked" if contact.blocked else said
