"""What waits of a message is withdrawn, as a program asks: what has left the box stays shown."""

from __future__ import annotations

from gateway.store.file.database import execute, transaction
from gateway.store.messages import outbox, trash

# A dispatch that waits for another attempt may have parts that the network took.
_WAITING = (
    "SELECT d.id FROM dispatch d WHERE d.message_id = ? AND d.state = 'pending' AND NOT EXISTS"
    " (SELECT 1 FROM part p WHERE p.dispatch_id = d.id AND p.state <> 'new')"
)


def withdraw(message_id: int, now: int, who: str) -> bool:
    """In one commit, so that no modem takes it meanwhile. False: nothing waits any more.

    What has not begun at all goes into Deleted Communications, where it can be restored. Of what
    has, only the waiting recipients are cancelled. Doing it twice is no mistake.
    """
    with transaction():
        row = execute("SELECT deleted_at FROM message WHERE id = ?", (message_id,)).fetchone()
        if row is None:
            return False
        waiting = [i for (i,) in execute(_WAITING, (message_id,)).fetchall()]
        count = "SELECT count(*) FROM dispatch WHERE message_id = ?"
        everybody = execute(count, (message_id,)).fetchone()[0]
        if row[0] is not None:
            return bool(waiting)
        if len(waiting) == everybody:
            trash.delete([message_id], now, who)
        else:
            outbox.cancel(waiting, now, who)
        return bool(waiting)
