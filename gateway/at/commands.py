"""Every command that we send, with its time limit in seconds and the lines that answer it.

Limits are the makers' maxima where known (u-blox and Quectel AT manuals, 3GPP TS 27.005/27.007),
with room for slow sticks. Names are the modem's own, so that a log and this file read alike.
"""

from __future__ import annotations

from typing import Final

from gateway.at.events import Command
from gateway.at.profiles import Profile

QUICK: Final = 3.0
SIM: Final = 5.0
STORAGE: Final = 10.0
NO_OK: Final = 2.0  # how long an OK may trail behind its information line
DRAIN: Final = 0.2

# -- the modem ---------------------------------------------------------------------------------


def wake() -> Command:
    """ESC and CR: leaves a prompt that another process left open, and lets old answers run out."""
    return Command("\x1b", DRAIN, drain=True)


def at() -> Command:
    return Command("AT", QUICK)


def echo_off() -> Command:
    return Command("ATE0", QUICK)


def verbose() -> Command:
    """Results in words, not as numbers."""
    return Command("ATV1", QUICK)


def cmee(level: int) -> Command:
    """Errors as numbers (1) or in words (2)."""
    return Command(f"AT+CMEE={level}", QUICK)


def extra(text: str) -> Command:
    """A vendor's own, from a profile."""
    return Command(text, QUICK)


def manufacturer_queries() -> list[Command]:
    return _forms("AT+CGMI", "AT+GMI", "ATI")


def model_queries() -> list[Command]:
    return _forms("AT+CGMM", "AT+GMM", "ATI4", "ATI")


def firmware_queries() -> list[Command]:
    return _forms("AT+CGMR", "AT+GMR", "ATI3")


def imei_queries() -> list[Command]:
    return _forms("AT+CGSN", "AT+GSN", "AT+CGSN=1", "ATI5", "ATI")


def _forms(*texts: str) -> list[Command]:
    return [Command(text, SIM) for text in texts]


def cfun_query() -> Command:
    return Command("AT+CFUN?", SIM, "+CFUN:")


def cfun(mode: int, reset: bool = False) -> Command:
    """0 minimum, 1 full, 4 flight mode; with `reset` the modem restarts first."""
    return Command(f"AT+CFUN={mode}" + (",1" if reset else ""), 20.0)


def optional_settings() -> list[Command]:
    """Nice to have; each may be refused."""
    texts = (
        "AT+CREG=1",
        "AT+CGREG=1",
        "AT+CEREG=1",
        "AT+CLIP=1",
        "AT+CUSD=1",
        "AT+COPS=3,0",  # names of operators, long form; changes no network
        "AT+CTZU=1",  # the modem sets its clock by the network
        "AT+CTZR=2",  # and passes on what the network tells
    )
    return [Command(text, SIM) for text in texts]


# -- SIM and network -----------------------------------------------------------------------------


def cpin_query() -> Command:
    """Some firmware (Wavecom) gives the value and never the OK."""
    return Command("AT+CPIN?", 10.0, "+CPIN:", ok_within=NO_OK)


def cpin_enter(pin: str) -> Command:
    """Three wrong ones block the SIM: whoever calls this has noted the attempt before."""
    return Command(f'AT+CPIN="{pin}"', 30.0)


def pin_tries(profile: Profile) -> list[Command]:
    """How many wrong PINs are left: in the maker's way, then as 27.007 8.65 has it."""
    return [Command(text, SIM) for text in (profile.pin_tries, "AT+CPINR") if text]


def cimi() -> Command:
    return Command("AT+CIMI", SIM)


def iccid_queries(profile: Profile) -> list[Command]:
    return [Command(text, SIM) for text in profile.iccid]


def cnum() -> Command:
    return Command("AT+CNUM", SIM, "+CNUM:")


def registration_queries() -> list[Command]:
    """Circuit, packet and LTE domain: any of them will do."""
    return [Command(f"AT+{name}?", 10.0, f"+{name}:") for name in ("CREG", "CGREG", "CEREG")]


def csq() -> Command:
    return Command("AT+CSQ", 10.0, "+CSQ:")


def cesq() -> Command:
    return Command("AT+CESQ", 10.0, "+CESQ:")


def hcsq() -> Command:
    """Huawei's own."""
    return Command("AT^HCSQ?", 10.0, "^HCSQ:")


def cops_query() -> Command:
    return Command("AT+COPS?", 30.0, "+COPS:")


def clock_follows_queries() -> list[Command]:
    """Whether the network sets the modem's clock: TS 27.007 8.40, SIM800."""
    return [Command(f"AT+{name}?", QUICK, f"+{name}:") for name in ("CTZU", "CLTS")]


