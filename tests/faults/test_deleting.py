"""A slot that was deleted without a word may hold the next message already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.simnet import Network
from hw.simulator.memory import Memory
from tests.faults.world import World, world


def test_a_deletion_whose_answer_is_lost_does_not_delete_the_next_message(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    with world(tmp_path, network, monkeypatch) as box:
        modem = box.modems["generic"]
        real: Callable[[Memory, int], None] = Memory.remove

        def remove(memory: Memory, index: int) -> None:
            """The modem deletes, says nothing of it, and at once the next message comes."""
            real(memory, index)
            monkeypatch.setattr(Memory, "remove", real)
            modem.faults.no_answer = 1
            box.receive("generic")

        monkeypatch.setattr(Memory, "remove", remove)
        box.receive("generic")
        assert box.until(lambda: len(box.ins) == 2)
        settled(box)


def settled(box: World) -> None:
    box.until(box.settled)
    assert box.left() == []
