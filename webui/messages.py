"""Messages as the page shows them: what the store tells -> words, links and buttons."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from gateway.states import State
from gateway.store import queries, views
from gateway.store.queries import Detail, DispatchInfo, Row, View
from webui import set_off
from webui.current import box
from webui.words import WORST_FIRST, StateWords, exactly, phone, shortened, state_words

ANSWERABLE = re.compile(r"\+?[0-9*#]+")
MOST_PEOPLE = 200  # recipients that an opened row lists; those with trouble come first
ORIGINS = {
    "page": "on the page",
    "api": "by a program",
    "cli": "on the command line",
    "activity": "by an activity",
}


@dataclass(frozen=True, slots=True)
class ViewOf:
    name: str
    view: View
    title: str
    short: str  # where there is little room
    icon: str
    empty: str


VIEWS = {
    v.name: v
    for v in (
        ViewOf(
            "all",
            View.ALL,
            "All Communications",
            "All",
            "all",
            "No messages yet. What you send and what comes in appears here.",
        ),
        ViewOf(
            "received",
            View.RECEIVED,
            "SMS received",
            "Received",
            "in",
            "Nothing received yet. An SMS to one of the box's numbers appears here by itself.",
        ),
        ViewOf("sent", View.SENT, "SMS sent", "Sent", "out", "Nothing sent yet."),
        ViewOf("failed", View.FAILED, "SMS failed", "Failed", "alert", "Nothing failed."),
        ViewOf(
            "pending",
            View.PENDING,
            "SMS pending",
            "Pending",
            "clock",
            "Nothing is waiting to be sent.",
        ),
        ViewOf(
            "untriggered",
            View.UNTRIGGERED,
            "Did not trigger",
            "No trigger",
            "asleep",
            "Every SMS received has set off an activity.",
        ),
    )
}


# lists -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ViewCount:
    view: ViewOf
    number: int
    unread: int


@dataclass(frozen=True, slots=True)
class RowView:
    id: int
    incoming: bool
    who: str
    more: int  # further recipients
    words: str
    at: int
    unread: bool
    answerable: bool
    states: tuple[StateWords, ...]  # worst first
    state_words: str


def counts() -> list[ViewCount]:
    found = queries.counts()
    unread = {"received": found.unread}
    return [ViewCount(v, getattr(found, name), unread.get(name, 0)) for name, v in VIEWS.items()]


def page(shown: ViewOf, before: int | None, limit: int) -> list[RowView]:
    return _rows(queries.page(shown.view, before, limit))


def rows(ids: Collection[int]) -> list[RowView]:
    return _rows(queries.rows(tuple(ids)))


def not_shown(shown: ViewOf, ids: Collection[int], page_size: int) -> int:
    """How many messages belong on the first page of a view whose reader sees `ids`."""
    oldest = min(ids) if len(ids) >= page_size else 0
    return sum(i > oldest and i not in ids for i in views.ids(shown.view, None, page_size))


def _rows(found: Iterable[Row]) -> list[RowView]:
    listed = list(found)
    names = box().people.names(row.who for row in listed)
    return [_row(row, names.get(row.who, "")) for row in listed]


def _row(row: Row, name: str) -> RowView:
    words, said = _states(row)
    return RowView(
        id=row.id,
        incoming=row.incoming,
        who=name or phone(row.who) or "Unknown",
        more=row.people - 1,
        words=shortened(row.words) or row.note or "(empty)",
        at=row.created_at,
        unread=row.unread,
        answerable=row.incoming and is_answerable(row.who),
        states=words,
        state_words=said,
    )


def _states(row: Row) -> tuple[tuple[StateWords, ...], str]:
    """ "197 sent, 3 failed": among several recipients, delivered ones count as sent."""
    found = dict(row.states)
    if len(found) > 1 and (delivered := found.pop(State.DELIVERED, 0)):
        found[State.SENT] = found.get(State.SENT, 0) + delivered
    order = sorted(found, key=WORST_FIRST.index)
    words = tuple(state_words(state) for state in order)
    if len(order) < 2:
        return words, words[0].words if words else ""
    return words, ", ".join(f"{found[s]:,} {state_words(s).words.lower()}" for s in order)


# one message -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonView:
    number: str
    name: str  # "" = not among the contacts
    state: StateWords
    times: tuple[tuple[str, int], ...]  # ("Sent", instant), ...
    connection: str
    reason: str
    code: str
    text: str  # "" = as the message stands


@dataclass(frozen=True, slots=True)
class AttemptView:
    at: int
    number: str
    connection: str
    words: str
    code: str


@dataclass(frozen=True, slots=True)
class DetailView:
    id: int
    incoming: bool
    at: int
    text: str
    note: str
    facts: tuple[tuple[str, Markup | str], ...]
    people: tuple[PersonView, ...]
    more_people: int  # that are not listed
    sms: int  # over all recipients
    history: tuple[AttemptView, ...]
    answerable: bool
    no_reply: str  # why there is no Reply to
    failed: int
    uncertain: int
    asked: bool  # whether it could set off activities: an SMS that came in
    set_off: tuple[set_off.RunView, ...]

    @property
    def triggered(self) -> bool:
        return any(run.activity_id for run in self.set_off)

    @classmethod
    def of(cls, message: Detail) -> DetailView:
        names = queries.connection_names()
        ids = resendable(message)
        people = sorted(message.dispatches, key=lambda d: WORST_FIRST.index(d.state))
        known = box().people.names(d.number for d in people[:MOST_PEOPLE])
        return cls(
            id=message.id,
            incoming=message.incoming,
            at=message.created_at,
            text=message.text,
            note=message.note,
            facts=tuple(_facts(message, names)),
            people=tuple(_person(d, names, known) for d in people[:MOST_PEOPLE]),
            more_people=max(0, len(people) - MOST_PEOPLE),
            sms=sum(d.sms for d in message.dispatches),
            history=tuple(_history(people[:MOST_PEOPLE], names)),
            answerable=bool(answerable_numbers(message)),
            no_reply=no_reply(message),
            failed=len(ids.failed),
            uncertain=len(ids.uncertain),
            asked=message.incoming and message.kind == "sms",
            set_off=set_off.of(message),
        )

    @property
    def stamp(self) -> str:
        """Differs when anything shown differs."""
        return f"{zlib.crc32(repr(self).encode('utf-8', 'surrogatepass')):08x}"


def _facts(message: Detail, names: dict[int, str]) -> Iterable[tuple[str, Markup | str]]:
    connection = names.get(message.connection_id or 0, "")
    if message.incoming:
        yield "From", _sender(message.peer)
        yield "Received", exactly(message.created_at)
        if message.sent_at is not None:
            yield "Sent", exactly(message.sent_at, message.sent_offset)
        if connection:
            yield "Connection", Markup("<bdi>{}</bdi>").format(connection)
        return
    by = f"{message.author} " if message.author else ""
    yield "Written", exactly(message.created_at) + f", {by}{ORIGINS.get(message.origin, '')}"
    yield "Connection", Markup("<bdi>{}</bdi>").format(connection or "Default")
    each = message.dispatches[0].sms if message.dispatches else 1
    if each > 1 or len(message.dispatches) > 1:
        yield "Length", f"{each} SMS" + (" each" if len(message.dispatches) > 1 else "")
    waiting = [d for d in message.dispatches if d.state is State.PENDING]
    if waiting and waiting[0].valid_until is not None:
        yield "Tried until", exactly(waiting[0].valid_until)
    if not message.with_report:
        yield "Delivery report", "Not asked for"


def _sender(peer: str) -> Markup:
    """Name and number; a link to the contact, or to making one of somebody who can be answered."""
    name = box().people.names([peer]).get(peer, "")
    number = Markup("<bdi>{}</bdi>").format(phone(peer) or "Unknown")
    if not is_answerable(peer):
        return number
    link = Markup(' <a href="{}">{}</a>').format(
        url_for("people.with_number", number=peer), name or "Add to People"
    )
    return Markup("{} ({})").format(link, number) if name else number + link


def _person(d: DispatchInfo, names: dict[int, str], known: dict[str, str]) -> PersonView:
    times = tuple(
        (words, instant)
        for words, instant in (("Sent", d.sent_at), ("Delivered", d.delivered_at))
        if instant is not None
    )
    if d.state not in (State.SENT, State.DELIVERED):
        times = (*times, (state_words(d.state).words, d.state_at))
    return PersonView(
        number=d.number,
        name=known.get(d.number, ""),
        state=state_words(d.state),
        times=times,
        connection=names.get(d.connection_id or 0, ""),
        reason=" ".join(filter(None, (d.reason, _progress(d)))),
        code=d.code,
        text=d.text or "",
    )


def _progress(d: DispatchInfo) -> str:
    """For a long message that is part of the way."""
    taken = sum(p.state in ("accepted", "delivered") for p in d.parts)
    arrived = sum(p.state == "delivered" for p in d.parts)
    if d.sms < 2 or d.state is State.DELIVERED:
        return ""
    if d.state is State.SENT:
        return f"{arrived} of {d.sms} parts delivered." if arrived else ""
    return f"{taken} of {d.sms} parts sent." if taken else ""


def _history(people: Iterable[DispatchInfo], names: dict[int, str]) -> list[AttemptView]:
    found = [
        AttemptView(
            at=a.at,
            number=d.number,
            connection=names.get(a.connection_id or 0, ""),
            words=(f"Part {a.seq}: " if a.seq and d.sms > 1 else "") + (a.reason or a.outcome),
            code=a.code,
        )
        for d in people
        for a in d.history
    ]
    return sorted(found, key=lambda a: a.at)[-MOST_PEOPLE:]


# what can be done with one ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resendable:
    failed: tuple[int, ...]  # dispatch ids
    uncertain: tuple[int, ...]

    @property
    def number(self) -> int:
        return len(self.failed) + len(self.uncertain)


def resendable(message: Detail, chosen: Collection[int] = ()) -> Resendable:
    """What of a message can be sent again; `chosen` narrows it down."""
    wanted = [d for d in message.dispatches if not chosen or d.id in chosen]
    return Resendable(
        tuple(d.id for d in wanted if d.state is State.FAILED),
        tuple(d.id for d in wanted if d.state is State.UNCERTAIN),
    )


def is_answerable(sender: str) -> bool:
    """Names such as BANK are no numbers: nothing can be sent to them."""
    return ANSWERABLE.fullmatch(sender) is not None


def answerable_numbers(message: Detail) -> list[str]:
    """Whom a reply goes to: the sender, or the recipients of what was sent from here."""
    if message.incoming:
        return [message.peer] if is_answerable(message.peer) else []
    return [d.number for d in message.dispatches]


def no_reply(message: Detail) -> str:
    if answerable_numbers(message):
        return ""
    if not message.peer:
        return "It came without its sender's number, so it cannot be answered."
    return f"“{message.peer}” is a name, not a number, so it cannot be answered."


# connections -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    id: int
    label: str


def connections() -> list[Choice]:
    """What Send SMS offers beside Default."""
    return [
        Choice(c.connection_id, f"{c.name} ({phone(c.number)})" if c.number else c.name)
        for c in queries.connections()
        if c.send_enabled
    ]
