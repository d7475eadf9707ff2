"""How long a received SMS takes from the modem's +CMTI to the commit."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.simnet import Network
from gateway.store.file import database
from tests.bench import Figure
from tests.bench.drain import opened
from tests.support.box import RunningBox

ROUNDS = 100


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        network = Network()
        stack.callback(network.stop)
        modem = network.add_modem()
        network.start()
        box = stack.enter_context(RunningBox(Path(name), ports=[modem.port]).start())
        box.wait_for_modems(1)
        assert modem.card is not None
        number = modem.card.number
        times = []
        with opened(box.data):
            for n in range(ROUNDS):
                began = time.perf_counter()
                network.phone_send("+254799000001", number, f"ping {n}")
                while count() <= n:
                    time.sleep(0.0005)
                times.append((time.perf_counter() - began) * 1000)
        times.sort()
        yield Figure("+CMTI to committed, median", times[ROUNDS // 2], "ms")
        yield Figure("+CMTI to committed, p95", times[ROUNDS * 95 // 100], "ms", "at most 30")


def count() -> int:
    found: int = database.database.execute_sql("SELECT count(*) FROM incoming").fetchone()[0]
    return found
