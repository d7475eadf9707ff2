"""The outbox: what is to be sent, from acceptance to the last word about it.

This is the door for everybody else; `queue` holds what is read from the waiting line, `sending`
what the modems record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import IntegrityError

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchMove, DispatchState
from gateway.store.file import audit, reserve
from gateway.store.file.database import execute, insert, transaction
from gateway.store.messages import answers
from gateway.store.messages.answers import AnsweredMeanwhile
from gateway.store.search import word_index
from gateway.store.sending.attempts import (
    DispatchStanding,
    standing,
    submitted_since,
    tell,
    under_way,
    without_validity,
)
from gateway.store.sending.blocked_recipients import BLOCKED, refuse_blocked
from gateway.store.sending.claims import (
    DispatchClaim,
    RecoveredDispatches,
    accepted,
    claim,
    next_reference,
    recover,
    refused,
    release,
    requeue,
    submitted,
    tries,
    unknown,
)
from gateway.store.sending.queue import (
    DueDispatch,
    due,
    expire,
    give_up,
    hurry,
    next_due,
    park,
    postpone,
    resume,
    unpark,
    urgent_waits,
)
from gateway.store.sending.reports import report
from gateway.store.sending.transitions import AttemptOutcome, move, note

__all__ = (
    "BLOCKED",
    "AnsweredMeanwhile",
    "DispatchClaim",
    "DispatchStanding",
    "DueDispatch",
    "DuplicateId",
    "OutgoingMessage",
    "RecoveredDispatches",
    "accepted",
    "add",
    "cancel",
    "claim",
    "due",
    "expire",
    "give_up",
    "hurry",
    "next_due",
    "next_reference",
    "park",
    "postpone",
    "recover",
    "refused",
    "release",
    "report",
    "resend",
    "resume",
    "standing",
    "submitted",
    "submitted_since",
    "tell",
    "tries",
    "under_way",
    "unknown",
    "unpark",
    "urgent_waits",
    "without_validity",
)

VALIDITY_OF_RESENT = DAY  # when the message had none left: a resent dispatch gets a new day


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to store. Everything in it was checked before."""

    text: str
    numbers: tuple[str, ...]  # E.164 or short codes, distinct
    parts: int  # SMS per recipient
    created_at: int
    due_at: int
    valid_until: int | None = None
    client_id: str | None = None
    connection_id: int | None = None  # None: the routing rules decide
    with_report: bool = True
    when_uncertain: str = "hold"
    priority: int = 0
    author: str = ""
    origin: str = "page"
    flash: bool = False
    answers: tuple[tuple[int, str], ...] = ()  # received messages and their senders' numbers
    answers_seen: int | None = None  # the newest answer to them that the writer knows of
    texts: tuple[tuple[str, int], ...] = ()  # for each number its own text and SMS; () = all alike


class DuplicateId(Exception):
    """A message with this client id exists; nothing was stored."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        super().__init__(f"A message with the id {client_id} exists already.")


def add(outgoing: OutgoingMessage) -> int:
    """Store message and dispatches; on disk when it returns. Returns the message's id.

    Raises DuplicateId, AnsweredMeanwhile, StoreError.
    """
    reserve.check()
    try:
        with transaction():
            message_id = _add_message(outgoing)
            _add_dispatches(message_id, outgoing)
            refuse_blocked(message_id, outgoing.created_at)
            if outgoing.answers:
                answers.add(
                    message_id,
                    outgoing.answers,
                    outgoing.author,
                    outgoing.created_at,
                    seen=outgoing.answers_seen,
                )
            word_index.add(message_id)
            return message_id
    except IntegrityError as e:
        if outgoing.client_id is not None and "message.client_id" in str(e):
            raise DuplicateId(outgoing.client_id) from e
        raise


def _add_message(o: OutgoingMessage) -> int:
    return insert(
        "INSERT INTO message (direction, kind, text, peer, created_at, connection_id, client_id,"
        " author, origin, with_report, when_uncertain, flash, note, complete)"
        " VALUES ('out', 'sms', ?, '', ?, ?, ?, ?, ?, ?, ?, ?, '', 1)",
        (
            o.text,
            o.created_at,
            o.connection_id,
            o.client_id,
            o.author,
            o.origin,
            o.with_report,
            o.when_uncertain,
            o.flash,
        ),
    )


def _add_dispatches(message_id: int, o: OutgoingMessage) -> None:
    texts: Sequence[tuple[str | None, int]] = o.texts or [(None, o.parts)] * len(o.numbers)
    for number, (text, parts) in zip(o.numbers, texts, strict=True):
        execute(
            "INSERT INTO dispatch (message_id, number, state, state_at, due_at, valid_until,"
            " priority, wanted, held, waiting, avoid, attempts, reason, code, parts, text)"
            " VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, 0, 0, '', 0, '', '', ?, ?)",
            (
                message_id,
                number,
                o.created_at,
                o.due_at,
                o.valid_until,
                o.priority,
                o.connection_id or 0,
                parts,
                text,
            ),
        )


def resend(dispatch_ids: Sequence[int], now: int, who: str, *, audited: bool = True) -> int:
    """failed or uncertain -> pending, by a person's wish. Returns how many were queued again.

    Only the parts that the network has not taken go out again, under the same reference. One whose
    validity has ended gets a new day. Not `audited`: the caller writes that itself.
    """
    count = 0
    with transaction():
        for dispatch_id in dispatch_ids:
            row = execute(
                "SELECT state, valid_until FROM dispatch WHERE id = ?"
                " AND state IN ('failed', 'uncertain')",
                (dispatch_id,),
            ).fetchone()
            if row is None:
                continue
            valid_until = row[1] if row[1] is None else max(row[1], now + VALIDITY_OF_RESENT)
            changes = {"reason": "", "code": "", "attempts": 0, "avoid": ""}
            requeue(dispatch_id, DispatchState(row[0]), now, valid_until=valid_until, **changes)
            note(
                dispatch_id,
                now,
                AttemptOutcome.RESENT,
                reason=f"Sent again by {who}." if who else "",
            )
            count += 1
        if count and audited:
            audit.write(now, who, "resend", f"{count} SMS")
    return count


def cancel(dispatch_ids: Sequence[int], now: int, who: str) -> int:
    """Withdraw what has not been handed to a modem. Returns how many were."""
    count = 0
    with transaction():
        for dispatch_id in dispatch_ids:
            row = execute(
                "SELECT state FROM dispatch WHERE id = ? AND state = 'pending'",
                (dispatch_id,),
            ).fetchone()
            if row:
                words = f"Withdrawn by {who}." if who else "Withdrawn."
                move(
                    dispatch_id,
                    DispatchState(row[0]),
                    DispatchMove.CANCEL,
                    now,
                    reason=words,
                    code="",
                    waiting=0,
                )
                note(dispatch_id, now, AttemptOutcome.CANCELLED, reason=words)
                count += 1
        if count:
            audit.write(now, who, "cancel", f"{count} SMS")
    return count
