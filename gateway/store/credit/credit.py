"""Credit of connections: how it is watched, and every answer that came, newest last to be deleted.

Amounts are decimals outside and thousandths in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gateway.store.file.db import errors, execute, transaction

KEPT = 1000  # answers per connection; one an hour makes six weeks


@dataclass(frozen=True, slots=True)
class Watch:
    """How one connection's credit is watched."""

    code: str = ""
    pattern: str = ""
    every_hours: int = 0
    after_sms: int = 0
    warn_below: Decimal | None = None
    hold_below: Decimal | None = None

    @property
    def by_itself(self) -> bool:
        """Whether it is asked without a person."""
        return bool(self.code) and bool(self.every_hours or self.after_sms)


@dataclass(frozen=True, slots=True)
class Check:
    """One answer. `balance` None: it could not be read, and `trouble` says so."""

    connection_id: int
    at: int
    kind: str = "check"  # "check" | "topup"
    raw: str = ""
    balance: Decimal | None = None
    currency: str = ""
    trouble: str = ""
    last_part: int = 0


def watches() -> dict[int, Watch]:
    """By connection; those that nobody has set up, or that were forgotten, are not in it."""
    with errors():
        rows = execute(
            "SELECT connection_id, code, pattern, every_hours, after_sms, warn_below, hold_below"
            " FROM credit_setting WHERE connection_id IN"
            " (SELECT id FROM connection WHERE forgotten_at IS NULL)"
        ).fetchall()
    return {
        connection: Watch(code, pattern, hours, after, _amount(warn), _amount(hold))
        for connection, code, pattern, hours, after, warn, hold in rows
    }


def watch(connection_id: int) -> Watch:
    return watches().get(connection_id, Watch())


def put_watch(connection_id: int, new: Watch) -> None:
    """Durable when it returns."""
    with errors():
        execute(
            "INSERT OR REPLACE INTO credit_setting (connection_id, code, pattern, every_hours,"
            " after_sms, warn_below, hold_below) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                connection_id,
                new.code,
                new.pattern,
                new.every_hours,
                new.after_sms,
                _thousandths(new.warn_below),
                _thousandths(new.hold_below),
            ),
        )


def add(check: Check) -> None:
    """Keep an answer. Durable when it returns."""
    with transaction():
        execute(
            "INSERT INTO credit_check (connection_id, at, kind, answer, balance, currency, trouble,"
            " last_part) VALUES (?, ?, ?, ?, ?, ?, ?,"
            " (SELECT coalesce(max(id), 0) FROM part))",
            (
                check.connection_id,
                check.at,
                check.kind,
                check.raw,
                _thousandths(check.balance),
                check.currency,
                check.trouble,
            ),
        )
        execute(
            "DELETE FROM credit_check WHERE connection_id = ? AND id <= (SELECT id FROM"
            " credit_check WHERE connection_id = ? ORDER BY at DESC, id DESC LIMIT 1 OFFSET ?)",
            (check.connection_id, check.connection_id, KEPT),
        )


_COLUMNS = (
    "SELECT connection_id, at, kind, answer, balance, currency, trouble, last_part"
    " FROM credit_check"
)


def history(connection_id: int, limit: int = 100) -> list[Check]:
    """Newest first."""
    return _checks(
        "WHERE connection_id = ? ORDER BY at DESC, id DESC LIMIT ?", connection_id, limit
    )


def last(connection_id: int) -> Check | None:
    """The newest answer to the credit code, read or not."""
    where = "WHERE connection_id = ? AND kind = 'check' ORDER BY at DESC, id DESC LIMIT 1"
    return next(iter(_checks(where, connection_id)), None)


def last_read(connection_id: int) -> Check | None:
    """The newest one whose balance could be read."""
    where = "WHERE connection_id = ? AND balance IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1"
    return next(iter(_checks(where, connection_id)), None)


def sent_since(check: Check) -> int:
    """SMS that the network took from this connection since.

    Parts are written when a modem takes them up, so the newer ones have the larger ids.
    """
    with errors():
        row = execute(
            "SELECT count(*) FROM part WHERE id > ? AND connection_id = ?"
            " AND accepted_at IS NOT NULL",
            (check.last_part, check.connection_id),
        ).fetchone()
    return int(row[0])


def _checks(where: str, *parameters: object) -> list[Check]:
    with errors():
        rows = execute(f"{_COLUMNS} {where}", parameters).fetchall()
    return [
        Check(connection, at, kind, raw, _amount(balance), currency, trouble, part)
        for connection, at, kind, raw, balance, currency, trouble, part in rows
    ]


def _thousandths(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 1000)


def _amount(thousandths: int | None) -> Decimal | None:
    """With two decimals, as amounts are written, or three where there are three."""
    if thousandths is None:
        return None
    exact = Decimal(thousandths) / 1000
    return exact.quantize(Decimal("0.001" if thousandths % 10 else "0.01"))
