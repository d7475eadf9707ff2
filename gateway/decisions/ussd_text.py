"""USSD texts as modems want and give them: plain, packed septets in hexadecimal, UCS2 in it.

The coding scheme that comes with an answer (3GPP TS 23.038 clause 5) is only a hint: sticks say 15
and give plain text, packed text or UCS2 alike. So the text itself decides wherever it can.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from gateway.sms import gsm7, septets

MOST_SEPTETS: Final = 182  # 160 octets (TS 24.090)
LEAST_PACKED: Final = 3  # octets
FEWEST_MARKS, MARKS_SHARE = 4, 0.3  # question marks that stand for letters, of all characters
HEXADECIMAL: Final = 0.5  # how much sense a text of hexadecimal digits makes at most


class UssdForm(StrEnum):
    """How a modem wants the request."""

    PLAIN = "plain"  # as it is, in the modem's character set
    PACKED = "packed"  # septets, packed, in hexadecimal (many Huawei sticks)
    UCS2 = "ucs2"  # UTF-16 in hexadecimal (modems that stay in AT+CSCS="UCS2")
    WIDE = "wide"  # the same, with AT+CSCS="UCS2" set for this request alone (SIM800)
    BARE = "bare"  # plain, and no coding scheme behind it


WIDE_FORMS: Final = (UssdForm.UCS2, UssdForm.WIDE)


def encode(text: str, form: UssdForm) -> str:
    """What stands between the quotes of AT+CUSD. ValueError when the alphabet lacks a character."""
    if form in WIDE_FORMS:
        return text.encode("utf-16-be").hex().upper()
    tokens = gsm7.tokens(text)
    if tokens is None or len(values := b"".join(tokens)) > MOST_SEPTETS:
        raise ValueError("a USSD text holds at most 182 characters of the GSM alphabet")
    return pack(values).hex().upper() if form is UssdForm.PACKED else values.decode("latin-1")


def pack(values: bytes) -> bytes:
    """TS 23.038 clause 6.1.2.3.1: a CR fills seven spare bits, which else would read as "@"."""
    full = len(values) % 8 == 0 and values.endswith(b"\r")
    return septets.pack(values + b"\r" if len(values) % 8 == 7 or full else values)


def unpack(octets: bytes) -> bytes:
    """The septets, without what only fills the last octet."""
    values = septets.unpack(octets, len(octets) * 8 // 7)
    if len(values) % 8 == 0 and values[-1:] in (b"\r", b"\0"):
        return values[:-1]
    return values


def shows_form(raw: str, form: UssdForm) -> bool:
    """Whether an answer is written in the way of `form`, which proves that the modem means it."""
    octets = _octets(raw)
    if form in (UssdForm.PLAIN, UssdForm.BARE):
        return True
    if octets is None:
        return False
    if form in WIDE_FORMS:
        return _looks_ucs2(octets)
    return True  # sticks that pack what fits answer in UCS2 where it does not fit


def decode(raw: str, dcs: int | None, *, form: UssdForm | None = None) -> str:
    """The text of +CUSD as people read it. `raw`: one character per octet; never raises.

    `form`: how the request that it answers had to be written, None when that is not known.
    """
    octets = _octets(raw)
    if octets is None:
        return tidy(_plain(raw.rstrip("\0"), dcs))  # "@" is septet 0, and what fills up too
    family = _family(dcs)
    asked_wide = form in WIDE_FORMS and len(octets) % 2 == 0 and _printable(_ucs2(octets, dcs))
    if family == "ucs2" or asked_wide or _looks_ucs2(octets):
        return tidy(_ucs2(octets, dcs))
    if raw.isdecimal() and form is not UssdForm.PACKED:
        return tidy(raw)  # "1234": a code or a balance rather than packed text
    if family == "octets":
        return tidy(_bytes(octets))
    if form is UssdForm.PACKED:
        return tidy(_gsm(octets, dcs))
    if len(octets) < LEAST_PACKED:
        return tidy(raw)  # "CAFE" may be anything; a word is likelier than two packed letters
    return tidy(max((_gsm(octets, dcs), _bytes(octets), raw), key=_sense))


def is_lost(raw: str, dcs: int | None) -> bool:
    """Whether the modem wrote question marks for letters that its character set lacks.

    SIM800 does so under AT+CSCS="GSM" with what the network sent as UCS2.
    """
    marks, rest = raw.count("?"), sum(not c.isspace() for c in raw)
    if _octets(raw) is not None or not marks:
        return False
    if _family(dcs) == "ucs2":
        return marks >= FEWEST_MARKS // 2
    return marks >= FEWEST_MARKS and marks >= rest * MARKS_SHARE


def tidy(text: str) -> str:
    """One kind of line end, no blanks around, nothing that cannot be shown."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(c for c in text if c == "\n" or c.isprintable())
    return re.sub(r"[ \t]+\n", "\n", shown).strip()


