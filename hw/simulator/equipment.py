"""What a simulated modem knows about itself, its SIM and the network (ME in TS 27.007)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import charset
from .card import SimCard
from .errors import Refusal, cme, cms
from .faults import Faults
from .memory import Memory
from .personality import Personality
from .surroundings import Carrier, MobileStation, Surroundings
from .textcodec import TextCodec

REGISTERED = frozenset({1, 5, 6, 7, 9, 10})
LOCK_CODES = {"SIM PIN": (11, 311), "SIM PUK": (12, 316)}
REGISTRATION_COMMANDS = ("+CREG", "+CGREG", "+CEREG")


@dataclass(eq=False)
class Equipment:
    """Owns the settings, the memories and the SIM. One thread at a time may use it."""

    station: MobileStation  # what the network takes this modem for
    around: Surroundings
    card: SimCard | None
    carrier: Carrier
    faults: Faults
    personality: Personality
    imei: str
    air_time: float  # seconds that a message takes to the network
    text_codec: TextCodec | None
    signal: int = 20  # what +CSQ tells, 0 to 31
    ussd_time: float = 0.0  # seconds between the OK of a USSD request and its answer

    def __post_init__(self) -> None:
        self.own_memories = {
            name: Memory(name, size, self.personality.first_index)
            for name, size in self.personality.memories.items()
            if name != "SM"
        }
        self.powered = False
        self.starting = False
        self.sms_ready = False
        self.later = self.around.later
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

    @property
    def deaf(self) -> bool:
        """Whether nothing is read and nothing said at the moment."""
        return not self.powered or self.starting or self.faults.silent

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

    def close_ussd(self) -> None:
        """End the session and forget an answer that has not come yet."""
        self.ussd_wanted += 1
        if self.ussd_open:
            self.carrier.ussd(self.station, "")
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

    def cell(self, name: str, level: int) -> str:
        """Location and technology behind <stat> at report level 2."""
        if level < 2 or self.registration(name) not in REGISTERED:
            return ""
        return f',"00C3","01A2B3C4",{self.personality.act}'

    # -- memories and character sets ------------------------------------------------------------

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
