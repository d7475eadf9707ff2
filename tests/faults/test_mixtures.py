"""Faults of all kinds at once, on modems of every kind, at random times: the same assertions."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from gateway.simnet import Network
from tests.bench.soak import FAULTS, mend
from tests.faults.world import world

STEPS = 30  # faults; some two to four messages go each way between two of them
MANY = 100  # how many may be in doubt is a matter of the dice; that they are said to be is not


@pytest.mark.parametrize("seed", range(1, 5))
def test_a_mixture_of_faults_loses_nothing_and_doubles_nothing(
    seed: int, tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch
):
    dice = Random(seed)
    with world(tmp_path, network, monkeypatch) as box:
        names = list(box.modems)
        for _ in range(STEPS):
            faults = dice.choice(FAULTS)
            modem = box.modems[dice.choice(names)]
            for switch in sorted(faults, key=lambda name: name == "strike"):
                setattr(modem.faults, switch, faults[switch])
            for _ in range(dice.randint(2, 4)):
                name = dice.choice(names)
                long = dice.random() < 0.3
                box.send(dice.choice([name, ""]), long=long, with_report=dice.random() < 0.7)
                box.receive(name, long=long)
            before = len(network.sent)
            box.until(lambda before=before: len(network.sent) > before + 1, patience=0.15)
            mend(box.modems[dice.choice(names)])
        for modem in box.modems.values():
            mend(modem)
        box.until(lambda: box.settled(late_reports=True), patience=40)
        assert box.left(doubt=MANY) == []
        probes = [box.send(name, with_report=False) for name in names]
        assert box.until(lambda: all(box.state(probe) == "sent" for probe in probes))
        assert box.left(doubt=MANY) == []
