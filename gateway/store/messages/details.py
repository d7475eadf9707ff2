"""Everything about one message, for page, API and command line. Plain frozen values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.decisions.dispatch_states import WORST_FIRST, DispatchState
from gateway.store.file.database import errors, execute
from gateway.store.search import views
from gateway.store.sending.transitions import AttemptOutcome


@dataclass(frozen=True, slots=True)
class PartInfo:
    seq: int
    state: str  # new | submitted | accepted | unknown | delivered | failed
    mr: int | None
    submitted_at: int | None
    accepted_at: int | None
    done_at: int | None
    status: int | None  # last TP-ST reported


@dataclass(frozen=True, slots=True)
class AttemptInfo:
    """Something that went wrong."""

    at: int
    seq: int  # part; 0 = none in particular
    outcome: AttemptOutcome
    reason: str
    code: str
    connection_id: int | None


@dataclass(frozen=True, slots=True)
class DispatchInfo:
    id: int
    number: str
    state: DispatchState
    state_at: int
    due_at: int
    valid_until: int | None
    connection_id: int | None
    attempts: int
    reason: str
    code: str
    sms: int
    sent_at: int | None
    delivered_at: int | None
    parts: tuple[PartInfo, ...]
    history: tuple[AttemptInfo, ...]  # oldest first
    text: str | None = None  # its own words, where they are filled in for each recipient
    wanted: int = 0  # the connection that was chosen for it; 0: the routing rules decide


@dataclass(frozen=True, slots=True)
class MessageDetail:
    """Everything about one message."""

    id: int
    incoming: bool
    kind: str
    text: str
    peer: str  # sender; "" for an outgoing one
    created_at: int
    sent_at: int | None  # the service centre's clock, of a received one
    sent_offset: int | None  # minutes east of UTC that it was given in
    connection_id: int | None  # received on, or chosen; None: the routing rules decide
    client_id: str | None
    author: str
    origin: str
    with_report: bool
    when_uncertain: str
    note: str
    complete: bool
    read_at: int | None
    deleted_at: int | None
    dispatches: tuple[DispatchInfo, ...]  # all of them, or those with trouble and some more
    states: tuple[tuple[DispatchState, int], ...] = ()  # how many of all are in which state
    sms: int = 0  # over all recipients

    @property
    def people(self) -> int:
        """All recipients; 0 for a received message."""
        return sum(number for _, number in self.states)

    def number(self, *states: DispatchState) -> int:
        return sum(number for state, number in self.states if state in states)


def by_client_id(client_id: str, most: int | None = None) -> MessageDetail | None:
    with errors():
        row = execute("SELECT id FROM message WHERE client_id = ?", (client_id,)).fetchone()
    return get(row[0], most) if row else None


def get(message_id: int, most: int | None = None) -> MessageDetail | None:
    """Deleted ones too (`deleted_at` says so). None: there is no such message.

    `most`: only so many dispatches, those with trouble first; a message may have thousands.
    """
    with errors():
        row = execute(
            "SELECT id, direction = 'in', kind, text, peer, created_at, sent_at, sent_offset,"
            " connection_id, client_id, author, origin, with_report, when_uncertain, note,"
            " complete, read_at, deleted_at FROM message WHERE id = ?",
            (message_id,),
        ).fetchone()
        if row is None:
            return None
        held = row[-1] is not None
        states = views.counted_states([message_id], held=held).get(message_id, ())
        few = most is None or sum(number for _, number in states) <= most
        some = "message_id = ?" if few else f"id IN ({_MARKED})"
        given = message_id if few else json.dumps(_worst(message_id, held, most or 0))
        dispatches = tuple(_dispatches(f"d.{some}", given))
        sms = execute(
            "SELECT coalesce(sum(parts), 0) FROM dispatch WHERE message_id = ?", (message_id,)
        ).fetchone()[0]
    (id_, incoming, kind, text, peer, created_at, sent_at, sent_offset, via, client_id) = row[:10]
    author, origin, with_report, when_uncertain, note, complete, read_at, deleted_at = row[10:]
    return MessageDetail(
        id=id_,
        incoming=bool(incoming),
        kind=kind,
        text=text,
        peer=peer,
        created_at=created_at,
        sent_at=sent_at,
        sent_offset=sent_offset,
        connection_id=via,
        client_id=client_id,
        author=author,
        origin=origin,
        with_report=bool(with_report),
        when_uncertain=when_uncertain,
        note=note,
        complete=bool(complete),
        read_at=read_at,
        deleted_at=deleted_at,
        dispatches=dispatches,
        states=states,
        sms=sms,
    )


_MARKED = "SELECT value FROM json_each(?)"


def _worst(message_id: int, held: bool, most: int) -> list[int]:
    found: list[int] = []
    for state in WORST_FIRST:
        found += _with_state(message_id, held, state, 0, most - len(found))
    return found


def _with_state(
    message_id: int, held: bool, state: DispatchState, after: int, limit: int
) -> list[int]:
    """Walked in one index."""
    rows = execute(
        "SELECT id FROM dispatch WHERE held = ? AND state = ? AND message_id = ? AND id > ?"
        " ORDER BY id LIMIT ?",
        (held, state, message_id, after, limit),
    )
    return [i for (i,) in rows]


def recipients(
    message_id: int, state: DispatchState | None, after: int, limit: int
) -> tuple[DispatchInfo, ...]:
    """A page of a message's dispatches, by id, all larger than `after`; of one state or of all."""
    with errors():
        if state is None:
            rows = execute(
                "SELECT id FROM dispatch WHERE message_id = ? AND id > ? ORDER BY id LIMIT ?",
                (message_id, after, limit),
            )
            ids = [i for (i,) in rows]
        else:
            both = (_with_state(message_id, held, state, after, limit) for held in (False, True))
            ids = sorted(i for found in both for i in found)[:limit]
        return tuple(_dispatches(f"d.id IN ({_MARKED})", json.dumps(ids)))


