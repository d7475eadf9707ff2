"""The queue side of the outbox: what is due, what has to wait, what has waited too long.

The pending dispatches form lanes: one for each connection that was chosen by a writer (`wanted`),
one for those that the routing rules decide (0), and one for each connection that these rules led to
while it had no room (minus its id; a hint that `park` leaves and `unpark` takes back). Each is
divided by priority. Every read below walks a
lane in the index `dispatch_queue` and stops when it has enough, so that thousands of dispatches
that wait for something else cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.clock import MINUTE
from gateway.decisions.dispatch_states import DispatchMove, DispatchState
from gateway.decisions.part_states import WITH_NETWORK
from gateway.store.file.batches import in_bites
from gateway.store.file.database import errors, execute, transaction
from gateway.store.sending.transitions import AttemptOutcome, listed, move, note

NOT_OVERTAKEN = 5 * MINUTE
MOVED_AT_ONCE = 2000  # dispatches moved within the queue in one transaction; a few ms
ANY = 0  # the lane of those whose connection the routing rules decide
EXPIRED = "Expired: it could not be sent before its validity ended."
WAITED = "What it waited for:"
EXPIRED_PARTLY = "Expired: only {sent} of its {parts} SMS could be sent before its validity ended."


@dataclass(frozen=True, slots=True)
class DueDispatch:
    """A dispatch that may go out now."""

    dispatch_id: int
    message_id: int
    number: str
    text: str
    chosen_connection_id: int | None
    priority: int
    with_report: bool
    valid_until: int | None
    attempts: int  # refusals so far
    parts: int
    reference: int | None  # kept from the first attempt
    has_parts: bool  # bytes are stored already and will be sent as they are
    avoid: frozenset[int]  # connections that refused it in a way another one may cure
    flash: bool = False
    blocked: bool = False  # its recipient is: it must not go out


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the queue index. Sorts as the queue does."""

    priority: int
    due_at: int
    dispatch_id: int
    number: str

    @property
    def order(self) -> tuple[int, int, int]:
        return (-self.priority, self.due_at, self.dispatch_id)


