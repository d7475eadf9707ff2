"""USSD, calls and the phone book (TS 27.007 clauses 6, 7.15, 7.18 and 8.11)."""

from __future__ import annotations

from . import charset
from .device import SimulatedDevice
from .errors import cme
from .line import Call
from .registry import command
from .session import LATER, Answer

GSM_SCHEME, UCS2_SCHEME = 15, 72


@command("+CUSD", need="sim")
def ussd(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CUSD: (0-2)"]
    if call.kind == "read":
        return [f"+CUSD: {device.ussd_reports}"]
    mode = call.number(0)
    if not 0 <= mode <= 2:
        raise cme(50)
    if mode == 2:
        device.close_ussd()
        return None
    device.ussd_reports = mode
    if len(call.args) < 2 or not call.args[1]:
        return None
    if not device.in_service:
        raise cme(30)
    return _ask(device, _request(device, call.args[1]))


def _request(device: SimulatedDevice, text: str) -> str:
    """What was asked, from the form that this model wants (plain, or packed septets in hex)."""
    if device.personality.ussd == "plain":
        return device.unquote(text)
    try:
        return charset.from_gsm(charset.unpack(bytes.fromhex(text)))
    except ValueError:
        raise cme(50) from None


def _ask(device: SimulatedDevice, text: str) -> Answer:
    faults = device.faults
    device.ussd_wanted += 1
    asked = device.ussd_wanted
    mode, answer = device.carrier.ussd(device.station, text)
    if faults.take("ussd_never"):
        return None
    if faults.take("ussd_error"):
        code = faults.ussd_code
        device.later(device.ussd_time, lambda: _fail(device, asked, code))
        return None
    if faults.take("ussd_before_ok"):
        _tell(device, asked, mode, answer)
        return None
    device.later(device.ussd_time, lambda: _tell(device, asked, mode, answer))
    return None


def _fail(device: SimulatedDevice, asked: int, code: int) -> None:
    if asked == device.ussd_wanted:
        device.session.say(cme(code).line(max(1, device.cmee)))


def _tell(device: SimulatedDevice, asked: int, mode: int, answer: str) -> None:
    """Say the network's answer, unless the request was cancelled meanwhile."""
    if asked != device.ussd_wanted:
        return
    device.ussd_open = mode == 1
    if device.faults.take("ussd_extra"):
        device.session.urc('+CUSD: 2,"Initiating Release",15')
    device.session.urc(f"+CUSD: {mode}{_shown(device, answer)}")


def _shown(device: SimulatedDevice, answer: str) -> str:
    """The text and its coding scheme, as this model writes them."""
    if not answer:
        return ""
    if not charset.fits_gsm(answer) and device.personality.ussd_marks:
        return f",{device.quote(answer)},{UCS2_SCHEME}"
    if not charset.fits_gsm(answer):
        return f',"{charset.encode(answer, "UCS2")}",{UCS2_SCHEME}'
    if device.personality.ussd == "packed":
        return f',"{charset.pack(charset.to_gsm(answer)).hex().upper()}",{GSM_SCHEME}'
    return f",{device.quote(answer)},{GSM_SCHEME}"


@command("D")
def dial(device: SimulatedDevice, call: Call) -> Answer:
    """No voice calls; a dial string that begins with * or # is a USSD request."""
    number = call.text(0).rstrip(";")
    if number[:1] in ("*", "#"):
        device.check_sim(cme, 0)
        return _ask(device, number)
    device.session.finish_with("NO CARRIER")
    return LATER


@command("H", "+CHUP")
def hang_up(device: SimulatedDevice, call: Call) -> Answer:
    device.caller = ""
    return None


@command("A")
def answer_call(device: SimulatedDevice, call: Call) -> Answer:
    """Nobody can talk here: a call that is answered ends."""
    device.caller = ""
    device.session.finish_with("NO CARRIER")
    return LATER


@command("+CLIP")
def show_caller(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CLIP: (0,1)"]
    shown = device.values.get("+CLIP", "0")
    if call.kind == "read":
        return [f"+CLIP: {shown},1"]
    device.values["+CLIP"] = call.text(0)
    return None


@command("+CLCC")
def current_calls(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test" or not device.caller:
        return None
    return [f"+CLCC: 1,1,4,0,0,{device.quote(device.caller)},145"]


@command("+CNUM", need="sim")
def own_number(device: SimulatedDevice, call: Call) -> Answer:
    card = device.sim
    if call.kind == "test" or not card.number_on_card:
        return None
    kind = 145 if card.number.startswith("+") else 129
    return [f'+CNUM: "",{device.quote(card.number)},{kind}']


@command("+CPBS", need="sim")
def phone_book(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ['+CPBS: ("SM","ON")']
    chosen = device.values.get("+CPBS", "SM")
    if call.kind == "read":
        return [f'+CPBS: "{chosen}",{1 if chosen == "ON" else 0},50']
    if call.text(0) not in ("SM", "ON"):
        raise cme(3)
    device.values["+CPBS"] = call.text(0)
    return None


@command("+CPBR", need="sim")
def read_book(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CPBR: (1-50),40,18"]
    number = device.sim.number
    if device.values.get("+CPBS") == "ON" and call.number(0) == 1:
        return [f'+CPBR: 1,{device.quote(number)},145,""']
    return None
