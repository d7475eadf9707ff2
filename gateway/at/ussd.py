"""The fields of a +CUSD line, also of one that spans several lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.at.text import integer

_CUSD = re.compile(
    r"\+CUSD:\s*(?P<state>\d+)\s*(?:,\s*(?P<text>.*?))?\s*(?:,\s*(?P<dcs>\d{1,3})\s*)?$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Ussd:
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


def cusd(line: str) -> Ussd | None:
    """Read what Urc.line gives for "+CUSD"; quotes inside the text are kept."""
    found = _CUSD.match(line)
    if found is None:
        return None
    text = (found["text"] or "").strip()
    if text.startswith('"'):
        text = text[1:]
        text = text[:-1] if text.endswith('"') else text
    dcs = integer(found["dcs"]) if found["dcs"] else None
    return Ussd(int(found["state"][:9]), text, dcs)
