"""What a person decides for a connection: whether and how fast it sends, reports, calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.events import Events, Queued
from gateway.services.sending.holds import SendingHolds
from gateway.store.connections import connections
from gateway.store.connections.connections import ConnectionInfo
from gateway.store.file import audit, database
from gateway.store.file.audit import Editor
from gateway.store.messages import outbox
from gateway.text.refusal import FieldError, Refused
from gateway.text.values import PIN_DIGITS, BadValue, digits

SWITCHES = ("send_enabled", "receive_enabled", "send_roaming", "reports", "hang_up")
LIMITS = ("per_minute", "per_hour", "per_day")
MOST = 100_000  # SMS
BAD_CENTRE = "Enter it with + and country code: +491710760000."
UNKNOWN = FieldError("connection", "This connection is not known; choose another.")


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Stateless; from any thread with a database connection."""

    clock: Clock
    events: Events
    holds: SendingHolds
    look_at_sims: Callable[[], None] = lambda: None  # modems that wait for a PIN look at once

    def set_pin(
        self, connection_id: int, pin: str, *, by: Editor, despite_few_tries: bool = False
    ) -> None:
        """The PIN of a SIM, tried once more. `despite_few_tries`: the person knows the risk."""
        errors = [] if connections.exists(connection_id) else [UNKNOWN]
        if pin and isinstance(wrong := digits(pin, *PIN_DIGITS), BadValue):
            errors.append(FieldError("pin", f"A PIN has {wrong.bounds} digits."))
        if errors:
            raise Refused(errors)
        with database.transaction():
            connections.set_pin(connection_id, pin, despite_few_tries=despite_few_tries)
            audit.changed(by)
        self.look_at_sims()
        self._tell()

    def enter_pin(self, info: ConnectionInfo, pin: str, *, by: Editor, sure: bool) -> None:
        """As somebody typed it. `sure`: they know it, although a wrong one may block the SIM.

        Raises Refused with what is wrong; then nothing is tried.
        """
        pin = pin.strip()
        if not pin:
            raise Refused([FieldError("pin", "Enter the PIN of the SIM.")])
        if is_risky(info) and not sure:
            words = "Confirm that you know the PIN: a wrong one may block the SIM."
            raise Refused([FieldError("sure", words)])
        self.set_pin(info.connection_id, pin, by=by, despite_few_tries=sure)

    def changed(self, connection_id: int, *, centre: str) -> None:
        """What is kept of it (line_settings.keep) counts from now on. `centre`: was entered."""
        if centre:
            self.holds.let_go(connection_id)
        self._tell()

    def let_go(self, connection_id: int) -> None:
        """The person has looked after a SIM that the network refused (credit, barring)."""
        self.holds.let_go(connection_id)
        self._tell()

    def _tell(self) -> None:
        outbox.hurry(self.clock.now())
        self.events.publish(Queued())


def is_risky(info: ConnectionInfo) -> bool:
    """Whether the SIM would not forgive two more; where nobody tells, after a first try."""
    return info.pin_tries is not None and info.pin_tries < connections.SAFE_TRIES
