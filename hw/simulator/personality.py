"""Kinds of modems as data: what they are called, what they lack, what they say unasked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CNMI_RANGES = ((0, 1, 2, 3), (0, 1, 2, 3), (0, 2), (0, 1, 2), (0, 1))


@dataclass(frozen=True, slots=True)
class Personality:
    """One model. The defaults are a plain 27.005/27.007 modem without quirks."""

    name: str = "generic"
    manufacturer: str = "Pigeonbox"
    model: str = "Simulated Modem"
    revision: str = "1.0"
    identity: tuple[str, ...] = ()  # lines of ATI; () = made from the three above
    memories: Mapping[str, int] = field(default_factory=lambda: {"SM": 20, "ME": 100, "SR": 20})
    storage: str = "SM"  # memory after a reset
    first_index: int = 1
    report_memory: str = "SR"
    report_as_cmti: bool = False  # stored reports are announced as +CMTI
    report_said_in: str = ""  # what +CDSI says instead of where the report lies: '"SM",0'
    services: tuple[int, ...] = (0, 1)  # of +CSMS; without 1 there is no +CNMA
    cnmi_start: tuple[int, ...] = (0, 0, 0, 0, 0)
    cnmi_ranges: tuple[tuple[int, ...], ...] = CNMI_RANGES
    iccid_command: str = "+CCID"  # "+CCID", "+QCCID", "+CICCID", "^ICCID"
    iccid_form: str = "+CCID: {iccid}"
    iccid_swapped: bool = False  # nibbles swapped, as they lie on the SIM
    tries_command: str = ""  # "^CPIN", "+SPIC", "+QPINC", "+UPINCNT", "+CPINC", "+CPINR"
    ussd: Literal["plain", "packed"] = "plain"
    ussd_marks: bool = False  # texts in UCS2 come as question marks unless AT+CSCS is "UCS2"
    lte: bool = True
    act: int = 7  # access technology in +COPS and +CREG: 0 GSM, 2 UTRAN, 7 LTE
    line_end: str = "\r\n"
    quiet_commands: tuple[str, ...] = ()  # answered OK and otherwise ignored
    lacks: frozenset[str] = frozenset()  # answered ERROR
    boot_urcs: tuple[str, ...] = ()
    boot_time: float = 0.0  # seconds between power-on and the first answer
    sms_ready_after: float = 0.0  # seconds after that until SMS commands stop to give ERROR
    reboot_vanishes: bool = False  # a USB device: the tty goes away while it boots
    full_urc: str = ""  # said when a message finds no free slot
    cnma_time: float = 15.0  # seconds that the terminal has to acknowledge +CMT and +CDS
    report_again: float = 3.0  # seconds until the network brings again what was not


GENERIC = Personality()

HUAWEI = Personality(
    name="huawei",
    manufacturer="huawei",
    model="E3531",
    revision="22.521.23.00.00",
    identity=("Manufacturer: huawei", "Model: E3531", "Revision: 22.521.23.00.00"),
    memories={"SM": 20, "ME": 23},
    first_index=0,
    report_memory="SM",
    report_as_cmti=True,
    cnmi_ranges=((0, 1, 2), (0, 1, 2, 3), (0, 2, 3), (0, 1, 2), (0, 1)),
    iccid_command="^ICCID",
    iccid_form="^ICCID: {iccid}",
    tries_command="^CPIN",
    ussd="packed",
    lte=False,
    act=2,
    quiet_commands=("^CURC", "^PORTSEL", "^U2DIAG", "^USSDMODE"),
    boot_urcs=("^BOOT:27710117,0,0,0,75", "^SRVST:2", "^SIMST:1"),
    reboot_vanishes=True,
    full_urc='^SMMEMFULL: "SM"',
)

SIM800 = Personality(
    name="sim800",
    manufacturer="SIMCOM_Ltd",
    model="SIMCOM_SIM800L",
    revision="Revision:1418B05SIM800L24",
    identity=("SIM800 R14.18",),
    memories={"SM": 15, "ME": 20},
    report_memory="SM",
    cnmi_start=(2, 1, 0, 0, 0),
    cnmi_ranges=((0, 1, 2), (0, 1, 2, 3), (0, 2), (0, 1), (0, 1)),
    iccid_form="{iccid}",
    tries_command="+SPIC",
    ussd_marks=True,
    lte=False,
    act=0,
    lacks=frozenset({"+CEREG", "+CGSN?"}),
    boot_urcs=("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"),
)

SIM7600 = Personality(
    name="sim7600",
    manufacturer="SIMCOM INCORPORATED",
    model="SIMCOM_SIM7600E-H",
    revision="SIM7600M22_V2.0.1",
    memories={"SM": 20, "ME": 23, "SR": 20},
    cnmi_start=(2, 1, 0, 0, 0),
    iccid_command="+CICCID",
    iccid_form="+ICCID: {iccid}",
    tries_command="+SPIC",
    boot_urcs=("*ATREADY: 1", "+CPIN: READY", "SMS DONE", "PB DONE"),
)

QUECTEL = Personality(
    name="quectel",
    manufacturer="Quectel",
    model="EC25",
    revision="EC25EFAR06A03M4G",
    identity=("Quectel", "EC25", "Revision: EC25EFAR06A03M4G"),
    memories={"SM": 50, "ME": 255, "SR": 20},
    storage="ME",
    report_said_in='"SM",0',
    cnmi_start=(2, 1, 0, 0, 0),
    iccid_command="+QCCID",
    iccid_form="+QCCID: {iccid}F",
    tries_command="+QPINC",
    boot_urcs=("RDY", "+CFUN: 1", "+CPIN: READY", "+QUSIM: 1", "+QIND: SMS DONE"),
    full_urc='+QIND: "smsfull","SM"',
)

UBLOX = Personality(
    name="u-blox",
    manufacturer="u-blox",
    model="SARA-U201",
    revision="23.60",
    memories={"SM": 20, "ME": 100},
    report_memory="ME",
    tries_command="+UPINCNT",
    lte=False,
    act=2,
    boot_urcs=("+AT: READY",),
)

# Reports are handed over, and acknowledged by the modem itself.
NOVATEL = Personality(
    name="novatel",
    manufacturer="Novatel Wireless Incorporated",
    model="Ovation MC930D",
    revision="10.05.04.15-02",
    memories={"SM": 20},
    cnmi_ranges=((0, 1), (0, 1), (0, 2), (0, 1), (0, 1)),
    services=(0,),
    tries_command="+CPINR",
    lacks=frozenset({"+CNMA", "+CEREG"}),
    lte=False,
    act=2,
)

PERSONALITIES = {
    row.name: row for row in (GENERIC, HUAWEI, SIM800, SIM7600, QUECTEL, UBLOX, NOVATEL)
}
