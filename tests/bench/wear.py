"""What a message costs the SD card: octets that the kernel was given to write, both ways."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from gateway.simnet import Network
from tests.bench import Figure
from tests.bench.idle import bytes_written
from tests.support.box import RunningBox, eventually

MESSAGES = 300
PHONE = "+254799000001"


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name, Network() as network:
        modem = network.add_modem()
        with RunningBox(Path(name), ports=[modem.port]) as box:
            box.start().wait_for_modems(1)
            assert box.process
            pid = box.process.pid
            before = bytes_written(pid)
            ids = [
                box.send(f"number {n} of a usual length, with a few words", PHONE)
                for n in range(MESSAGES)
            ]
            eventually(lambda: all(box.state(i) == "Delivered" for i in ids[-5:]), patience=60)
            eventually(lambda: all(box.state(i) == "Delivered" for i in ids), patience=60)
            sent = bytes_written(pid) - before
            before = bytes_written(pid)
            for n in range(MESSAGES):
                network.phone_send(
                    PHONE, modem.number, f"number {n} of a usual length, with a few words"
                )
            eventually(
                lambda: box.get("/health")[0] == 200 and _received(box) == MESSAGES, patience=60
            )
            yield Figure("written per SMS sent and reported", sent / MESSAGES / 1024, "KiB")
            yield Figure(
                "written per SMS received", (bytes_written(pid) - before) / MESSAGES / 1024, "KiB"
            )


def _received(box: RunningBox) -> int:
    return int(box.request("GET", "/api/v1/inbox?limit=1")[1]["X-Total-Count"])
