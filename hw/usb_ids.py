"""USB ids of modems as data: who makes them, which interface speaks AT, which modes are no modem.

A hint for the order of asking and for the words, never a proof: what is a modem is found out by
`AT` and its `OK`. Interfaces as in the udev rules of ModemManager and in chan_dongle's discovery;
modes as in usb-modeswitch-data.
"""

from __future__ import annotations

from dataclasses import dataclass

# Makers whose serial ports may be asked without anybody telling us to. Not among them: makers of
# plain USB-to-serial chips, behind which anything may be; opening one resets an Arduino.
VENDORS: dict[int, str] = {
    0x0681: "Siemens",
    0x0AF0: "Option",
    0x0BDB: "Ericsson",
    0x05C6: "Qualcomm",
    0x106C: "Pantech",
    0x114F: "Wavecom",
    0x1199: "Sierra Wireless",
    0x12D1: "Huawei",
    0x1410: "Novatel",
    0x1546: "u-blox",
    0x16D8: "C-motech",
    0x19D2: "ZTE",
    0x1BBB: "Alcatel",
    0x1BC7: "Telit",
    0x1C9E: "Longcheer",
    0x1E0E: "SIMCom",
    0x1E2D: "Cinterion",
    0x2020: "BroadMobi",
    0x22DE: "WeTelecom",
    0x2C7C: "Quectel",
    0x2CB7: "Fibocom",
    0x2DEE: "MeiG",
}

# Of u-blox these are modems; its other products are satellite receivers, which are never asked.
UBLOX_MODEMS = range(0x1000, 0x1500)
UBLOX = 0x1546
HUAWEI = 0x12D1
ZTE = 0x19D2
QUALCOMM = 0x05C6

# Serial adapters: a SIM800 board, or anything else. Used when listed by hand.
ADAPTERS: dict[tuple[int, int], str] = {
    (0x0403, 0x6001): "FTDI",
    (0x0403, 0x6011): "FTDI",
    (0x0403, 0x6015): "FTDI",
    (0x067B, 0x2303): "Prolific",
    (0x10C4, 0xEA60): "Silicon Labs CP210x",
    (0x10C4, 0xEA70): "Silicon Labs CP210x",
    (0x1A86, 0x5523): "CH341",
    (0x1A86, 0x7523): "CH340",
    (0x1A86, 0x55D4): "CH9102",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """`at`: interfaces that speak AT, best first. `never`: those that must be left alone."""

    name: str
    at: tuple[int, ...]
    never: frozenset[int] = frozenset()


def _layout(name: str, *at: int, never: tuple[int, ...] = ()) -> Layout:
    return Layout(name, at, frozenset(never))


_EC2X = _layout("Quectel EC2x/EG2x", 2, 3, never=(0, 1))
_UBLOX_ACM = _layout("u-blox", 0, 2, 4, never=(6, 8, 10, 12))
_SIERRA = _layout("Sierra EM/MC 7xxx", 3, never=(0, 2))

LAYOUTS: dict[tuple[int, int], Layout] = {
    (0x1E0E, 0x9001): _layout("SIMCom SIM7000/7100/7600", 2, 3, never=(0, 1, 4)),
    (0x1E0E, 0x9205): _layout("SIMCom SIM7070/7080/7090", 2, 3, never=(0, 1)),
    (0x1E0E, 0x9206): _layout("SIMCom SIM7070/7080/7090", 2, 5, never=(0, 1, 3, 4)),
    (0x1E0E, 0x9011): _layout("SIMCom A7600/A7670", 4, 5, never=(2,)),
    **dict.fromkeys(
        [(0x2C7C, pid) for pid in (0x0125, 0x0121, 0x0191, 0x0195, 0x0306, 0x0296)], _EC2X
    ),
    (0x2C7C, 0x0128): _layout("Quectel EM060K", 5, never=(0, 1)),
    **dict.fromkeys([(UBLOX, pid) for pid in (0x1102, 0x1104, 0x1107, 0x110A)], _UBLOX_ACM),
    (UBLOX, 0x1010): _layout("u-blox TOBY-L4", 6),
    (QUALCOMM, 0x908B): _layout("u-blox LARA-R6", 1, 2),
    **dict.fromkeys([(0x1199, pid) for pid in (0x9071, 0x9079, 0x9091, 0x68C0)], _SIERRA),
    (0x1199, 0xC001): _layout("Sierra HL7812", 0),
    **dict.fromkeys([(ZTE, pid) for pid in (0x0031, 0x2002, 0x2003)], _layout("ZTE", 3, 1)),
    **dict.fromkeys([(ZTE, pid) for pid in (0x0117, 0x0016, 0x0017)], _layout("ZTE", 2, 1)),
    (ZTE, 0x0124): _layout("ZTE", 4, 1),
    **dict.fromkeys([(ZTE, pid) for pid in (0x1515, 0x0001)], _layout("ZTE", 0, 2)),
    (HUAWEI, 0x1001): _layout("Huawei E1550", 2, 0),
    (HUAWEI, 0x140C): _layout("Huawei E17xx", 3, 0),
    (HUAWEI, 0x14AC): _layout("Huawei E153Du-1", 4, 0),
    (HUAWEI, 0x1436): _layout("Huawei E1750", 4, 0),
    (HUAWEI, 0x1506): _layout("Huawei E171", 3, 0),
}

# Huawei's own descriptors (class ff, subclass 01 to 03): the protocol says what a port is for.
# News such as +CMTI comes out of the control port only; the modem port answers and stays mute.
HUAWEI_CONTROL = frozenset({0x02, 0x12, 0x32, 0x62})
HUAWEI_NEVER = frozenset({0x03, 0x05, 0x13, 0x14, 0x33, 0x63})  # diagnosis, satellite receiver

# Modes in which a stick offers no port that speaks AT.
HILINK: frozenset[tuple[int, int]] = frozenset(
    {(HUAWEI, 0x14DB), (HUAWEI, 0x14DC), (HUAWEI, 0x1F01), (HUAWEI, 0x157D)}
)
CD_DRIVE: frozenset[tuple[int, int]] = frozenset(
    [(HUAWEI, pid) for pid in (0x1446, 0x14FE, 0x15CA, 0x1C0B, 0x1520, 0x1526, 0x1553, 0x1DA1)]
    + [(ZTE, pid) for pid in (0x2000, 0x0083, 0x0053, 0x0154, 0x1224, 0xFFF5, 0xFFFE)]
)
CRASHED: frozenset[tuple[int, int]] = frozenset({(QUALCOMM, 0x9008)})
