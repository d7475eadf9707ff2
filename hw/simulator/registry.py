"""The table of commands that a simulated modem knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .line import Call

if TYPE_CHECKING:
    from .device import Device

# What must be in order before a command is carried out.
#   sim: a SIM that is unlocked, else CME errors;  sms: the same with CMS errors, and SMS ready
#   service: only that the SMS service has started
Need = Literal["", "sim", "sms", "service"]


class Later:
    """A handler's answer that comes by `Session.finish` or `Session.prompt`."""


LATER = Later()
Answer = Sequence[str] | None | Later
Handler = Callable[["Device", Call], Answer]


@dataclass(frozen=True, slots=True)
class Command:
    handler: Handler
    need: Need = ""


COMMANDS: dict[str, Command] = {}


def command(*names: str, need: Need = "") -> Callable[[Handler], Handler]:
    """Enter a handler under its names. It gives lines of information text or raises Refusal."""

    def enter(handler: Handler) -> Handler:
        for name in names:
            COMMANDS[name] = Command(handler, need)
        return handler

    return enter
