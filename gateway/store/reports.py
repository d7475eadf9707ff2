"""Delivery reports: which part they speak of, and what they change (TS 23.040 9.2.2.3, 9.2.3.15).

A report names the part by TP-MR, a number that comes round every 256 messages, and by the
recipient, whose number may come back in another form. Together with the connection and the time at
which the service centre took the message (TP-SCTS) that is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway import sms
from gateway.clock import DAY, MINUTE
from gateway.states import State
from gateway.store.db import execute, transaction
from gateway.store.progress import keep_to_its_sim, progress

CLOCKS_DIFFER = 5 * MINUTE  # the service centre's clock against ours
LONGEST_WAIT = 5 * DAY  # reports later than this belong to a part we cannot name any more
WRONG_CLOCK = 448 * DAY  # a TP-SCTS this far off (64 weeks) says nothing


@dataclass(frozen=True, slots=True)
class Report:
    connection_id: int | None
    recipient: str
    mr: int
    status: int  # TP-ST
    scts: int | None  # when the service centre took the message, by its clock
    discharge: int | None  # when the handset got it, or the centre gave up


@dataclass(frozen=True, slots=True)
class _Candidate:
    part_id: int
    state: str  # of the part
    submitted_at: int
    dispatch_id: int
    dispatch_state: State
    number: str
    valid_until: int | None


_CANDIDATE = (
    "SELECT p.id, p.state, p.submitted_at, d.id, d.state, d.number, d.valid_until"
    " FROM part p JOIN dispatch d ON d.id = p.dispatch_id"
)


def report(
    connection_id: int | None,
    recipient: str,
    mr: int,
    status: int,
    scts: int | None,
    discharge: int | None,
    now: int,
) -> bool:
    """Match a delivery report and apply it. False: it speaks of nothing we know (yet)."""
    with transaction():
        told = Report(connection_id, recipient, mr, status, scts, discharge)
        return match(told, now) is not None


def match(told: Report, now: int) -> int | None:
    """Find the part, apply the report, return the part's id; inside the caller's transaction."""
    found = _by_reference(told, now) or _in_doubt(told, now)
    if found is None:
        return None
    _apply(found, told, now)
    return found.part_id


def _by_reference(told: Report, now: int) -> _Candidate | None:
    """The newest part with this TP-MR that fits."""
    rows = execute(
        f"{_CANDIDATE} WHERE p.connection_id = ? AND p.mr = ? AND p.mr IS NOT NULL"
        " ORDER BY p.accepted_at DESC LIMIT 50",
        (told.connection_id, told.mr),
    )
    return next((c for c in map(_candidate, rows) if _fits(c, told, now)), None)


def _in_doubt(told: Report, now: int) -> _Candidate | None:
    """A part whose answer was lost, so that we never learned its TP-MR: by recipient and time.

    Of several the latest that was submitted before the centre took it.
    """
    rows = execute(
        f"{_CANDIDATE} WHERE p.state = 'unknown' AND p.connection_id = ?"
        " ORDER BY p.submitted_at DESC",
        (told.connection_id,),
    )
    fitting = [c for c in map(_candidate, rows) if told.recipient and _fits(c, told, now)]
    before = [c for c in fitting if told.scts is None or c.submitted_at <= told.scts]
    return next(iter(before or reversed(fitting)), None)


def _candidate(row: tuple[Any, ...]) -> _Candidate:
    part_id, state, submitted_at, dispatch_id, dispatch_state, number, valid_until = row
    return _Candidate(
        part_id, state, submitted_at or 0, dispatch_id, State(dispatch_state), number, valid_until
    )


def _fits(candidate: _Candidate, told: Report, now: int) -> bool:
    return same_number(candidate.number, told.recipient) and _in_time(
        candidate.submitted_at, candidate.valid_until, told.scts, now
    )


def _in_time(submitted_at: int, valid_until: int | None, scts: int | None, now: int) -> bool:
    """Whether the centre can have taken at `scts` what we submitted then.

    A centre's clock that is wrong by years tells nothing; then the arrival has to do.
    """
    taken = scts if scts is not None and abs(scts - now) < WRONG_CLOCK else now
    end = max(valid_until or 0, submitted_at + LONGEST_WAIT)
    return submitted_at - CLOCKS_DIFFER <= taken <= end


def same_number(ours: str, theirs: str) -> bool:
    """Whether two forms of a number mean the same handset: national, international, with 00.

    The last 7 to 9 digits decide; short codes have to be equal. A report without a recipient fits.
    """
    a, b = _digits(ours), _digits(theirs)
    if not theirs:
        return True
    shorter = min(len(a), len(b))
    if shorter < 7:
        return a == b and bool(a)
    return a[-min(9, shorter) :] == b[-min(9, shorter) :]


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit())


# applying --------------------------------------------------------------------------------------


def _apply(found: _Candidate, told: Report, now: int) -> State:
    said = sms.describe_status(told.status)
    state = _part_state(found.state, said.kind)
    done_at = (told.discharge or now) if state in ("delivered", "failed") else None
    execute(
        "UPDATE part SET state = ?, status = ?, mr = ?, done_at = ?,"
        " accepted_at = coalesce(accepted_at, ?) WHERE id = ?",
        (state, told.status, told.mr, done_at, now, found.part_id),
    )
    keep_to_its_sim(found.part_id)
    if said.kind == "pending":
        execute(
            "UPDATE dispatch SET reason = ?, code = ? WHERE id = ? AND state = 'sent'",
            (f"Not confirmed yet: {said.words}.", f"TP-ST {told.status}", found.dispatch_id),
        )
    return progress(found.dispatch_id, found.dispatch_state, now)


def _part_state(state: str, kind: str) -> str:
    """What a report makes of a part. Delivered is the last word, whatever comes later.

    A part that waits to be sent again is not stopped by what its first journey came to.
    """
    if state == "delivered" or kind == "delivered":
        return "delivered"
    if state == "new":
        return state
    if kind == "failed":
        return "failed"
    return "accepted" if state in ("unknown", "submitted") else state


# reports that came first -----------------------------------------------------------------------


def take_early(part_id: int, connection_id: int | None, mr: int, now: int) -> State | None:
    """Apply reports that overtook the modem's `+CMGS`. The state they lead to, None without any."""
    rows = execute(
        "SELECT id, sender, mr, status, sent_at, connection_id FROM incoming"
        " WHERE kind = 'report' AND part_id IS NULL AND connection_id = ? AND mr = ?"
        " AND arrived_at >= (SELECT submitted_at FROM part WHERE id = ?) ORDER BY arrived_at, id",
        (connection_id, mr, part_id),
    ).fetchall()
    return _take(part_id, rows, now)


