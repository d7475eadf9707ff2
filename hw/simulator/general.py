"""Commands of the interpreter itself, identity and housekeeping (ITU-T V.250, TS 27.007)."""

from __future__ import annotations

from datetime import datetime

from .charset import SUPPORTED
from .device import SimulatedDevice
from .errors import Refusal, cme
from .line import Call
from .registry import COMMANDS, command
from .session import Answer


@command("E")
def echo(device: SimulatedDevice, call: Call) -> Answer:
    device.session.echo = call.number(0) != 0
    return None


@command("V")
def words(device: SimulatedDevice, call: Call) -> Answer:
    device.session.verbose = call.number(0) != 0
    return None


@command("Q")
def quiet(device: SimulatedDevice, call: Call) -> Answer:
    device.session.quiet = call.number(0) != 0
    return None


@command("Z", "&F")
def factory_settings(device: SimulatedDevice, call: Call) -> Answer:
    device.reset_settings()
    device.session.words_again()
    return None


@command("&W", "&D", "&C", "&K", "&S", "&R", "\\Q", "X", "L", "M", "S", "P", "T", "+IPR", "+IFC")
def ignored(device: SimulatedDevice, call: Call) -> Answer:
    """Line and dial settings that mean nothing on a pty."""
    if call.kind == "read":
        return [f"{call.name}: 0"]
    return None


@command("&V")
def profile(device: SimulatedDevice, call: Call) -> Answer:
    session = device.session
    return [f"E{session.echo:d} V{session.verbose:d} Q{session.quiet:d}"]


@command("I")
def identification(device: SimulatedDevice, call: Call) -> Answer:
    row = device.personality
    lines = row.identity or (f"Manufacturer: {row.manufacturer}", f"Model: {row.model}")
    return list(lines)


@command("+CGMI", "+GMI")
def manufacturer(device: SimulatedDevice, call: Call) -> Answer:
    return _told(call, device.personality.manufacturer)


@command("+CGMM", "+GMM")
def model(device: SimulatedDevice, call: Call) -> Answer:
    return _told(call, device.personality.model)


@command("+CGMR", "+GMR")
def revision(device: SimulatedDevice, call: Call) -> Answer:
    return _told(call, device.personality.revision)


@command("+CGSN", "+GSN")
def serial_number(device: SimulatedDevice, call: Call) -> Answer:
    return _told(call, device.imei)


def _told(call: Call, text: str) -> Answer:
    return None if call.kind == "test" else [text]


@command("+GCAP")
def capabilities(device: SimulatedDevice, call: Call) -> Answer:
    return ["+GCAP: +CGSM"]


@command("+CMEE")
def error_form(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CMEE: (0-2)"]
    if call.kind == "read":
        return [f"+CMEE: {device.cmee}"]
    if not 0 <= call.number(0) <= 2:
        raise cme(50)
    device.cmee = call.number(0)
    return None


@command("+CSCS")
def character_set(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CSCS: (" + ",".join(f'"{name}"' for name in SUPPORTED) + ")"]
    if call.kind == "read":
        return [f"+CSCS: {device.quote(device.charset)}"]
    wanted = call.text(0)
    name = wanted if wanted in SUPPORTED else device.unquote(wanted)
    if name not in SUPPORTED:
        raise cme(50)
    device.charset = name
    return None


@command("+CFUN")
def functionality(device: SimulatedDevice, call: Call) -> Answer:
    if call.kind == "test":
        return ["+CFUN: (0,1,4),(0,1)"]
    if call.kind == "read":
        return [f"+CFUN: {device.functionality}"]
    level = call.number(0)
    if level not in (0, 1, 4):
        raise cme(50)
    if call.number(1) == 1:
        device.around.soon(device.reboot)
        return None
    device.functionality = level
    device.around.soon(device.network_changed)
    return None


@command("+CRESET", "^RESET")
def restart(device: SimulatedDevice, call: Call) -> Answer:
    device.around.soon(device.reboot)
    return None


@command("+CPOWD", "+QPOWD")
def power_off(device: SimulatedDevice, call: Call) -> Answer:
    device.around.soon(device.power_off)
    return None


@command("+CCLK")
def clock(device: SimulatedDevice, call: Call) -> Answer:
    """The time of the network, with its zone in quarters of an hour."""
    if call.kind != "read":
        return None
    now = datetime.now().astimezone()
    offset = now.utcoffset()
    quarters = int(offset.total_seconds() // 900) if offset is not None else 0
    return [f'+CCLK: "{now:%y/%m/%d,%H:%M:%S}{quarters:+03d}"']


@command("+CBC")
def battery(device: SimulatedDevice, call: Call) -> Answer:
    return ["+CBC: (0-2),(1-100)"] if call.kind == "test" else ["+CBC: 0,100"]


@command("+CPAS")
def activity(device: SimulatedDevice, call: Call) -> Answer:
    return ["+CPAS: (0,3,4)"] if call.kind == "test" else [f"+CPAS: {3 if device.caller else 0}"]


@command("+CTZR", "+CTZU", "+CLTS", "+COLP", "+CCWA", "+CRC", "+CR", "+CVHU", "+CSSN", "+CMUT")
def kept_number(device: SimulatedDevice, call: Call) -> Answer:
    """Settings that are kept and told, and change nothing here."""
    if call.kind == "test":
        return [f"{call.name}: (0,1)"]
    if call.kind == "set":
        device.values[call.name] = call.text(0)
        return None
    return [f"{call.name}: {device.values.get(call.name, '0')}"]


@command("+CLAC")
def all_commands(device: SimulatedDevice, call: Call) -> Answer:
    return [f"AT{name}" for name in sorted(COMMANDS)]


@command("+CMUX", "+CGDCONT", "+CGACT")
def no_data(device: SimulatedDevice, call: Call) -> Answer:
    """No multiplexer and no data connection here."""
    raise Refusal()
