"""How the network itself wrote a sender's number: what is answered is answered in the same way."""

from __future__ import annotations

import re

from gateway.store.file.database import errors, execute

_STORED = re.compile(r"([0-7])\.([0-9]+):.*", re.S)  # gateway.store.messages.pdus.DecodedPdu.sender


def type_of(peer: str) -> tuple[int, int] | None:
    """Type of number and numbering plan (TS 23.040 9.1.2.5) in the newest message from this sender.

    `peer` is as messages show it. None: no message of it is known that came by radio.
    """
    with errors():
        row = execute(
            "SELECT i.sender FROM message m JOIN incoming i ON i.message_id = m.id"
            " WHERE m.peer = ? ORDER BY m.id DESC LIMIT 1",
            (peer,),
        ).fetchone()
    found = _STORED.fullmatch(row[0]) if row else None
    return (int(found[1]), int(found[2])) if found else None
