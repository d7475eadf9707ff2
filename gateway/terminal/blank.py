"""Takes out of a conversation with a modem what is nobody's business. Pure.

What stays is what a test needs: commands, the shapes of answers, results, names of makers and
networks. What goes: every long number (subscriber, IMEI, IMSI, ICCID, service centre), PINs, cell
ids, the texts and PDUs of messages, USSD texts, names in the phone book. In doubt it goes.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.at.results import parse_final

TEXT: Final = "blanked"
MANY: Final = 7  # digits of a number that is written in groups

# Commands whose answers are free text worth keeping: who made the modem.
_IDENTITY = re.compile(r"AT\+?(C?GM[IMR]|I\d*|CGMR|SIMCOMATI|QGMR|CSUB)$", re.I)
# Commands whose values may be a PIN, however short.
_SECRET = re.compile(r"(AT)?[+^*#_$%!][A-Z0-9]*(PIN|PUK|PWD|CLCK|LOCK|SPIC)[A-Z0-9]*\s*=", re.I)
# Lines whose quoted parts are private whoever asked.
_PRIVATE = re.compile(
    r"\+(CUSD|CMTI?|CDSI?|CBMI?|CMG[LRS]|CLIP|CRING|CCWA|CNUM|CPB[RFW]|CLCC|CSSU|CNAP|COLP"
    r"|CUSATP|STIN|STGI|CREG|CGREG|CEREG|C5GREG|CPSI|QENG|QNWINFO|CENG|CGNSINF|CLBS|CGPADDR"
    r"|CGDCONT|CGCONTRDP|CSCA)\b",
    re.I,
)
# Lines after which comes a text of somebody's.
_HEADER = re.compile(r"\+(CMT|CDS|CBM|CMG[LR]|CUSD|CPBR|CUSATP|STIN):", re.I)
_SHAPED = re.compile(r"[+^*#_$%!][A-Z0-9]+:", re.I)
_QUOTED = re.compile(r'"([^"]*)("|$)')
_HEX = re.compile(r"[0-9A-Fa-f]{8,}")
_LONG = re.compile(r"\d{5,}")
_GROUPS = re.compile(r"\+?\(?\d(?:[ \-/()]{0,2}\d)+")
_KEPT_WORDS: Final = frozenset(
    {"SM", "ME", "MT", "SR", "BM", "TA", "GSM", "UCS2", "IRA", "HEX", "PCCP437", "8859-1"}
    | {"READY", "LTE", "WCDMA", "HSPA", "NR5G", "CDMA"}
)
_PLAIN_NEWS: Final = frozenset({"RING", "RDY", "SMS READY", "CALL READY", "PB DONE", ">"})


class Blanker:
    """Goes through one conversation in its order: what follows a header depends on the header."""

    def __init__(self) -> None:
        self._identity = False
        self._in_text = False  # a message's text may be going on

    def command(self, text: str) -> str:
        """A command that we said."""
        self._identity = _IDENTITY.fullmatch(text.strip()) is not None
        self._in_text = False
        head, equals, rest = text.partition("=")
        if _SECRET.match(text) and rest not in ("", "?"):
            return f'{head}{equals}"{TEXT}"'
        return _numbers(_quotes(text, keep=True))

    def line(self, text: str) -> str:
        """A line that the modem said, without its line end."""
        bare = text.strip()
        if not bare:
            return ""
        if parse_final(bare, True) is not None and not _numbers_in(bare):
            self._in_text = False
            return bare
        if bare.upper().startswith("AT"):  # an echo
            return self._echo(bare)
        if _SHAPED.match(bare):
            return self._shaped(bare)
        if self._in_text or not self._may_stay(bare):
            return self._private(bare)
        return _numbers(bare)

    def _echo(self, line: str) -> str:
        identity, in_text = self._identity, self._in_text
        if in_text:
            return self._private(line)
        blanked = self.command(line)
        self._identity = identity
        return blanked

    def _shaped(self, line: str) -> str:
        name, colon, rest = line.partition(":")
        private = self._in_text or _PRIVATE.match(line) is not None
        if _HEADER.match(line):
            self._in_text = True
        if _SECRET.match(f"{name}=") and not re.fullmatch(r" ?[A-Z 0-9-]*", rest):
            return f"{name}{colon} {TEXT}"
        if private and '"' not in rest and re.search(r"[^\W\d_]{2,}", rest):
            rest = f" {TEXT}"
        return _numbers(name) + colon + _numbers(_quotes(rest, keep=not private))

    def _may_stay(self, line: str) -> bool:
        """Free text: of an identity; known news; and bare values, whose digits are taken out."""
        if self._identity or line.upper() in _PLAIN_NEWS:
            return True
        return re.fullmatch(r"[\d ,()\-]+", line) is not None

    @staticmethod
    def _private(line: str) -> str:
        """A PDU stays one, so that a reader still takes it for one."""
        return "A" * len(line) if re.fullmatch(r"[0-9A-Fa-f]{8,}", line) else TEXT


def _quotes(text: str, *, keep: bool) -> str:
    """Quoted parts: known words stay, with `keep` also names without digits in a row."""
    return _QUOTED.sub(lambda m: f'"{_quoted(m[1], keep)}{m[2]}', text)


def _quoted(value: str, keep: bool) -> str:
    if keep or value in _KEPT_WORDS or not value:
        return value
    if re.fullmatch(r"[0-9A-Fa-f]+", value):
        return "A" * len(value)
    if re.fullmatch(r"[+*#\d ]+", value):
        return re.sub(r"\d", "x", value)
    return TEXT


def _numbers(text: str) -> str:
    """No long run of digits, no number in groups, no long hexadecimal."""
    text = _HEX.sub(lambda m: "A" * len(m[0]) if _has_digit(m[0]) else m[0], text)
    text = _GROUPS.sub(lambda m: _x(m[0]) if _digits(m[0]) >= MANY else m[0], text)
    return _LONG.sub(lambda m: "x" * len(m[0]), text)


def _numbers_in(text: str) -> bool:
    return _numbers(text) != text


def _x(text: str) -> str:
    return re.sub(r"\d", "x", text)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)
