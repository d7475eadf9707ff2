"""Messages as the page shows them: what the store tells -> words, links and buttons."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from gateway.decisions.dispatch_states import WORST_FIRST, DispatchState
from gateway.services.activities import stop_words
from gateway.services.messages import failures
from gateway.services.messages.searches import SearchQuestion
from gateway.store.connections import connections
from gateway.store.messages import answers, details, lists
from gateway.store.messages.details import DispatchInfo, MessageDetail
from gateway.store.messages.lists import MessageRow
from gateway.store.search import views
from webui.activities import outcomes
from webui.messages import answers as answering
from webui.messages.view_names import VIEWS, InboxView
from webui.page.current import box
from webui.page.formats import StateWords, exactly, phone, shortened, state_words
from webui.schedules import when_fields

MOST_PEOPLE = 200  # recipients that an opened row lists; those with trouble come first
ORIGINS = {
    "page": "on the page",
    "api": "by a program",
    "cli": "on the command line",
    "activity": "by an activity",
    "schedule": "to be sent later",
}


# lists -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ViewCount:
    view: InboxView
    number: int
    unread: int


@dataclass(frozen=True, slots=True)
class RowView:
    id: int
    incoming: bool
    icon: str
    who: str
    more: int  # further recipients
    sms: int  # over all recipients; 1 for a received one
    words: str
    at: int
    unread: bool
    answerable: bool
    states: tuple[StateWords, ...]  # worst first
    state_words: str
    answered: AnsweredView | None = None


@dataclass(frozen=True, slots=True)
class AnsweredView:
    """Of a received message: who has answered it."""

    who: str
    at: int
    failed: bool  # the answer did not reach its sender
    reply_id: int | None


def answered(found: answers.AnswerInfo | None) -> AnsweredView | None:
    if found is None:
        return None
    return AnsweredView(
        found.who, found.at, not found.counts, None if found.deleted else found.reply_id
    )


def counts() -> list[ViewCount]:
    found = views.counts()
    unread = {"received": found.unread - found.unread_calls, "calls": found.unread_calls}
    return [ViewCount(v, getattr(found, name), unread.get(name, 0)) for name, v in VIEWS.items()]


def page(shown: InboxView, before: int | None, limit: int) -> list[RowView]:
    return _rows(lists.page(shown.view, before, limit), shown.deleted)


def rows(shown: InboxView, ids: Collection[int]) -> list[RowView]:
    """Those of them that are (not) deleted, as the view has it."""
    return _rows(lists.rows(tuple(ids), deleted=shown.deleted), shown.deleted)


def not_shown(shown: InboxView, ids: Collection[int], page_size: int, asked: SearchQuestion) -> int:
    """How many messages belong on the first page of a view or search whose reader sees `ids`."""
    oldest = min(ids) if len(ids) >= page_size else 0
    if asked.given():
        searching = box().searching
        first = searching.page(searching.plan(asked, shown.view), None, page_size).ids
    else:
        first = views.ids(shown.view, None, page_size)
    return sum(i > oldest and i not in ids for i in first)


def _rows(found: Iterable[MessageRow], deleted: bool) -> list[RowView]:
    listed = list(found)
    names = box().people.names(row.who for row in listed)
    replies = answers.newest([row.id for row in listed if row.incoming])
    return [
        _row(row, names.get(row.who, ""), deleted, answered(replies.get(row.id))) for row in listed
    ]


def _row(row: MessageRow, name: str, deleted: bool, reply: AnsweredView | None) -> RowView:
    words, said = _states(row, deleted)
    return RowView(
        id=row.id,
        incoming=row.incoming,
        icon="call" if row.kind == "call" else "in" if row.incoming else "out",
        who=name or phone(row.who) or "Unknown",
        more=row.people - 1,
        sms=row.total,
        words=shortened(row.words) or row.note or "(empty)",
        at=row.created_at,
        unread=row.unread,
        answerable=row.incoming and answering.is_answerable(row.who),
        states=words,
        state_words=said,
        answered=reply,
    )


def _states(row: MessageRow, deleted: bool) -> tuple[tuple[StateWords, ...], str]:
    """ "197 sent, 3 failed": among several recipients, delivered ones count as sent."""
    found = dict(row.states)
    if len(found) > 1 and (delivered := found.pop(DispatchState.DELIVERED, 0)):
        found[DispatchState.SENT] = found.get(DispatchState.SENT, 0) + delivered
    order = sorted(found, key=WORST_FIRST.index)
    words = tuple(state_words(state, deleted=deleted) for state in order)
    if len(order) < 2:
        return words, words[0].words if words else ""
    pairs = zip(order, words, strict=True)
    return words, ", ".join(f"{found[s]:,} {said.words.lower()}" for s, said in pairs)


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
    deleted: bool
    at: int
    text: str
    note: str
    facts: tuple[tuple[str, Markup | str], ...]
    people: tuple[PersonView, ...]
    total: int  # recipients, listed or not
    sms: int  # over all recipients
    history: tuple[AttemptView, ...]
    answerable: bool
    no_reply: str  # why there is no Reply to
    forwardable: bool
    failed: int
    uncertain: int
    stop: str  # what it did as STOP or START, in words; "" = it was neither
    asked: bool  # whether it could set off activities: an SMS that came in
    set_off: tuple[outcomes.ActivityRunView, ...]

    @property
    def triggered(self) -> bool:
        return any(run.activity_id for run in self.set_off)

    @classmethod
    def of(cls, message: MessageDetail) -> DetailView:
        names = connections.names()
        people = sorted(message.dispatches, key=lambda d: WORST_FIRST.index(d.state))
        why_not = answering.why_no_reply(message.peer) if message.incoming else ""
        alive = message.deleted_at is None
        return cls(
            id=message.id,
            incoming=message.incoming,
            deleted=not alive,
            at=message.created_at,
            text=message.text,
            note=message.note,
            facts=tuple(_facts(message, names)),
            asked=message.incoming and message.kind == "sms",
            set_off=outcomes.of(message),
            stop=stop_words.effect_words(message.id) if message.incoming else "",
            people=tuple(persons(people, names, deleted=not alive)),
            total=message.people,
            sms=message.sms,
            history=tuple(_history(people, names)),
            answerable=alive and not why_not,
            no_reply=why_not,
            forwardable=alive and bool(message.text.strip()),
            failed=message.number(DispatchState.FAILED) if alive else 0,
            uncertain=message.number(DispatchState.UNCERTAIN) if alive else 0,
        )

    @classmethod
    def by_id(cls, message_id: int) -> DetailView | None:
        found = details.get(message_id, MOST_PEOPLE)
        return cls.of(found) if found else None

    @property
    def stamp(self) -> str:
        """Differs when anything shown differs."""
        return f"{zlib.crc32(repr(self).encode('utf-8', 'surrogatepass')):08x}"


def _facts(message: MessageDetail, names: dict[int, str]) -> Iterable[tuple[str, Markup | str]]:
    connection = names.get(message.connection_id or 0, "")
    if message.deleted_at is not None:
        yield "Deleted", exactly(message.deleted_at)
    if message.incoming:
        yield "From", _sender(message.peer)
        yield "Received", exactly(message.created_at)
        if message.sent_at is not None:
            yield "Sent", exactly(message.sent_at, message.sent_offset)
        if connection:
            yield "Connection", Markup("<bdi>{}</bdi>").format(connection)
        if reply := answered(answers.newest([message.id]).get(message.id)):
            yield "Answer failed" if reply.failed else "Answered", _answer(reply)
        return
    by = f"{message.author} " if message.author else ""
    yield "Written", exactly(message.created_at) + f", {by}{ORIGINS.get(message.origin, '')}"
    yield "Connection", Markup("<bdi>{}</bdi>").format(connection or "Default")
    if message.people == 1 and message.sms > 1:
        yield "Length", f"{message.sms} SMS"
    elif message.people > 1:
        alike = all(d.text is None for d in message.dispatches)
        each = f"{message.sms // message.people} SMS each, " if alike else ""
        yield "Length", f"{each}{message.sms:,} SMS to {message.people:,} people"
    waiting = [d for d in message.dispatches if d.state is DispatchState.PENDING]
    if waiting and waiting[0].valid_until is not None and message.deleted_at is None:
        yield "Tried until", exactly(waiting[0].valid_until)
    if made := when_fields.made_by(message.id):
        yield "When", made
    if not message.with_report:
        yield "Delivery report", "Not asked for"


def _answer(reply: AnsweredView) -> Markup:
    """ "by admin, 1 Dec 2026, 22:51:04 CET", and where the answer can be read."""
    said = Markup("by <bdi>{}</bdi>, {}").format(reply.who or "somebody", exactly(reply.at))
    if reply.reply_id is None:
        return said
    there = url_for("inbox.view", name="all", open=reply.reply_id, _anchor=f"m{reply.reply_id}")
    return said + Markup(' <a href="{}">Show the answer</a>').format(there)


def _sender(peer: str) -> Markup:
    """Name and number; a link to the contact, or to making one of somebody who can be answered."""
    name = box().people.names([peer]).get(peer, "")
    number = Markup("<bdi>{}</bdi>").format(phone(peer) or "Unknown")
    if not answering.is_answerable(peer):
        return number
    link = Markup(' <a href="{}">{}</a>').format(
        url_for("people.with_number", number=peer), name or "Add to People"
    )
    return Markup("{} ({})").format(link, number) if name else number + link


def persons(
    people: Sequence[DispatchInfo], names: dict[int, str], *, deleted: bool
) -> Iterable[PersonView]:
    known = box().people.names(d.number for d in people)
    return (_person(d, names, known, deleted) for d in people)


def _person(
    d: DispatchInfo, names: dict[int, str], known: dict[str, str], deleted: bool
) -> PersonView:
    said = state_words(d.state, deleted=deleted)
    times = tuple(
        (words, instant)
        for words, instant in (("Sent", d.sent_at), ("Delivered", d.delivered_at))
        if instant is not None
    )
    if d.state not in (DispatchState.SENT, DispatchState.DELIVERED):
        times = (*times, (said.words, d.state_at))
    return PersonView(
        number=d.number,
        name=known.get(d.number, ""),
        state=said,
        times=times,
        connection=names.get(_connection_id(d) or 0, ""),
        reason=" ".join(
            filter(None, (failures.reason_words(d.reason, d.code, d.state), _progress(d)))
        ),
        code=d.code,
        text=d.text or "",
    )


def _connection_id(d: DispatchInfo) -> int | None:
    """The connection it went through; while it waits, the one it waits for."""
    waits = d.state is DispatchState.PENDING
    return (d.wanted if waits else 0) or d.connection_id


def _progress(d: DispatchInfo) -> str:
    """For a long message that is part of the way."""
    taken = sum(p.state in ("accepted", "delivered") for p in d.parts)
    arrived = sum(p.state == "delivered" for p in d.parts)
    if d.sms < 2 or d.state is DispatchState.DELIVERED:
        return ""
    if d.state is DispatchState.SENT:
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


# connections -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConnectionChoice:
    id: int
    label: str


def connection_choices() -> list[ConnectionChoice]:
    """What Send SMS offers beside Default."""
    return [
        ConnectionChoice(c.connection_id, f"{c.name} ({phone(c.number)})" if c.number else c.name)
        for c in connections.all_connections()
        if c.send_enabled
    ]
