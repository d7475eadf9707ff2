"""Whether the box could send something now, and if not, why: for monitors, nothing private."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gateway.services.connections.status import BoxStatus, Level, ModemStatus
from gateway.store.connections import rules
from gateway.store.file import reserve
from gateway.store.file.database import StoreError

# Modem state -> why nothing goes out through it, as anybody may read it.
REASONS: dict[str, str] = {
    "absent": "modem not connected",
    "opening": "starting",
    "probing": "starting",
    "sim_missing": "no SIM",
    "sim_locked": "SIM locked",
    "searching": "no network",
    "denied": "SIM refused by the network",
    "recovering": "modem being recovered",
    "failed": "modem needs attention",
}
HELD = "sending held or switched off"
HANGS = "modem hangs"
NO_MODEM = "no modem"
NO_RULE = "no routing rule is switched on"
FULL = "the disk is full"
UNREADABLE = "the store cannot be read"


@dataclass(frozen=True, slots=True)
class Readiness:
    able: int  # modems that can send; one that pauses for its limits goes on by itself
    reasons: tuple[str, ...]  # why nothing can be sent; () when something can

    @property
    def words(self) -> str:
        return "; ".join(self.reasons)


def readiness(status: BoxStatus) -> Readiness:
    """Needs this thread's database connection. Raises StoreError."""
    able = sum(map(_can_send, status.modems))
    reasons = [] if able else _why(status.modems)
    if not rules.enabled():
        reasons.append(NO_RULE)
    try:
        reserve.check()
    except StoreError:
        reasons.append(FULL)
    return Readiness(able, tuple(reasons))


def _can_send(modem: ModemStatus) -> bool:
    return modem.state == "ready" and modem.level is not Level.BAD


def _why(modems: tuple[ModemStatus, ...]) -> list[str]:
    if not modems:
        return [NO_MODEM]
    counted = Counter(map(_reason, modems))
    return [f"{words} ({count})" if count > 1 else words for words, count in counted.items()]


def _reason(modem: ModemStatus) -> str:
    if modem.state == "ready":
        return HANGS if modem.attention else HELD
    return REASONS.get(modem.state, modem.state)
