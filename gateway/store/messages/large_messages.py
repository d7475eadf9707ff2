"""Messages to thousands of people, deleted, restored or removed some dispatches at a time.

The message itself changes in one commit, and a row in `settling` says that its dispatches have not
all followed. Whoever began goes on with `settle`; what a power cut left is found by housekeeping.
Until they have followed, no dispatch of a deleted message is claimed (`sending.claim`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from gateway.clock import DAY
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.file.batches import BITE, breathe
from gateway.store.file.database import execute, transaction

VALIDITY_OF_RESTORED = DAY  # when none is left: what is restored is to be sent, not to expire
_STATES = ", ".join(f"'{state}'" for state in DispatchState)
CHUNK = "(SELECT value FROM json_each(?))"


def recipients(message_ids: Sequence[int]) -> dict[int, int]:
    """Message -> its dispatches; received ones are left out."""
    return dict(
        execute(
            "SELECT message_id, count(*) FROM dispatch"  # noqa: S608
            f" WHERE message_id IN {CHUNK} GROUP BY message_id",
            (json.dumps(list(message_ids)),),
        ).fetchall()
    )


def follow(message_ids: Sequence[int], now: int) -> None:
    """Dispatches become held or free as their messages are: at once, of large ones by `settle`."""
    sizes = recipients(message_ids)
    for message_id in message_ids:
        if sizes.get(message_id, 0) > BITE:
            _note(message_id, gone=False)
        else:
            execute("DELETE FROM settling WHERE message_id = ?", (message_id,))
            _align(message_id, now, BITE)


def remove_large(message_ids: Sequence[int]) -> list[int]:
    """Note that the large ones among these go for good; returns the others."""
    sizes = recipients(message_ids)
    large = [i for i in message_ids if sizes.get(i, 0) > BITE]
    for message_id in large:
        _note(message_id, gone=True)
    return [i for i in message_ids if i not in large]


def _note(message_id: int, *, gone: bool) -> None:
    execute(
        "INSERT INTO settling (message_id, gone) VALUES (?, ?)"
        " ON CONFLICT (message_id) DO UPDATE SET gone = max(gone, excluded.gone)",
        (message_id, gone),
    )


def settle(now: int) -> bool:
    """One bite of what is left, in a transaction; False: nothing was left."""
    with transaction():
        row = execute("SELECT message_id, gone FROM settling ORDER BY message_id LIMIT 1")
        found = row.fetchone()
        if found is None:
            return False
        message_id, gone = found
        if gone:
            if not _remove(message_id):
                finish_removing([message_id])
        elif not _align(message_id, now, BITE):
            execute("DELETE FROM settling WHERE message_id = ?", (message_id,))
    return True


def settle_all(now: int) -> None:
    """Until nothing is left, in transactions of its own."""
    while settle(now):
        breathe()


def _align(message_id: int, now: int, most: int) -> int:
    """At most so many dispatches; what expired while its message was deleted gets a new day."""
    (held,) = execute(
        "SELECT deleted_at IS NOT NULL FROM message WHERE id = ?", (message_id,)
    ).fetchone()
    return execute(
        "UPDATE dispatch SET held = ?, valid_until = CASE WHEN ? = 0 AND state = 'pending'"  # noqa: S608
        "  AND valid_until <= ? THEN ? ELSE valid_until END"
        " WHERE id IN (SELECT id FROM dispatch INDEXED BY dispatch_held_state_message_id"
        f"  WHERE held = ? AND state IN ({_STATES}) AND message_id = ? LIMIT ?)",
        (held, held, now, now + VALIDITY_OF_RESTORED, not held, message_id, most),
    ).rowcount


def _remove(message_id: int) -> int:
    found = execute("SELECT id FROM dispatch WHERE message_id = ? LIMIT ?", (message_id, BITE))
    chunk = (json.dumps([i for (i,) in found]),)
    execute(
        "DELETE FROM incoming WHERE part_id IN"  # noqa: S608
        f" (SELECT id FROM part WHERE dispatch_id IN {CHUNK})",
        chunk,
    )
    return execute(f"DELETE FROM dispatch WHERE id IN {CHUNK}", chunk).rowcount  # noqa: S608


def finish_removing(message_ids: Sequence[int]) -> None:
    """The messages themselves, when what hangs on them is small. Digests of PDUs are kept."""
    chunk = (json.dumps(list(message_ids)),)
    # Without its set a part is not waited for, nor shown again as incomplete.
    execute(
        "UPDATE incoming SET pdu = '', set_id = NULL, pid = 0"  # noqa: S608
        f" WHERE message_id IN {CHUNK}",
        chunk,
    )
    execute(f"DELETE FROM message WHERE id IN {CHUNK}", chunk)  # noqa: S608