def settle_doubt(part_id: int, now: int) -> State | None:
    """Like `take_early` for a part whose `+CMGS` never came: by recipient and time."""
    rows = execute(
        "SELECT i.id, i.sender, i.mr, i.status, i.sent_at, i.connection_id"
        " FROM part p JOIN incoming i ON i.connection_id = p.connection_id"
        " WHERE p.id = ? AND i.kind = 'report' AND i.part_id IS NULL AND i.sender <> ''"
        " AND i.arrived_at >= p.submitted_at ORDER BY i.arrived_at, i.id",
        (part_id,),
    ).fetchall()
    return _take(part_id, rows, now)


def _take(part_id: int, rows: list[tuple[Any, ...]], now: int) -> State | None:
    """Apply those of the kept reports that fit the part. All must name the same TP-MR."""
    state = mr = None
    for incoming_id, sender, its_mr, status, scts, connection_id in rows:
        told = Report(connection_id, sender, its_mr, status, scts, None)
        found = _candidate(execute(f"{_CANDIDATE} WHERE p.id = ?", (part_id,)).fetchone())
        if (mr is None or its_mr == mr) and _fits(found, told, now):
            mr = its_mr
            state = _apply(found, told, now)
            execute("UPDATE incoming SET part_id = ? WHERE id = ?", (part_id, incoming_id))
    return state
