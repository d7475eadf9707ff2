"""What the parts of a dispatch say about the dispatch as a whole."""

from __future__ import annotations

from gateway import sms
from gateway.decisions.dispatch_states import DispatchMove, DispatchState
from gateway.decisions.part_states import IN_DOUBT, TAKEN, PartState
from gateway.store.file.database import execute
from gateway.store.sending.transitions import AttemptOutcome, move, note


def progress(dispatch_id: int, state: DispatchState, now: int) -> DispatchState:
    """Move a dispatch on as far as its parts allow; `state` is the one it has. Returns the new one.

    Sent when the network took every part, delivered when the handset has every part, failed when
    one part is finally lost (TS 23.040 9.2.3.15). To be called after every change of a part.
    """
    parts = execute(
        "SELECT state, status, seq FROM part WHERE dispatch_id = ?", (dispatch_id,)
    ).fetchall()
    states = [PartState(part[0]) for part in parts]
    if any(s not in TAKEN for s in states):
        return _resume(dispatch_id, state, states, now)
    if state is DispatchState.PENDING:  # queued again meanwhile, and now nothing is left to send
        state = move(dispatch_id, state, DispatchMove.CLAIM, now, waiting=0)
    if state in (DispatchState.SENDING, DispatchState.UNCERTAIN):
        state = move(dispatch_id, state, DispatchMove.ACCEPT, now, sent_at=now, reason="", code="")
    if PartState.FAILED in states:
        return _report_failure(dispatch_id, state, parts, now)
    if state in (DispatchState.SENT, DispatchState.FAILED) and all(
        s is PartState.DELIVERED for s in states
    ):
        return move(
            dispatch_id, state, DispatchMove.CONFIRM, now, delivered_at=now, reason="", code=""
        )
    return state


def keep_to_its_sim(part_id: int) -> None:
    """The network has this part: the others follow through the same connection.

    A handset joins parts of one sender only (TS 23.040 9.2.3.24.1: originating address, reference
    and total), so the rest would never be read if another SIM sent it.
    """
    execute(
        "UPDATE dispatch SET wanted = (SELECT connection_id FROM part WHERE id = ?)"
        " WHERE id = (SELECT dispatch_id FROM part WHERE id = ? AND connection_id IS NOT NULL)"
        " AND wanted <= 0 AND parts > 1",
        (part_id, part_id),
    )


def _resume(
    dispatch_id: int, state: DispatchState, states: list[PartState], now: int
) -> DispatchState:
    """Some parts are missing; if none is in doubt any more, these can go out."""
    if state is DispatchState.UNCERTAIN and not any(s in IN_DOUBT for s in states):
        return move(dispatch_id, state, DispatchMove.RESUME, now, due_at=now, reason="", code="")
    return state


def _report_failure(
    dispatch_id: int, state: DispatchState, parts: list[tuple[str, int | None, int]], now: int
) -> DispatchState:
    if state is not DispatchState.SENT:
        return state
    status, seq = next((status or 0, seq) for of, status, seq in parts if of == PartState.FAILED)
    words, code = f"Not delivered: {sms.describe_status(status).words}.", f"TP-ST {status}"
    note(dispatch_id, now, AttemptOutcome.FAILED, reason=words, code=code, seq=seq)
    return move(dispatch_id, state, DispatchMove.REPORT_FAILURE, now, reason=words, code=code)