def clock_query() -> Command:
    return Command("AT+CCLK?", QUICK, "+CCLK:")


def network_time() -> Command:
    """Quectel's own: universal time."""
    return Command("AT+QLTS=1", QUICK, "+QLTS:")


def chup() -> Command:
    """End calls (27.007 6.5). Where it is not known: hang_up."""
    return Command("AT+CHUP", SIM)


def hang_up() -> Command:
    return Command("ATH", SIM)


# -- messages ------------------------------------------------------------------------------------


def cmgf(mode: int) -> Command:
    """0 = PDU mode."""
    return Command(f"AT+CMGF={mode}", SIM)


def cscs(name: str, quoted: bool = True) -> Command:
    return Command(f'AT+CSCS="{name}"' if quoted else f"AT+CSCS={name}", QUICK)


def cscs_forms() -> list[tuple[str, Command]]:
    """Character sets, best first, quoted as in 27.007 and unquoted as some want it."""
    names = ("GSM", "IRA", "UCS2")
    return [(name, cscs(name, quoted)) for name in names for quoted in (True, False)]


def cscs_query() -> Command:
    return Command("AT+CSCS?", QUICK, "+CSCS:")


def csms(service: int) -> Command:
    """1 wants every +CMT and +CDS acknowledged, 0 does not."""
    return Command(f"AT+CSMS={service}", SIM, "+CSMS:")


def cpms_query_offered() -> Command:
    return Command("AT+CPMS=?", STORAGE, "+CPMS:", ok_within=NO_OK)


def cpms_query() -> Command:
    return Command("AT+CPMS?", STORAGE, "+CPMS:", ok_within=NO_OK)


def cpms(*memories: str) -> Command:
    """One to three memories: read and delete, write and send, receive."""
    quoted = ",".join(f'"{memory}"' for memory in memories)
    return Command(f"AT+CPMS={quoted}", STORAGE, "+CPMS:", ok_within=NO_OK)


def cnmi(fields: str) -> Command:
    """For example "2,1,0,1,0"."""
    return Command(f"AT+CNMI={fields}", SIM)


def csca_query() -> Command:
    return Command("AT+CSCA?", STORAGE, "+CSCA:")


def cmgl(status: int = 4) -> Command:
    """0 unread, 1 read, 4 all. Each listed message gives it another ten seconds."""
    return Command(f"AT+CMGL={status}", 40.0, "+CMGL:", extend_by=10.0, extend_max=180.0)


def cmgr(slot: int) -> Command:
    return Command(f"AT+CMGR={slot}", STORAGE, "+CMGR:")


def cmgd(slot: int) -> Command:
    """Only ever one place: the flag forms erase messages that nobody has stored yet."""
    return Command(f"AT+CMGD={slot}", STORAGE)


def submit(tpdu_octets: int, tag: object = None) -> Command:
    """AT+CMGS. Octets without the service centre's address. A prompt follows, then the payload.

    The time limit is the prompt's; that of the result goes to Engine.send_payload.
    """
    return Command(f"AT+CMGS={tpdu_octets}", 10.0, "+CMGS:", prompt=True, ok_within=10.0, tag=tag)


def payload(pdu: str) -> bytes:
    """What answers the prompt: the hexadecimal PDU and Ctrl-Z, no CR between."""
    return pdu.encode("ascii") + b"\x1a"


def cmms(mode: int) -> Command:
    """2 keeps the link up between messages, 0 ends that; an error does no harm (gammu#138)."""
    return Command(f"AT+CMMS={mode}", SIM)


def cnma() -> Command:
    """Acknowledge in PDU mode; an error means that nothing was to be acknowledged."""
    return Command("AT+CNMA=0", SIM)


def cnma_query_offered() -> Command:
    return Command("AT+CNMA=?", SIM, "+CNMA:")


def cnma_refuse() -> Command:
    """We have not heard what waits to be acknowledged: the network is to bring it again."""
    return Command("AT+CNMA=2", SIM)


def cnma_bare() -> Command:
    """In the form of text mode, which some want in both."""
    return Command("AT+CNMA", SIM)


# -- USSD ----------------------------------------------------------------------------------------


def cusd(text: str, dcs: int | None = 15) -> Command:
    """The request, or the choice in a menu, in the modem's own character set.

    The network's text comes as Urc "+CUSD", before or after the OK.
    """
    tail = "" if dcs is None else f",{dcs}"
    return Command(f'AT+CUSD=1,"{text}"{tail}', 15.0)


def cusd_cancel() -> Command:
    return Command("AT+CUSD=2", 10.0)
