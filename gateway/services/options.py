"""What a person decides for a connection: whether and how fast it sends, reports, calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.events import Events, Queued
from gateway.services.gate import Gate
from gateway.services.numbers import service_centre
from gateway.services.radio import CENTRE
from gateway.services.refusals import FieldError, Refused
from gateway.store import connections, outbox, settings
from gateway.store.connections import ConnectionInfo

SWITCHES = ("send_enabled", "receive_enabled", "send_roaming", "reports", "hang_up")
LIMITS = ("per_minute", "per_hour", "per_day")
MOST = 100_000  # SMS
BAD_CENTRE = "Enter it with + and country code: +491710760000."
UNKNOWN = FieldError("connection", "This connection is not known; choose another.")


@dataclass(frozen=True, slots=True)
class Options:
    """Stateless; from any thread with a database connection."""

    clock: Clock
    events: Events
    gate: Gate
    look_at_sims: Callable[[], None] = lambda: None  # modems that wait for a PIN look at once

    def change(self, connection_id: int, **changes: bool | int | None) -> None:
        """Set some of SWITCHES (true or false) and LIMITS (SMS; 0 none, None the box's default).

        Raises Refused with everything that is wrong; then nothing is changed.
        """
        errors = [e for name, value in changes.items() if (e := _wrong(name, value))]
        if not connections.exists(connection_id):
            errors.append(UNKNOWN)
        if errors:
            raise Refused(errors)
        if changes:
            connections.set_options(connection_id, **changes)
        self._tell()

    def set_pin(self, connection_id: int, pin: str, *, despite_few_tries: bool = False) -> None:
        """The PIN of a SIM, tried once more. `despite_few_tries`: the person knows the risk."""
        errors = [] if connections.exists(connection_id) else [UNKNOWN]
        if pin and not (pin.isascii() and pin.isdecimal() and 4 <= len(pin) <= 8):
            errors.append(FieldError("pin", "A PIN has 4 to 8 digits."))
        if errors:
            raise Refused(errors)
        connections.set_pin(connection_id, pin, despite_few_tries=despite_few_tries)
        self.look_at_sims()
        self._tell()

    def enter_pin(self, info: ConnectionInfo, pin: str, *, sure: bool) -> None:
        """As somebody typed it. `sure`: they know it, although a wrong one may block the SIM.

        Raises Refused with what is wrong; then nothing is tried.
        """
        pin = pin.strip()
        if not pin:
            raise Refused([FieldError("pin", "Enter the PIN of the SIM.")])
        if is_risky(info) and not sure:
            words = "Confirm that you know the PIN: a wrong one may block the SIM."
            raise Refused([FieldError("sure", words)])
        self.set_pin(info.connection_id, pin, despite_few_tries=sure)

    def set_centre(self, connection_id: int, number: str) -> None:
        """The service centre for a SIM that does not know its own; named in every message then."""
        errors = [] if connections.exists(connection_id) else [UNKNOWN]
        if not (known := service_centre(number)):
            errors.append(FieldError("centre", BAD_CENTRE))
        if errors:
            raise Refused(errors)
        settings.put(f"{CENTRE}{connection_id}", known)
        self.gate.let_go(connection_id)
        self._tell()

    def let_go(self, connection_id: int) -> None:
        """The person has looked after a SIM that the network refused (credit, barring)."""
        self.gate.let_go(connection_id)
        self._tell()

    def _tell(self) -> None:
        outbox.hurry(self.clock.now())
        self.events.publish(Queued())


def is_risky(info: ConnectionInfo) -> bool:
    """Whether the SIM would not forgive two more; where nobody tells, after a first try."""
    return info.pin_tries is not None and info.pin_tries < connections.SAFE_TRIES


def _wrong(name: str, value: bool | int | None) -> FieldError | None:
    if name in SWITCHES:
        return None if isinstance(value, bool) else FieldError(name, "Must be on or off.")
    if name not in LIMITS:
        return FieldError(name, "There is no such option.")
    if value is None or (not isinstance(value, bool) and 0 <= value <= MOST):
        return None
    return FieldError(name, f"The limit must be 0 (none) to {MOST:,} SMS.")
