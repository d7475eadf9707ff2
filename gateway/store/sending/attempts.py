"""Where a dispatch stands while it is tried: what the decision about the next try needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway import sms
from gateway.clock import MINUTE
from gateway.decisions.part_states import UNSENT
from gateway.store.file.database import errors, execute, transaction
from gateway.store.sending.transitions import listed

REMEMBERED = 20_000  # parts looked through for what was sent in the last day


@dataclass(frozen=True, slots=True)
class DispatchStanding:
    """Of the dispatch that a part belongs to."""

    dispatch_id: int
    number: str
    tries: int  # refusals so far that count
    connection_id: int | None  # that it is with
    chosen: bool  # its writer chose the connection
    avoid: frozenset[int]  # connections that refused it in a way another one may cure


def standing(part_id: int) -> DispatchStanding | None:
    """None when there is no such part (any more)."""
    with errors():
        row = execute(
            "SELECT d.id, d.number, d.attempts, d.connection_id, d.wanted, d.avoid"
            " FROM part p JOIN dispatch d ON d.id = p.dispatch_id WHERE p.id = ?",
            (part_id,),
        ).fetchone()
    if row is None:
        return None
    dispatch_id, number, tries, connection_id, wanted, avoid = row
    avoided = frozenset(map(int, avoid.split()))
    return DispatchStanding(dispatch_id, number, tries, connection_id, wanted > 0, avoided)


def under_way(connection_id: int) -> bool:
    """Whether a modem has something of this connection's to send now."""
    with errors():
        row = execute(
            "SELECT 1 FROM dispatch INDEXED BY dispatch_sending"
            " WHERE state = 'sending' AND connection_id = ? LIMIT 1",
            (connection_id,),
        ).fetchone()
    return row is not None


def submitted_since(since: int) -> list[tuple[int, int]]:
    """(connection, instant) of what was handed to modems since then, oldest first."""
    with errors():
        return execute(
            "SELECT connection_id, submitted_at FROM part"
            " WHERE id > (SELECT coalesce(max(id), 0) FROM part) - ?"
            " AND connection_id IS NOT NULL AND submitted_at >= ? ORDER BY submitted_at",
            (REMEMBERED, since),
        ).fetchall()


def tell(dispatch_ids: Sequence[int], reason: str) -> int:
    """Say why these have to wait although a connection is there. Returns for how many it is new."""
    marks = ", ".join("?" * len(dispatch_ids))
    with errors():
        return execute(
            f"UPDATE dispatch SET reason = ? WHERE id IN ({marks})"  # noqa: S608
            " AND state = 'pending' AND reason <> ?",
            (reason, *dispatch_ids, reason),
        ).rowcount


# validity --------------------------------------------------------------------------------------


def without_validity(dispatch_id: int) -> bool:
    """Take TP-VP out of the parts that have still to go; False when there is none in them.

    Some service centres refuse it (TP-FCS C6 and C7, TS 23.040 9.2.3.22).
    """
    changed = False
    with transaction():
        for part_id, tpdu in _unsent(dispatch_id):
            shorter = _with_validity(tpdu, None)
            if shorter != tpdu:
                execute("UPDATE part SET tpdu = ? WHERE id = ?", (shorter, part_id))
                changed = True
    return changed


def _unsent(dispatch_id: int) -> list[tuple[int, str]]:
    return execute(
        f"SELECT id, tpdu FROM part WHERE dispatch_id = ? AND state IN {listed(UNSENT)}",  # noqa: S608
        (dispatch_id,),
    ).fetchall()


def what_is_left(tpdu: str, valid_until: int | None, now: int) -> str:
    """A stored SUBMIT that goes out later than first meant: its validity ends when it was to end.

    Nothing else of it changes, and nothing at all when it had no validity.
    """
    if valid_until is None:
        return tpdu
    minutes = max(5, (valid_until - now) // MINUTE)
    return _with_validity(tpdu, sms.relative_validity(minutes))


def _with_validity(tpdu: str, validity: sms.Validity | None) -> str:
    try:
        submit = sms.decode_from_phone(bytes.fromhex(tpdu))
    except (ValueError, sms.DecodeError):
        return tpdu
    if submit.validity is None or submit.validity == validity:
        return tpdu
    return sms.encode(_replaced(submit, validity)).hex().upper()


def _replaced(submit: sms.Submit, validity: sms.Validity | None) -> sms.Submit:
    return sms.Submit(
        destination=submit.destination,
        user_data=submit.user_data,
        dcs=submit.dcs,
        pid=submit.pid,
        message_reference=submit.message_reference,
        validity=validity,
        request_report=submit.request_report,
        reject_duplicates=submit.reject_duplicates,
        reply_path=submit.reply_path,
    )
