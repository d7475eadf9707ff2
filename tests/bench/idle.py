"""What the box costs when nothing happens: start-up, memory, processor, writes to the card."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.simnet import Network
from tests.bench import Figure
from tests.support.box import RunningBox

WATCH = 30.0  # seconds


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        network = Network()
        stack.callback(network.stop)
        for _ in range(2):
            network.add_modem()
        network.start()
        box = stack.enter_context(
            RunningBox(Path(name), ports=[m.port for m in network.modems]).start()
        )
        box.stop()
        began = time.monotonic()
        box.start()
        yield Figure("start to first page", time.monotonic() - began, "s", "at most 2")
        box.wait_for_modems(2)
        assert box.process
        pid = box.process.pid
        time.sleep(5)  # let the work of starting pass
        cpu, written = cpu_seconds(pid), bytes_written(pid)
        time.sleep(WATCH)
        yield Figure("idle processor", (cpu_seconds(pid) - cpu) / WATCH * 100, "%", "under 1")
        hourly = (bytes_written(pid) - written) / WATCH * 3600
        yield Figure("idle writes", hourly / 1024, "KiB/h")
        yield Figure("resident memory, 2 modems", resident_mib(pid), "MiB", "at most 64")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bytes_written(pid: int) -> int:
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("write_bytes"))


def resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("VmRSS")) / 1024
