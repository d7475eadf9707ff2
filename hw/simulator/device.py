"""The whole modem but for thread and pty: equipment, conversation, and the messages coming in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import partial

from .card import SimCard
from .equipment import Equipment
from .faults import Blow, Point
from .line import Call
from .receiving import Receiver
from .session import Answer, CommandSession


@dataclass(eq=False)
class SimulatedDevice(Equipment):
    """Owns the session and the receiver. One thread at a time may use it."""

    _: KW_ONLY
    carry_out: Callable[
        [SimulatedDevice, Call], Answer
    ]  # one command; Refusal when the modem says no

    def __post_init__(self) -> None:
        super().__post_init__()
        self.session = CommandSession(self, partial(self.carry_out, self))
        self.receiver = Receiver(self, self.session)

    # -- life -----------------------------------------------------------------------------------

    def power_on(self) -> None:
        """Boot; takes the personality's boot time."""
        self.powered, self.starting, self.sms_ready = True, True, False
        if self.card is not None:
            self.card.unlocked = False
        self.session.reset()
        self.reset_settings()
        self.receiver.reset()
        if self.personality.boot_time:
            self.later(self.personality.boot_time, self._booted)
        else:
            self._booted()

    def _booted(self) -> None:
        if not self.powered:
            return
        if self.personality.reboot_vanishes:
            self.around.appear()
        self.starting = False
        for line in () if self.faults.mute else self._boot_lines():
            self.session.urc(line)
        if self.personality.sms_ready_after:
            self.later(self.personality.sms_ready_after, self._sms_started)
        else:
            self._sms_started()

    def _boot_lines(self) -> list[str]:
        told = {"READY": "READY", "NO SIM": "NOT INSERTED"}.get(self.sim_state, self.sim_state)
        return [
            f"+CPIN: {told}" if line.startswith("+CPIN:") else line
            for line in self.personality.boot_urcs
        ]

    def _sms_started(self) -> None:
        self.sms_ready = True
        self.network_changed()

    def reboot(self) -> None:
        """Restart as after a loss of supply: all settings are gone, storage stays."""
        self.session.reset()
        if self.personality.reboot_vanishes:
            self.around.vanish()
        self.power_on()

    def power_off(self, said: bool = True) -> None:
        """Switched off, or the supply is gone."""
        if said:
            self.session.say("NORMAL POWER DOWN")
        self.session.reset()
        self.powered = False

    def strike(self, point: Point) -> bool:
        """Whether the blow that the switches hold ready falls at `point`; deals it."""
        if self.faults.strike_at != point or not self.faults.take("strike"):
            return False
        blow: Blow = self.faults.strike_with
        if blow == "silence":
            self.session.abandon()
            self.faults.silent = True
        elif blow == "reboot":
            self.reboot()
        else:
            self.power_off(said=False)
            self.around.vanish()
        return True

    # -- SIM and network ------------------------------------------------------------------------

    def change_card(self, card: SimCard | None) -> None:
        """Another SIM in the slot, or none; a modem that is on notices at once."""
        self.card = card
        if card is not None:
            card.unlocked = False
        self.close_ussd()
        if not (self.deaf or self.faults.mute):
            state = "NOT INSERTED" if card is None else card.state
            self.session.urc(f"+CPIN: {state}")
        self.network_changed()

    def sim_unlocked(self) -> None:
        """The PIN was right: the modem says so and registers."""
        self.session.urc("+CPIN: READY")
        self.network_changed()

    def network_changed(self) -> None:
        """Tell changes of registration to who asked for them, and let held messages in."""
        if self.deaf:
            return
        for name, level in self.report_level.items():
            now = self.registration(name)
            before = self.told_registration.get(name, now)
            self.told_registration[name] = now
            if level and now != before:
                self.session.urc(f"{name}: {now}{self.cell(name, level)}")
        self.receiver.work()