def due(
    now: int, free: Mapping[int, int], limit: int, last: Collection[str] = frozenset()
) -> list[DueDispatch]:
    """What may be sent now, best first, at most `limit`.

    `free`: how many more dispatches each connection can take. At most one dispatch for a recipient,
    and none while another for the same recipient is being sent, or an older one is about to be
    tried again (within NOT_OVERTAKEN): messages keep their order. Those
    that wait for a connection that is not in `free` come last and only until they are told so
    (`postpone`), so they never crowd out the others. Recipients in `last` come after all others
    that may go, whatever their priority.
    """
    with errors():
        busy = {n for (n,) in execute(_SENDING_NUMBERS)}
        lanes = list(_lanes())
        ready = [lane for lane in lanes if abs(lane[0]) in free or (lane[0] == ANY and free)]
        stuck = [lane for lane in lanes if lane not in ready and lane[0] >= ANY]
        found = _best(ready, now, limit, {*busy, *last})
        if last:
            found += _best(ready, now, limit - len(found), busy | {e.number for e in found})
        spare = max(limit - len(found), limit // 8)
        taken = busy | {e.number for e in found}
        untold = _first_of(stuck, now, spare, taken, unseen_only=True)[:spare]
        best = found[: limit - len(untold)] + untold
        return _details([e.dispatch_id for e in best])


def _best(
    lanes: Sequence[tuple[int, int]], now: int, limit: int, busy: Collection[str]
) -> list[_Entry]:
    return sorted(_first_of(lanes, now, limit, busy), key=lambda e: e.order)[:limit]


_SENDING_NUMBERS = "SELECT number FROM dispatch WHERE state = 'sending'"


def _lanes() -> Iterator[tuple[int, int]]:
    """(wanted, priority) of every lane that holds something.

    Two seeks in the index for each: SQLite walks through a whole lane for one that compares pairs.
    """
    lane: tuple[int, int] | None = execute(f"{_LANE} ORDER BY wanted, priority LIMIT 1").fetchone()
    while lane:
        yield lane
        same = f"{_LANE} AND wanted = ? AND priority > ? ORDER BY priority LIMIT 1"
        other = f"{_LANE} AND wanted > ? ORDER BY wanted, priority LIMIT 1"
        lane = execute(same, lane).fetchone() or execute(other, lane[:1]).fetchone()


URGENT = 100  # from this priority on a message does not wait for a USSD request


def urgent_waits(connection_id: int, now: int, *, claimed_only: bool) -> bool:
    """Whether an urgent dispatch is claimed for this connection; or, unless `claimed_only`, is due
    and could be.
    """
    with errors():
        claimed = execute(
            "SELECT 1 FROM dispatch WHERE state = 'sending' AND connection_id = ?"
            " AND priority >= ? LIMIT 1",
            (connection_id, URGENT),
        ).fetchone()
        if claimed or claimed_only:
            return claimed is not None
        return any(
            execute(
                "SELECT 1 FROM dispatch WHERE state = 'pending' AND held = 0 AND wanted = ?"
                " AND priority >= ? AND due_at <= ? LIMIT 1",
                (wanted, URGENT, now),
            ).fetchone()
            for wanted in (0, connection_id)
        )


_LANE = "SELECT wanted, priority FROM dispatch WHERE state = 'pending' AND held = 0"


def _first_of(
    lanes: Sequence[tuple[int, int]],
    now: int,
    limit: int,
    busy: Collection[str],
    *,
    unseen_only: bool = False,
) -> list[_Entry]:
    """The first `limit` of every lane, one for each recipient over all of them."""
    best: dict[str, _Entry] = {}
    for wanted, priority in lanes:
        for entry in _walk(wanted, priority, now, limit, busy, unseen_only):
            known = best.get(entry.number)
            if known is None or entry.order < known.order:
                best[entry.number] = entry
    return list(best.values())


def _walk(
    wanted: int, priority: int, now: int, limit: int, busy: Collection[str], unseen_only: bool
) -> Iterator[_Entry]:
    """One lane in order, each recipient once, at most `limit`.

    Recipients seen are handed back to SQLite, which passes over the rest of their queues without
    bringing them here.
    """
    seen = set(busy)
    after = (0, 0)
    count = 0
    while count < limit:
        marks = ", ".join("?" * len(seen))
        unseen = "AND waiting = 0 " if unseen_only else ""
        rows = execute(
            "SELECT due_at, id, number FROM dispatch WHERE state = 'pending' AND held = 0"  # noqa: S608
            " AND wanted = ? AND priority = ? AND due_at <= ? AND (due_at, id) > (?, ?)"
            f" AND number NOT IN ({marks}) {unseen}AND {_NOT_OVERTAKING}"
            " ORDER BY due_at, id LIMIT ?",
            (wanted, priority, now, *after, *seen, now + NOT_OVERTAKEN, limit),
        ).fetchall()
        for due_at, dispatch_id, number in rows:
            after = (due_at, dispatch_id)
            if number not in seen and count < limit:
                seen.add(number)
                count += 1
                yield _Entry(priority, due_at, dispatch_id, number)
        if len(rows) < limit:
            return


# Asked of the index of those few that were refused before.
_NOT_OVERTAKING = (
    "NOT EXISTS (SELECT 1 FROM dispatch AS older INDEXED BY dispatch_retrying"
    " WHERE older.number = dispatch.number AND older.state = 'pending' AND older.attempts > 0"
    " AND older.due_at <= ? AND older.id < dispatch.id AND older.held = 0"
    " AND older.waiting = 0 AND older.priority >= dispatch.priority)"
)


def _details(dispatch_ids: Sequence[int]) -> list[DueDispatch]:
    marks = ", ".join("?" * len(dispatch_ids))
    rows = execute(
        "SELECT d.id, d.message_id, d.number, coalesce(d.text, m.text),"  # noqa: S608
        " nullif(max(d.wanted, 0), 0), d.priority, m.with_report, d.valid_until, d.attempts,"
        " d.parts, d.reference,"
        " EXISTS (SELECT 1 FROM part p WHERE p.dispatch_id = d.id), d.avoid, m.flash,"
        " EXISTS (SELECT 1 FROM blocked b WHERE b.number = d.number)"
        f" FROM dispatch d JOIN message m ON m.id = d.message_id WHERE d.id IN ({marks})",
        tuple(dispatch_ids),
    )
    by_id = {row[0]: _due(row) for row in rows}
    return [by_id[i] for i in dispatch_ids]


def _due(row: tuple[Any, ...]) -> DueDispatch:
    """From the columns of `_details`."""
    dispatch_id, message_id, number, text, chosen, priority, with_report, *rest = row
    valid_until, attempts, parts, reference, has_parts, avoid, *flags = rest
    return DueDispatch(
        dispatch_id,
        message_id,
        number,
        text,
        chosen,
        priority,
        bool(with_report),
        valid_until,
        attempts,
        parts,
        reference,
        bool(has_parts),
        frozenset(map(int, avoid.split())),
        *map(bool, flags),
    )


def next_due(now: int) -> int | None:
    """The first instant after `now` at which something pending becomes due; None if nothing will.

    What is due already waits for room, not for time, and is not counted.
    """
    with errors():
        instants = [
            row[0]
            for lane in list(_lanes())
            if (
                row := execute(
                    "SELECT due_at FROM dispatch WHERE state = 'pending' AND held = 0"
                    " AND wanted = ? AND priority = ? AND due_at > ? ORDER BY due_at LIMIT 1",
                    (*lane, now),
                ).fetchone()
            )
        ]
    return min(instants, default=None)


def postpone(dispatch_ids: Sequence[int], until: int, reason: str, now: int) -> None:
    """No connection can carry these for now. They stay pending, with the reason.

    Those that the routing rules decide are looked at again at `until`, or after `hurry`. Those with
    a chosen connection wait for that one, however long: `due` gives them as soon as it is free.
    """
    with transaction():
        for dispatch_id in dispatch_ids:
            execute(
                "UPDATE dispatch SET waiting = 1, reason = ?,"
                " due_at = CASE WHEN wanted > 0 THEN due_at ELSE max(due_at, ?) END,"
                " wanted = max(wanted, 0)"
                " WHERE id = ? AND state = 'pending'",
                (reason, until, dispatch_id),
            )


def park(dispatch_ids: Sequence[int], connection_id: int) -> int:
    """The rules lead to this connection alone, and it has no room: pass these over until it has.

    They go into a lane of their own, so that a long queue for one connection never hides what
    another one could carry. Returns how many were not there yet.
    """
    with transaction():
        return sum(
            execute(
                "UPDATE dispatch SET wanted = ? WHERE id = ? AND state = 'pending'"
                " AND wanted <= 0 AND wanted <> ?",
                (-connection_id, dispatch_id, -connection_id),
            ).rowcount
            for dispatch_id in dispatch_ids
        )


def unpark() -> None:
    """Rules or connections are different now: ask the rules again about all that was parked."""
    with errors():
        parked = "state = 'pending' AND held IN (0, 1) AND wanted < 0"
        if not execute(f"SELECT 1 FROM dispatch WHERE {parked} LIMIT 1").fetchone():  # noqa: S608
            return
    some = f"SELECT id FROM dispatch WHERE {parked} LIMIT ?"  # noqa: S608
    sql = f"UPDATE dispatch SET wanted = 0 WHERE id IN ({some})"  # noqa: S608
    in_bites(lambda most: execute(sql, (most,)).rowcount, MOVED_AT_ONCE)


def hurry(now: int) -> int:
    """A connection came back or the rules changed: look at all that waits for one. How many?

    They become due as of when they began to wait, ahead of what was written since.
    """
    sql = (
        "UPDATE dispatch SET waiting = 0, due_at = min(state_at, ?) WHERE id IN"
        " (SELECT id FROM dispatch WHERE state = 'pending' AND waiting = 1 LIMIT ?)"
    )
    return in_bites(lambda most: execute(sql, (now, most)).rowcount, MOVED_AT_ONCE)


def resume(connection_id: int, now: int, lasting: Collection[str]) -> int:
    """What a connection lacked is there: what was put off because of it may go. How many?

    That is all that waits for its next try and could go out through this connection, except what
    was refused with one of the codes in `lasting`, which lie with the recipient.
    """
    marks = ", ".join("?" * len(lasting))
    some = (
        "SELECT id FROM dispatch WHERE state = 'pending' AND held = 0 AND wanted = ?"  # noqa: S608
        f" AND priority = ? AND due_at > ? AND code <> '' AND code NOT IN ({marks}) LIMIT ?"
    )
    sql = f"UPDATE dispatch SET due_at = ? WHERE id IN ({some})"  # noqa: S608
    with errors():
        lanes = [lane for lane in _lanes() if lane[0] <= ANY or lane[0] == connection_id]
    return sum(_move_up(sql, (now, *lane, now, *lasting)) for lane in lanes)


def _move_up(sql: str, values: tuple[object, ...]) -> int:
    return in_bites(lambda most: execute(sql, (*values, most)).rowcount, MOVED_AT_ONCE)


def give_up(dispatch_ids: Sequence[int], reason: str, code: str, now: int) -> None:
    """pending -> failed. Those that are not pending any more are left alone."""
    with transaction():
        for dispatch_id in dispatch_ids:
            row = execute(
                "SELECT 1 FROM dispatch WHERE id = ? AND state = 'pending'", (dispatch_id,)
            ).fetchone()
            if row:
                _fail(dispatch_id, reason, code, now)


def expire(now: int) -> int:
    """Everything that is still pending after its validity fails, saying so. Returns how many."""
    with errors():
        if not execute(_EXPIRED, (now, 1)).fetchall():
            return 0
    return in_bites(lambda most: _expire(now, most))


def _expire(now: int, most: int) -> int:
    rows = execute(_EXPIRED, (now, most)).fetchall()
    for dispatch_id, parts, why, sent in rows:
        words = EXPIRED_PARTLY.format(sent=sent, parts=parts) if sent else EXPIRED
        _fail(dispatch_id, f"{words} {WAITED} {why}" if why else words, "", now)
    return len(rows)


_EXPIRED = (
    "SELECT id, parts, reason, (SELECT count(*) FROM part WHERE dispatch_id = dispatch.id"  # noqa: S608
    f"  AND part.state IN {listed(WITH_NETWORK)})"
    " FROM dispatch INDEXED BY dispatch_expiry"
    " WHERE state = 'pending' AND held = 0 AND valid_until <= ? AND valid_until IS NOT NULL"
    " ORDER BY valid_until LIMIT ?"
)


def _fail(dispatch_id: int, reason: str, code: str, now: int) -> None:
    move(
        dispatch_id,
        DispatchState.PENDING,
        DispatchMove.GIVE_UP,
        now,
        reason=reason,
        code=code,
        waiting=0,
    )
    note(dispatch_id, now, AttemptOutcome.FAILED, reason=reason, code=code)
