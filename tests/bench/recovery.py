"""A silent modem: how soon it sends again once it answers, and what it costs the others."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.simnet import Network
from hw.simulator import Faults
from tests.bench import Figure
from tests.bench.drain import fill
from tests.support.box import RunningBox, eventually

SILENCES = (8.0, 25.0, 45.0, 75.0, 110.0, 180.0, 300.0, 450.0)  # seconds, at all heights
MID_SENDING = (8.0, 25.0, 45.0, 75.0, 110.0, 180.0)  # the same, beginning right after Ctrl-Z
WINDOW = 20.0  # seconds in which the seven are counted
AIR_TIME = 0.25


def run() -> Iterator[Figure]:
    asked = [(silence, False) for silence in SILENCES]
    asked += [(silence, True) for silence in MID_SENDING]
    with ThreadPoolExecutor(len(asked)) as pool:
        found = list(pool.map(again_after, *zip(*asked, strict=True)))
    for (silence, mid), seconds in zip(asked, found, strict=True):
        name = f"sends again after {silence:.0f} s of silence" + " from Ctrl-Z on" * mid
        yield Figure(name, seconds, "s", "at most 60")
    before = seven(Faults())
    yield Figure("7 of 8 modems, the eighth well", before, "SMS/s")
    for name, faults in (
        ("silent", Faults(silent=True)),
        ("babbling", Faults(flood=0.002)),
        ("late with every answer", Faults(late_ok=-1, late_by=4.0)),
        ("restarting with every message", Faults(strike=-1)),
    ):
        change = (seven(faults) / before - 1) * 100
        yield Figure(f"7 of 8 modems, the eighth {name}", change, "% change", "within noise")


def again_after(silence: float, mid_sending: bool = False) -> float:
    """Seconds from the modem's first answer after `silence` to the network having a message.

    `mid_sending`: it falls silent right after Ctrl-Z and has forgotten that message.
    """
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        network = Network()
        stack.callback(network.stop)
        modem = network.add_modem()
        network.start()
        box = stack.enter_context(RunningBox(Path(name), ports=[modem.port]).start())
        box.wait_for_modems(1)
        if mid_sending:
            modem.faults.strike_with = "silence"
            modem.faults.strike = 1
            box.send("lost", "+254799000002")
            eventually(lambda: modem.faults.silent)
        modem.faults.silent = True
        time.sleep(silence)
        box.send("again", "+254799000001")
        began = time.monotonic()
        modem.faults.silent = False
        eventually(lambda: network.sent, patience=300, what=f"after {silence} s of silence")
        return time.monotonic() - began


def seven(faults: Faults) -> float:
    """SMS a second through seven modems while the eighth has these faults."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        network = Network(air_time=AIR_TIME)
        stack.callback(network.stop)
        well = [network.add_modem() for _ in range(7)]
        sick = network.add_modem()
        network.start()
        box = stack.enter_context(
            RunningBox(Path(name), ports=[m.port for m in (*well, sick)]).start()
        )
        box.wait_for_modems(8)
        for switch in ("silent", "flood", "late_by", "late_ok", "strike"):
            setattr(sick.faults, switch, getattr(faults, switch))
        fill(box.data, int(WINDOW / AIR_TIME) * 8 + 100)
        numbers = {m.number for m in well}

        def count() -> int:
            return sum(s.sender in numbers for s in list(network.sent))

        eventually(lambda: count() > 20)
        began, at_first = time.monotonic(), count()
        time.sleep(WINDOW)
        return (count() - at_first) / (time.monotonic() - began)
