"""Commands about SIM, registration, operator and signal (TS 27.007 clauses 7 and 8)."""

from __future__ import annotations

from .card import SimCard
from .device import SimulatedDevice
from .equipment import REGISTERED, REGISTRATION_COMMANDS
from .errors import cme
from .line import Call
from .registry import command
from .session import Answer

OPERATOR = ("Pigeonbox Mobile", "Pigeon", "00101")  # long, short, numeric (test network 001/01)
TRIES_COMMANDS = ("^CPIN", "+SPIC", "+QPINC", "+UPINCNT", "+CPINC", "+CPINR")


@command("+CPIN")
def pin(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return None
    if device.faults.take("starting"):
        raise cme(14)
    card = _any_card(device)
    if call.kind == "read":
        return [f"+CPIN: {card.state}"]
    if card.state == "READY":
        raise cme(3)
    if card.state == "SIM PUK":
        if len(call.args) < 2:
            raise cme(12)
        good = card.enter_puk(call.text(0), call.text(1))
    else:
        good = card.enter_pin(call.text(0))
    if not good:
        raise cme(12 if card.state == "SIM PUK" else 16)
    device.around.soon(device.sim_unlocked)
    return None


def _any_card(device: SimulatedDevice) -> SimCard:
    """The SIM, locked or not."""
    if device.sim_state == "NO SIM" or device.card is None:
        raise cme(10)
    return device.card


@command(*TRIES_COMMANDS)
def tries_left(device: SimulatedDevice, call: Call) -> Answer:
    if call.name != device.personality.tries_command:
        raise cme(4)
    card = _any_card(device)
    pin_left, puk_left = card.pin_tries, card.puk_tries
    if call.name == "^CPIN":
        now = {"SIM PIN": pin_left, "SIM PUK": puk_left}.get(card.state, "")
        return [f"^CPIN: {card.state},{now},{puk_left},{pin_left},10,3"]
    if call.name == "+QPINC":
        return [f'+QPINC: "SC",{pin_left},{puk_left}', '+QPINC: "P2",3,10']
    if call.name == "+CPINC":
        return [f"+CPINC: {pin_left},3,{puk_left},10"]
    if call.name == "+UPINCNT":
        return [f"+UPINCNT: {pin_left},3,{puk_left},10"]
    if call.name == "+CPINR":
        return [f"+CPINR: SIM PIN,{pin_left},3", f"+CPINR: SIM PUK,{puk_left},10"]
    return [f"+SPIC: {pin_left},3,{puk_left},10"]


@command("+CLCK", need="sim")
def lock(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ['+CLCK: ("SC")']
    if call.text(0) != "SC":
        raise cme(4)
    if call.number(1) == 2:
        return [f"+CLCK: {1 if device.sim.pin else 0}"]
    if call.text(2) != (device.sim.pin or call.text(2)):
        device.sim.pin_tries -= 1
        raise cme(16)
    device.sim.pin = call.text(2) if call.number(1) else ""
    device.sim.unlocked = True
    return None


@command("+CIMI", need="sim")
def subscriber(device: SimulatedDevice, call: Call) -> Answer:
    return None if call.kind == "test" else [device.sim.imsi]


@command("+CCID", "+QCCID", "+CICCID", "^ICCID")
def card_number(device: SimulatedDevice, call: Call) -> Answer:
    row = device.personality
    if call.name != row.iccid_command:
        raise cme(4)
    if call.kind == "test":
        return None
    if device.faults.shy and _any_card(device).state != "READY":
        raise cme(11)
    digits = _any_card(device).iccid
    return [row.iccid_form.format(iccid=_swapped(digits) if row.iccid_swapped else digits)]


def _swapped(digits: str) -> str:
    padded = digits + "F" * (len(digits) % 2)
    return "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))


@command("+CRSM", need="sim")
def restricted_access(device: SimulatedDevice, call: Call) -> Answer:
    """Reads of the card's files; only EF ICCID (2FE2 = 12258) is there."""
    if call.kind == "test":
        return None
    if call.number(0) != 176 or call.number(1) != 12258:
        return ["+CRSM: 106,130"]
    return [f'+CRSM: 144,0,"{_swapped(device.sim.iccid)}"']


@command(*REGISTRATION_COMMANDS)
def registration(device: SimulatedDevice, call: Call) -> Answer:
    if call.name == "+CEREG" and not device.personality.lte:
        raise cme(4)
    if call.kind == "test":
        return [f"{call.name}: (0-2)"]
    level = device.report_level[call.name]
    if call.kind == "set":
        if not 0 <= call.number(0) <= 2:
            raise cme(50)
        device.report_level[call.name] = call.number(0)
        device.told_registration[call.name] = device.registration(call.name)
        return None
    place = device.cell(call.name, level)
    return [f"{call.name}: {level},{device.registration(call.name)}{place}"]


@command("+CGATT")
def attached(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CGATT: (0,1)"]
    return [f"+CGATT: {int(device.in_service)}"] if call.kind == "read" else None


@command("+COPS", need="sim")
def operator(device: SimulatedDevice, call: Call) -> Answer:
    long, short, number = OPERATOR
    act = device.personality.act
    if call.kind == "test":
        found = f"(2,{device.quote(long)},{device.quote(short)},{device.quote(number)},{act})"
        return [f"+COPS: {found},,(0-4),(0-2)"]
    if call.kind == "read":
        if device.operator_mode == 2 or not device.in_service:
            return [f"+COPS: {device.operator_mode}"]
        name = device.quote(OPERATOR[device.operator_format])
        return [f"+COPS: {device.operator_mode},{device.operator_format},{name},{act}"]
    mode = call.number(0)
    if mode not in (0, 1, 2, 3, 4) or not 0 <= call.number(1) <= 2:
        raise cme(50)
    if mode == 1 and device.unquote(call.text(2)) not in OPERATOR:
        raise cme(30)
    if len(call.args) > 1:
        device.operator_format = call.number(1)
    if mode != 3:
        device.operator_mode = 0 if mode == 4 else mode
        device.around.soon(device.network_changed)
    return None


@command("+CSQ")
def signal(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CSQ: (0-31,99),(0-7,99)"]
    return [f"+CSQ: {device.signal if _heard(device) else 99},99"]


@command("+CESQ")
def extended_signal(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)"]
    if not _heard(device):
        return ["+CESQ: 99,99,255,255,255,255"]
    if device.personality.lte:
        return [f"+CESQ: 99,99,255,255,20,{min(97, 2 * device.signal + 20)}"]
    return [f"+CESQ: {min(63, 2 * device.signal)},99,255,255,255,255"]


def _heard(device: SimulatedDevice) -> bool:
    """Whether there is any cell in reach: also when it does not let us in."""
    return any(device.registration(name) in REGISTERED | {3, 8} for name in REGISTRATION_COMMANDS)
