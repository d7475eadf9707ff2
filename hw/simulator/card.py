"""The SIM in a simulated modem."""

from __future__ import annotations

from dataclasses import dataclass, field

from .memory import Memory

PIN_TRIES = 3
PUK_TRIES = 10


@dataclass(eq=False, slots=True)
class SimCard:
    """A SIM: identity, PIN with the tries that are left, the messages stored on it."""

    iccid: str
    imsi: str
    number: str
    pin: str = ""  # "" = the SIM asks for none
    puk: str = "12345678"
    smsc: str = "+491710760000"  # "" = none stored, sends are refused with CMS 330
    slots: int = 20
    number_on_card: bool = True  # whether AT+CNUM tells the number
    pin_tries: int = PIN_TRIES
    puk_tries: int = PUK_TRIES
    unlocked: bool = False
    reference: int = 0  # TP-MR of the next message; kept on the SIM (TS 23.040, EF SMSS)
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        self.memory = Memory("SM", self.slots)

    @property
    def state(self) -> str:
        """What AT+CPIN? tells."""
        if self.pin_tries == 0:
            return "SIM PUK"
        return "SIM PIN" if self.pin and not self.unlocked else "READY"

    def enter_pin(self, pin: str) -> bool:
        """One try; False costs one of three."""
        if pin == self.pin:
            self.pin_tries, self.unlocked = PIN_TRIES, True
            return True
        self.pin_tries -= 1
        return False

    def enter_puk(self, puk: str, new_pin: str) -> bool:
        """One try of ten; success sets a new PIN."""
        if self.puk_tries and puk == self.puk:
            self.pin, self.pin_tries, self.puk_tries = new_pin, PIN_TRIES, PUK_TRIES
            self.unlocked = True
            return True
        self.puk_tries = max(0, self.puk_tries - 1)
        return False

    def next_reference(self) -> int:
        """The TP-MR for a message: 0 to 255, then 0 again."""
        reference = self.reference
        self.reference = (reference + 1) % 256
        return reference