def _octets(raw: str) -> bytes | None:
    """The octets of hexadecimal digits; None for anything else."""
    digits = raw.strip().strip('"')
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", digits):
        return None
    return bytes.fromhex(digits)


def _family(dcs: int | None) -> str:
    """ "gsm", "octets" or "ucs2" (TS 23.038 clause 5); "" when nothing was told."""
    if dcs is None:
        return ""
    if dcs & 0xF0 == 0x10:
        return "ucs2" if dcs == 17 else "gsm"
    if dcs & 0xC0 == 0x40 or dcs & 0xF0 == 0x90:
        return ("gsm", "octets", "ucs2", "gsm")[dcs >> 2 & 3]
    if dcs & 0xF0 == 0xF0:
        return "octets" if dcs & 4 else "gsm"
    return "gsm"


# hexadecimal -----------------------------------------------------------------------------------


def _looks_ucs2(octets: bytes) -> bool:
    """Whether the octets read well as UTF-16: printable, and of one or two scripts."""
    bare = _without_garbage(octets)
    if len(bare) < 4 or len(bare) % 2:
        return False
    high = bare[::2]
    common = sum(h in (0, 0x20) for h in high)
    others = {h for h in high if h not in (0, 0x20)}
    one_script = not others or (len(others) == 1 and len(high) - common > 1)
    text = bare.decode("utf-16-be", "replace")
    # Packed or plain octets make no pairs of which the first one is always the same.
    return (bool(common) or len(high) > 2) and one_script and _printable(text)


def _ucs2(octets: bytes, dcs: int | None) -> str:
    bare = _without_garbage(octets)
    # TS 23.038: 17 puts a language, two septets in two octets, in front. Few networks do.
    if dcs == 17 and not _looks_ucs2(bare) and _looks_ucs2(bare[2:]):
        bare = bare[2:]
    return bare[: len(bare) // 2 * 2].decode("utf-16-be", "replace").rstrip("\ufffd")


def _without_garbage(octets: bytes) -> bytes:
    """Some firmware (Telit HE910) fills its buffer up with FFFF or 0000."""
    while octets[-2:] in (b"\xff\xff", b"\0\0") and len(octets) > 2:
        octets = octets[:-2]
    return octets[:-1] if len(octets) % 2 and octets[-1:] in (b"\xff", b"\0") else octets


def _gsm(octets: bytes, dcs: int | None) -> str:
    bare = octets.rstrip(b"\xff")
    text = gsm7.decode(unpack(bare or octets)).rstrip("@") if octets else ""
    if dcs == 16:  # a language in two letters and CR comes first
        text = re.sub(r"^[a-z]{2}\r", "", text)
    return text


def _bytes(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _sense(text: str) -> float:
    """How much this is what an operator would write rather than a wrong reading of the octets.

    From 0 to 1; of equal readings the first counts, so what stays hexadecimal comes last.
    """
    if not text or not _printable(text):
        return 0.0
    words = sum(c.isalpha() or c in " \n" for c in text)
    usual = sum(c.isdigit() or c in "\r.,:;-+*#/()!?%'\"=€$£&" for c in text)
    greek = sum("Γ" <= c <= "Ω" for c in text) if any(c.islower() for c in text) else 0
    sense = (words + 0.8 * usual - 2 * greek) / len(text)
    return sense if _octets(text) is None else min(sense, HEXADECIMAL)


def _printable(text: str) -> bool:
    odd = sum(not (c.isprintable() or c in "\r\n\t") or "\ue000" <= c <= "\uf8ff" for c in text)
    return odd == 0 and "\ufffd" not in text


# plain -----------------------------------------------------------------------------------------

# Codes that the two alphabets of AT+CSCS, GSM and IRA, read differently. Operators write "$" and
# never "¤"; between word characters an address is meant.
_WORD = "[0-9A-Za-z]"
_AS_ASCII = re.compile(rf"\$|(?<={_WORD})[@_](?={_WORD})")


def _plain(raw: str, dcs: int | None) -> str:
    if any(ord(c) > 0x7F for c in raw):
        return _high(raw)
    if _family(dcs) in ("ucs2", "octets"):
        return raw
    kept: list[str] = []
    last = 0
    for found in _AS_ASCII.finditer(raw):
        kept += (_from_gsm(raw[last : found.start()]), found[0])
        last = found.end()
    kept.append(_from_gsm(raw[last:]))
    return "".join(kept)


def _from_gsm(raw: str) -> str:
    """One octet per septet; codes below a blank that frame the text (LF, CR) are the same."""
    return gsm7.decode(raw.encode("latin-1"))


def _high(raw: str) -> str:
    raw = raw.replace("\0", "@")
    try:
        octets = raw.encode("latin-1")
    except UnicodeEncodeError:
        return raw
    return _bytes(octets)
