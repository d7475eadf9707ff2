"""A process that works on the store until it is killed, telling each step once it is on disk."""

from __future__ import annotations

import sys
from pathlib import Path

from gateway.store import opening
from gateway.store.file import database
from gateway.store.messages import inbox, outbox
from gateway.store.messages.inbox import RawPdu
from tests.store.given import NOW, connection, dispatches, message, tpdus
from tests.store.pdus import deliver


def main(folder: Path) -> None:
    opening.open_store(folder)
    with database.connected():
        c = connection()
        for n in range(1_000_000):
            m = message(f"+2547{n:08d}", parts=2)
            tell("added", m)
            (kept,) = inbox.keep(c, [RawPdu(deliver(f"in {n}", at=NOW + n * 1000), "SM", 1)], NOW)
            tell("kept", kept.incoming_id)
            (won,) = outbox.claim([outbox.DispatchClaim(dispatches(m)[0], c, tpdus(2), 1)], NOW)
            tell("claimed", won.dispatch_id)
            for part in won.parts:
                outbox.submitted(part.part_id, c, NOW)
                tell("submitted", part.part_id)
                outbox.accepted(part.part_id, n % 256, NOW)
                tell("accepted", part.part_id)


def tell(what: str, number: int) -> None:
    sys.stdout.write(f"{what} {number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
