"""Whether two forms of a number, ours and what a network makes of it, can mean one handset."""

from __future__ import annotations

from typing import Final

SUFFICIENT: Final = 7  # equal digits at the end: the rest is country, trunk or carrier in some form
COUNTRY: Final = 3  # digits of the longest country code


def likeness(ours: str, theirs: str) -> int | None:
    """How many digits at the end two forms of one number share; None: they are not of one number.

    Networks report national, international and carriers' forms, with 00, without the plus sign, and
    with a type that does not fit. 0: theirs tells nothing, for it is missing or a name.
    """
    a, b = _digits(ours), _digits(theirs)
    if not theirs:
        return 0
    if not a:  # a name, which is the same or is not
        return 1 if ours.casefold() == theirs.casefold() else None
    if not b or any(c.isalpha() for c in theirs):
        return 0
    shorter, longer = sorted((a.lstrip("0") or a, b.lstrip("0") or b), key=len)
    same = 0
    while same < len(shorter) and shorter[-1 - same] == longer[-1 - same]:
        same += 1
    if len(shorter) >= SUFFICIENT:
        return same if same >= SUFFICIENT else None
    # Short codes, and the numbers of small countries with or without its code.
    extra = len(longer) - len(shorter)
    is_whole = extra == 0 or (len(longer) >= SUFFICIENT and extra <= COUNTRY)
    return same if same == len(shorter) and is_whole else None


def _digits(number: str) -> str:
    return "".join(c for c in number if c in "0123456789")
