"""What is wrong with the box: pure checks, one small file each, over a snapshot of the machine.

A check is a function `check(snapshot) -> issues`. `examine` runs them all, in the order in which
somebody would mend things: what stands in the way of everything else comes first. The command
line, the page and the LEDs ask the same checks; collect.py takes the snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from gateway.health import (
    activities,
    backups,
    certificate,
    clock,
    credit,
    database,
    disk,
    exposed,
    light,
    modem_manager,
    modems,
    network,
    opt_outs,
    other_programs,
    permissions,
    ports,
    power,
    queue,
    service,
    sim,
    smsc,
    storage,
    temperature,
    uncertain,
    update,
    webhooks,
)
from gateway.health.issue import Issue, Severity
from gateway.health.snapshot import Snapshot

Check = Callable[[Snapshot], Iterable[Issue]]

CHECKS: Final[dict[str, Check]] = {
    "disk": disk.check,
    "database": database.check,
    "service": service.check,
    "power": power.check,
    "temperature": temperature.check,
    "ports": ports.check,
    "permissions": permissions.check,
    "exposed files": exposed.check,
    "certificate": certificate.check,
    "other programs": other_programs.check,
    "ModemManager": modem_manager.check,
    "modems": modems.check,
    "SIM": sim.check,
    "network": network.check,
    "SMSC": smsc.check,
    "storage": storage.check,
    "credit": credit.check,
    "clock": clock.check,
    "queue": queue.check,
    "uncertain messages": uncertain.check,
    "webhooks": webhooks.check,
    "activities": activities.check,
    "opt-outs": opt_outs.check,
    "backups": backups.check,
    "update": update.check,
    "light": light.check,
}

__all__ = ["CHECKS", "Check", "Issue", "Severity", "Snapshot", "examine", "is_well"]


def examine(snapshot: Snapshot) -> tuple[Issue, ...]:
    """Every issue of every check."""
    return tuple(issue for check in CHECKS.values() for issue in check(snapshot))


def is_well(issues: Iterable[Issue]) -> bool:
    """Whether nothing is wrong; notes are not wrong."""
    return all(issue.severity is Severity.NOTE for issue in issues)
