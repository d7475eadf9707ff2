"""The table of commands that a simulated modem knows, and how one of them is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .device import SimulatedDevice
from .errors import Refusal, cme, cms
from .line import Call
from .session import Answer

# What must be in order before a command is carried out.
#   sim: a SIM that is unlocked, else CME errors;  sms: the same with CMS errors, and SMS ready
#   service: only that the SMS service has started
Need = Literal["", "sim", "sms", "service"]

Handler = Callable[[SimulatedDevice, Call], Answer]


@dataclass(frozen=True, slots=True)
class CommandEntry:
    handler: Handler
    need: Need = ""


COMMANDS: dict[str, CommandEntry] = {}


def command(*names: str, need: Need = "") -> Callable[[Handler], Handler]:
    """Enter a handler under its names. It gives lines of information text or raises Refusal."""

    def enter(handler: Handler) -> Handler:
        for name in names:
            COMMANDS[name] = CommandEntry(handler, need)
        return handler

    return enter


def carry_out(device: SimulatedDevice, call: Call) -> Answer:
    """Carry out one command; Refusal when the modem says no."""
    row = device.personality
    name = call.name
    if name in row.quiet_commands:
        return None
    refused = device.faults.refuse_command
    if name in row.lacks or (refused and name.startswith(refused.upper())):
        raise Refusal()
    entry = COMMANDS.get(name)
    if entry is None:
        raise Refusal()
    if entry.need and call.kind != "test":
        _check(device, entry.need)
    return entry.handler(device, call)


def _check(device: SimulatedDevice, need: Need) -> None:
    if device.faults.take("starting"):
        raise Refusal.parse(device.faults.starting_with)
    if need == "sim":
        device.check_sim(cme, 0)
        return
    if need == "sms":
        device.check_sim(cms, 1)
    if not device.sms_ready:
        raise Refusal()
