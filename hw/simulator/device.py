"""What a simulated modem knows about itself, its SIM and the network, without any pty."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from . import charset
from .card import Carrier, SimCard
from .errors import Refusal, cme, cms
from .faults import Blow, Faults, Point
from .line import Call
from .loop import Timer
from .memory import Memory
from .personality import Personality
from .registry import Answer, Command
from .session import Session
from .textmode import TextCodec

if TYPE_CHECKING:
    from .modem import SimulatedModem

REGISTERED = frozenset({1, 5, 6, 7, 9, 10})
LOCK_CODES = {"SIM PIN": (11, 311), "SIM PUK": (12, 316)}
REGISTRATION_COMMANDS = ("+CREG", "+CGREG", "+CEREG")


class Surroundings(Protocol):
    """What the device needs from the thread and the pty around it."""

    def write(self, data: bytes) -> None: ...
    def later(self, delay: float, action: Callable[[], None]) -> Timer: ...
    def soon(self, action: Callable[[], None]) -> None: ...
    def vanish(self) -> None: ...
    def appear(self) -> None: ...


class Device:
    """Owns the settings, the session and the memories. One thread at a time may use it."""

    def __init__(
        self,
        modem: SimulatedModem,
        around: Surroundings,
        card: SimCard | None,
        carrier: Carrier,
        faults: Faults,
        personality: Personality,
        imei: str,
        air_time: float,
        text_codec: TextCodec | None,
    ) -> None:
        from .receiving import Receiver

        self.modem, self.around, self.card, self.carrier = modem, around, card, carrier
        self.faults, self.personality, self.imei = faults, personality, imei
        self.air_time = air_time
        self.text_codec = text_codec
        self.heard: deque[str] = deque(maxlen=10_000)
        self.own_memories = {
            name: Memory(name, size, personality.first_index)
            for name, size in personality.memories.items()
            if name != "SM"
        }
        self.powered = False
        self.starting = False
        self.sms_ready = False
        self.session = Session(self, around.write)
        self.receiver = Receiver(self)
        self.later = around.later
        self.reset_settings()

    def reset_settings(self) -> None:
        """What power-on, ATZ and AT&F set (nothing is stored by AT&W)."""
        storage = self.personality.storage
        self.cmee = 0
        self.text_mode = self.faults.text_mode
        self.charset = "GSM"
        self.functionality = 1
        self.message_service = 0
        self.cnmi = list(self.personality.cnmi_start)
        self.report_level = dict.fromkeys(REGISTRATION_COMMANDS, 0)
        self.told_registration: dict[str, int] = {}
        self.storages = [storage, storage, storage]
        self.operator_mode, self.operator_format = 0, 0
        self.ussd_reports, self.ussd_open, self.ussd_wanted = 0, False, 0
        self.values: dict[str, str] = {}  # plain settings that are only kept and told
        self.caller = ""

    # -- life -----------------------------------------------------------------------------------

    @property
    def deaf(self) -> bool:
        """Whether nothing is read and nothing said at the moment."""
        return not self.powered or self.starting or self.faults.silent

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

    @property
    def sim_state(self) -> str:
        """READY, SIM PIN, SIM PUK or NO SIM."""
        if self.card is None or self.faults.sim_missing:
            return "NO SIM"
        return self.card.state

    @property
    def sim(self) -> SimCard:
        """The SIM in working order; Refusal (CME) when there is none."""
        self.check_sim(cme, 0)
        assert self.card is not None
        return self.card

    def check_sim(self, family: Callable[[int], Refusal], column: int) -> None:
        """Refusal when there is no unlocked SIM: CME codes (column 0) or CMS codes (column 1)."""
        state = self.sim_state
        if state == "NO SIM":
            raise family((10, 310)[column])
        if state in LOCK_CODES:
            raise family(LOCK_CODES[state][column])

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

    def close_ussd(self) -> None:
        """End the session and forget an answer that has not come yet."""
        self.ussd_wanted += 1
        if self.ussd_open:
            self.carrier.ussd(self.modem, "")
        self.ussd_open = False

    def registration(self, name: str = "+CREG") -> int:
        """The <stat> that `name` (+CREG, +CGREG, +CEREG) tells (TS 27.007 clause 7.2)."""
        faults = self.faults
        packet = faults.eps_registration if name != "+CREG" else None
        forced = packet if packet is not None else faults.registration
        if self.sim_state != "READY" or self.functionality != 1 or not self.sms_ready:
            return 0
        if self.operator_mode == 2:
            return 0
        return 1 if forced is None else forced

    @property
    def in_service(self) -> bool:
        """Whether messages can go out and come in."""
        voice = self.registration("+CREG")
        if voice in REGISTERED:
            return True
        return voice != 3 and self.registration("+CEREG") in REGISTERED

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

    def cell(self, name: str, level: int) -> str:
        """Location and technology behind <stat> at report level 2."""
        if level < 2 or self.registration(name) not in REGISTERED:
            return ""
        return f',"00C3","01A2B3C4",{self.personality.act}'

    # -- commands -------------------------------------------------------------------------------

    def carry_out(self, call: Call, commands: Mapping[str, Command]) -> Answer:
        """Carry out one command; Refusal when the modem says no."""
        row = self.personality
        name = call.name
        if name in row.quiet_commands:
            return None
        refused = self.faults.refuse_command
        if name in row.lacks or (refused and name.startswith(refused.upper())):
            raise Refusal()
        known = commands.get(name)
        if known is None:
            raise Refusal()
        if known.need and call.kind != "test":
            self._check(known)
        return known.handler(self, call)

    def _check(self, known: Command) -> None:
        if self.faults.take("starting"):
            raise Refusal.parse(self.faults.starting_with)
        if known.need == "sim":
            self.check_sim(cme, 0)
            return
        if known.need == "sms":
            self.check_sim(cms, 1)
        if not self.sms_ready:
            raise Refusal()

    def memory(self, place: int) -> Memory:
        """The memory of +CPMS: 0 read and delete, 1 write and send, 2 receive."""
        return self.named_memory(self.storages[place])

    def named_memory(self, name: str) -> Memory:
        """SM, ME, SR ...; Refusal (CMS 302 or a SIM code) when there is none of that name."""
        if name == "SM":
            self.check_sim(cms, 1)
            assert self.card is not None
            return self.card.memory
        if name not in self.own_memories:
            raise cms(302)
        return self.own_memories[name]

    def quote(self, text: str) -> str:
        """`text` in quotes and in the character set of AT+CSCS."""
        return f'"{charset.encode(text, self.charset)}"'

    def unquote(self, text: str) -> str:
        """What the terminal meant by `text`; Refusal when it is no valid hex."""
        try:
            return charset.decode(text, self.charset)
        except (ValueError, UnicodeDecodeError):
            raise cme(50) from None
