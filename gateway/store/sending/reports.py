"""Delivery reports: which part they speak of, and what they change (TS 23.040 9.2.2.3, 9.2.3.15).

A report names the part by TP-MR, a number that comes round every 256 messages, and by the
recipient, whose number may come back in another form. When several parts fit, the time at which the
service centre took the message (TP-SCTS) chooses, by its clock as the last reports showed it. The
only one that fits is meant whatever that clock says.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from gateway import sms
from gateway.clock import DAY, MINUTE, SECOND
from gateway.decisions import part_states
from gateway.decisions.dispatch_states import DispatchState
from gateway.decisions.part_states import REPORTED, PartMove, PartState
from gateway.sms.status import Kind
from gateway.store.file.database import execute, transaction
from gateway.store.sending.alike import likeness
from gateway.store.sending.progress import keep_to_its_sim, progress
from gateway.store.sending.transitions import move_part

CLOCKS_DIFFER = 5 * MINUTE  # the service centre's clock against ours
USUAL_VALIDITY = 5 * DAY  # how long a centre tries that was not told how long
AFTERWARDS = DAY  # reports later than this after the validity are of a part with the same TP-MR
WRONG_CLOCK = 448 * DAY  # a TP-SCTS this far off (64 weeks) says nothing
UNNAMED = 10 * SECOND  # what a part whose TP-MR we know may be farther off than one without
LEARN_FROM = 9  # reports that show how the centre's clock goes; as many as AGREE suffice
AGREE = 3
LOOK_BACK = 2000  # incoming PDUs among which those are looked for


@dataclass(frozen=True, slots=True)
class ReceivedReport:
    connection_id: int | None
    recipient: str
    mr: int
    status: int  # TP-ST
    scts: int | None  # when the service centre took the message, by its clock
    discharge: int | None  # when the handset got it, or the centre gave up


@dataclass(frozen=True, slots=True)
class _Candidate:
    part_id: int
    state: PartState
    submitted_at: int
    accepted_at: int | None
    mr: int | None
    dispatch_id: int
    dispatch_state: DispatchState
    number: str
    valid_until: int | None

    @property
    def is_over(self) -> bool:
        """Whether a report has said the last word about it."""
        return self.state in REPORTED


_COLUMNS = (
    "SELECT p.id, p.state, p.submitted_at, p.accepted_at, p.mr, d.id, d.state, d.number,"
    " d.valid_until"
)
_CANDIDATE = f"{_COLUMNS} FROM part p JOIN dispatch d ON d.id = p.dispatch_id"


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
        told = ReceivedReport(connection_id, recipient, mr, status, scts, discharge)
        return match(told, now) is not None


def match(told: ReceivedReport, now: int) -> int | None:
    """Find the part, apply the report, return the part's id; inside the caller's transaction.

    None also for one that overtook the modem's answer: `take_early` applies it when that comes.
    """
    named = [c for c in _named(told) if _may_be_meant(c, told, None, now)]
    unnamed = [c for c in _unnamed(told) if likeness(c.number, told.recipient)]
    if len(named) == 1 and not unnamed:
        _apply(named[0], told, now)
        return named[0].part_id
    taken = _taken(told, now)
    unnamed = [c for c in unnamed if _is_near(c, taken) and _may_be_meant(c, told, taken, now)]
    # By the centre's time one that seemed too old may be the one that is meant.
    named = [c for c in _named(told) if _may_be_meant(c, told, taken, now)]
    if not named and not unnamed:
        return None
    found = min([*named, *unnamed], key=lambda c: _unlikeliness(c, told, taken, now))
    if found.state is PartState.SUBMITTED and found.mr is None:
        return None
    _apply(found, told, now)
    return found.part_id


def _named(told: ReceivedReport) -> list[_Candidate]:
    """Parts with this TP-MR and recipient, the newest first."""
    rows = execute(
        f"{_CANDIDATE} WHERE p.connection_id = ? AND p.mr = ? AND p.mr IS NOT NULL"
        " ORDER BY p.accepted_at DESC LIMIT 50",
        (told.connection_id, told.mr),
    )
    return [c for c in map(_candidate, rows) if likeness(c.number, told.recipient) is not None]


def _unnamed(told: ReceivedReport) -> list[_Candidate]:
    """Parts that asked for a report and whose TP-MR we do not know: the answer was lost, or is
    still on its way.
    """
    rows = execute(
        f"{_CANDIDATE} JOIN message m ON m.id = d.message_id"
        f" WHERE p.state = '{PartState.UNKNOWN}' AND p.mr IS NULL AND p.connection_id = ?"
        " AND m.with_report",
        (told.connection_id,),
    ).fetchall()
    rows += execute(  # CROSS JOIN: from the few that are on their way to their parts
        f"{_COLUMNS} FROM dispatch d CROSS JOIN part p ON p.dispatch_id = d.id"
        " JOIN message m ON m.id = d.message_id"
        f" WHERE d.state = 'sending' AND p.state = '{PartState.SUBMITTED}' AND p.connection_id = ?"
        " AND m.with_report",
        (told.connection_id,),
    ).fetchall()
    return [_candidate(row) for row in rows]


def _candidate(row: tuple[Any, ...]) -> _Candidate:
    part_id, state, submitted_at, accepted_at, mr, dispatch_id, dispatch_state, *more = row
    number, valid_until = more
    return _Candidate(
        part_id,
        PartState(state),
        submitted_at or 0,
        accepted_at,
        mr,
        dispatch_id,
        DispatchState(dispatch_state),
        number,
        valid_until,
    )


# time ------------------------------------------------------------------------------------------


def _may_be_meant(candidate: _Candidate, told: ReceivedReport, taken: int | None, now: int) -> bool:
    """Whether a report about it can still come: within its validity and a day, by our clock or by
    the centre's. A box that was away for a week gets its reports a week late.
    """
    begins = candidate.submitted_at - CLOCKS_DIFFER
    ends = (candidate.valid_until or candidate.submitted_at + USUAL_VALIDITY) + AFTERWARDS
    times = (now, taken, told.scts, told.discharge)
    return any(at is not None and begins <= at <= ends for at in times)


def _taken(told: ReceivedReport, now: int) -> int | None:
    """When the centre took the message, by our clock; None where its own says nothing."""
    if told.scts is None:
        return None
    taken = told.scts - _ahead(told.connection_id)
    return taken if abs(taken - now) < WRONG_CLOCK else None


def _ahead(connection_id: int | None) -> int:
    """Milliseconds by which the centre's clock is ahead of ours, as its last reports showed: some
    name the wrong zone, or the wrong year. 0 where they do not agree.
    """
    rows = execute(
        "SELECT i.sent_at - p.submitted_at FROM incoming i JOIN part p ON p.id = i.part_id"
        " WHERE i.id > (SELECT max(id) FROM incoming) - ? AND i.kind = 'report'"
        " AND i.connection_id IS ? AND i.sent_at IS NOT NULL ORDER BY i.id DESC LIMIT ?",
        (LOOK_BACK, connection_id, LEARN_FROM),
    )
    seen = [ahead for (ahead,) in rows if ahead is not None]
    if not seen:
        return 0
    middle = int(median(seen))
    agree = sum(abs(ahead - middle) < CLOCKS_DIFFER for ahead in seen)
    return middle if agree >= AGREE and abs(middle) > CLOCKS_DIFFER else 0


def _is_near(candidate: _Candidate, taken: int | None) -> bool:
    """Whether it was submitted about when the centre took it; a clock that says nothing fits."""
    return taken is None or abs(taken - candidate.submitted_at) <= CLOCKS_DIFFER


def _unlikeliness(
    candidate: _Candidate, told: ReceivedReport, taken: int | None, now: int
) -> tuple[bool, bool, int, int]:
    """The least of several is meant: near in time, not yet settled, nearest, number most alike."""
    apart = abs((now if taken is None else taken) - candidate.submitted_at)
    apart += UNNAMED if candidate.mr is None else 0
    alike = likeness(candidate.number, told.recipient) or 0
    return not _is_near(candidate, taken), candidate.is_over, apart, -alike


# applying --------------------------------------------------------------------------------------


def _apply(found: _Candidate, told: ReceivedReport, now: int) -> DispatchState:
    said = sms.describe_status(told.status)
    move_part(
        found.part_id,
        found.state,
        _SAYS[said.kind],
        status=told.status,
        mr=told.mr,
        done_at=_done_at(found, told, said.kind, now),
        accepted_at=now if found.accepted_at is None else found.accepted_at,
    )
    keep_to_its_sim(found.part_id)
    if said.kind == "pending":
        execute(
            "UPDATE dispatch SET reason = ?, code = ? WHERE id = ? AND state = 'sent'",
            (f"Not confirmed yet: {said.words}.", f"TP-ST {told.status}", found.dispatch_id),
        )
    return progress(found.dispatch_id, found.dispatch_state, now)


def _done_at(found: _Candidate, told: ReceivedReport, kind: Kind, now: int) -> int | None:
    """When it arrived, or was given up; None while neither is known."""
    state = part_states.apply(found.state, _SAYS[kind])
    return (told.discharge or now) if state in REPORTED else None


_SAYS: dict[Kind, PartMove] = {
    "delivered": PartMove.REPORT_DELIVERED,
    "pending": PartMove.REPORT_PENDING,
    "failed": PartMove.REPORT_FAILED,
}


# reports that came first -----------------------------------------------------------------------

_KEPT = (
    "SELECT i.id, i.sender, i.mr, i.status, i.sent_at, i.connection_id"
    " FROM part p JOIN incoming i ON i.connection_id = p.connection_id"
    " WHERE p.id = ? AND i.kind = 'report' AND i.part_id IS NULL AND i.arrived_at >= p.submitted_at"
)


def take_early(part_id: int, mr: int, now: int) -> DispatchState | None:
    """Apply reports that overtook the modem's `+CMGS`. The state they lead to, None without any.

    Those that came meanwhile and turn out to be of other parts are looked at again.
    """
    rows = execute(f"{_KEPT} ORDER BY i.arrived_at, i.id", (part_id,)).fetchall()
    state = _take(part_id, [row for row in rows if row[2] == mr], now)
    for incoming_id, sender, its_mr, status, scts, connection_id in rows:
        if its_mr != mr:
            told = ReceivedReport(connection_id, sender, its_mr, status, scts, None)
            _belongs(incoming_id, match(told, now))
    return state


def settle_doubt(part_id: int, now: int) -> DispatchState | None:
    """Like `take_early` for a part whose `+CMGS` never came: by recipient and time."""
    rows = execute(f"{_KEPT} AND i.sender <> '' ORDER BY i.arrived_at, i.id", (part_id,)).fetchall()
    return _take(part_id, rows, now)


def _take(part_id: int, rows: list[tuple[Any, ...]], now: int) -> DispatchState | None:
    """Apply those of the kept reports that fit the part. All must name the same TP-MR."""
    state = mr = None
    for incoming_id, sender, its_mr, status, scts, connection_id in rows:
        told = ReceivedReport(connection_id, sender, its_mr, status, scts, None)
        found = _candidate(execute(f"{_CANDIDATE} WHERE p.id = ?", (part_id,)).fetchone())
        if mr in (None, its_mr) and _fits(found, told, now):
            mr = its_mr
            state = _apply(found, told, now)
            _belongs(incoming_id, part_id)
    return state


def _fits(candidate: _Candidate, told: ReceivedReport, now: int) -> bool:
    alike = likeness(candidate.number, told.recipient)
    if candidate.mr is not None:
        return alike is not None
    return bool(alike) and _is_near(candidate, _taken(told, now))


def _belongs(incoming_id: int, part_id: int | None) -> None:
    execute("UPDATE incoming SET part_id = ? WHERE id = ?", (part_id, incoming_id))
