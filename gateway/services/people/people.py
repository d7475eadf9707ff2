"""What is asked of contacts, groups, own fields and blocked numbers, by page, API, command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gateway.clock import Clock
from gateway.events import Events, StoreChanged
from gateway.services.people.numbers import (
    SEPARATORS,
    BadNumber,
    alternatives,
    from_network,
    normalise,
)
from gateway.services.people.placeholders import RESERVED
from gateway.services.people.senders import meant
from gateway.store.file import database
from gateway.store.people import blocked, groups, people
from gateway.store.people.people import ContactInfo, fold
from gateway.text import clean
from gateway.text.refusal import FieldError, InTheWay, Refused

LONGEST_NAME = 100
LONGEST_NOTES = 2000
LONGEST_VALUE = 200
LONGEST_GROUP = 60
MOST_GROUPS = 500
MOST_FIELDS = 20
UNFIT_FOR_GROUP = set(",;<>\n\t")  # what separates recipients
UNFIT_FOR_FIELD = set("{}|\n")

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class TypedContact:
    """A contact as written, not yet checked."""

    name: str = ""
    number: str = ""
    notes: str = ""
    fields: Mapping[int, str] = field(default_factory=dict)


class People:
    """Stateless but for its settings; safe to use from any thread with a database connection."""

    def __init__(self, clock: Clock, events: Events, country: Callable[[], str]) -> None:
        self._clock = clock
        self._events = events
        self._country = country

    # contacts

    def add(self, entered: TypedContact, group_ids: Sequence[int] = ()) -> int:
        """Returns the new contact's id. Raises Refused, StoreError."""
        contact = self.checked(entered)
        try:
            contact_id = people.add(contact, self._clock.now())
        except people.NumberTaken as e:
            raise InTheWay([_number_taken(e)]) from e
        groups.put_into(contact_id, group_ids)
        self._events.publish(StoreChanged())
        return contact_id

    def save(self, contact_id: int, entered: TypedContact, group_ids: Sequence[int]) -> bool:
        """False: the contact is gone. Raises Refused, StoreError."""
        contact = self.checked(entered, contact_id)
        try:
            found = people.save(contact, self._clock.now())
        except people.NumberTaken as e:
            raise InTheWay([_number_taken(e)]) from e
        if found:
            groups.put_into(contact_id, group_ids)
            self._events.publish(StoreChanged())
        return found

    def set_always(self, contact_id: int, on: bool, who: str) -> None:
        """Always reached: STOP in this number's name is shown and told, and does not block it."""
        if people.set_always(contact_id, on, self._clock.now(), who):
            self._events.publish(StoreChanged())

    def set_group_always(self, group_id: int, on: bool, who: str) -> None:
        """The same for everybody in a group, also for who joins later."""
        if groups.set_always(group_id, on, self._clock.now(), who):
            self._events.publish(StoreChanged())

    def delete(self, ids: Sequence[int], who: str) -> int:
        count = people.delete(ids, self._clock.now(), who)
        self._events.publish(StoreChanged())
        return count

    def put_back(self, found: Sequence[people.DeletedContact], who: str) -> int:
        """Contacts that were deleted; returns how many could be."""
        count = people.put_back(found, self._clock.now(), who)
        self._events.publish(StoreChanged())
        return count

    def checked(self, entered: TypedContact, contact_id: int = 0) -> ContactInfo:
        """Raises Refused with everything that is wrong."""
        contact, errors = examine(entered, self._country())
        if errors:
            raise Refused(errors)
        return replace(contact, id=contact_id)

    def names(self, numbers: Iterable[str]) -> dict[str, str]:
        """Number as it stands in a message -> the name of whom it belongs to.

        Some networks give senders in national form: such a number is compared as E.164.
        """
        keys = {number: self.key(number) for number in numbers}
        found = people.names(keys.values())
        return {number: found[key] for number, key in keys.items() if key in found}

    def key(self, number: str) -> str:
        """E.164 where it can be; names such as BANK stay as they are."""
        return from_network(number, self._country()) or number

    def forms(self, number: str) -> tuple[str, ...]:
        """All the ways in which messages may have this number; of none: none."""
        return alternatives(self.key(number), self._country()) if number else ()

    # groups

    def make_group(self, name: str) -> int:
        """Raises Refused, StoreError."""
        name = self._group_name(name)
        if len(groups.groups()) >= MOST_GROUPS:
            raise Refused([FieldError("name", f"At most {MOST_GROUPS} groups are possible.")])
        try:
            made = groups.make(name, self._clock.now())
        except groups.NameTaken as e:
            raise InTheWay([FieldError("name", f"{e}")]) from e
        self._events.publish(StoreChanged())
        return made

    def rename_group(self, group_id: int, name: str) -> None:
        name = self._group_name(name)
        try:
            groups.rename(group_id, name)
        except groups.NameTaken as e:
            raise InTheWay([FieldError("name", f"{e}")]) from e
        self._events.publish(StoreChanged())

    def delete_group(self, group_id: int, who: str) -> None:
        """The people stay. Raises Refused while something needs the group, saying what."""
        with database.transaction():  # nobody begins to need it between the look and the deletion
            if uses := groups.used_by(group_id):
                words = f"This group is used by {', '.join(uses)}; change that first."
                raise InTheWay([FieldError("group", words)])
            groups.delete(group_id, self._clock.now(), who)
        self._events.publish(StoreChanged())

    def join(self, group_id: int, contact_ids: Sequence[int]) -> int:
        count = groups.join(group_id, contact_ids)
        self._events.publish(StoreChanged())
        return count

    def leave(self, group_id: int, contact_ids: Sequence[int]) -> int:
        count = groups.leave(group_id, contact_ids)
        self._events.publish(StoreChanged())
        return count

    def _group_name(self, name: str) -> str:
        name = clean.line(name)
        if error := group_name_error(name, self._country()):
            raise Refused([FieldError("name", error)])
        return name

    # own fields

    def add_field(self, name: str) -> int:
        return self._field(name, groups.add_field)

    def rename_field(self, field_id: int, name: str) -> None:
        self._field(name, lambda checked: groups.rename_field(field_id, checked))

    def delete_field(self, field_id: int, who: str) -> None:
        groups.delete_field(field_id, self._clock.now(), who)
        self._events.publish(StoreChanged())

    def _field(self, name: str, store: Callable[[str], Result]) -> Result:
        name = clean.line(name)
        error = field_name_error(name)
        if not error and len(groups.fields()) >= MOST_FIELDS:
            error = f"At most {MOST_FIELDS} own fields are possible."
        if error:
            raise Refused([FieldError("name", error)])
        try:
            result = store(name)
        except groups.NameTaken as e:
            raise InTheWay([FieldError("name", f"{e}")]) from e
        self._events.publish(StoreChanged())
        return result

    # blocked numbers

    def block(self, typed: str, who: str) -> str:
        """What waits to be sent there fails at once. Returns the number. Raises Refused."""
        number = meant(clean.line(typed), self._country())
        if isinstance(number, BadNumber):
            raise Refused([FieldError("number", f"{number}.")])
        blocked.block(number, self._clock.now(), who)
        self._events.publish(StoreChanged())
        return number

    def free(self, number: str, who: str) -> bool:
        """As it is listed, or as it is dialled. False: it is not blocked."""
        key = self.key(number)
        if blocked.get(key) is None and not isinstance(
            typed := meant(number, self._country()), BadNumber
        ):
            key = typed
        done = blocked.free(key, self._clock.now(), who)
        self._events.publish(StoreChanged())
        return done


