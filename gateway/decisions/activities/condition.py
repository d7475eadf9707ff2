"""Whether a received message sets an activity off, and in words why it does not. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.decisions.activities.hours import Hours
from gateway.decisions.activities.keywords import as_word, first_words, plain


class Match(StrEnum):
    WORD = "word"  # the first word is one of them
    STARTS = "starts"  # the text starts with one of them
    CONTAINS = "contains"  # one of them is somewhere in it
    ANYTHING = "anything"


class Sender(StrEnum):
    ANYBODY = "anybody"
    GROUP = "group"  # a member of a group
    KNOWN = "known"  # a contact
    UNKNOWN = "unknown"  # no contact


@dataclass(frozen=True, slots=True)
class Condition:
    """`group_name` and `connection_name` are for the words; "" = it does not exist any more."""

    match: Match = Match.WORD
    words: tuple[str, ...] = ()
    sender: Sender = Sender.ANYBODY
    group_id: int | None = None
    group_name: str = ""
    connection_id: int | None = None  # None: any
    connection_name: str = ""
    hours: Hours = field(default_factory=Hours)


@dataclass(frozen=True, slots=True)
class ConditionFacts:
    """A received message as conditions see it."""

    text: str
    known: bool  # the sender is a contact
    groups: frozenset[int]  # that the sender is in
    connection_id: int | None
    at: datetime  # of its arrival, in the box's zone


def why_not(condition: Condition, arrived: ConditionFacts) -> str:
    """ "" when it applies, else the reason, to follow "does not match because"."""
    return (
        _why_not_text(condition, arrived.text)
        or _why_not_sender(condition, arrived)
        or _why_not_connection(condition, arrived)
        or _why_not_hours(condition, arrived)
    )


def _why_not_text(condition: Condition, text: str) -> str:
    match condition.match:
        case Match.ANYTHING:
            return ""
        case Match.WORD:
            heard = first_words(text)
            if {as_word(word) for word in condition.words} & set(heard):
                return ""
            if not heard:
                return "there is no word in it"
            return f"the first word is “{shortened(heard[0])}”, not {either(condition.words)}"
        case Match.STARTS:
            if any(plain(text).startswith(plain(word)) for word in condition.words):
                return ""
            return f"it does not start with {either(condition.words)}"
        case Match.CONTAINS:
            if any(plain(word) in plain(text) for word in condition.words):
                return ""
            return f"it does not contain {either(condition.words)}"


def _why_not_sender(condition: Condition, arrived: ConditionFacts) -> str:
    match condition.sender:
        case Sender.ANYBODY:
            return ""
        case Sender.KNOWN:
            return "" if arrived.known else "the sender is not among the contacts"
        case Sender.UNKNOWN:
            return "the sender is among the contacts" if arrived.known else ""
        case Sender.GROUP:
            if not condition.group_name:
                return "its group does not exist any more; choose another one"
            if condition.group_id in arrived.groups:
                return ""
            return f"the sender is not in the group “{condition.group_name}”"


def _why_not_connection(condition: Condition, arrived: ConditionFacts) -> str:
    if condition.connection_id is None:
        return ""
    if not condition.connection_name:
        return "its connection does not exist any more; choose another one"
    if arrived.connection_id == condition.connection_id:
        return ""
    return f"it did not come in on “{condition.connection_name}”"


def _why_not_hours(condition: Condition, arrived: ConditionFacts) -> str:
    if condition.hours.hold(arrived.at):
        return ""
    return f"it is {arrived.at:%a %H:%M}, and it works {condition.hours}"


def either(words: tuple[str, ...]) -> str:
    """“a”, “b” or “c”."""
    quoted = [f"“{word}”" for word in words]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1] if quoted else "")))


def shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
