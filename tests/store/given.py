"""Situations that the tests start from, in one line each."""

from __future__ import annotations

from gateway.clock import DAY
from gateway.decisions.assignment import Assignment
from gateway.decisions.dispatch_states import DispatchState
from gateway.store.connections import connections
from gateway.store.file import audit
from gateway.store.file.database import execute, transaction
from gateway.store.messages import large_messages, outbox, trash
from gateway.store.messages.outbox import DispatchClaim, OutgoingMessage

NOW = 1_800_000_000_000
ANN, BOB, CAT = "+254711000001", "+254711000002", "+254711000003"


def connection(iccid: str = "8944") -> int:
    return connections.upsert_connection(iccid, "", NOW).connection_id


def message(*numbers: str, at: int = NOW, parts: int = 1, **changes: object) -> int:
    fields: dict[str, object] = {
        "text": "hello",
        "numbers": numbers or (ANN,),
        "parts": parts,
        "created_at": at,
        "due_at": at,
        "valid_until": at + DAY,
    }
    return outbox.add(OutgoingMessage(**(fields | changes)))


def dispatches(message_id: int) -> list[int]:
    rows = execute("SELECT id FROM dispatch WHERE message_id = ? ORDER BY id", (message_id,))
    return [i for (i,) in rows]


def dispatch(*numbers: str, **changes: object) -> int:
    return dispatches(message(*numbers, **changes))[0]


def tpdus(parts: int) -> tuple[str, ...]:
    return tuple(f"00{n:02X}" for n in range(1, parts + 1))


def claimed(dispatch_id: int, connection_id: int, parts: int = 1, at: int = NOW) -> Assignment:
    reference = 7 if parts > 1 else None
    (won,) = outbox.claim([DispatchClaim(dispatch_id, connection_id, tpdus(parts), reference)], at)
    return won


def submitted(dispatch_id: int, connection_id: int, at: int = NOW) -> int:
    """Claimed, and its only part handed over. Returns the part's id."""
    part = claimed(dispatch_id, connection_id, at=at).parts[0].part_id
    outbox.submitted(part, connection_id, at)
    return part


def sent(dispatch_id: int, connection_id: int, mr: int = 5, at: int = NOW) -> int:
    part = submitted(dispatch_id, connection_id, at)
    outbox.accepted(part, mr, at)
    return part


def state(dispatch_id: int) -> DispatchState:
    return DispatchState(column(dispatch_id, "state"))


def column(dispatch_id: int, name: str):
    return execute(f"SELECT {name} FROM dispatch WHERE id = ?", (dispatch_id,)).fetchone()[0]


def part_states(dispatch_id: int) -> list[str]:
    rows = execute("SELECT state FROM part WHERE dispatch_id = ? ORDER BY seq", (dispatch_id,))
    return [s for (s,) in rows]


def outcomes(dispatch_id: int) -> list[str]:
    rows = execute("SELECT outcome FROM attempt WHERE dispatch_id = ? ORDER BY id", (dispatch_id,))
    return [o for (o,) in rows]


def restore(message_ids: list[int], at: int, who: str) -> int:
    """Brought back as by a person, whose wish is one bite. Returns how many were deleted."""
    with transaction():
        changed = trash.mark_restored(message_ids, at)
        if changed:
            audit.write(at, who, "restore", trash.described(changed))
    large_messages.settle_all(at)
    return len(changed)
