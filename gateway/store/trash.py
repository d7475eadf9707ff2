"""Deleting, restoring and deleting for good. Nothing is moved; a deleted message's dispatches are
held. Each call is one short transaction: callers with many messages come in chunks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.store.db import errors, execute, transaction
from gateway.store.outbox import audit

CHUNK = "(SELECT value FROM json_each(?))"


def delete(message_ids: Sequence[int], now: int, who: str) -> int:
    """Put messages into Deleted Communications. Returns how many were not there already.

    What is still pending is not sent; what a modem has already taken is finished first.
    """
    return _mark(message_ids, now, now, who, "delete")


def restore(message_ids: Sequence[int], now: int, who: str) -> int:
    """Bring messages back to every view they belong to; what was pending goes out again."""
    return _mark(message_ids, None, now, who, "restore")


def destroy(message_ids: Sequence[int], now: int, who: str) -> int:
    """Delete for good what is in Deleted Communications; returns how many.

    What a modem is just sending stays until it has finished. The digests of received PDUs are kept,
    so that a copy left on a SIM does not come back as a new message; what they said is not.
    """
    with transaction():
        found = execute(
            f"SELECT id FROM message WHERE id IN {CHUNK} AND deleted_at IS NOT NULL"  # noqa: S608
            " AND NOT EXISTS (SELECT 1 FROM dispatch WHERE message_id = message.id"
            "  AND state = 'sending')",
            (json.dumps(list(message_ids)),),
        )
        gone = [i for (i,) in found]
        if not gone:
            return 0
        chunk = (json.dumps(gone),)
        execute(
            "DELETE FROM incoming WHERE part_id IN (SELECT p.id FROM dispatch d"  # noqa: S608
            f" JOIN part p ON p.dispatch_id = d.id WHERE d.message_id IN {CHUNK})",
            chunk,
        )
        # Without its set a part is not waited for, nor shown again as incomplete.
        execute(
            "UPDATE incoming SET pdu = '', set_id = NULL, pid = 0"  # noqa: S608
            f" WHERE message_id IN {CHUNK}",
            chunk,
        )
        execute(f"DELETE FROM message WHERE id IN {CHUNK}", chunk)  # noqa: S608
        audit(now, who, "delete for good", _counted(len(gone)))
    return len(gone)


def _mark(
    message_ids: Sequence[int], deleted_at: int | None, now: int, who: str, action: str
) -> int:
    held = deleted_at is not None
    with transaction():
        changed = execute(
            "UPDATE message SET deleted_at = ?"  # noqa: S608
            f" WHERE id IN {CHUNK} AND (deleted_at IS NULL) = ? RETURNING id",
            (deleted_at, json.dumps(list(message_ids)), held),
        ).fetchall()
        if changed:
            chunk = json.dumps([i for (i,) in changed])
            execute(
                f"UPDATE dispatch SET held = ? WHERE message_id IN {CHUNK}",  # noqa: S608
                (held, chunk),
            )
            audit(now, who, action, _counted(len(changed)))
    return len(changed)


def _counted(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"


# what a selection holds ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Dispatches of some messages that a person decides about."""

    failed: tuple[int, ...]
    uncertain: tuple[int, ...]


def unsent(message_ids: Sequence[int]) -> int:
    """How many SMS of these messages are still to be sent and would not be, once deleted."""
    with errors():
        row = execute(
            "SELECT count(*) FROM dispatch WHERE held = 0"  # noqa: S608
            f" AND state IN ('pending', 'scheduled') AND message_id IN {CHUNK}",
            (json.dumps(list(message_ids)),),
        ).fetchone()
    return int(row[0])


def unfinished(message_ids: Sequence[int]) -> Unfinished:
    """What of these messages, not being deleted, can be sent again."""
    with errors():
        found = execute(
            "SELECT id, state FROM dispatch WHERE held = 0"  # noqa: S608
            f" AND state IN ('failed', 'uncertain') AND message_id IN {CHUNK} ORDER BY id",
            (json.dumps(list(message_ids)),),
        ).fetchall()
    return Unfinished(
        tuple(i for i, state in found if state == "failed"),
        tuple(i for i, state in found if state == "uncertain"),
    )


def choose_connection(dispatch_ids: Sequence[int], connection_id: int) -> None:
    """Another connection (0: the routing rules decide) for what failed; half-sent ones keep theirs.

    Parts of one message from two numbers would not be joined by the phone.
    """
    with errors():
        execute(
            "UPDATE dispatch SET wanted = ? WHERE state IN ('failed', 'uncertain')"  # noqa: S608
            f" AND id IN {CHUNK} AND NOT EXISTS (SELECT 1 FROM part WHERE dispatch_id = dispatch.id"
            "  AND state IN ('accepted', 'delivered'))",
            (connection_id, json.dumps(list(dispatch_ids))),
        )


def causes(limit: int = 3) -> list[tuple[str, int]]:
    """The commonest reasons in SMS failed, with how many SMS have each."""
    with errors():
        return execute(
            "SELECT reason, count(*) FROM dispatch WHERE held = 0 AND state IN ('failed',"
            " 'uncertain') AND reason <> '' GROUP BY reason ORDER BY 2 DESC, 1 LIMIT ?",
            (limit,),
        ).fetchall()


# the audit list --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Audited:
    id: int
    at: int
    who: str
    action: str
    detail: str


def audited(before: int | None, limit: int) -> list[Audited]:
    """Who did what and when, newest first."""
    with errors():
        found = execute(
            "SELECT id, at, who, action, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
            (2**63 - 1 if before is None else before, limit),
        ).fetchall()
    return [Audited(*row) for row in found]
