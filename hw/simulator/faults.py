"""Everything that can be made to go wrong with a simulated modem, switchable while it runs.

Three kinds of switch. Counters (`int`): 0 off, n the next n times, ALWAYS for ever. Levels
(`float`, `bool`, `int | None`): hold until changed. Companions (`..._with`, `..._by`): say how a
counter's fault looks. Randomness comes from one seeded generator, so a run can be repeated.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from random import Random
from typing import Literal

ALWAYS = -1

Point = Literal["before_prompt", "after_prompt", "after_ctrl_z", "after_accept", "before_ok"]
Blow = Literal["reboot", "unplug", "silence"]
Busy = Literal["keeps", "drops", "refuses"]


@dataclass
class Faults:
    """The switches of one modem. Assign at any time, from any thread."""

    seed: int = 1

    # The serial line
    echo_stays: bool = False  # ATE0 is answered OK and changes nothing
    double_echo: bool = False  # every echoed line comes twice
    split: int = 0  # answers come in pieces of 1 to this many bytes
    noise: float = 0.0  # chance that junk bytes stand before an answer
    lose: float = 0.0  # chance of each byte that it says to get lost
    lose_heard: float = 0.0  # the same for each byte on its way to the modem
    delay: float = 0.0  # seconds before every answer
    flood: float = 0.0  # seconds between unasked `flood_with` lines
    flood_with: str = "^RSSI: 17"
    silent: bool = False  # dead: reads nothing, says nothing, until it is set to False

    # Any command
    late_ok: int = 0  # the final result comes `late_by` seconds late
    late_by: float = 1.0
    no_answer: int = 0  # the command is carried out, nothing at all is said
    refuse_command: str = ""  # every command whose name begins with this gets ERROR
    busy: Busy = "keeps"  # what becomes of commands that come while one is carried out
    starting: int = 0  # SIM and SMS commands answer `starting_with`
    starting_with: str = "CME 14"

    # Sending
    no_prompt: int = 0  # waits for the PDU, but does not show it
    refuse_prompt: int = 0  # +CMGS is refused with `refuse_prompt_with` instead of the prompt
    refuse_prompt_with: str = "CMS 517"  # as `refuse_with`
    stray: int = 0  # `stray_with` stands before the prompt
    stray_after: int = 0  # `stray_with` stands before the result
    stray_with: str = "OK"
    refuse: int = 0  # the send is refused with `refuse_with`
    # "CMS 38", "CME 100", "CMS" (empty code), "ERROR"; of several ("CMS 38, CME 21") one by one
    refuse_with: str = "CMS 38"
    lost_cmgs: int = 0  # the network takes it, nothing is said
    lost_ok: int = 0  # `+CMGS: n` comes, the OK does not
    late_cmgs: int = 0  # `+CMGS: n` and OK come `late_by` seconds late
    report_before_ok: int = 0  # a delivery report comes before `+CMGS: n`
    urc_in_prompt: int = 0  # `urc_with` comes between the prompt and the end of the PDU
    urc_with: str = "^RSSI: 17"

    # Blows: at `strike_at` of the next n sends `strike_with` happens
    strike: int = 0
    strike_at: Point = "after_ctrl_z"
    strike_with: Blow = "reboot"

    # SIM and network
    shy: bool = False  # does not tell the ICCID while the SIM is locked
    mute: bool = False  # says nothing by itself of its boots and its SIM
    text_mode: bool = False  # begins in text mode after a boot, as some do
    sim_missing: bool = False
    registration: int | None = None  # what +CREG tells: 0 idle, 2 searching, 3 denied, 5 roaming
    eps_registration: int | None = None  # the same for +CEREG and +CGREG; None: as +CREG

    # Receiving
    storage_full: bool = False
    full_said: str = ""  # what a modem says that has no room, instead of its own words for it
    cpms_wants: int = 0  # +CPMS takes so many memories and no other number; 0: any
    lose_cmti: int = 0  # stored, but not announced
    cmti_memory: str = ""  # +CMTI names this memory instead of the right one
    duplicate: int = 0  # the network brings it twice
    lose_delivery: int = 0  # lost after `lose_after` others have passed
    lose_after: int = 0
    reorder: int = 0  # the next n messages come in reverse order
    delete_fails: int = 0  # +CMGD answers CMS 320

    # USSD
    ussd_before_ok: int = 0  # +CUSD comes before the OK
    ussd_never: int = 0  # OK, and nothing follows
    ussd_error: int = 0  # OK, and then `+CME ERROR: <ussd_code>` instead of +CUSD
    ussd_code: int = 100
    ussd_extra: int = 0  # `+CUSD: 2,"Initiating Release"` comes besides the answer

    _turns: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    random: Random = field(init=False, repr=False, compare=False)
    _watchers: list[Callable[[], None]] = field(default_factory=list, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311  dice, not secrets

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if name == "seed":
            object.__setattr__(self, "random", Random(self.seed))  # noqa: S311
        for watcher in self.__dict__.get("_watchers", ()):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` (which must only wake somebody) after every change."""
        self._watchers.append(watcher)

    def take(self, name: str) -> bool:
        """True when counter `name` says that it happens this time; counts it down."""
        left: int = getattr(self, name)
        if not left:
            return False
        with self._lock:
            left = getattr(self, name)
            if left > 0:
                object.__setattr__(self, name, left - 1)
            return left != 0

    def next_of(self, name: str) -> str:
        """The next of what companion `name` lists, beginning anew after the last."""
        with self._lock:
            turn = self._turns[name] = self._turns.get(name, -1) + 1
        listed = str(getattr(self, name)).split(",")
        return listed[turn % len(listed)].strip()

    def set_text(self, name: str, text: str) -> None:
        """Set switch `name` from typed text ("3", "0.5", "true", "none", "CMS 38").

        ValueError in plain words when there is no such switch or the value does not fit.
        """
        if name not in SWITCHES:
            raise ValueError(f"there is no fault called {name!r}")
        kind = SWITCHES[name]
        try:
            setattr(self, name, _READERS[kind](text))
        except (ValueError, KeyError):
            raise ValueError(f"fault {name} wants {kind}, not {text!r}") from None


SWITCHES: dict[str, str] = {
    f.name: str(f.type) for f in fields(Faults) if f.init and not f.name.startswith("_")
}
_BOOLS = {"true": True, "on": True, "yes": True, "1": True}
_BOOLS |= {"false": False, "off": False, "no": False, "0": False}
_POINTS = ("before_prompt", "after_prompt", "after_ctrl_z", "after_accept", "before_ok")


def _one_of(*allowed: str) -> Callable[[str], str]:
    return lambda text: dict(zip(allowed, allowed, strict=True))[text.strip().lower()]


def _count(text: str) -> int:
    return ALWAYS if text.strip().lower() == "always" else int(text)


_READERS: dict[str, Callable[[str], object]] = {
    "bool": lambda text: _BOOLS[text.strip().lower()],
    "float": float,
    "int": _count,
    "int | None": lambda text: None if text.strip().lower() == "none" else int(text),
    "str": str,
    "Point": _one_of(*_POINTS),
    "Blow": _one_of("reboot", "unplug", "silence"),
    "Busy": _one_of("keeps", "drops", "refuses"),
}
