"""The lists that page, API and command line show. Plain frozen values, never models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.database import errors, execute
from gateway.store.search import views
from gateway.store.search.views import View, counts

PAGE = 50
FIRST_WORDS = 200  # characters of the text that a row carries


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as one line of a list."""

    id: int
    incoming: bool
    kind: str  # "sms" | "call"
    who: str  # sender, or the first recipient
    people: int  # recipients; 1 for a received one
    sms: int  # SMS of the first recipient
    total: int  # SMS over all recipients; 1 for a received one
    words: str  # the beginning of the text
    created_at: int
    unread: bool
    complete: bool  # False: received with parts missing
    note: str
    connection_id: int | None  # received on, or chosen
    states: tuple[tuple[DispatchState, int], ...]  # how many dispatches are in which state


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    id: int
    sender: str
    text: str
    created_at: int
    sent_at: int | None
    connection_id: int | None
    complete: bool
    note: str
    kind: str = "sms"  # or "call"


def page(view: View, before_id: int | None = None, limit: int = PAGE) -> list[MessageRow]:
    """A page of a view, newest first; `before_id` is the last id of the page above."""
    return rows(views.ids(view, before_id, limit), deleted=view is View.DELETED)


def rows(message_ids: Sequence[int], *, deleted: bool = False) -> list[MessageRow]:
    """These messages as lines, in the order given; unknown ones are left out.

    So are deleted ones, or with `deleted` all others.
    """
    if not message_ids:
        return []
    marks = ", ".join("?" * len(message_ids))
    with errors():
        found = execute(
            "SELECT m.id, m.direction = 'in', m.kind, coalesce(d.number, m.peer),"  # noqa: S608
            # Only a text of its own makes a recipient's length differ: else one is as long as all.
            " CASE WHEN d.text IS NULL THEN NULL"
            "  ELSE (SELECT sum(parts) FROM dispatch WHERE message_id = m.id) END,"
            f" coalesce(d.parts, 1), substr(m.text, 1, {FIRST_WORDS}), m.created_at,"
            " m.direction = 'in' AND m.read_at IS NULL, m.complete, m.note, m.connection_id"
            " FROM message m LEFT JOIN dispatch d"
            " ON d.id = (SELECT min(id) FROM dispatch WHERE message_id = m.id)"
            f" WHERE (m.deleted_at IS NOT NULL) = ? AND m.id IN ({marks})",
            (deleted, *message_ids),
        ).fetchall()
        states = views.counted_states(message_ids, held=deleted)
    by_id = {row[0]: _row(row, states.get(row[0], ())) for row in found}
    return [by_id[i] for i in message_ids if i in by_id]


def _row(row: tuple[Any, ...], states: tuple[tuple[DispatchState, int], ...]) -> MessageRow:
    (
        message_id,
        incoming,
        kind,
        who,
        total,
        parts,
        words,
        created_at,
        unread,
        complete,
        note,
        via,
    ) = row
    people = sum(count for _, count in states) or 1
    return MessageRow(
        id=message_id,
        incoming=bool(incoming),
        kind=kind,
        who=who,
        people=people,
        sms=parts,
        total=parts * people if total is None else total,
        words=words,
        created_at=created_at,
        unread=bool(unread),
        complete=bool(complete),
        note=note,
        connection_id=via,
        states=states,
    )


@dataclass(frozen=True, slots=True)
class ReceivedFilter:
    """Which received messages; None: it does not matter."""

    kinds: tuple[str, ...] | None = None
    since: int | None = None  # milliseconds UTC, included
    until: int | None = None  # included

    def where(self) -> tuple[str, list[object]]:
        """A condition, and what is put into it."""
        given = [
            ("kind IN (SELECT value FROM json_each(?))", self.kinds and json.dumps(self.kinds)),
            ("created_at >= ?", self.since),
            ("created_at <= ?", self.until),
        ]
        if self.kinds == ():
            return " AND 0", []
        used = [(sql, value) for sql, value in given if value is not None]
        return "".join(f" AND {sql}" for sql, _ in used), [value for _, value in used]


EVERYTHING = ReceivedFilter()


def inbox_list(
    limit: int, offset: int, wanted: ReceivedFilter = EVERYTHING
) -> tuple[list[ReceivedMessage], int]:
    """Received messages, newest first, and how many there are in all."""
    where, values = wanted.where()
    of = f" FROM message WHERE direction = 'in' AND deleted_at IS NULL{where}"
    with errors():
        found = execute(
            "SELECT id, peer, text, created_at, sent_at, connection_id, complete, note, kind"  # noqa: S608
            f" FROM message WHERE id IN (SELECT id{of} ORDER BY id DESC LIMIT ? OFFSET ?)"
            " ORDER BY id DESC",
            (*values, limit, offset),
        ).fetchall()
        total = None
        if wanted != EVERYTHING:
            total = execute(f"SELECT count(*){of}", values).fetchone()[0]
    received = [
        ReceivedMessage(id_, peer, text, created_at, sent_at, via, bool(complete), note, kind)
        for id_, peer, text, created_at, sent_at, via, complete, note, kind in found
    ]
    there = counts()
    return received, there.received + there.calls if total is None else total


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Whom a message is from, or one of those it went to."""

    message_id: int
    incoming: bool
    number: str  # may be a name, or ""
    connection_id: int | None


def correspondents(message_ids: Sequence[int]) -> list[Correspondent]:
    """Of messages that are not deleted, in the order given."""
    chosen = json.dumps(list(message_ids))
    with errors():
        found = execute(
            "SELECT m.id, m.direction = 'in', coalesce(d.number, m.peer), m.connection_id"
            " FROM json_each(?) j JOIN message m ON m.id = j.value"
            " LEFT JOIN dispatch d ON d.message_id = m.id"
            " WHERE m.deleted_at IS NULL ORDER BY j.key, d.id",
            (chosen,),
        ).fetchall()
    return [Correspondent(i, bool(incoming), *rest) for i, incoming, *rest in found]
