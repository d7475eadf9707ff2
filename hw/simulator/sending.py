"""Commands that send: +CMGS, +CMSS, +CMGW, +CMMS (TS 27.005 clause 3.5 and 4)."""

from __future__ import annotations

from collections.abc import Callable

from .device import SimulatedDevice
from .errors import Refusal, cms
from .line import Call
from .memory import UNSENT, MemorySlot
from .pdu import MOST_OCTETS, cut_submit, with_reference
from .receiving import store_or_refuse
from .registry import command
from .session import LATER, Answer
from .textmode import submit_from

# What was typed at the prompt -> the SUBMIT, and whether it names its own service centre.
Reader = Callable[[bytes], tuple[bytes, bool]]


@command("+CMGS", need="sms")
def send(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return None
    read = _reader(device, call)
    if device.faults.strike_at == "before_prompt" and device.strike("before_prompt"):
        return LATER
    if device.faults.take("refuse_prompt"):
        raise Refusal.parse(device.faults.next_of("refuse_prompt_with"))
    if device.faults.take("stray"):
        device.session.say(device.faults.next_of("stray_with"))
    device.session.prompt(
        lambda text: _text_ended(device, read, text),
        shown=not device.faults.take("no_prompt"),
        every_line=device.text_mode,
    )
    if device.faults.take("urc_in_prompt"):
        device.session.say(device.faults.urc_with)
    if device.faults.strike:
        device.strike("after_prompt")
    return LATER


@command("+CMGW", need="sms")
def write(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return None
    read = _reader(device, call)
    status = UNSENT if device.text_mode else call.number(1, UNSENT)

    def ended(text: bytes) -> None:
        try:
            tpdu, _ = read(text)
            index = store_or_refuse(device.memory(1), MemorySlot(tpdu, status))
        except Refusal as refusal:
            device.session.finish(refusal=refusal)
            return
        device.session.finish([f"+CMGW: {index}"])

    device.session.prompt(ended)
    return LATER


@command("+CMSS", need="sms")
def send_stored(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return None
    slot = device.memory(1).get(call.number(0, -1))
    if slot is None:
        raise cms(321)
    _into_the_air(device, slot.tpdu, "+CMSS")
    return LATER


@command("+CMMS")
def keep_link(device: SimulatedDevice, call: Call) -> Answer:
    """More messages to send: kept, without effect on the simulated air."""
    if call.kind == "test":
        return ["+CMMS: (0-2)"]
    if call.kind == "read":
        return [f"+CMMS: {device.values.get('+CMMS', '0')}"]
    if not 0 <= call.number(0) <= 2:
        raise cms(303)
    device.values["+CMMS"] = call.text(0)
    return None


def _reader(device: SimulatedDevice, call: Call) -> Reader:
    """How what will be typed at the prompt becomes a SUBMIT; Refusal when `call` makes no sense."""
    if not device.text_mode:
        length = _length(call)
        return lambda text: _submit(text, length)
    number = device.unquote(call.text(0))
    if not number:
        raise cms(305)
    if call.number(1) == 145 and not number.startswith("+"):
        number = f"+{number}"
    return lambda text: (submit_from(device, number, text), False)


def _length(call: Call) -> int:
    """The length given to +CMGS or +CMGW; Refusal when it cannot be one."""
    try:
        length = int(call.text(0))
    except ValueError:
        raise cms(304) from None
    if not 7 <= length <= MOST_OCTETS:
        raise cms(304)
    return length


def _submit(text: bytes, length: int) -> tuple[bytes, bool]:
    cut = cut_submit(text, length)
    if cut is None:
        raise cms(304)
    return cut


def _text_ended(device: SimulatedDevice, read: Reader, text: bytes) -> None:
    """Ctrl-Z came: check what was written and send it."""
    if device.faults.stray_after and device.faults.take("stray_after"):
        device.session.say(device.faults.next_of("stray_with"))
    if device.faults.strike and device.strike("after_ctrl_z"):
        return
    try:
        tpdu, names_centre = read(text)
        if not names_centre and not device.sim.smsc:
            raise cms(330)
        if not device.in_service:
            raise cms(331)
    except Refusal as refusal:
        device.session.finish(refusal=refusal)
        return
    _into_the_air(device, tpdu, "+CMGS")


def _into_the_air(device: SimulatedDevice, tpdu: bytes, name: str) -> None:
    now = device.session.round
    if device.air_time:
        device.later(device.air_time, lambda: _arrived(device, tpdu, name, now))
    else:
        _arrived(device, tpdu, name, now)


def _arrived(device: SimulatedDevice, tpdu: bytes, name: str, session_round: int) -> None:
    """The network has the message in hand; `session_round` tells whether we restarted since."""
    if session_round != device.session.round or device.card is None:
        return
    faults = device.faults
    reference = device.card.next_reference()
    if faults.refuse and faults.take("refuse"):
        device.session.finish(refusal=Refusal.parse(faults.next_of("refuse_with")))
        return
    code = device.carrier.submit(device.station, with_reference(tpdu, reference))
    if code is not None:
        device.session.finish(refusal=cms(code))
    elif faults.strike and device.strike("after_accept"):
        return
    elif faults.lost_cmgs and faults.take("lost_cmgs"):
        device.session.give_up()
    elif faults.late_cmgs and faults.take("late_cmgs"):
        device.later(faults.late_by, lambda: _answer(device, name, reference, session_round))
    else:
        _answer(device, name, reference, session_round)


def _answer(device: SimulatedDevice, name: str, reference: int, session_round: int) -> None:
    if session_round != device.session.round:
        return
    faults = device.faults
    if faults.report_before_ok and faults.take("report_before_ok"):
        device.receiver.fetch()
    line = f"{name}: {reference}"
    if faults.lost_ok and faults.take("lost_ok"):
        device.session.inform([line])
        device.session.give_up()
    elif faults.strike and faults.strike_at == "before_ok":
        device.session.inform([line])
        device.strike("before_ok")
    else:
        device.session.finish([line])
