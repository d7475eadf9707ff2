"""Deleting, restoring and deleting for good. Nothing is moved; a deleted message's dispatches are
held. Callers with many messages come in bites; those to thousands of people are begun here and
brought to their end by `settling`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.decisions.dispatch_states import DispatchState
from gateway.decisions.part_states import WITH_NETWORK
from gateway.store.file import audit
from gateway.store.file.database import errors, execute, transaction
from gateway.store.messages import answers, large_messages
from gateway.store.messages.large_messages import CHUNK
from gateway.store.search import word_index
from gateway.store.sending.transitions import listed
from gateway.text import plural


def delete(message_ids: Sequence[int], now: int, who: str) -> int:
    """Put messages into Deleted Communications. Returns how many were not there already.

    What is still pending is not sent; what a modem has already taken is finished first.
    """
    with transaction():
        changed = mark_deleted(message_ids, now)
        if changed:
            audit.write(now, who, "delete", described(changed))
    large_messages.settle_all(now)
    return len(changed)


def destroy(message_ids: Sequence[int], now: int, who: str) -> int:
    """Delete for good what is in Deleted Communications; returns how many."""
    with transaction():
        gone = destroyable(message_ids)
        if gone:
            words = described(gone)
            remove(gone)
            audit.write(now, who, "delete for good", words)
    large_messages.settle_all(now)
    return len(gone)


# inside the caller's transaction ---------------------------------------------------------------


def mark_deleted(message_ids: Sequence[int], now: int) -> list[int]:
    """The ids of those that were not deleted before."""
    return _mark(message_ids, now, now)


def mark_restored(message_ids: Sequence[int], now: int) -> list[int]:
    """The ids of those that were deleted. What expired in there gets a new day."""
    return _mark(message_ids, None, now)


def _mark(message_ids: Sequence[int], deleted_at: int | None, now: int) -> list[int]:
    changed = [
        i
        for (i,) in execute(
            "UPDATE message SET deleted_at = ?"  # noqa: S608
            f" WHERE id IN {CHUNK} AND (deleted_at IS NULL) = ? AND {_NOT_GOING} RETURNING id",
            (deleted_at, json.dumps(list(message_ids)), deleted_at is not None),
        ).fetchall()
    ]
    large_messages.follow(changed, now)
    return changed


_NOT_GOING = "id NOT IN (SELECT message_id FROM settling WHERE gone)"


def destroyable(message_ids: Sequence[int]) -> list[int]:
    """Of these, what is in Deleted Communications; not what a modem is just sending."""
    found = execute(
        f"SELECT id FROM message WHERE id IN {CHUNK} AND deleted_at IS NOT NULL"  # noqa: S608
        f" AND {_NOT_GOING}"
        " AND NOT EXISTS (SELECT 1 FROM dispatch WHERE message_id = message.id"
        "  AND state = 'sending')",
        (json.dumps(list(message_ids)),),
    ).fetchall()
    return [i for (i,) in found]


def remove(message_ids: Sequence[int]) -> None:
    """For good. The digests of received PDUs are kept, so that a copy left on a SIM does not come
    back as a new message; what they said is not.
    """
    word_index.remove(message_ids)
    answers.forget_unsent(message_ids)
    small = large_messages.remove_large(message_ids)
    execute(
        "DELETE FROM incoming WHERE part_id IN (SELECT p.id FROM dispatch d"  # noqa: S608
        f" JOIN part p ON p.dispatch_id = d.id WHERE d.message_id IN {CHUNK})",
        (json.dumps(small),),
    )
    large_messages.finish_removing(small)


def old(deleted_before: int, limit: int) -> list[int]:
    """What has been in Deleted Communications since before this instant, oldest first."""
    with errors():
        return [
            i
            for (i,) in execute(
                "SELECT id FROM message WHERE deleted_at IS NOT NULL AND deleted_at < ?"  # noqa: S608
                f" AND {_NOT_GOING}"
                " AND NOT EXISTS (SELECT 1 FROM dispatch WHERE message_id = message.id"
                "  AND state = 'sending') ORDER BY deleted_at, id LIMIT ?",
                (deleted_before, limit),
            )
        ]


# in words --------------------------------------------------------------------------------------


def described(message_ids: Sequence[int]) -> str:
    """ "12 messages"; of a single one, from or to whom it is."""
    if len(message_ids) != 1:
        return counted(len(message_ids))
    row = execute(
        "SELECT m.direction, m.kind, m.peer, (SELECT number FROM dispatch WHERE message_id = m.id"
        " ORDER BY id LIMIT 1), (SELECT count(*) FROM dispatch WHERE message_id = m.id)"
        " FROM message m WHERE m.id = ?",
        tuple(message_ids),
    ).fetchone()
    if row is None:
        return counted(1)
    direction, kind, peer, number, people = row
    what = "1 missed call" if kind == "call" else "1 message"
    if direction == "in":
        return f"{what} from {peer or 'an unknown number'}"
    more = f" and {people - 1:,} more" if people > 1 else ""
    return f"{what} to {number}{more}" if number else what


def counted(number: int) -> str:
    return plural.counted(number, "message")


# what a selection holds ------------------------------------------------------------------------


def bite(message_ids: Sequence[int], most: int) -> list[int]:
    """As many of these, from the first, as have at most so many dispatches; at least one."""
    with errors():
        people = large_messages.recipients(message_ids)
    taken: list[int] = []
    total = 0
    for message_id in message_ids:
        total += people.get(message_id, 1)
        if taken and total > most:
            break
        taken.append(message_id)
    return taken


@dataclass(frozen=True, slots=True)
class UnsentCount:
    """How many SMS to recipients, and how many messages they belong to."""

    sms: int = 0
    messages: int = 0

    def __add__(self, other: UnsentCount) -> UnsentCount:
        return UnsentCount(self.sms + other.sms, self.messages + other.messages)

    def __bool__(self) -> bool:
        return self.sms > 0


NONE = UnsentCount()
_NUMBER = "SELECT count(*), count(DISTINCT d.message_id) FROM dispatch d WHERE d.held = ?"


def in_states(
    message_ids: Sequence[int], states: Sequence[DispatchState], held: bool = False
) -> UnsentCount:
    """How many dispatches of these messages are in one of these states."""
    with errors():
        row = execute(
            f"{_NUMBER} AND d.state IN {CHUNK} AND d.message_id IN {CHUNK}",
            (held, json.dumps(states), json.dumps(list(message_ids))),
        ).fetchone()
    return UnsentCount(*row)


def in_states_upto(
    upto: int,
    states: Sequence[DispatchState],
    *,
    beside: Sequence[DispatchState] = (),
    held: bool = False,
) -> UnsentCount:
    """The same of all messages up to one, or of those that also have a dispatch in `beside`."""
    also = (
        f" AND EXISTS (SELECT 1 FROM dispatch b WHERE b.held = d.held AND b.state IN {CHUNK}"  # noqa: S608
        "  AND b.message_id = d.message_id)"
    )
    with errors():
        row = execute(
            f"{_NUMBER} AND d.state IN {CHUNK} AND d.message_id <= ?{also if beside else ''}",
            (held, json.dumps(states), upto, *([json.dumps(beside)] if beside else [])),
        ).fetchone()
    return UnsentCount(*row)


def deleted_at(at: int, before: int, limit: int) -> list[int]:
    """What was deleted at this very instant, newest first; ids smaller than `before` only."""
    with errors():
        rows = execute(
            "SELECT id FROM message WHERE deleted_at = ? AND id < ? ORDER BY id DESC LIMIT ?",
            (at, before, limit),
        ).fetchall()
    return [i for (i,) in rows]


def there(message_ids: Sequence[int], *, deleted: bool) -> list[int]:
    """Of these, the ones that are (not) in Deleted Communications, in the same order."""
    with errors():
        found = {
            i
            for (i,) in execute(
                f"SELECT id FROM message WHERE id IN {CHUNK} AND (deleted_at IS NOT NULL) = ?",  # noqa: S608
                (json.dumps(list(message_ids)), deleted),
            )
        }
    return [i for i in message_ids if i in found]


def unfinished_after(
    message_ids: Sequence[int], states: Sequence[DispatchState], after: tuple[int, int], limit: int
) -> list[tuple[int, int]]:
    """(message, dispatch) in these states, messages newest first, those past `after` only."""
    message, dispatch = after
    with errors():
        return execute(
            "SELECT message_id, id FROM dispatch WHERE held = 0"  # noqa: S608
            f" AND state IN {CHUNK} AND message_id IN {CHUNK}"
            " AND (message_id < ? OR (message_id = ? AND id > ?))"
            " ORDER BY message_id DESC, id LIMIT ?",
            (
                json.dumps(states),
                json.dumps(list(message_ids)),
                message,
                message,
                dispatch,
                limit,
            ),
        ).fetchall()


def choose_connection(dispatch_ids: Sequence[int], connection_id: int) -> None:
    """Another connection (0: the routing rules decide) for what failed; half-sent ones keep theirs.

    Parts of one message from two numbers would not be joined by the phone.
    """
    with errors():
        execute(
            "UPDATE dispatch SET wanted = ? WHERE state IN ('failed', 'uncertain')"  # noqa: S608
            f" AND id IN {CHUNK} AND NOT EXISTS (SELECT 1 FROM part WHERE dispatch_id = dispatch.id"
            f"  AND state IN {listed(WITH_NETWORK)})",
            (connection_id, json.dumps(list(dispatch_ids))),
        )


def causes(limit: int = 3) -> list[tuple[str, int]]:
    """The commonest reasons in SMS failed, with how many SMS have each."""
    with errors():
        return execute(
            "SELECT reason, count(*) FROM dispatch INDEXED BY dispatch_causes WHERE held = 0"
            " AND state IN ('failed', 'uncertain') GROUP BY reason HAVING reason <> ''"
            " ORDER BY 2 DESC, 1 LIMIT ?",
            (limit,),
        ).fetchall()
