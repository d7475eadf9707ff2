"""Multi-part messages are put together in the database: parts come in any order, days apart,
between other messages, and across restarts of modem and box (TS 23.040 9.2.3.24.1).

Parts belong together when connection, sender, size and value of the reference, and the number of
parts are equal. References come round, so time and content tell one set from the next, and a part
that is nearer takes the place of one that was taken for want of a better.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from gateway import sms
from gateway.clock import DAY, MINUTE
from gateway.store.file.database import execute
from gateway.store.messages.pdus import DecodedPdu, RawPdu, ReadableText, read, readable_text

SENT_AGAIN = 10 * MINUTE  # a whole message again after this long is a new one, not a copy
FAR_APART = 3 * DAY  # service-centre times of parts that cannot be of one message
LOOK_BACK = 7 * DAY  # arrivals among which a set is looked for
MOST = 600  # parts that are looked at
WAIT = DAY  # for the missing parts of a set, before it is shown without them


@dataclass(frozen=True, slots=True)
class _Part:
    """A stored part. `row` is its id in `incoming`."""

    row: int
    seq: int
    set_id: int
    arrived_at: int
    sent_at: int | None
    raw: RawPdu
    message_id: int | None

    @property
    def deliver(self) -> sms.Deliver | None:
        return read(self.raw).deliver


_PART = "SELECT id, seq, set_id, arrived_at, sent_at, pdu, length, message_id FROM incoming"


def _part(row: tuple[int, int, int, int, int | None, str, int | None, int | None]) -> _Part:
    id_, seq, set_id, arrived_at, sent_at, pdu, length, message_id = row
    raw = RawPdu(pdu, tpdu_length=length)
    return _Part(id_, seq, set_id, arrived_at, sent_at, raw, message_id)


@dataclass(frozen=True, slots=True)
class PartCopy:
    """A part that is there already, and the message that shows it."""

    message_id: int | None


def copy_of(connection_id: int | None, new: DecodedPdu, now: int) -> PartCopy | None:
    """What a part that has just arrived, and is not stored yet, repeats."""
    for parts in _sets(connection_id, new, now).values():
        if any(_repeats(part, len(parts), new, now) for part in parts.values()):
            return PartCopy(_shown_by(parts))
    return None


def arrange(row: int, connection_id: int | None, new: DecodedPdu, now: int) -> list[int]:
    """Give the part that was just stored as `row` its place; the sets that are different now.

    The first of them is its own. Others may have given a part away that was nearer to it, or have
    taken one in.
    """
    sets = _sets(connection_id, new, now)
    opened = {i: parts for i, parts in sets.items() if not _is_settled(parts, new)}
    held = sorted(
        (p for parts in opened.values() for p in parts.values()),
        key=lambda p: (p.arrived_at, p.row),
    )
    pieces = [sms.PartPlace(p.row, p.seq, p.sent_at) for p in held]
    groups = sms.grouped([*pieces, sms.PartPlace(row, new.seq, new.sent_at)], FAR_APART)
    heirs = _heirs(opened, groups)
    before = {frozenset(p.row for p in parts.values()) for parts in opened.values()}
    changed = sorted((g for g in groups if g not in before), key=lambda g: row not in g)
    for group in changed:
        _regroup(group, heirs.get(group))
    return [min(group) for group in changed]


def _is_settled(parts: dict[int, _Part], new: DecodedPdu) -> bool:
    """Whether it is whole, and its parts nearer to one another than the new one to any."""
    total = len(parts) == new.total
    times = sorted(p.sent_at for p in parts.values() if p.sent_at is not None)
    widest = max((b - a for a, b in pairwise(times)), default=0)
    return total and widest <= _distance(parts, new)


def _heirs(
    sets: dict[int, dict[int, _Part]], groups: list[frozenset[int]]
) -> dict[frozenset[int], int]:
    """Which group each message goes on to show: the one with most of what it was made of, and of
    two the one with what came last. Of two messages the older one stays.
    """
    heirs: dict[frozenset[int], int] = {}
    for parts in sets.values():
        message_id = _shown_by(parts)
        if message_id is None:
            continue
        made = execute("SELECT created_at FROM message WHERE id = ?", (message_id,)).fetchone()
        of = {p.row for p in parts.values() if made is None or p.arrived_at <= made[0]}
        heir = max(groups, key=lambda g: (len(g & of), max(g & of, default=0)))
        heirs[heir] = min(message_id, heirs.get(heir, message_id))
    return heirs


def _regroup(group: frozenset[int], message_id: int | None) -> None:
    for row in group:
        execute(
            "UPDATE incoming SET set_id = ?, message_id = ? WHERE id = ?",
            (min(group), message_id, row),
        )


def _sets(connection_id: int | None, new: DecodedPdu, now: int) -> dict[int, dict[int, _Part]]:
    """Parts by sequence number, by set; the set that grew last comes first."""
    sets: dict[int, dict[int, _Part]] = {}
    rows = execute(
        f"{_PART} WHERE sender = ? AND ref = ? AND total = ? AND arrived_at >= ?"
        " AND ref_bits = ? AND connection_id IS ? AND set_id IS NOT NULL"
        " ORDER BY arrived_at DESC, id DESC LIMIT ?",
        (new.sender, new.ref, new.total, now - LOOK_BACK, new.ref_bits, connection_id, MOST),
    ).fetchall()
    for row in rows:
        part = _part(row)
        sets.setdefault(part.set_id, {})[part.seq] = part
    if len(rows) == MOST:  # of the last one there may be more
        sets.pop(_part(rows[-1]).set_id)
    return sets


def _shown_by(parts: dict[int, _Part]) -> int | None:
    return next((p.message_id for p in parts.values() if p.message_id is not None), None)


def _repeats(part: _Part, present: int, new: DecodedPdu, now: int) -> bool:
    """Whether `new` is a copy of `part`, of whose set `present` parts are there."""
    if part.seq != new.seq:
        return False
    if present == new.total and _distance({part.seq: part}, new) > SENT_AGAIN:
        return False  # some devices number all their messages alike: this is the next one
    stored = part.deliver
    if stored is None or new.deliver is None:
        return False
    age = now - part.arrived_at
    return sms.decide(stored.user_data, age, new.deliver.user_data) is sms.PartFate.DROP


def _distance(parts: dict[int, _Part], new: DecodedPdu) -> int:
    """Milliseconds between the centre's times; 0 where a time is missing."""
    times = [p.sent_at for p in parts.values() if p.sent_at is not None]
    if new.sent_at is None or not times:
        return 0
    return min(abs(new.sent_at - t) for t in times)


