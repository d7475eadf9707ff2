"""Who may do how much: the roles of people and the scopes of programs. Pure.

A role includes the ones below it. Which page or call needs which is decided where they are:
webui/page/roles.py and webui/api/access.py; what is not listed there is the administrator's alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

READER: Final = "reader"
OPERATOR: Final = "operator"
ADMINISTRATOR: Final = "administrator"

# From the least to the most, with what people are told about them.
ROLES: Final[dict[str, str]] = {
    READER: "sees everything but settings, and changes nothing",
    OPERATOR: "works with messages, people, activities and scheduled messages",
    ADMINISTRATOR: "may do everything, also settings, users and PINs",
}

SEND: Final = "send"
READ: Final = "read"
PEOPLE: Final = "people"
MANAGE: Final = "manage"
SCOPES: Final[dict[str, str]] = {
    SEND: "send messages to numbers, and ask about or withdraw its own",
    READ: "read messages, people and the state of the box",
    PEOPLE: "read and change contacts, groups and blocked numbers, and send to them by name",
    MANAGE: "everything, also settings",
}
USUAL_SCOPES: Final = (SEND, READ)  # of a token that nobody chose scopes for

# What a person may do through the API, with name and password.
OF_ROLE: Final[dict[str, tuple[str, ...]]] = {
    READER: (READ,),
    OPERATOR: (SEND, READ, PEOPLE),
    ADMINISTRATOR: (MANAGE,),
}


def at_least(role: str, needed: str) -> bool:
    """Whether `role` includes `needed`. A role that we do not know includes nothing."""
    order = tuple(ROLES)
    return role in order and needed in order and order.index(role) >= order.index(needed)


def allows(scopes: Iterable[str], needed: str) -> bool:
    """Whether a program with these scopes may do what needs `needed`."""
    held = set(scopes)
    return needed in held or (MANAGE in held and needed in SCOPES)


def ordered(scopes: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order of the table; ones that we do not know come last as they are."""
    held = list(dict.fromkeys(scopes))
    known = [s for s in SCOPES if s in held]
    return (*known, *(s for s in held if s not in SCOPES))
