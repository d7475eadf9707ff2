"""The radio side of the outbox: claims, and what became of every part.

Each function that records something has it on disk when it returns; the modem's thread goes on to
its next step in the outside world only then. A part is `submitted` before Ctrl-Z is written, so
that after a power cut it is known which parts may have gone out.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.clock import SECOND
from gateway.decisions.assignment import Assignment, PartToSend
from gateway.decisions.dispatch_states import DispatchMove, DispatchState
from gateway.decisions.part_states import IN_DOUBT, PartMove, PartState, allows
from gateway.store.file.database import errors, execute, insert, transaction
from gateway.store.sending import reports
from gateway.store.sending.attempts import what_is_left
from gateway.store.sending.progress import keep_to_its_sim, progress
from gateway.store.sending.transitions import AttemptOutcome, move, move_part, note, resend_parts

RESENDS_BY_POLICY = 3  # so many times an uncertain dispatch goes out again by itself, then it waits
NOT_EVEN_OUT = 30 * SECOND  # wait after an odd answer to a command that nothing was sent with
RESTARTED = "The box stopped while it was being sent."


@dataclass(frozen=True, slots=True)
class DispatchClaim:
    dispatch_id: int
    connection_id: int
    tpdus: tuple[str, ...] | None  # SMS-SUBMITs as hex; None or ignored when parts are stored
    reference: int | None = None


@dataclass(frozen=True, slots=True)
class RecoveredDispatches:
    """What was found under way at start."""

    released: int  # nothing of them was out: queued again
    uncertain: int  # may have gone out
    resent: int = 0  # of these, queued again because their writers wished so


def next_reference(number: str) -> int:
    """A concatenation reference for this recipient, 0-255, different from the last 255.

    Starts at random: handsets remember references of the box that had this number before.
    """
    with transaction():
        row = execute(
            "INSERT INTO reference (number, value) VALUES (?, ?)"
            " ON CONFLICT (number) DO UPDATE SET value = (value + 1) % 256 RETURNING value",
            (number, random.randrange(256)),  # noqa: S311 - no secret
        ).fetchone()
    return int(row[0])


# claiming --------------------------------------------------------------------------------------


def claim(claims: Sequence[DispatchClaim], now: int) -> list[Assignment]:
    """Hand dispatches to modems, in one commit. Those that are not pending any more are left out.

    The first claim stores the bytes; later ones send these and not what they bring.
    """
    with transaction():
        return [won for wanted in claims if (won := _claim(wanted, now))]


def _claim(wanted: DispatchClaim, now: int) -> Assignment | None:
    row = execute(
        "SELECT number, valid_until, wanted FROM dispatch"
        " WHERE id = ? AND state = 'pending' AND held = 0"
        " AND (SELECT deleted_at FROM message WHERE id = message_id) IS NULL",  # store.settling
        (wanted.dispatch_id,),
    ).fetchone()
    if row is None:
        return None
    number, valid_until, chosen = row
    stored = _up_to_date(_parts_of(wanted.dispatch_id), valid_until, now)
    changes: dict[str, object] = {"connection_id": wanted.connection_id, "waiting": 0, "reason": ""}
    if not stored:
        if not wanted.tpdus:
            raise ValueError(
                f"dispatch {wanted.dispatch_id} has no parts yet and none were brought"
            )
        stored = _store_parts(wanted.dispatch_id, wanted.tpdus)
        changes |= {"parts": len(stored), "reference": wanted.reference}
    new = [(i, seq, tpdu) for i, seq, tpdu, state in stored if state == PartState.NEW]
    parts = tuple(PartToSend(*part) for part in new)
    if not parts:  # every part is settled already: nothing to hand over
        progress(wanted.dispatch_id, DispatchState.PENDING, now)
        return None
    if chosen < 0:
        changes["wanted"] = 0
    move(wanted.dispatch_id, DispatchState.PENDING, DispatchMove.CLAIM, now, **changes)
    return Assignment(wanted.dispatch_id, number, wanted.connection_id, parts, chosen > 0)


def _parts_of(dispatch_id: int) -> list[tuple[int, int, str, str]]:
    return execute(
        "SELECT id, seq, tpdu, state FROM part WHERE dispatch_id = ? ORDER BY seq", (dispatch_id,)
    ).fetchall()


def _up_to_date(
    stored: list[tuple[int, int, str, str]], valid_until: int | None, now: int
) -> list[tuple[int, int, str, str]]:
    """Parts of an earlier claim, with the validity that is left by now."""
    return [
        (i, seq, what_is_left(tpdu, valid_until, now) if state == PartState.NEW else tpdu, state)
        for i, seq, tpdu, state in stored
    ]


def _store_parts(dispatch_id: int, tpdus: Sequence[str]) -> list[tuple[int, int, str, str]]:
    stored: list[tuple[int, int, str, str]] = []
    for seq, tpdu in enumerate(tpdus, start=1):
        added = insert(
            "INSERT INTO part (dispatch_id, seq, tpdu, state) VALUES (?, ?, ?, ?)",
            (dispatch_id, seq, tpdu, PartState.NEW),
        )
        stored.append((added, seq, tpdu, PartState.NEW))
    return stored


def release(dispatch_id: int, reason: str, now: int) -> DispatchState | None:
    """The modem gives a dispatch back: sending -> pending, due at once.

    If a part of it was submitted and not answered it becomes uncertain instead. A dispatch that is
    not being sent is left alone. Returns the state it has now, None if there is no such dispatch.
    """
    with transaction():
        state = _state_of(dispatch_id)
        if state is not DispatchState.SENDING:
            return state
        if open_part := _submitted_part(dispatch_id):
            return _lose_sight(open_part, now, reason, "")
        return _give_back(dispatch_id, now, reason)


def _give_back(dispatch_id: int, now: int, reason: str) -> DispatchState:
    state = move(
        dispatch_id, DispatchState.SENDING, DispatchMove.RELEASE, now, reason=reason
    )  # keeps its place
    note(dispatch_id, now, AttemptOutcome.RELEASED, reason=reason)
    return state


def _state_of(dispatch_id: int) -> DispatchState | None:
    row = execute("SELECT state FROM dispatch WHERE id = ?", (dispatch_id,)).fetchone()
    return DispatchState(row[0]) if row else None


# one part --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sight:
    """A part and its dispatch as they are now."""

    part_id: int
    seq: int
    part_state: PartState
    connection_id: int | None
    submitted_at: int | None
    dispatch_id: int
    state: DispatchState
    number: str


def _look_at(sought: int) -> _Sight:
    row = execute(
        "SELECT p.id, p.seq, p.state, p.connection_id, p.submitted_at, d.id, d.state, d.number"
        " FROM part p JOIN dispatch d ON d.id = p.dispatch_id WHERE p.id = ?",
        (sought,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no part {sought}")
    part_id, seq, part_state, connection_id, submitted_at, dispatch_id, state, number = row
    return _Sight(
        part_id,
        seq,
        PartState(part_state),
        connection_id,
        submitted_at,
        dispatch_id,
        DispatchState(state),
        number,
    )


def submitted(part_id: int, connection_id: int, now: int) -> None:
    """The point of no return: call it right before Ctrl-Z is written.

    Raises UndefinedMove when the part may not go out: it went already, or its dispatch is not being
    sent any more. Then nothing may be written to the modem.
    """
    with transaction():
        changes = {"connection_id": connection_id, "submitted_at": now, "mr": None}
        move_part(part_id, PartState.NEW, PartMove.SUBMIT, of=DispatchState.SENDING, **changes)


def accepted(part_id: int, mr: int | None, now: int) -> DispatchState:
    """The network took the part as TP-MR `mr`. Returns the state of its dispatch now.

    Also for an answer that comes late, when the part is in doubt already: it settles the doubt.
    """
    with transaction():
        seen = _look_at(part_id)
        if seen.part_state not in IN_DOUBT and not _may_still_settle(seen):
            return seen.state
        move_part(part_id, seen.part_state, PartMove.ACCEPT, mr=mr, accepted_at=now)
        keep_to_its_sim(part_id)
        state = progress(seen.dispatch_id, seen.state, now)
        if mr is None:
            return state
        return reports.take_early(part_id, mr, now) or state


def _may_still_settle(seen: _Sight) -> bool:
    """A late answer, though the part was queued again meanwhile, and is not on its way yet."""
    sent_before = seen.part_state is PartState.NEW and seen.submitted_at is not None
    return sent_before and seen.state is DispatchState.PENDING


def refused(
    part_id: int,
    now: int,
    *,
    reason: str,
    code: str,
    retry_at: int | None,
    counts: bool = True,
    avoid: bool = False,
) -> DispatchState:
    """The modem or the network said no to a part: another attempt at `retry_at`, or None: failed.

    `counts`: whether it is one of the tries that end it. `avoid`: prefer another connection.
    Also for a refusal that comes late, when the part is in doubt already: it settles the doubt.
    """
    with transaction():
        seen = _look_at(part_id)
        if not allows(seen.part_state, PartMove.REFUSE):
            return seen.state
        state = _before_refusal(seen, now)
        if state not in (DispatchState.SENDING, DispatchState.PENDING):
            return state
        move_part(part_id, seen.part_state, PartMove.REFUSE)
        _count_try(seen, counts=counts, avoid=avoid)
        outcome = AttemptOutcome.FAILED if retry_at is None else AttemptOutcome.RETRY
        _note_part(seen, now, outcome, reason, code)
        if retry_at is None:
            return move(
                seen.dispatch_id, state, DispatchMove.GIVE_UP, now, reason=reason, code=code
            )
        if (
            state is DispatchState.PENDING
        ):  # a late refusal of something that is queued again anyway
            return state
        changes = {"reason": reason, "code": code, "due_at": retry_at}
        return move(seen.dispatch_id, state, DispatchMove.RETRY, now, **changes)


def _before_refusal(seen: _Sight, now: int) -> DispatchState:
    if seen.state is DispatchState.UNCERTAIN and seen.part_state is PartState.UNKNOWN:
        return move(seen.dispatch_id, seen.state, DispatchMove.RESUME, now, due_at=now)
    return seen.state


def _count_try(seen: _Sight, *, counts: bool, avoid: bool) -> None:
    row = execute(
        "SELECT connection_id, avoid FROM dispatch WHERE id = ?", (seen.dispatch_id,)
    ).fetchone()
    avoided = row[1].split()
    if avoid and row[0] is not None and str(row[0]) not in avoided:
        avoided.append(str(row[0]))
    execute(
        "UPDATE dispatch SET attempts = attempts + ?, avoid = ? WHERE id = ?",
        (int(counts), " ".join(avoided), seen.dispatch_id),
    )


def _note_part(seen: _Sight, now: int, outcome: AttemptOutcome, reason: str, code: str) -> None:
    connection_id = seen.connection_id
    note(
        seen.dispatch_id,
        now,
        outcome,
        reason=reason,
        code=code,
        seq=seen.seq,
        connection_id=connection_id,
    )


def tries(part_id: int) -> int:
    """Refusals so far of the dispatch that the part belongs to, those that count."""
    with errors():
        row = execute(
            "SELECT d.attempts FROM part p JOIN dispatch d ON d.id = p.dispatch_id WHERE p.id = ?",
            (part_id,),
        ).fetchone()
    return int(row[0]) if row else 0


def unknown(part_id: int, now: int, reason: str, code: str) -> DispatchState:
    """The part was submitted and no answer came: the dispatch is uncertain.

    If its writer wished so (when_uncertain = resend) it is queued again at once, a few times. A
    report that was here before us settles it on the spot. A part that was never submitted is in no
    doubt, whatever the modem said: it is tried again a little later.
    """
    with transaction():
        seen = _look_at(part_id)
        if seen.part_state is PartState.SUBMITTED:
            return _lose_sight(seen, now, reason, code)
        if seen.part_state is not PartState.NEW or seen.state is not DispatchState.SENDING:
            return seen.state
    return refused(part_id, now, reason=reason, code=code, retry_at=now + NOT_EVEN_OUT)


def _lose_sight(seen: _Sight, now: int, reason: str, code: str) -> DispatchState:
    move_part(seen.part_id, seen.part_state, PartMove.LOSE_SIGHT)
    state = move(
        seen.dispatch_id, seen.state, DispatchMove.LOSE_SIGHT, now, reason=reason, code=code
    )
    _note_part(seen, now, AttemptOutcome.UNCERTAIN, reason, code)
    if settled := reports.settle_doubt(seen.part_id, now):
        return settled
    if _policy_resends(seen.dispatch_id):
        note(seen.dispatch_id, now, AttemptOutcome.RESENT_BY_POLICY, reason=reason, code=code)
        return requeue(seen.dispatch_id, DispatchState.UNCERTAIN, now)
    return state


def _submitted_part(dispatch_id: int) -> _Sight | None:
    row = execute(
        "SELECT id FROM part WHERE dispatch_id = ? AND state = ? ORDER BY seq LIMIT 1",
        (dispatch_id, PartState.SUBMITTED),
    ).fetchone()
    return _look_at(row[0]) if row else None


def _policy_resends(dispatch_id: int) -> bool:
    policy, resent = execute(
        "SELECT m.when_uncertain, (SELECT count(*) FROM attempt a WHERE a.dispatch_id = d.id"
        "  AND a.outcome = ?) FROM dispatch d JOIN message m ON m.id = d.message_id WHERE d.id = ?",
        (AttemptOutcome.RESENT_BY_POLICY, dispatch_id),
    ).fetchone()
    return bool(policy == "resend" and resent < RESENDS_BY_POLICY)


def requeue(dispatch_id: int, state: DispatchState, now: int, **changes: object) -> DispatchState:
    """failed or uncertain -> pending. Parts that the network took are not sent again."""
    resend_parts(dispatch_id)
    execute("UPDATE dispatch SET wanted = 0 WHERE id = ? AND wanted < 0", (dispatch_id,))
    return move(dispatch_id, state, DispatchMove.RESEND, now, due_at=now, **changes)


def recover(now: int) -> RecoveredDispatches:
    """At start, before any modem works: what was under way when the box stopped.

    A dispatch with a submitted part is uncertain (its policy applies), the others are queued again.
    """
    with transaction():
        rows = execute("SELECT id FROM dispatch WHERE state = 'sending'").fetchall()
        released = lost = resent = 0
        for (dispatch_id,) in rows:
            if open_part := _submitted_part(dispatch_id):
                lost += 1
                resent += _lose_sight(open_part, now, RESTARTED, "") is DispatchState.PENDING
            else:
                _give_back(dispatch_id, now, RESTARTED)
                released += 1
    return RecoveredDispatches(released, lost, resent)