def _dispatches(some: str, given: object) -> Iterable[DispatchInfo]:
    """`some`: a condition on `dispatch d` of this module's own, with one value."""
    parts: dict[int, list[PartInfo]] = {}
    for dispatch_id, *fields in execute(
        "SELECT p.dispatch_id, p.seq, p.state, p.mr, p.submitted_at, p.accepted_at, p.done_at,"  # noqa: S608
        " p.status FROM dispatch d JOIN part p ON p.dispatch_id = d.id"
        f" WHERE {some} ORDER BY p.dispatch_id, p.seq",
        (given,),
    ):
        parts.setdefault(dispatch_id, []).append(PartInfo(*fields))
    history: dict[int, list[AttemptInfo]] = {}
    for dispatch_id, at, seq, outcome, *fields in execute(
        "SELECT a.dispatch_id, a.at, a.seq, a.outcome, a.reason, a.code, a.connection_id"  # noqa: S608
        " FROM dispatch d JOIN attempt a ON a.dispatch_id = d.id"
        f" WHERE {some} ORDER BY a.id",
        (given,),
    ):
        attempt = AttemptInfo(at, seq, AttemptOutcome(outcome), *fields)
        history.setdefault(dispatch_id, []).append(attempt)
    for row in execute(
        "SELECT id, number, state, state_at, due_at, valid_until, connection_id, attempts, reason,"  # noqa: S608
        " code, parts, sent_at, delivered_at, text, wanted"
        f" FROM dispatch d WHERE {some} ORDER BY id",
        (given,),
    ):
        yield _dispatch(row, tuple(parts.get(row[0], ())), tuple(history.get(row[0], ())))


def _dispatch(
    row: tuple[Any, ...], parts: tuple[PartInfo, ...], history: tuple[AttemptInfo, ...]
) -> DispatchInfo:
    id_, number, state, state_at, due_at, valid_until, via, attempts, reason, code, *rest = row
    sms, sent_at, delivered_at, text, wanted = rest
    return DispatchInfo(
        id=id_,
        number=number,
        state=DispatchState(state),
        state_at=state_at,
        due_at=due_at,
        valid_until=valid_until,
        connection_id=via,
        attempts=attempts,
        reason=reason,
        code=code,
        sms=sms,
        sent_at=sent_at,
        delivered_at=delivered_at,
        parts=parts,
        history=history,
        text=text,
        wanted=wanted,
    )
