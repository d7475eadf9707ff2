"""What each maker means by the +CMS ERRORs that are its own, as answers to a submitted message.

From 512 on (3GPP TS 27.005 3.2.5), and the few below that some makers use their own way. Rows as in
codes.py. Sources: SIM800 AT manual 1.09 20.2, EC25 AT manual 1.3 21.6, TC65 AT command set 2.12,
LENA-R8 AT manual A.2, ME910G1 AT reference 3.2.2.2. Where a timer of radio or relay layer ended,
the network may have the message: uncertain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from gateway.at.codes import CMS, Row

Rows = Mapping[int, Row]

_BAD: Row = (
    "permanent",
    "The modem calls the message malformed; please report this with the log of the modem.",
    None,
    0,
)
_BUSY: Row = ("later", "The modem is busy; it is tried again by itself.", 5.0, 5)
_SIM: Row = ("later", "The SIM is still starting; it is tried again by itself.", 5.0, 10)
_FAILED: Row = ("later", "The modem failed; it is tried again by itself.", 10.0, 3)
_FULL: Row = (
    "later",
    "The message storage is full; it is tried again once space was made.",
    10.0,
    3,
)
_NO_SERVICE: Row = ("later", "The modem has no network: check antenna and reception.", 60.0, 5)
_MODE: Row = ("reset", "The modem is in no state to send; it is set up anew.", 5.0, 5)
_NOT_ALLOWED: Row = (
    "hold",
    "The modem may not send SMS with this SIM: ask its operator.",
    None,
    0,
)
_LOST: Row = ("uncertain", "The radio link broke: the message may have been sent.", None, 0)


def _all(codes: Iterable[int], row: Row) -> dict[int, Row]:
    return dict.fromkeys(codes, row)


# SIM800 and what Quectel shares with it; 512 differs.
_SHARED: Final[Rows] = {
    **_all((513, 514), _BAD),
    515: _FAILED,
    517: _MODE,
    528: _MODE,
    529: _NOT_ALLOWED,
    530: _BUSY,
    531: _FULL,
}
SIM800: Final[Rows] = {
    **_SHARED,
    **_all((102, 224, 225, 226), _LOST),
    512: _FAILED,
    **_all((516, 518, 519, 523, 524), _BAD),
    **_all((520, 525, 527), _BUSY),
    521: _SIM,
    522: _NO_SERVICE,
    526: _FAILED,
    532: _SIM,
}
QUECTEL: Final[Rows] = {**_SHARED, 512: _SIM}
CINTERION: Final[Rows] = {
    **_all((512, 514, 534), _FAILED),
    513: _FULL,
    **_all((515, 516, 517, 518, 519, 520, 538, *range(549, 555)), _BAD),
    521: _LOST,
    522: _BUSY,
    532: _SIM,
    535: _BUSY,
}
UBLOX: Final[Rows] = {
    **{
        own: CMS[cause]
        for own, cause in {
            350: 1, 351: 8, 352: 10, 354: 21, 356: 27, 357: 28, 358: 29, 359: 30, 360: 38,
            361: 41, 362: 42, 363: 47, 364: 50, 365: 69, 366: 81, 367: 95, 368: 96, 369: 97,
            370: 98, 371: 99, 372: 111, 373: 127,
        }.items()
    },
    # 540 and 541 speak of an acknowledgement, in an error: nobody knows which is true.
    **_all((513, 538, 540, 541, 608, 620, 625, 633, 639, 640, 647, 656, 657), _LOST),
    **_all((*range(516, 536),), _BAD),
    **_all((536, 537), _FAILED),
    **_all((539, 576, 577, 586, 606, 609, 610), _BUSY),
    **_all((543, 544, 545, 546), _NOT_ALLOWED),
    **_all((604, 622, 628), _NO_SERVICE),
}  # fmt: skip
TELIT: Final[Rows] = {512: _BUSY, **_all((513, 514, 515), _LOST)}
