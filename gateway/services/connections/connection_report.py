"""A connection in plain values, for programs: the API and the command line tell the same."""

from __future__ import annotations

from typing import Any

from gateway.services.connections.overview import ConnectionStatus, Overview
from gateway.services.connections.rules import RuleDescription
from gateway.services.credit.credit import CreditChecks


def connections(overview: Overview, checks: CreditChecks | None) -> list[dict[str, Any]]:
    return [connection(status, checks) for status in overview.connections]


def connection(status: ConnectionStatus, checks: CreditChecks | None) -> dict[str, Any]:
    info, modem, limits = status.info, status.modem, status.limits
    return {
        "id": info.connection_id,
        "name": info.name,
        "sim_number": info.position,
        "phone_number": info.number or None,
        "state": modem.state if modem else "absent",
        "words": status.words,
        "advice": status.advice,
        "operator": (modem.operator if modem else "") or None,
        "signal": (modem.signal if modem else "") or None,
        "roaming": modem.roaming if modem else False,
        "sent_today": status.sent,
        "failed_today": status.failed,
        "waiting": status.waiting,
        "waiting_seconds": None if status.seconds is None else round(status.seconds),
        "send_enabled": info.send_enabled,
        "receive_enabled": info.receive_enabled,
        "limits": {"minute": limits.minute, "hour": limits.hour, "day": limits.day},
        "credit": _credit(info.connection_id, checks),
        "imei": (modem.imei if modem else "") or None,
        "iccid": info.iccid or None,
    }


def _credit(connection_id: int, checks: CreditChecks | None) -> dict[str, Any] | None:
    read = checks.status(connection_id).read if checks else None
    if read is None:
        return None
    return {"balance": str(read.balance), "currency": read.currency, "at": read.at}


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
