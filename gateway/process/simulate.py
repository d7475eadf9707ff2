"""`pigeonbox simulate`: pretend modems that any program can open, steered by lines on stdin.

What happens is told on stdout, one JSON object a line: first the ports, then every message that a
phone receives and the answer to every command. The commands:

    sms FROM TO TEXT          a phone (or BANK) writes to a number
    inbox NUMBER              what a number has received
    fault N NAME VALUE        set a switch of modem N (1, 2, ...): see hw.simulator.Faults
    phone NUMBER on|off       turn a pretend phone on or off
    ring N NUMBER             somebody calls modem N;  hangup N  ends it
    urc N TEXT                modem N says a line unasked
    reboot N, unplug N, replug N [NAME]
    modems                    the ports again
    quit
"""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from gateway.simnet import Network, PhoneMessage
from gateway.sms import EncodeError
from gateway.text.printable import say_json
from gateway.text.values import BadValue, whole
from hw.simulator import SimulatedModem

STDIN = 0


class SimulationConsole:
    """Owns nothing: carries out typed commands on a network and tells what came of them."""

    def __init__(self, network: Network, link: Path | None, say: Callable[[Any], None]) -> None:
        self._network = network
        self._link = link
        self._say = say

    def tell_modems(self) -> None:
        """One line with every modem's port and identity."""
        self._say({"modems": [_described(modem) for modem in self._network.modems]})

    def carry_out(self, line: str) -> bool:
        """Carry out one line; False when it says quit. Mistakes are told, never raised."""
        name, *words = line.split(maxsplit=1)
        if name == "quit":
            return False
        action = getattr(self, f"_do_{name}", None)
        if action is None:
            self._say({"error": f"there is no command {name!r}"})
            return True
        try:
            self._say({"done": name, **(action(words[0] if words else "") or {})})
        except (ValueError, IndexError, EncodeError) as error:
            self._say({"error": f"{name}: {error}"})
        return True

    def _do_sms(self, rest: str) -> dict[str, Any]:
        sender, recipient, text = _arguments(rest, 3, "sms FROM TO TEXT")
        return {"parts": self._network.phone_send(sender, recipient, text)}

    def _do_inbox(self, rest: str) -> dict[str, Any]:
        (number,) = _arguments(rest, 1, "inbox NUMBER")
        return {"messages": [_message(one) for one in self._network.phone_inbox(number)]}

    def _do_fault(self, rest: str) -> None:
        modem, name, value = _arguments(rest, 3, "fault N NAME VALUE")
        self._modem(modem).faults.set_text(name, value)

    def _do_phone(self, rest: str) -> None:
        number, state = _arguments(rest, 2, "phone NUMBER on|off")
        if state not in ("on", "off"):
            raise ValueError("say on or off")
        self._network.switch(number, state == "on")

    def _do_ring(self, rest: str) -> None:
        modem, caller = _arguments(rest, 2, "ring N NUMBER")
        self._modem(modem).ring(caller)

    def _do_hangup(self, rest: str) -> None:
        self._modem(rest).hang_up()

    def _do_urc(self, rest: str) -> None:
        modem, text = _arguments(rest, 2, "urc N TEXT")
        self._modem(modem).urc(text)

    def _do_reboot(self, rest: str) -> None:
        self._modem(rest).reboot()

    def _do_unplug(self, rest: str) -> None:
        self._modem(rest).unplug()

    def _do_replug(self, rest: str) -> dict[str, Any]:
        modem, *name = rest.split()
        link = self._link / name[0] if name and self._link else None
        return {"port": self._modem(modem).replug(link)}

    def _do_modems(self, rest: str) -> dict[str, Any]:
        return {"modems": [_described(modem) for modem in self._network.modems]}

    def _modem(self, text: str) -> SimulatedModem:
        modems = self._network.modems
        number = whole(text.strip(), 1, len(modems))
        if isinstance(number, BadValue):
            raise ValueError(f"modems are counted from {number.bounds}")
        return modems[number - 1]


def _arguments(rest: str, count: int, usage: str) -> list[str]:
    words = rest.split(maxsplit=count - 1)
    if len(words) != count:
        raise ValueError(f"say {usage}")
    return words


def _described(modem: SimulatedModem) -> dict[str, str]:
    iccid = modem.card.iccid if modem.card else ""
    return {"port": modem.port, "number": modem.number, "imei": modem.imei, "iccid": iccid}


def _message(one: PhoneMessage) -> dict[str, Any]:
    return {
        "number": one.number,
        "peer": one.peer,
        "text": one.text,
        "at": one.at,
        "complete": one.complete,
    }


def run_simulation(count: int, link: Path | None = None, air_time: float = 0.0) -> None:
    """Run `count` modems until quit, SIGTERM or Ctrl-C; the end of stdin alone ends nothing.

    With `link`, the ports also have the stable names modem-1, modem-2 ... in that folder.
    `air_time` is in seconds for each message.
    """

    def say(what: Any) -> None:
        with suppress(BrokenPipeError):  # whoever read it has gone; the modems stay
            say_json(what, indent=None)

    network = Network(air_time=air_time)
    for place in range(1, count + 1):
        name = link / f"modem-{place}" if link else None
        network.add_modem(link=name)
    console = SimulationConsole(network, link, say)
    with _signals() as bell, network:
        network.on_arrival = lambda one: say({"received": _message(one)})
        console.tell_modems()
        for line in _typed_lines(bell):
            if line.strip() and not console.carry_out(line.strip()):
                return


@contextmanager
def _signals() -> Iterator[int]:
    """A descriptor that can be read once SIGTERM or Ctrl-C came.

    One that only interrupts the next wait would be lost when it came just before that. The second
    one ends the program at once, for when nobody reads what it says.
    """
    bell, rope = socket.socketpair()
    rope.setblocking(False)
    ends = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, _next_time_at_once) for number in ends]
    rung_before = signal.set_wakeup_fd(rope.fileno())
    try:
        yield bell.fileno()
    finally:
        signal.set_wakeup_fd(rung_before)
        for number, handler in zip(ends, before, strict=True):
            signal.signal(number, handler)
        rope.close()
        bell.close()


def _next_time_at_once(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)


def _typed_lines(bell: int) -> Iterator[str]:
    """The lines of stdin as they come, until `bell` rings."""
    poll = select.poll()
    poll.register(bell, select.POLLIN)
    poll.register(STDIN, select.POLLIN)
    rest = b""
    while True:
        ready = {fd for fd, _ in poll.poll()}
        if bell in ready:
            return
        data = _read_stdin()
        if not data:
            poll.unregister(STDIN)
            data = b"\n"  # whatever stands there is the last line
        *whole, rest = (rest + data).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)


def _read_stdin() -> bytes:
    """b"" at its end, also when there is none at all."""
    try:
        return os.read(STDIN, 1 << 16)
    except OSError:
        return b""
