"""A connection in plain values, for programs: the API and the command line tell the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.decisions.pacing import Limits
from gateway.services.connections.connection_status import ConnectionStatus
from gateway.services.connections.rules import RuleDescription
from gateway.store.credit.credit import CreditCheckInfo


@dataclass(frozen=True, slots=True)
class CreditReport:
    balance: str
    currency: str
    at: int  # ms UTC, when it was asked


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """A connection as programs see it; `asdict` of it is what they get."""

    id: int
    name: str
    sim_number: int
    phone_number: str | None
    state: str
    words: str
    advice: str
    operator: str | None
    signal: str | None
    roaming: bool
    sent_today: int
    failed_today: int
    waiting: int
    waiting_seconds: int | None
    send_enabled: bool
    receive_enabled: bool
    limits: Limits
    credit: CreditReport | None
    imei: str | None
    iccid: str | None


def report(status: ConnectionStatus) -> ConnectionReport:
    info, modem = status.info, status.modem
    return ConnectionReport(
        id=info.connection_id,
        name=info.name,
        sim_number=info.position,
        phone_number=info.number or None,
        state=modem.state if modem else "absent",
        words=status.words,
        advice=status.advice,
        operator=(modem.operator if modem else "") or None,
        signal=(modem.signal if modem else "") or None,
        roaming=modem.roaming if modem else False,
        sent_today=status.sent,
        failed_today=status.failed,
        waiting=status.waiting,
        waiting_seconds=None if status.seconds is None else round(status.seconds),
        send_enabled=info.send_enabled,
        receive_enabled=info.receive_enabled,
        limits=status.limits,
        credit=_credit(status.credit.read),
        imei=(modem.imei if modem else "") or None,
        iccid=info.iccid or None,
    )


def _credit(read: CreditCheckInfo | None) -> CreditReport | None:
    return CreditReport(str(read.balance), read.currency, read.at) if read else None


def rule(found: RuleDescription) -> dict[str, Any]:
    told = found.rule
    return {
        "position": found.position,
        "kind": str(told.kind),
        "prefix": told.value if told.kind == "prefix" else None,
        "group": int(told.value) if told.kind == "group" else None,
        "connection": told.connection_id,
        "enabled": found.enabled,
        "words": found.words,
        "trouble": found.trouble or None,
    }
