"""How fast PDUs are built and read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from gateway import sms
from tests.bench import Figure

TEXT = "Pump 3 at the north well has stopped. Pressure 1.2 bar, tank at 40 %. Please check."
LONG = TEXT * 4


def run() -> Iterator[Figure]:
    to = sms.Address.parse("+254712345678")

    def build() -> None:
        (part,), dcs = sms.segment(TEXT, reference=0)
        sms.encode(sms.Submit(destination=to, user_data=part, dcs=dcs))

    (part,), dcs = sms.segment(TEXT, reference=0)
    octets = sms.encode(sms.Submit(destination=to, user_data=part, dcs=dcs))
    yield Figure("pdu built", best(build), "1/s", "10,000")
    yield Figure("pdu read", best(lambda: sms.decode_from_phone(octets)), "1/s", "10,000")
    yield Figure("long text segmented", best(lambda: sms.segment(LONG, reference=7)), "1/s")


def best(action: Callable[[], object], rounds: int = 5, calls: int = 2000) -> float:
    """Calls a second, the best of several rounds."""
    figures = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(calls):
            action()
        figures.append(calls / (time.perf_counter() - began))
    return max(figures)
