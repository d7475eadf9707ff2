"""The fields of a +CUSD line, also of one that spans several lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.at.text import integer

_DCS = re.compile(r",\s*(\d{1,3})\s*$")


@dataclass(frozen=True, slots=True)
class UssdResult:
    """`state` (27.007 7.15): 0 done, 1 the network waits for a choice, 2 ended by the network,
    3 another client answered, 4 not supported, 5 no answer. `text` is still in the modem's
    character set, perhaps hexadecimal; `dcs` is only a hint (None: not told).
    """

    state: int
    text: str = ""
    dcs: int | None = None

    @property
    def waits(self) -> bool:
        return self.state == 1


def cusd(line: str) -> UssdResult | None:
    """Read what Urc.line gives for "+CUSD"; quotes inside the text are kept."""
    head, colon, value = line.partition(":")
    first, _, rest = value.partition(",")
    state = integer(first)
    if head != "+CUSD" or not colon or state is None:
        return None
    text, dcs = rest.strip(), None
    found = _DCS.search(rest)
    # Inside quotes a number at the end is part of the text.
    if found and not text.endswith('"'):
        text, dcs = rest[: found.start()].strip(), int(found.group(1))
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return UssdResult(state, text, dcs)
