"""What the modems received, from the raw PDU to the message that a person reads.

A PDU is on disk when `keep` returns, and only then deleted from the SIM. It is known again by its
digest, however often and by whatever way it is read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.clock import DAY
from gateway.store.file.database import execute, insert, transaction
from gateway.store.messages import assembly, pdus
from gateway.store.messages.pdus import DecodedPdu, PduKind, RawPdu, ReadableText
from gateway.store.search import word_index
from gateway.store.sending import reports

__all__ = (
    "PduKind",
    "RawPdu",
    "StoredPdu",
    "called",
    "erased",
    "give_up_waiting",
    "keep",
    "mark_read",
)

MISSED_CALL = "Missed call."
KNOWN_AGAIN = 7 * DAY  # service centres repeat a message within this time when an answer was lost


@dataclass(frozen=True, slots=True)
class StoredPdu:
    """What became of one PDU."""

    incoming_id: int
    message_id: int | None  # the message that shows it; None: not shown, or not yet complete
    new: bool  # False: it was here already
    kind: PduKind
    mended: tuple[int, ...] = ()  # other messages that got a part back, or lost one to this one

    @property
    def messages(self) -> tuple[int, ...]:
        """What there is to read because of it."""
        own = () if self.message_id is None else (self.message_id,)
        return (*own, *self.mended) if self.new else ()


def keep(connection_id: int | None, items: Sequence[RawPdu], now: int) -> list[StoredPdu]:
    """Store everything that was read, in one commit; on disk when it returns.

    Reports are matched, parts put together, and messages made of what is complete. Nothing makes
    it fail but the store itself (StoreError).
    """
    with transaction():
        return [_keep(connection_id, raw, now) for raw in items]


def _keep(connection_id: int | None, raw: RawPdu, now: int) -> StoredPdu:
    new = pdus.read(raw)
    if known := _known(connection_id, raw, new, now):
        return known
    match new.kind:
        case PduKind.REPORT:
            return _keep_report(connection_id, raw, new, now)
        case PduKind.DELIVER if new.ref_bits:
            return _keep_part(connection_id, raw, new, now)
        case PduKind.DELIVER:
            assert new.deliver is not None
            return _show(connection_id, raw, new, pdus.readable_text({1: new.deliver}, 1), now)
        case PduKind.RAW:
            return _show(connection_id, raw, new, pdus.undecodable(raw, new.error), now)
    return StoredPdu(_store(connection_id, raw, new, now), None, True, new.kind)


def _known(connection_id: int | None, raw: RawPdu, new: DecodedPdu, now: int) -> StoredPdu | None:
    """The same PDU, read before.

    Without a valid time stamp two messages of the same words are the same PDU; then it is only
    known again where it was left: in a memory slot that was not confirmed to be erased.
    """
    window = now - KNOWN_AGAIN if new.sent_at is not None else now + KNOWN_AGAIN
    row = execute(
        "SELECT id, message_id, kind FROM incoming WHERE digest = ? AND connection_id IS ?"
        " AND (arrived_at >= ? OR (erased_at IS NULL AND slot >= 0 AND slot = ? AND memory = ?))"
        " ORDER BY arrived_at DESC LIMIT 1",
        (new.digest, connection_id, window, raw.slot, raw.memory),
    ).fetchone()
    return StoredPdu(row[0], row[1], False, PduKind(row[2])) if row else None


def _store(
    connection_id: int | None,
    raw: RawPdu,
    new: DecodedPdu,
    now: int,
    *,
    kind: PduKind | None = None,
    message_id: int | None = None,
    set_id: int | None = None,
    part_id: int | None = None,
) -> int:
    kind = kind or new.kind
    report = new.report
    return insert(
        "INSERT INTO incoming (connection_id, digest, pdu, memory, slot, length, arrived_at, kind,"
        " sender, sent_at, ref_bits, ref, total, seq, set_id, mr, status, message_id, part_id,"
        " error, pid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            connection_id,
            new.digest,
            pdus.storable(raw.pdu),
            raw.memory,
            raw.slot,
            raw.tpdu_length,
            now,
            kind,
            new.sender,
            new.sent_at,
            new.ref_bits,
            new.ref,
            new.total,
            new.seq,
            set_id,
            report.message_reference if report else None,
            report.status if report else None,
            message_id,
            part_id,
            new.error,
            new.deliver.pid if new.deliver else 0,
        ),
    )


# reports ---------------------------------------------------------------------------------------


def _keep_report(connection_id: int | None, raw: RawPdu, new: DecodedPdu, now: int) -> StoredPdu:
    assert new.report is not None
    discharge = new.report.discharge_time
    told = reports.ReceivedReport(
        connection_id,
        new.sender,
        new.report.message_reference,
        new.report.status,
        new.sent_at,
        discharge.epoch_ms if discharge else None,
    )
    part_id = reports.match(told, now)
    return StoredPdu(
        _store(connection_id, raw, new, now, part_id=part_id), None, True, PduKind.REPORT
    )


# messages --------------------------------------------------------------------------------------


def _show(
    connection_id: int | None, raw: RawPdu, new: DecodedPdu, words: ReadableText, now: int
) -> StoredPdu:
    _put_away_earlier(connection_id, new, now)
    message_id = _add_message(connection_id, new, words, now)
    incoming_id = _store(connection_id, raw, new, now, message_id=message_id)
    return StoredPdu(incoming_id, message_id, True, new.kind)


def _add_message(
    connection_id: int | None, first: DecodedPdu, words: ReadableText, now: int
) -> int:
    message_id = insert(
        "INSERT INTO message (direction, kind, text, peer, created_at, sent_at, sent_offset,"
        " connection_id, author, origin, note, complete, triggered)"
        " VALUES ('in', 'sms', ?, ?, ?, ?, ?, ?, '', 'radio', ?, ?, ?)",
        (
            words.text,
            first.peer,
            now,
            first.sent_at,
            first.sent_offset,
            connection_id,
            words.note,
            words.complete,
            None if words.spoken else False,  # what nobody wrote sets off no activity
        ),
    )
    word_index.add(message_id)
    return message_id


REPLACED = "Replaced by a later message of the same sender."


def _put_away_earlier(connection_id: int | None, new: DecodedPdu, now: int) -> None:
    """A "replace" message takes the place of the earlier one with its number (23.040 9.2.3.9).

    The earlier one goes to the deleted messages, where it can be looked up.
    """
    if new.deliver is None or new.deliver.replaces is None:
        return
    row = execute(
        "SELECT i.message_id FROM incoming i JOIN message m ON m.id = i.message_id"
        " WHERE i.sender = ? AND i.pid = ? AND i.pid BETWEEN 65 AND 71 AND i.connection_id IS ?"
        " AND m.deleted_at IS NULL ORDER BY i.id DESC LIMIT 1",
        (new.sender, new.deliver.pid, connection_id),
    ).fetchone()
    if row:
        execute(
            "UPDATE message SET deleted_at = ?, note = trim(note || ' ' || ?) WHERE id = ?",
            (now, REPLACED, row[0]),
        )


def _keep_part(connection_id: int | None, raw: RawPdu, new: DecodedPdu, now: int) -> StoredPdu:
    if copy := assembly.copy_of(connection_id, new, now):
        shown = copy.message_id
        row = _store(connection_id, raw, new, now, kind=PduKind.DUPLICATE, message_id=shown)
        return StoredPdu(row, shown, False, PduKind.DUPLICATE)
    row = _store(connection_id, raw, new, now)
    own, *others = [
        _show_set(assembly.gather(set_id), now) if assembly.is_to_be_shown(set_id) else None
        for set_id in assembly.arrange(row, connection_id, new, now)
    ]
    mended = tuple(message_id for message_id in others if message_id is not None)
    return StoredPdu(row, own, True, PduKind.DELIVER, mended)


def _show_set(gathered: assembly.PartSet, now: int) -> int:
    """Make the message, or mend the one that was shown with gaps; it is unread again then."""
    words, message_id = gathered.words, gathered.message_id
    if message_id is None:
        _put_away_earlier(gathered.connection_id, gathered.first, now)
        message_id = _add_message(gathered.connection_id, gathered.first, words, now)
    else:
        word_index.remove([message_id])
        execute(
            "UPDATE message SET text = ?, note = ?, complete = ?, read_at = NULL WHERE id = ?",
            (words.text, words.note, words.complete, message_id),
        )
        word_index.add(message_id)
    assembly.belongs(gathered.set_id, message_id)
    return message_id


def give_up_waiting(now: int) -> list[int]:
    """Show what has waited a day for its missing parts, with gaps. Returns the new messages.

    A part that comes later still completes it.
    """
    with transaction():
        return [_show_set(assembly.gather(set_id), now) for set_id in assembly.overdue(now)]


def called(connection_id: int | None, number: str, now: int) -> int:
    """Somebody called and nobody answered; `number` is "" when withheld. The message's id."""
    with transaction():
        message_id = insert(
            "INSERT INTO message (direction, kind, text, peer, created_at, connection_id, author,"
            " origin, note, complete) VALUES ('in', 'call', '', ?, ?, ?, '', 'radio', ?, 1)",
            (number, now, connection_id, MISSED_CALL),
        )
        word_index.add(message_id)
        return message_id


def erased(incoming_ids: Sequence[int], now: int) -> None:
    """The modem confirmed that these are gone from its memory."""
    with transaction():
        for incoming_id in incoming_ids:
            execute("UPDATE incoming SET erased_at = ? WHERE id = ?", (now, incoming_id))


def mark_read(message_ids: Sequence[int], now: int | None) -> int:
    """Somebody opened these; None: they are to count as unread again. Returns how many did not."""
    with transaction():
        return execute(
            "UPDATE message SET read_at = ? WHERE direction = 'in' AND (read_at IS NULL) = ?"
            " AND id IN (SELECT value FROM json_each(?))",
            (now, now is not None, json.dumps(list(message_ids))),
        ).rowcount
