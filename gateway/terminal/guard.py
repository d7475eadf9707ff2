"""What is not typed into a modem by accident, as a table, and why not. Pure.

Reading (`?`) and asking what there is (`=?`) are free. What changes a modem for good, costs money,
takes a message out of the store's hands or stops the service from understanding it, is refused
unless it is forced.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 500  # characters; modems take fewer

SEND = "it asks for a message and waits; use `pigeonbox send`"
SETTINGS = "it changes how the modem tells of messages; the service would no longer understand it"
WIPES = "it wipes the settings that the service has made, on some modems also the service centre"
WRITES = "it writes to the SIM or to the modem for good"

# of extended commands (+CMGS, ^RESET, ...), by their beginning -> why not
REFUSED: Final[tuple[tuple[str, str], ...]] = (
    (r"\+CMG[SWC]\b", SEND),
    (r"\+CMSS\b", "it sends a message that the box knows nothing of"),
    (r"\+CMGM?DA?\b", "it deletes messages that may not be stored in the box yet"),
    (r"\+CNMA\b", "it tells the network that a message has arrived, stored or not"),
    (r"\+CUSD=\s*1\s*,", "it begins a dialogue with the network, which no SMS may cross"),
    (r"\+(CMGF|CNMI|CPMS|CSMS|CSCS|CMMS|CMEE)=", SETTINGS),
    (r"\+CRES\b", SETTINGS),
    (r"\+(CSCA|CSMP|CSAS|CPBW|CRSM|CSIM|CNUM)=", WRITES),
    (r"\+CSAS\b", WRITES),
    (r"\+(CPIN2?|CPWD|CLCK)=", "a wrong PIN is counted by the SIM, and the third one blocks it"),
    (r"[\^+](CPIN|CARDLOCK)=", "a wrong code is counted, and the last one blocks the SIM"),
    (r"\+CFUN=", "it switches the radio off or restarts the modem"),
    (r"\+COPS=", "it looks for networks or changes it; nothing is sent for up to three minutes"),
    (r"\+(IPR|ICF|IFC|CMUX)=", "the modem could no longer be understood at this port"),
    (r"\+(CPOF|CPOWD|CRESET|CREBOOT|QPOWD|CPWROFF)\b", "it switches the modem off"),
    (r"\^(RESET|SMSO)\b|#SHDN\b|#REBOOT\b|!RESET\b", "it switches the modem off"),
    (r"\^(SETPORT|U2DIAG|FHVER=|NVWR|DATALOCK)", WRITES),
    (r"\+(QCFG|UMNOPROF|CUSBPIDSWITCH|ZCDRUN|ZSNT)=", WRITES),
    (r"!(ENTERCND|USBCOMP|IMPREF|NVRESTORE)\b", WRITES),
    (r"\+(CGDATA|CGACT)\b", "it turns the port over to data"),
)
_REFUSED: Final = tuple((re.compile(rule, re.I), why) for rule, why in REFUSED)

# of basic commands (ATD, AT&F): what is free; everything else is refused
FREE_BASIC: Final = re.compile(r"(I\d*|E[01]?|V1?|Q0?|H0?|S\d+\?|&V\d?|L\d?|M\d?|\s)*", re.I)
BASIC_SETTINGS: Final = "it changes the modem's basic settings"
BASIC: Final[tuple[tuple[str, str], ...]] = (
    (r"^D", "it calls somebody"),
    (r"^A", "it answers a call"),
    (r"&F", WIPES),
    (r"&W", "it writes the settings for good"),
    (r"Z", WIPES),
    (r"O", "it turns the port over to data"),
)
_QUERY = re.compile(r'^[^="]*(=\s*)?\?$')
_SCAN = re.compile(r"\+COPS=\s*\?", re.I)


def why_not(text: str) -> str:
    """Why this is refused unless forced, in words that follow "because"; "" when it is free."""
    for part in _parts(text.strip()[2:]):
        if why := _why_not(part.replace(" ", "")):
            return why
    return ""


def undoes(text: str) -> bool:
    """Whether the service has to make its settings anew after it."""
    return why_not(text) in (SETTINGS, WIPES, BASIC_SETTINGS)


def mistake(text: str) -> str:
    """What makes this no command at all, forced or not; "" when it is one."""
    text = text.strip()
    if text[:2].upper() != "AT":
        return "A command begins with AT."
    if not (text.isascii() and text.isprintable()):
        return "A command is made of plain characters without line ends."
    if len(text) > LONGEST:
        return f"A command has at most {LONGEST} characters."
    return ""


def _why_not(part: str) -> str:
    basic, extended = _apart(part)
    if not FREE_BASIC.fullmatch(basic):
        for rule, why in BASIC:
            if re.search(rule, basic, re.I):
                return why
        return BASIC_SETTINGS
    if not extended:
        return ""
    if _QUERY.match(extended) and not _SCAN.match(extended):
        return ""
    return next((why for rule, why in _REFUSED if rule.match(extended)), "")


def _apart(part: str) -> tuple[str, str]:
    """ "E0+CSQ" -> "E0", "+CSQ". A number to dial is basic to its end."""
    if part[:1].upper() == "D":
        return part, ""
    found = re.search(r"[+^*#_$%!]", part)
    return (part[: found.start()], part[found.start() :]) if found else (part, "")


def _parts(text: str) -> list[str]:
    """Commands of one line, which semicolons separate, except within quotes."""
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts
