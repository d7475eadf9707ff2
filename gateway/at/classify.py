"""What one line is, as pure functions: the order of the questions is the table of `classify`.

1. (the engine) the second line of a two-line news, or more of a USSD text;
2. the solicited answer, unless its shape is that of the news with the same name;
3. the echo of the command;
4. the end of the command;
5. known news;
6. a line shaped like news that no command asked for;
7. else text that belongs to the command, or to nothing.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from gateway.at.events import Command
from gateway.at.results import parse_final
from gateway.at.text import fields
from gateway.at.urcs import NAMES, REBOOT, SINGLE, name_of

_SHAPED = re.compile(r"[+^*#_$%][A-Z0-9]+:")
_ECHOES = ("AT+", "AT^", "AT*", "AT#", "AT$", "AT&")
_PDU = re.compile(r'[0-9A-Fa-f]{16,}"?')
_SAME_LINE_PDU = re.compile(r'[,\s]"?((?:[0-9A-Fa-f]{2}){12,})"?$')
_USSD_END = re.compile(r'"\s*,\s*\d+\s*$')
_CONSOLE = re.compile(
    r"(?i)\b(login|password|passwort|kennwort):|login incorrect|command not found"
    r"|\b(not found|no such file or directory)$|GNU/Linux|Raspbian"
)
_CONSOLE_PROMPT = re.compile(r"(?i)(login|password|passwort|kennwort): ?$")
_REGISTRATION: Final = frozenset({"+CREG", "+CGREG", "+CEREG"})


class LineKind(Enum):
    ANSWER = auto()  # a line of the pending command
    ECHO = auto()
    FINAL = auto()
    REBOOT = auto()
    URC = auto()
    UNKNOWN_URC = auto()  # shaped like news, asked for by nobody
    TEXT = auto()  # free text: the pending command's, or nobody's


def classify(line: str, command: Command | None, answered: bool, numeric: bool) -> LineKind:
    """What `line` (stripped, not empty) is while `command` is pending.

    `answered`: a line with the command's prefix has already come. `numeric`: the modem may be in
    ATV0, where "0" and "4" are results.
    """
    if command is not None:
        prefix = command.prefix
        if prefix and line.startswith(prefix) and _is_solicited(line, prefix, answered):
            return LineKind.ANSWER
        if is_echo(line, command.text):
            return LineKind.ECHO
    if parse_final(line, command is not None and command.dials) is not None:
        return LineKind.FINAL
    if numeric and command is not None and line in ("0", "4"):
        return LineKind.FINAL
    name = name_of(line)
    if name in NAMES:
        return LineKind.REBOOT if name in REBOOT else LineKind.URC
    if line.startswith(_ECHOES):
        return LineKind.ECHO
    if _SHAPED.match(line) and (command is None or command.prefix):
        return LineKind.UNKNOWN_URC
    return LineKind.TEXT


def is_echo(line: str, text: str) -> bool:
    """Whether the line is the command itself or what is left of it after a lost beginning."""
    if line == text:
        return True
    return len(line) >= 3 and text.endswith(line)


def _is_solicited(line: str, prefix: str, answered: bool) -> bool:
    name = prefix[:-1]
    if name not in SINGLE:
        return True
    if answered:
        return False
    if name in _REGISTRATION:
        return is_registration_answer(line)
    if name == "+CUSD":  # AT+CUSD? answers with one number, a text is the network's
        return "," not in line
    return True


def is_registration_answer(line: str) -> bool:
    """Tell the answer `<n>,<stat>[,...]` from the news `<stat>[,<lac>,<ci>...]` (27.007 7.2).

    By count and shape: two fields or at least four, the first 0..5, the second a plain decimal of
    at most 11. A location code comes quoted or as hexadecimal digits.
    """
    value = line.partition(":")[2]
    if "(" in value:
        return True
    fields = [f.strip() for f in value.split(",")]
    if len(fields) < 2 or len(fields) == 3:
        return False
    n, stat = fields[0], fields[1]
    if not (n.isdecimal() and stat.isdecimal() and len(stat) <= 3):
        return False
    return int(n) <= 5 and int(stat) <= 11


def is_pdu(line: str) -> bool:
    """Whether the line is nothing but hexadecimal digits (a closing quote is forgiven)."""
    return _PDU.fullmatch(line) is not None


def pdu_in_header(line: str) -> str:
    """The PDU of a +CMT, +CDS or +CBM that has it in the same line; "" when it comes next."""
    found = _SAME_LINE_PDU.search(line)
    return found.group(1) if found else ""


def has_second_line(name: str, line: str) -> bool:
    """Whether a header announces a further line; a +CDS in text mode is complete by itself."""
    return name != "+CDS" or announces_pdu(line)


def announces_pdu(line: str) -> bool:
    """Whether a header is one of PDU mode: at most a name, then a length."""
    parts = fields(line.partition(":")[2])
    return len(parts) <= 2 and parts[-1].isdecimal()


def announces_text(line: str) -> bool:
    """Whether a +CMT or +CDS is surely one of text mode: `"<oa>",[<alpha>],[<scts>]...` or
    `<fo>,<mr>,[<ra>],...` (27.005 3.4.1). A +CMTI that has lost a letter and a quotation mark is
    neither that nor a header of PDU mode.
    """
    name, _, value = line.partition(":")
    parts = fields(value)
    if name == "+CDS":
        return len(parts) >= 5 and parts[0].isdecimal() and parts[1].isdecimal()
    return len(parts) >= 3 and value.lstrip().startswith('"') and not announces_pdu(line)


def ussd_is_open(text: str) -> bool:
    """Whether the quotes of a +CUSD text have not been closed yet: more lines follow."""
    quotes = text.count('"')
    if quotes == 0 or (quotes > 1 and _USSD_END.search(text)):
        return False
    return quotes % 2 == 1 or not text.rstrip(" ,").endswith('"')


def is_console(line: str) -> bool:
    """Whether a complete line looks like a login prompt or a shell rather than a modem."""
    return line[0] not in "+^*#_$%" and _CONSOLE.search(line) is not None


def is_console_prompt(rest: str) -> bool:
    """The same for a prompt that stands there without a line end."""
    return bool(rest) and _CONSOLE_PROMPT.search(rest) is not None
