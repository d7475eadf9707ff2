"""Every memory of a modem is emptied, in whatever form it takes +CPMS and says that one is full."""

from __future__ import annotations

import pytest

from gateway.modem.jobs.base import Job
from hw.simulator import PERSONALITIES
from hw.simulator.memory import MemorySlot
from tests.modem.conftest import ready, until

DELIVER = bytes.fromhex("040C9152140000000600006211728154254004E9373B0C")
TWO = [name for name, row in PERSONALITIES.items() if "ME" in row.memories]


@pytest.mark.parametrize(
    ("name", "wants"), [*((name, 3) for name in TWO), ("generic", 2), ("generic", 1)]
)
def test_what_lies_in_the_second_memory_is_read(name, wants, network, ledger, start):
    modem = network.add_modem(personality=PERSONALITIES[name])
    modem.faults.cpms_wants = wants
    for memory in ("SM", "ME"):
        modem.memories[memory].put(MemorySlot(DELIVER))
    worker = start(modem.port)
    until(lambda: len(ledger.kept) == 2)
    assert sorted(read.memory for read in ledger.kept) == ["ME", "SM"]
    until(lambda: ready(worker))
    assert worker.telemetry.warnings == ()
    until(lambda: not any(memory.used for memory in modem.memories.values()))


@pytest.mark.parametrize("name", PERSONALITIES)
def test_a_memory_without_room_is_emptied_at_once(name, network, ledger, start):
    modem = network.add_modem(personality=PERSONALITIES[name])
    modem.faults.full_said = "+SMS FULL"
    worker = start(modem.port)
    until(lambda: ready(worker))
    began: list[bool] = []
    worker.post(lambda context: _note(began))  # its turn comes after the first sweep
    until(lambda: began)
    memory = modem.memories["SM"]
    for _ in range(memory.size):
        memory.put(MemorySlot(DELIVER))
    network.phone_send("+491721110001", modem.number, "no room")
    until(lambda: len(ledger.kept) > memory.size, 10)


def _note(began: list[bool]) -> Job[None]:
    began.append(True)
    return
    yield