# showing ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartSet:
    """The parts of one message that are here."""

    set_id: int
    connection_id: int | None
    message_id: int | None  # that shows it already, with gaps
    first: DecodedPdu  # the part with the lowest number
    words: ReadableText


def is_to_be_shown(set_id: int) -> bool:
    """Whether every part is here, or a message shows it as far as it is."""
    row = execute(
        "SELECT count(DISTINCT seq) = max(total) OR max(message_id) IS NOT NULL"
        " FROM incoming WHERE set_id = ?",
        (set_id,),
    ).fetchone()
    return bool(row[0])


def gather(set_id: int) -> PartSet:
    """All there is of a set, joined as far as it goes."""
    rows = execute(f"{_PART} WHERE set_id = ? ORDER BY seq", (set_id,)).fetchall()
    connection_id, total = execute(
        "SELECT connection_id, total FROM incoming WHERE id = ?", (set_id,)
    ).fetchone()
    parts = {part.seq: part for part in map(_part, rows)}
    delivers = {seq: d for seq, part in parts.items() if (d := part.deliver)}
    first = read(parts[min(parts)].raw)
    return PartSet(set_id, connection_id, _shown_by(parts), first, readable_text(delivers, total))


def belongs(set_id: int, message_id: int) -> None:
    """Tie every part of the set to the message that shows it."""
    execute("UPDATE incoming SET message_id = ? WHERE set_id = ?", (message_id, set_id))


def overdue(now: int) -> list[int]:
    """Sets that have waited long enough for their missing parts."""
    rows = execute(
        "SELECT set_id FROM incoming WHERE set_id IS NOT NULL AND message_id IS NULL"
        " AND arrived_at <= ? AND set_id = id",
        (now - WAIT,),
    )
    return [set_id for (set_id,) in rows]
