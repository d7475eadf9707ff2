"""Messages that have been kept long enough go for good: by age, by the room that they take.

Only what has come to its end: nothing that still waits or may still be settled by a report.
"""

from __future__ import annotations

import json

from gateway.clock import DAY
from gateway.store.file.batches import BITE, breathe
from gateway.store.file.database import errors, execute, transaction
from gateway.store.keeping import backups
from gateway.store.messages import large_messages, trash

CHUNK = 500  # messages in a transaction: a modem never waits long
CHUNKS = 20  # in one round, so that a first round of years does not take the disk for itself
DIGESTS_KEPT = 30 * DAY  # of received PDUs without a message: the same PDU comes again for days
WHO = "the box itself"


def expire(now: int, after_days: int, above_size: int) -> int:
    """Delete for good what is older than `after_days`, and the oldest while all take more octets
    than `above_size`. 0 = without that limit. Returns how many messages went.
    """
    gone = 0
    for _ in range(CHUNKS):
        before = now - after_days * DAY if after_days else None
        if above_size and backups.pages()[0] > above_size:
            before = now - DAY  # what is new is never the reason: a day is always kept
        if before is None:
            break
        found = _oldest(before)
        if not found:
            break
        found = trash.bite(found, BITE)
        with transaction():
            execute(
                "UPDATE message SET deleted_at = ? WHERE deleted_at IS NULL"
                " AND id IN (SELECT value FROM json_each(?))",
                (now, json.dumps(found)),
            )
            large_messages.follow(found, now)
        gone += trash.destroy(found, now, WHO)
        _forget_digests(now)
        breathe()
    return gone


def _oldest(before: int) -> list[int]:
    """In order of id, which is that of arrival: the walk ends at the first that is young enough."""
    with errors():
        found = execute(
            "SELECT id, created_at FROM message m WHERE NOT EXISTS (SELECT 1 FROM dispatch d"
            " WHERE d.message_id = m.id AND d.state IN ('pending', 'sending'))"
            " ORDER BY id LIMIT ?",
            (CHUNK,),
        ).fetchall()
    return [i for i, at in found if at < before]


def _forget_digests(now: int) -> None:
    execute(
        "DELETE FROM incoming WHERE id IN (SELECT id FROM incoming WHERE message_id IS NULL"
        " AND pdu = '' AND arrived_at < ? ORDER BY id LIMIT ?)",
        (now - DIGESTS_KEPT, CHUNK),
    )
