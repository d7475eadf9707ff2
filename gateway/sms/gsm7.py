"""The GSM 7 bit default alphabet and its extensions (3GPP TS 23.038 clause 6.2.1).

Septets are one byte each. A *locking* language replaces the main table, a *single shift* language
the table behind the escape; both hold for one part of a message only.
"""

from __future__ import annotations

from functools import lru_cache

from gateway.sms import national

ESCAPE = 0x1B

MAIN = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


@lru_cache(maxsize=32)
def encoder(single: int = 0) -> dict[str, bytes]:
    """Character -> its one or two septets, with the single shift table of language `single`.

    0, and a language that has none, mean the default extension.
    """
    shifted = national.single_shift(single) or EXTENSION
    table = {char: bytes((ESCAPE, septet)) for septet, char in shifted.items()}
    for septet, char in enumerate(MAIN):
        if septet != ESCAPE:
            table[char] = bytes((septet,))
    return table


def tokens(text: str, single: int = 0) -> list[bytes] | None:
    """The septets of each character; None when one of them is not in the alphabet."""
    table = encoder(single)
    try:
        return [table[char] for char in text]
    except KeyError:
        return None


def decode(septets: bytes, locking: int = 0, single: int = 0) -> str:
    """Text of any septets whatever.

    Clause 6.2.1.1: what the extension does not hold is shown as in the main table, the escape
    behind an escape as a space. An escape at the very end has nothing to change and shows nothing.
    A code that a national main table leaves open is a space.
    """
    main = national.locking(locking) or MAIN
    if ESCAPE not in septets:
        return "".join([main[septet] for septet in septets])
    shifted = national.single_shift(single) or EXTENSION
    chars = []
    escaped = False
    for septet in septets:
        if escaped:
            escaped = False
            chars.append(" " if septet == ESCAPE else shifted.get(septet) or main[septet])
        elif septet == ESCAPE:
            escaped = True
        else:
            chars.append(main[septet])
    return "".join(chars)


def ends_in_escape(septets: bytes) -> bool:
    """Whether the last septet changes the first one of a following part.

    Escapes pair up from the left: only an odd run of them leaves one open.
    """
    return (len(septets) - len(septets.rstrip(b"\x1b"))) % 2 == 1
