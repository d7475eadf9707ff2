"""Receiving switched off for a connection: what comes in waits on the SIM, then all is fetched.

Reports about what was sent are no messages; they are read all the while.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.decisions.dispatch_states import DispatchState
from gateway.simnet import Network
from tests.faults.world import World, world
from tests.support.settings import decide

OFF = "receiving is switched off"


def switch(box: World, on: bool) -> None:
    for name in box.modems:
        decide(box._box.options, box.connection(name), receive_enabled=on)


def stored(box: World) -> dict[str, int]:
    return {n: sum(m.used for m in modem.memories.values()) for n, modem in box.modems.items()}


def test_messages_wait_on_the_sim_and_reports_are_read(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    with world(tmp_path, network, monkeypatch) as box:
        switch(box, False)
        outs = [box.send(name) for name in box.modems]
        for name in box.modems:
            box.receive(name, long=True)
            box.receive(name)
        assert box.until(lambda: all(box.state(out) is DispatchState.DELIVERED for out in outs))
        assert box.until(lambda: all(n >= 2 for n in stored(box).values()))
        assert box.received() == []
        switch(box, True)
        assert box.left() == []


def test_a_full_sim_is_told_and_nothing_of_it_is_lost(
    tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    with world(tmp_path, network, monkeypatch) as box:
        switch(box, False)
        name = "sim800"
        room = box.modems[name].memories["SM"].size + 5
        for _ in range(room):
            box.receive(name)
        assert box.until(lambda: box.modems[name].held > 0)
        told = box.until(lambda: any(OFF in w for w in box.status()[name].warnings))
        assert told, box.status()[name]
        assert box.until(lambda: "modem.warning" in box.issues())
        assert OFF in box.page("/box")
        assert "Receiving is switched off" in box.page("/connections")
        assert box.light() == "health"
        out = box.send(name, with_report=False)
        assert box.until(lambda: box.state(out) is DispatchState.SENT)
        switch(box, True)
        assert box.left() == []
        assert box.until(lambda: "modem.warning" not in box.issues())