def examine(entered: TypedContact, country: str) -> tuple[ContactInfo, list[FieldError]]:
    """A contact made of what was written, and what is wrong with it."""
    errors: list[FieldError] = []
    name, notes = clean.line(entered.name), clean.block(entered.notes)
    values = {i: v for i, text in entered.fields.items() if (v := clean.line(text))}
    number = clean.line(entered.number)
    if number:
        found = meant(number, country)
        if isinstance(found, BadNumber):
            errors.append(FieldError("number", f"{found}."))
        else:
            number = found
    if not name and not number:
        errors.append(FieldError("name", "Enter a name or a number."))
    errors += [
        FieldError(label, f"At most {longest:,} characters are possible here.")
        for label, text, longest in (
            ("name", name, LONGEST_NAME),
            ("notes", notes, LONGEST_NOTES),
            *((f"field-{i}", v, LONGEST_VALUE) for i, v in values.items()),
        )
        if len(text) > longest
    ]
    return ContactInfo(name, number, notes, values), errors


def group_name_error(name: str, country: str) -> str:
    if not name or not fold(name):
        return "Enter a name for the group."
    if len(name) > LONGEST_GROUP:
        return f"At most {LONGEST_GROUP} characters are possible in the name of a group."
    if UNFIT_FOR_GROUP & set(name) or SEPARATORS.search(name):
        return "The name of a group cannot have , ; < or > in it: they separate recipients."
    if not isinstance(normalise(name, country), BadNumber):
        return "This would be taken for a phone number; choose another name."
    return ""


def field_name_error(name: str) -> str:
    if not name or not fold(name):
        return "Enter a name for the field."
    if len(name) > LONGEST_GROUP:
        return f"At most {LONGEST_GROUP} characters are possible in the name of a field."
    if UNFIT_FOR_FIELD & set(name):
        return "The name of a field cannot have { or } or | in it: they mark placeholders."
    if fold(name) in (*RESERVED, "notes", "groups"):
        return f"Every contact has “{name}” already; choose another name."
    return ""


def _number_taken(e: people.NumberTaken) -> FieldError:
    whose = f"“{e.name}”" if e.name else "a contact without a name"
    return FieldError("number", f"{e.number} belongs to {whose} already.")
