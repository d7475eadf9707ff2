"""Contacts, groups and blocked numbers, for programs that keep an address book of their own.

GET, POST /api/v1/contacts; GET, PUT, DELETE /api/v1/contacts/{id}; GET, POST /api/v1/groups; PUT,
DELETE /api/v1/groups/{id}; POST, DELETE /api/v1/groups/{id}/members; GET, POST /api/v1/blocked;
DELETE /api/v1/blocked/{number}. What is refused on the page is refused here, in the same words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from flask import Response, g, jsonify, make_response, request

from gateway.services.people.people import TypedContact
from gateway.store.people import blocked, groups, people
from gateway.store.people.people import ContactFilter, ContactInfo, fold
from gateway.text.refusal import FieldError, InTheWay, Refused
from gateway.text.values import BadValue, boolean, integer
from webui.api import asked
from webui.page.current import box
from webui.page.formats import iso

MOST, USUAL = 500, 50
TEXTS = {"name": "name", "phoneNumber": "number", "notes": "notes"}
# What the body of a contact and of a group may hold; the last ones are told, and not changed.
OF_CONTACT = (*TEXTS, "fields", "groups", "alwaysReached", "id", "blocked")
OF_GROUP = ("name", "alwaysReached", "id", "people")
MOST_MEMBERS = 1000
MEMBERS = f'The body must be {{"contacts": [...]}} with up to {MOST_MEMBERS:,} ids.'


class _Bad(ValueError):
    """The body is not understood."""


def _answering(act: Callable[..., Response]) -> Callable[..., Response]:
    """What a person would be told beside the field, as one line."""

    @wraps(act)
    def wrapped(*args: Any, **kwargs: Any) -> Response:
        try:
            return act(*args, **kwargs)
        except _Bad as e:
            return _failure(str(e), 400)
        except Refused as e:
            words = " ".join(f"{_shown(one.field)}: {one.words}" for one in e.errors)
            return _failure(words, 409 if isinstance(e, InTheWay) else 400)

    return wrapped


def _shown(field: str) -> str:
    named = {our: theirs for theirs, our in TEXTS.items()}
    if field.startswith("field-"):
        names = {f"field-{f.id}": f.name for f in groups.fields()}
        return f"fields.{names.get(field, field)}"
    return named.get(field, field)


def _failure(words: str, status: int) -> Response:
    return make_response(jsonify(message=words), status)


# contacts --------------------------------------------------------------------------------------


def contacts() -> Response:
    """?find=, ?group= (its name), ?blocked=1, ?limit=, ?offset=; by name."""
    limit, offset = asked.number("limit", USUAL, 1, MOST), asked.number("offset", 0)
    group = None
    if wanted := request.args.get("group"):
        group = groups.named(fold(wanted))
        if group is None:
            return _failure(f"There is no group called {wanted}.", 404)
    chosen = ContactFilter(
        request.args.get("find", ""), group.id if group else None, asked.flag("blocked")
    )
    ids = people.ids(chosen)
    shown = people.by_ids(ids[offset : offset + limit])
    response = jsonify([_shape(c) for c in shown])
    response.headers["X-Total-Count"] = str(len(ids))
    return response


def contact(contact_id: int) -> Response:
    found = people.get(contact_id)
    return jsonify(_shape(found)) if found else _no_contact(contact_id)


@_answering
def add_contact() -> Response:
    entered, group_ids = _entered(ContactInfo(""))
    always = _always(False)
    made_id = box().people.add(entered, group_ids)
    box().people.set_always(made_id, always, g.caller)
    made = people.get(made_id)
    assert made is not None
    return make_response(jsonify(_shape(made)), 201)


@_answering
def change_contact(contact_id: int) -> Response:
    """What is not in the body stays as it is."""
    stored = people.get(contact_id)
    if stored is None:
        return _no_contact(contact_id)
    entered, group_ids = _entered(stored)
    always = _always(stored.always)
    if not box().people.save(contact_id, entered, group_ids):
        return _no_contact(contact_id)
    box().people.set_always(contact_id, always, g.caller)
    return contact(contact_id)


def delete_contact(contact_id: int) -> Response:
    """Their messages stay."""
    if not box().people.delete([contact_id], g.caller):
        return _no_contact(contact_id)
    return make_response("", 204)


def _no_contact(contact_id: int) -> Response:
    return _failure(f"There is no contact with the id {contact_id}.", 404)


def _shape(c: ContactInfo) -> dict[str, object]:
    names = {f.id: f.name for f in groups.fields()}
    return {
        "id": c.id,
        "name": c.name,
        "phoneNumber": c.number or None,
        "notes": c.notes,
        "fields": {names[i]: value for i, value in c.fields.items() if i in names},
        "groups": list(c.groups),
        "blocked": c.blocked,
        "alwaysReached": c.always,
    }


def _entered(stored: ContactInfo) -> tuple[TypedContact, list[int]]:
    body = _body(OF_CONTACT)
    texts = {our: body.get(theirs, getattr(stored, our)) for theirs, our in TEXTS.items()}
    texts = {our: "" if value is None else value for our, value in texts.items()}
    for theirs, our in TEXTS.items():
        if not isinstance(texts[our], str):
            raise _Bad(f"{theirs} must be a string.")
    values = dict(stored.fields) | _fields(body.get("fields", {}))
    member = body.get("groups", list(stored.groups))
    if not isinstance(member, list) or not all(isinstance(one, str) for one in member):
        raise _Bad("groups must be a list of names.")
    return TypedContact(**texts, fields=values), [_group_id(name) for name in member]


def _fields(given: object) -> dict[int, str]:
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise _Bad('fields must be an object of strings, such as {"Town": "Kisumu"}.')
    known = {fold(f.name): f.id for f in groups.fields()}
    if unknown := [name for name in given if fold(name) not in known]:
        words = f"There is no own field called {', '.join(unknown)}; make it under People."
        raise Refused([FieldError("fields", words)])
    return {known[fold(name)]: value for name, value in given.items()}


def _group_id(name: str) -> int:
    found = groups.named(fold(name))
    if found is None:
        raise Refused([FieldError("groups", f"There is no group called {name}.")])
    return found.id


# groups ----------------------------------------------------------------------------------------


def all_groups() -> Response:
    return jsonify([_group(one) for one in groups.groups()])


@_answering
def add_group() -> Response:
    always = _always(False)
    made = box().people.make_group(_text("name", OF_GROUP))
    box().people.set_group_always(made, always, g.caller)
    return _one_group(made, 201)


@_answering
def rename_group(group_id: int) -> Response:
    """Its name, and whether everybody in it is always reached; what is not given stays."""
    stored = groups.get(group_id)
    if stored is None:
        return _no_group(group_id)
    always = _always(stored.always)
    if "name" in _body(OF_GROUP) or "alwaysReached" not in _body():
        box().people.rename_group(group_id, _text("name"))
    box().people.set_group_always(group_id, always, g.caller)
    return _one_group(group_id)


@_answering
def delete_group(group_id: int) -> Response:
    """Its people stay. 409 while something needs it."""
    if groups.get(group_id) is None:
        return _no_group(group_id)
    box().people.delete_group(group_id, g.caller)
    return make_response("", 204)


@_answering
def join_group(group_id: int) -> Response:
    return _members(group_id, box().people.join)


@_answering
def leave_group(group_id: int) -> Response:
    return _members(group_id, box().people.leave)


def _members(group_id: int, act: Callable[[int, list[int]], int]) -> Response:
    """Doing it twice is no mistake."""
    if groups.get(group_id) is None:
        return _no_group(group_id)
    ids = _body().get("contacts")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_MEMBERS:
        raise _Bad(MEMBERS)
    if any(isinstance(integer(i), BadValue) for i in ids):
        raise _Bad(MEMBERS)
    known = {c.id for c in people.by_ids([i for i in ids if 0 < i < 1 << 63])}
    if unknown := [str(i) for i in ids if i not in known]:
        words = f"There is no contact {', '.join(unknown[:10])}. Nothing was changed."
        raise Refused([FieldError("contacts", words)])
    act(group_id, ids)
    return _one_group(group_id)


def _one_group(group_id: int, status: int = 200) -> Response:
    found = groups.get(group_id)
    return make_response(jsonify(_group(found)), status) if found else _no_group(group_id)


def _group(one: groups.GroupInfo) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "people": one.people, "alwaysReached": one.always}


def _no_group(group_id: int) -> Response:
    return _failure(f"There is no group with the id {group_id}.", 404)


# blocked numbers -------------------------------------------------------------------------------


def all_blocked() -> Response:
    """Newest first, at most 500; `word` is what the number itself wrote, such as STOP."""
    return jsonify(
        [
            {"phoneNumber": b.number, "at": iso(b.at), "by": b.who or None, "word": b.word or None}
            for b in blocked.page(limit=MOST)
        ]
    )


@_answering
def block_number() -> Response:
    """What waits to be sent there fails."""
    number = box().people.block(_text("phoneNumber"), g.caller)
    return make_response(jsonify(phoneNumber=number), 201)


def unblock_number(number: str) -> Response:
    if not box().people.free(number, g.caller):
        return _failure(f"{number} is not blocked.", 404)
    return make_response("", 204)


# bodies ----------------------------------------------------------------------------------------


def _body(known: Collection[str] = ()) -> dict[str, Any]:
    """`known`: what may be in it; a name that was mistyped must not be taken for nothing."""
    try:
        found = json.loads(request.get_data())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _Bad("The body must be a JSON object.")
    if known and (unknown := [name for name in found if name not in known]):
        verb = "is" if len(unknown) == 1 else "are"
        words = f"{', '.join(unknown[:10])} {verb} not known here; known are {', '.join(known)}."
        raise _Bad(words)
    return found


def _always(stored: bool) -> bool:
    found = boolean(_body().get("alwaysReached", stored))
    if isinstance(found, BadValue):
        raise _Bad("alwaysReached must be true or false.")
    return found


def _text(name: str, known: Collection[str] = ()) -> str:
    value = _body(known).get(name)
    if not isinstance(value, str):
        raise _Bad(f'The body must be {{"{name}": "..."}}.')
    return value
