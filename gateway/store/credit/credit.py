"""Credit of connections: how it is watched, and every answer that came, newest last to be deleted.

Amounts are decimals outside and thousandths in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from peewee import Query, fn

from gateway.store.connections.models import Connection
from gateway.store.credit.models import CreditCheck, CreditSetting
from gateway.store.file.arguments import Arg
from gateway.store.file.database import transaction
from gateway.store.file.prepared import Keyed, Prepared, Write
from gateway.store.sending.models import Part

KEPT = 1000  # answers per connection; one an hour makes six weeks


@dataclass(frozen=True, slots=True)
class CreditSettings:
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
class CreditCheckInfo:
    """One answer. `balance` None: it could not be read, and `trouble` says so."""

    connection_id: int
    at: int
    kind: str = "check"  # "check" | "topup"
    raw: str = ""
    balance: Decimal | None = None
    currency: str = ""
    trouble: str = ""
    last_part: int = 0


# amounts ---------------------------------------------------------------------------------------


def _thousandths(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 1000)


def _amount(thousandths: int | None) -> Decimal | None:
    """With two decimals, as amounts are written, or three where there are three."""
    if thousandths is None:
        return None
    exact = Decimal(thousandths) / 1000
    return exact.quantize(Decimal("0.001" if thousandths % 10 else "0.01"))


# how it is watched -----------------------------------------------------------------------------

_SETTINGS = Keyed(
    CreditSetting.select(
        CreditSetting.connection,
        CreditSetting.code,
        CreditSetting.pattern,
        CreditSetting.every_hours,
        CreditSetting.after_sms,
        CreditSetting.warn_below,
        CreditSetting.hold_below,
    )
    .join(Connection)
    .where(Connection.forgotten_at.is_null()),
    CreditSettings,
    read={"warn_below": _amount, "hold_below": _amount},
    scans="a row for each connection",
)

_PUT_SETTINGS = Write(
    CreditSetting.insert(
        connection=Arg("connection_id"),
        code=Arg("code"),
        pattern=Arg("pattern"),
        every_hours=Arg("every_hours"),
        after_sms=Arg("after_sms"),
        warn_below=Arg("warn_below", _thousandths),
        hold_below=Arg("hold_below", _thousandths),
    ).on_conflict_replace()
)


def all_settings() -> dict[int, CreditSettings]:
    """By connection; those that nobody has set up, or that were forgotten, are not in it."""
    return dict(_SETTINGS.all())


def settings_of(connection_id: int) -> CreditSettings:
    return all_settings().get(connection_id, CreditSettings())


def put_settings(connection_id: int, new: CreditSettings) -> None:
    """Durable when it returns."""
    _PUT_SETTINGS.run(
        connection_id=connection_id,
        code=new.code,
        pattern=new.pattern,
        every_hours=new.every_hours,
        after_sms=new.after_sms,
        warn_below=new.warn_below,
        hold_below=new.hold_below,
    )


# answers ---------------------------------------------------------------------------------------

_ADD = Write(
    CreditCheck.insert(
        connection=Arg("connection_id"),
        at=Arg("at"),
        kind=Arg("kind"),
        answer=Arg("raw"),
        balance=Arg("balance", _thousandths),
        currency=Arg("currency"),
        trouble=Arg("trouble"),
        last_part=Part.select(fn.COALESCE(fn.MAX(Part.id), 0)),
    )
)

_OLDEST_KEPT = (
    CreditCheck.select(CreditCheck.id)
    .where(CreditCheck.connection == Arg("connection_id"))
    .order_by(CreditCheck.at.desc(), CreditCheck.id.desc())
    .limit(1)
    .offset(Arg("kept"))
)
_FORGET = Write(
    CreditCheck.delete().where(
        CreditCheck.connection == Arg("connection_id"), CreditCheck.id <= _OLDEST_KEPT
    ),
    uses="credit_check_connection_id_at",
)


def add(check: CreditCheckInfo) -> None:
    """Keep an answer. Durable when it returns."""
    with transaction():
        _ADD.run(
            connection_id=check.connection_id,
            at=check.at,
            kind=check.kind,
            raw=check.raw,
            balance=check.balance,
            currency=check.currency,
            trouble=check.trouble,
        )
        _FORGET.run(connection_id=check.connection_id, kept=KEPT)


_OF_CONNECTION = (
    CreditCheck.select(
        CreditCheck.connection,
        CreditCheck.at,
        CreditCheck.kind,
        CreditCheck.answer.alias("raw"),
        CreditCheck.balance,
        CreditCheck.currency,
        CreditCheck.trouble,
        CreditCheck.last_part,
    )
    .where(CreditCheck.connection == Arg("connection_id"))
    .order_by(CreditCheck.at.desc(), CreditCheck.id.desc())
)


def _checks(query: Query) -> Prepared[CreditCheckInfo]:
    read = {"balance": _amount}
    return Prepared(query, CreditCheckInfo, read=read, uses="credit_check_connection_id_at")


_HISTORY = _checks(_OF_CONNECTION.limit(Arg("limit")))
_LAST = _checks(_OF_CONNECTION.where(CreditCheck.kind == "check").limit(1))
_LAST_READ = _checks(_OF_CONNECTION.where(CreditCheck.balance.is_null(False)).limit(1))


def history(connection_id: int, limit: int = 100) -> list[CreditCheckInfo]:
    """Newest first."""
    return _HISTORY.all(connection_id=connection_id, limit=limit)


def last(connection_id: int) -> CreditCheckInfo | None:
    """The newest answer to the credit code, read or not."""
    return _LAST.first(connection_id=connection_id)


def last_read(connection_id: int) -> CreditCheckInfo | None:
    """The newest one whose balance could be read."""
    return _LAST_READ.first(connection_id=connection_id)


_SENT_SINCE = Prepared(
    Part.select(fn.COUNT(Part.id)).where(
        Part.id > Arg("last_part"),
        Part.connection == Arg("connection_id"),
        Part.accepted_at.is_null(False),
    ),
    int,
)


def sent_since(check: CreditCheckInfo) -> int:
    """SMS that the network took from this connection since.

    Parts are written when a modem takes them up, so the newer ones have the larger ids.
    """
    return _SENT_SINCE.one(last_part=check.last_part, connection_id=check.connection_id)
