"""Commands about stored messages and how they are announced (TS 27.005 clauses 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence

from .device import SimulatedDevice
from .errors import cms
from .line import Call
from .memory import READ, UNREAD, Memory, MemorySlot
from .pdu import with_smsc
from .registry import command
from .session import Answer
from .textmode import STATUS_NAMES, slot_lines, status_number

ALL = 4


@command("+CMGF", need="service")
def message_format(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CMGF: (0,1)" if device.text_codec else "+CMGF: (0)"]
    if call.kind == "read":
        return [f"+CMGF: {device.text_mode:d}"]
    if call.number(0) not in ((0, 1) if device.text_codec else (0,)):
        raise cms(303)
    device.text_mode = call.number(0) == 1
    return None


@command("+CSMS")
def message_service(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return [f"+CSMS: ({','.join(map(str, device.personality.services))})"]
    if call.kind == "read":
        return [f"+CSMS: {device.message_service},1,1,1"]
    if call.number(0) not in device.personality.services:
        raise cms(303)
    device.message_service = call.number(0)
    return ["+CSMS: 1,1,1"]


@command("+CPMS", need="sms")
def storage(device: SimulatedDevice, call: Call) -> Answer:
    names = ["SM", *device.own_memories]
    if call.kind == "test":
        group = "(" + ",".join(f'"{name}"' for name in names) + ")"
        return [f"+CPMS: {group},{group},{group}"]
    if call.kind == "read":
        groups = (f'"{name}",{_counts(device.named_memory(name))}' for name in device.storages)
        return [f"+CPMS: {','.join(groups)}"]
    if not 1 <= len(call.args) <= 3 or device.faults.cpms_wants not in (0, len(call.args)):
        raise cms(302)
    wanted = [device.unquote(one) if len(one) > 2 else one for one in call.args]
    for name in wanted:
        if name and name not in names:
            raise cms(302)
    for place, name in enumerate(wanted):
        device.storages[place] = name or device.storages[place]
    counts = (_counts(device.named_memory(name)) for name in device.storages)
    return [f"+CPMS: {','.join(counts)}"]


def _counts(memory: Memory) -> str:
    return f"{memory.used},{memory.size}"


@command("+CNMI")
def announce(device: SimulatedDevice, call: Call) -> Answer:
    ranges = device.personality.cnmi_ranges
    if call.kind == "test":
        return ["+CNMI: " + ",".join(f"({','.join(map(str, row))})" for row in ranges)]
    if call.kind == "read":
        return ["+CNMI: " + ",".join(map(str, device.cnmi))]
    if len(call.args) > 5:
        raise cms(303)
    wanted = [call.number(place, device.cnmi[place]) for place in range(5)]
    if any(value not in allowed for value, allowed in zip(wanted, ranges, strict=True)):
        raise cms(303)
    device.cnmi = wanted
    device.receiver.mode_changed()
    return None


@command("+CNMA", need="sms")
def acknowledge(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CNMA: (0-2)"]
    if not 0 <= call.number(0) <= 2:
        raise cms(303)
    device.receiver.confirm(good=call.number(0) != 2)
    return None


@command("+CSCA", need="sms")
def service_centre(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return None
    if call.kind == "read":
        number = device.sim.smsc
        kind = 145 if number.startswith("+") else 129
        return [f"+CSCA: {device.quote(number)},{kind}"]
    number = device.unquote(call.text(0))
    if call.number(1, 129) == 145 and not number.startswith("+"):
        number = f"+{number}"
    device.sim.smsc = number
    return None


@command("+CMGL", need="sms")
def list_messages(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        names = ",".join(f'"{name}"' for name in STATUS_NAMES)
        return [f"+CMGL: ({names})" if device.text_mode else "+CMGL: (0-4)"]
    if device.text_mode:
        status = status_number(call.text(0, STATUS_NAMES[UNREAD]))
    else:
        status = call.number(0, UNREAD)
    if not 0 <= status <= ALL:
        raise cms(304)
    memory = device.memory(0)
    lines = []
    for index, slot in sorted(memory.slots.items()):
        if status in (ALL, slot.status):
            lines += _lines(device, slot, f"+CMGL: {index},")
            _mark_read(memory, index, slot)
    return lines


@command("+CMGR", need="sms")
def read_message(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return None
    memory = device.memory(0)
    index = call.number(0, -1)
    if not memory.holds(index):
        raise cms(321)
    slot = memory.get(index)
    if slot is None:
        return None
    _mark_read(memory, index, slot)
    return _lines(device, slot, "+CMGR: ")


def _lines(device: SimulatedDevice, slot: MemorySlot, head: str) -> list[str]:
    """What +CMGL and +CMGR tell of a message."""
    if device.text_mode:
        return slot_lines(device, slot, head)
    return [f"{head}{slot.status},,{len(slot.tpdu)}", _hex(device, slot)]


def _mark_read(memory: Memory, index: int, slot: MemorySlot) -> None:
    if slot.status == UNREAD:
        memory.mark(index, READ)


def _hex(device: SimulatedDevice, slot: MemorySlot) -> str:
    """A submit of our own has no service centre in front."""
    own = slot.status > READ
    return with_smsc(slot.tpdu, "" if own or device.card is None else device.card.smsc)


@command("+CMGD", need="sms")
def delete(device: SimulatedDevice, call: Call) -> Answer:
    memory = device.memory(0)
    if call.kind == "test":
        indexes = ",".join(map(str, sorted(memory.slots)))
        return [f"+CMGD: ({indexes}),(0-4)"]
    flag = call.number(1)
    index = call.number(0, -1)
    if not 0 <= flag <= 4:
        raise cms(304)
    if not flag and not memory.holds(index):
        raise cms(321)
    if device.faults.take("delete_fails"):
        raise cms(320)
    for place in [index] if not flag else _below(memory, flag):
        memory.remove(place)
    device.around.soon(device.receiver.work)
    return None


def _below(memory: Memory, flag: int) -> Sequence[int]:
    """Flag 1: all read ones, 2: also the sent, 3: also the unsent, 4: everything."""
    doomed = {1: (1,), 2: (1, 3), 3: (1, 2, 3), 4: (0, 1, 2, 3)}[flag]
    return [index for index, slot in memory.slots.items() if slot.status in doomed]


@command("+CMGC", "+CSAS", "+CRES")
def accepted(device: SimulatedDevice, call: Call) -> Answer:
    """Commands that change nothing here."""
    return None


@command("+CSMP", "+CSDH", "+CSCB", "+CGSMS")
def kept_value(device: SimulatedDevice, call: Call) -> Answer:
    """Text-mode and broadcast settings: kept and told, without effect in PDU mode."""
    starts = {"+CSMP": "17,167,0,0", "+CSDH": "0", "+CSCB": '0,"",""', "+CGSMS": "1"}
    if call.kind == "test":
        return [f"{call.name}: (0-255)"]
    if call.kind == "set":
        device.values[call.name] = call.raw
        return None
    return [f"{call.name}: {device.values.get(call.name, starts[call.name])}"]
